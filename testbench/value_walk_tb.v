// Bench of value_walk: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   rd_en wanted, rd_feature wanted, rd_token wanted (both held only against rd_en), valid wanted,
//          rst, start, base, inner, groups, tile_keys, wanted, ready, empty
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module value_walk_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam VECTOR_BITS = 1 + `FEATURE_BITS + `POSITION_BITS + 1 + 2 + `FEATURE_BITS + `FEATURE_BITS + `GROUPS_BITS + `POSITION_BITS + 3;

  reg [VECTOR_BITS-1:0]     vectors [0:`VECTORS-1];
  reg [8*512-1:0]           path;
  reg [31:0]                index_q;
  wire                      rd_en_want;
  wire [`FEATURE_BITS-1:0]  rd_feature_want;
  wire [`POSITION_BITS-1:0] rd_token_want;
  wire                      valid_want;
  wire                      reset;
  wire                      start;
  wire [`FEATURE_BITS-1:0]  base;
  wire [`FEATURE_BITS-1:0]  inner;
  wire [`GROUPS_BITS-1:0]   groups;
  wire [`POSITION_BITS-1:0] tile_keys;
  wire                      wanted;
  wire                      ready;
  wire                      empty;
  wire                      rd_en;
  wire [`FEATURE_BITS-1:0]  rd_feature;
  wire [`POSITION_BITS-1:0] rd_token;
  wire                      valid;

  assign { rd_en_want, rd_feature_want, rd_token_want, valid_want, reset, start, base, inner, groups, tile_keys, wanted, ready, empty } = vectors[index_q];

  trex_value_walk #(.COLUMNS(`COLUMNS), .BANKS(`BANKS), .AHEAD(`AHEAD)) dut (
    .clk_i(clk_i),
    .rst_i(rst_i || reset),
    .start_i(start && !rst_i),
    .base_i(base),
    .inner_i(inner),
    .groups_i(groups),
    .tile_keys_i(tile_keys),
    .wanted_i(wanted),
    .rd_en_o(rd_en),
    .rd_feature_o(rd_feature),
    .rd_token_o(rd_token),
    .valid_o(valid),
    .ready_i(ready),
    .empty_i(empty)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = (rd_en !== rd_en_want) || (valid !== valid_want)
               || (rd_en_want && ((rd_feature !== rd_feature_want) || (rd_token !== rd_token_want)));

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
