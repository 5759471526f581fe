// What happens to an accumulator on its way to a memory: bias, requantisation, then the activation table, the
// residual or nothing. One column word a cycle; every result is computed, the caller writes the one it wants.
//
//   v       = acc + (bias << bias_shift)
//   r       = (v * m + 2^(s-1)) >> s
//   out_act_o = activate ? sat_A(table[sat_8(r) + 128]) : sat_A(r)    (eq. 7, 8), A = ACT_BITS; the table keeps A bits
//   out12_o   = sat_12(r)                                             (eq. 16)
//   out16_o   = sat_16(residual_add ? residual + r : r)               (eq. 9); with residual_add the other two say nothing
//
// r at +0.5 is 1, at -0.5 is 0, at -1.5 is -1: (((v * m) >> (s-1)) + 1) >> 1, which needs no wider sum.
//
// Layout   element l of a bus belongs to lane l
// Timing   out_valid_o and the outputs 4 + M + 2E cycles after in_valid_i, residual_i 2 + M;
//          M = MULTIPLIER_STAGES, E = EXTRA_STAGES, in the shift and behind residual_i, and once more behind their sum:
//            cycle   n      n+1     n+1+M     n+2+M       n+2+M+E   n+3+M+2E    n+4+M+2E
//                    in_*   value   product   residual_i  shifted   saturated   out_*
//          a table entry written in cycle n is seen by words with in_valid_i in cycle n-2-M-2E or later
// Reset    the valid bits only; the table is undefined until written
`default_nettype none
module trex_epilogue #(
  parameter LANES          = 8,  // of the whole array
  parameter ACC_BITS       = 26,  // of an accumulator; 17 .. 32
  parameter ACT_BITS       = 8,  // of a stored activation; 4 .. 8
  parameter TAG_BITS       = 16,  // carried along for the caller; >= 1
  // Made with the configuration; do not override.
  parameter BIAS_SHIFT_MAX = 23,  // largest shift of a bias
  parameter MULTIPLIER_STAGES = 1,  // 1 or 2
  parameter EXTRA_STAGES   = 0,  // 0 or 1, of the shift, of the residual and of the sum
  // The same in every configuration; do not override.
  parameter SCORE_BITS = 12,  // of a score of attention, equation 16 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter RESIDUAL_BITS = 16,  // of a value of R, equation 14 of docs/numerics.md
  // Derived; do not override.
  parameter BIAS_BITS    = 8 + BIAS_SHIFT_MAX,
  parameter VALUE_BITS   = ((ACC_BITS > BIAS_BITS) ? ACC_BITS : BIAS_BITS) + 1,
  parameter PRODUCT_BITS = VALUE_BITS + MULTIPLIER_BITS
) (
  input  wire                      clk_i,
  input  wire                      rst_i,

  input  wire                      table_wr_en_i,
  input  wire [7:0]                table_wr_addr_i,
  input  wire [7:0]                table_wr_data_i,

  input  wire                      in_valid_i,
  input  wire [TAG_BITS-1:0]       tag_i,
  input  wire                      activate_i,
  input  wire                      residual_add_i,
  input  wire [LANES*ACC_BITS-1:0] acc_i,
  input  wire [BIAS_BITS-1:0]      bias_i,         // shifted to the accumulator's scale
  input  wire [LANES*MULTIPLIER_BITS-1:0]       multiplier_i,
  input  wire [LANES*SHIFT_BITS-1:0] shift_i,
  input  wire [LANES*RESIDUAL_BITS-1:0]       residual_i,

  output wire                        out_valid_o,
  output wire [TAG_BITS-1:0]         tag_o,
  output wire [TAG_BITS-1:0]         next_tag_o,  // of the word that comes out in the next cycle
  output wire [LANES*ACT_BITS-1:0]   out_act_o,
  output wire [SCORE_BITS*LANES-1:0] out12_o,
  output wire [LANES*RESIDUAL_BITS-1:0]         out16_o
);
`ifndef SYNTHESIS
  initial begin
    if ((ACC_BITS < 17) || (ACC_BITS > 32)) begin $display("%m: ACC_BITS = %0d: must be 17 .. 32", ACC_BITS); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if ((MULTIPLIER_STAGES < 1) || (MULTIPLIER_STAGES > 2)) begin $display("%m: MULTIPLIER_STAGES = %0d: must be 1 .. 2", MULTIPLIER_STAGES); $finish; end
    if ((EXTRA_STAGES != 0) && (EXTRA_STAGES != 1)) begin $display("%m: EXTRA_STAGES = %0d: must be 0 or 1", EXTRA_STAGES); $finish; end
  end
