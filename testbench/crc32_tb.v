// Bench of crc32: vector n holds the inputs of cycle n and the output expected in cycle n.
//
// Vector   check, crc wanted, clear, en of each client, data (first in the high bits)
// Macros   VECTORS, BUS_BYTES and CLIENTS, from tests/support/unit-bench.ts
`default_nettype none
module crc32_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam BUS_BITS = 8 * `BUS_BYTES;
  localparam CLIENTS = `CLIENTS;
  localparam VECTOR_BITS = (1 + 32 + 1 + 1) * CLIENTS + BUS_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire [CLIENTS-1:0]    check;
  wire [32*CLIENTS-1:0] crc_out;
  wire [32*CLIENTS-1:0] crc_want;
  wire [CLIENTS-1:0]    clear;
  wire [CLIENTS-1:0]    en;
  wire [CLIENTS-1:0]    wrong;
  wire [BUS_BITS-1:0]   data;

  assign { check, crc_want, clear, en, data } = vectors[index_q];

  genvar n;
  generate
    for (n = 0; n < CLIENTS; n = n + 1) begin : gen_wrong
      assign wrong[n] = check[n] && (crc_out[32*n +: 32] !== crc_want[32*n +: 32]);
    end
  endgenerate

  trex_crc32 #(.CLIENTS(CLIENTS)) dut (.clk_i(clk_i), .clear_i(clear), .en_i(en), .data_i(data), .crc_o(crc_out));

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
      if (|wrong) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
