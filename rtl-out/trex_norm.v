// LayerNorm of all lanes: two sweeps over memory R, one token statistic a cycle between them. What the epilogue writes
// to R is summed on its way; a norm of exactly those features begins with the solver.
//
//   sweep 1   S1 = sum R, S2 = sum R^2                                          (eq. 11)
//   solve     var = d * S2 - S1^2, h = ceil(bitlength(var) / 2), g = table[u]   (eq. 11, 12)
//   sweep 2   z = sat_16(((d * R - S1) * g + 2^h) >> (h + 1))                   (eq. 13)
//             x = sat_A(rq(a, 1, s)), r = sat_16(rq(a, 1, s2)), a = z * gamma + (beta << bias_shift)   (eq. 14, 15), A = ACT_BITS
//
// (v + 2^n) >> (n + 1) is written ((v >> n) + 1) >> 1: 0.5 -> 1, -0.5 -> 0, -1.5 -> -1. A token of equal values
// has var = 0 and d * R - S1 = 0, so z = 0 whatever the table says.
// Three multipliers a lane: R times R or d, the difference times g, z times gamma. Two shared: d * S2 and S1^2.
//
// Layout   element l of a bus belongs to lane l; address = feature * PASSES + pass
// Timing   r_rd_data_i one cycle after r_rd_en_o; x_wr_en_o 8 + 2M cycles after r_rd_en_o in sweep 2, M = MULTIPLIER_STAGES.
//          gamma_i and beta_i are taken with the first pass of their feature; while param_valid_i is low there, the
//          walk waits and what is under way goes on.
//            busy_o for 2 * d * passes + LANES * passes + 15 + 4M cycles, the waits besides; without sweep 1
//            d * passes + LANES * passes + 13 + 3M
//          applying_o in sweep 2; features_o says then how many features X holds for all passes, so that they may be read
//          while others are still under way
//          configuration inputs are taken with start_i; start_i is ignored while busy_o
//          seen_en_i only while not busy_o, the last one at least two cycles before start_i
// Reset    control only; statistics are undefined until swept
`default_nettype none
module trex_norm #(
  parameter LANES          = 8,
  parameter PASSES         = 16,
  parameter ACT_BITS       = 8,  // of a stored activation; 4 .. 8
  parameter MAX_WIDTH      = 128,  // largest d; 4 .. 2048
  parameter BIAS_SHIFT_MAX = 23,  // largest bias_shift_i; 16 .. 31
  parameter MULTIPLIER_STAGES = 1,  // 1 or 2
  // Derived; do not override.
  parameter WIDTH_BITS = $clog2(MAX_WIDTH + 1),
  parameter WORDS      = MAX_WIDTH * PASSES,
  parameter ADDR_BITS  = (WORDS > 1) ? $clog2(WORDS) : 1,
  parameter PASS_BITS  = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter USED_BITS  = $clog2(PASSES + 1),
  parameter LANE_BITS  = $clog2(LANES + 1),
  parameter LOG_WIDTH  = $clog2(MAX_WIDTH),
  parameter SUM1_BITS  = 16 + LOG_WIDTH,
  parameter SUM2_BITS  = 31 + LOG_WIDTH,
  parameter VAR_BITS   = 32 + 2 * LOG_WIDTH,
  parameter DIFF_BITS  = 17 + LOG_WIDTH,
  parameter SCALE_BITS = DIFF_BITS + 12,
  parameter SHIFT_BITS = 9 + BIAS_SHIFT_MAX
) (
  input  wire                  clk_i,
  input  wire                  rst_i,

  input  wire                  start_i,
  input  wire [WIDTH_BITS-1:0] d_i,
  input  wire [USED_BITS-1:0]  passes_i,  // passes in use, 1 .. PASSES
  input  wire [4:0]            bias_shift_i,
  input  wire [5:0]            s_i,
  input  wire [5:0]            s2_i,
  input  wire                  write_back_i,
  output wire                  busy_o,
  output wire                  applying_o,
  output wire [WIDTH_BITS-1:0] features_o,

  // words of R: written by the epilogue in the order of the walk, or by somebody else
  input  wire                  seen_en_i,
  input  wire [WIDTH_BITS-1:0] seen_feature_i,
  input  wire [PASS_BITS-1:0]  seen_pass_i,
  input  wire [LANES*16-1:0]   seen_data_i,
  input  wire                  unseen_i,

  input  wire                  param_valid_i,
  output wire                  param_ready_o,
  input  wire [7:0]            gamma_i,
  input  wire [7:0]            beta_i,

  output wire                  r_rd_en_o,
  output wire [ADDR_BITS-1:0]  r_rd_addr_o,
  input  wire [LANES*16-1:0]   r_rd_data_i,
  output wire                  r_wr_en_o,
  output wire [ADDR_BITS-1:0]  r_wr_addr_o,
  output wire [LANES*16-1:0]   r_wr_data_o,
  output wire                  x_wr_en_o,
  output wire [ADDR_BITS-1:0]  x_wr_addr_o,
  output wire [LANES*ACT_BITS-1:0] x_wr_data_o
);
  localparam [1:0] IDLE  = 2'd0;
  localparam [1:0] SUM   = 2'd1;
  localparam [1:0] SOLVE = 2'd2;
  localparam [1:0] APPLY = 2'd3;
  // Cycles from the read of a word, with its data in cycle 1: to R times R or d; to the scaled difference; to z; to x.
  localparam PRODUCT = 1 + MULTIPLIER_STAGES;
  localparam SCALED  = PRODUCT + 1 + MULTIPLIER_STAGES;
  localparam NORMAL  = SCALED + 2;
  localparam RESULT  = NORMAL + 4;
  localparam SOLVED  = 4 + MULTIPLIER_STAGES;  // from a token's sums to its entry of the table

  reg [1:0]            state_q;
  reg                  walking_q;
  reg [WIDTH_BITS-1:0] d_q;
  reg [USED_BITS-1:0]  passes_q;
  reg [4:0]            bias_shift_q;
  reg [5:0]            x_shift_q;
  reg [5:0]            r_shift_q;
  reg                  write_back_q;

  // The walk over features and passes; in SOLVE the same pass counter steps once a LANES cycles.
  reg [WIDTH_BITS-1:0] feature_q;
  reg [PASS_BITS-1:0]  pass_q;
  reg [LANE_BITS-1:0]  lane_q;
  reg [ADDR_BITS-1:0]  row_q;
  // Bit k: a word was asked for k + 1 cycles ago, or a token entered the solver.
  reg [RESULT-1:0]     valid_q;
  reg [SOLVED-1:0]     solve_valid_q;

  wire [USED_BITS-1:0] next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, pass_q } + 1'b1;
  wire first_pass    = pass_q == {PASS_BITS{1'b0}};
  wire last_pass     = next_pass == passes_q;
  wire last_feature  = feature_q + 1'b1 == d_q;
  wire last_lane     = lane_q == LANES[LANE_BITS-1:0] - 1'b1;
  wire waiting       = state_q == APPLY && first_pass && !param_valid_i;
  wire ask           = walking_q && (state_q == SUM || state_q == APPLY) && !waiting;
  wire solving       = walking_q && state_q == SOLVE;
  wire sum_drained   = !walking_q && !(|valid_q[PRODUCT-1:0]);
  wire solve_drained = !walking_q && !(|solve_valid_q);
  wire apply_drained = !walking_q && !(|valid_q[RESULT-2:0]);
  wire restart       = (state_q == SUM && sum_drained) || (state_q == SOLVE && solve_drained);

  // The sums are of features 0 .. seen_next_q - 1 of what R holds.
  reg                  seen_all_q;
  reg [WIDTH_BITS-1:0] seen_next_q;
  reg [MULTIPLIER_STAGES-1:0]           seen_q;
  reg [MULTIPLIER_STAGES-1:0]           seen_first_q;
  reg [MULTIPLIER_STAGES*PASS_BITS-1:0] seen_pass_q;
  wire seen_feature_0 = seen_feature_i == {WIDTH_BITS{1'b0}};
  wire summed         = seen_all_q && seen_next_q == d_i;
  wire [MULTIPLIER_STAGES:0]               seen_line       = { seen_q, seen_en_i };
  wire [MULTIPLIER_STAGES:0]               seen_first_line = { seen_first_q, seen_feature_0 };
  wire [(MULTIPLIER_STAGES+1)*PASS_BITS-1:0] seen_pass_line = { seen_pass_q, seen_pass_i };
  wire                                     seen_sum        = seen_line[MULTIPLIER_STAGES];

  always @(posedge clk_i) begin
    seen_q <= seen_line[MULTIPLIER_STAGES-1:0];
    seen_first_q <= seen_first_line[MULTIPLIER_STAGES-1:0];
    seen_pass_q <= seen_pass_line[MULTIPLIER_STAGES*PASS_BITS-1:0];
    if (seen_en_i && seen_pass_i == {PASS_BITS{1'b0}}) begin
      seen_next_q <= seen_feature_i + 1'b1;
      seen_all_q <= seen_feature_0 || (seen_all_q && seen_feature_i == seen_next_q);
    end
    if (unseen_i || r_wr_en_o || state_q == SUM) seen_all_q <= 1'b0;
    if (rst_i) begin
      seen_q <= {MULTIPLIER_STAGES{1'b0}};
      seen_all_q <= 1'b0;
    end
  end

  assign busy_o = state_q != IDLE;
  assign applying_o = state_q == APPLY;
  assign param_ready_o = walking_q && state_q == APPLY && first_pass;
  assign r_rd_en_o = ask;
  assign r_rd_addr_o = row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, pass_q };

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: if (start_i) state_q <= summed ? SOLVE : SUM;
      SUM: if (sum_drained) state_q <= SOLVE;
      SOLVE: if (solve_drained) state_q <= APPLY;
      default: if (apply_drained) state_q <= IDLE;
    endcase
    if (state_q == IDLE && start_i) begin
      d_q <= d_i;
      passes_q <= passes_i;
      bias_shift_q <= bias_shift_i;
      x_shift_q <= s_i - 6'd1;
      r_shift_q <= s2_i - 6'd1;
      write_back_q <= write_back_i;
    end
    if ((state_q == IDLE && start_i) || restart) begin
      walking_q <= 1'b1;
      feature_q <= {WIDTH_BITS{1'b0}};
      pass_q <= {PASS_BITS{1'b0}};
      lane_q <= {LANE_BITS{1'b0}};
      row_q <= {ADDR_BITS{1'b0}};
    end else if (ask) begin
      pass_q <= last_pass ? {PASS_BITS{1'b0}} : next_pass[PASS_BITS-1:0];
      if (last_pass) feature_q <= feature_q + 1'b1;
      if (last_pass) row_q <= row_q + PASSES[ADDR_BITS-1:0];
      if (last_pass && last_feature) walking_q <= 1'b0;
    end else if (solving) begin
      lane_q <= last_lane ? {LANE_BITS{1'b0}} : lane_q + 1'b1;
      if (last_lane) pass_q <= next_pass[PASS_BITS-1:0];
      if (last_lane && last_pass) walking_q <= 1'b0;
    end
    valid_q <= { valid_q[RESULT-2:0], ask };
    solve_valid_q <= { solve_valid_q[SOLVED-2:0], solving };
    if (rst_i) begin
      state_q <= IDLE;
      walking_q <= 1'b0;
      valid_q <= {RESULT{1'b0}};
      solve_valid_q <= {SOLVED{1'b0}};
    end
  end

  // What travels beside the words: place k holds what was asked for k + 1 cycles ago.
  reg [(PRODUCT+1)*PASS_BITS-1:0] pass_line_q;
  reg [PRODUCT-1:0]               first_q;
  reg [15:0]                      param_q;
  reg [(NORMAL-1)*16-1:0]         param_line_q;
  reg [7:0]                       beta_q;
  wire [PASS_BITS-1:0] product_pass = pass_line_q[(PRODUCT-1)*PASS_BITS +: PASS_BITS];
  wire [PASS_BITS-1:0] scale_pass   = pass_line_q[PRODUCT*PASS_BITS +: PASS_BITS];
  wire [7:0]           gamma        = param_line_q[(NORMAL-2)*16 +: 8];

  always @(posedge clk_i) begin
    pass_line_q <= { pass_line_q[PRODUCT*PASS_BITS-1:0], pass_q };
    first_q <= { first_q[PRODUCT-2:0], feature_q == {WIDTH_BITS{1'b0}} };
    if (param_valid_i && param_ready_o) param_q <= { beta_i, gamma_i };
    param_line_q <= { param_line_q[(NORMAL-2)*16-1:0], param_q };
    beta_q <= param_line_q[(NORMAL-2)*16+8 +: 8];
  end

  // The solver: one token a cycle. u keeps nine bits of var from an even position, so h is exact.
  reg [SOLVED*PASS_BITS-1:0] solve_pass_q;
  reg [SOLVED*LANE_BITS-1:0] solve_lane_q;
  wire [PASS_BITS-1:0]       solved_pass = solve_pass_q[(SOLVED-1)*PASS_BITS +: PASS_BITS];
  wire [LANE_BITS-1:0]       solved_lane = solve_lane_q[(SOLVED-1)*LANE_BITS +: LANE_BITS];
  wire [LANES*SUM1_BITS-1:0] sum1_all;
  wire [LANES*SUM2_BITS-1:0] sum2_all;
  reg  signed [SUM1_BITS-1:0] sum1_q;
  reg  [SUM2_BITS-1:0]  sum2_q;
  wire [VAR_BITS-1:0]   square;
  wire [VAR_BITS-1:0]   scaled2;
  reg  [VAR_BITS-1:0]   var_q;
  reg  [VAR_BITS-1:0]   var4_q;
  reg  [4:0]            h_d;
  reg  [4:0]            h4_q;
  reg  [4:0]            h5_q;
  wire [VAR_BITS+8:0]   var_padded = { var4_q, 9'd0 };
  reg  [8:0]            u_q;
  reg  [11:0]           g_d;

  integer i;
  always @* begin
    h_d = 5'd0;
    for (i = 0; i < VAR_BITS / 2; i = i + 1) begin
      if (|var_q[2*i +: 2]) h_d = i[4:0] + 5'd1;
    end
  end

  always @* begin
    case (u_q)
      9'd128: g_d = 12'd4088;
      9'd129: g_d = 12'd4072;
      9'd130: g_d = 12'd4057;
      9'd131: g_d = 12'd4041;
      9'd132: g_d = 12'd4026;
      9'd133: g_d = 12'd4011;
      9'd134: g_d = 12'd3996;
      9'd135: g_d = 12'd3981;
      9'd136: g_d = 12'd3966;
      9'd137: g_d = 12'd3952;
      9'd138: g_d = 12'd3938;
      9'd139: g_d = 12'd3924;
      9'd140: g_d = 12'd3910;
      9'd141: g_d = 12'd3896;
      9'd142: g_d = 12'd3882;
      9'd143: g_d = 12'd3868;
      9'd144: g_d = 12'd3855;
      9'd145: g_d = 12'd3842;
      9'd146: g_d = 12'd3829;
      9'd147: g_d = 12'd3816;
      9'd148: g_d = 12'd3803;
      9'd149: g_d = 12'd3790;
      9'd150: g_d = 12'd3777;
      9'd151: g_d = 12'd3765;
      9'd152: g_d = 12'd3753;
      9'd153: g_d = 12'd3740;
      9'd154: g_d = 12'd3728;
      9'd155: g_d = 12'd3716;
      9'd156: g_d = 12'd3704;
      9'd157: g_d = 12'd3693;
      9'd158: g_d = 12'd3681;
      9'd159: g_d = 12'd3669;
      9'd160: g_d = 12'd3658;
      9'd161: g_d = 12'd3647;
      9'd162: g_d = 12'd3635;
      9'd163: g_d = 12'd3624;
      9'd164: g_d = 12'd3613;
      9'd165: g_d = 12'd3602;
      9'd166: g_d = 12'd3591;
      9'd167: g_d = 12'd3581;
      9'd168: g_d = 12'd3570;
      9'd169: g_d = 12'd3559;
      9'd170: g_d = 12'd3549;
      9'd171: g_d = 12'd3539;
      9'd172: g_d = 12'd3528;
      9'd173: g_d = 12'd3518;
      9'd174: g_d = 12'd3508;
      9'd175: g_d = 12'd3498;
      9'd176: g_d = 12'd3488;
      9'd177: g_d = 12'd3478;
      9'd178: g_d = 12'd3469;
      9'd179: g_d = 12'd3459;
      9'd180: g_d = 12'd3449;
      9'd181: g_d = 12'd3440;
      9'd182: g_d = 12'd3430;
      9'd183: g_d = 12'd3421;
      9'd184: g_d = 12'd3412;
      9'd185: g_d = 12'd3402;
      9'd186: g_d = 12'd3393;
      9'd187: g_d = 12'd3384;
      9'd188: g_d = 12'd3375;
      9'd189: g_d = 12'd3366;
      9'd190: g_d = 12'd3358;
      9'd191: g_d = 12'd3349;
      9'd192: g_d = 12'd3340;
      9'd193: g_d = 12'd3331;
      9'd194: g_d = 12'd3323;
      9'd195: g_d = 12'd3314;
      9'd196: g_d = 12'd3306;
      9'd197: g_d = 12'd3297;
      9'd198: g_d = 12'd3289;
      9'd199: g_d = 12'd3281;
      9'd200: g_d = 12'd3273;
      9'd201: g_d = 12'd3265;
      9'd202: g_d = 12'd3257;
      9'd203: g_d = 12'd3248;
      9'd204: g_d = 12'd3241;
      9'd205: g_d = 12'd3233;
      9'd206: g_d = 12'd3225;
      9'd207: g_d = 12'd3217;
      9'd208: g_d = 12'd3209;
      9'd209: g_d = 12'd3202;
      9'd210: g_d = 12'd3194;
      9'd211: g_d = 12'd3186;
      9'd212: g_d = 12'd3179;
      9'd213: g_d = 12'd3172;
      9'd214: g_d = 12'd3164;
      9'd215: g_d = 12'd3157;
      9'd216: g_d = 12'd3149;
      9'd217: g_d = 12'd3142;
      9'd218: g_d = 12'd3135;
      9'd219: g_d = 12'd3128;
      9'd220: g_d = 12'd3121;
      9'd221: g_d = 12'd3114;
      9'd222: g_d = 12'd3107;
      9'd223: g_d = 12'd3100;
      9'd224: g_d = 12'd3093;
      9'd225: g_d = 12'd3086;
      9'd226: g_d = 12'd3079;
      9'd227: g_d = 12'd3072;
      9'd228: g_d = 12'd3066;
      9'd229: g_d = 12'd3059;
      9'd230: g_d = 12'd3052;
      9'd231: g_d = 12'd3046;
      9'd232: g_d = 12'd3039;
      9'd233: g_d = 12'd3033;
      9'd234: g_d = 12'd3026;
      9'd235: g_d = 12'd3020;
      9'd236: g_d = 12'd3013;
      9'd237: g_d = 12'd3007;
      9'd238: g_d = 12'd3001;
      9'd239: g_d = 12'd2994;
      9'd240: g_d = 12'd2988;
      9'd241: g_d = 12'd2982;
      9'd242: g_d = 12'd2976;
      9'd243: g_d = 12'd2970;
      9'd244: g_d = 12'd2964;
      9'd245: g_d = 12'd2958;
      9'd246: g_d = 12'd2952;
      9'd247: g_d = 12'd2946;
      9'd248: g_d = 12'd2940;
      9'd249: g_d = 12'd2934;
      9'd250: g_d = 12'd2928;
      9'd251: g_d = 12'd2922;
      9'd252: g_d = 12'd2916;
      9'd253: g_d = 12'd2911;
      9'd254: g_d = 12'd2905;
      9'd255: g_d = 12'd2899;
      9'd256: g_d = 12'd2893;
      9'd257: g_d = 12'd2888;
      9'd258: g_d = 12'd2882;
      9'd259: g_d = 12'd2877;
      9'd260: g_d = 12'd2871;
      9'd261: g_d = 12'd2866;
      9'd262: g_d = 12'd2860;
      9'd263: g_d = 12'd2855;
      9'd264: g_d = 12'd2849;
      9'd265: g_d = 12'd2844;
      9'd266: g_d = 12'd2839;
      9'd267: g_d = 12'd2833;
      9'd268: g_d = 12'd2828;
      9'd269: g_d = 12'd2823;
      9'd270: g_d = 12'd2818;
      9'd271: g_d = 12'd2812;
      9'd272: g_d = 12'd2807;
      9'd273: g_d = 12'd2802;
      9'd274: g_d = 12'd2797;
      9'd275: g_d = 12'd2792;
      9'd276: g_d = 12'd2787;
      9'd277: g_d = 12'd2782;
      9'd278: g_d = 12'd2777;
      9'd279: g_d = 12'd2772;
      9'd280: g_d = 12'd2767;
      9'd281: g_d = 12'd2762;
      9'd282: g_d = 12'd2757;
      9'd283: g_d = 12'd2752;
      9'd284: g_d = 12'd2747;
      9'd285: g_d = 12'd2743;
      9'd286: g_d = 12'd2738;
      9'd287: g_d = 12'd2733;
      9'd288: g_d = 12'd2728;
      9'd289: g_d = 12'd2724;
      9'd290: g_d = 12'd2719;
      9'd291: g_d = 12'd2714;
      9'd292: g_d = 12'd2710;
      9'd293: g_d = 12'd2705;
      9'd294: g_d = 12'd2700;
      9'd295: g_d = 12'd2696;
      9'd296: g_d = 12'd2691;
      9'd297: g_d = 12'd2687;
      9'd298: g_d = 12'd2682;
      9'd299: g_d = 12'd2678;
      9'd300: g_d = 12'd2673;
      9'd301: g_d = 12'd2669;
      9'd302: g_d = 12'd2664;
      9'd303: g_d = 12'd2660;
      9'd304: g_d = 12'd2656;
      9'd305: g_d = 12'd2651;
      9'd306: g_d = 12'd2647;
      9'd307: g_d = 12'd2643;
      9'd308: g_d = 12'd2638;
      9'd309: g_d = 12'd2634;
      9'd310: g_d = 12'd2630;
      9'd311: g_d = 12'd2626;
      9'd312: g_d = 12'd2621;
      9'd313: g_d = 12'd2617;
      9'd314: g_d = 12'd2613;
      9'd315: g_d = 12'd2609;
      9'd316: g_d = 12'd2605;
      9'd317: g_d = 12'd2601;
      9'd318: g_d = 12'd2597;
      9'd319: g_d = 12'd2593;
      9'd320: g_d = 12'd2589;
      9'd321: g_d = 12'd2584;
      9'd322: g_d = 12'd2580;
      9'd323: g_d = 12'd2576;
      9'd324: g_d = 12'd2573;
      9'd325: g_d = 12'd2569;
      9'd326: g_d = 12'd2565;
      9'd327: g_d = 12'd2561;
      9'd328: g_d = 12'd2557;
      9'd329: g_d = 12'd2553;
      9'd330: g_d = 12'd2549;
      9'd331: g_d = 12'd2545;
      9'd332: g_d = 12'd2541;
      9'd333: g_d = 12'd2538;
      9'd334: g_d = 12'd2534;
      9'd335: g_d = 12'd2530;
      9'd336: g_d = 12'd2526;
      9'd337: g_d = 12'd2522;
      9'd338: g_d = 12'd2519;
      9'd339: g_d = 12'd2515;
      9'd340: g_d = 12'd2511;
      9'd341: g_d = 12'd2508;
      9'd342: g_d = 12'd2504;
      9'd343: g_d = 12'd2500;
      9'd344: g_d = 12'd2497;
      9'd345: g_d = 12'd2493;
      9'd346: g_d = 12'd2490;
      9'd347: g_d = 12'd2486;
      9'd348: g_d = 12'd2482;
      9'd349: g_d = 12'd2479;
      9'd350: g_d = 12'd2475;
      9'd351: g_d = 12'd2472;
      9'd352: g_d = 12'd2468;
      9'd353: g_d = 12'd2465;
      9'd354: g_d = 12'd2461;
      9'd355: g_d = 12'd2458;
      9'd356: g_d = 12'd2454;
      9'd357: g_d = 12'd2451;
      9'd358: g_d = 12'd2447;
      9'd359: g_d = 12'd2444;
      9'd360: g_d = 12'd2441;
      9'd361: g_d = 12'd2437;
      9'd362: g_d = 12'd2434;
      9'd363: g_d = 12'd2431;
      9'd364: g_d = 12'd2427;
      9'd365: g_d = 12'd2424;
      9'd366: g_d = 12'd2421;
      9'd367: g_d = 12'd2417;
      9'd368: g_d = 12'd2414;
      9'd369: g_d = 12'd2411;
      9'd370: g_d = 12'd2408;
      9'd371: g_d = 12'd2404;
      9'd372: g_d = 12'd2401;
      9'd373: g_d = 12'd2398;
      9'd374: g_d = 12'd2395;
      9'd375: g_d = 12'd2391;
      9'd376: g_d = 12'd2388;
      9'd377: g_d = 12'd2385;
      9'd378: g_d = 12'd2382;
      9'd379: g_d = 12'd2379;
      9'd380: g_d = 12'd2376;
      9'd381: g_d = 12'd2373;
      9'd382: g_d = 12'd2369;
      9'd383: g_d = 12'd2366;
      9'd384: g_d = 12'd2363;
      9'd385: g_d = 12'd2360;
      9'd386: g_d = 12'd2357;
      9'd387: g_d = 12'd2354;
      9'd388: g_d = 12'd2351;
      9'd389: g_d = 12'd2348;
      9'd390: g_d = 12'd2345;
      9'd391: g_d = 12'd2342;
      9'd392: g_d = 12'd2339;
      9'd393: g_d = 12'd2336;
      9'd394: g_d = 12'd2333;
      9'd395: g_d = 12'd2330;
      9'd396: g_d = 12'd2327;
      9'd397: g_d = 12'd2324;
      9'd398: g_d = 12'd2321;
      9'd399: g_d = 12'd2318;
      9'd400: g_d = 12'd2316;
      9'd401: g_d = 12'd2313;
      9'd402: g_d = 12'd2310;
      9'd403: g_d = 12'd2307;
      9'd404: g_d = 12'd2304;
      9'd405: g_d = 12'd2301;
      9'd406: g_d = 12'd2298;
      9'd407: g_d = 12'd2296;
      9'd408: g_d = 12'd2293;
      9'd409: g_d = 12'd2290;
      9'd410: g_d = 12'd2287;
      9'd411: g_d = 12'd2284;
      9'd412: g_d = 12'd2282;
      9'd413: g_d = 12'd2279;
      9'd414: g_d = 12'd2276;
      9'd415: g_d = 12'd2273;
      9'd416: g_d = 12'd2271;
      9'd417: g_d = 12'd2268;
      9'd418: g_d = 12'd2265;
      9'd419: g_d = 12'd2263;
      9'd420: g_d = 12'd2260;
      9'd421: g_d = 12'd2257;
      9'd422: g_d = 12'd2255;
      9'd423: g_d = 12'd2252;
      9'd424: g_d = 12'd2249;
      9'd425: g_d = 12'd2247;
      9'd426: g_d = 12'd2244;
      9'd427: g_d = 12'd2241;
      9'd428: g_d = 12'd2239;
      9'd429: g_d = 12'd2236;
      9'd430: g_d = 12'd2233;
      9'd431: g_d = 12'd2231;
      9'd432: g_d = 12'd2228;
      9'd433: g_d = 12'd2226;
      9'd434: g_d = 12'd2223;
      9'd435: g_d = 12'd2221;
      9'd436: g_d = 12'd2218;
      9'd437: g_d = 12'd2216;
      9'd438: g_d = 12'd2213;
      9'd439: g_d = 12'd2210;
      9'd440: g_d = 12'd2208;
      9'd441: g_d = 12'd2205;
      9'd442: g_d = 12'd2203;
      9'd443: g_d = 12'd2200;
      9'd444: g_d = 12'd2198;
      9'd445: g_d = 12'd2196;
      9'd446: g_d = 12'd2193;
      9'd447: g_d = 12'd2191;
      9'd448: g_d = 12'd2188;
      9'd449: g_d = 12'd2186;
      9'd450: g_d = 12'd2183;
      9'd451: g_d = 12'd2181;
      9'd452: g_d = 12'd2178;
      9'd453: g_d = 12'd2176;
      9'd454: g_d = 12'd2174;
      9'd455: g_d = 12'd2171;
      9'd456: g_d = 12'd2169;
      9'd457: g_d = 12'd2167;
      9'd458: g_d = 12'd2164;
      9'd459: g_d = 12'd2162;
      9'd460: g_d = 12'd2159;
      9'd461: g_d = 12'd2157;
      9'd462: g_d = 12'd2155;
      9'd463: g_d = 12'd2152;
      9'd464: g_d = 12'd2150;
      9'd465: g_d = 12'd2148;
      9'd466: g_d = 12'd2146;
      9'd467: g_d = 12'd2143;
      9'd468: g_d = 12'd2141;
      9'd469: g_d = 12'd2139;
      9'd470: g_d = 12'd2136;
      9'd471: g_d = 12'd2134;
      9'd472: g_d = 12'd2132;
      9'd473: g_d = 12'd2130;
      9'd474: g_d = 12'd2127;
      9'd475: g_d = 12'd2125;
      9'd476: g_d = 12'd2123;
      9'd477: g_d = 12'd2121;
      9'd478: g_d = 12'd2118;
      9'd479: g_d = 12'd2116;
      9'd480: g_d = 12'd2114;
      9'd481: g_d = 12'd2112;
      9'd482: g_d = 12'd2110;
      9'd483: g_d = 12'd2107;
      9'd484: g_d = 12'd2105;
      9'd485: g_d = 12'd2103;
      9'd486: g_d = 12'd2101;
      9'd487: g_d = 12'd2099;
      9'd488: g_d = 12'd2097;
      9'd489: g_d = 12'd2095;
      9'd490: g_d = 12'd2092;
      9'd491: g_d = 12'd2090;
      9'd492: g_d = 12'd2088;
      9'd493: g_d = 12'd2086;
      9'd494: g_d = 12'd2084;
      9'd495: g_d = 12'd2082;
      9'd496: g_d = 12'd2080;
      9'd497: g_d = 12'd2078;
      9'd498: g_d = 12'd2076;
      9'd499: g_d = 12'd2073;
      9'd500: g_d = 12'd2071;
      9'd501: g_d = 12'd2069;
      9'd502: g_d = 12'd2067;
      9'd503: g_d = 12'd2065;
      9'd504: g_d = 12'd2063;
      9'd505: g_d = 12'd2061;
      9'd506: g_d = 12'd2059;
      9'd507: g_d = 12'd2057;
      9'd508: g_d = 12'd2055;
      9'd509: g_d = 12'd2053;
      9'd510: g_d = 12'd2051;
      9'd511: g_d = 12'd2049;
      default: g_d = 12'd0;  // var = 0 only
    endcase
  end

  always @(posedge clk_i) begin
    sum1_q <= sum1_all[lane_q*SUM1_BITS +: SUM1_BITS];
    sum2_q <= sum2_all[lane_q*SUM2_BITS +: SUM2_BITS];
    var_q <= scaled2 - square;
    var4_q <= var_q;
    h4_q <= h_d;
    u_q <= var_padded[{ h4_q, 1'b0 } +: 9];
    h5_q <= h4_q;
    solve_pass_q <= { solve_pass_q[(SOLVED-1)*PASS_BITS-1:0], pass_q };
    solve_lane_q <= { solve_lane_q[(SOLVED-1)*LANE_BITS-1:0], lane_q };
  end

  trex_multiplier #(.A_BITS(SUM1_BITS), .B_BITS(SUM1_BITS), .OUT_BITS(VAR_BITS), .STAGES(MULTIPLIER_STAGES)) u_square (
    .clk_i(clk_i), .a_i(sum1_q), .b_i(sum1_q), .product_o(square)
  );
  trex_multiplier #(.A_BITS(SUM2_BITS + 1), .B_BITS(WIDTH_BITS + 1), .OUT_BITS(VAR_BITS), .STAGES(MULTIPLIER_STAGES)) u_scaled2 (
    .clk_i(clk_i), .a_i({ 1'b0, sum2_q }), .b_i({ 1'b0, d_q }), .product_o(scaled2)
  );

  wire                 sum_en = seen_sum || (state_q == SUM && valid_q[PRODUCT-1]);
  wire                 sum_first = seen_sum ? seen_first_line[MULTIPLIER_STAGES] : first_q[PRODUCT-1];
  wire [PASS_BITS-1:0] seen_sum_pass = seen_pass_line[MULTIPLIER_STAGES*PASS_BITS +: PASS_BITS];
  wire [PASS_BITS-1:0] sum_pass = (state_q == SOLVE) ? pass_q : (seen_sum ? seen_sum_pass : product_pass);

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      reg  [SUM1_BITS-1:0]  sum1_mem_q [0:PASSES-1];
      reg  [SUM2_BITS-1:0]  sum2_mem_q [0:PASSES-1];
      reg  [16:0]           scale_mem_q [0:PASSES-1];
      wire [SUM1_BITS-1:0]  sum1 = sum1_mem_q[sum_pass];
      wire [SUM2_BITS-1:0]  sum2 = sum2_mem_q[sum_pass];
      wire [16:0]           scale = scale_mem_q[scale_pass];

      // The shared multiplier; in sweep 2 the difference, else the sums.
      wire [15:0]           value = seen_en_i ? seen_data_i[l*16 +: 16] : r_rd_data_i[l*16 +: 16];
      wire [15:0]           other = (state_q == APPLY) ? { {(16-WIDTH_BITS){1'b0}}, d_q } : value;
      wire [30:0]           product;
      reg  [16*MULTIPLIER_STAGES-1:0] value_q;
      wire [16*(MULTIPLIER_STAGES+1)-1:0] value_line = { value_q, value };
      wire [15:0]           value_later = value_line[16*MULTIPLIER_STAGES +: 16];
      wire [SUM1_BITS-1:0]  value_term = { {LOG_WIDTH{value_later[15]}}, value_later };
      wire [SUM2_BITS-1:0]  square_term = { {LOG_WIDTH{1'b0}}, product };
      reg  signed [DIFF_BITS-1:0] diff_q;

      // Scaled, shifted, z, times gamma, plus beta, shifted, saturated.
      wire signed [SCALE_BITS-1:0] scaled;
      reg  [5*MULTIPLIER_STAGES-1:0] h_q;
      wire [5*(MULTIPLIER_STAGES+1)-1:0] h_line = { h_q, scale[16:12] };
      reg  signed [SCALE_BITS-1:0] shifted_q;
      wire signed [SCALE_BITS:0]   doubled = { shifted_q[SCALE_BITS-1], shifted_q } + { {SCALE_BITS{1'b0}}, 1'b1 };
      wire signed [SCALE_BITS:0]   rounded = doubled >>> 1;
      reg  [15:0]                  z_q;
      wire signed [23:0]           z_wide = { {8{z_q[15]}}, z_q };
      wire signed [23:0]           gamma_wide = { {16{gamma[7]}}, gamma };
      reg  signed [23:0]           scaled_z_q;
      wire signed [SHIFT_BITS-1:0] beta_wide = { {(SHIFT_BITS-8){beta_q[7]}}, beta_q };
      wire signed [SHIFT_BITS-1:0] beta_shifted = beta_wide <<< bias_shift_q;
      reg  signed [SHIFT_BITS-1:0] a_q;
      reg  signed [SHIFT_BITS-1:0] x_shifted_q;
      reg  signed [SHIFT_BITS-1:0] r_shifted_q;
      wire signed [SHIFT_BITS:0]   x_doubled = { x_shifted_q[SHIFT_BITS-1], x_shifted_q } + { {SHIFT_BITS{1'b0}}, 1'b1 };
      wire signed [SHIFT_BITS:0]   r_doubled = { r_shifted_q[SHIFT_BITS-1], r_shifted_q } + { {SHIFT_BITS{1'b0}}, 1'b1 };
      reg  [ACT_BITS-1:0]          x_q;
      reg  [15:0]                  r_q;

      // A number fits n bits when everything from bit n-1 up is its sign; half of a doubled one from bit n up.
      wire z_fits = (&rounded[SCALE_BITS:15]) || !(|rounded[SCALE_BITS:15]);
      wire x_fits = (&x_doubled[SHIFT_BITS:ACT_BITS]) || !(|x_doubled[SHIFT_BITS:ACT_BITS]);
      wire r_fits = (&r_doubled[SHIFT_BITS:16]) || !(|r_doubled[SHIFT_BITS:16]);

      always @(posedge clk_i) begin
        value_q <= value_line[16*MULTIPLIER_STAGES-1:0];
        if (sum_en) begin
          sum1_mem_q[sum_pass] <= (sum_first ? {SUM1_BITS{1'b0}} : sum1) + value_term;
          sum2_mem_q[sum_pass] <= (sum_first ? {SUM2_BITS{1'b0}} : sum2) + square_term;
        end
        if (solve_valid_q[SOLVED-1] && solved_lane == l) scale_mem_q[solved_pass] <= { h5_q, g_d };

        diff_q <= product[DIFF_BITS-1:0] - { {(DIFF_BITS-SUM1_BITS){sum1[SUM1_BITS-1]}}, sum1 };
        h_q <= h_line[5*MULTIPLIER_STAGES-1:0];
        shifted_q <= scaled >>> h_line[5*MULTIPLIER_STAGES +: 5];
        z_q <= z_fits ? rounded[15:0] : { rounded[SCALE_BITS], {15{!rounded[SCALE_BITS]}} };
        scaled_z_q <= z_wide * gamma_wide;
        a_q <= { {(SHIFT_BITS-24){scaled_z_q[23]}}, scaled_z_q } + beta_shifted;
        x_shifted_q <= a_q >>> x_shift_q;
        r_shifted_q <= a_q >>> r_shift_q;
        x_q <= x_fits ? x_doubled[ACT_BITS:1] : { x_doubled[SHIFT_BITS], {(ACT_BITS-1){!x_doubled[SHIFT_BITS]}} };
        r_q <= r_fits ? r_doubled[16:1] : { r_doubled[SHIFT_BITS], {15{!r_doubled[SHIFT_BITS]}} };
      end

      trex_multiplier #(.A_BITS(16), .B_BITS(16), .OUT_BITS(31), .STAGES(MULTIPLIER_STAGES)) u_product (
        .clk_i(clk_i), .a_i(value), .b_i(other), .product_o(product)
      );
      trex_multiplier #(.A_BITS(DIFF_BITS), .B_BITS(13), .OUT_BITS(SCALE_BITS), .STAGES(MULTIPLIER_STAGES)) u_scaled (
        .clk_i(clk_i), .a_i(diff_q), .b_i({ 1'b0, scale[11:0] }), .product_o(scaled)
      );

      assign sum1_all[l*SUM1_BITS +: SUM1_BITS] = sum1;
      assign sum2_all[l*SUM2_BITS +: SUM2_BITS] = sum2;
      assign x_wr_data_o[l*ACT_BITS +: ACT_BITS] = x_q;
      assign r_wr_data_o[l*16 +: 16] = r_q;
    end
  endgenerate

  // Results leave in the order in which they were asked for: a second walk makes their addresses.
  reg  [ADDR_BITS-1:0] out_row_q;
  reg  [PASS_BITS-1:0] out_pass_q;
  reg  [WIDTH_BITS-1:0] out_features_q;
  wire [USED_BITS-1:0] out_next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, out_pass_q } + 1'b1;
  wire out_en   = valid_q[RESULT-1] && state_q == APPLY;
  wire out_last = out_next_pass == passes_q;

  always @(posedge clk_i) begin
    if (state_q == SOLVE) begin
      out_row_q <= {ADDR_BITS{1'b0}};
      out_pass_q <= {PASS_BITS{1'b0}};
      out_features_q <= {WIDTH_BITS{1'b0}};
    end else if (out_en) begin
      out_pass_q <= out_last ? {PASS_BITS{1'b0}} : out_next_pass[PASS_BITS-1:0];
      if (out_last) out_row_q <= out_row_q + PASSES[ADDR_BITS-1:0];
      if (out_last) out_features_q <= out_features_q + 1'b1;
    end
  end
  assign features_o = out_features_q;
  assign x_wr_en_o = out_en;
  assign x_wr_addr_o = out_row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, out_pass_q };
  assign r_wr_en_o = out_en && write_back_q;
  assign r_wr_addr_o = x_wr_addr_o;
endmodule
`default_nettype wire
