// Activations: the memories of column words X, H, Q and the residual stream R, each with one reader and one writer at
// a time, which the sequencer sees to:
//
//   memory   written by                          read by
//   X        LOAD, NORM, results                 array, STORE
//   H        NORM, results                       array, STORE
//   Q        results                             array
//   R        LOAD (shifted left), NORM, results  NORM, results (the old word of an addition)
//
// A row word is a byte a lane: X takes it saturated to ACT_BITS, R shifted. What is read goes out as bytes, sign-extended.
//
// Layout   lane l of a memory in bits [ACT_BITS*l +: ACT_BITS] (R: [RESIDUAL_BITS*l +: RESIDUAL_BITS]), of a byte word in bits [8l +: 8];
//          address feature * PASSES + pass
// Timing   data one cycle after the enable of its reader, then held
// Reset    none: memories keep what they hold
// Golden   equations 7-10 of docs/numerics.md
`default_nettype none
module trex_activations #(
  parameter SLICES    = 4,  // groups of lanes with a weight of their own; divides LANES
  parameter LANES     = 8,  // of the whole array
  parameter PASSES    = 16,  // tokens that a lane computes one after another; >= 1
  parameter ACT_BITS  = 8,  // of a stored activation; 4 .. 8
  parameter WIDTH     = 128,   // features of X, Q, R
  parameter HIDDEN    = 512,  // features of H
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter DESTINATION_BITS = 3,  // of the memory that an instruction writes
  parameter RESIDUAL_BITS = 16,  // of a value of R, equation 14 of docs/numerics.md
  parameter LOAD_SHIFT_BITS = 4,  // of the shift that LOAD brings rows to R with
  // Derived; do not override.
  parameter WORD_BITS = LANES * ACT_BITS,
  parameter PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter X_BITS    = $clog2(WIDTH * PASSES)
) (
  input  wire                    clk_i,
  // array
  input  wire                    rd_en_i,
  input  wire [FEATURE_BITS-1:0] rd_feature_i,
  input  wire [PASS_BITS-1:0]    rd_pass_i,
  // results
  input  wire                    out_valid_i,
  input  wire [DESTINATION_BITS-1:0] out_dst_i,
  input  wire [FEATURE_BITS-1:0] out_feature_i,
  input  wire [PASS_BITS-1:0]    out_pass_i,
  input  wire [WORD_BITS-1:0]    out_act_i,
  input  wire [RESIDUAL_BITS*LANES-1:0]     out16_i,
  input  wire                    residual_rd_en_i,
  input  wire [FEATURE_BITS-1:0] residual_feature_i,
  input  wire [PASS_BITS-1:0]    residual_pass_i,
  // token rows
  input  wire                    rows_to_x_i,
  input  wire                    rows_to_r_i,
  input  wire [LOAD_SHIFT_BITS-1:0] rows_shift_i,
  input  wire                    rows_wr_en_i,
  input  wire [SLICES-1:0]       rows_wr_slices_i,
  input  wire [FEATURE_BITS-1:0] rows_wr_feature_i,
  input  wire [PASS_BITS-1:0]    rows_wr_pass_i,
  input  wire [8*LANES-1:0]      rows_wr_data_i,
  input  wire                    rows_rd_en_i,
  input  wire [FEATURE_BITS-1:0] rows_rd_feature_i,
  input  wire [PASS_BITS-1:0]    rows_rd_pass_i,
  // norm
  input  wire                    norm_to_h_i,     // words of the norm for X go to H
  input  wire                    norm_x_wr_en_i,
  input  wire [X_BITS-1:0]       norm_x_wr_addr_i,
  input  wire [WORD_BITS-1:0]    norm_x_wr_data_i,
  input  wire                    norm_r_wr_en_i,
  input  wire [X_BITS-1:0]       norm_r_wr_addr_i,
  input  wire [RESIDUAL_BITS*LANES-1:0]     norm_r_wr_data_i,
  input  wire                    norm_r_rd_en_i,
  input  wire [X_BITS-1:0]       norm_r_rd_addr_i,

  output wire [8*LANES-1:0]   x_data_o,
  output wire [8*LANES-1:0]   h_data_o,
  output wire [8*LANES-1:0]   q_data_o,
  output wire [RESIDUAL_BITS*LANES-1:0]  r_data_o
);
`ifndef SYNTHESIS
  initial begin
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if ((LANES % SLICES) != 0) begin $display("%m: LANES = %0d: must be a multiple of SLICES", LANES); $finish; end
  end
