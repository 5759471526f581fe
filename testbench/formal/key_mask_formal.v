// key_mask against the definition: one place of a lane and one of a key, chosen freely, are followed from their writing. With
// several sides the other ones may be written at any time.
//
//   0  a lane looks at no key of another segment, at none where no token lies, and under a causal mask at none ahead of it
//   1  it looks at every other one
//
// Macros   PROPERTY, AHEAD where the map has two sides, and the parameters of the unit, from bench/formal
`default_nettype none
module key_mask_formal #(
  parameter SLICES      = `SLICES,
  parameter SLICE_LANES = `SLICE_LANES,
  parameter PASSES      = `PASSES,
  parameter SEGMENTS    = `SEGMENTS,
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                             clk_i,
  input  wire                             wr_en_i,
  input  wire                             wr_side_i,
  input  wire                             side_i,
  input  wire [1:0]                       wr_slice_i,
  input  wire [`POSITION_BITS-1:0]        wr_position_i,
  input  wire [SEG_BITS-1:0]              wr_segment_i,
  input  wire [1:0]                       group_i,
  input  wire [`POSITION_BITS-1:0]        key_i,
  input  wire [PASS_BITS-1:0]             pass_i,
  input  wire                             causal_i,
  input  wire [2*SLICES-1:0]              slice_first_i,
  input  wire [`POSITION_BITS*SLICES-1:0] slice_fill_i,
  input  wire                             choose_side_i,
  input  wire [1:0]                       choose_slice_i,
  input  wire [`POSITION_BITS-1:0]        choose_position_i,
  input  wire [1:0]                       choose_key_slice_i,
  input  wire [`POSITION_BITS-1:0]        choose_key_i,
  output wire                             bad_o
);
  localparam [31:0] SLICE_TOKENS = SLICE_LANES * PASSES;
  wire [SLICES*SLICE_LANES-1:0] mask;
  trex_key_mask #(.SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .SEGMENTS(SEGMENTS)) dut (
    .clk_i(clk_i),
`ifdef AHEAD
    .wr_side_i(wr_side_i), .side_i(side_i),
`endif
    .wr_en_i(wr_en_i), .wr_slice_i(wr_slice_i), .wr_position_i(wr_position_i), .wr_segment_i(wr_segment_i),
    .group_i(group_i), .key_i(key_i), .pass_i(pass_i), .causal_i(causal_i),
    .slice_first_i(slice_first_i), .slice_fill_i(slice_fill_i), .mask_o(mask)
  );
`ifdef AHEAD
  wire wr_side     = wr_side_i;
  wire side        = side_i;
  wire choose_side = choose_side_i;
`else
  wire wr_side     = 1'b0;
  wire side        = 1'b0;
  wire choose_side = 1'b0;
  wire unused_side = &{ 1'b0, wr_side_i, side_i, choose_side_i };
`endif

  // ---- the choice of the first cycle stands ----
  reg                      chosen_q = 1'b0;
  reg                      side_q;
  reg [1:0]                slice_q;
  reg [`POSITION_BITS-1:0] position_q;
  reg [1:0]                key_slice_q;
  reg [`POSITION_BITS-1:0] key_q;       // behind the last place, too: the filling of a tile
  reg                      known_q = 1'b0;
  reg                      key_known_q = 1'b0;
  reg [SEG_BITS-1:0]       segment_q;
  reg [SEG_BITS-1:0]       key_segment_q;
  wire here      = wr_en_i && (wr_side == side_q) && (wr_slice_i == slice_q) && (wr_position_i == position_q);
  wire key_here  = wr_en_i && (wr_side == side_q) && (wr_slice_i == key_slice_q) && (wr_position_i == key_q);
  always @(posedge clk_i) begin
    chosen_q <= 1'b1;
    if (!chosen_q) begin
      side_q      <= choose_side;
      slice_q     <= choose_slice_i;
      position_q  <= choose_position_i;
      key_slice_q <= choose_key_slice_i;
      key_q       <= choose_key_i;
    end else begin
      if (here) segment_q <= wr_segment_i;
      if (key_here) key_segment_q <= wr_segment_i;
      known_q     <= known_q || here;
      key_known_q <= key_known_q || key_here;
    end
  end

  // ---- what was asked a cycle ago, and the segments of that time ----
  reg                asked_q = 1'b0;
  reg                read_q = 1'b0;  // both have been written
  reg                same_q;
  reg [1:0]          group_q;
  wire [31:0]        pass = { {(32-`POSITION_BITS){1'b0}}, position_q } / SLICE_LANES;
  wire [31:0]        lane = { 30'd0, slice_q } * SLICE_LANES + { {(32-`POSITION_BITS){1'b0}}, position_q } % SLICE_LANES;
  always @(posedge clk_i) begin
    asked_q <= chosen_q && (side == side_q) && (key_i == key_q) && ({ {(32-PASS_BITS){1'b0}}, pass_i } == pass);
    read_q  <= known_q && key_known_q;
    same_q  <= segment_q == key_segment_q;
    group_q <= group_i;
  end

  // ---- assumptions: places of the window, and no slice that is more than full ----
  reg  valid_q = 1'b1;
  wire in_window = ({ 30'd0, slice_q } < SLICES) && ({ 30'd0, key_slice_q } < SLICES) && ({ {(32-`POSITION_BITS){1'b0}}, position_q } < SLICE_TOKENS);
  wire [SLICES-1:0] over;
  genvar s;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      assign over[s] = { {(32-`POSITION_BITS){1'b0}}, slice_fill_i[`POSITION_BITS*s +: `POSITION_BITS] } > SLICE_TOKENS;
    end
  endgenerate
  wire valid = valid_q && !(|over) && ({ {(32-`POSITION_BITS){1'b0}}, wr_position_i } < SLICE_TOKENS) && ({ 30'd0, wr_slice_i } < SLICES);
  always @(posedge clk_i) valid_q <= valid;

  // ---- the definition ----
  wire [1:0]                first     = slice_first_i >> { slice_q, 1'b0 };
  wire [31:0]               source    = ({ 30'd0, first } + { 30'd0, group_q }) % SLICES;
  wire [`POSITION_BITS-1:0] fill      = slice_fill_i >> (`POSITION_BITS * slice_q);
  wire [`POSITION_BITS-1:0] key_fill  = slice_fill_i >> (`POSITION_BITS * key_slice_q);
  wire [31:0]               place     = { 30'd0, slice_q } * SLICE_TOKENS + { {(32-`POSITION_BITS){1'b0}}, position_q };
  wire [31:0]               key_place = { 30'd0, key_slice_q } * SLICE_TOKENS + { {(32-`POSITION_BITS){1'b0}}, key_q };
  wire                      tokens    = (position_q < fill) && (key_q < key_fill);
  wire                      ahead     = causal_i && (key_place > place);
  wire                      looks     = mask[lane];
  wire                      counts    = valid && in_window && asked_q && (source == { 30'd0, key_slice_q });

  wire [1:0] violated = { read_q && tokens && same_q && !ahead && !looks, looks && (!tokens || ahead || (read_q && !same_q)) };
  assign bad_o = violated[`PROPERTY] && counts;
endmodule
`default_nettype wire
