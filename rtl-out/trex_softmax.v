// Softmax of all lanes on the score memory: the largest score of each token is followed while scores are written,
// then one walk turns scores into p, and a short one turns their sums into reciprocals.
//
//   observe   top = max over valid keys                                                   (eq. 17)
//   walk      D = top - score, n = D >> 5, p = n < 8 ? (table[D & 31] + 2^(7+n)) >> (8+n) : 0,  0 for an invalid key
//             uniform: p = 1 for a valid key                                              (eq. 20)
//   solve     sum = sum of p, b = bitlength(sum), r = table[w - 256], 1/sum = r * 2^(-9-b)   (eq. 18)
//
// A token without a valid key has sum = 0 and gets r = 0, b = 0. There is no multiplier.
//
// Layout   element l of a bus belongs to lane l; address = key * PASSES + pass; p in the low 8 bits of a score's 12
// Timing   busy_o for keys * passes + LANES * passes + 8 cycles from start_i on, uniform or not; walking_o until every p has
//          been written: then the memory is free, and only reciprocals are still to come
//          cycle   n                       n+1                n+4
//                  key_o, pass_o, rd_en_o  rd_data_i, mask_i  wr_*: p of wr_key_o and wr_pass_o, in the order of the walk
//          The caller registers key_o and pass_o and makes mask_i of them.
//          observe_*_i: one word a cycle; observe_clear_i comes with or before the first word, and not while walking_o.
//          Words are observed before start_i, at the latest in the same cycle.
//          query_pass_i -> recip_o, shift_o one cycle later; they stand until the next start_i
// Reset    control only; reciprocals are undefined until solved
`default_nettype none
module trex_softmax #(
  parameter LANES    = 8,
  parameter PASSES   = 16,
  parameter MAX_KEYS = 128,  // 2 .. 4095
  // Derived; do not override.
  parameter WORDS     = MAX_KEYS * PASSES,
  parameter ADDR_BITS = $clog2(WORDS),
  parameter PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter USED_BITS = $clog2(PASSES + 1),
  parameter LANE_BITS = $clog2(LANES + 1),
  parameter SUM_BITS  = 7 + $clog2(MAX_KEYS)
) (
  input  wire                 clk_i,
  input  wire                 rst_i,

  input  wire                 observe_clear_i,
  input  wire                 observe_valid_i,
  input  wire [PASS_BITS-1:0] observe_pass_i,
  input  wire [LANES-1:0]     observe_mask_i,
  input  wire [LANES*12-1:0]  observe_data_i,

  input  wire                 start_i,
  input  wire                 start_uniform_i,  // with start_i: uniform weights
  input  wire [11:0]          keys_i,           // 1 .. MAX_KEYS
  input  wire [USED_BITS-1:0] passes_i,         // passes in use, 1 .. PASSES
  output wire                 busy_o,
  output wire                 walking_o,

  output wire [11:0]          key_o,
  output wire [PASS_BITS-1:0] pass_o,
  input  wire [LANES-1:0]     mask_i,

  output wire                 rd_en_o,
  output wire [ADDR_BITS-1:0] rd_addr_o,
  input  wire [LANES*12-1:0]  rd_data_i,
  output wire                 wr_en_o,
  output wire [ADDR_BITS-1:0] wr_addr_o,
  output wire [LANES*12-1:0]  wr_data_o,
  output wire [11:0]          wr_key_o,
  output wire [PASS_BITS-1:0] wr_pass_o,

  input  wire [PASS_BITS-1:0] query_pass_i,
  output wire [LANES*11-1:0]  recip_o,
  output wire [LANES*6-1:0]   shift_o
);
  localparam [1:0] IDLE  = 2'd0;
  localparam [1:0] WALK  = 2'd1;
  localparam [1:0] SOLVE = 2'd2;

  reg [1:0]           state_q;
  reg                 walking_q;
  reg                 uniform_q;
  reg [11:0]          keys_q;
  reg [USED_BITS-1:0] passes_q;
  reg [11:0]          key_q;
  reg [PASS_BITS-1:0] pass_q;
  reg [LANE_BITS-1:0] lane_q;
  reg [ADDR_BITS-1:0] row_q;
  // Bit k: a word was asked for k + 1 cycles ago, or a token entered the solver.
  reg [3:0]           valid_q;
  reg [1:0]           solve_valid_q;

  wire [USED_BITS-1:0] next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, pass_q } + 1'b1;
  wire last_pass     = next_pass == passes_q;
  wire last_key      = key_q + 1'b1 == keys_q;
  wire last_lane     = lane_q == LANES[LANE_BITS-1:0] - 1'b1;
  wire begin_walk    = state_q == IDLE && start_i;
  wire ask           = walking_q && state_q == WALK;
  wire solving       = walking_q && state_q == SOLVE;
  wire walk_drained  = !walking_q && !(|valid_q);
  wire solve_drained = !walking_q && !(|solve_valid_q);

  assign busy_o = state_q != IDLE;
  assign walking_o = state_q == WALK;
  assign key_o = key_q;
  assign pass_o = pass_q;
  assign rd_en_o = ask && !uniform_q;
  assign rd_addr_o = row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, pass_q };

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: if (begin_walk) state_q <= WALK;
      WALK: if (walk_drained) state_q <= SOLVE;
      default: if (solve_drained) state_q <= IDLE;
    endcase
    if (begin_walk) begin
      uniform_q <= start_uniform_i;
      keys_q <= keys_i;
      passes_q <= passes_i;
    end
    if (begin_walk || (state_q == WALK && walk_drained)) begin
      walking_q <= 1'b1;
      key_q <= 12'd0;
      pass_q <= {PASS_BITS{1'b0}};
      lane_q <= {LANE_BITS{1'b0}};
      row_q <= {ADDR_BITS{1'b0}};
    end else if (ask) begin
      pass_q <= last_pass ? {PASS_BITS{1'b0}} : next_pass[PASS_BITS-1:0];
      if (last_pass) key_q <= key_q + 1'b1;
      if (last_pass) row_q <= row_q + PASSES[ADDR_BITS-1:0];
      if (last_pass && last_key) walking_q <= 1'b0;
    end else if (solving) begin
      lane_q <= last_lane ? {LANE_BITS{1'b0}} : lane_q + 1'b1;
      if (last_lane) pass_q <= next_pass[PASS_BITS-1:0];
      if (last_lane && last_pass) walking_q <= 1'b0;
    end
    valid_q <= { valid_q[2:0], ask };
    solve_valid_q <= { solve_valid_q[0], solving };
    if (rst_i) begin
      state_q <= IDLE;
      walking_q <= 1'b0;
      valid_q <= 4'd0;
      solve_valid_q <= 2'd0;
    end
  end

  // What travels beside the words: stage k holds what was asked for k cycles ago.
  reg [ADDR_BITS-1:0] addr1_q;
  reg [ADDR_BITS-1:0] addr2_q;
  reg [ADDR_BITS-1:0] addr3_q;
  reg [ADDR_BITS-1:0] addr4_q;
  reg [PASS_BITS-1:0] pass1_q;
  reg [PASS_BITS-1:0] pass2_q;
  reg [PASS_BITS-1:0] pass3_q;
  reg [PASS_BITS-1:0] pass4_q;
  reg [3:0]           first_q;
  reg [11:0]          out_key_q;
  wire [USED_BITS-1:0] out_next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, pass4_q } + 1'b1;

  always @(posedge clk_i) begin
    addr1_q <= rd_addr_o;
    addr2_q <= addr1_q;
    addr3_q <= addr2_q;
    addr4_q <= addr3_q;
    pass1_q <= pass_q;
    pass2_q <= pass1_q;
    pass3_q <= pass2_q;
    pass4_q <= pass3_q;
    first_q <= { first_q[2:0], key_q == 12'd0 };
    if (begin_walk) out_key_q <= 12'd0;
    else if (valid_q[3] && (out_next_pass == passes_q)) out_key_q <= out_key_q + 12'd1;
  end
  assign wr_en_o = valid_q[3];
  assign wr_addr_o = addr4_q;
  assign wr_key_o = out_key_q;
  assign wr_pass_o = pass4_q;

  // The solver: one token a cycle, results two registers later.
  wire [LANES*SUM_BITS-1:0] sum_all;
  reg  [SUM_BITS-1:0]  sum_q;
  wire [SUM_BITS+6:0]  sum_padded = { sum_q[SUM_BITS-2:0], 8'd0 };
  reg  [5:0]           b_d;
  reg  [7:0]           w_d;
  reg  [5:0]           b_q;
  reg  [7:0]           w_q;
  reg  [10:0]          r_d;
  reg  [PASS_BITS-1:0] solve_pass1_q;
  reg  [PASS_BITS-1:0] solve_pass2_q;
  reg  [LANE_BITS-1:0] solve_lane1_q;
  reg  [LANE_BITS-1:0] solve_lane2_q;

  // The 8 bits below the leading one are w - 256.
  integer i;
  always @* begin
    b_d = 6'd0;
    w_d = 8'd0;
    for (i = 0; i < SUM_BITS; i = i + 1) begin
      if (sum_q[i]) b_d = i[5:0] + 6'd1;
      if (sum_q[i]) w_d = sum_padded[i +: 8];
    end
  end

  always @* begin
    case (w_q)
      8'd0: r_d = 11'd1022;
      8'd1: r_d = 11'd1018;
      8'd2: r_d = 11'd1014;
      8'd3: r_d = 11'd1010;
      8'd4: r_d = 11'd1006;
      8'd5: r_d = 11'd1002;
      8'd6: r_d = 11'd999;
      8'd7: r_d = 11'd995;
      8'd8: r_d = 11'd991;
      8'd9: r_d = 11'd987;
      8'd10: r_d = 11'd984;
      8'd11: r_d = 11'd980;
      8'd12: r_d = 11'd976;
      8'd13: r_d = 11'd973;
      8'd14: r_d = 11'd969;
      8'd15: r_d = 11'd966;
      8'd16: r_d = 11'd962;
      8'd17: r_d = 11'd958;
      8'd18: r_d = 11'd955;
      8'd19: r_d = 11'd952;
      8'd20: r_d = 11'd948;
      8'd21: r_d = 11'd945;
      8'd22: r_d = 11'd941;
      8'd23: r_d = 11'd938;
      8'd24: r_d = 11'd935;
      8'd25: r_d = 11'd931;
      8'd26: r_d = 11'd928;
      8'd27: r_d = 11'd925;
      8'd28: r_d = 11'd921;
      8'd29: r_d = 11'd918;
      8'd30: r_d = 11'd915;
      8'd31: r_d = 11'd912;
      8'd32: r_d = 11'd909;
      8'd33: r_d = 11'd906;
      8'd34: r_d = 11'd902;
      8'd35: r_d = 11'd899;
      8'd36: r_d = 11'd896;
      8'd37: r_d = 11'd893;
      8'd38: r_d = 11'd890;
      8'd39: r_d = 11'd887;
      8'd40: r_d = 11'd884;
      8'd41: r_d = 11'd881;
      8'd42: r_d = 11'd878;
      8'd43: r_d = 11'd875;
      8'd44: r_d = 11'd872;
      8'd45: r_d = 11'd869;
      8'd46: r_d = 11'd867;
      8'd47: r_d = 11'd864;
      8'd48: r_d = 11'd861;
      8'd49: r_d = 11'd858;
      8'd50: r_d = 11'd855;
      8'd51: r_d = 11'd853;
      8'd52: r_d = 11'd850;
      8'd53: r_d = 11'd847;
      8'd54: r_d = 11'd844;
      8'd55: r_d = 11'd842;
      8'd56: r_d = 11'd839;
      8'd57: r_d = 11'd836;
      8'd58: r_d = 11'd834;
      8'd59: r_d = 11'd831;
      8'd60: r_d = 11'd828;
      8'd61: r_d = 11'd826;
      8'd62: r_d = 11'd823;
      8'd63: r_d = 11'd820;
      8'd64: r_d = 11'd818;
      8'd65: r_d = 11'd815;
      8'd66: r_d = 11'd813;
      8'd67: r_d = 11'd810;
      8'd68: r_d = 11'd808;
      8'd69: r_d = 11'd805;
      8'd70: r_d = 11'd803;
      8'd71: r_d = 11'd800;
      8'd72: r_d = 11'd798;
      8'd73: r_d = 11'd796;
      8'd74: r_d = 11'd793;
      8'd75: r_d = 11'd791;
      8'd76: r_d = 11'd788;
      8'd77: r_d = 11'd786;
      8'd78: r_d = 11'd784;
      8'd79: r_d = 11'd781;
      8'd80: r_d = 11'd779;
      8'd81: r_d = 11'd777;
      8'd82: r_d = 11'd774;
      8'd83: r_d = 11'd772;
      8'd84: r_d = 11'd770;
      8'd85: r_d = 11'd768;
      8'd86: r_d = 11'd765;
      8'd87: r_d = 11'd763;
      8'd88: r_d = 11'd761;
      8'd89: r_d = 11'd759;
      8'd90: r_d = 11'd757;
      8'd91: r_d = 11'd754;
      8'd92: r_d = 11'd752;
      8'd93: r_d = 11'd750;
      8'd94: r_d = 11'd748;
      8'd95: r_d = 11'd746;
      8'd96: r_d = 11'd744;
      8'd97: r_d = 11'd742;
      8'd98: r_d = 11'd739;
      8'd99: r_d = 11'd737;
      8'd100: r_d = 11'd735;
      8'd101: r_d = 11'd733;
      8'd102: r_d = 11'd731;
      8'd103: r_d = 11'd729;
      8'd104: r_d = 11'd727;
      8'd105: r_d = 11'd725;
      8'd106: r_d = 11'd723;
      8'd107: r_d = 11'd721;
      8'd108: r_d = 11'd719;
      8'd109: r_d = 11'd717;
      8'd110: r_d = 11'd715;
      8'd111: r_d = 11'd713;
      8'd112: r_d = 11'd711;
      8'd113: r_d = 11'd709;
      8'd114: r_d = 11'd708;
      8'd115: r_d = 11'd706;
      8'd116: r_d = 11'd704;
      8'd117: r_d = 11'd702;
      8'd118: r_d = 11'd700;
      8'd119: r_d = 11'd698;
      8'd120: r_d = 11'd696;
      8'd121: r_d = 11'd694;
      8'd122: r_d = 11'd693;
      8'd123: r_d = 11'd691;
      8'd124: r_d = 11'd689;
      8'd125: r_d = 11'd687;
      8'd126: r_d = 11'd685;
      8'd127: r_d = 11'd684;
      8'd128: r_d = 11'd682;
      8'd129: r_d = 11'd680;
      8'd130: r_d = 11'd678;
      8'd131: r_d = 11'd677;
      8'd132: r_d = 11'd675;
      8'd133: r_d = 11'd673;
      8'd134: r_d = 11'd671;
      8'd135: r_d = 11'd670;
      8'd136: r_d = 11'd668;
      8'd137: r_d = 11'd666;
      8'd138: r_d = 11'd664;
      8'd139: r_d = 11'd663;
      8'd140: r_d = 11'd661;
      8'd141: r_d = 11'd659;
      8'd142: r_d = 11'd658;
      8'd143: r_d = 11'd656;
      8'd144: r_d = 11'd655;
      8'd145: r_d = 11'd653;
      8'd146: r_d = 11'd651;
      8'd147: r_d = 11'd650;
      8'd148: r_d = 11'd648;
      8'd149: r_d = 11'd646;
      8'd150: r_d = 11'd645;
      8'd151: r_d = 11'd643;
      8'd152: r_d = 11'd642;
      8'd153: r_d = 11'd640;
      8'd154: r_d = 11'd639;
      8'd155: r_d = 11'd637;
      8'd156: r_d = 11'd636;
      8'd157: r_d = 11'd634;
      8'd158: r_d = 11'd632;
      8'd159: r_d = 11'd631;
      8'd160: r_d = 11'd629;
      8'd161: r_d = 11'd628;
      8'd162: r_d = 11'd626;
      8'd163: r_d = 11'd625;
      8'd164: r_d = 11'd623;
      8'd165: r_d = 11'd622;
      8'd166: r_d = 11'd620;
      8'd167: r_d = 11'd619;
      8'd168: r_d = 11'd618;
      8'd169: r_d = 11'd616;
      8'd170: r_d = 11'd615;
      8'd171: r_d = 11'd613;
      8'd172: r_d = 11'd612;
      8'd173: r_d = 11'd610;
      8'd174: r_d = 11'd609;
      8'd175: r_d = 11'd608;
      8'd176: r_d = 11'd606;
      8'd177: r_d = 11'd605;
      8'd178: r_d = 11'd603;
      8'd179: r_d = 11'd602;
      8'd180: r_d = 11'd601;
      8'd181: r_d = 11'd599;
      8'd182: r_d = 11'd598;
      8'd183: r_d = 11'd596;
      8'd184: r_d = 11'd595;
      8'd185: r_d = 11'd594;
      8'd186: r_d = 11'd592;
      8'd187: r_d = 11'd591;
      8'd188: r_d = 11'd590;
      8'd189: r_d = 11'd588;
      8'd190: r_d = 11'd587;
      8'd191: r_d = 11'd586;
      8'd192: r_d = 11'd584;
      8'd193: r_d = 11'd583;
      8'd194: r_d = 11'd582;
      8'd195: r_d = 11'd581;
      8'd196: r_d = 11'd579;
      8'd197: r_d = 11'd578;
      8'd198: r_d = 11'd577;
      8'd199: r_d = 11'd576;
      8'd200: r_d = 11'd574;
      8'd201: r_d = 11'd573;
      8'd202: r_d = 11'd572;
      8'd203: r_d = 11'd570;
      8'd204: r_d = 11'd569;
      8'd205: r_d = 11'd568;
      8'd206: r_d = 11'd567;
      8'd207: r_d = 11'd566;
      8'd208: r_d = 11'd564;
      8'd209: r_d = 11'd563;
      8'd210: r_d = 11'd562;
      8'd211: r_d = 11'd561;
      8'd212: r_d = 11'd560;
      8'd213: r_d = 11'd558;
      8'd214: r_d = 11'd557;
      8'd215: r_d = 11'd556;
      8'd216: r_d = 11'd555;
      8'd217: r_d = 11'd554;
      8'd218: r_d = 11'd552;
      8'd219: r_d = 11'd551;
      8'd220: r_d = 11'd550;
      8'd221: r_d = 11'd549;
      8'd222: r_d = 11'd548;
      8'd223: r_d = 11'd547;
      8'd224: r_d = 11'd546;
      8'd225: r_d = 11'd544;
      8'd226: r_d = 11'd543;
      8'd227: r_d = 11'd542;
      8'd228: r_d = 11'd541;
      8'd229: r_d = 11'd540;
      8'd230: r_d = 11'd539;
      8'd231: r_d = 11'd538;
      8'd232: r_d = 11'd537;
      8'd233: r_d = 11'd536;
      8'd234: r_d = 11'd534;
      8'd235: r_d = 11'd533;
      8'd236: r_d = 11'd532;
      8'd237: r_d = 11'd531;
      8'd238: r_d = 11'd530;
      8'd239: r_d = 11'd529;
      8'd240: r_d = 11'd528;
      8'd241: r_d = 11'd527;
      8'd242: r_d = 11'd526;
      8'd243: r_d = 11'd525;
      8'd244: r_d = 11'd524;
      8'd245: r_d = 11'd523;
      8'd246: r_d = 11'd522;
      8'd247: r_d = 11'd521;
      8'd248: r_d = 11'd520;
      8'd249: r_d = 11'd519;
      8'd250: r_d = 11'd518;
      8'd251: r_d = 11'd517;
      8'd252: r_d = 11'd516;
      8'd253: r_d = 11'd515;
      8'd254: r_d = 11'd514;
      8'd255: r_d = 11'd513;
      default: r_d = 11'd0;
    endcase
  end

  always @(posedge clk_i) begin
    sum_q <= sum_all[lane_q*SUM_BITS +: SUM_BITS];
    b_q <= b_d;
    w_q <= w_d;
    solve_pass1_q <= pass_q;
    solve_pass2_q <= solve_pass1_q;
    solve_lane1_q <= lane_q;
    solve_lane2_q <= solve_lane1_q;
  end
  wire [16:0] solved = { b_q, (b_q == 6'd0) ? 11'd0 : r_d };

  // One address for accumulating and for solving.
  wire [PASS_BITS-1:0] sum_pass = (state_q == SOLVE) ? pass_q : pass4_q;

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      reg  signed [11:0] top_q [0:PASSES-1];
      reg  [PASSES-1:0]  seen_q;
      wire [PASSES-1:0]  seen = observe_clear_i ? {PASSES{1'b0}} : seen_q;
      wire signed [11:0] observed = observe_data_i[l*12 +: 12];
      wire signed [11:0] observed_top = top_q[observe_pass_i];
      wire               observe = observe_valid_i && observe_mask_i[l];

      always @(posedge clk_i) begin
        seen_q <= seen;
        if (observe) seen_q[observe_pass_i] <= 1'b1;
        if (observe && (!seen[observe_pass_i] || observed > observed_top)) top_q[observe_pass_i] <= observed;
      end

      // Stages 1 to 4: distance from the top, table >> 7 (no lower bit is ever seen), p, sum.
      wire [11:0] top = top_q[pass1_q];
      reg  [11:0] distance_q;
      reg  [1:0]  mask_q;
      reg         far_q;
      reg  [2:0]  n_q;
      reg  [7:0]  e_d;
      reg  [7:0]  e_q;
      wire [7:0]  shifted = e_q >> n_q;
      wire [6:0]  rounded = shifted[7:1] + { 6'd0, shifted[0] };
      reg  [6:0]  p_q;

      always @* begin
        case (distance_q[4:0])
          5'd0: e_d = 8'd254;
          5'd1: e_d = 8'd248;
          5'd2: e_d = 8'd243;
          5'd3: e_d = 8'd238;
          5'd4: e_d = 8'd232;
          5'd5: e_d = 8'd227;
          5'd6: e_d = 8'd223;
          5'd7: e_d = 8'd218;
          5'd8: e_d = 8'd213;
          5'd9: e_d = 8'd209;
          5'd10: e_d = 8'd204;
          5'd11: e_d = 8'd200;
          5'd12: e_d = 8'd195;
          5'd13: e_d = 8'd191;
          5'd14: e_d = 8'd187;
          5'd15: e_d = 8'd183;
          5'd16: e_d = 8'd179;
          5'd17: e_d = 8'd175;
          5'd18: e_d = 8'd171;
          5'd19: e_d = 8'd168;
          5'd20: e_d = 8'd164;
          5'd21: e_d = 8'd161;
          5'd22: e_d = 8'd157;
          5'd23: e_d = 8'd154;
          5'd24: e_d = 8'd151;
          5'd25: e_d = 8'd147;
          5'd26: e_d = 8'd144;
          5'd27: e_d = 8'd141;
          5'd28: e_d = 8'd138;
          5'd29: e_d = 8'd135;
          5'd30: e_d = 8'd132;
          5'd31: e_d = 8'd129;
          default: e_d = 8'd0;
        endcase
      end

      reg  [SUM_BITS-1:0] sum_mem_q [0:PASSES-1];
      wire [SUM_BITS-1:0] sum = sum_mem_q[sum_pass];
      reg  [16:0]         recip_mem_q [0:PASSES-1];
      reg  [16:0]         recip_q;

      always @(posedge clk_i) begin
        distance_q <= top - rd_data_i[l*12 +: 12];
        mask_q <= { mask_q[0], mask_i[l] };
        e_q <= e_d;
        n_q <= distance_q[7:5];
        far_q <= |distance_q[11:8];
        if (!mask_q[1]) p_q <= 7'd0;
        else if (uniform_q) p_q <= 7'd1;
        else if (far_q) p_q <= 7'd0;
        else p_q <= rounded;
        if (valid_q[3]) sum_mem_q[sum_pass] <= (first_q[3] ? {SUM_BITS{1'b0}} : sum) + { {(SUM_BITS-7){1'b0}}, p_q };
        if (solve_valid_q[1] && solve_lane2_q == l) recip_mem_q[solve_pass2_q] <= solved;
        recip_q <= recip_mem_q[query_pass_i];
      end

      assign sum_all[l*SUM_BITS +: SUM_BITS] = sum;
      assign wr_data_o[l*12 +: 12] = { 5'd0, p_q };
      assign recip_o[l*11 +: 11] = recip_q[10:0];
      assign shift_o[l*6 +: 6] = recip_q[16:11];
    end
  endgenerate
endmodule
`default_nettype wire
