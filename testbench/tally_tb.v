// Bench of tally: vector n holds the inputs of cycle n and the sum expected in cycle n.
//
// Vector   sum wanted, clear, take, enable, add (first in the high bits)
// Macros   VECTORS, ADD_BITS, SUM_BITS, SCALE and SIGNED, from tests/support/unit-bench.ts
`default_nettype none
module tally_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam ADD_BITS    = `ADD_BITS;
  localparam VECTOR_BITS = 33 + 1 + 1 + 1 + ADD_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [32:0]         want;
  wire [32:0]         sum;
  wire                clear;
  wire                take;
  wire                en;
  wire [ADD_BITS-1:0] add;
  assign { want, clear, take, en, add } = vectors[index_q];

  trex_tally #(.ADD_BITS(ADD_BITS), .SUM_BITS(`SUM_BITS), .SCALE(`SCALE), .SIGNED(`SIGNED)) dut (
    .clk_i(clk_i),
    .clear_i(rst_i || clear),
    .take_i(take),
    .en_i(en),
    .add_i(add),
    .sum_o(sum)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (sum !== want) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
