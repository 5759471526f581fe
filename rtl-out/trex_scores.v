// Scores: the memory in which scores become probabilities, its masks and the softmax. Score words are numbered slice
// by slice as they are looked at, each slice in whole tiles of C keys:
//
//   number of a key = group * ceil(slice_keys / C) * C + key inside its slice
//
// Layout   12 bits a lane; a probability in the low 8 of them; address number * PASSES + pass
// Timing   probabilities_o one cycle after rd_en_i, recip_o and shift_o one cycle after query_pass_i. While walking_o the softmax
//          has the memory's read port: then rd_en_i only for the probability that is made in this cycle,
//          word_*_o. The rest as trex_softmax says
// Reset    control only
// Golden   equations 16-18 and 20 of docs/numerics.md
`default_nettype none
module trex_scores #(
  parameter COLUMNS     = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter SLICES      = 4,  // groups of lanes with a weight of their own; divides LANES
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  parameter SEGMENTS    = 32,  // most requests of a window
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SCORE_BITS = 12,  // of a score of attention, equation 16 of docs/numerics.md
  parameter MULTIPLIER_BITS = 11,  // of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place
  parameter GROUPS_BITS = 3,  // of a number of slices
  parameter SHIFT_BITS = 6,  // of a shift, equation 2 of docs/numerics.md
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter LANES       = SLICES * SLICE_LANES,
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  // results
  input  wire                            wr_en_i,
  input  wire [POSITION_BITS-1:0]        wr_number_i,
  input  wire [PASS_BITS-1:0]            wr_pass_i,
  input  wire [SCORE_BITS*LANES-1:0]     wr_data_i,
  input  wire [SLICE_ID_BITS-1:0]        next_group_i,  // of the word of the next cycle, when there is one
  input  wire [POSITION_BITS-1:0]        next_key_i,    // inside its slice
  input  wire [PASS_BITS-1:0]            next_pass_i,
  // softmax
  input  wire                            clear_i,       // before the first score of a head
  input  wire                            start_i,
  output wire                            walking_o,
  output wire                            word_valid_o,
  output wire [POSITION_BITS-1:0]        word_number_o,
  output wire [PASS_BITS-1:0]            word_pass_o,
  output wire                            busy_o,
  input  wire                            causal_i,
  input  wire                            uniform_i,
  input  wire [PASS_BITS-1:0]            last_pass_i,
  input  wire [GROUPS_BITS-1:0]          groups_i,
  input  wire [POSITION_BITS-1:0]        slice_keys_i,
  // array steps
  input  wire                            rd_en_i,
  input  wire [POSITION_BITS-1:0]        rd_number_i,
  input  wire [PASS_BITS-1:0]            rd_pass_i,
  output wire [8*LANES-1:0]              probabilities_o,
  // reciprocals of the sums
  input  wire [PASS_BITS-1:0]            query_pass_i,
  output wire [MULTIPLIER_BITS*LANES-1:0]             recip_o,
  output wire [SHIFT_BITS*LANES-1:0]     shift_o,
  // window: slice s in field s; the map of its places
  input  wire [SLICE_ID_BITS*SLICES-1:0] slice_first_i,
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,
  input  wire                            map_wr_en_i,
  input  wire [SLICE_ID_BITS-1:0]        map_wr_slice_i,
  input  wire [POSITION_BITS-1:0]        map_wr_position_i,
  input  wire [SEG_BITS-1:0]             map_wr_segment_i
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
  end
`endif
  localparam COLUMN_BITS  = $clog2(COLUMNS);
  localparam SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam KEYS         = SLICES * ((SLICE_TOKENS + COLUMNS - 1) / COLUMNS) * COLUMNS;
  localparam ADDR_BITS    = $clog2(KEYS * PASSES);
  localparam USED_BITS    = $clog2(PASSES + 1);
  localparam [POSITION_BITS-1:0] TILE_COLUMNS = COLUMNS[POSITION_BITS-1:0];

  // ---- memory ----
  wire [SCORE_BITS*LANES-1:0] rd_data;
  wire                        softmax_rd_en;
  wire [ADDR_BITS-1:0]        softmax_rd_addr;
  wire                        softmax_wr_en;
  wire [ADDR_BITS-1:0]        softmax_wr_addr;
  wire [SCORE_BITS*LANES-1:0] softmax_wr_data;
  wire [31:0] wr_at = { {(32-POSITION_BITS){1'b0}}, wr_number_i } * PASSES + { {(32-PASS_BITS){1'b0}}, wr_pass_i };
  wire [31:0] rd_at = { {(32-POSITION_BITS){1'b0}}, rd_number_i } * PASSES + { {(32-PASS_BITS){1'b0}}, rd_pass_i };
  trex_ram_1r1w #(.WORD_BITS(SCORE_BITS*LANES), .DEPTH(KEYS * PASSES), .LANE_BITS(SCORE_BITS*LANES)) u_scores (
    .clk_i(clk_i),
    .wr_en_i(wr_en_i || softmax_wr_en), .wr_addr_i(wr_en_i ? wr_at[ADDR_BITS-1:0] : softmax_wr_addr), .wr_lanes_i(1'b1),
    .wr_data_i(wr_en_i ? wr_data_i : softmax_wr_data),
    .rd_en_i(softmax_rd_en || rd_en_i), .rd_addr_i(softmax_rd_en ? softmax_rd_addr : rd_at[ADDR_BITS-1:0]),
    .rd_data_o(rd_data)
  );
  // A probability that is read while it is written does not come from the memory.
  reg  passed_q;
  assign word_valid_o = softmax_wr_en;
  always @(posedge clk_i) passed_q <= softmax_wr_en;
  genvar l;
  generate
    for (l = 0; l < LANES; l = l + 1) begin : gen_lane
      reg [7:0] word_q;
      always @(posedge clk_i) if (softmax_wr_en) word_q <= softmax_wr_data[SCORE_BITS*l +: 8];
      assign probabilities_o[8*l +: 8] = passed_q ? word_q : rd_data[SCORE_BITS*l +: 8];
    end
  endgenerate

  // ---- which slice a number lies in ----
  wire [POSITION_BITS-1:0] softmax_number;
  wire [PASS_BITS-1:0]     softmax_pass;
  // Keys of a slice, of three, of all groups: they stand long before the first scores of a window.
  reg  [POSITION_BITS-1:0] part;
  reg  [POSITION_BITS-1:0] all;
  reg  [POSITION_BITS-1:0] part3;
  wire [POSITION_BITS-1:0] part2 = part << 1;
  always @(posedge clk_i) begin
    part  <= ((slice_keys_i + TILE_COLUMNS - 1'b1) >> COLUMN_BITS) << COLUMN_BITS;
    part3 <= part + part2;
    all   <= { 9'd0, groups_i } * part;
  end
  wire [SLICE_ID_BITS-1:0] group = (softmax_number >= part3) ? 2'd3 : (softmax_number >= part2) ? 2'd2 : (softmax_number >= part) ? 2'd1 : 2'd0;
  wire [POSITION_BITS-1:0] key   = softmax_number - ((group == 2'd3) ? part3 : (group == 2'd2) ? part2 : (group == 2'd1) ? part : {POSITION_BITS{1'b0}});

  // ---- one mask: of the word that is observed or, while the softmax walks, of the one that it turns into a probability ----
  wire [LANES-1:0] mask;
  trex_key_mask #(.SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .SEGMENTS(SEGMENTS)) u_mask (
    .clk_i(clk_i),
    .wr_en_i(map_wr_en_i), .wr_slice_i(map_wr_slice_i), .wr_position_i(map_wr_position_i), .wr_segment_i(map_wr_segment_i),
    .group_i(walking_o ? group : next_group_i), .key_i(walking_o ? key : next_key_i), .pass_i(walking_o ? softmax_pass : next_pass_i),
    .causal_i(causal_i), .slice_first_i(slice_first_i), .slice_fill_i(slice_fill_i), .mask_o(mask)
  );

  wire [31:0]          used   = { {(32-PASS_BITS){1'b0}}, last_pass_i } + 32'd1;
  wire                 unused_bits = &{ 1'b0, wr_at, rd_at, used };
  trex_softmax #(.LANES(LANES), .PASSES(PASSES), .MAX_KEYS(KEYS)) u_softmax (
    .clk_i(clk_i), .rst_i(rst_i),
    .observe_clear_i(clear_i), .observe_valid_i(wr_en_i), .observe_pass_i(wr_pass_i),
    .observe_mask_i(mask), .observe_data_i(wr_data_i),
    .start_i(start_i), .start_uniform_i(uniform_i), .keys_i(all), .passes_i(used[USED_BITS-1:0]),
    .busy_o(busy_o), .walking_o(walking_o),
    .key_o(softmax_number), .pass_o(softmax_pass), .mask_i(mask),
    .rd_en_o(softmax_rd_en), .rd_addr_o(softmax_rd_addr), .rd_data_i(rd_data),
    .wr_en_o(softmax_wr_en), .wr_addr_o(softmax_wr_addr), .wr_data_o(softmax_wr_data), .wr_key_o(word_number_o), .wr_pass_o(word_pass_o),
    .query_pass_i(query_pass_i), .recip_o(recip_o), .shift_o(shift_o)
  );
endmodule
`default_nettype wire
