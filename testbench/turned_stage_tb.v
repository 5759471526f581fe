// Bench of turned_stage: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   spread_valid wanted, spread check, spread_data wanted, gathered check, gathered wanted, send check, send_data wanted,
//          fill, fill_token, fill_feature, fill_data, turn, outer, spread, spread_last,
//          gather_start, gather, gather_data, send, send_token, send_feature
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module turned_stage_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam LANES       = `LANES;
  localparam BUS_BYTES   = `BUS_BYTES;
  localparam WORD_BITS   = 8 * LANES;
  localparam BUS_BITS    = 8 * BUS_BYTES;
  localparam VECTOR_BITS = 2 + WORD_BITS + 2 + 1 + BUS_BITS + 1 + `POSITION_BITS + `FEATURE_BITS + BUS_BITS + 1 + `FEATURE_BITS + 4
      + WORD_BITS + 1 + `POSITION_BITS + `FEATURE_BITS;

  reg [VECTOR_BITS-1:0]     vectors [0:`VECTORS-1];
  reg [8*512-1:0]           path;
  reg [31:0]                index_q;
  wire                      spread_valid_want;
  wire                      spread_check;
  wire [WORD_BITS-1:0]      spread_data_want;
  wire                      gathered_check;
  wire                      gathered_want;
  wire                      send_check;
  wire [BUS_BITS-1:0]       send_data_want;
  wire                      fill;
  wire [`POSITION_BITS-1:0] fill_token;
  wire [`FEATURE_BITS-1:0]  fill_feature;
  wire [BUS_BITS-1:0]       fill_data;
  wire                      turn;
  wire [`FEATURE_BITS-1:0]  outer;
  wire                      spread;
  wire                      spread_last;
  wire                      gather_start;
  wire                      gather;
  wire [WORD_BITS-1:0]      gather_data;
  wire                      send;
  wire [`POSITION_BITS-1:0] send_token;
  wire [`FEATURE_BITS-1:0]  send_feature;
  wire                      spread_valid;
  wire [WORD_BITS-1:0]      spread_data;
  wire                      gathered;
  wire [BUS_BITS-1:0]       send_data;

  assign { spread_valid_want, spread_check, spread_data_want, gathered_check, gathered_want, send_check, send_data_want,
           fill, fill_token, fill_feature, fill_data, turn, outer, spread, spread_last,
           gather_start, gather, gather_data, send, send_token, send_feature } = vectors[index_q];

  trex_turned_stage #(.LANES(LANES), .BUS_BYTES(BUS_BYTES), .ROW_BYTES(`ROW_BYTES)) dut (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .fill_i(fill),
    .fill_token_i(fill_token),
    .fill_feature_i(fill_feature),
    .fill_data_i(fill_data),
    .turn_i(turn),
    .outer_i(outer),
    .spread_valid_o(spread_valid),
    .spread_i(spread),
    .spread_last_i(spread_last),
    .spread_data_o(spread_data),
    .gather_start_i(gather_start),
    .gather_i(gather),
    .gather_data_i(gather_data),
    .gathered_o(gathered),
    .send_i(send),
    .send_token_i(send_token),
    .send_feature_i(send_feature),
    .send_data_o(send_data)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = (spread_valid !== spread_valid_want) || (spread_check && (spread_data !== spread_data_want))
               || (gathered_check && (gathered !== gathered_want)) || (send_check && (send_data !== send_data_want));

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
