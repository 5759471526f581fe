// Product of two signed numbers, registered STAGES times. With two stages the halves of the first factor are multiplied, and
// their products added a cycle later, so that a cycle holds half a multiplication or one addition.
//
// Timing   product_o belongs to a_i and b_i of STAGES cycles before; register k, the first is 0, holds what it has while en_i[k]
//          is 0
// Reset    none
`default_nettype none
module trex_multiplier #(
  parameter A_BITS   = 16,  // >= 4
  parameter B_BITS   = 16,  // >= 2
  parameter OUT_BITS = 31,  // as many as the product needs; at most A_BITS + B_BITS
  parameter STAGES   = 1  // 1 or 2
) (
  input  wire                       clk_i,
  input  wire [STAGES-1:0]          en_i,
  input  wire signed [A_BITS-1:0]   a_i,
  input  wire signed [B_BITS-1:0]   b_i,
  output wire signed [OUT_BITS-1:0] product_o
);
`ifndef SYNTHESIS
  initial begin
    if (A_BITS < 4) begin $display("%m: A_BITS = %0d: must be at least 4", A_BITS); $finish; end
    if (B_BITS < 2) begin $display("%m: B_BITS = %0d: must be at least 2", B_BITS); $finish; end
    if (OUT_BITS > A_BITS + B_BITS) begin $display("%m: OUT_BITS = %0d: must be at most A_BITS + B_BITS", OUT_BITS); $finish; end
    if ((STAGES < 1) || (STAGES > 2)) begin $display("%m: STAGES = %0d: must be 1 .. 2", STAGES); $finish; end
  end
`endif

  localparam ALL_BITS  = A_BITS + B_BITS;
  localparam LOW_BITS  = A_BITS / 2;
  localparam HIGH_BITS = A_BITS - LOW_BITS;

  wire signed [ALL_BITS-1:0] product;
  reg  signed [OUT_BITS-1:0] product_q;
  always @(posedge clk_i) if (en_i[STAGES-1]) product_q <= product[OUT_BITS-1:0];
  assign product_o = product_q;
  wire unused_sign = &{ 1'b0, product };

  generate
    if (STAGES == 1) begin : gen_whole
      wire signed [ALL_BITS-1:0] a = { {B_BITS{a_i[A_BITS-1]}}, a_i };
      wire signed [ALL_BITS-1:0] b = { {A_BITS{b_i[B_BITS-1]}}, b_i };
      assign product = a * b;
    end else begin : gen_halves
      // The low half has no sign.
      wire signed [LOW_BITS+B_BITS-1:0]  low    = { {B_BITS{1'b0}}, a_i[LOW_BITS-1:0] };
      wire signed [LOW_BITS+B_BITS-1:0]  low_b  = { {LOW_BITS{b_i[B_BITS-1]}}, b_i };
      wire signed [HIGH_BITS+B_BITS-1:0] high   = { {B_BITS{a_i[A_BITS-1]}}, a_i[A_BITS-1:LOW_BITS] };
      wire signed [HIGH_BITS+B_BITS-1:0] high_b = { {HIGH_BITS{b_i[B_BITS-1]}}, b_i };
      reg  signed [LOW_BITS+B_BITS-1:0]  low_q;
      reg  signed [HIGH_BITS+B_BITS-1:0] high_q;
      always @(posedge clk_i) begin
        if (en_i[0]) low_q  <= low * low_b;
        if (en_i[0]) high_q <= high * high_b;
      end
      assign product = { high_q, {LOW_BITS{1'b0}} } + { {HIGH_BITS{low_q[LOW_BITS+B_BITS-1]}}, low_q };
    end
  endgenerate
endmodule
`default_nettype wire
