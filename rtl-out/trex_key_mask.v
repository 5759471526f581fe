// Key mask: which lanes may look at a key. It knows whose token lies at every place of the window (the map), and lets a lane
// look at a key of the same segment that, under a causal mask, does not lie ahead.
//
//   source = first slice of the request in this slice + group        slice of the key
//   mask   = key_i < fill of source                                  a token lies there
//            && position of the lane < fill of its slice             and here
//            && segment of the key = segment of the lane
//            && (!causal || place of the key <= place of the lane)   place = slice * tokens of a slice + position
//
// A segment's places follow each other, so that places order its tokens.
//
// Layout   lane = slice * N + lane in it; position = pass * N + lane
// Timing   mask_o one cycle after group_i, key_i and pass_i; causal_i and the window with mask_o
// Reset    none: the map keeps what it holds
// Golden   equation 17 of docs/numerics.md
`default_nettype none
module trex_key_mask #(
  parameter SLICES      = 4,
  parameter SLICE_LANES = 2,
  parameter PASSES      = 16,
  parameter SEGMENTS    = 32,
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                          clk_i,
  // map: one token at a time
  input  wire                          wr_en_i,
  input  wire [1:0]                    wr_slice_i,
  input  wire [11:0]                   wr_position_i,
  input  wire [SEG_BITS-1:0]           wr_segment_i,
  // key and lanes
  input  wire [1:0]                    group_i,
  input  wire [11:0]                   key_i,      // position in its slice
  input  wire [PASS_BITS-1:0]          pass_i,
  input  wire                          causal_i,
  // window: slice s in field s
  input  wire [2*SLICES-1:0]           slice_first_i,
  input  wire [12*SLICES-1:0]          slice_fill_i,
  output wire [SLICES*SLICE_LANES-1:0] mask_o
);
  localparam TOKENS        = SLICE_LANES * PASSES;
  localparam SLICE_BITS    = (SLICES > 1) ? $clog2(SLICES) : 1;
  localparam LANE_SHIFT    = $clog2(SLICE_LANES);
  localparam [11:0] SLICE_TOKENS = TOKENS[11:0];
  localparam [11:0] LANES_12     = SLICE_LANES[11:0];
  localparam SIDES = 1;
  localparam KEY_DEPTH  = SIDES * TOKENS;
  localparam LANE_DEPTH = SIDES * PASSES;
  localparam KEY_ADDR   = (KEY_DEPTH > 1) ? $clog2(KEY_DEPTH) : 1;
  localparam LANE_ADDR  = (LANE_DEPTH > 1) ? $clog2(LANE_DEPTH) : 1;

  reg  [1:0]           group_q;
  reg  [11:0]          key_q;
  reg  [PASS_BITS-1:0] pass_q;
  always @(posedge clk_i) begin
    group_q <= group_i;
    key_q   <= key_i;
    pass_q  <= pass_i;
  end

  wire [31:0] wr_pass  = { 20'd0, wr_position_i } >> LANE_SHIFT;
  wire [31:0] wr_key_at  = { 20'd0, wr_position_i };
  wire [31:0] wr_lane_at = wr_pass;
  wire [31:0] rd_key_at  = { 20'd0, key_i };
  wire [31:0] rd_lane_at = { {(32-PASS_BITS){1'b0}}, pass_i };
  wire        unused_bits = &{ 1'b0, wr_key_at, wr_lane_at, rd_key_at, rd_lane_at };
  wire [SLICE_LANES-1:0] wr_lane;
  genvar s, l;
  generate
    for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_write
      localparam [11:0] LANE = l;
      assign wr_lane[l] = (wr_position_i & (LANES_12 - 12'd1)) == LANE;
    end
  endgenerate

  wire [11:0]         pass_position = { {(12-PASS_BITS){1'b0}}, pass_q } * LANES_12;
  wire [SEG_BITS-1:0] key_segment [0:SLICES-1];
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      localparam [1:0]  SLICE      = s;
      localparam [11:0] SLICE_PLACE = s * TOKENS;
      wire                            wr_here = wr_en_i && (wr_slice_i == SLICE);
      wire [SEG_BITS*SLICE_LANES-1:0] lane_segments;
      trex_ram_1r1w #(.WORD_BITS(SEG_BITS), .DEPTH(KEY_DEPTH), .LANE_BITS(SEG_BITS), .DISTRIBUTED(1)) u_keys (
        .clk_i(clk_i),
        .wr_en_i(wr_here), .wr_addr_i(wr_key_at[KEY_ADDR-1:0]), .wr_lanes_i(1'b1), .wr_data_i(wr_segment_i),
        .rd_en_i(1'b1), .rd_addr_i(rd_key_at[KEY_ADDR-1:0]), .rd_data_o(key_segment[s])
      );
      trex_ram_1r1w #(.WORD_BITS(SEG_BITS*SLICE_LANES), .DEPTH(LANE_DEPTH), .LANE_BITS(SEG_BITS), .DISTRIBUTED(1)) u_lanes (
        .clk_i(clk_i),
        .wr_en_i(wr_here), .wr_addr_i(wr_lane_at[LANE_ADDR-1:0]), .wr_lanes_i(wr_lane), .wr_data_i({SLICE_LANES{wr_segment_i}}),
        .rd_en_i(1'b1), .rd_addr_i(rd_lane_at[LANE_ADDR-1:0]), .rd_data_o(lane_segments)
      );
      wire [1:0]            source_2  = slice_first_i[2*s +: 2] + group_q;
      wire [SLICE_BITS-1:0] source    = source_2[SLICE_BITS-1:0];
      wire                  unused_source = &{ 1'b0, source_2 };
      wire                  held      = key_q < slice_fill_i[12*source +: 12];
      wire [11:0]           key_place = { {(12-SLICE_BITS){1'b0}}, source } * SLICE_TOKENS + key_q;
      wire [11:0]           lanes_left = slice_fill_i[12*s +: 12] - pass_position;  // when there are any
      wire                  any       = pass_position < slice_fill_i[12*s +: 12];
      for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_lane
        localparam [11:0] LANE = l;
        assign mask_o[s*SLICE_LANES + l] = held && any && (LANE < lanes_left)
                                           && (key_segment[source] == lane_segments[SEG_BITS*l +: SEG_BITS])
                                           && (!causal_i || (key_place <= SLICE_PLACE + pass_position + LANE));
      end
    end
  endgenerate
endmodule
`default_nettype wire
