// Core: the data path of one window. Memories of column words, the PE array with its operand selection, the epilogue
// and its destinations, norm and softmax, all walked by the sequencer. What crosses the memory port (weight stream,
// token rows, window table) comes in and goes out through simple ports; top.v connects them to AXI.
//
//   issue (cycle 0)   addresses of activation and weight memories
//   cycle 1           operands at the array: activations broadcast, or gathered by the rotator in sparse mode
//   drain             accumulators -> epilogue -> X, H, Q, K, V, R, P or scores
//
// Activations are stored in ACT_BITS bits: saturated by who makes them, sign-extended to bytes where they are read.
//
// Layout   column word: lane l = slice * N + lane in bits [8l +: 8], stored in bits [ACT_BITS*l +: ACT_BITS];
//          address feature * PASSES + pass
// Reset    control only; memories keep what they hold
// Golden   generator/golden/
`default_nettype none
module trex_core #(
  // Made with the configuration; do not override.
  parameter COLUMNS      = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter SLICES       = 4,  // groups of lanes with a weight of their own; divides LANES
  parameter LANES        = 8,          // of the whole array
  parameter PASSES       = 16,  // tokens that a lane computes one after another; >= 1
  parameter ACC_BITS     = 26,  // of an accumulator; 17 .. 32
  parameter ACT_BITS     = 8,  // of a stored activation; 4 .. 8
  parameter WIDTH        = 128,  // features of X, Q, R
  parameter HIDDEN       = 512,  // features of H
  parameter RANK         = 128,  // features of P; a multiple of COLUMNS
  parameter CODE_WORDS   = 16384,  // words of COLUMNS codes, of all matrices; >= 2
  parameter MATRICES     = 4,  // W_S matrices; >= 1
  parameter INSTRUCTIONS = 256,  // words of the program memory; >= 2
  parameter SEGMENTS     = 32,  // most requests of a window
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SCORE_BITS = 12,  // of a score of attention, equation 16 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter MODE_BITS = 3,  // of what the array works on
  parameter DESTINATION_BITS = 3,  // of the memory that an instruction writes
  parameter GROUPS_BITS = 3,  // of a number of slices
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter INSTRUCTION_BITS = 128,  // of an instruction
  parameter WEIGHT_CODE_BITS = 4,  // of the code of a weight of W_S, equation 4 of docs/numerics.md
  parameter BOOK_BITS = 128,  // of a codebook
  parameter RESIDUAL_BITS = 16,  // of a value of R, equation 14 of docs/numerics.md
  parameter LOAD_SHIFT_BITS = 4,  // of the shift that LOAD brings rows to R with
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter SLICE_LANES  = LANES / SLICES,
  parameter PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter COLUMN_BITS  = $clog2(COLUMNS),
  parameter WORD_BITS    = LANES * 8,
  parameter BANK_ROWS    = RANK / COLUMNS,
  parameter ROW_BITS     = (BANK_ROWS > 1) ? $clog2(BANK_ROWS) : 1,
  parameter PC_BITS      = $clog2(INSTRUCTIONS),
  parameter CODE_BITS    = $clog2(CODE_WORDS),
  parameter MATRIX_BITS  = (MATRICES > 1) ? $clog2(MATRICES) : 1,
  parameter X_BITS       = $clog2(WIDTH * PASSES),
  parameter SEG_BITS     = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1,
  parameter LANE_BITS    = $clog2(LANES + 1),
  parameter WORK_BITS    = $clog2(LANES * COLUMNS + 1)
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  // cold load
  input  wire                            program_wr_en_i,
  input  wire [PC_BITS-1:0]              program_wr_addr_i,
  input  wire [INSTRUCTION_BITS-1:0]     program_wr_data_i,
  input  wire                            book_wr_en_i,
  input  wire [MATRIX_BITS-1:0]          book_wr_addr_i,   // of book_o too, while no program runs
  input  wire [BOOK_BITS-1:0]            book_wr_data_i,   // entry e in bits [8e +: 8]
  output wire [BOOK_BITS-1:0]            book_o,           // a cycle after its address
  input  wire                            code_wr_en_i,
  input  wire [CODE_BITS-1:0]            code_wr_addr_i,
  input  wire [WEIGHT_CODE_BITS*COLUMNS-1:0] code_wr_data_i,
  input  wire                            table_wr_en_i,
  input  wire [7:0]                      table_wr_addr_i,
  input  wire [7:0]                      table_wr_data_i,
  // window: slice s in field s of each bus
  input  wire                            start_i,
  input  wire                            abort_i,
  output wire                            busy_o,
  output wire                            done_o,
  output wire                            bad_o,
  output wire [INSTRUCTION_BITS-1:0]     instruction_o,
  output wire [PC_BITS-1:0]              pc_o,
  input  wire [PASS_BITS-1:0]            last_pass_i,
  input  wire [GROUPS_BITS-1:0]          groups_i,
  input  wire [POSITION_BITS-1:0]        slice_keys_i,
  input  wire [SLICE_ID_BITS*SLICES-1:0]             slice_first_i,    // first slice of the long request in this slice, else itself
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,     // tokens in this slice
  // map of its places: one token at a time, beside the rows that LOAD writes
  input  wire                            map_wr_en_i,
  input  wire [SLICE_ID_BITS-1:0]           map_wr_slice_i,
  input  wire [POSITION_BITS-1:0]        map_wr_position_i,
  input  wire [SEG_BITS-1:0]             map_wr_segment_i,
  // weight stream, decoded
  output wire                            section_valid_o,
  input  wire                            section_ready_i,
  input  wire                            bias_valid_i,
  output wire                            bias_ready_o,
  input  wire [8*COLUMNS-1:0]            bias_i,
  input  wire [8*COLUMNS-1:0]            multipliers_i,    // of the same columns
  input  wire                            item_valid_i,
  output wire                            item_ready_o,
  input  wire [8*COLUMNS-1:0]            item_weights_i,
  input  wire [ROW_BITS*COLUMNS-1:0]     item_rows_i,
  input  wire                            pair_valid_i,
  output wire                            pair_ready_o,
  input  wire [7:0]                      gamma_i,
  input  wire [7:0]                      beta_i,
  // token rows: LOAD writes X or R, STORE reads X or H
  output wire                            rows_start_o,
  input  wire                            rows_done_i,
  input  wire                            rows_wr_en_i,
  input  wire [SLICES-1:0]               rows_wr_slices_i,
  input  wire [FEATURE_BITS-1:0]         rows_wr_feature_i,
  input  wire [PASS_BITS-1:0]            rows_wr_pass_i,
  input  wire [WORD_BITS-1:0]            rows_wr_data_i,
  input  wire                            rows_rd_en_i,
  input  wire [FEATURE_BITS-1:0]         rows_rd_feature_i,
  input  wire [PASS_BITS-1:0]            rows_rd_pass_i,
  output wire [WORD_BITS-1:0]            rows_rd_data_o,
  // what the cycle two before was, for the counters: see trex_meter
  output wire                            issue_o,
  output wire [MODE_BITS-1:0]            mode_o,
  output wire [LANE_BITS-1:0]            issue_lanes_o,
  output wire [WORK_BITS-1:0]            issue_work_o,
  output wire                            useful_o,
  output wire                            wait_stream_o,
  output wire                            wait_drain_o,
  output wire                            wait_vector_o,
  output wire                            wait_rows_o,
  output wire                            wait_dependency_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((LANES % SLICES) != 0) begin $display("%m: LANES = %0d: must be a multiple of SLICES", LANES); $finish; end
    if ((RANK % COLUMNS) != 0) begin $display("%m: RANK = %0d: must be a multiple of COLUMNS", RANK); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if ((ACC_BITS < 17) || (ACC_BITS > 32)) begin $display("%m: ACC_BITS = %0d: must be 17 .. 32", ACC_BITS); $finish; end
    if (CODE_WORDS < 2) begin $display("%m: CODE_WORDS = %0d: must be at least 2", CODE_WORDS); $finish; end
    if (MATRICES < 1) begin $display("%m: MATRICES = %0d: must be at least 1", MATRICES); $finish; end
    if (INSTRUCTIONS < 2) begin $display("%m: INSTRUCTIONS = %0d: must be at least 2", INSTRUCTIONS); $finish; end
  end
`endif

  localparam [2:0] MODE_PROJECT = 3'd0, MODE_EXPAND = 3'd1, MODE_SCORES = 3'd3, MODE_VALUES = 3'd4;
  localparam [2:0] TO_X = 3'd0, TO_H = 3'd1, TO_K = 3'd3, TO_V = 3'd4, TO_RSET = 3'd5, TO_RADD = 3'd6;
  localparam [3:0] OP_LOAD = 4'd1;

  // ---- sequencer ----
  wire                     issue;
  wire                     first;
  wire                     set;
  wire [MODE_BITS-1:0]     mode;
  wire [PASS_BITS-1:0]     pass;
  wire [FEATURE_BITS-1:0]  step;
  wire [FEATURE_BITS-1:0]  head_step;
  wire [FEATURE_BITS-1:0]  head_feature;
  wire [SLICE_ID_BITS-1:0]    group;
  wire [POSITION_BITS-1:0] key;
  wire [CODE_BITS-1:0]     code_addr;
  wire                     score_piece;
  wire                     value_piece;
  wire                     drain_start;
  wire [COLUMN_BITS:0]     drain_columns;
  wire [FEATURE_BITS-1:0]  drain_first_feature;
  wire                     drain_ready;
  wire                     drain_busy;
  wire                     pipe_busy;
  wire                     norm_start;
  wire                     norm_busy;
  wire                     norm_applying;
  wire [FEATURE_BITS-1:0]  norm_features;
  wire                     softmax_start;
  wire                     softmax_clear;
  wire                     softmax_walking;
  wire                     softmax_busy;
  wire                     softmax_word;
  wire [POSITION_BITS-1:0] softmax_number;
  wire [PASS_BITS-1:0]     softmax_pass;
  wire                     wait_stream;
  wire                     wait_drain;
  wire                     wait_vector;
  wire                     wait_rows;

  // It stands from before the window's start on, so that a cycle later is early enough.
  reg [PASS_BITS-1:0] last_pass_q;
  always @(posedge clk_i) last_pass_q <= last_pass_i;
  trex_sequencer #(
    .COLUMNS(COLUMNS), .PASSES(PASSES), .INSTRUCTIONS(INSTRUCTIONS), .CODE_WORDS(CODE_WORDS)
  ) u_sequencer (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i(program_wr_en_i), .program_wr_addr_i(program_wr_addr_i), .program_wr_data_i(program_wr_data_i),
    .start_i(start_i), .abort_i(abort_i), .last_pass_i(last_pass_q), .groups_i(groups_i), .slice_keys_i(slice_keys_i),
    .busy_o(busy_o), .done_o(done_o), .bad_o(bad_o), .pc_o(pc_o), .instruction_o(instruction_o),
    .section_valid_o(section_valid_o), .section_ready_i(section_ready_i),
    .bias_valid_i(bias_valid_i), .bias_ready_o(bias_ready_o), .item_valid_i(item_valid_i), .item_ready_o(item_ready_o),
    .issue_o(issue), .first_o(first), .set_o(set), .mode_o(mode), .pass_o(pass), .step_o(step),
    .head_step_o(head_step), .head_feature_o(head_feature), .group_o(group), .key_o(key), .code_addr_o(code_addr),
    .score_piece_o(score_piece), .value_piece_o(value_piece),
    .drain_start_o(drain_start), .drain_columns_o(drain_columns), .drain_feature_o(drain_first_feature),
    .drain_ready_i(drain_ready), .drain_busy_i(drain_busy), .pipe_busy_i(pipe_busy),
    .norm_start_o(norm_start), .norm_busy_i(norm_busy), .norm_applying_i(norm_applying), .norm_features_i(norm_features),
    .softmax_start_o(softmax_start), .softmax_clear_o(softmax_clear),
    .softmax_walking_i(softmax_walking), .softmax_busy_i(softmax_busy), .softmax_word_i(softmax_word), .softmax_number_i(softmax_number),
    .softmax_pass_i(softmax_pass),
    .rows_start_o(rows_start_o), .rows_done_i(rows_done_i),
    .wait_stream_o(wait_stream), .wait_drain_o(wait_drain), .wait_vector_o(wait_vector), .wait_rows_o(wait_rows)
  );

  wire [3:0] ins_op = instruction_o[0 +: 4];
  wire [2:0] ins_dst = instruction_o[4 +: 3];
  wire [0:0] ins_src = instruction_o[7 +: 1];
  wire [0:0] ins_activate = instruction_o[8 +: 1];
  wire [0:0] ins_causal = instruction_o[9 +: 1];
  wire [0:0] ins_uniform = instruction_o[10 +: 1];
  wire [0:0] ins_writeBack = instruction_o[11 +: 1];
  wire [2:0] ins_matrix = instruction_o[14 +: 3];
  wire [11:0] ins_inner = instruction_o[21 +: 12];
  wire [11:0] ins_base = instruction_o[45 +: 12];
  wire [11:0] ins_depth = instruction_o[57 +: 12];
  wire [10:0] ins_m = instruction_o[69 +: 11];
  wire [5:0] ins_s = instruction_o[80 +: 6];
  wire [4:0] ins_biasShift = instruction_o[86 +: 5];
  wire [5:0] ins_s2 = instruction_o[91 +: 6];
  wire [0:0] ins_perColumn = instruction_o[121 +: 1];

  // ---- the step as memories see it ----
  wire [FEATURE_BITS-1:0]     issue_feature = (mode == MODE_SCORES) ? head_step : step;
  wire                        read_en      = issue;
  wire                        read_first   = first;
  wire                        read_set     = set;
  wire [MODE_BITS-1:0]        read_mode    = mode;
  wire [PASS_BITS-1:0]        read_pass    = pass;
  wire [FEATURE_BITS-1:0]     read_step    = step;
  wire [FEATURE_BITS-1:0]     read_feature = issue_feature;
  wire [CODE_BITS-1:0]        read_code    = code_addr;
  wire [ROW_BITS*COLUMNS-1:0] read_rows    = item_rows_i;
  wire [8*COLUMNS-1:0]        read_item    = item_weights_i;

  // Norm stands still while its pairs are late: that is the stream's doing, and so is the wait of who is behind it.
  wire norm_starved = wait_vector && pair_ready_o && !pair_valid_i;
  wire [7:0] flags = { busy_o, issue, score_piece, value_piece, wait_stream || norm_starved, wait_drain, wait_vector && !norm_starved, wait_rows };
  wire [7:0]               met_flags   = flags;
  wire [MODE_BITS-1:0]     met_mode    = mode;
  wire [PASS_BITS-1:0]     met_pass    = pass;
  wire [COLUMN_BITS:0]     met_columns = drain_columns;
  wire [SLICE_ID_BITS-1:0] met_group   = group;
  wire [POSITION_BITS-1:0] met_key     = key;
  trex_meter #(
    .COLUMNS(COLUMNS), .SLICES(SLICES), .LANES(LANES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES)
  ) u_meter (
    .clk_i(clk_i), .rst_i(rst_i || abort_i),
    .busy_i(met_flags[7]), .issue_i(met_flags[6]), .mode_i(met_mode), .pass_i(met_pass), .columns_i(met_columns),
    .score_piece_i(met_flags[5]), .value_piece_i(met_flags[4]), .group_i(met_group), .key_i(met_key),
    .wait_stream_i(met_flags[3]), .wait_drain_i(met_flags[2]), .wait_vector_i(met_flags[1]),
    .wait_rows_i(met_flags[0]),
    .slice_first_i(slice_first_i), .slice_fill_i(slice_fill_i),
    .issue_o(issue_o), .useful_o(useful_o), .mode_o(mode_o), .issue_lanes_o(issue_lanes_o), .issue_work_o(issue_work_o),
    .wait_stream_o(wait_stream_o), .wait_drain_o(wait_drain_o), .wait_vector_o(wait_vector_o), .wait_rows_o(wait_rows_o),
    .wait_dependency_o(wait_dependency_o)
  );

  // ---- activations ----
  wire                        out_valid;
  wire [MODE_BITS-1:0]        out_mode;
  wire [DESTINATION_BITS-1:0] out_dst;
  wire [FEATURE_BITS-1:0]     out_feature;
  wire [PASS_BITS-1:0]        out_pass;
  wire [PASS_BITS-1:0]        next_pass;
  wire [SLICE_ID_BITS-1:0]       next_group;
  wire [POSITION_BITS-1:0]    next_key;
  wire [ACT_BITS*LANES-1:0] out_act;
  wire [SCORE_BITS*LANES-1:0] out12;
  wire [RESIDUAL_BITS*LANES-1:0]         out16;
  wire                        out_project = out_valid && (out_mode == MODE_PROJECT);
  wire                        out_scores  = out_valid && (out_mode == MODE_SCORES);
  wire                        out_plain   = out_valid && (out_mode != MODE_PROJECT) && (out_mode != MODE_SCORES);
  wire                        residual_rd_en;
  wire [FEATURE_BITS-1:0]     residual_feature;
  wire [PASS_BITS-1:0]        residual_pass;
  wire                        norm_x_wr_en;
  reg                         norm_to_h;
  wire [X_BITS-1:0]           norm_x_wr_addr;
  wire [ACT_BITS*LANES-1:0] norm_x_wr_data;
  wire                        norm_r_wr_en;
  wire [X_BITS-1:0]           norm_r_wr_addr;
  wire [RESIDUAL_BITS*LANES-1:0]         norm_r_wr_data;
  wire                        norm_r_rd_en;
  wire [X_BITS-1:0]           norm_r_rd_addr;
  wire [8*LANES-1:0]          x_data;
  wire [8*LANES-1:0]          h_data;
  wire [8*LANES-1:0]          q_data;
  wire [RESIDUAL_BITS*LANES-1:0]         r_data;

  trex_activations #(.SLICES(SLICES), .LANES(LANES), .PASSES(PASSES), .ACT_BITS(ACT_BITS), .WIDTH(WIDTH), .HIDDEN(HIDDEN)) u_activations (
    .clk_i(clk_i),
    .rd_en_i(read_en), .rd_feature_i(read_feature), .rd_pass_i(read_pass),
    .out_valid_i(out_plain), .out_dst_i(out_dst), .out_feature_i(out_feature), .out_pass_i(out_pass),
    .out_act_i(out_act), .out16_i(out16),
    .residual_rd_en_i(residual_rd_en), .residual_feature_i(residual_feature), .residual_pass_i(residual_pass),
    .rows_to_x_i((ins_op == OP_LOAD) && ((ins_dst == TO_X) || ins_writeBack)),
    .rows_to_r_i((ins_op == OP_LOAD) && (ins_dst == TO_RSET)), .rows_shift_i(ins_s[LOAD_SHIFT_BITS-1:0]),
    .rows_wr_en_i(rows_wr_en_i), .rows_wr_slices_i(rows_wr_slices_i), .rows_wr_feature_i(rows_wr_feature_i),
    .rows_wr_pass_i(rows_wr_pass_i), .rows_wr_data_i(rows_wr_data_i),
    .rows_rd_en_i(rows_rd_en_i), .rows_rd_feature_i(rows_rd_feature_i), .rows_rd_pass_i(rows_rd_pass_i),
    .norm_to_h_i(norm_to_h), .norm_x_wr_en_i(norm_x_wr_en), .norm_x_wr_addr_i(norm_x_wr_addr), .norm_x_wr_data_i(norm_x_wr_data),
    .norm_r_wr_en_i(norm_r_wr_en), .norm_r_wr_addr_i(norm_r_wr_addr), .norm_r_wr_data_i(norm_r_wr_data),
    .norm_r_rd_en_i(norm_r_rd_en), .norm_r_rd_addr_i(norm_r_rd_addr),
    .x_data_o(x_data), .h_data_o(h_data), .q_data_o(q_data), .r_data_o(r_data)
  );
  assign rows_rd_data_o = ins_src ? h_data : x_data;

  // ---- operands of the array ----
  wire [8*LANES*COLUMNS-1:0]  gathered;
  wire [8*COLUMNS-1:0]        code_weights;
  wire [8*COLUMNS*SLICES-1:0] attention_weights;
  wire [8*LANES-1:0]          probabilities;

  trex_rank_banks #(.COLUMNS(COLUMNS), .LANES(LANES), .PASSES(PASSES), .BANK_ROWS(BANK_ROWS), .ACT_BITS(ACT_BITS)) u_rank_banks (
    .clk_i(clk_i),
    .wr_en_i(out_project), .wr_rank_i(out_feature), .wr_pass_i(out_pass), .wr_data_i(out_act),
    .rd_en_i(read_en && (read_mode == MODE_EXPAND)), .rd_step_i(read_step[COLUMN_BITS-1:0]), .rd_rows_i(read_rows), .rd_pass_i(read_pass),
    .rd_data_o(gathered)
  );

  trex_code_store #(.COLUMNS(COLUMNS), .CODE_WORDS(CODE_WORDS), .MATRICES(MATRICES)) u_code_store (
    .clk_i(clk_i),
    .book_wr_en_i(book_wr_en_i), .book_wr_addr_i(book_wr_addr_i), .book_wr_data_i(book_wr_data_i),
    .code_wr_en_i(code_wr_en_i), .code_wr_addr_i(code_wr_addr_i), .code_wr_data_i(code_wr_data_i),
    .rd_en_i(read_en && (read_mode == MODE_PROJECT)), .rd_addr_i(read_code), .rd_matrix_i(busy_o ? ins_matrix[MATRIX_BITS-1:0] : book_wr_addr_i),
    .book_o(book_o), .weights_o(code_weights)
  );

  trex_key_value #(
    .COLUMNS(COLUMNS), .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .WIDTH(WIDTH), .ACT_BITS(ACT_BITS)
  ) u_key_value (
    .clk_i(clk_i),
    .wr_keys_i(out_plain && (out_dst == TO_K)), .wr_values_i(out_plain && (out_dst == TO_V)),
    .wr_feature_i(out_feature), .wr_pass_i(out_pass), .wr_data_i(out_act),
    .rd_keys_i(issue && (mode == MODE_SCORES)), .rd_values_i(issue && (mode == MODE_VALUES)),
    .rd_by_row_i(mode == MODE_VALUES),
    .rd_group_i(group), .rd_key_i(key),
    .rd_feature_i((mode == MODE_SCORES) ? head_step : head_feature),
    .slice_first_i(slice_first_i), .slice_fill_i(slice_fill_i),
    .weights_o(attention_weights)
  );

  // Step controls travel beside the memories' reads.
  reg                 issue_q;
  reg                 first_q;
  reg                 acc_set_q;  // accumulators of the step
  reg [MODE_BITS-1:0] mode_q;
  reg [PASS_BITS-1:0] pass_q;
  reg                 src_q;
  reg [8*COLUMNS-1:0] item_q;
  always @(posedge clk_i) begin
    issue_q <= read_en && !rst_i;
    src_q   <= ins_src;
    first_q <= read_first;
    acc_set_q <= read_set;
    mode_q  <= read_mode;
    pass_q  <= read_pass;
    item_q  <= read_item;
  end
  wire [8*LANES-1:0]          broadcast = (mode_q == MODE_SCORES) ? q_data :
                                          (mode_q == MODE_VALUES) ? probabilities :
                                          src_q ? h_data : x_data;
  wire [8*COLUMNS-1:0]        shared    = (mode_q == MODE_PROJECT) ? code_weights : item_q;
  wire [8*LANES*COLUMNS-1:0]  activations = (mode_q == MODE_EXPAND) ? gathered : {COLUMNS{broadcast}};
  wire [8*COLUMNS*SLICES-1:0] weight    = ((mode_q == MODE_SCORES) || (mode_q == MODE_VALUES)) ? attention_weights : {SLICES{shared}};

  wire                      drain_en;
  wire                      drain_set;
  wire [PASS_BITS-1:0]      drain_pass;
  wire [COLUMN_BITS-1:0]    drain_column;
  wire [LANES*ACC_BITS-1:0] drain_data;
  trex_pe_array #(
    .COLUMNS(COLUMNS), .LANES(LANES), .SLICES(SLICES), .PASSES(PASSES), .ACC_BITS(ACC_BITS)
  ) u_array (
    .clk_i(clk_i), .rst_i(rst_i),
    .step_valid_i(issue_q), .step_first_i(first_q), .step_set_i(acc_set_q), .step_pass_i(pass_q),
    .act_i(activations), .weight_i(weight),
    .drain_en_i(drain_en), .drain_set_i(drain_set), .drain_pass_i(drain_pass), .drain_column_i(drain_column),
    .drain_data_o(drain_data)
  );

  // ---- results ----
  wire [LANES*MULTIPLIER_BITS-1:0] recip;
  wire [LANES*SHIFT_BITS-1:0] recip_shift;
  trex_results #(.COLUMNS(COLUMNS), .LANES(LANES), .PASSES(PASSES), .ACC_BITS(ACC_BITS), .ACT_BITS(ACT_BITS)) u_results (
    .clk_i(clk_i), .rst_i(rst_i || abort_i),
    .table_wr_en_i(table_wr_en_i), .table_wr_addr_i(table_wr_addr_i), .table_wr_data_i(table_wr_data_i),
    .bias_en_i(bias_ready_o && bias_valid_i), .bias_i(bias_i), .multipliers_i(multipliers_i),
    .start_i(drain_start), .set_i(set), .mode_i(mode), .columns_i(drain_columns), .last_pass_i(last_pass_i),
    .feature_i(drain_first_feature), .group_i(group), .key_i(key),
    // Values are scaled by reciprocals, which are found last.
    .hold_i(softmax_busy), .ready_o(drain_ready), .busy_o(drain_busy), .pipe_busy_o(pipe_busy),
    .dst_i(ins_dst), .activate_i(ins_activate), .bias_shift_i(ins_biasShift), .multiplier_i(ins_m), .per_column_i(ins_perColumn),
    .shift_i(ins_s), .values_shift_i(ins_s2),
    .drain_en_o(drain_en), .drain_set_o(drain_set), .drain_pass_o(drain_pass), .drain_column_o(drain_column),
    .drain_data_i(drain_data), .recip_i(recip), .recip_shift_i(recip_shift),
    .residual_rd_en_o(residual_rd_en), .residual_feature_o(residual_feature), .residual_pass_o(residual_pass), .residual_i(r_data),
    .out_valid_o(out_valid), .out_mode_o(out_mode), .out_dst_o(out_dst), .out_feature_o(out_feature), .out_pass_o(out_pass),
    .out_act_o(out_act), .out12_o(out12), .out16_o(out16),
    .next_pass_o(next_pass), .next_group_o(next_group), .next_key_o(next_key)
  );

  // ---- scores and softmax ----
  trex_scores #(.COLUMNS(COLUMNS), .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .SEGMENTS(SEGMENTS)) u_scores (
    .clk_i(clk_i), .rst_i(rst_i || abort_i),
    .wr_en_i(out_scores), .wr_number_i(out_feature), .wr_pass_i(out_pass), .wr_data_i(out12),
    .next_group_i(next_group), .next_key_i(next_key), .next_pass_i(next_pass),
    .clear_i(softmax_clear), .start_i(softmax_start), .walking_o(softmax_walking), .word_valid_o(softmax_word),
    .word_number_o(softmax_number), .word_pass_o(softmax_pass), .busy_o(softmax_busy), .causal_i(ins_causal), .uniform_i(ins_uniform),
    .last_pass_i(last_pass_i), .groups_i(groups_i), .slice_keys_i(slice_keys_i),
    .rd_en_i(read_en && (read_mode == MODE_VALUES)), .rd_number_i(read_step), .rd_pass_i(read_pass), .probabilities_o(probabilities),
    .query_pass_i(drain_pass), .recip_o(recip), .shift_o(recip_shift),
    .slice_first_i(slice_first_i), .slice_fill_i(slice_fill_i),
    .map_wr_en_i(map_wr_en_i), .map_wr_slice_i(map_wr_slice_i), .map_wr_position_i(map_wr_position_i), .map_wr_segment_i(map_wr_segment_i)
  );

  // ---- LayerNorm ----
  always @(posedge clk_i) if (norm_start) norm_to_h <= ins_dst == TO_H;
  localparam NORM_WIDTH = $clog2(WIDTH + 1);
  localparam USED_BITS  = $clog2(PASSES + 1);
  wire [NORM_WIDTH-1:0] features;
  wire [31:0] features_32 = { {(32-NORM_WIDTH){1'b0}}, features };
  assign norm_features = features_32[FEATURE_BITS-1:0];
  wire [31:0] used_passes = { {(32-PASS_BITS){1'b0}}, last_pass_i } + 32'd1;
  wire seen = out_plain && ((out_dst == TO_RSET) || (out_dst == TO_RADD)) && !(rst_i || abort_i);
  // A result is summed a cycle after it leaves the epilogue: not through two units in one.
  reg                  seen_en_q;
  reg [NORM_WIDTH-1:0] seen_feature_q;
  reg [PASS_BITS-1:0]  seen_pass_q;
  reg [RESIDUAL_BITS*LANES-1:0]   seen_data_q;
  always @(posedge clk_i) begin
    seen_en_q      <= seen;
    seen_feature_q <= out_feature[NORM_WIDTH-1:0];
    seen_pass_q    <= out_pass;
    seen_data_q    <= out16;
  end
  trex_norm #(.LANES(LANES), .PASSES(PASSES), .ACT_BITS(ACT_BITS), .MAX_WIDTH(WIDTH)) u_norm (
    .clk_i(clk_i), .rst_i(rst_i || abort_i),
    .start_i(norm_start), .features_i(ins_inner[NORM_WIDTH-1:0]), .passes_i(used_passes[USED_BITS-1:0]),
    .kind_i(ins_matrix), .epsilon_i(ins_m), .epsilon_shift_i(ins_depth[SHIFT_BITS-1:0]),
    .bias_shift_i(ins_biasShift), .x_shift_i(ins_s), .r_shift_i(ins_s2), .write_back_i(ins_writeBack),
    .busy_o(norm_busy), .applying_o(norm_applying), .features_o(features),
    .seen_en_i(seen_en_q), .seen_feature_i(seen_feature_q), .seen_pass_i(seen_pass_q), .seen_data_i(seen_data_q),
    .unseen_i(rows_wr_en_i && (ins_op == OP_LOAD) && (ins_dst == TO_RSET)),
    .param_valid_i(pair_valid_i), .param_ready_o(pair_ready_o), .gamma_i(gamma_i), .beta_i(beta_i),
    .r_rd_en_o(norm_r_rd_en), .r_rd_addr_o(norm_r_rd_addr), .r_rd_data_i(r_data),
    .r_wr_en_o(norm_r_wr_en), .r_wr_addr_o(norm_r_wr_addr), .r_wr_data_o(norm_r_wr_data),
    .x_wr_en_o(norm_x_wr_en), .x_wr_addr_o(norm_x_wr_addr), .x_wr_data_o(norm_x_wr_data)
  );
  wire unused_bits = &{ 1'b0, ins_base, ins_matrix, ins_inner, ins_depth, features_32, used_passes };
endmodule
`default_nettype wire
