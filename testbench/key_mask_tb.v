// Bench of key_mask: vector n holds the inputs of cycle n and the mask expected in cycle n.
//
// Vector   mask wanted, group, key, pass, causal, slice_valid, slice_first, slice_length
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
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
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam VECTOR_BITS = SLICES*SLICE_LANES + 2 + 12 + PASS_BITS + 1 + SLICES + 2*SLICES + 12*SLICES;

  reg [VECTOR_BITS-1:0]         vectors [0:`VECTORS-1];
  reg [8*512-1:0]               path;
  reg [31:0]                    index_q;
  wire [SLICES*SLICE_LANES-1:0] mask_out;
  wire [SLICES*SLICE_LANES-1:0] mask_want;
  wire [1:0]                    group;
  wire [11:0]                   key;
  wire [PASS_BITS-1:0]          pass;
  wire                          causal;
  wire [SLICES-1:0]             slice_valid;
  wire [2*SLICES-1:0]           slice_first;
  wire [12*SLICES-1:0]          slice_length;

  assign { mask_want, group, key, pass, causal, slice_valid, slice_first, slice_length } = vectors[index_q];

  trex_key_mask #(.SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES)) dut (
    .group_i(group),
    .key_i(key),
    .pass_i(pass),
    .causal_i(causal),
    .slice_valid_i(slice_valid),
    .slice_first_i(slice_first),
    .slice_length_i(slice_length),
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
      if (mask_out !== mask_want) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
