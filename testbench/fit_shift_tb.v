// Bench of fit_shift: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, over wanted, value wanted (where it fits), sign wanted, en, amount, value
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module fit_shift_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam IN_BITS     = `IN_BITS;
  localparam AMOUNT_BITS = `AMOUNT_BITS;
  localparam OUT_BITS    = `OUT_BITS;
  localparam VECTOR_BITS = 1 + 1 + OUT_BITS + 1 + 1 + AMOUNT_BITS + IN_BITS;

  reg [VECTOR_BITS-1:0]  vectors [0:`VECTORS-1];
  reg [8*512-1:0]        path;
  reg [31:0]             index_q;
  wire                   check;
  wire                   en;
  wire                   sign_out;
  wire                   sign_want;
  wire                   over_out;
  wire                   over_want;
  wire [OUT_BITS-1:0]    value_out;
  wire [OUT_BITS-1:0]    value_want;
  wire [AMOUNT_BITS-1:0] amount;
  wire [IN_BITS-1:0]     value;

  assign { check, over_want, value_want, sign_want, en, amount, value } = vectors[index_q];

  trex_fit_shift #(
    .IN_BITS(IN_BITS),
    .AMOUNT_BITS(AMOUNT_BITS),
    .OUT_BITS(OUT_BITS),
    .STAGES(`STAGES)
  ) dut (
    .clk_i(clk_i),
    .en_i(en),
    .value_i(value),
    .amount_i(amount),
    .value_o(value_out),
    .over_o(over_out),
    .sign_o(sign_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && ((over_out !== over_want) || (sign_out !== sign_want) || (!over_want && (value_out !== value_want)));

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
