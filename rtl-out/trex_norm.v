// LayerNorm, RMSNorm or a plain copy of all lanes: two sweeps over memory R, one token statistic a cycle between them. What the epilogue writes
// to R is summed on its way; a norm of exactly those features begins with the solver, and so does a copy.
//
//   sweep 1   S1 = sum R, S2 = sum R^2                                          (eq. 11)
//   solve     var = d * S2 - S1^2 + (epsilon << epsilon_shift), h = ceil(bitlength(var) / 2), g = table[u]   (eq. 11, 12)
//   sweep 2   z = sat_16(((d * R - S1) * g + 2^h) >> (h + 1))                   (eq. 13)
//             x = sat_A(rq(a, 1, s)), r = sat_16(rq(a, 1, s2)), a = z * gamma + (beta << bias_shift)   (eq. 14, 15), A = ACT_BITS
//
// RMSNorm has S1 = 0. A copy has z = R: 1 in the place of d, S1 = 0, h = 10, g = 2^11.
//
// (v + 2^n) >> (n + 1) is written ((v >> n) + 1) >> 1: 0.5 -> 1, -0.5 -> 0, -1.5 -> -1. A token of equal values
// has var = 0 and d * R - S1 = 0, so z = 0 whatever the table says.
// A multiplier a lane: R times R in sweep 1, as fast as words are written. In sweep 2 SHARE lanes take turns at one datapath, which
// takes R times d from a multiplier of those and has two of its own: the difference times g, z times gamma. Two more for all: d * S2 and S1^2.
//
// Layout   element l of a bus belongs to lane l; address = feature * PASSES + pass. In turn t datapath v has lane t * VECTOR_LANES + v
// Timing   r_rd_data_i one cycle after r_rd_en_o, then held: in sweep 2 a word takes SHARE = LANES / VECTOR_LANES turns, one a cycle.
//          x_wr_en_o 7 + SHARE + 2M + 3E cycles after r_rd_en_o in sweep 2, M = MULTIPLIER_STAGES, E = EXTRA_STAGES: the words of R
//          and both shifts.
//          gamma_i and beta_i are taken with the first pass of their feature; while param_valid_i is low there, the
//          walk waits and what is under way goes on.
//            busy_o for (1 + SHARE) * d * passes + LANES * passes + 15 + 4M + 4E cycles, the waits besides; without sweep 1
//            SHARE * d * passes + LANES * passes + 13 + 3M + 3E
//          applying_o in sweep 2; features_o says then how many features X holds for all passes, so that they may be read
//          while others are still under way
//          configuration inputs are taken with start_i; start_i is ignored while busy_o
//          seen_en_i only while not busy_o, the last one at least 2 + E cycles before start_i
// Reset    control only; statistics are undefined until swept
`default_nettype none
module trex_norm #(
  parameter LANES          = 8,  // of the whole array
  parameter PASSES         = 16,  // tokens that a lane computes one after another; >= 1
  parameter ACT_BITS       = 8,  // of a stored activation; 4 .. 8
  parameter MAX_WIDTH      = 128,  // largest d; 4 .. 2048
  // Made with the configuration; do not override.
  parameter VECTOR_LANES   = 8,  // datapaths of sweep 2; LANES / VECTOR_LANES is a power of two
  parameter BIAS_SHIFT_MAX = 23,  // largest bias_shift_i; 16 .. 31
  parameter MULTIPLIER_STAGES = 1,  // 1 or 2
  parameter EXTRA_STAGES   = 0,  // 0 or 1, of the words of R and of each shift
  // The same in every configuration; do not override.
  parameter RSQRT_BITS = 12,  // of the mantissa of 1 / sqrt, equation 12 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter KIND_BITS = 3,  // of the kind of a norm
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter BIAS_SHIFT_BITS = 5,  // of the shift of a bias, equation 3 of docs/numerics.md
  parameter RESIDUAL_BITS = 16,  // of a value of R, equation 14 of docs/numerics.md
  parameter NORM_SHIFT_BITS = 5,  // of the shift h of a norm, equation 12 of docs/numerics.md
  // Derived; do not override.
  parameter WIDTH_BITS = $clog2(MAX_WIDTH + 1),
  parameter WORDS      = MAX_WIDTH * PASSES,
  parameter ADDR_BITS  = (WORDS > 1) ? $clog2(WORDS) : 1,
  parameter PASS_BITS  = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter USED_BITS  = $clog2(PASSES + 1),
  parameter LANE_BITS  = $clog2(LANES + 1),
  parameter SHARE      = LANES / VECTOR_LANES,
  parameter TURN_BITS  = (SHARE > 1) ? $clog2(SHARE) : 1,
  parameter ENTRY_BITS = (PASSES * SHARE > 1) ? $clog2(PASSES * SHARE) : 1,
  parameter LOG_WIDTH  = $clog2(MAX_WIDTH),
  parameter SUM1_BITS  = RESIDUAL_BITS + LOG_WIDTH,
  parameter SUM2_BITS  = 2*RESIDUAL_BITS-1 + LOG_WIDTH,
  parameter VAR_BITS   = 2*RESIDUAL_BITS + 2*LOG_WIDTH,
  parameter DIFF_BITS  = RESIDUAL_BITS + 1 + LOG_WIDTH,
  parameter SCALE_BITS = DIFF_BITS + RSQRT_BITS,
  parameter AFFINE_BITS = 9 + BIAS_SHIFT_MAX
) (
  input  wire                  clk_i,
  input  wire                  rst_i,

  input  wire                  start_i,
  input  wire [WIDTH_BITS-1:0] features_i,
  input  wire [USED_BITS-1:0]  passes_i,  // passes in use, 1 .. PASSES
  input  wire [KIND_BITS-1:0]  kind_i,    // KIND_*, generator/contract/codes.ts
  input  wire [MULTIPLIER_BITS-1:0]           epsilon_i,
  input  wire [SHIFT_BITS-1:0] epsilon_shift_i,  // epsilon_i << epsilon_shift_i < d^2 * 2^30
  input  wire [BIAS_SHIFT_BITS-1:0] bias_shift_i,
  input  wire [SHIFT_BITS-1:0] x_shift_i,
  input  wire [SHIFT_BITS-1:0] r_shift_i,
  input  wire                  write_back_i,
  output wire                  busy_o,
  output wire                  applying_o,
  output wire [WIDTH_BITS-1:0] features_o,

  // words of R: written by the epilogue in the order of the walk, or by somebody else
  input  wire                  seen_en_i,
  input  wire [WIDTH_BITS-1:0] seen_feature_i,
  input  wire [PASS_BITS-1:0]  seen_pass_i,
  input  wire [LANES*RESIDUAL_BITS-1:0]   seen_data_i,
  input  wire                  unseen_i,

  input  wire                  param_valid_i,
  output wire                  param_ready_o,
  input  wire [7:0]            gamma_i,
  input  wire [7:0]            beta_i,

  output wire                  r_rd_en_o,
  output wire [ADDR_BITS-1:0]  r_rd_addr_o,
  input  wire [LANES*RESIDUAL_BITS-1:0]   r_rd_data_i,
  output wire                  r_wr_en_o,
  output wire [ADDR_BITS-1:0]  r_wr_addr_o,
  output wire [LANES*RESIDUAL_BITS-1:0]   r_wr_data_o,
  output wire                  x_wr_en_o,
  output wire [ADDR_BITS-1:0]  x_wr_addr_o,
  output wire [LANES*ACT_BITS-1:0] x_wr_data_o
);
  localparam [2:0] KIND_LAYER = 3'd0, KIND_PLAIN = 3'd2;
`ifndef SYNTHESIS
  initial begin
    if ((VECTOR_LANES < 1) || (SHARE * VECTOR_LANES != LANES) || ((SHARE & (SHARE - 1)) != 0)) begin
      $display("%m: VECTOR_LANES = %0d: LANES = %0d must be a power of two times as many", VECTOR_LANES, LANES); $finish;
    end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if ((MAX_WIDTH < 4) || (MAX_WIDTH > 2048)) begin
      $display("%m: MAX_WIDTH = %0d: must be 4 .. 2048", MAX_WIDTH); $finish;
    end
    if ((BIAS_SHIFT_MAX < 16) || (BIAS_SHIFT_MAX > 31)) begin $display("%m: BIAS_SHIFT_MAX = %0d: must be 16 .. 31", BIAS_SHIFT_MAX); $finish; end
    if ((MULTIPLIER_STAGES < 1) || (MULTIPLIER_STAGES > 2)) begin $display("%m: MULTIPLIER_STAGES = %0d: must be 1 .. 2", MULTIPLIER_STAGES); $finish; end
    if ((EXTRA_STAGES != 0) && (EXTRA_STAGES != 1)) begin $display("%m: EXTRA_STAGES = %0d: must be 0 or 1", EXTRA_STAGES); $finish; end
  end
