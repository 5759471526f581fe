// Bench of sequencer: runs one program over several windows. What the sequencer does must be the vectors, one after the
// other, whatever the stalls; several of them may fall into one cycle. A window may be aborted once before its run.
//
// Vector   kind (0 norm_start, 1 softmax_clear, 2 softmax_start, 3 rows_start, 4 done, 5 bad, 6 section, 7 bias,
//          8 issue, 9 end of the vectors of a window), and for issue: first, mode, pass, step, tile feature, group,
//          key, code address, set, item taken, drain start, drain columns, drain feature; else zero
//          (first in the high bits)
// Files    program.hex: instructions; windows.hex: last_pass, groups, slice_keys, cycles before it is aborted (0: never)
// Errors   also: a tile started while the last one drains, work begun while results are under way, two causes at once
// Macros   VECTORS, PROGRAM, WINDOWS and the parameters of the unit, from tests/rtl/sequencer.test.ts
`default_nettype none
module sequencer_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS      = `COLUMNS;
  localparam PASSES       = `PASSES;
  localparam INSTRUCTIONS = `INSTRUCTIONS;
  localparam CODE_WORDS   = `CODE_WORDS;
  localparam COLUMN_BITS  = $clog2(COLUMNS);
  localparam PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam PC_BITS      = $clog2(INSTRUCTIONS);
  localparam CODE_BITS    = $clog2(CODE_WORDS);
  localparam STEP_BITS    = 1 + 3 + PASS_BITS + 12 + 12 + 2 + 12 + CODE_BITS + 1 + 1 + 1 + COLUMN_BITS + 1 + 12;
  localparam VECTOR_BITS  = 4 + STEP_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [127:0]           words [0:`PROGRAM-1];
  reg [31:0]            windows [0:4*`WINDOWS-1];
  reg [31:0]            seed;
  initial begin
    $readmemh("vectors.hex", vectors);
    $readmemh("program.hex", words);
    $readmemh("windows.hex", windows);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  // ---- windows ----
  localparam [1:0] LOAD = 2'd0, REST = 2'd1, START = 2'd2, RUN = 2'd3;
  reg  [1:0]  state_q;
  reg  [31:0] load_q;
  reg  [31:0] window_q;
  reg  [31:0] cycle_q;
  reg         aborted_q;
  wire [31:0] last_pass   = windows[4*window_q];
  wire [31:0] groups      = windows[4*window_q + 1];
  wire [31:0] slice_keys  = windows[4*window_q + 2];
  wire [31:0] abort_after = windows[4*window_q + 3];
  wire        abort       = (state_q == RUN) && !aborted_q && (abort_after != 32'd0) && (cycle_q == abort_after);

  // ---- the sequencer and what surrounds it ----
  reg                  drain_busy_q;
  reg                  pipe_busy_q;
  reg                  norm_begun_q;
  reg                  norm_q;
  reg                  softmax_q;
  reg                  rows_q;
  wire                 norm_done     = norm_q && (random_q[3:2] == 2'd0);
  wire                 softmax_done  = softmax_q && (random_q[5:4] == 2'd0);
  wire                 rows_done     = rows_q && (random_q[7:6] == 2'd0);
  wire                 section_ready = random_q[8];
  wire                 bias_valid    = random_q[9];
  wire                 item_valid    = random_q[11:10] != 2'd0;
  wire                 busy;
  wire                 done;
  wire                 bad;
  wire                 section_valid;
  wire                 bias_ready;
  wire                 item_ready;
  wire                 issue;
  wire                 first;
  wire                 set;
  wire [2:0]           mode;
  wire [PASS_BITS-1:0] pass;
  wire [11:0]          step;
  wire [11:0]          tile_feature;
  wire [1:0]           group;
  wire [11:0]          key;
  wire [CODE_BITS-1:0] code_addr;
  wire                 drain_start;
  wire [COLUMN_BITS:0] drain_columns;
  wire [11:0]          drain_feature;
  wire                 norm_start;
  wire                 softmax_start;
  wire                 softmax_clear;
  wire                 rows_start;
  wire                 wait_stream;
  wire                 wait_drain;
  wire                 wait_vector;
  wire                 wait_rows;

  trex_sequencer #(.COLUMNS(COLUMNS), .PASSES(PASSES), .INSTRUCTIONS(INSTRUCTIONS), .CODE_WORDS(CODE_WORDS)) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i((state_q == LOAD) && (load_q < `PROGRAM)), .program_wr_addr_i(load_q[PC_BITS-1:0]), .program_wr_data_i(words[load_q]),
    .start_i(state_q == START), .abort_i(abort), .last_pass_i(last_pass[PASS_BITS-1:0]), .groups_i(groups[2:0]),
    .slice_keys_i(slice_keys[11:0]),
    .busy_o(busy), .done_o(done), .bad_o(bad), .pc_o(), .instruction_o(),
    .section_valid_o(section_valid), .section_ready_i(section_ready),
    .bias_valid_i(bias_valid), .bias_ready_o(bias_ready), .item_valid_i(item_valid), .item_ready_o(item_ready),
    .issue_o(issue), .first_o(first), .set_o(set), .mode_o(mode), .pass_o(pass), .step_o(step),
    .tile_feature_o(tile_feature), .group_o(group), .key_o(key), .code_addr_o(code_addr),
    .drain_start_o(drain_start), .drain_columns_o(drain_columns), .drain_feature_o(drain_feature),
    .drain_busy_i(drain_busy_q), .pipe_busy_i(pipe_busy_q),
    .norm_start_o(norm_start), .norm_done_i(norm_done),
    .softmax_start_o(softmax_start), .softmax_clear_o(softmax_clear), .softmax_done_i(softmax_done),
    .rows_start_o(rows_start), .rows_done_i(rows_done),
    .wait_stream_o(wait_stream), .wait_drain_o(wait_drain), .wait_vector_o(wait_vector), .wait_rows_o(wait_rows)
  );

  always @(posedge clk_i) begin
    drain_busy_q <= drain_start || (drain_busy_q && (random_q[14:12] != 3'd0));
    pipe_busy_q  <= drain_busy_q || (pipe_busy_q && (random_q[16:15] != 2'd0));
    // A norm cannot end before its parameters have come.
    norm_begun_q <= norm_start || (norm_begun_q && !(section_valid && section_ready));
    norm_q       <= ((norm_start || norm_begun_q) && section_valid && section_ready) || (norm_q && !norm_done);
    softmax_q    <= softmax_start || (softmax_q && !softmax_done);
    rows_q       <= rows_start || (rows_q && !rows_done);
    if (rst_i || abort) begin
      drain_busy_q <= 1'b0;
      pipe_busy_q  <= 1'b0;
      norm_begun_q <= 1'b0;
      norm_q       <= 1'b0;
      softmax_q    <= 1'b0;
      rows_q       <= 1'b0;
    end
  end

  // ---- what it does, against the vectors ----
  // Fields that a mode does not use are taken as zero.
  wire attention = mode >= 3'd3;
  wire [STEP_BITS-1:0] step_now = { first, mode, pass, step, tile_feature, attention ? group : 2'd0, attention ? key : 12'd0,
                                    (mode == 3'd0) ? code_addr : {CODE_BITS{1'b0}}, set, item_valid && item_ready, drain_start,
                                    drain_start ? drain_columns : {(COLUMN_BITS+1){1'b0}}, drain_start ? drain_feature : 12'd0 };
  // The vectors of a window that is aborted are those of its second start, which begins with the first set.
  localparam SET_BIT = 12 + COLUMN_BITS + 1 + 2;
  wire [VECTOR_BITS-1:0] known = ~({ {(VECTOR_BITS-1){1'b0}}, (abort_after != 32'd0) && !aborted_q } << SET_BIT);
  wire [8:0] happens = { issue, bias_valid && bias_ready, section_valid && section_ready, bad, done, rows_start, softmax_start, softmax_clear, norm_start };
  wire [2:0] causes  = { 2'd0, issue } + { 2'd0, wait_stream } + { 2'd0, wait_drain } + { 2'd0, wait_vector } + { 2'd0, wait_rows };
  wire       begins  = rows_start || norm_start || softmax_start || done || (section_valid && section_ready);
  wire       forbidden = (drain_start && drain_busy_q) || (begins && (drain_busy_q || pipe_busy_q)) || (causes > 3'd1) || ((causes != 3'd0) && !busy)
                         || (item_valid && item_ready && !issue);
  reg [31:0] index;
  reg [31:0] first_index;
  reg [31:0] errors;
  integer    kind;
  always @(posedge clk_i) begin
    cycle_q <= (state_q == RUN) ? cycle_q + 32'd1 : 32'd0;
    load_q  <= load_q + 32'd1;
    case (state_q)
      LOAD: if (load_q == `PROGRAM) state_q <= START;
      REST: if (load_q[2:0] == 3'd7) state_q <= START;
      START: state_q <= RUN;
      default: begin end
    endcase
    if (rst_i) begin
      state_q     <= LOAD;
      load_q      <= 32'd0;
      window_q    <= 32'd0;
      aborted_q   <= 1'b0;
      done_o      <= 1'b0;
      index       = 32'd0;
      first_index = 32'd0;
      errors      = 32'd0;
    end else if (!done_o) begin
      for (kind = 0; kind < 9; kind = kind + 1) begin
        if (happens[kind] !== 1'b0) begin
          if (((vectors[index] ^ { kind[3:0], (kind == 8) ? step_now : {STEP_BITS{1'b0}} }) & known) !== {VECTOR_BITS{1'b0}}) errors = errors + 32'd1;
          index = index + 32'd1;
        end
      end
      if (forbidden !== 1'b0) errors = errors + 32'd1;
      if (abort) begin
        aborted_q <= 1'b1;
        index     = first_index;
        state_q   <= REST;
      end else if ((state_q == RUN) && (done || bad)) begin
        if (vectors[index] !== { 4'd9, {STEP_BITS{1'b0}} }) errors = errors + 32'd1;
        index       = index + 32'd1;
        first_index = index;
        aborted_q   <= 1'b0;
        window_q    <= window_q + 32'd1;
        if (window_q + 32'd1 == `WINDOWS) begin
          done_o <= 1'b1;
          if (index != `VECTORS) errors = errors + 32'd1;
        end
        state_q <= REST;
      end
      // A sequencer that hangs is wrong, too.
      if (cycle_q > 32'd60000) begin
        errors = errors + 32'd1;
        done_o <= 1'b1;
      end
      errors_o <= errors;
    end
  end
endmodule
`default_nettype wire