`endif

  localparam LATENCY  = 4 + MULTIPLIER_STAGES + 2*EXTRA_STAGES;
  localparam RESIDUAL = 2 + MULTIPLIER_STAGES;
  localparam SHIFTED  = MULTIPLIER_STAGES + EXTRA_STAGES;  // place of the word that is shifted
  localparam SUMMED   = SHIFTED + 1 + EXTRA_STAGES;        // and of the one that is saturated

  // Place k holds what entered k + 1 cycles ago.
  reg [LATENCY-1:0]          valid_q;
  reg [LATENCY-1:0]          activate_q;
  reg [RESIDUAL-1:0]         residual_add_q;
  reg [LATENCY*TAG_BITS-1:0] tag_q;

  // Registers hold what they have when nothing comes; what travels beside the words moves when anything does.
  wire moving = in_valid_i || (|valid_q);

  always @(posedge clk_i) begin
    if (rst_i) valid_q <= {LATENCY{1'b0}};
    else valid_q <= { valid_q[LATENCY-2:0], in_valid_i };
    activate_q <= { activate_q[LATENCY-2:0], activate_i };
    residual_add_q <= { residual_add_q[RESIDUAL-2:0], residual_add_i };
    if (moving) tag_q <= { tag_q[(LATENCY-1)*TAG_BITS-1:0], tag_i };
    // The end of a shift register in look-up tables is late.
    if (rst_i) tag_q[(LATENCY-1)*TAG_BITS +: TAG_BITS] <= {TAG_BITS{1'b0}};
  end
  assign out_valid_o = valid_q[LATENCY-1];
  assign tag_o = tag_q[(LATENCY-1)*TAG_BITS +: TAG_BITS];
  assign next_tag_o = tag_q[(LATENCY-2)*TAG_BITS +: TAG_BITS];

  wire signed [VALUE_BITS-1:0] bias_value = { {(VALUE_BITS-BIAS_BITS){bias_i[BIAS_BITS-1]}}, bias_i };

  // A number fits n bits when everything from bit n-1 up is its sign.
  wire                entry_fits = (&table_wr_data_i[7:ACT_BITS-1]) || !(|table_wr_data_i[7:ACT_BITS-1]);
  wire [ACT_BITS-1:0] entry = entry_fits ? table_wr_data_i[ACT_BITS-1:0] : { table_wr_data_i[7], {(ACT_BITS-1){!table_wr_data_i[7]}} };

  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      wire [ACC_BITS-1:0]            acc = acc_i[l*ACC_BITS +: ACC_BITS];
      wire signed [VALUE_BITS-1:0]   acc_value = { {(VALUE_BITS-ACC_BITS){acc[ACC_BITS-1]}}, acc };
      reg  signed [VALUE_BITS-1:0]   value_q;
      reg  [MULTIPLIER_BITS-1:0]     multiplier_q;
      wire signed [PRODUCT_BITS-1:0] product;
      reg  [SHIFT_BITS*(MULTIPLIER_STAGES+1)-1:0] shift_q;  // beside value and product
      // Two bits more than the sum of residual and r before it is rounded: what needs more leaves no doubt which way it saturates.
      wire [17:0] shifted;
      wire        over;
      wire        product_sign;
      reg  [17:0] shifted_q;
      reg         over_q;
      reg         sign_q;
      wire [16:0] half = shifted_q[17:1];
      wire [RESIDUAL_BITS-1:0] residual_here = residual_add_q[RESIDUAL-1] ? residual_i[l*RESIDUAL_BITS +: RESIDUAL_BITS] : {RESIDUAL_BITS{1'b0}};
      wire [RESIDUAL_BITS-1:0] residual;
      if (EXTRA_STAGES == 1) begin : gen_residual
        reg [RESIDUAL_BITS-1:0] residual_q;
        always @(posedge clk_i) if (valid_q[RESIDUAL-1]) residual_q <= residual_here;
        assign residual = residual_q;
      end else begin : gen_residual
        assign residual = residual_here;
      end
      wire [18:0] total_2 = { half[16], half, 1'b1 } + { {2{residual[RESIDUAL_BITS-1]}}, residual, shifted_q[0] };  // the lowest bit carries the rounding
      wire [17:0] total;
      wire        over_here;
      wire        sign_here;
      if (EXTRA_STAGES == 1) begin : gen_total
        reg [17:0] total_q;
        reg        total_over_q;
        reg        total_sign_q;
        always @(posedge clk_i) begin
          if (valid_q[SHIFTED+1]) begin
            total_q      <= total_2[18:1];
            total_over_q <= over_q;
            total_sign_q <= sign_q;
          end
        end
        assign total     = total_q;
        assign over_here = total_over_q;
        assign sign_here = total_sign_q;
      end else begin : gen_total
        assign total     = total_2[18:1];
        assign over_here = over_q;
        assign sign_here = sign_q;
      end
      wire        unused_low = &{ 1'b0, total_2[0] };

      wire fits8  = !over_here && ((&total[17:7]) || !(|total[17:7]));
      wire fits12 = !over_here && ((&total[17:SCORE_BITS-1]) || !(|total[17:SCORE_BITS-1]));
      wire fits16 = !over_here && ((&total[17:15]) || !(|total[17:15]));
      wire sign   = over_here ? sign_here : total[17];
      reg  [7:0]            sat8_q;
      // Too small is cleared here and too large is set a cycle later, as flip-flops do it: no gate stands behind the adder.
      reg                   sign_later_q;
      reg                   large12_q;
      reg                   large16_q;
      reg  [SCORE_BITS-2:0] low12_q;
      reg  [14:0]           low16_q;
      wire                  fits_act = (&sat8_q[7:ACT_BITS-1]) || !(|sat8_q[7:ACT_BITS-1]);
      wire [ACT_BITS-1:0] active;
      reg  [ACT_BITS-1:0] out_act_q;
      reg  [SCORE_BITS-1:0] out12_q;
      reg  [RESIDUAL_BITS-1:0] out16_q;

      always @(posedge clk_i) begin
        // The accumulator second: logic in front of the second operand costs no look-up table of its own.
        if (in_valid_i) value_q <= bias_value + acc_value;
        if (in_valid_i) multiplier_q <= multiplier_i[l*MULTIPLIER_BITS +: MULTIPLIER_BITS];
        if (moving) shift_q <= { shift_q[SHIFT_BITS*MULTIPLIER_STAGES-1:0], shift_i[l*SHIFT_BITS +: SHIFT_BITS] - 1'b1 };

        if (valid_q[SHIFTED]) begin
          shifted_q <= shifted;
          over_q <= over;
          sign_q <= product_sign;
        end

        // Cleared and set before they are enabled: in the other order both would be logic in front of every bit.
        if (valid_q[SUMMED]) sat8_q <= { sign, fits8 ? total[6:0] : {7{!sign}} };
        if (valid_q[SUMMED]) sign_later_q <= sign;
        large12_q <= !fits12 && !sign;
        large16_q <= !fits16 && !sign;
        if (!fits12 && sign) low12_q <= {(SCORE_BITS-1){1'b0}};
        else if (valid_q[SUMMED]) low12_q <= total[SCORE_BITS-2:0];
        if (!fits16 && sign) low16_q <= 15'd0;
        else if (valid_q[SUMMED]) low16_q <= total[14:0];

        if (valid_q[SUMMED+1]) out_act_q <= fits_act ? sat8_q[ACT_BITS-1:0] : { sat8_q[7], {(ACT_BITS-1){!sat8_q[7]}} };
        if (valid_q[SUMMED+1]) out12_q[SCORE_BITS-1] <= sign_later_q;
        if (valid_q[SUMMED+1]) out16_q[15] <= sign_later_q;
        if (large12_q) out12_q[SCORE_BITS-2:0] <= {(SCORE_BITS-1){1'b1}};
        else if (valid_q[SUMMED+1]) out12_q[SCORE_BITS-2:0] <= low12_q;
        if (large16_q) out16_q[14:0] <= {15{1'b1}};
        else if (valid_q[SUMMED+1]) out16_q[14:0] <= low16_q;
      end

      trex_multiplier #(.A_BITS(VALUE_BITS), .B_BITS(MULTIPLIER_BITS + 1), .OUT_BITS(PRODUCT_BITS), .STAGES(MULTIPLIER_STAGES)) u_product (
        .clk_i(clk_i), .en_i(valid_q[MULTIPLIER_STAGES-1:0]), .a_i(value_q), .b_i({ 1'b0, multiplier_q }), .product_o(product)
      );

      trex_fit_shift #(.IN_BITS(PRODUCT_BITS), .AMOUNT_BITS(SHIFT_BITS), .OUT_BITS(18), .STAGES(EXTRA_STAGES)) u_shift (
        .clk_i(clk_i), .en_i(valid_q[MULTIPLIER_STAGES]), .value_i(product), .amount_i(shift_q[SHIFT_BITS*MULTIPLIER_STAGES +: SHIFT_BITS]),
        .value_o(shifted), .over_o(over), .sign_o(product_sign)
      );

      // Adding 128 turns the sign bit over.
      trex_ram_1r1w #(.WORD_BITS(ACT_BITS), .DEPTH(256), .LANE_BITS(ACT_BITS)) u_table (
        .clk_i(clk_i),
        .wr_en_i(table_wr_en_i), .wr_addr_i(table_wr_addr_i), .wr_lanes_i(1'b1), .wr_data_i(entry),
        .rd_en_i(1'b1), .rd_addr_i({ !sat8_q[7], sat8_q[6:0] }), .rd_data_o(active)
      );

      assign out_act_o[l*ACT_BITS +: ACT_BITS] = activate_q[LATENCY-1] ? active : out_act_q;
      assign out12_o[SCORE_BITS*l +: SCORE_BITS] = out12_q;
      assign out16_o[l*RESIDUAL_BITS +: RESIDUAL_BITS] = out16_q;
    end
  endgenerate
endmodule
`default_nettype wire
