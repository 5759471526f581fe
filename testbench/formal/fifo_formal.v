// Contract of fifo, for every sequence of inputs and of resets.
//
//   0  never more words inside than DEPTH and the output register hold; none taken from an empty queue
//   1  every word comes out as it went in, after exactly the words before it
//   2  it has room while fewer than DEPTH words are inside, not counting the output; a word written into an empty queue is out two cycles later
//   3  an output that was not taken stays
//   4  no word is read from the memory in the cycle that writes its place
//
// Cases    1 follows the words whose number is PLACE modulo DEPTH, one at a time; it is proved for every PLACE
// Macros   PROPERTY, PLACE and the parameters of the unit, from bench/formal
`default_nettype none
module fifo_formal #(
  parameter WORD_BITS = `WORD_BITS,
  parameter DEPTH     = `DEPTH,  // power of two
`ifdef PLACE
  parameter PLACE     = `PLACE,
`else
  parameter PLACE     = 0,
`endif
  parameter SEQ_BITS  = $clog2(DEPTH) + 1
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  input  wire                 wr_valid_i,
  input  wire [WORD_BITS-1:0] wr_data_i,
  input  wire                 rd_ready_i,
  output wire                 bad_o
);
  localparam [SEQ_BITS-2:0] HERE = PLACE;
  localparam [SEQ_BITS-1:0] NONE = 0;

  wire                 wr_ready;
  wire                 rd_valid;
  wire [WORD_BITS-1:0] rd_data;

  trex_fifo #(.WORD_BITS(WORD_BITS), .DEPTH(DEPTH)) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .wr_valid_i(wr_valid_i), .wr_ready_o(wr_ready), .wr_data_i(wr_data_i),
    .rd_valid_o(rd_valid), .rd_ready_i(rd_ready_i), .rd_data_o(rd_data)
  );

  // ---- the naive queue: numbers of words (modulo 2 * DEPTH) ----
  reg                  begun_q = 1'b0;  // a reset has been
  reg  [15:0]          count_q = 16'd0;
  reg  [SEQ_BITS-1:0]  wr_seq_q = NONE;   // of the next word written, and of the next to be at the output
  reg  [SEQ_BITS-1:0]  rd_seq_q = NONE;
  reg                  follow_q = 1'b0;   // the word followed is inside
  reg  [WORD_BITS-1:0] word_q = {WORD_BITS{1'b0}};
  reg  [1:0]           waiting_q = 2'd0;  // cycles with a word inside and none at the output
  reg                  wrote_q = 1'b0;    // a cycle ago, and where
  reg  [SEQ_BITS-2:0]  wrote_at_q = NONE;
  reg                  held_q = 1'b0;
  reg  [WORD_BITS-1:0] held_data_q = {WORD_BITS{1'b0}};
  wire                 write  = wr_valid_i && wr_ready;
  wire                 read   = rd_valid && rd_ready_i;
  wire                 shown  = rd_valid && !held_q;  // at the output for the first time
  wire                 mine   = shown && (rd_seq_q[SEQ_BITS-2:0] == HERE);
  wire [SEQ_BITS-1:0]  rd_seq = rd_seq_q + { {(SEQ_BITS-1){1'b0}}, shown };
  wire [SEQ_BITS-1:0]  inside = wr_seq_q - rd_seq;    // without the output
  wire                 follow = follow_q && !mine;
  wire [SEQ_BITS-2:0]  before = HERE - rd_seq[SEQ_BITS-2:0];

  always @(posedge clk_i) begin
    count_q  <= count_q + { 15'd0, write } - { 15'd0, read };
    wr_seq_q <= wr_seq_q + { {(SEQ_BITS-1){1'b0}}, write };
    rd_seq_q <= rd_seq;
    follow_q <= follow;
    if (write && (wr_seq_q[SEQ_BITS-2:0] == HERE)) begin
      follow_q <= 1'b1;
      word_q   <= wr_data_i;
    end
    waiting_q   <= ((count_q != 16'd0) && !rd_valid) ? ((waiting_q == 2'd3) ? 2'd3 : waiting_q + 2'd1) : 2'd0;
    wrote_q     <= write;
    wrote_at_q  <= wr_seq_q[SEQ_BITS-2:0];
    held_q      <= rd_valid && !rd_ready_i;
    held_data_q <= rd_data;
    if (rst_i) begin
      begun_q   <= 1'b1;
      wr_seq_q  <= NONE;
      rd_seq_q  <= NONE;
      follow_q  <= 1'b0;
      count_q   <= 16'd0;
      waiting_q <= 2'd0;
      wrote_q   <= 1'b0;
      held_q    <= 1'b0;
    end
  end

  wire [4:0] violated;
  assign violated[0] = (count_q > DEPTH + 1) || (rd_valid && (count_q == 16'd0));
  // What the numbers say of room and of the word followed: else it could be written over before it has come out.
  assign violated[1] = (mine && (!follow_q || (rd_data != word_q))) || (held_q && (!rd_valid || (rd_data != held_data_q)))
                       || (inside > DEPTH) || (wr_ready != (inside != DEPTH)) || (follow != ({ 1'b0, before } < inside));
  assign violated[2] = (!wr_ready && (count_q < DEPTH + rd_valid)) || (!rd_valid && (waiting_q >= 2'd1) && (count_q != 16'd0));
  assign violated[3] = held_q && (!rd_valid || (rd_data != held_data_q));
  // What is at the output for the first time was read a cycle ago.
  assign violated[4] = shown && wrote_q && (wrote_at_q == rd_seq_q[SEQ_BITS-2:0]);
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
