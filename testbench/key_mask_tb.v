// Bench of key_mask: vector n holds the inputs of cycle n and the mask expected in cycle n, that of the key and pass of the cycle before.
//
// Vector   whether the mask counts, mask wanted, map write (enable, side, slice, position, segment), side, group, key, pass, causal,
//          slice_first, slice_fill
//          (first in the high bits)
// Macros   AHEAD: the map has two sides; VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module key_mask_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SLICES      = `SLICES;
  localparam SLICE_LANES = `SLICE_LANES;
  localparam PASSES      = `PASSES;
  localparam SEGMENTS    = `SEGMENTS;
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam VECTOR_BITS = 1 + SLICES*SLICE_LANES + 1 + 1 + 2 + `POSITION_BITS + SEG_BITS + 1 + 2 + `POSITION_BITS + PASS_BITS + 1
      + 2*SLICES + `POSITION_BITS*SLICES;

  reg [VECTOR_BITS-1:0]            vectors [0:`VECTORS-1];
  reg [8*512-1:0]                  path;
  reg [31:0]                       index_q;
  wire [SLICES*SLICE_LANES-1:0]    mask_out;
  wire [SLICES*SLICE_LANES-1:0]    mask_want;
  wire [1:0]                       group;
  wire [`POSITION_BITS-1:0]        key;
  wire [PASS_BITS-1:0]             pass;
  wire                             causal;
  wire                             counts;
  wire                             wr_en;
  wire                             wr_side;
  wire [1:0]                       wr_slice;
  wire [`POSITION_BITS-1:0]        wr_position;
  wire [SEG_BITS-1:0]              wr_segment;
  wire                             side;
  wire [2*SLICES-1:0]              slice_first;
  wire [`POSITION_BITS*SLICES-1:0] slice_fill;

  assign { counts, mask_want, wr_en, wr_side, wr_slice, wr_position, wr_segment, side, group, key, pass, causal, slice_first, slice_fill }
       = vectors[index_q];
`ifndef AHEAD
  wire unused_sides = &{ 1'b0, wr_side, side };
`endif

  trex_key_mask #(.SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .SEGMENTS(SEGMENTS)) dut (
    .clk_i(clk_i),
`ifdef AHEAD
    .wr_side_i(wr_side), .side_i(side),
`endif
    .wr_en_i(wr_en), .wr_slice_i(wr_slice), .wr_position_i(wr_position), .wr_segment_i(wr_segment),
    .group_i(group),
    .key_i(key),
    .pass_i(pass),
    .causal_i(causal),
    .slice_first_i(slice_first),
    .slice_fill_i(slice_fill),
    .mask_o(mask_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (counts && (mask_out !== mask_want)) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
