// Bench of crc32: vector n holds the inputs of cycle n and the output expected in cycle n.
//
// Vector   check, crc wanted, clear, en, data (first in the high bits)
// Macros   VECTORS and BUS_BYTES, from tests/support/unit-bench.ts
`default_nettype none
module crc32_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam BUS_BITS = 8 * `BUS_BYTES;
  localparam VECTOR_BITS = 1 + 32 + 1 + 1 + BUS_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                  check;
  wire [31:0]           crc_out;
  wire [31:0]           crc_want;
  wire                  clear;
  wire                  en;
  wire [BUS_BITS-1:0]   data;

  assign { check, crc_want, clear, en, data } = vectors[index_q];

  trex_crc32 dut (.clk_i(clk_i), .clear_i(clear), .en_i(en), .data_i(data), .crc_o(crc_out));

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (check && (crc_out !== crc_want)) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
