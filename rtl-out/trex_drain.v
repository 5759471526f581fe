// Drain: walks the finished accumulator set of one column tile, one column word a cycle, while the array fills the
// other set. Columns past the last output are skipped, so a ragged tile costs only what it holds.
//
//   order: for column c = 0 .. columns-1, for pass p = 0 .. passes-1
//
// Timing   start_i is given in the cycle in which the last step of the tile is issued; the first word is asked for
//          ISSUE_LATENCY cycles later, when the accumulators of that step are written
// Reset    rst_i clears busy
// Golden   none: it only orders; order does not change a result
`default_nettype none
module trex_drain #(
  parameter COLUMNS       = 8,  // power of two
  parameter PASSES        = 16,
  parameter ISSUE_LATENCY = 3,  // cycles from issue of a step to its sum in the accumulators
  // Derived; do not override.
  parameter COLUMN_BITS   = (COLUMNS > 1) ? $clog2(COLUMNS) : 1,
  parameter PASS_BITS     = (PASSES > 1) ? $clog2(PASSES) : 1
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   start_i,
  input  wire                   set_i,
  input  wire [COLUMN_BITS:0]   columns_i,  // columns of this tile that hold outputs, 1 .. COLUMNS
  input  wire [PASS_BITS-1:0]   last_pass_i,
  input  wire [11:0]            feature_i,  // feature of column 0
  output wire                   busy_o,
  output wire                   en_o,
  output wire                   set_o,
  output wire [PASS_BITS-1:0]   pass_o,
  output wire [COLUMN_BITS-1:0] column_o,
  output wire [11:0]            feature_o
);
  reg [ISSUE_LATENCY-1:0] delay_q;
  reg                     active_q;
  reg                     set_q;
  reg [COLUMN_BITS:0]     columns_q;
  reg [PASS_BITS-1:0]     last_pass_q;
  reg [11:0]              feature_q;
  reg [PASS_BITS-1:0]     pass_q;
  reg [COLUMN_BITS:0]     column_q;

  wire last_pass   = pass_q == last_pass_q;
  wire [COLUMN_BITS:0] next_column = column_q + 1'b1;
  wire last_column = next_column == columns_q;

  always @(posedge clk_i) begin
    delay_q <= {delay_q[ISSUE_LATENCY-2:0], start_i};
    if (start_i) begin
      set_q       <= set_i;
      columns_q   <= columns_i;
      last_pass_q <= last_pass_i;
      feature_q   <= feature_i;
      pass_q      <= {PASS_BITS{1'b0}};
      column_q    <= {(COLUMN_BITS+1){1'b0}};
    end else if (active_q) begin
      pass_q <= last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1;
      if (last_pass) begin
        column_q  <= next_column;
        feature_q <= feature_q + 12'd1;
      end
    end
    if (delay_q[ISSUE_LATENCY-1]) active_q <= 1'b1;
    else if (active_q && last_pass && last_column) active_q <= 1'b0;
    if (rst_i) begin
      delay_q  <= {ISSUE_LATENCY{1'b0}};
      active_q <= 1'b0;
    end
  end

  assign busy_o    = active_q || (|delay_q);
  assign en_o      = active_q;
  assign set_o     = set_q;
  assign pass_o    = pass_q;
  assign column_o  = column_q[COLUMN_BITS-1:0];
  assign feature_o = feature_q;
endmodule
`default_nettype wire
