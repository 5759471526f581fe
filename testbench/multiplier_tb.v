// Bench of multiplier: vector n holds the inputs of cycle n and the output expected in cycle n.
//
// Vector   check, product wanted, en, a, b
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module multiplier_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam A_BITS   = `A_BITS;
  localparam B_BITS   = `B_BITS;
  localparam OUT_BITS = `OUT_BITS;
  localparam STAGES   = `STAGES;
  localparam VECTOR_BITS = 1 + OUT_BITS + STAGES + A_BITS + B_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                  check;
  wire [OUT_BITS-1:0]   product_out;
  wire [OUT_BITS-1:0]   product_want;
  wire [STAGES-1:0]     en;
  wire [A_BITS-1:0]     a;
  wire [B_BITS-1:0]     b;

  assign { check, product_want, en, a, b } = vectors[index_q];

  trex_multiplier #(
    .A_BITS(A_BITS),
    .B_BITS(B_BITS),
    .OUT_BITS(OUT_BITS),
    .STAGES(STAGES)
  ) dut (
    .clk_i(clk_i),
    .en_i(en),
    .a_i(a),
    .b_i(b),
    .product_o(product_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (product_out !== product_want);

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
