// Bench of rotator: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, data wanted, amount, inverse, data
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module rotator_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COUNT     = `COUNT;
  localparam WORD_BITS = `WORD_BITS;
  localparam AMOUNT_BITS = (COUNT > 1) ? $clog2(COUNT) : 1;
  localparam VECTOR_BITS = 1 + COUNT*WORD_BITS + AMOUNT_BITS + 1 + COUNT*WORD_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                 check;
  wire [COUNT*WORD_BITS-1:0] data_out;
  wire [COUNT*WORD_BITS-1:0] data_want;
  wire [AMOUNT_BITS-1:0] amount;
  wire inverse;
  wire [COUNT*WORD_BITS-1:0] data;

  assign { check,
           data_want,
           amount, inverse, data } = vectors[index_q];

  trex_rotator #(
    .COUNT(COUNT),
    .WORD_BITS(WORD_BITS)
  ) dut (
    .amount_i(amount),
    .inverse_i(inverse),
    .data_i(data),
    .data_o(data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (data_out !== data_want);

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
