// Bench of epilogue: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, out_act and out12 too (a word without residual_add), out_valid wanted, tag wanted, out_act wanted, out12 wanted, out16 wanted,
//          table_wr_en, table_wr_addr, table_wr_data, in_valid, tag, activate, residual_add, acc,
//          shifted bias, m, s, residual
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module epilogue_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam LANES    = `LANES;
  localparam ACC_BITS = `ACC_BITS;
  localparam TAG_BITS = `TAG_BITS;
  localparam ACT_BITS = `ACT_BITS;
  localparam VECTOR_BITS = 1 + 1 + 1 + TAG_BITS + LANES*ACT_BITS + LANES*`SCORE_BITS + LANES*16 + 1 + 8 + 8 + 1 + TAG_BITS + 1 + 1
      + LANES*ACC_BITS + `SHIFTED_BIAS_BITS + LANES*`MULTIPLIER_BITS + LANES*`SHIFT_BITS + LANES*16;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                 check;
  wire                 check_short;
  wire out_valid;
  wire out_valid_want;
  wire [TAG_BITS-1:0] tag_out;
  wire [TAG_BITS-1:0] tag_want;
  wire [TAG_BITS-1:0] next_tag;
  reg  [TAG_BITS-1:0] next_tag_q;
  always @(posedge clk_i) next_tag_q <= next_tag;
  wire [LANES*ACT_BITS-1:0] out_act_out;
  wire [LANES*ACT_BITS-1:0] out_act_want;
  wire [LANES*`SCORE_BITS-1:0] out12_out;
  wire [LANES*`SCORE_BITS-1:0] out12_want;
  wire [LANES*16-1:0]          out16_out;
  wire [LANES*16-1:0]          out16_want;
  wire table_wr_en;
  wire [7:0] table_wr_addr;
  wire [7:0] table_wr_data;
  wire in_valid;
  wire [TAG_BITS-1:0] tag;
  wire activate;
  wire residual_add;
  wire [LANES*ACC_BITS-1:0] acc;
  wire [`SHIFTED_BIAS_BITS-1:0] bias;
  wire [LANES*`MULTIPLIER_BITS-1:0] m;
  wire [LANES*`SHIFT_BITS-1:0] s;
  wire [LANES*16-1:0] residual;

  assign { check, check_short,
           out_valid_want,
           tag_want, out_act_want, out12_want, out16_want,
           table_wr_en, table_wr_addr, table_wr_data, in_valid, tag, activate,
           residual_add, acc, bias, m, s,
           residual } = vectors[index_q];

  trex_epilogue #(
    .LANES(LANES),
    .ACC_BITS(ACC_BITS),
    .TAG_BITS(TAG_BITS),
    .MULTIPLIER_STAGES(`MULTIPLIER_STAGES),
    .EXTRA_STAGES(`EXTRA_STAGES),
    .ACT_BITS(ACT_BITS)
  ) dut (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .table_wr_en_i(table_wr_en),
    .table_wr_addr_i(table_wr_addr),
    .table_wr_data_i(table_wr_data),
    .in_valid_i(in_valid),
    .tag_i(tag),
    .activate_i(activate),
    .residual_add_i(residual_add),
    .acc_i(acc),
    .bias_i(bias),
    .multiplier_i(m),
    .shift_i(s),
    .residual_i(residual),
    .out_valid_o(out_valid),
    .tag_o(tag_out),
    .next_tag_o(next_tag),
    .out_act_o(out_act_out),
    .out12_o(out12_out),
    .out16_o(out16_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = out_valid !== out_valid_want || (check && (tag_out !== tag_want || next_tag_q !== tag_want || out16_out !== out16_want))
      || (check_short && (out_act_out !== out_act_want || out12_out !== out12_want));

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
