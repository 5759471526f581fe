// Drain: walks the finished accumulator set of one column tile, one column word a cycle, while the array fills the
// other set. Columns past the last output are skipped, so a ragged tile costs only what it holds.
//
//   order: for column c = 0 .. columns-1, for pass p = 0 .. passes-1
//
// Timing   start_i is given in the cycle in which the last step of the tile is issued, and only while ready_o; the first
//          word is asked for ISSUE_LATENCY + 1 cycles later, when the accumulators of that step are written. ready_o is high
//          as soon as that word would come behind the last one of a whole tile, so that whole tiles follow each other without
//          gaps; a tile of fewer columns is the last of its instruction, behind it all is idle first
//          while hold_i its first word waits
//          begin_o: the tile that was started last has its first word in the next cycle
// Reset    rst_i clears busy
// Golden   none: it only orders; order does not change a result
`default_nettype none
module trex_drain #(
  parameter COLUMNS       = 8,  // power of two
  parameter PASSES        = 16,  // tokens that a lane computes one after another; >= 1
  // Made with the configuration; do not override.
  parameter ISSUE_LATENCY = 3,  // cycles from issue of a step to its sum in the accumulators; >= 3
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  // Derived; do not override.
  parameter COLUMN_BITS   = (COLUMNS > 1) ? $clog2(COLUMNS) : 1,
  parameter PASS_BITS     = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter WORD_BITS     = $clog2(COLUMNS * PASSES + ISSUE_LATENCY + 3)
) (
  input  wire                    clk_i,
  input  wire                    rst_i,
  input  wire                    start_i,
  input  wire                    set_i,
  input  wire [COLUMN_BITS:0]    columns_i,  // columns of this tile that hold outputs, 1 .. COLUMNS
  input  wire [PASS_BITS-1:0]    last_pass_i,
  input  wire [FEATURE_BITS-1:0] feature_i,  // feature of column 0
  input  wire                    hold_i,
  output wire                    ready_o,
  output wire                    busy_o,
  output wire                    begin_o,
  output wire                    en_o,
  output wire                    set_o,
  output wire [PASS_BITS-1:0]    pass_o,
  output wire [COLUMN_BITS-1:0]  column_o,
  output wire [FEATURE_BITS-1:0] feature_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif

  localparam [WORD_BITS-1:0] LEFT_NEXT = ISSUE_LATENCY + 1;  // words that may be left when a tile is started
  localparam [WORD_BITS-1:0] LEFT_NOW  = ISSUE_LATENCY + 2;  // the same a cycle before

  // The tile that was started last, until its accumulators are written.
  reg [ISSUE_LATENCY-1:0] delay_q;
  reg                     next_set_q;
  reg [PASS_BITS-1:0]     next_last_pass_q;
  reg [FEATURE_BITS-1:0]  next_feature_q;
  reg [COLUMN_BITS:0]     next_columns_q;
  reg [WORD_BITS-1:0]     next_words_q;
  // The tile that leaves the array.
  reg                     active_q;
  reg                     ready_q;
  reg                     acc_set_q;  // its accumulators
  reg [PASS_BITS-1:0]     last_pass_q;
  reg [FEATURE_BITS-1:0]  feature_q;
  reg [PASS_BITS-1:0]     pass_q;
  reg [COLUMN_BITS:0]     columns_q;
  reg [COLUMN_BITS:0]     column_q;
  reg [WORD_BITS-1:0]     words_q;  // left of a whole tile, that of this cycle included

  wire                   last_pass   = pass_q == last_pass_q;
  wire [COLUMN_BITS:0]   next_column = column_q + 1'b1;
  wire                   last_word   = last_pass && (next_column == columns_q);
  wire [WORD_BITS-1:0]   passes      = { {(WORD_BITS-PASS_BITS){1'b0}}, last_pass_i } + 1'b1;

  always @(posedge clk_i) begin
    delay_q <= { delay_q[ISSUE_LATENCY-2] || (delay_q[ISSUE_LATENCY-1] && hold_i), delay_q[ISSUE_LATENCY-3:0], start_i };
    if (start_i) begin
      next_set_q       <= set_i;
      next_last_pass_q <= last_pass_i;
      next_feature_q   <= feature_i;
      next_columns_q   <= columns_i;
      next_words_q     <= passes << COLUMN_BITS;
    end
    if (active_q) begin
      words_q <= words_q - 1'b1;
      pass_q  <= last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1;
      if (last_pass) begin
        column_q  <= next_column;
        feature_q <= feature_q + 1'b1;
      end
      if (last_word) active_q <= 1'b0;
    end
    if (begin_o) begin
      active_q    <= 1'b1;
      acc_set_q   <= next_set_q;
      last_pass_q <= next_last_pass_q;
      feature_q   <= next_feature_q;
      columns_q   <= next_columns_q;
      words_q     <= next_words_q;
      pass_q      <= {PASS_BITS{1'b0}};
      column_q    <= {(COLUMN_BITS+1){1'b0}};
    end
    // Of the cycle that follows.
    ready_q <= !start_i && !(|delay_q[ISSUE_LATENCY-2:0]) && !(delay_q[ISSUE_LATENCY-1] && hold_i)
               && (begin_o ? next_words_q <= LEFT_NEXT : !active_q || (words_q <= LEFT_NOW));
    if (rst_i) begin
      delay_q  <= {ISSUE_LATENCY{1'b0}};
      active_q <= 1'b0;
      ready_q  <= 1'b1;
    end
  end

  assign begin_o   = delay_q[ISSUE_LATENCY-1] && !hold_i;
  assign ready_o   = ready_q;
  assign busy_o    = active_q || (|delay_q);
  assign en_o      = active_q;
  assign set_o     = acc_set_q;
  assign pass_o    = pass_q;
  assign column_o  = column_q[COLUMN_BITS-1:0];
  assign feature_o = feature_q;
endmodule
`default_nettype wire
