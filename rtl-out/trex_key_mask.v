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
  parameter SLICES      = 4,  // of the window
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  parameter SEGMENTS    = 32,  // most requests of a window
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                            clk_i,
  // map: one token at a time
  input  wire                            wr_en_i,
  input  wire [SLICE_ID_BITS-1:0]        wr_slice_i,
  input  wire [POSITION_BITS-1:0]        wr_position_i,
  input  wire [SEG_BITS-1:0]             wr_segment_i,
  // key and lanes
  input  wire [SLICE_ID_BITS-1:0]        group_i,
  input  wire [POSITION_BITS-1:0]        key_i,      // position in its slice
  input  wire [PASS_BITS-1:0]            pass_i,
  input  wire                            causal_i,
  // window: slice s in field s
  input  wire [SLICE_ID_BITS*SLICES-1:0] slice_first_i,
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,
  output wire [SLICES*SLICE_LANES-1:0]   mask_o
);
`ifndef SYNTHESIS
  initial begin
    if ((SLICES != 1) && (SLICES != 2) && (SLICES != 4)) begin $display("%m: SLICES = %0d: must be 1, 2 or 4", SLICES); $finish; end
    if ((SLICE_LANES < 1) || ((SLICE_LANES & (SLICE_LANES - 1)) != 0)) begin
      $display("%m: SLICE_LANES = %0d: must be a power of two, 1 or more", SLICE_LANES); $finish;
    end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif

  localparam TOKENS     = SLICE_LANES * PASSES;
  localparam SLICE_BITS = (SLICES > 1) ? $clog2(SLICES) : 1;
  localparam LANE_SHIFT = $clog2(SLICE_LANES);
  localparam SIDES      = 1;
  localparam KEY_DEPTH  = SIDES * TOKENS;
  localparam LANE_DEPTH = SIDES * PASSES;
  localparam KEY_ADDR   = (KEY_DEPTH > 1) ? $clog2(KEY_DEPTH) : 1;
  localparam LANE_ADDR  = (LANE_DEPTH > 1) ? $clog2(LANE_DEPTH) : 1;
  localparam [POSITION_BITS-1:0] LANE_MASK  = SLICE_LANES[POSITION_BITS-1:0] - 1'b1;
  localparam [SLICE_ID_BITS-1:0] SLICE_MASK = SLICES[SLICE_ID_BITS-1:0] - 1'b1;

  reg  [SLICE_ID_BITS-1:0] group_q;
  reg  [POSITION_BITS-1:0] key_q;
  reg  [PASS_BITS-1:0]     pass_q;
  always @(posedge clk_i) begin
    group_q <= group_i;
    key_q   <= key_i;
    pass_q  <= pass_i;
  end

  // ---- the map: of every place for keys, of a pass at a time for lanes ----
  wire [31:0] wr_pass = { {(32-POSITION_BITS){1'b0}}, wr_position_i } >> LANE_SHIFT;
  wire [31:0] wr_key_at  = { {(32-POSITION_BITS){1'b0}}, wr_position_i };
  wire [31:0] wr_lane_at = wr_pass;
  wire [31:0] rd_key_at  = { {(32-POSITION_BITS){1'b0}}, key_i };
  wire [31:0] rd_lane_at = { {(32-PASS_BITS){1'b0}}, pass_i };
  wire        unused_bits = &{ 1'b0, wr_key_at, wr_lane_at, rd_key_at, rd_lane_at };

  // ---- tiles and lanes: places are compared tile by tile, and lane by lane inside one ----
  wire [POSITION_BITS-1:0] pass      = { {(POSITION_BITS-PASS_BITS){1'b0}}, pass_q };
  wire [POSITION_BITS-1:0] key_tile  = key_q >> LANE_SHIFT;
  wire [POSITION_BITS-1:0] key_lane  = key_q & LANE_MASK;
  wire [SLICE_LANES-1:0]   wr_lane;
  wire [SLICE_LANES-1:0]   behind_key;  // lanes of the key's tile that lie at it or behind it
  wire [SLICES-1:0]        held;        // a token lies at the key's position of slice s
  wire [SEG_BITS-1:0]      key_segment [0:SLICES-1];
  genvar s, l;
  generate
    for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_lane
      localparam [POSITION_BITS-1:0] LANE = l;
      assign wr_lane[l]    = (wr_position_i & LANE_MASK) == LANE;
      assign behind_key[l] = key_lane <= LANE;
    end

    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      localparam [1:0] SLICE = s;
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

      wire [POSITION_BITS-1:0] fill      = slice_fill_i[POSITION_BITS*s +: POSITION_BITS];
      wire [POSITION_BITS-1:0] fill_tile = fill >> LANE_SHIFT;  // the first that is not full
      wire [POSITION_BITS-1:0] fill_lane = fill & LANE_MASK;
      wire [SLICE_ID_BITS-1:0] source_2  = (slice_first_i[SLICE_ID_BITS*s +: SLICE_ID_BITS] + group_q) & SLICE_MASK;
      wire [SLICE_BITS-1:0]    source    = source_2[SLICE_BITS-1:0];
      wire [2:0]               offset    = { 1'b0, source_2 } - { 1'b0, SLICE };
      wire                     own       = offset == 3'd0;
      wire                     all       = !causal_i || offset[2] || (own && (key_tile < pass));  // no lane of this pass lies before the key
      wire                     some      = own && (key_tile == pass);
      wire                     looks     = held[source] && (all || some);
      wire [SEG_BITS-1:0]      segment   = key_segment[source];
      assign held[s] = key_q < fill;
      for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_mask
        localparam [POSITION_BITS-1:0] LANE = l;
        wire occupied = (pass < fill_tile) || ((pass == fill_tile) && (LANE < fill_lane));
        assign mask_o[s*SLICE_LANES + l] = looks && occupied && (all || behind_key[l])
                                           && (segment == lane_segments[SEG_BITS*l +: SEG_BITS]);
      end
    end
  endgenerate
endmodule
`default_nettype wire
