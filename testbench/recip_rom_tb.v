// Bench of recip_rom: vector n holds an address and the entry expected in the same cycle.
//
// Vector   r wanted, w
//          (first in the high bits)
// Macros   VECTORS, from tests/support/unit-bench.ts
`default_nettype none
module recip_rom_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam VECTOR_BITS = `MULTIPLIER_BITS + 8;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [`MULTIPLIER_BITS-1:0] want;
  wire [`MULTIPLIER_BITS-1:0] r;
  wire [7:0]  w;
  assign { want, w } = vectors[index_q];

  trex_recip_rom dut (.fraction_i(w), .mantissa_o(r));

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (r !== want) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
