// Bench of fifo: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   wr_ready wanted, rd_valid wanted, rd_data wanted (when valid), clear, wr_valid, wr_data, rd_ready
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module fifo_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam WORD_BITS = `WORD_BITS;
  localparam VECTOR_BITS = 1 + 1 + WORD_BITS + 1 + 1 + WORD_BITS + 1;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                  wr_ready_out;
  wire                  wr_ready_want;
  wire                  rd_valid_out;
  wire                  rd_valid_want;
  wire [WORD_BITS-1:0]  rd_data_out;
  wire [WORD_BITS-1:0]  rd_data_want;
  wire                  clear;
  wire                  wr_valid;
  wire [WORD_BITS-1:0]  wr_data;
  wire                  rd_ready;

  assign { wr_ready_want, rd_valid_want, rd_data_want, clear, wr_valid, wr_data, rd_ready } = vectors[index_q];

  trex_fifo #(.WORD_BITS(WORD_BITS), .DEPTH(`DEPTH)) dut (
    .clk_i(clk_i),
    .rst_i(rst_i || clear),
    .wr_valid_i(wr_valid && !rst_i),
    .wr_ready_o(wr_ready_out),
    .wr_data_i(wr_data),
    .rd_valid_o(rd_valid_out),
    .rd_ready_i(rd_ready),
    .rd_data_o(rd_data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = (wr_ready_out !== wr_ready_want) || (rd_valid_out !== rd_valid_want) || (rd_valid_want && (rd_data_out !== rd_data_want));

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
