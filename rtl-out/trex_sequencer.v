// Sequencer: holds the program of one model and walks every instruction over the window, one after the other; a linear
// instruction is the loop nest
//
//   for tile (C outputs):  for step (input feature, non-zero or key):  for pass:  issue one array step
//
// A weight item (bias of a tile, weights of a step) is taken from the decoder once and held for all passes. The last
// step of a tile waits until its drain can follow that of the previous tile, so two accumulator sets suffice.
//
// An instruction begins while results of the one before are still under way, unless it needs them: they drain without a
// stop, values once their reciprocals are there, so one that reads their memory feature by feature may begin when the last
// tile lies far enough behind its first feature. A PROJECT begins in the second sweep of a NORM and keeps behind it. The first tile
// of P.V takes probabilities as the softmax makes them; when it cannot keep pace, it goes on when all of them are in the memory. Words are stored in the
// order of the program all the same: the first tile of an instruction drains when nothing of an older one is under way.
//
// Timing   outputs marked "issue" are valid in the cycle of issue_o; memories answer one cycle later
// Reset    rst_i or abort_i stops at once; program memory keeps its content
// Golden   docs/isa.md
`default_nettype none
module trex_sequencer #(
  parameter COLUMNS      = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter PASSES       = 16,  // tokens that a lane computes one after another; >= 1
  parameter INSTRUCTIONS = 256,  // words of the program memory; >= 2
  parameter CODE_WORDS   = 16384,  // words of COLUMNS codes, of all matrices; >= 2
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter MODE_BITS = 3,  // of what the array works on
  parameter DESTINATION_BITS = 3,  // of the memory that an instruction writes
  parameter GROUPS_BITS = 3,  // of a number of slices
  parameter INSTRUCTION_BITS = 128,  // of an instruction
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  parameter NEAR_BITS = 4,  // of the first features of a memory: the next instruction asks for them before a tile of them is there
  // Derived; do not override.
  parameter COLUMN_BITS  = (COLUMNS > 1) ? $clog2(COLUMNS) : 1,
  parameter PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter PC_BITS      = (INSTRUCTIONS > 1) ? $clog2(INSTRUCTIONS) : 1,
  parameter CODE_BITS    = (CODE_WORDS > 1) ? $clog2(CODE_WORDS) : 1
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  // program load
  input  wire                     program_wr_en_i,
  input  wire [PC_BITS-1:0]       program_wr_addr_i,
  input  wire [INSTRUCTION_BITS-1:0] program_wr_data_i,
  // window
  input  wire                     start_i,
  input  wire                     abort_i,
  input  wire [PASS_BITS-1:0]     last_pass_i,    // passes in use - 1
  input  wire [GROUPS_BITS-1:0]   groups_i,       // most slices that one request of this window covers
  input  wire [POSITION_BITS-1:0] slice_keys_i,   // tokens of the fullest slice
  output wire                     busy_o,
  output reg                      done_o,         // pulse: END reached
  output reg                      bad_o,          // pulse: an instruction that does not exist
  output wire [PC_BITS-1:0]       pc_o,
  // instruction in work: fields of docs/isa.md
  output wire [INSTRUCTION_BITS-1:0] instruction_o,
  // decoder
  output wire                     section_valid_o,
  input  wire                     section_ready_i,
  input  wire                     bias_valid_i,
  output wire                     bias_ready_o,
  input  wire                     item_valid_i,
  output wire                     item_ready_o,
  // issue of array steps
  output wire                     issue_o,
  output wire                     first_o,
  output wire                     set_o,
  output wire [MODE_BITS-1:0]     mode_o,         // MODE_*, generator/contract/codes.ts
  output wire [PASS_BITS-1:0]     pass_o,
  output wire [FEATURE_BITS-1:0]  step_o,
  output wire [FEATURE_BITS-1:0]  head_step_o,    // the step, from the base of the instruction on
  output wire [FEATURE_BITS-1:0]  head_feature_o, // first output of the tile, from the base on
  output wire [SLICE_ID_BITS-1:0] group_o,        // attention: which slice of a request the keys lie in
  output wire [POSITION_BITS-1:0] key_o,          // attention: first key of the tile, or the key, inside that slice
  output wire [CODE_BITS-1:0] code_addr_o,  // project: word of the W_S store
  output wire                     score_piece_o,  // the last pass of a step of the last tile of scores
  output wire                     value_piece_o,  // the last step of a tile of values
  // drain
  output wire                     drain_start_o,
  output wire [COLUMN_BITS:0]     drain_columns_o,
  output wire [FEATURE_BITS-1:0]  drain_feature_o,
  input  wire                     drain_ready_i,  // the drain of a tile may be started
  input  wire                     drain_busy_i,
  input  wire                     pipe_busy_i,    // words still between drain and memory
  // units that work by themselves
  output reg                      norm_start_o,
  input  wire                     norm_busy_i,
  input  wire                     norm_applying_i,
  input  wire [FEATURE_BITS-1:0]  norm_features_i,  // that are in X, while it is applying
  output reg                      softmax_start_o,
  output reg                      softmax_clear_o,
  // probabilities: all of them are in the memory when the softmax does not walk any more; until then, that of this cycle
  input  wire                     softmax_walking_i,
  input  wire                     softmax_busy_i,    // until reciprocals are there, too: the drain of values waits for them
  input  wire                     softmax_word_i,
  input  wire [POSITION_BITS-1:0] softmax_number_i,
  input  wire [PASS_BITS-1:0]     softmax_pass_i,
  output reg                      rows_start_o,
  input  wire                     rows_done_i,
  // why the array idles in this cycle; none of them: fetch, decode, hand-over of a section
  output wire                     wait_stream_o,
  output wire                     wait_drain_o,
  output wire                     wait_vector_o,
  output wire                     wait_rows_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if (INSTRUCTIONS < 2) begin $display("%m: INSTRUCTIONS = %0d: must be 2 or more", INSTRUCTIONS); $finish; end
    if (CODE_WORDS < 2) begin $display("%m: CODE_WORDS = %0d: must be 2 or more", CODE_WORDS); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif

  localparam [3:0] OP_END = 4'd0, OP_LOAD = 4'd1, OP_NORM = 4'd2, OP_PROJECT = 4'd3, OP_EXPAND = 4'd4, OP_DENSE = 4'd5,
                   OP_ATTEND = 4'd6, OP_STORE = 4'd7;
  localparam [2:0] IDLE = 3'd0, FETCH = 3'd1, DECODE = 3'd2, WALK = 3'd3, FLUSH = 3'd4,
                   NORMING = 3'd5, ROWS = 3'd6, SECTION = 3'd7;
  localparam [2:0] MODE_PROJECT = 3'd0, MODE_EXPAND = 3'd1, MODE_DENSE = 3'd2, MODE_SCORES = 3'd3, MODE_VALUES = 3'd4;
  localparam [2:0] TO_X = 3'd0, TO_H = 3'd1, TO_Q = 3'd2, TO_K = 3'd3, TO_V = 3'd4;
  localparam       ATTENDED_V = 1'b0;  // ATTEND turns V from its first cycle on
  localparam [FEATURE_BITS-1:0] TILE_COLUMNS = COLUMNS;
  localparam COLUMN_SHIFT = $clog2(COLUMNS);

  wire [INSTRUCTION_BITS-1:0] next_instruction;  // in FETCH that of pc_q: it was asked for while the one before was in work
  reg  [INSTRUCTION_BITS-1:0] instruction;
  reg [PC_BITS-1:0] pc_q;
  reg [2:0]         state_q;

  trex_ram_1r1w #(.WORD_BITS(INSTRUCTION_BITS), .DEPTH(INSTRUCTIONS), .LANE_BITS(INSTRUCTION_BITS)) u_program (
    .clk_i(clk_i),
    .wr_en_i(program_wr_en_i), .wr_addr_i(program_wr_addr_i), .wr_lanes_i(1'b1), .wr_data_i(program_wr_data_i),
    .rd_en_i(1'b1), .rd_addr_i((state_q == IDLE) ? {PC_BITS{1'b0}} : pc_q + 1'b1), .rd_data_o(next_instruction)
  );
  always @(posedge clk_i) begin
    if (state_q == FETCH) instruction <= next_instruction;
  end

  wire [3:0] ins_op = instruction[0 +: 4];
  wire [2:0] ins_dst = instruction[4 +: 3];
  wire [0:0] ins_src = instruction[7 +: 1];
  wire [0:0] ins_uniform = instruction[10 +: 1];
  wire [11:0] ins_inner = instruction[21 +: 12];
  wire [11:0] ins_outer = instruction[33 +: 12];
  wire [11:0] ins_base = instruction[45 +: 12];
  wire [19:0] ins_codeBase = instruction[97 +: 20];

  wire unused_fields = &{ 1'b0, ins_codeBase };

  // ---- loop nest ----
  reg [MODE_BITS-1:0]     mode_q;
  reg [FEATURE_BITS-1:0]  tile_q;       // tile number; for scores inside the group
  reg [FEATURE_BITS-1:0]  feature_q;    // first output of the tile: feature, rank or key number
  reg [FEATURE_BITS-1:0]  step_q;
  // The same two from the base on: counted beside them, so that no adder stands in front of the memories that they address.
  reg [FEATURE_BITS-1:0]  head_feature_q;
  reg [FEATURE_BITS-1:0]  head_step_q;
  reg [PASS_BITS-1:0]     pass_q;
  reg [SLICE_ID_BITS-1:0] group_q;
  reg [POSITION_BITS-1:0] key_q;
  reg                     acc_set_q;  // accumulators of the tile: two sets take turns
  reg                     bias_taken_q;
  reg [CODE_BITS-1:0]     code_addr_q;

  wire walking   = state_q == WALK;
  wire streamed  = (mode_q == MODE_EXPAND) || (mode_q == MODE_DENSE);
  wire has_bias  = streamed;
  // Keys of one slice are walked in whole tiles of C, so that score words are numbered without holes.
  // They stand long before the first attention of a window.
  reg  [POSITION_BITS-1:0] key_tiles;
  always @(posedge clk_i) key_tiles <= (slice_keys_i + TILE_COLUMNS - 1'b1) >> COLUMN_SHIFT;
  wire [POSITION_BITS-1:0] tile_keys  = key_tiles << COLUMN_SHIFT;
  // Counted down, since a comparison of two numbers would stand in front of every issue.
  reg  [FEATURE_BITS-1:0]  outputs_left_q;    // of this tile and those behind it, unless they are scores
  reg  [POSITION_BITS-1:0] key_tiles_left_q;  // scores: of this slice
  reg  [GROUPS_BITS-1:0]   groups_left_q;
  reg  [POSITION_BITS-1:0] keys_left_q;       // of this slice
  reg  [FEATURE_BITS-1:0]  steps_left_q;      // of this tile, unless it is one of values
  wire        last_group = groups_left_q == { {(GROUPS_BITS-1){1'b0}}, 1'b1 };
  wire        last_keys  = key_tiles_left_q == { {(POSITION_BITS-1){1'b0}}, 1'b1 };
  wire        last_tile  = (mode_q == MODE_SCORES) ? last_group && last_keys : outputs_left_q <= TILE_COLUMNS;
  wire        last_key   = keys_left_q == { {(POSITION_BITS-1){1'b0}}, 1'b1 };
  wire        last_step  = (mode_q == MODE_VALUES) ? last_group && last_key : steps_left_q == { {(FEATURE_BITS-1){1'b0}}, 1'b1 };
  wire        last_pass  = pass_q == last_pass_i;
  wire        first_step = step_q == {FEATURE_BITS{1'b0}};

  // ---- what is under way of older instructions ----
  reg       first_tile_q;  // of this instruction
  reg [DESTINATION_BITS-1:0] older_dst_q;   // where the tile that was started last goes
  reg       older_rank_q;  // it goes to P instead
  reg       older_near_q;  // it begins at one of the first features
  wire      older_busy = drain_busy_i || pipe_busy_i;
  wire      older_x    = !older_rank_q && (older_dst_q == TO_X);
  wire      older_h    = !older_rank_q && (older_dst_q == TO_H);
  wire      older_qk   = !older_rank_q && ((older_dst_q == TO_Q) || (older_dst_q == TO_K));
  wire      older_v    = !older_rank_q && (older_dst_q == TO_V);
  reg       needs_older;
  always @* begin
    case (ins_op)
      OP_PROJECT, OP_DENSE: needs_older = (older_near_q || softmax_busy_i) && (ins_src ? older_h : older_x);
      OP_EXPAND: needs_older = older_rank_q;
      OP_ATTEND: needs_older = ins_uniform || older_qk || (older_v && ATTENDED_V);
      default: needs_older = 1'b1;
    endcase
  end
  wire follows_norm = (ins_op == OP_PROJECT) && !ins_src;
  wire hold_drain   = (state_q == DECODE) && older_busy && needs_older;
  wire hold_norm    = (state_q == DECODE) && norm_busy_i && !follows_norm;

  wire need_bias  = has_bias && first_step && (pass_q == {PASS_BITS{1'b0}}) && !bias_taken_q;
  wire item_ok    = !streamed || item_valid_i;
  wire values_ok  = 1'b1;
  wire norm_ok    = !norm_busy_i || (step_q < norm_features_i);
  wire last_issue = last_step && last_pass;
  wire drain_ok   = !last_issue || (first_tile_q ? !older_busy : drain_ready_i);
  wire softmax_ok = (mode_q != MODE_VALUES) || !(softmax_start_o || softmax_walking_i)
                    || (softmax_word_i && (softmax_number_i == step_q) && (softmax_pass_i == pass_q));
  wire vector_ok  = norm_ok && softmax_ok && !(last_issue && first_tile_q && norm_busy_i);
  // With one pass of several in use, a step waits until the sum of the one before it is in its accumulator.
  reg  issued_q;
  wire sum_ok     = (PASSES == 1) || (last_pass_i != {PASS_BITS{1'b0}}) || first_step || !issued_q;
  wire issue      = walking && !need_bias && item_ok && values_ok && vector_ok && drain_ok && sum_ok;
  wire step_done  = issue && last_pass;
  wire tile_done  = step_done && last_step;

  assign bias_ready_o = walking && need_bias;
  assign item_ready_o = step_done && streamed;
  assign issue_o      = issue;
  assign first_o      = first_step;
  assign set_o        = acc_set_q;
  assign mode_o       = mode_q;
  assign pass_o       = pass_q;
  assign step_o       = step_q;
  assign head_step_o    = head_step_q;
  assign head_feature_o = head_feature_q;
  assign group_o      = group_q;
  assign key_o        = (mode_q == MODE_SCORES) ? tile_q << COLUMN_SHIFT : key_q;
  assign code_addr_o  = code_addr_q;

  assign score_piece_o   = step_done && last_tile && (mode_q == MODE_SCORES);
  assign value_piece_o   = tile_done && (mode_q == MODE_VALUES);
  assign drain_start_o   = tile_done;
  assign drain_columns_o = ((mode_q == MODE_SCORES) || (outputs_left_q >= TILE_COLUMNS)) ? TILE_COLUMNS[COLUMN_BITS:0]
                           : outputs_left_q[COLUMN_BITS:0];
  assign drain_feature_o = ((mode_q == MODE_PROJECT) || (mode_q == MODE_SCORES)) ? feature_q : head_feature_q;

  assign section_valid_o = state_q == SECTION;
  assign busy_o          = state_q != IDLE;
  assign pc_o            = pc_q;
  assign instruction_o   = instruction;
  assign wait_stream_o   = walking && (need_bias || !item_ok);
  assign wait_drain_o    = (walking && !need_bias && item_ok && values_ok && vector_ok && !drain_ok) || (state_q == FLUSH) || hold_drain;
  assign wait_vector_o   = (state_q == NORMING) || (walking && !need_bias && item_ok && !(values_ok && vector_ok)) || (hold_norm && !hold_drain);
  assign wait_rows_o     = state_q == ROWS;

  always @(posedge clk_i) begin
    issued_q <= issue && !rst_i;
    if (bias_ready_o && bias_valid_i) bias_taken_q <= 1'b1;
    if (issue) pass_q <= last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1;
    if (step_done) begin
      step_q      <= last_step ? {FEATURE_BITS{1'b0}} : step_q + 1'b1;
      head_step_q <= last_step ? ins_base : head_step_q + 1'b1;
      steps_left_q <= last_step ? ins_inner : steps_left_q - 1'b1;
      code_addr_q <= code_addr_q + 1'b1;
      if (mode_q == MODE_VALUES) begin
        key_q   <= last_key ? {POSITION_BITS{1'b0}} : key_q + 1'b1;
        keys_left_q <= last_key ? tile_keys : keys_left_q - 1'b1;
        if (last_key) begin
          group_q       <= last_group ? {SLICE_ID_BITS{1'b0}} : group_q + 1'b1;
          groups_left_q <= last_group ? groups_i : groups_left_q - 1'b1;
        end
      end
    end
    if (tile_done) begin
      first_tile_q <= 1'b0;
      older_dst_q  <= (mode_q == MODE_VALUES) ? TO_X : ins_dst;
      older_rank_q <= mode_q == MODE_PROJECT;
      older_near_q <= !(|drain_feature_o[FEATURE_BITS-1:NEAR_BITS]);
      acc_set_q    <= !acc_set_q;
      bias_taken_q <= 1'b0;
      feature_q    <= feature_q + TILE_COLUMNS;
      head_feature_q <= head_feature_q + TILE_COLUMNS;
      tile_q       <= tile_q + 1'b1;
      outputs_left_q   <= outputs_left_q - TILE_COLUMNS;
      key_tiles_left_q <= key_tiles_left_q - 1'b1;
      if ((mode_q == MODE_SCORES) && last_keys) begin
        tile_q           <= {FEATURE_BITS{1'b0}};
        key_tiles_left_q <= key_tiles;
        group_q          <= group_q + 1'b1;
        groups_left_q    <= groups_left_q - 1'b1;
      end
    end

    done_o          <= 1'b0;
    bad_o           <= 1'b0;
    norm_start_o    <= 1'b0;
    softmax_start_o <= 1'b0;
    softmax_clear_o <= 1'b0;
    rows_start_o    <= 1'b0;

    case (state_q)
      IDLE: begin
        pc_q <= {PC_BITS{1'b0}};
        if (start_i) state_q <= FETCH;
      end
      FETCH: state_q <= DECODE;
      DECODE: begin
        tile_q       <= {FEATURE_BITS{1'b0}};
        feature_q    <= {FEATURE_BITS{1'b0}};
        step_q       <= {FEATURE_BITS{1'b0}};
        head_feature_q <= ins_base;
        head_step_q  <= ins_base;
        steps_left_q <= ins_inner;
        outputs_left_q   <= (ins_op == OP_ATTEND) ? ins_inner : ins_outer;
        key_tiles_left_q <= key_tiles;
        groups_left_q    <= groups_i;
        keys_left_q  <= tile_keys;
        pass_q       <= {PASS_BITS{1'b0}};
        group_q      <= {SLICE_ID_BITS{1'b0}};
        key_q        <= {POSITION_BITS{1'b0}};
        bias_taken_q <= 1'b0;
        first_tile_q <= 1'b1;
        code_addr_q  <= ins_codeBase[CODE_BITS-1:0];
        if (!hold_drain && !hold_norm) case (ins_op)
          OP_END: begin
            done_o  <= 1'b1;
            state_q <= IDLE;
          end
          OP_LOAD, OP_STORE: begin
            rows_start_o <= 1'b1;
            state_q      <= ROWS;
          end
          OP_NORM: begin
            norm_start_o <= 1'b1;
            state_q      <= SECTION;
          end
          OP_PROJECT: begin
            mode_q  <= MODE_PROJECT;
            state_q <= WALK;
          end
          OP_EXPAND: begin
            mode_q  <= MODE_EXPAND;
            state_q <= SECTION;
          end
          OP_DENSE: begin
            mode_q  <= MODE_DENSE;
            state_q <= SECTION;
          end
          OP_ATTEND: begin
            softmax_clear_o <= 1'b1;
            softmax_start_o <= ins_uniform;
            mode_q          <= ins_uniform ? MODE_VALUES : MODE_SCORES;
            state_q         <= WALK;
          end
          default: begin
            bad_o   <= 1'b1;
            state_q <= IDLE;
          end
        endcase
      end
      SECTION: if (section_ready_i) state_q <= (ins_op == OP_NORM) ? NORMING : WALK;
      WALK: if (tile_done && last_tile) begin
        if (mode_q == MODE_SCORES) state_q <= FLUSH;
        else begin
          pc_q    <= pc_q + 1'b1;
          state_q <= FETCH;
        end
      end
      // The softmax needs every score.
      FLUSH: if (!older_busy) begin
        softmax_start_o <= 1'b1;
        mode_q          <= MODE_VALUES;
        tile_q          <= {FEATURE_BITS{1'b0}};
        feature_q       <= {FEATURE_BITS{1'b0}};
        outputs_left_q  <= ins_inner;
        groups_left_q   <= groups_i;
        step_q          <= {FEATURE_BITS{1'b0}};
        head_feature_q  <= ins_base;
        group_q         <= {SLICE_ID_BITS{1'b0}};
        key_q           <= {POSITION_BITS{1'b0}};
        state_q         <= WALK;
      end
      NORMING: if (norm_applying_i) begin
        pc_q    <= pc_q + 1'b1;
        state_q <= FETCH;
      end
      ROWS: if (rows_done_i) begin
        pc_q    <= pc_q + 1'b1;
        state_q <= FETCH;
      end
      default: state_q <= IDLE;
    endcase

    if (rst_i || abort_i) begin
      state_q         <= IDLE;
      acc_set_q       <= 1'b0;
      norm_start_o    <= 1'b0;
      softmax_start_o <= 1'b0;
      rows_start_o    <= 1'b0;
      done_o          <= 1'b0;
      bad_o           <= 1'b0;
    end
  end
endmodule
`default_nettype wire
