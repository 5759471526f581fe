// Bench of rsqrt_rom: vector n holds an address and the entry expected in the same cycle.
//
// Vector   g wanted, u
//          (first in the high bits)
// Macros   VECTORS, from tests/support/unit-bench.ts
`default_nettype none
module rsqrt_rom_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam VECTOR_BITS = `RSQRT_BITS + 9;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [`RSQRT_BITS-1:0] want;
  wire [`RSQRT_BITS-1:0] g;
  wire [8:0]             u;
  assign { want, u } = vectors[index_q];

  trex_rsqrt_rom dut (.index_i(u), .mantissa_o(g));

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (g !== want) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
