// Which lanes may look at a key: it belongs to the lane's own request and, under a causal mask, does not lie ahead.
//
//   u = group_i * SLICE_TOKENS + key_i                       position of the key in its request
//   t = (slice - first) * SLICE_TOKENS + pass * N + lane     position of the query
//   mask = slice holds a request && key_i < SLICE_TOKENS && u < length && (!causal || u <= t)
//
// Timing   combinational
// Golden   equation 17 of docs/numerics.md
`default_nettype none
module trex_key_mask #(
  parameter SLICES      = 4,
  parameter SLICE_LANES = 2,
  parameter PASSES      = 16,
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1
) (
  input  wire [1:0]                    group_i,
  input  wire [11:0]                   key_i,
  input  wire [PASS_BITS-1:0]          pass_i,
  input  wire                          causal_i,
  input  wire [SLICES-1:0]             slice_valid_i,
  input  wire [2*SLICES-1:0]           slice_first_i,
  input  wire [12*SLICES-1:0]          slice_length_i,
  output wire [SLICES*SLICE_LANES-1:0] mask_o
);
  localparam TOKENS = SLICE_LANES * PASSES;
  localparam [11:0] SLICE_TOKENS = TOKENS[11:0];
  localparam [11:0] LANES_12     = SLICE_LANES[11:0];

  wire [11:0] key_position  = { 10'd0, group_i } * SLICE_TOKENS + key_i;
  wire [11:0] pass_position = { {(12-PASS_BITS){1'b0}}, pass_i } * LANES_12;
  genvar s, l;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      localparam [1:0] SLICE = s;
      wire [1:0]  ahead    = SLICE - slice_first_i[2*s +: 2];
      wire [11:0] position = { 10'd0, ahead } * SLICE_TOKENS + pass_position;
      wire        held     = slice_valid_i[s] && (key_i < SLICE_TOKENS)
                             && (key_position < slice_length_i[12*s +: 12]);
      for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_lane
        localparam [11:0] LANE = l;
        assign mask_o[s*SLICE_LANES + l] = held && (!causal_i || (key_position <= position + LANE));
      end
    end
  endgenerate
endmodule
`default_nettype wire