`endif

  localparam [NORM_SHIFT_BITS-1:0] PLAIN_SHIFT = 10;
  localparam [NORM_SHIFT_BITS+RSQRT_BITS-1:0] PLAIN_SCALE = { PLAIN_SHIFT, 1'b1, {(RSQRT_BITS-1){1'b0}} };
  localparam [1:0] IDLE  = 2'd0;
  localparam [1:0] SUM   = 2'd1;
  localparam [1:0] SOLVE = 2'd2;
  localparam [1:0] APPLY = 2'd3;
  // Cycles from the read of a word, with its data in cycle 1: to R times R or d; to the scaled difference; to z; to x.
  localparam READ    = EXTRA_STAGES + MULTIPLIER_STAGES;  // from a word to its product
  localparam PRODUCT = 1 + READ;
  localparam SCALED  = PRODUCT + 1 + MULTIPLIER_STAGES;
  localparam SHIFTED = SCALED + EXTRA_STAGES;
  localparam NORMAL  = SHIFTED + 2;
  localparam RESULT  = NORMAL + 4 + EXTRA_STAGES;
  localparam SOLVED  = 4 + MULTIPLIER_STAGES;  // from a token's sums to its entry of the table

  reg [1:0]            state_q;
  reg                  in_solve_q;  // state_q is SOLVE: no gate stands in front of the addresses that it chooses
  reg                  walking_q;
  reg [WIDTH_BITS-1:0] features_q;
  reg [USED_BITS-1:0]  passes_q;
  reg                  centred_q;  // by S1
  reg                  plain_q;
  reg [VAR_BITS-1:0]   epsilon_q;
  reg [BIAS_SHIFT_BITS-1:0] bias_shift_q;
  reg [SHIFT_BITS-1:0] x_shift_q;
  reg [SHIFT_BITS-1:0] r_shift_q;
  reg                  write_back_q;

  // The walk over features and passes; in SOLVE the same pass counter steps once a LANES cycles.
  reg [WIDTH_BITS-1:0] feature_q;
  reg [PASS_BITS-1:0]  pass_q;
  reg [LANE_BITS-1:0]  lane_q;
  reg [TURN_BITS-1:0]  turn_q;
  reg [ADDR_BITS-1:0]  row_q;
  // Bit k: a word was asked for k + 1 cycles ago, or a token entered the solver.
  reg [RESULT-1:0]     valid_q;
  reg [SOLVED-1:0]     solve_valid_q;

  localparam [TURN_BITS-1:0] LAST_TURN = SHARE[TURN_BITS-1:0] - 1'b1;
  wire first_turn    = turn_q == {TURN_BITS{1'b0}};
  wire last_turn     = state_q != APPLY || turn_q == LAST_TURN;
  wire [USED_BITS-1:0] next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, pass_q } + 1'b1;
  wire first_pass    = pass_q == {PASS_BITS{1'b0}};
  wire last_pass     = next_pass == passes_q;
  wire last_feature  = feature_q + 1'b1 == features_q;
  wire last_lane     = lane_q == LANES[LANE_BITS-1:0] - 1'b1;
  wire waiting       = state_q == APPLY && first_pass && first_turn && !param_valid_i;
  wire ask           = walking_q && (state_q == SUM || state_q == APPLY) && !waiting;
  wire solving       = walking_q && state_q == SOLVE;
  wire sum_drained   = !walking_q && !(|valid_q[PRODUCT-1:0]);
  wire solve_drained = !walking_q && !(|solve_valid_q);
  wire apply_drained = !walking_q && !(|valid_q[RESULT-2:0]);
  wire restart       = (state_q == SUM && sum_drained) || (state_q == SOLVE && solve_drained);

  // The sums are of features 0 .. seen_next_q - 1 of what R holds.
  reg                  seen_all_q;
  reg [WIDTH_BITS-1:0] seen_next_q;
  reg [READ-1:0]           seen_q;
  reg [READ-1:0]           seen_first_q;  // its end has a reset: that of a shift register in look-up tables is late
  reg [READ*PASS_BITS-1:0] seen_pass_q;
  wire seen_feature_0 = seen_feature_i == {WIDTH_BITS{1'b0}};
  wire summed         = (kind_i == KIND_PLAIN) || (seen_all_q && seen_next_q == features_i);
  wire [VAR_BITS-1:0] epsilon_wide = { {(VAR_BITS-MULTIPLIER_BITS){1'b0}}, epsilon_i };
  wire [READ:0]               seen_line       = { seen_q, seen_en_i };
  wire [READ:0]               seen_first_line = { seen_first_q, seen_feature_0 };
  wire [(READ+1)*PASS_BITS-1:0] seen_pass_line = { seen_pass_q, seen_pass_i };
  wire                                     seen_sum        = seen_line[READ];

  always @(posedge clk_i) begin
    seen_q <= seen_line[READ-1:0];
    seen_first_q <= seen_first_line[READ-1:0];
    seen_pass_q <= seen_pass_line[READ*PASS_BITS-1:0];
    if (seen_en_i && seen_pass_i == {PASS_BITS{1'b0}}) begin
      seen_next_q <= seen_feature_i + 1'b1;
      seen_all_q <= seen_feature_0 || (seen_all_q && seen_feature_i == seen_next_q);
    end
    if (unseen_i || r_wr_en_o || state_q == SUM) seen_all_q <= 1'b0;
    if (rst_i) begin
      seen_q <= {READ{1'b0}};
      seen_first_q[READ-1] <= 1'b0;
      seen_all_q <= 1'b0;
    end
  end

  assign busy_o = state_q != IDLE;
  assign applying_o = state_q == APPLY;
  assign param_ready_o = walking_q && state_q == APPLY && first_pass && first_turn;
  assign r_rd_en_o = ask && first_turn;
  assign r_rd_addr_o = row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, pass_q };

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: if (start_i) state_q <= summed ? SOLVE : SUM;
      SUM: if (sum_drained) state_q <= SOLVE;
      SOLVE: if (solve_drained) state_q <= APPLY;
      default: if (apply_drained) state_q <= IDLE;
    endcase
    if (state_q == IDLE && start_i) begin
      features_q <= features_i;
      passes_q <= passes_i;
      centred_q <= kind_i == KIND_LAYER;
      plain_q <= kind_i == KIND_PLAIN;
      epsilon_q <= epsilon_wide << epsilon_shift_i;
      bias_shift_q <= bias_shift_i;
      x_shift_q <= x_shift_i - 1'b1;
      r_shift_q <= r_shift_i - 1'b1;
      write_back_q <= write_back_i;
    end
    if ((state_q == IDLE && start_i) || restart) begin
      walking_q <= 1'b1;
      feature_q <= {WIDTH_BITS{1'b0}};
      pass_q <= {PASS_BITS{1'b0}};
      lane_q <= {LANE_BITS{1'b0}};
      turn_q <= {TURN_BITS{1'b0}};
      row_q <= {ADDR_BITS{1'b0}};
    end else if (ask && !last_turn) begin
      turn_q <= turn_q + 1'b1;
    end else if (ask) begin
      turn_q <= {TURN_BITS{1'b0}};
      pass_q <= last_pass ? {PASS_BITS{1'b0}} : next_pass[PASS_BITS-1:0];
      if (last_pass) feature_q <= feature_q + 1'b1;
      if (last_pass) row_q <= row_q + PASSES[ADDR_BITS-1:0];
      if (last_pass && last_feature) walking_q <= 1'b0;
    end else if (solving) begin
      lane_q <= last_lane ? {LANE_BITS{1'b0}} : lane_q + 1'b1;
      if (last_lane) pass_q <= next_pass[PASS_BITS-1:0];
      if (last_lane && last_pass) walking_q <= 1'b0;
    end
    in_solve_q <= restart ? (state_q == SUM) : (state_q == IDLE) ? start_i && summed : in_solve_q && (state_q == SOLVE);
    valid_q <= { valid_q[RESULT-2:0], ask };
    solve_valid_q <= { solve_valid_q[SOLVED-2:0], solving };
    // With an extra stage a word of sweep 1 could otherwise come out in sweep 2.
    if ((EXTRA_STAGES != 0) && restart) valid_q <= {RESULT{1'b0}};
    if (rst_i) begin
      state_q <= IDLE;
      walking_q <= 1'b0;
      in_solve_q <= 1'b0;
      valid_q <= {RESULT{1'b0}};
      solve_valid_q <= {SOLVED{1'b0}};
    end
  end

  // What travels beside the words: place k holds what was asked for k + 1 cycles ago.
  // A scale is looked up beside the difference, or, with an extra stage, a cycle before.
  localparam SCALE = PRODUCT - EXTRA_STAGES;
  reg [(SCALE+1)*PASS_BITS-1:0] pass_line_q;
  reg [(SCALE+1)*TURN_BITS-1:0] turn_line_q;
  reg [PRODUCT-1:0]               first_q;
  reg [15:0]                      param_q;
  reg [(NORMAL-1)*16-1:0]         param_line_q;
  reg [7:0]                       beta_q;
  reg  [PASS_BITS-1:0] product_pass_q;  // place PRODUCT - 1; a flip-flop with a reset, for the end of a shift register in look-up tables is late
  wire [PASS_BITS-1:0] scale_pass   = pass_line_q[SCALE*PASS_BITS +: PASS_BITS];
  wire [TURN_BITS-1:0] data_turn    = turn_line_q[0 +: TURN_BITS];
  wire [TURN_BITS-1:0] product_turn = turn_line_q[(PRODUCT-1)*TURN_BITS +: TURN_BITS];
  wire [TURN_BITS-1:0] scale_turn   = turn_line_q[SCALE*TURN_BITS +: TURN_BITS];
  wire [7:0]           gamma        = param_line_q[(NORMAL-2)*16 +: 8];

  always @(posedge clk_i) begin
    if (state_q == SUM || state_q == APPLY) begin
      pass_line_q <= { pass_line_q[SCALE*PASS_BITS-1:0], pass_q };
      turn_line_q <= { turn_line_q[SCALE*TURN_BITS-1:0], turn_q };
    end
    if (state_q == IDLE) product_pass_q <= {PASS_BITS{1'b0}};
    else if (state_q == SUM || state_q == APPLY) product_pass_q <= pass_line_q[(PRODUCT-2)*PASS_BITS +: PASS_BITS];
    first_q <= { first_q[PRODUCT-2:0], feature_q == {WIDTH_BITS{1'b0}} };
    if (state_q == IDLE) first_q[PRODUCT-1] <= 1'b0;
    if (param_valid_i && param_ready_o) param_q <= { beta_i, gamma_i };
    if (state_q == APPLY) param_line_q <= { param_line_q[(NORMAL-2)*16-1:0], param_q };
    if (state_q != APPLY) beta_q <= 8'd0;
    else beta_q <= param_line_q[(NORMAL-2)*16+8 +: 8];
  end

  // The solver: one token a cycle. u keeps nine bits of var from an even position, so h is exact.
  reg [SOLVED*PASS_BITS-1:0] solve_pass_q;
  reg [SOLVED*LANE_BITS-1:0] solve_lane_q;
  wire [PASS_BITS-1:0]       solved_pass = solve_pass_q[(SOLVED-1)*PASS_BITS +: PASS_BITS];
  wire [LANE_BITS-1:0]       solved_lane = solve_lane_q[(SOLVED-1)*LANE_BITS +: LANE_BITS];
  // An array: a part of one wide word at a variable place would be a barrel shifter behind a multiplication.
  localparam PICK_BITS = (LANES > 1) ? $clog2(LANES) : 1;
  wire [SUM1_BITS-1:0]       sum1_of [0:LANES-1];
  wire [SUM2_BITS-1:0]       sum2_of [0:LANES-1];
  wire [DIFF_BITS-1:0]       scaled_of [0:LANES-1];  // d * R, of the lanes whose multipliers datapaths take
  reg  signed [SUM1_BITS-1:0] sum1_q;
  reg  [SUM2_BITS-1:0]  sum2_q;
  wire [VAR_BITS-1:0]   square;
  wire [VAR_BITS-1:0]   scaled2;
  reg  [VAR_BITS-1:0]   variance_q;
  reg  [VAR_BITS-1:0]   variance4_q;
  reg  [NORM_SHIFT_BITS-1:0] half_bits_d;
  reg  [NORM_SHIFT_BITS-1:0] half_bits4_q;
  reg  [NORM_SHIFT_BITS-1:0] half_bits5_q;
  wire [VAR_BITS+8:0]   variance_padded = { variance4_q, 9'd0 };
  reg  [8:0]            root_index_q;
  wire [RSQRT_BITS-1:0] scale_mantissa;

  integer i;
  always @* begin
    half_bits_d = {NORM_SHIFT_BITS{1'b0}};
    for (i = 0; i < VAR_BITS / 2; i = i + 1) begin
      if (|variance_q[2*i +: 2]) half_bits_d = i[NORM_SHIFT_BITS-1:0] + 1'b1;
    end
  end

  trex_rsqrt_rom u_rsqrt_rom (.index_i(root_index_q), .mantissa_o(scale_mantissa));

  always @(posedge clk_i) begin
    if (state_q == SOLVE) begin
      sum1_q <= sum1_of[lane_q[PICK_BITS-1:0]];
      sum2_q <= sum2_of[lane_q[PICK_BITS-1:0]];
      variance_q <= scaled2 - (square & {VAR_BITS{centred_q}}) + epsilon_q;
      variance4_q <= variance_q;
      half_bits4_q <= half_bits_d;
      root_index_q <= variance_padded[{ half_bits4_q, 1'b0 } +: 9];
      half_bits5_q <= half_bits4_q;
      solve_pass_q <= { solve_pass_q[(SOLVED-1)*PASS_BITS-1:0], pass_q };
      solve_lane_q <= { solve_lane_q[(SOLVED-1)*LANE_BITS-1:0], lane_q };
    end
  end

  trex_multiplier #(.A_BITS(SUM1_BITS), .B_BITS(SUM1_BITS), .OUT_BITS(VAR_BITS), .STAGES(MULTIPLIER_STAGES)) u_square (
    .clk_i(clk_i), .en_i({MULTIPLIER_STAGES{state_q == SOLVE}}), .a_i(sum1_q), .b_i(sum1_q), .product_o(square)
  );
  trex_multiplier #(.A_BITS(SUM2_BITS + 1), .B_BITS(WIDTH_BITS + 1), .OUT_BITS(VAR_BITS), .STAGES(MULTIPLIER_STAGES)) u_scaled2 (
    .clk_i(clk_i), .en_i({MULTIPLIER_STAGES{state_q == SOLVE}}), .a_i({ 1'b0, sum2_q }), .b_i({ 1'b0, features_q }), .product_o(scaled2)
  );

  // Registers of a word and of its multiplication: for one that is seen, or one that was asked for.
  wire [READ-1:0]      product_en = seen_line[READ-1:0] | valid_q[READ-1:0];
  wire                 sum_en = seen_sum || (state_q == SUM && valid_q[PRODUCT-1]);
  wire                 sum_first = seen_sum ? seen_first_line[READ] : first_q[PRODUCT-1];
  wire [PASS_BITS-1:0] seen_sum_pass = seen_pass_line[READ*PASS_BITS +: PASS_BITS];
  wire [PASS_BITS-1:0] sum_pass = in_solve_q ? pass_q : (seen_sum ? seen_sum_pass : product_pass_q);

  // Datapaths: entries of their tables of scales, and the words that their results make.
  wire [31:0]                  solved_wide = { {(32-LANE_BITS){1'b0}}, solved_lane };
  wire [31:0]                  solved_turn = solved_wide / VECTOR_LANES;
  wire [31:0]                  solved_path = solved_wide % VECTOR_LANES;
  wire [31:0]                  solved_at = { {(32-PASS_BITS){1'b0}}, solved_pass } * SHARE + solved_turn;
  wire [31:0]                  scale_at  = { {(32-PASS_BITS){1'b0}}, scale_pass } * SHARE + { {(32-TURN_BITS){1'b0}}, scale_turn };
  wire                         unused_at = &{ 1'b0, solved_at, scale_at };
  wire [VECTOR_LANES*ACT_BITS-1:0] x_results;
  wire [VECTOR_LANES*RESIDUAL_BITS-1:0]   r_results;
  reg  [TURN_BITS-1:0]         out_turn_q;
  wire                         out_en = valid_q[RESULT-1] && state_q == APPLY;
  generate
    if (SHARE > 1) begin : gen_shared
      // What the turns before have left, the first in the low bits.
      reg  [(LANES-VECTOR_LANES)*ACT_BITS-1:0] x_held_q;
      reg  [(LANES-VECTOR_LANES)*RESIDUAL_BITS-1:0]       r_held_q;
      assign x_wr_data_o = { x_results, x_held_q };
      assign r_wr_data_o = { r_results, r_held_q };
      always @(posedge clk_i) begin
        if (out_en) begin
          x_held_q <= x_wr_data_o[LANES*ACT_BITS-1:VECTOR_LANES*ACT_BITS];
          r_held_q <= r_wr_data_o[LANES*RESIDUAL_BITS-1:VECTOR_LANES*RESIDUAL_BITS];
        end
      end
    end else begin : gen_each
      assign x_wr_data_o  = x_results;
      assign r_wr_data_o  = r_results;
    end
  endgenerate

  // Both sums of a lane lie in one word, the lower is S1; a table of scales for each datapath.
  localparam SUMS_BITS   = SUM1_BITS + SUM2_BITS;
  localparam SCALE_ENTRY = NORM_SHIFT_BITS + RSQRT_BITS;
  wire [LANES*SUMS_BITS-1:0]    sums;
  wire [LANES*SUMS_BITS-1:0]    sums_next;
  wire [VECTOR_LANES-1:0]       solved_here;
  wire [VECTOR_LANES*SCALE_ENTRY-1:0] scales;
  trex_ram_1r1w #(.WORD_BITS(LANES*SUMS_BITS), .DEPTH(PASSES), .LANE_BITS(LANES*SUMS_BITS), .READ_CYCLES(0)) u_sums (
    .clk_i(clk_i), .wr_en_i(sum_en), .wr_addr_i(sum_pass), .wr_lanes_i(1'b1), .wr_data_i(sums_next),
    .rd_en_i(1'b1), .rd_addr_i(sum_pass), .rd_data_o(sums)
  );
  trex_ram_1r1w #(.WORD_BITS(VECTOR_LANES*SCALE_ENTRY), .DEPTH(PASSES*SHARE), .LANE_BITS(SCALE_ENTRY), .READ_CYCLES(0)) u_scales (
    .clk_i(clk_i), .wr_en_i(solve_valid_q[SOLVED-1]), .wr_addr_i(solved_at[ENTRY_BITS-1:0]), .wr_lanes_i(solved_here),
    .wr_data_i({VECTOR_LANES{half_bits5_q, scale_mantissa}}),
    .rd_en_i(1'b1), .rd_addr_i(scale_at[ENTRY_BITS-1:0]), .rd_data_o(scales)
  );

  genvar l;
  genvar t;
  generate
    // Sums, a lane each.
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      wire [SUM1_BITS-1:0]  sum1 = sums[l*SUMS_BITS +: SUM1_BITS];
      wire [SUM2_BITS-1:0]  sum2 = sums[l*SUMS_BITS+SUM1_BITS +: SUM2_BITS];

      integer               s;

      // The multiplier; in sweep 2 those of the first lanes work for the datapaths.
      wire [RESIDUAL_BITS-1:0]         own;
      wire [RESIDUAL_BITS-1:0]         value = seen_en_i ? seen_data_i[l*RESIDUAL_BITS +: RESIDUAL_BITS] : own;
      wire [RESIDUAL_BITS-1:0]         factor;  // of both: the value, or in sweep 2 d
      wire [RESIDUAL_BITS-1:0]         other;
      wire [30:0]           product;
      reg  [RESIDUAL_BITS*READ-1:0]    value_q;
      wire [RESIDUAL_BITS*(READ+1)-1:0] value_line = { value_q, value };
      wire [RESIDUAL_BITS-1:0]         multiplied  = value_line[RESIDUAL_BITS*EXTRA_STAGES +: RESIDUAL_BITS];
      wire [RESIDUAL_BITS-1:0]         value_later = value_line[RESIDUAL_BITS*READ +: RESIDUAL_BITS];
      wire [SUM1_BITS-1:0]  value_term = { {LOG_WIDTH{value_later[RESIDUAL_BITS-1]}}, value_later };
      wire [SUM2_BITS-1:0]  square_term = { {LOG_WIDTH{1'b0}}, product };

      if (l < VECTOR_LANES) begin : gen_lends
        wire [SHARE*RESIDUAL_BITS-1:0] values;  // of lanes l, l + VECTOR_LANES and so on, one a turn
        for (t = 0; t < SHARE; t = t + 1) begin : gen_turn
          assign values[t*RESIDUAL_BITS +: RESIDUAL_BITS] = r_rd_data_i[(t*VECTOR_LANES+l)*RESIDUAL_BITS +: RESIDUAL_BITS];
        end
        assign own   = (SHARE > 1) ? values[data_turn*RESIDUAL_BITS +: RESIDUAL_BITS] : values[0 +: RESIDUAL_BITS];
        assign other = (state_q != APPLY) ? value : plain_q ? { {(RESIDUAL_BITS-1){1'b0}}, 1'b1 } : { {(RESIDUAL_BITS-WIDTH_BITS){1'b0}}, features_q };
      end else begin : gen_keeps
        assign own   = r_rd_data_i[l*RESIDUAL_BITS +: RESIDUAL_BITS];
        assign other = value;
      end
      if (EXTRA_STAGES == 1) begin : gen_factor
        reg [RESIDUAL_BITS-1:0] other_q;
        always @(posedge clk_i) if (product_en[0]) other_q <= other;
        assign factor = other_q;
      end else begin : gen_factor
        assign factor = other;
      end

      always @(posedge clk_i) begin
        for (s = 0; s < READ; s = s + 1) begin
          if (product_en[s]) value_q[RESIDUAL_BITS*s +: RESIDUAL_BITS] <= value_line[RESIDUAL_BITS*s +: RESIDUAL_BITS];
        end
      end
      assign sums_next[l*SUMS_BITS +: SUM1_BITS] = value_term + (sum_first ? {SUM1_BITS{1'b0}} : sum1);
      assign sums_next[l*SUMS_BITS+SUM1_BITS +: SUM2_BITS] = square_term + (sum_first ? {SUM2_BITS{1'b0}} : sum2);

      trex_multiplier #(.A_BITS(RESIDUAL_BITS), .B_BITS(RESIDUAL_BITS), .OUT_BITS(2*RESIDUAL_BITS-1), .STAGES(MULTIPLIER_STAGES)) u_product (
        .clk_i(clk_i), .en_i(product_en[EXTRA_STAGES +: MULTIPLIER_STAGES]), .a_i(multiplied), .b_i(factor), .product_o(product)
      );

      assign sum1_of[l] = sum1;
      assign sum2_of[l] = sum2;
      assign scaled_of[l] = product[DIFF_BITS-1:0];
    end

    // Sweep 2.
    for (l = 0; l < VECTOR_LANES; l = l + 1) begin : gen_path
      localparam [31:0] PATH = l;
      wire [SHARE*SUM1_BITS-1:0] sums1;  // of lanes l, l + VECTOR_LANES and so on, one a turn
      for (t = 0; t < SHARE; t = t + 1) begin : gen_turn
        assign sums1[t*SUM1_BITS +: SUM1_BITS] = sum1_of[t*VECTOR_LANES+l];
      end
      wire [SUM1_BITS-1:0]  sum1 = (SHARE > 1) ? sums1[product_turn*SUM1_BITS +: SUM1_BITS] : sums1[0 +: SUM1_BITS];
      wire [SCALE_ENTRY-1:0] scale_read = plain_q ? PLAIN_SCALE : scales[l*SCALE_ENTRY +: SCALE_ENTRY];
      wire [SCALE_ENTRY-1:0] scale;
      if (EXTRA_STAGES == 1) begin : gen_scale
        reg [SCALE_ENTRY-1:0] scale_q;
        always @(posedge clk_i) if (valid_q[PRODUCT-1]) scale_q <= scale_read;
        assign scale = scale_q;
      end else begin : gen_scale
        assign scale = scale_read;
      end
      reg  signed [DIFF_BITS-1:0] diff_q;

      // Scaled, shifted, z, times gamma, plus beta, shifted, saturated.
      wire signed [SCALE_BITS-1:0] scaled;
      reg  [NORM_SHIFT_BITS*MULTIPLIER_STAGES-1:0] half_bits_q;
      wire [NORM_SHIFT_BITS*(MULTIPLIER_STAGES+1)-1:0] half_bits_line = { half_bits_q, scale[RSQRT_BITS +: NORM_SHIFT_BITS] };
      // One bit more than z before it is rounded; what needs more is saturated by the sign of the whole.
      wire [16:0]                  z_shifted;
      wire                         z_over;
      wire                         z_sign;
      reg  [16:0]                  z_shifted_q;
      reg                          z_over_q;
      reg                          scaled_sign_q;
      wire [17:0]                  z_doubled = { z_shifted_q[16], z_shifted_q } + 18'd1;
      reg  [15:0]                  normalized_q;
      localparam Z_GAMMA_BITS = 16 + 8;  // of the product of a normalized value and a gamma
      wire signed [Z_GAMMA_BITS-1:0] normalized_wide = { {8{normalized_q[15]}}, normalized_q };
      wire signed [Z_GAMMA_BITS-1:0] gamma_wide = { {16{gamma[7]}}, gamma };
      reg  signed [Z_GAMMA_BITS-1:0] scaled_z_q;
      wire signed [AFFINE_BITS-1:0] beta_wide = { {(AFFINE_BITS-8){beta_q[7]}}, beta_q };
      wire signed [AFFINE_BITS-1:0] beta_shifted = beta_wide <<< bias_shift_q;
      reg  signed [AFFINE_BITS-1:0] affine_q;  // a of eq. 14: z * gamma, and beta
      wire [ACT_BITS:0]            x_shifted;
      wire [16:0]                  r_shifted;
      wire                         x_over;
      wire                         r_over;
      wire                         affine_sign;
      wire                         unused_sign;  // the same again
      reg  [ACT_BITS:0]            x_shifted_q;
      reg  [16:0]                  r_shifted_q;
      reg                          x_over_q;
      reg                          r_over_q;
      reg                          affine_sign_q;
      wire [ACT_BITS+1:0]          x_doubled = { x_shifted_q[ACT_BITS], x_shifted_q } + 1'b1;
      wire [17:0]                  r_doubled = { r_shifted_q[16], r_shifted_q } + 18'd1;
      reg  [ACT_BITS-1:0]          x_result_q;
      reg  [RESIDUAL_BITS-1:0]    r_result_q;

      // Half of a doubled number of n + 2 bits fits n bits when its two highest bits are equal.
      wire normalized_fits = !z_over_q && (z_doubled[17] == z_doubled[16]);
      wire x_fits = !x_over_q && (x_doubled[ACT_BITS+1] == x_doubled[ACT_BITS]);
      wire r_fits = !r_over_q && (r_doubled[17] == r_doubled[16]);
      wire unused_half = &{ 1'b0, z_doubled[0], x_doubled[0], r_doubled[0] };

      always @(posedge clk_i) begin
        if (valid_q[PRODUCT-1]) diff_q <= scaled_of[l] - ({ {(DIFF_BITS-SUM1_BITS){sum1[SUM1_BITS-1]}}, sum1 } & {DIFF_BITS{centred_q}});
        if (state_q == APPLY) half_bits_q <= half_bits_line[NORM_SHIFT_BITS*MULTIPLIER_STAGES-1:0];
        if (valid_q[SHIFTED-1]) begin
          z_shifted_q <= z_shifted;
          z_over_q <= z_over;
          scaled_sign_q <= z_sign;
        end
        if (valid_q[SHIFTED]) normalized_q <= normalized_fits ? z_doubled[16:1] : { scaled_sign_q, {15{!scaled_sign_q}} };
        if (valid_q[NORMAL-1]) scaled_z_q <= normalized_wide * gamma_wide;
        if (valid_q[NORMAL]) affine_q <= { {(AFFINE_BITS-Z_GAMMA_BITS){scaled_z_q[Z_GAMMA_BITS-1]}}, scaled_z_q } + beta_shifted;
        if (valid_q[NORMAL+1+EXTRA_STAGES]) begin
          x_shifted_q <= x_shifted;
          x_over_q <= x_over;
          r_shifted_q <= r_shifted;
          r_over_q <= r_over;
          affine_sign_q <= affine_sign;
        end
        if (valid_q[NORMAL+2+EXTRA_STAGES]) x_result_q <= x_fits ? x_doubled[ACT_BITS:1] : { affine_sign_q, {(ACT_BITS-1){!affine_sign_q}} };
        if (valid_q[NORMAL+2+EXTRA_STAGES]) r_result_q <= r_fits ? r_doubled[16:1] : { affine_sign_q, {15{!affine_sign_q}} };
      end

      trex_fit_shift #(.IN_BITS(SCALE_BITS), .AMOUNT_BITS(NORM_SHIFT_BITS), .OUT_BITS(17), .STAGES(EXTRA_STAGES)) u_z_shift (
        .clk_i(clk_i), .en_i(valid_q[SCALED-1]), .value_i(scaled), .amount_i(half_bits_line[NORM_SHIFT_BITS*MULTIPLIER_STAGES +: NORM_SHIFT_BITS]),
        .value_o(z_shifted), .over_o(z_over), .sign_o(z_sign)
      );
      trex_fit_shift #(.IN_BITS(AFFINE_BITS), .AMOUNT_BITS(SHIFT_BITS), .OUT_BITS(ACT_BITS + 1), .STAGES(EXTRA_STAGES)) u_x_shift (
        .clk_i(clk_i), .en_i(valid_q[NORMAL+1]), .value_i(affine_q), .amount_i(x_shift_q),
        .value_o(x_shifted), .over_o(x_over), .sign_o(affine_sign)
      );
      trex_fit_shift #(.IN_BITS(AFFINE_BITS), .AMOUNT_BITS(SHIFT_BITS), .OUT_BITS(17), .STAGES(EXTRA_STAGES)) u_r_shift (
        .clk_i(clk_i), .en_i(valid_q[NORMAL+1]), .value_i(affine_q), .amount_i(r_shift_q),
        .value_o(r_shifted), .over_o(r_over), .sign_o(unused_sign)
      );
      trex_multiplier #(.A_BITS(DIFF_BITS), .B_BITS(RSQRT_BITS + 1), .OUT_BITS(SCALE_BITS), .STAGES(MULTIPLIER_STAGES)) u_scaled (
        .clk_i(clk_i), .en_i(valid_q[PRODUCT +: MULTIPLIER_STAGES]), .a_i(diff_q), .b_i({ 1'b0, scale[RSQRT_BITS-1:0] }), .product_o(scaled)
      );

      assign solved_here[l] = solved_path == PATH;
      assign x_results[l*ACT_BITS +: ACT_BITS] = x_result_q;
      assign r_results[l*RESIDUAL_BITS +: RESIDUAL_BITS] = r_result_q;
    end
  endgenerate

  // Results leave in the order in which they were asked for: a second walk makes their addresses.
  reg  [ADDR_BITS-1:0] out_row_q;
  reg  [PASS_BITS-1:0] out_pass_q;
  reg  [WIDTH_BITS-1:0] out_features_q;
  wire [USED_BITS-1:0] out_next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, out_pass_q } + 1'b1;
  wire out_word = out_en && (out_turn_q == LAST_TURN);
  wire out_last = out_next_pass == passes_q;

  always @(posedge clk_i) begin
    if (state_q == SOLVE) begin
      out_row_q <= {ADDR_BITS{1'b0}};
      out_pass_q <= {PASS_BITS{1'b0}};
      out_features_q <= {WIDTH_BITS{1'b0}};
      out_turn_q <= {TURN_BITS{1'b0}};
    end else if (out_en && !out_word) begin
      out_turn_q <= out_turn_q + 1'b1;
    end else if (out_en) begin
      out_turn_q <= {TURN_BITS{1'b0}};
      out_pass_q <= out_last ? {PASS_BITS{1'b0}} : out_next_pass[PASS_BITS-1:0];
      if (out_last) out_row_q <= out_row_q + PASSES[ADDR_BITS-1:0];
      if (out_last) out_features_q <= out_features_q + 1'b1;
    end
  end
  assign features_o = out_features_q;
  assign x_wr_en_o = out_word;
  assign x_wr_addr_o = out_row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, out_pass_q };
  assign r_wr_en_o = out_word && write_back_q;
  assign r_wr_addr_o = x_wr_addr_o;
endmodule
`default_nettype wire
