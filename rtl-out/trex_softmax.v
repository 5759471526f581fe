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
  parameter LANES    = 8,  // of the whole array
  parameter PASSES   = 16,  // tokens that a lane computes one after another; >= 1
  parameter MAX_KEYS = 128,  // 2 .. 4095
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SCORE_BITS = 12,  // of a score of attention, equation 16 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter PROBABILITY_BITS = 7,  // of a probability of softmax, equation 17 of docs/numerics.md
  // Derived; do not override.
  parameter WORDS     = MAX_KEYS * PASSES,
  parameter ADDR_BITS = $clog2(WORDS),
  parameter PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter USED_BITS = $clog2(PASSES + 1),
  parameter LANE_BITS = $clog2(LANES + 1),
  parameter SUM_BITS  = PROBABILITY_BITS + $clog2(MAX_KEYS)
) (
  input  wire                 clk_i,
  input  wire                 rst_i,

  input  wire                        observe_clear_i,
  input  wire                        observe_valid_i,
  input  wire [PASS_BITS-1:0]        observe_pass_i,
  input  wire [LANES-1:0]            observe_mask_i,
  input  wire [SCORE_BITS*LANES-1:0] observe_data_i,

  input  wire                     start_i,
  input  wire                     start_uniform_i,  // with start_i: uniform weights
  input  wire [POSITION_BITS-1:0] keys_i,           // 1 .. MAX_KEYS
  input  wire [USED_BITS-1:0]     passes_i,         // passes in use, 1 .. PASSES
  output wire                     busy_o,
  output wire                     walking_o,

  output wire [POSITION_BITS-1:0] key_o,
  output wire [PASS_BITS-1:0]     pass_o,
  input  wire [LANES-1:0]         mask_i,

  output wire                        rd_en_o,
  output wire [ADDR_BITS-1:0]        rd_addr_o,
  input  wire [SCORE_BITS*LANES-1:0] rd_data_i,
  output wire                        wr_en_o,
  output wire [ADDR_BITS-1:0]        wr_addr_o,
  output wire [SCORE_BITS*LANES-1:0] wr_data_o,
  output wire [POSITION_BITS-1:0]    wr_key_o,
  output wire [PASS_BITS-1:0]        wr_pass_o,

  input  wire [PASS_BITS-1:0] query_pass_i,
  output wire [LANES*MULTIPLIER_BITS-1:0]  recip_o,
  output wire [LANES*SHIFT_BITS-1:0]   shift_o
);
`ifndef SYNTHESIS
  initial begin
    if ((MAX_KEYS < 2) || (MAX_KEYS > 4095)) begin $display("%m: MAX_KEYS = %0d: must be 2 .. 4095", MAX_KEYS); $finish; end
  end
`endif

  localparam [1:0] IDLE  = 2'd0;
  localparam [1:0] WALK  = 2'd1;
  localparam [1:0] SOLVE = 2'd2;

  localparam WALK_STAGES  = 4;  // from the read of a score to the write of its probability
  localparam SOLVE_STAGES = 2;  // from a token's sum to the write of its reciprocal

  reg [1:0]               state_q;
  reg                     busy_q;   // not IDLE: the sequencer has little time for it
  reg                     walking_q;
  reg                     uniform_q;
  reg [POSITION_BITS-1:0] keys_q;
  reg [USED_BITS-1:0]     passes_q;
  reg [POSITION_BITS-1:0] key_q;
  reg [PASS_BITS-1:0]     pass_q;
  reg [LANE_BITS-1:0]     lane_q;
  reg [ADDR_BITS-1:0]     row_q;
  // Bit k: a word was asked for k + 1 cycles ago, or a token entered the solver.
  reg [WALK_STAGES-1:0]   valid_q;
  reg [SOLVE_STAGES-1:0]  solve_valid_q;

  wire [USED_BITS-1:0] next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, pass_q } + 1'b1;
  wire last_pass     = next_pass == passes_q;
  wire last_key      = key_q + 1'b1 == keys_q;
  wire last_lane     = lane_q == LANES[LANE_BITS-1:0] - 1'b1;
  wire begin_walk    = state_q == IDLE && start_i;
  wire ask           = walking_q && state_q == WALK;
  wire solving       = walking_q && state_q == SOLVE;
  wire walk_drained  = !walking_q && !(|valid_q);
  wire solve_drained = !walking_q && !(|solve_valid_q);

  assign busy_o = busy_q;
  assign walking_o = state_q == WALK;
  assign key_o = key_q;
  assign pass_o = pass_q;
  assign rd_en_o = ask && !uniform_q;
  assign rd_addr_o = row_q + { {(ADDR_BITS-PASS_BITS){1'b0}}, pass_q };

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: if (begin_walk) begin
        state_q <= WALK;
        busy_q  <= 1'b1;
      end
      WALK: if (walk_drained) state_q <= SOLVE;
      default: if (solve_drained) begin
        state_q <= IDLE;
        busy_q  <= 1'b0;
      end
    endcase
    if (begin_walk) begin
      uniform_q <= start_uniform_i;
      keys_q <= keys_i;
      passes_q <= passes_i;
    end
    if (begin_walk || (state_q == WALK && walk_drained)) begin
      walking_q <= 1'b1;
      key_q <= {POSITION_BITS{1'b0}};
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
    valid_q <= { valid_q[WALK_STAGES-2:0], ask };
    solve_valid_q <= { solve_valid_q[SOLVE_STAGES-2:0], solving };
    if (rst_i) begin
      state_q <= IDLE;
      busy_q <= 1'b0;
      walking_q <= 1'b0;
      valid_q <= {WALK_STAGES{1'b0}};
      solve_valid_q <= {SOLVE_STAGES{1'b0}};
    end
  end

  // What travels beside the words: stage k holds what was asked for k cycles ago.
  reg [WALK_STAGES*ADDR_BITS-1:0] addr_line_q;
  reg [(WALK_STAGES-1)*PASS_BITS-1:0] pass_line_q;
  reg [PASS_BITS-1:0]     out_pass_q;  // of the word that is written; a flip-flop with a reset, for the end of a shift register in look-up tables is late
  wire [PASS_BITS-1:0] word_pass = pass_line_q[0 +: PASS_BITS];  // of the word that is here
  reg [WALK_STAGES-1:0]   first_q;
  reg [POSITION_BITS-1:0] out_key_q;
  wire [USED_BITS-1:0] out_next_pass = { {(USED_BITS-PASS_BITS){1'b0}}, out_pass_q } + 1'b1;

  always @(posedge clk_i) begin
    if (walking_o) begin
      addr_line_q <= { addr_line_q[(WALK_STAGES-1)*ADDR_BITS-1:0], rd_addr_o };
      pass_line_q <= { pass_line_q[(WALK_STAGES-2)*PASS_BITS-1:0], pass_q };
    end
    if (begin_walk) out_pass_q <= {PASS_BITS{1'b0}};
    else if (walking_o) out_pass_q <= pass_line_q[(WALK_STAGES-2)*PASS_BITS +: PASS_BITS];
    first_q <= { first_q[WALK_STAGES-2:0], key_q == {POSITION_BITS{1'b0}} };
    if (begin_walk) out_key_q <= {POSITION_BITS{1'b0}};
    else if (valid_q[WALK_STAGES-1] && (out_next_pass == passes_q)) out_key_q <= out_key_q + 1'b1;
  end
  assign wr_en_o = valid_q[WALK_STAGES-1];
  assign wr_addr_o = addr_line_q[(WALK_STAGES-1)*ADDR_BITS +: ADDR_BITS];
  assign wr_key_o = out_key_q;
  assign wr_pass_o = out_pass_q;

  // The solver: one token a cycle, results two registers later.
  localparam RECIP_BITS = MULTIPLIER_BITS + SHIFT_BITS;
  localparam PICK_BITS = (LANES > 1) ? $clog2(LANES) : 1;
  wire [SUM_BITS-1:0]  sum_of [0:LANES-1];
  reg  [SUM_BITS-1:0]  sum_q;
  wire [SUM_BITS+6:0]  sum_padded = { sum_q[SUM_BITS-2:0], 8'd0 };
  reg  [SHIFT_BITS-1:0] sum_length;      // b of eq. 18
  reg  [7:0]           sum_fraction;    // w - 256: the 8 bits below the leading one
  reg  [SHIFT_BITS-1:0] sum_length_q;
  reg  [7:0]           sum_fraction_q;
  wire [MULTIPLIER_BITS-1:0]          recip_mantissa;  // r
  reg  [PASS_BITS-1:0] solve_pass1_q;
  reg  [PASS_BITS-1:0] solve_pass2_q;
  reg  [LANE_BITS-1:0] solve_lane1_q;
  reg  [LANE_BITS-1:0] solve_lane2_q;

  integer i;
  always @* begin
    sum_length = {SHIFT_BITS{1'b0}};
    sum_fraction = 8'd0;
    for (i = 0; i < SUM_BITS; i = i + 1) begin
      if (sum_q[i]) sum_length = i[SHIFT_BITS-1:0] + 1'b1;
      if (sum_q[i]) sum_fraction = sum_padded[i +: 8];
    end
  end

  trex_recip_rom u_recip_rom (.fraction_i(sum_fraction_q), .mantissa_o(recip_mantissa));

  always @(posedge clk_i) begin
    sum_q <= sum_of[lane_q[PICK_BITS-1:0]];
    sum_length_q <= sum_length;
    sum_fraction_q <= sum_fraction;
    solve_pass1_q <= pass_q;
    solve_pass2_q <= solve_pass1_q;
    solve_lane1_q <= lane_q;
    solve_lane2_q <= solve_lane1_q;
  end
  wire [RECIP_BITS-1:0] solved = { sum_length_q, (sum_length_q == {SHIFT_BITS{1'b0}}) ? {MULTIPLIER_BITS{1'b0}} : recip_mantissa };

  // One address for accumulating and for solving.
  wire [PASS_BITS-1:0] sum_pass = (state_q == SOLVE) ? pass_q : out_pass_q;

  wire                        came      = observe_valid_i;
  wire                        walked    = walking_o;
  wire [PASS_BITS-1:0]        came_pass = observe_pass_i;
  wire [LANES-1:0]            came_mask = observe_mask_i;
  wire [SCORE_BITS*LANES-1:0] came_data = observe_data_i;

  // One bit of many, chosen by comparisons: an index on the left is a shifter in every lane.
  wire [PASSES-1:0] observe_here;
  genvar p;
  generate
    for (p = 0; p < PASSES; p = p + 1) begin : gen_here
      localparam [PASS_BITS-1:0] PASS = p;
      assign observe_here[p] = came_pass == PASS;
    end
  endgenerate

  // Memories of all lanes. Nothing is observed during a walk, so tops have one reader at a time.
  wire [LANES-1:0]            top_higher;
  wire [SCORE_BITS*LANES-1:0] tops;
  wire [SUM_BITS*LANES-1:0]   sums;
  wire [SUM_BITS*LANES-1:0]   sums_next;
  wire [LANES-1:0]            solved_here;
  wire [RECIP_BITS*LANES-1:0] recips;
  trex_ram_1r1w #(.WORD_BITS(SCORE_BITS*LANES), .DEPTH(PASSES), .LANE_BITS(SCORE_BITS), .READ_CYCLES(0)) u_tops (
    .clk_i(clk_i), .wr_en_i(came), .wr_addr_i(came_pass), .wr_lanes_i(top_higher), .wr_data_i(came_data),
    .rd_en_i(1'b1), .rd_addr_i(walked ? word_pass : came_pass), .rd_data_o(tops)
  );
  trex_ram_1r1w #(.WORD_BITS(SUM_BITS*LANES), .DEPTH(PASSES), .LANE_BITS(SUM_BITS*LANES), .READ_CYCLES(0)) u_sums (
    .clk_i(clk_i), .wr_en_i(valid_q[WALK_STAGES-1]), .wr_addr_i(sum_pass), .wr_lanes_i(1'b1), .wr_data_i(sums_next),
    .rd_en_i(1'b1), .rd_addr_i(sum_pass), .rd_data_o(sums)
  );
  trex_ram_1r1w #(.WORD_BITS(RECIP_BITS*LANES), .DEPTH(PASSES), .LANE_BITS(RECIP_BITS), .DISTRIBUTED(1)) u_recips (
    .clk_i(clk_i), .wr_en_i(solve_valid_q[SOLVE_STAGES-1]), .wr_addr_i(solve_pass2_q), .wr_lanes_i(solved_here), .wr_data_i({LANES{solved}}),
    .rd_en_i(1'b1), .rd_addr_i(query_pass_i), .rd_data_o(recips)
  );

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      reg  [PASSES-1:0]            seen_q;
      wire [PASSES-1:0]            seen = observe_clear_i ? {PASSES{1'b0}} : seen_q;
      wire signed [SCORE_BITS-1:0] observed = came_data[SCORE_BITS*l +: SCORE_BITS];
      wire signed [SCORE_BITS-1:0] observed_top = tops[SCORE_BITS*l +: SCORE_BITS];
      wire                         observe = came && came_mask[l];

      always @(posedge clk_i) begin
        if (observe_clear_i || came) seen_q <= seen | (observe_here & {PASSES{observe}});
      end
      assign top_higher[l] = observe && (!seen[came_pass] || observed > observed_top);

      // Stages 1 to 4: distance from the top, table >> 7 (no lower bit is ever seen), p, sum.
      wire [SCORE_BITS-1:0] top = tops[SCORE_BITS*l +: SCORE_BITS];
      reg  [SCORE_BITS-1:0] distance_q;
      reg  [1:0]            mask_q;
      reg                   vanishes_q;     // more than 7 halvings: p rounds to 0
      reg  [2:0]            halvings_q;     // n of eq. 17
      reg  [7:0]            exponential;    // table[D & 31] >> 7
      reg  [7:0]            exponential_q;
      wire [7:0]            shifted = exponential_q >> halvings_q;
      wire [6:0]            rounded = shifted[7:1] + { 6'd0, shifted[0] };
      reg  [PROBABILITY_BITS-1:0] probability_q;

      always @* begin
        case (distance_q[4:0])
          5'd0: exponential = 8'd254;
          5'd1: exponential = 8'd248;
          5'd2: exponential = 8'd243;
          5'd3: exponential = 8'd238;
          5'd4: exponential = 8'd232;
          5'd5: exponential = 8'd227;
          5'd6: exponential = 8'd223;
          5'd7: exponential = 8'd218;
          5'd8: exponential = 8'd213;
          5'd9: exponential = 8'd209;
          5'd10: exponential = 8'd204;
          5'd11: exponential = 8'd200;
          5'd12: exponential = 8'd195;
          5'd13: exponential = 8'd191;
          5'd14: exponential = 8'd187;
          5'd15: exponential = 8'd183;
          5'd16: exponential = 8'd179;
          5'd17: exponential = 8'd175;
          5'd18: exponential = 8'd171;
          5'd19: exponential = 8'd168;
          5'd20: exponential = 8'd164;
          5'd21: exponential = 8'd161;
          5'd22: exponential = 8'd157;
          5'd23: exponential = 8'd154;
          5'd24: exponential = 8'd151;
          5'd25: exponential = 8'd147;
          5'd26: exponential = 8'd144;
          5'd27: exponential = 8'd141;
          5'd28: exponential = 8'd138;
          5'd29: exponential = 8'd135;
          5'd30: exponential = 8'd132;
          5'd31: exponential = 8'd129;
          default: exponential = 8'd0;
        endcase
      end

      wire [SUM_BITS-1:0] sum = sums[SUM_BITS*l +: SUM_BITS];

      always @(posedge clk_i) begin
        if (valid_q[0]) distance_q <= top - rd_data_i[SCORE_BITS*l +: SCORE_BITS];
        mask_q <= { mask_q[0], mask_i[l] };
        if (valid_q[1]) begin
          exponential_q <= exponential;
          halvings_q <= distance_q[7:5];
          vanishes_q <= |distance_q[SCORE_BITS-1:8];
        end
        if (valid_q[2]) begin
          if (!mask_q[1]) probability_q <= {PROBABILITY_BITS{1'b0}};
          else if (uniform_q) probability_q <= { {(PROBABILITY_BITS-1){1'b0}}, 1'b1 };
          else if (vanishes_q) probability_q <= {PROBABILITY_BITS{1'b0}};
          else probability_q <= rounded;
        end
      end

      assign sums_next[SUM_BITS*l +: SUM_BITS] = { {(SUM_BITS-PROBABILITY_BITS){1'b0}}, probability_q } + (first_q[WALK_STAGES-1] ? {SUM_BITS{1'b0}} : sum);
      assign solved_here[l] = solve_lane2_q == l;
      assign sum_of[l] = sum;
      assign wr_data_o[SCORE_BITS*l +: SCORE_BITS] = { {(SCORE_BITS-PROBABILITY_BITS){1'b0}}, probability_q };
      assign recip_o[l*MULTIPLIER_BITS +: MULTIPLIER_BITS] = recips[RECIP_BITS*l +: MULTIPLIER_BITS];
      assign shift_o[l*SHIFT_BITS +: SHIFT_BITS] = recips[RECIP_BITS*l+MULTIPLIER_BITS +: SHIFT_BITS];
    end
  endgenerate
endmodule
`default_nettype wire
