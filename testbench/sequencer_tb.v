// Bench of sequencer: runs one program over several windows. What the sequencer does must be the vectors, one after the
// other, whatever the stalls; several of them may fall into one cycle. A window may be aborted once before its run.
//
// Vector   kind (EVENT_*, generator/contract/codes.ts; EVENT_END closes the vectors of a window), and for issue: first, mode, pass, step, tile feature, group,
//          key, code address, set, item taken, score piece, value piece, drain start, drain columns, drain feature; else zero
//          (first in the high bits)
// Files    program.hex: instructions; windows.hex: last_pass, groups, slice_keys, cycles before it is aborted (0: never)
// Errors   also: a step of a head that is not its base and the step; a tile started when its drain cannot follow; the first tile of an
//          instruction drained, or a unit begun, while results of an older one are under way; a step that reads what is not there
//          yet; two causes at once
// Plusargs +seed=n; +pace=n: 0 what surrounds it answers when it likes, 1 at once, 2 seldom
// Macros   VECTORS, PROGRAM, WINDOWS, TURNED for a register file of one direction, and the parameters of the unit, from tests/rtl/sequencer.test.ts
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
  localparam STEP_BITS    = 1 + `MODE_BITS + PASS_BITS + `FEATURE_BITS + `FEATURE_BITS + 2 + `POSITION_BITS + CODE_BITS + 1 + 1 + 2 + 1
      + COLUMN_BITS + 1 + `FEATURE_BITS;
  localparam VECTOR_BITS  = 4 + STEP_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [127:0]           words [0:`PROGRAM-1];
  reg [31:0]            windows [0:4*`WINDOWS-1];
  reg [31:0]            seed;
  reg [31:0]            pace;
  initial begin
    $readmemh("vectors.hex", vectors);
    $readmemh("program.hex", words);
    $readmemh("windows.hex", windows);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  // Whether what would happen now at random does.
  function now(input at_random);
    now = (pace == 32'd1) || (at_random && !((pace == 32'd2) && (random_q[27:25] != 3'd0)));
  endfunction
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
  wire [31:0] probabilities = groups * ((slice_keys + COLUMNS - 1) / COLUMNS) * COLUMNS * (last_pass + 32'd1);
  wire        abort       = (state_q == RUN) && !aborted_q && (abort_after != 32'd0) && (cycle_q == abort_after);

  // ---- the sequencer and what surrounds it ----
  reg                       drain_ready_q;
  reg                       drain_busy_q;
  reg                       pipe_busy_q;
  reg                       norm_busy_q;
  reg                       norm_fed_q;       // its parameters have come
  reg                       norm_applying_q;
  reg  [`FEATURE_BITS-1:0]  norm_features_q;
  reg  [`FEATURE_BITS-1:0]  norm_inner_q;
  reg                       softmax_q;        // walks
  reg                       rows_q;
  wire                      norm_word     = norm_applying_q && now(random_q[2:1] == 2'd0);
  reg  [`POSITION_BITS-1:0] softmax_number_q; // of the probability that is made next
  reg  [PASS_BITS-1:0]      softmax_pass_q;
  reg  [31:0]               softmax_left_q;
  reg                       softmax_busy_q;   // walks, or seeks reciprocals
  wire                      softmax_word  = softmax_q && (softmax_left_q != 32'd0) && (softmax_left_q <= probabilities) && now(random_q[5:4] != 2'd0);
  wire                      softmax_walked = softmax_q && (softmax_left_q == 32'd0) && now(random_q[5:4] == 2'd0);
  wire                      rows_done     = rows_q && now(random_q[7:6] == 2'd0);
  wire                      section_ready = now(random_q[8]);
  wire                      bias_valid    = now(random_q[9]);
  wire                      values_valid  = now(random_q[22:21] != 2'd0);  // of a register file of one direction
  wire                      values_wanted;
  wire                      item_valid    = now(random_q[11:10] != 2'd0);
  wire                      busy;
  wire                      done;
  wire                      bad;
  wire                      section_valid;
  wire                      bias_ready;
  wire                      item_ready;
  wire                      issue;
  wire                      first;
  wire                      set;
  wire [`MODE_BITS-1:0]     mode;
  wire [PASS_BITS-1:0]      pass;
  wire [`FEATURE_BITS-1:0]  step;
  wire [`FEATURE_BITS-1:0] head_step;
  wire [`FEATURE_BITS-1:0] head_feature;
  wire [`FEATURE_BITS-1:0] tile_feature = head_feature - instruction[`INS_BASE];
  wire [`SLICE_ID_BITS-1:0] group;
  wire [`POSITION_BITS-1:0] key;
  wire [CODE_BITS-1:0]      code_addr;
  wire                      score_piece;
  wire                      value_piece;
  wire                      drain_start;
  wire [COLUMN_BITS:0]      drain_columns;
  wire [`FEATURE_BITS-1:0]  drain_feature;
  wire                      norm_start;
  wire                      softmax_start;
  wire                      softmax_clear;
  wire                      rows_start;
  wire [`INSTRUCTION_BITS-1:0] instruction;
  wire [PC_BITS-1:0]        pc;
  wire                      wait_stream;
  wire                      wait_drain;
  wire                      wait_vector;
  wire                      wait_rows;

  trex_sequencer #(.COLUMNS(COLUMNS), .PASSES(PASSES), .INSTRUCTIONS(INSTRUCTIONS), .CODE_WORDS(CODE_WORDS)) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i((state_q == LOAD) && (load_q < `PROGRAM)), .program_wr_addr_i(load_q[PC_BITS-1:0]), .program_wr_data_i(words[load_q]),
    .start_i(state_q == START), .abort_i(abort), .last_pass_i(last_pass[PASS_BITS-1:0]), .groups_i(groups[2:0]),
    .slice_keys_i(slice_keys[`POSITION_BITS-1:0]),
    .busy_o(busy), .done_o(done), .bad_o(bad), .pc_o(pc), .instruction_o(instruction),
    .section_valid_o(section_valid), .section_ready_i(section_ready),
    .bias_valid_i(bias_valid), .bias_ready_o(bias_ready), .item_valid_i(item_valid), .item_ready_o(item_ready),
    .issue_o(issue), .first_o(first), .set_o(set), .mode_o(mode), .pass_o(pass), .step_o(step),
    .head_step_o(head_step), .head_feature_o(head_feature), .group_o(group), .key_o(key), .code_addr_o(code_addr),
    .score_piece_o(score_piece), .value_piece_o(value_piece),
    .drain_start_o(drain_start), .drain_columns_o(drain_columns), .drain_feature_o(drain_feature),
    .drain_ready_i(drain_ready_q), .drain_busy_i(drain_busy_q), .pipe_busy_i(pipe_busy_q),
    .norm_start_o(norm_start), .norm_busy_i(norm_busy_q), .norm_applying_i(norm_applying_q), .norm_features_i(norm_features_q),
    .softmax_start_o(softmax_start), .softmax_clear_o(softmax_clear),
    .softmax_walking_i(softmax_q), .softmax_busy_i(softmax_busy_q), .softmax_word_i(softmax_word), .softmax_number_i(softmax_number_q),
    .softmax_pass_i(softmax_pass_q),
`ifdef TURNED
    .values_valid_i(values_valid), .values_wanted_o(values_wanted),
`endif
    .rows_start_o(rows_start), .rows_done_i(rows_done),
    .wait_stream_o(wait_stream), .wait_drain_o(wait_drain), .wait_vector_o(wait_vector), .wait_rows_o(wait_rows)
  );

  always @(posedge clk_i) begin
    // Not ready for some cycles, then ready while its last words leave, then idle.
    drain_ready_q <= !drain_start && (drain_ready_q || (now(random_q[14:12] == 3'd0) && !softmax_busy_q));
    drain_busy_q <= drain_start || (drain_busy_q && !(drain_ready_q && !softmax_busy_q && now(random_q[18:17] == 2'd0)));
    pipe_busy_q  <= drain_busy_q || (pipe_busy_q && !now(random_q[16:15] == 2'd0));
    // A norm cannot apply before its parameters have come.
    norm_busy_q  <= norm_start || (norm_busy_q && !(norm_applying_q && (norm_features_q == norm_inner_q)));
    norm_fed_q   <= (norm_start || norm_busy_q) && ((norm_fed_q && norm_busy_q) || (section_valid && section_ready));
    norm_applying_q <= norm_busy_q && !(norm_applying_q && (norm_features_q == norm_inner_q))
        && (norm_applying_q || (norm_fed_q && now(random_q[3:2] == 2'd0)));
    norm_features_q <= (norm_word && (norm_features_q != norm_inner_q)) ? norm_features_q + 1'b1 : norm_applying_q ? norm_features_q : {`FEATURE_BITS{1'b0}};
    if (norm_start) norm_inner_q <= instruction[`INS_INNER];
    softmax_q    <= softmax_start || (softmax_q && !softmax_walked);
    softmax_busy_q <= softmax_start || (softmax_busy_q && (softmax_q || !now(random_q[24:19] == 6'd0)));
    // The first probability comes some cycles after the start.
    softmax_left_q <= softmax_start ? probabilities + 32'd3 : (softmax_q && ((softmax_left_q > probabilities) || softmax_word))
        ? softmax_left_q - 32'd1 : softmax_left_q;
    if (softmax_start) begin
      softmax_number_q <= {`POSITION_BITS{1'b0}};
      softmax_pass_q   <= {PASS_BITS{1'b0}};
    end else if (softmax_word) begin
      softmax_pass_q <= (softmax_pass_q == last_pass[PASS_BITS-1:0]) ? {PASS_BITS{1'b0}} : softmax_pass_q + 1'b1;
      if (softmax_pass_q == last_pass[PASS_BITS-1:0]) softmax_number_q <= softmax_number_q + 1'b1;
    end
    rows_q       <= rows_start || (rows_q && !rows_done);
    if (rst_i || abort) begin
      drain_ready_q <= 1'b1;
      drain_busy_q <= 1'b0;
      pipe_busy_q  <= 1'b0;
      norm_busy_q  <= 1'b0;
      norm_fed_q   <= 1'b0;
      norm_applying_q <= 1'b0;
      norm_features_q <= {`FEATURE_BITS{1'b0}};
      softmax_q    <= 1'b0;
      softmax_busy_q <= 1'b0;
      rows_q       <= 1'b0;
    end
  end

  // ---- what it does, against the vectors ----
  // Fields that a mode does not use are taken as zero.
  wire attention = mode >= `MODE_SCORES;
  wire [STEP_BITS-1:0] step_now = { first, mode, pass, step, tile_feature, attention ? group : 2'd0, attention ? key : {`POSITION_BITS{1'b0}},
                                    (mode == `MODE_PROJECT) ? code_addr : {CODE_BITS{1'b0}}, set, item_valid && item_ready,
                                    score_piece, value_piece, drain_start,
                                    drain_start ? drain_columns : {(COLUMN_BITS+1){1'b0}}, drain_start ? drain_feature : {`FEATURE_BITS{1'b0}} };
  // The vectors of a window that is aborted are those of its second start, which begins with the first set.
  localparam SET_BIT = `FEATURE_BITS + COLUMN_BITS + 1 + 4;
  wire [VECTOR_BITS-1:0] known = ~({ {(VECTOR_BITS-1){1'b0}}, (abort_after != 32'd0) && !aborted_q } << SET_BIT);
  // Bit n: event n of the table.
  wire [`EVENT_END-1:0] happens = { issue, bias_valid && bias_ready, section_valid && section_ready, bad, done, rows_start, softmax_start,
      softmax_clear, norm_start };
  wire [2:0] causes  = { 2'd0, issue } + { 2'd0, wait_stream } + { 2'd0, wait_drain } + { 2'd0, wait_vector } + { 2'd0, wait_rows };
  // ---- what must never be: written down by what reads what, not by how the sequencer finds out ----
  reg  [PC_BITS-1:0]       older_pc_q;       // the tile that was started last
  reg  [`MODE_BITS-1:0]    older_mode_q;
  reg  [`DESTINATION_BITS-1:0] older_dst_q;
  reg  [`FEATURE_BITS-1:0] older_feature_q;
  wire [`DESTINATION_BITS-1:0] dst       = instruction[`INS_DST];
  wire       from_h    = instruction[`INS_SRC];
  wire       under_way = drain_busy_q || pipe_busy_q;
  wire       older     = under_way && (older_pc_q != pc);  // words of another instruction
  localparam [`DESTINATION_BITS-1:0] RANKS = {`DESTINATION_BITS{1'b1}};  // PROJECT writes P, which no instruction names as its destination
  wire [`DESTINATION_BITS-1:0] older_to  = (older_mode_q == `MODE_PROJECT) ? RANKS : (older_mode_q == `MODE_VALUES) ? `TO_X : older_dst_q;
  wire       reads_it  = ((mode == `MODE_EXPAND) && (older_to == RANKS)) || ((mode == `MODE_SCORES) && ((older_to == `TO_Q) || (older_to == `TO_K)))
                         || (((mode == `MODE_PROJECT) || (mode == `MODE_DENSE)) && (older_to == (from_h ? `TO_H : `TO_X))
                             && ((older_feature_q < (1 << `NEAR_BITS)) || softmax_busy_q));
  wire       starts_unit = rows_start || norm_start || softmax_start || done;
  wire       forbidden_order = (drain_start && !drain_ready_q) || (drain_start && (older || ((older_pc_q != pc) && norm_busy_q)))
                         || (starts_unit && under_way) || (issue && older && reads_it)
                         || ((mode == `MODE_VALUES) && issue
                             && (softmax_start || (softmax_q && !(softmax_word && (step == softmax_number_q) && (pass == softmax_pass_q)))))
                         || ((rows_start || done || softmax_start || softmax_clear) && norm_busy_q)
                         || (issue && norm_busy_q && !((mode == `MODE_PROJECT) && !from_h && norm_applying_q && (step < norm_features_q)));
`ifdef TURNED
  wire       forbidden_value = (issue && (mode == `MODE_VALUES) && !values_valid) || (values_wanted && (issue || (mode != `MODE_VALUES)));
`else
  wire       forbidden_value = 1'b0;
`endif
  // What a step adds to is not there in the cycle behind it; the step before is of the same sum when one pass alone is in use.
  reg        issued_q;
  reg  [PASS_BITS-1:0] issued_pass_q;
  wire       forbidden_sum = (PASSES > 1) && issue && !first && issued_q && (pass == issued_pass_q);
  wire       forbidden = forbidden_order || forbidden_value || forbidden_sum || (issue && (head_step != instruction[`INS_BASE] + step))
      || (causes > 3'd1) || ((causes != 3'd0) && !busy) || (item_valid && item_ready && !issue) || ((score_piece || value_piece) && !issue);
  always @(posedge clk_i) begin
    issued_q      <= issue && !rst_i;
    issued_pass_q <= pass;
    if (drain_start) begin
      older_pc_q      <= pc;
      older_mode_q    <= mode;
      older_dst_q     <= dst;
      older_feature_q <= drain_feature;
    end
  end
  reg [31:0] index;
  reg [31:0] first_index;
  reg [31:0] errors;
  integer    kind;
  localparam [`EVENT_CODE_BITS-1:0] EVENT_END = `EVENT_END;
  always @(posedge clk_i) begin
    cycle_q <= (state_q == RUN) ? cycle_q + 32'd1 : 32'd0;
    load_q  <= load_q + 32'd1;
    case (state_q)
      LOAD: if (load_q == `PROGRAM) state_q <= START;
      REST: if (&load_q[2:0]) state_q <= START;
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
      for (kind = 0; kind < `EVENT_END; kind = kind + 1) begin
        if (happens[kind] !== 1'b0) begin
          if (((vectors[index] ^ { kind[`EVENT_CODE_BITS-1:0], (kind == `EVENT_ISSUE) ? step_now : {STEP_BITS{1'b0}} })
              & known) !== {VECTOR_BITS{1'b0}}) errors = errors + 32'd1;
          index = index + 32'd1;
        end
      end
      if (forbidden !== 1'b0) errors = errors + 32'd1;
      if (abort) begin
        aborted_q <= 1'b1;
        index     = first_index;
        state_q   <= REST;
      end else if ((state_q == RUN) && (done || bad)) begin
        if (vectors[index] !== { EVENT_END, {STEP_BITS{1'b0}} }) errors = errors + 32'd1;
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
