// Results: takes a finished tile out of the array, word by word through the epilogue, and says where each word goes.
// What belongs to a tile moves on with its accumulator set, what belongs to its instruction with its first tile, so that the
// next tile, and the next instruction, may begin.
//
//   cycle   n          n+1                     n+4               n+6
//           drain_*_o  drain_data_i, recip_i   residual_i        out_*, next_* of it a cycle before
//
// Timing   start_i with the issue of the last step of a tile, only while ready_o; the first tile of an instruction, and the
//          first one of another mode, only while neither busy_o nor pipe_busy_o, which is high until the last word has been written
// Reset    rst_i drops every word under way
// Golden   equations 2 and 7-9 of docs/numerics.md; 19 for the scale of values
`default_nettype none
module trex_results #(
  parameter COLUMNS  = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter LANES    = 8,  // of the whole array
  parameter PASSES   = 16,  // tokens that a lane computes one after another; >= 1
  parameter ACC_BITS = 26,  // of an accumulator; 17 .. 32
  parameter ACT_BITS = 8,  // of a stored activation
  // Made with the configuration; do not override.
  parameter BIAS_SHIFT_MAX = 23,  // largest shift of a bias
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SCORE_BITS = 12,  // of a score of attention, equation 16 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter MODE_BITS = 3,  // of what the array works on
  parameter DESTINATION_BITS = 3,  // of the memory that an instruction writes
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter BIAS_SHIFT_BITS = 5,  // of the shift of a bias, equation 3 of docs/numerics.md
  parameter RESIDUAL_BITS = 16,  // of a value of R, equation 14 of docs/numerics.md
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter COLUMN_BITS = $clog2(COLUMNS),
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter BIAS_BITS   = 8 + BIAS_SHIFT_MAX
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  input  wire                        table_wr_en_i,
  input  wire [7:0]                  table_wr_addr_i,
  input  wire [7:0]                  table_wr_data_i,
  // tile
  input  wire                        bias_en_i,     // before or with its start
  input  wire [8*COLUMNS-1:0]        bias_i,
  input  wire [8*COLUMNS-1:0]        multipliers_i,  // with bias_i
  input  wire                        start_i,
  input  wire                        set_i,
  input  wire [MODE_BITS-1:0]        mode_i,
  input  wire [COLUMN_BITS:0]        columns_i,
  input  wire [PASS_BITS-1:0]        last_pass_i,
  input  wire [FEATURE_BITS-1:0]     feature_i,
  input  wire [SLICE_ID_BITS-1:0]    group_i,
  input  wire [POSITION_BITS-1:0]    key_i,
  input  wire                        hold_i,        // what the tile that was started last needs besides is not there yet
  output wire                        ready_o,
  output wire                        busy_o,
  output wire                        pipe_busy_o,
  // instruction, with start_i
  input  wire [DESTINATION_BITS-1:0] dst_i,
  input  wire                        activate_i,
  input  wire [BIAS_SHIFT_BITS-1:0]  bias_shift_i,
  input  wire [MULTIPLIER_BITS-1:0]                 multiplier_i,
  input  wire                        per_column_i,  // the multipliers of the tile in place of multiplier_i
  input  wire [SHIFT_BITS-1:0]       shift_i,
  input  wire [SHIFT_BITS-1:0]       values_shift_i,
  // array; reciprocals of the pass that is drained
  output wire                        drain_en_o,
  output wire                        drain_set_o,
  output wire [PASS_BITS-1:0]        drain_pass_o,
  output wire [COLUMN_BITS-1:0]      drain_column_o,
  input  wire [LANES*ACC_BITS-1:0]   drain_data_i,
  input  wire [LANES*MULTIPLIER_BITS-1:0]         recip_i,
  input  wire [LANES*SHIFT_BITS-1:0] recip_shift_i,
  // residual
  output wire                        residual_rd_en_o,
  output wire [FEATURE_BITS-1:0]     residual_feature_o,
  output wire [PASS_BITS-1:0]        residual_pass_o,
  input  wire [LANES*RESIDUAL_BITS-1:0]         residual_i,
  // words
  output wire                        out_valid_o,
  output wire [MODE_BITS-1:0]        out_mode_o,
  output wire [DESTINATION_BITS-1:0] out_dst_o,
  output wire [FEATURE_BITS-1:0]     out_feature_o,
  output wire [PASS_BITS-1:0]        out_pass_o,
  output wire [LANES*ACT_BITS-1:0]   out_act_o,
  output wire [SCORE_BITS*LANES-1:0] out12_o,
  output wire [LANES*RESIDUAL_BITS-1:0]         out16_o,
  // the word of the next cycle, whether there is one or not: masks are looked up meanwhile
  output wire [PASS_BITS-1:0]        next_pass_o,
  output wire [SLICE_ID_BITS-1:0]    next_group_o,
  output wire [POSITION_BITS-1:0]    next_key_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
    if ((ACC_BITS < 17) || (ACC_BITS > 32)) begin $display("%m: ACC_BITS = %0d: must be 17 .. 32", ACC_BITS); $finish; end
  end
`endif

  localparam [2:0] MODE_EXPAND = 3'd1, MODE_DENSE = 3'd2, MODE_VALUES = 3'd4;
  localparam [2:0] TO_X = 3'd0, TO_RADD = 3'd6;
  localparam TAG_BITS       = 3 + 2 + POSITION_BITS + PASS_BITS + FEATURE_BITS;
  localparam PLACE_BITS     = FEATURE_BITS + PASS_BITS;
  localparam RESIDUAL_DELAY = 3;  // from a drained word to the read of its residual
  localparam PIPE_DEPTH     = 7;  // from a drained word to the memory that holds its result

  wire [FEATURE_BITS-1:0] drain_feature;
  wire                    tile_begin;
  trex_drain #(.COLUMNS(COLUMNS), .PASSES(PASSES)) u_drain (
    .clk_i(clk_i), .rst_i(rst_i),
    .start_i(start_i), .set_i(set_i), .columns_i(columns_i), .last_pass_i(last_pass_i), .feature_i(feature_i), .hold_i(hold_i),
    .ready_o(ready_o), .busy_o(busy_o), .begin_o(tile_begin), .en_o(drain_en_o), .set_o(drain_set_o), .pass_o(drain_pass_o), .column_o(drain_column_o),
    .feature_o(drain_feature)
  );

  // Of the tile that is computed, of the one that was started last, of the one that leaves the array.
  reg  [8*COLUMNS-1:0]     bias_q;
  reg  [8*COLUMNS-1:0]     next_bias_q;
  reg  [8*COLUMNS-1:0]     tile_bias_q;
  reg  [8*COLUMNS-1:0]     multipliers_q;
  reg  [8*COLUMNS-1:0]     next_multipliers_q;
  reg  [8*COLUMNS-1:0]     tile_multipliers_q;
  reg  [SLICE_ID_BITS-1:0] next_group_q;
  reg  [SLICE_ID_BITS-1:0] group_q;
  reg  [POSITION_BITS-1:0] next_key_q;
  reg  [POSITION_BITS-1:0] key_q;
  // Of an instruction: nothing of another one is under way when its first tile is started.
  reg  [MODE_BITS-1:0]     mode_q;
  reg  [DESTINATION_BITS-1:0] dst_q;
  reg                      activate_q;
  reg  [BIAS_SHIFT_BITS-1:0] bias_shift_q;
  reg  [MULTIPLIER_BITS-1:0]              multiplier_q;
  reg                      per_column_q;
  reg  [SHIFT_BITS-1:0]    shift_q;
  reg  [SHIFT_BITS-1:0]    values_shift_q;
  always @(posedge clk_i) begin
    if (bias_en_i) bias_q <= bias_i;
    if (bias_en_i) multipliers_q <= multipliers_i;
    if (start_i) begin
      next_bias_q  <= bias_en_i ? bias_i : bias_q;
      next_multipliers_q <= bias_en_i ? multipliers_i : multipliers_q;
      next_group_q <= group_i;
      next_key_q   <= key_i;
      mode_q       <= mode_i;
      dst_q        <= dst_i;
      activate_q   <= activate_i;
      bias_shift_q <= bias_shift_i;
      multiplier_q <= multiplier_i;
      per_column_q <= per_column_i;
      shift_q      <= shift_i;
      values_shift_q <= values_shift_i;
    end
    if (tile_begin) begin
      tile_bias_q <= next_bias_q;
      tile_multipliers_q <= next_multipliers_q;
      group_q     <= next_group_q;
      key_q       <= next_key_q;
    end
  end

  wire [POSITION_BITS-1:0]  key      = key_q + { {(POSITION_BITS-COLUMN_BITS){1'b0}}, drain_column_o };
  wire                      streamed = (mode_q == MODE_EXPAND) || (mode_q == MODE_DENSE);
  wire                      values   = mode_q == MODE_VALUES;
  reg                       in_valid_q;
  reg  [TAG_BITS-1:0]       in_tag_q;
  reg  [BIAS_BITS-1:0]      in_bias_q;
  wire [7:0]                tile_bias = streamed ? tile_bias_q[8*drain_column_o +: 8] : 8'd0;
  reg  [MULTIPLIER_BITS-1:0]               in_multiplier_q;
  reg  [RESIDUAL_DELAY-1:0] residual_en_q;
  reg  [RESIDUAL_DELAY*PLACE_BITS-1:0] residual_place_q;
  reg  [PIPE_DEPTH-1:0]     pipe_q;
  always @(posedge clk_i) begin
    in_valid_q       <= drain_en_o;
    if (drain_en_o) begin
      in_tag_q        <= { mode_q, group_q, key, drain_pass_o, drain_feature };
      in_bias_q       <= { {BIAS_SHIFT_MAX{tile_bias[7]}}, tile_bias } << bias_shift_q;
      in_multiplier_q <= per_column_q ? { {(MULTIPLIER_BITS-8){1'b0}}, tile_multipliers_q[8*drain_column_o +: 8] } : multiplier_q;
    end
    residual_en_q    <= { residual_en_q[RESIDUAL_DELAY-2:0], drain_en_o && (dst_q == TO_RADD) };
    if (pipe_busy_o) residual_place_q <= { residual_place_q[(RESIDUAL_DELAY-1)*PLACE_BITS-1:0], drain_feature, drain_pass_o };
    pipe_q           <= { pipe_q[PIPE_DEPTH-2:0], drain_en_o };
    if (rst_i) begin
      in_valid_q    <= 1'b0;
      residual_en_q <= {RESIDUAL_DELAY{1'b0}};
      pipe_q        <= {PIPE_DEPTH{1'b0}};
    end
  end
  assign residual_rd_en_o = residual_en_q[RESIDUAL_DELAY-1];
  assign { residual_feature_o, residual_pass_o } = residual_place_q[RESIDUAL_DELAY*PLACE_BITS-1 -: PLACE_BITS];
  assign pipe_busy_o = drain_en_o || (|pipe_q);

  wire [LANES*MULTIPLIER_BITS-1:0] lane_multiplier;
  wire [LANES*SHIFT_BITS-1:0]  lane_shift;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_scale
      assign lane_multiplier[MULTIPLIER_BITS*l +: MULTIPLIER_BITS] = values ? recip_i[MULTIPLIER_BITS*l +: MULTIPLIER_BITS] : in_multiplier_q;
      assign lane_shift[SHIFT_BITS*l +: SHIFT_BITS] = values ? recip_shift_i[SHIFT_BITS*l +: SHIFT_BITS] + values_shift_q : shift_q;
    end
  endgenerate

  wire [TAG_BITS-1:0] out_tag;
  wire [TAG_BITS-1:0] next_tag;
  trex_epilogue #(.LANES(LANES), .ACC_BITS(ACC_BITS), .ACT_BITS(ACT_BITS), .TAG_BITS(TAG_BITS)) u_epilogue (
    .clk_i(clk_i), .rst_i(rst_i),
    .table_wr_en_i(table_wr_en_i), .table_wr_addr_i(table_wr_addr_i), .table_wr_data_i(table_wr_data_i),
    .in_valid_i(in_valid_q), .tag_i(in_tag_q), .activate_i(streamed && activate_q), .residual_add_i(streamed && (dst_q == TO_RADD)),
    .acc_i(drain_data_i), .bias_i(in_bias_q),
    .multiplier_i(lane_multiplier), .shift_i(lane_shift), .residual_i(residual_i),
    .out_valid_o(out_valid_o), .tag_o(out_tag), .next_tag_o(next_tag), .out_act_o(out_act_o), .out12_o(out12_o), .out16_o(out16_o)
  );
  wire [SLICE_ID_BITS-1:0] out_group;
  wire [POSITION_BITS-1:0] out_key;
  wire [MODE_BITS-1:0]     next_mode;
  wire [FEATURE_BITS-1:0]  next_feature;
  assign { out_mode_o, out_group, out_key, out_pass_o, out_feature_o } = out_tag;
  assign { next_mode, next_group_o, next_key_o, next_pass_o, next_feature } = next_tag;
  wire                unused_tags = &{ 1'b0, out_group, out_key, next_mode, next_feature };
  // Attention writes X whatever the field dst holds.
  assign out_dst_o = (out_mode_o == MODE_VALUES) ? TO_X : dst_q;
endmodule
`default_nettype wire
