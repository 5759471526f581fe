// The sequencer never has a memory read while words for it are under way, for every program, window and pace of the units around
// it. So P, Q, K and V may be memories of which nobody reads a word that is being written (READ_OLD of ram_1r1w).
//
//   0  no step of EXPAND is issued while words of P are under way
//   1  no step of scores is issued while words of Q are under way
//   2  no step of scores is issued while words of K are under way
//   3  no step of values is issued while words of V are under way; with a turner, which reads ahead, no step of attention at all
//
// Assumed  words of a tile are written while drain_busy_i or pipe_busy_i is high, from the cycle behind drain_start_o on without
//          a gap, as the epilogue of templates/core.v.hbs has it
// Macros   PROPERTY, TURNED with a register file of one direction, and the parameters of the unit, from bench/formal
`default_nettype none
module sequencer_formal #(
  parameter COLUMNS      = `COLUMNS,
  parameter PASSES       = `PASSES,
  parameter INSTRUCTIONS = `INSTRUCTIONS,
  parameter CODE_WORDS   = `CODE_WORDS,
  parameter PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter PC_BITS      = (INSTRUCTIONS > 1) ? $clog2(INSTRUCTIONS) : 1
) (
  input  wire                      clk_i,
  input  wire                      rst_i,
  input  wire                      program_wr_en_i,
  input  wire [PC_BITS-1:0]        program_wr_addr_i,
  input  wire [`INSTRUCTION_BITS-1:0] program_wr_data_i,
  input  wire                      start_i,
  input  wire                      abort_i,
  input  wire [PASS_BITS-1:0]      last_pass_i,
  input  wire [`GROUPS_BITS-1:0]   groups_i,
  input  wire [`POSITION_BITS-1:0] slice_keys_i,
  input  wire                      section_ready_i,
  input  wire                      bias_valid_i,
  input  wire                      item_valid_i,
  input  wire                      drain_ready_i,
  input  wire                      drain_busy_i,
  input  wire                      pipe_busy_i,
  input  wire                      norm_busy_i,
  input  wire                      norm_applying_i,
  input  wire [`FEATURE_BITS-1:0]  norm_features_i,
  input  wire                      softmax_walking_i,
  input  wire                      softmax_busy_i,
  input  wire                      softmax_word_i,
  input  wire [`POSITION_BITS-1:0] softmax_number_i,
  input  wire [PASS_BITS-1:0]      softmax_pass_i,
  input  wire                      values_valid_i,
  input  wire                      rows_done_i,
  output wire                      bad_o
);
  wire         issue;
  wire [`MODE_BITS-1:0] mode;
  wire [`INSTRUCTION_BITS-1:0] instruction;
  wire         drain_start;
  trex_sequencer #(.COLUMNS(COLUMNS), .PASSES(PASSES), .INSTRUCTIONS(INSTRUCTIONS), .CODE_WORDS(CODE_WORDS)) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i(program_wr_en_i), .program_wr_addr_i(program_wr_addr_i), .program_wr_data_i(program_wr_data_i),
    .start_i(start_i), .abort_i(abort_i), .last_pass_i(last_pass_i), .groups_i(groups_i), .slice_keys_i(slice_keys_i),
    .instruction_o(instruction), .section_ready_i(section_ready_i), .bias_valid_i(bias_valid_i), .item_valid_i(item_valid_i),
    .issue_o(issue), .mode_o(mode), .drain_start_o(drain_start),
    .drain_ready_i(drain_ready_i), .drain_busy_i(drain_busy_i), .pipe_busy_i(pipe_busy_i),
    .norm_busy_i(norm_busy_i), .norm_applying_i(norm_applying_i), .norm_features_i(norm_features_i),
    .softmax_walking_i(softmax_walking_i), .softmax_busy_i(softmax_busy_i), .softmax_word_i(softmax_word_i),
    .softmax_number_i(softmax_number_i), .softmax_pass_i(softmax_pass_i),
`ifdef TURNED
    .values_valid_i(values_valid_i),
`endif
    .rows_done_i(rows_done_i)
  );
`ifndef TURNED
  wire unused_values = values_valid_i;
`endif

  wire [`DESTINATION_BITS-1:0] dst      = instruction[`INS_DST];
  wire       scores   = issue && (mode == `MODE_SCORES);
  wire       values   = issue && (mode == `MODE_VALUES);
  wire       streamed = (mode == `MODE_EXPAND) || (mode == `MODE_DENSE);
  // Where words of the tile that drains next go: P, Q, K, V.
  wire [3:0] goes = { streamed && (dst == `TO_V), streamed && (dst == `TO_K), streamed && (dst == `TO_Q), mode == `MODE_PROJECT };

  // ---- what is under way ----
  reg        begun_q = 1'b0;  // a reset has been
  reg  [3:0] under_way_q = 4'd0;
  wire       busy = drain_busy_i || pipe_busy_i;
  wire [3:0] here = under_way_q & {4{busy}};
  always @(posedge clk_i) begin
    under_way_q <= here | (goes & {4{drain_start}});
    if (rst_i) begin
      under_way_q <= 4'd0;
      begun_q     <= 1'b1;
    end
  end

  wire [3:0] violated;
  assign violated[0] = issue && (mode == `MODE_EXPAND) && here[0];
  assign violated[1] = scores && here[1];
  assign violated[2] = scores && here[2];
`ifdef TURNED
  assign violated[3] = (scores || values) && here[3];
`else
  assign violated[3] = values && here[3];
`endif
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
