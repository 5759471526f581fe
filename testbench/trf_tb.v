// Bench of trf: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, rd_data wanted, wr_en, wr_by_row, wr_token, wr_feature,
//          wr_elements, wr_data, rd_en, rd_by_row, rd_token, rd_feature
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module trf_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam ROWS  = `ROWS;
  localparam COLS  = `COLS;
  localparam BANKS = `BANKS;
  localparam DATA_BITS = 8;
  localparam TOKEN_BITS = ($clog2(ROWS) > $clog2(BANKS)) ? $clog2(ROWS) : $clog2(BANKS);
  localparam FEATURE_BITS = ($clog2(COLS) > $clog2(BANKS)) ? $clog2(COLS) : $clog2(BANKS);
  localparam VECTOR_BITS = 1 + BANKS*DATA_BITS + 1 + 1 + TOKEN_BITS + FEATURE_BITS + BANKS + BANKS*DATA_BITS + 1 + 1 + TOKEN_BITS + FEATURE_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                 check;
  wire [BANKS*DATA_BITS-1:0] rd_data_out;
  wire [BANKS*DATA_BITS-1:0] rd_data_want;
  wire wr_en;
  wire wr_by_row;
  wire [TOKEN_BITS-1:0] wr_token;
  wire [FEATURE_BITS-1:0] wr_feature;
  wire [BANKS-1:0] wr_elements;
  wire [BANKS*DATA_BITS-1:0] wr_data;
  wire rd_en;
  wire rd_by_row;
  wire [TOKEN_BITS-1:0] rd_token;
  wire [FEATURE_BITS-1:0] rd_feature;

  assign { check,
           rd_data_want,
           wr_en, wr_by_row, wr_token, wr_feature, wr_elements, wr_data,
           rd_en, rd_by_row, rd_token, rd_feature } = vectors[index_q];

  trex_trf #(
    .ROWS(ROWS),
    .COLS(COLS),
    .BANKS(BANKS),
    .WRITE(`WRITE)
  ) dut (
    .clk_i(clk_i),
    .wr_en_i(wr_en),
    .wr_by_row_i(wr_by_row),
    .wr_token_i(wr_token),
    .wr_feature_i(wr_feature),
    .wr_elements_i(wr_elements),
    .wr_data_i(wr_data),
    .rd_en_i(rd_en),
    .rd_by_row_i(rd_by_row),
    .rd_token_i(rd_token),
    .rd_feature_i(rd_feature),
    .rd_data_o(rd_data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (rd_data_out !== rd_data_want);

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