`endif

  localparam [2:0] TO_X = 3'd0, TO_H = 3'd1, TO_Q = 3'd2, TO_RSET = 3'd5, TO_RADD = 3'd6;
  localparam SLICE_LANES = LANES / SLICES;
  localparam H_BITS      = $clog2(HIDDEN * PASSES);
  localparam SIDES       = 1;

  wire [31:0] rd_at       = { {(32-FEATURE_BITS){1'b0}}, rows_rd_en_i ? rows_rd_feature_i : rd_feature_i } * PASSES
                            + { {(32-PASS_BITS){1'b0}}, rows_rd_en_i ? rows_rd_pass_i : rd_pass_i };
  wire [31:0] out_at      = { {(32-FEATURE_BITS){1'b0}}, out_feature_i } * PASSES + { {(32-PASS_BITS){1'b0}}, out_pass_i };
  wire [31:0] rows_wr_at  = { {(32-FEATURE_BITS){1'b0}}, rows_wr_feature_i } * PASSES + { {(32-PASS_BITS){1'b0}}, rows_wr_pass_i };
  wire [31:0] residual_at = { {(32-FEATURE_BITS){1'b0}}, residual_feature_i } * PASSES + { {(32-PASS_BITS){1'b0}}, residual_pass_i };
  wire [31:0] norm_at     = { {(32-X_BITS){1'b0}}, norm_x_wr_addr_i };
  wire        unused_at   = &{ 1'b0, rd_at, out_at, rows_wr_at, residual_at, norm_at };

  wire x_from_out  = out_valid_i && (out_dst_i == TO_X);
  wire h_from_out  = out_valid_i && (out_dst_i == TO_H);
  wire q_from_out  = out_valid_i && (out_dst_i == TO_Q);
  wire r_from_out  = out_valid_i && ((out_dst_i == TO_RSET) || (out_dst_i == TO_RADD));
  wire x_from_rows = rows_wr_en_i && rows_to_x_i;
  wire r_from_rows = rows_wr_en_i && rows_to_r_i;

  wire [WORD_BITS-1:0] rows_act;
  wire [WORD_BITS-1:0] x_word;
  wire [WORD_BITS-1:0] h_word;
  wire [WORD_BITS-1:0] q_word;
  wire [RESIDUAL_BITS*LANES-1:0]  rows_wide;
  wire [SIDES*WORD_BITS-1:0] x_words;
  wire [SIDES*RESIDUAL_BITS*LANES-1:0]  r_words;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      wire [7:0]         row = rows_wr_data_i[8*l +: 8];
      wire signed [RESIDUAL_BITS-1:0] extended = { {(RESIDUAL_BITS-8){row[7]}}, row };
      // A number fits n bits when everything from bit n-1 up is its sign.
      wire               fits = (&row[7:ACT_BITS-1]) || !(|row[7:ACT_BITS-1]);
      assign rows_act[ACT_BITS*l +: ACT_BITS] = fits ? row[ACT_BITS-1:0] : { row[7], {(ACT_BITS-1){!row[7]}} };
      assign x_data_o[8*l +: 8] = { {(9-ACT_BITS){x_word[ACT_BITS*l + ACT_BITS-1]}}, x_word[ACT_BITS*l +: ACT_BITS-1] };
      assign h_data_o[8*l +: 8] = { {(9-ACT_BITS){h_word[ACT_BITS*l + ACT_BITS-1]}}, h_word[ACT_BITS*l +: ACT_BITS-1] };
      assign q_data_o[8*l +: 8] = { {(9-ACT_BITS){q_word[ACT_BITS*l + ACT_BITS-1]}}, q_word[ACT_BITS*l +: ACT_BITS-1] };
      assign rows_wide[RESIDUAL_BITS*l +: RESIDUAL_BITS] = extended <<< rows_shift_i;
    end
  endgenerate

  trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(HIDDEN * PASSES), .LANE_BITS(WORD_BITS)) u_h (
    .clk_i(clk_i),
    .wr_en_i(h_from_out || (norm_x_wr_en_i && norm_to_h_i)),
    .wr_addr_i(h_from_out ? out_at[H_BITS-1:0] : norm_at[H_BITS-1:0]), .wr_lanes_i(1'b1),
    .wr_data_i(h_from_out ? out_act_i : norm_x_wr_data_i),
    .rd_en_i(rd_en_i || rows_rd_en_i), .rd_addr_i(rd_at[H_BITS-1:0]), .rd_data_o(h_word)
  );

  trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(WIDTH * PASSES), .LANE_BITS(WORD_BITS), .READ_OLD(0)) u_q (
    .clk_i(clk_i),
    .wr_en_i(q_from_out), .wr_addr_i(out_at[X_BITS-1:0]), .wr_lanes_i(1'b1), .wr_data_i(out_act_i),
    .rd_en_i(rd_en_i), .rd_addr_i(rd_at[X_BITS-1:0]), .rd_data_o(q_word)
  );

  // ---- X and R, of each side ----
  genvar i;
  generate
    for (i = 0; i < SIDES; i = i + 1) begin : gen_side
      wire               here   = 1'b1;
      wire               rows_x = x_from_rows;
      wire               rows_r = r_from_rows;
      wire               out_x  = x_from_out && here;
      wire               out_r  = r_from_out && here;
      // A row word carries the tokens of one slice; every other word those of all.
      wire [LANES-1:0]   x_lanes;
      wire [LANES-1:0]   r_lanes;
      for (l = 0; l < LANES; l = l + 1) begin : gen_enable
        assign x_lanes[l] = !rows_x || rows_wr_slices_i[l / SLICE_LANES];
        assign r_lanes[l] = !rows_r || rows_wr_slices_i[l / SLICE_LANES];
      end

      trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(WIDTH * PASSES), .LANE_BITS(ACT_BITS)) u_x (
        .clk_i(clk_i),
        .wr_en_i(out_x || rows_x || (norm_x_wr_en_i && !norm_to_h_i && here)),
        .wr_addr_i(out_x ? out_at[X_BITS-1:0] : (rows_x ? rows_wr_at[X_BITS-1:0] : norm_x_wr_addr_i)),
        .wr_lanes_i(x_lanes),
        .wr_data_i(out_x ? out_act_i : (rows_x ? rows_act : norm_x_wr_data_i)),
        .rd_en_i((rd_en_i || rows_rd_en_i) && here), .rd_addr_i(rd_at[X_BITS-1:0]), .rd_data_o(x_words[WORD_BITS*i +: WORD_BITS])
      );
      trex_ram_1r1w #(.WORD_BITS(RESIDUAL_BITS*LANES), .DEPTH(WIDTH * PASSES), .LANE_BITS(RESIDUAL_BITS)) u_r (
        .clk_i(clk_i),
        .wr_en_i(out_r || rows_r || (norm_r_wr_en_i && here)),
        .wr_addr_i(out_r ? out_at[X_BITS-1:0] : (rows_r ? rows_wr_at[X_BITS-1:0] : norm_r_wr_addr_i)),
        .wr_lanes_i(r_lanes),
        .wr_data_i(out_r ? out16_i : (rows_r ? rows_wide : norm_r_wr_data_i)),
        .rd_en_i((norm_r_rd_en_i || residual_rd_en_i) && here),
        .rd_addr_i(norm_r_rd_en_i ? norm_r_rd_addr_i : residual_at[X_BITS-1:0]),
        .rd_data_o(r_words[RESIDUAL_BITS*LANES*i +: RESIDUAL_BITS*LANES])
      );
    end
  endgenerate
  assign x_word   = x_words;
  assign r_data_o = r_words;
endmodule
`default_nettype wire
