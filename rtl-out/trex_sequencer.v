// Sequencer: holds the program of one model and walks every instruction over the window. One instruction at a time;
// a linear instruction is the loop nest
//
//   for tile (C outputs):  for step (input feature, non-zero or key):  for pass:  issue one array step
//
// A weight item (bias of a tile, weights of a step) is taken from the decoder once and held for all passes. The last
// step of a tile waits until the previous tile has drained, so two accumulator sets suffice.
//
// Timing   outputs marked "issue" are valid in the cycle of issue_o; memories answer one cycle later
// Reset    rst_i or abort_i stops at once; program memory keeps its content
// Golden   docs/isa.md
`default_nettype none
module trex_sequencer #(
  parameter COLUMNS      = 8,
  parameter PASSES       = 16,
  parameter INSTRUCTIONS = 256,
  parameter CODE_WORDS   = 16384,
  // Derived; do not override.
  parameter COLUMN_BITS  = (COLUMNS > 1) ? $clog2(COLUMNS) : 1,
  parameter PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter PC_BITS      = $clog2(INSTRUCTIONS),
  parameter CODE_BITS    = $clog2(CODE_WORDS)
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  // program load
  input  wire                  program_wr_en_i,
  input  wire [PC_BITS-1:0]    program_wr_addr_i,
  input  wire [127:0]          program_wr_data_i,
  // window
  input  wire                  start_i,
  input  wire                  abort_i,
  input  wire [PASS_BITS-1:0]  last_pass_i,    // passes in use - 1
  input  wire [2:0]            groups_i,       // most slices that one request of this window covers
  input  wire [11:0]           slice_keys_i,   // longest part of a request in one slice, tokens
  output wire                  busy_o,
  output reg                   done_o,         // pulse: END reached
  output reg                   bad_o,          // pulse: an instruction that does not exist
  output wire [PC_BITS-1:0]    pc_o,
  // instruction in work: fields of docs/isa.md
  output wire [127:0]          instruction_o,
  // decoder
  output wire                  section_valid_o,
  input  wire                  section_ready_i,
  input  wire                  bias_valid_i,
  output wire                  bias_ready_o,
  input  wire                  item_valid_i,
  output wire                  item_ready_o,
  // issue of array steps
  output wire                  issue_o,
  output wire                  first_o,
  output wire                  set_o,
  output wire [2:0]            mode_o,         // 0 project, 1 expand, 2 dense, 3 scores, 4 values
  output wire [PASS_BITS-1:0]  pass_o,
  output wire [11:0]           step_o,
  output wire [11:0]           tile_feature_o, // first output of the tile: feature, rank or key number
  output wire [1:0]            group_o,        // attention: which slice of a request the keys lie in
  output wire [11:0]           key_o,          // attention: first key of the tile, or the key, inside that slice
  output wire [CODE_BITS-1:0] code_addr_o,  // project: word of the W_S store
  // drain
  output wire                  drain_start_o,
  output wire [COLUMN_BITS:0]  drain_columns_o,
  output wire [11:0]           drain_feature_o,
  input  wire                  drain_busy_i,
  input  wire                  pipe_busy_i,    // words still between drain and memory
  // units that work by themselves
  output reg                   norm_start_o,
  input  wire                  norm_done_i,
  output reg                   softmax_start_o,
  output reg                   softmax_clear_o,
  input  wire                  softmax_done_i,
  output reg                   rows_start_o,
  input  wire                  rows_done_i,
  // why the array idles in this cycle; none of them: fetch, decode, hand-over of a section
  output wire                  wait_stream_o,
  output wire                  wait_drain_o,
  output wire                  wait_vector_o,
  output wire                  wait_rows_o
);
  localparam [3:0] OP_END = 4'd0, OP_LOAD = 4'd1, OP_NORM = 4'd2, OP_PROJECT = 4'd3,
                   OP_EXPAND = 4'd4, OP_DENSE = 4'd5, OP_ATTEND = 4'd6, OP_STORE = 4'd7;
  localparam [2:0] IDLE = 3'd0, FETCH = 3'd1, DECODE = 3'd2, WALK = 3'd3, FLUSH = 3'd4,
                   VECTOR = 3'd5, ROWS = 3'd6, SECTION = 3'd7;
  localparam [2:0] PROJECT = 3'd0, EXPAND = 3'd1, DENSE = 3'd2, SCORES = 3'd3, VALUES = 3'd4;
  localparam [11:0] COLUMNS_12 = COLUMNS;
  localparam COLUMN_SHIFT = $clog2(COLUMNS);

  wire [127:0]      ins;
  reg [PC_BITS-1:0] pc_q;
  reg [2:0]         state_q;

  trex_ram_1r1w #(.WORD_BITS(128), .DEPTH(INSTRUCTIONS), .LANE_BITS(128)) u_program (
    .clk_i(clk_i),
    .wr_en_i(program_wr_en_i), .wr_addr_i(program_wr_addr_i), .wr_lanes_i(1'b1), .wr_data_i(program_wr_data_i),
    .rd_en_i(1'b1), .rd_addr_i(pc_q), .rd_data_o(ins)
  );

  wire [3:0] ins_op = ins[0 +: 4];
  wire [0:0] ins_uniform = ins[10 +: 1];
  wire [11:0] ins_inner = ins[21 +: 12];
  wire [11:0] ins_outer = ins[33 +: 12];
  wire [11:0] ins_base = ins[45 +: 12];
  wire [19:0] ins_codeBase = ins[97 +: 20];

  wire unused_fields = &{ 1'b0, ins_codeBase };

  // ---- loop nest ----
  reg [2:0]           mode_q;
  reg [11:0]          tile_q;       // tile number; for scores inside the group
  reg [11:0]          feature_q;    // first output of the tile: feature, rank or key number
  reg [11:0]          step_q;
  reg [PASS_BITS-1:0] pass_q;
  reg [1:0]           group_q;
  reg [11:0]          key_q;
  reg                 set_q;
  reg                 bias_taken_q;
  reg [CODE_BITS-1:0] code_addr_q;

  wire walking   = state_q == WALK;
  wire streamed  = (mode_q == EXPAND) || (mode_q == DENSE);
  wire has_bias  = streamed;
  // Keys of one slice are walked in whole tiles of C, so that score words are numbered without holes.
  wire [11:0] key_tiles  = (slice_keys_i + COLUMNS_12 - 12'd1) >> COLUMN_SHIFT;
  wire [11:0] tile_keys  = key_tiles << COLUMN_SHIFT;
  wire [11:0] outputs    = (mode_q == VALUES) ? ins_inner : ins_outer;
  wire [11:0] left       = outputs - feature_q;
  wire        last_group = {1'b0, group_q} + 3'd1 == groups_i;
  wire        last_tile  = (mode_q == SCORES) ? last_group && (tile_q + 12'd1 == key_tiles)
                                              : left <= COLUMNS_12;
  wire        last_key   = key_q + 12'd1 == tile_keys;
  wire        last_step  = (mode_q == VALUES) ? last_group && last_key : step_q + 12'd1 == ins_inner;
  wire        last_pass  = pass_q == last_pass_i;
  wire        first_step = step_q == 12'd0;

  wire need_bias  = has_bias && first_step && (pass_q == {PASS_BITS{1'b0}}) && !bias_taken_q;
  wire item_ok    = !streamed || item_valid_i;
  wire values_ok  = 1'b1;
  wire drain_ok   = !(last_step && last_pass) || !drain_busy_i;
  wire issue      = walking && !need_bias && item_ok && values_ok && drain_ok;
  wire step_done  = issue && last_pass;
  wire tile_done  = step_done && last_step;

  assign bias_ready_o = walking && need_bias;
  assign item_ready_o = step_done && streamed;
  assign issue_o      = issue;
  assign first_o      = first_step;
  assign set_o        = set_q;
  assign mode_o       = mode_q;
  assign pass_o       = pass_q;
  assign step_o       = step_q;
  assign tile_feature_o = feature_q;
  assign group_o      = group_q;
  assign key_o        = (mode_q == SCORES) ? tile_q << COLUMN_SHIFT : key_q;
  assign code_addr_o  = code_addr_q;

  assign drain_start_o   = tile_done;
  assign drain_columns_o = ((mode_q == SCORES) || (left >= COLUMNS_12)) ? COLUMNS_12[COLUMN_BITS:0] : left[COLUMN_BITS:0];
  assign drain_feature_o = feature_q + (((mode_q == PROJECT) || (mode_q == SCORES)) ? 12'd0 : ins_base);

  assign section_valid_o = state_q == SECTION;
  assign busy_o          = state_q != IDLE;
  assign pc_o            = pc_q;
  assign instruction_o   = ins;
  assign wait_stream_o   = walking && (need_bias || !item_ok);
  assign wait_drain_o    = (walking && !need_bias && item_ok && values_ok && !drain_ok) || (state_q == FLUSH);
  assign wait_vector_o   = (state_q == VECTOR) || (walking && !values_ok);
  assign wait_rows_o     = state_q == ROWS;

  always @(posedge clk_i) begin
    if (bias_ready_o && bias_valid_i) bias_taken_q <= 1'b1;
    if (issue) pass_q <= last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1;
    if (step_done) begin
      step_q      <= last_step ? 12'd0 : step_q + 12'd1;
      code_addr_q <= code_addr_q + 1'b1;
      if (mode_q == VALUES) begin
        key_q   <= last_key ? 12'd0 : key_q + 12'd1;
        if (last_key) group_q <= last_group ? 2'd0 : group_q + 2'd1;
      end
    end
    if (tile_done) begin
      set_q        <= !set_q;
      bias_taken_q <= 1'b0;
      feature_q    <= feature_q + COLUMNS_12;
      tile_q       <= tile_q + 12'd1;
      if ((mode_q == SCORES) && (tile_q + 12'd1 == key_tiles)) begin
        tile_q  <= 12'd0;
        group_q <= group_q + 2'd1;
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
        tile_q       <= 12'd0;
        feature_q    <= 12'd0;
        step_q       <= 12'd0;
        pass_q       <= {PASS_BITS{1'b0}};
        group_q      <= 2'd0;
        key_q        <= 12'd0;
        bias_taken_q <= 1'b0;
        code_addr_q  <= ins_codeBase[CODE_BITS-1:0];
        case (ins_op)
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
            mode_q  <= PROJECT;
            state_q <= WALK;
          end
          OP_EXPAND: begin
            mode_q  <= EXPAND;
            state_q <= SECTION;
          end
          OP_DENSE: begin
            mode_q  <= DENSE;
            state_q <= SECTION;
          end
          OP_ATTEND: begin
            softmax_clear_o <= 1'b1;
            if (ins_uniform) begin
              softmax_start_o <= 1'b1;
              state_q         <= VECTOR;
            end else begin
              mode_q  <= SCORES;
              state_q <= WALK;
            end
          end
          default: begin
            bad_o   <= 1'b1;
            state_q <= IDLE;
          end
        endcase
      end
      SECTION: if (section_ready_i) state_q <= (ins_op == OP_NORM) ? VECTOR : WALK;
      WALK: if (tile_done && last_tile) state_q <= FLUSH;
      FLUSH: if (!drain_busy_i && !pipe_busy_i) begin
        if ((ins_op == OP_ATTEND) && (mode_q == SCORES)) begin
          softmax_start_o <= 1'b1;
          state_q         <= VECTOR;
        end else begin
          pc_q    <= pc_q + 1'b1;
          state_q <= FETCH;
        end
      end
      VECTOR: begin
        if ((ins_op == OP_NORM) && norm_done_i) begin
          pc_q    <= pc_q + 1'b1;
          state_q <= FETCH;
        end
        if ((ins_op == OP_ATTEND) && softmax_done_i) begin
          mode_q    <= VALUES;
          tile_q    <= 12'd0;
          feature_q <= 12'd0;
          step_q    <= 12'd0;
          group_q   <= 2'd0;
          key_q     <= 12'd0;
          state_q   <= WALK;
        end
      end
      ROWS: if (rows_done_i) begin
        pc_q    <= pc_q + 1'b1;
        state_q <= FETCH;
      end
      default: state_q <= IDLE;
    endcase

    if (rst_i || abort_i) begin
      state_q         <= IDLE;
      set_q           <= 1'b0;
      norm_start_o    <= 1'b0;
      softmax_start_o <= 1'b0;
      rows_start_o    <= 1'b0;
      done_o          <= 1'b0;
      bad_o           <= 1'b0;
    end
  end
endmodule
`default_nettype wire
