// Queue of words on the memory wrapper; the oldest word stands at the output.
//
// Timing   a word is at the output two cycles after it was written into an empty queue; one word a cycle both ways
//          the output register holds one more word than DEPTH
// Reset    rst_i empties it
`default_nettype none
module trex_fifo #(
  parameter WORD_BITS   = 128,  // of a word
  parameter DEPTH       = 64,  // words; any number >= 1
  // Made with the configuration; an instance may choose another.
  parameter DISTRIBUTED = 0,  // as of trex_ram_1r1w
  // Derived; do not override.
  parameter ADDR_BITS   = (DEPTH > 1) ? $clog2(DEPTH) : 1,
  parameter COUNT_BITS  = (DEPTH > 0) ? $clog2(DEPTH + 1) : 1
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  input  wire                 wr_valid_i,
  output wire                 wr_ready_o,
  input  wire [WORD_BITS-1:0] wr_data_i,
  output wire                 rd_valid_o,
  input  wire                 rd_ready_i,
  output wire [WORD_BITS-1:0] rd_data_o
);
`ifndef SYNTHESIS
  initial begin
    if (DEPTH < 1) begin $display("%m: DEPTH = %0d: must be 1 or more", DEPTH); $finish; end
  end
`endif

  localparam [COUNT_BITS-1:0] FULL = DEPTH;
  localparam LAST = DEPTH - 1;

  reg [ADDR_BITS-1:0]  wr_addr_q;
  reg [ADDR_BITS-1:0]  rd_addr_q;
  reg [COUNT_BITS-1:0] count_q;     // words in the memory
  reg                  rd_valid_q;  // the memory's output holds a word that was not taken yet

  wire write = wr_valid_i && wr_ready_o;
  wire fetch = (count_q != {COUNT_BITS{1'b0}}) && (!rd_valid_q || rd_ready_i);

  assign wr_ready_o = count_q != FULL;
  assign rd_valid_o = rd_valid_q;

  trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(DEPTH), .LANE_BITS(WORD_BITS), .DISTRIBUTED(DISTRIBUTED), .READ_OLD(0)) u_words (
    .clk_i(clk_i),
    .wr_en_i(write), .wr_addr_i(wr_addr_q), .wr_lanes_i(1'b1), .wr_data_i(wr_data_i),
    .rd_en_i(fetch), .rd_addr_i(rd_addr_q), .rd_data_o(rd_data_o)
  );

  always @(posedge clk_i) begin
    if (write) wr_addr_q <= (wr_addr_q == LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : wr_addr_q + 1'b1;
    if (fetch) rd_addr_q <= (rd_addr_q == LAST[ADDR_BITS-1:0]) ? {ADDR_BITS{1'b0}} : rd_addr_q + 1'b1;
    // Whether a word comes is known late: it enables the sum, and does not stand in front of it.
    if (write != fetch) count_q <= fetch ? count_q - 1'b1 : count_q + 1'b1;
    if (fetch) rd_valid_q <= 1'b1;
    else if (rd_ready_i) rd_valid_q <= 1'b0;
    if (rst_i) begin
      wr_addr_q  <= {ADDR_BITS{1'b0}};
      rd_addr_q  <= {ADDR_BITS{1'b0}};
      count_q    <= {COUNT_BITS{1'b0}};
      rd_valid_q <= 1'b0;
    end
  end
endmodule
`default_nettype wire
