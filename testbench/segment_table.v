// Segments of a window for benches: answers as the window former does, two cycles after a place is shown; with ones, which no
// bench takes for good, when no segment begins there.
//
// Layout   segment g in field g
`default_nettype none
module segment_table #(
  parameter SEGMENTS = 8,
  parameter SEG_BITS = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                               clk_i,
  input  wire [SEG_BITS:0]                  segments_i,
  input  wire [2*SEGMENTS-1:0]              slice_i,
  input  wire [`POSITION_BITS*SEGMENTS-1:0] position_i,
  input  wire [`POSITION_BITS*SEGMENTS-1:0] length_i,
  input  wire [32*SEGMENTS-1:0]             input_i,
  input  wire [32*SEGMENTS-1:0]             output_i,
  input  wire [1:0]                         find_slice_i,
  input  wire [`POSITION_BITS-1:0]          find_position_i,
  output reg  [SEG_BITS-1:0]                found_segment_o,
  output reg  [`POSITION_BITS-1:0]          found_length_o,
  output reg  [31:0]                        found_input_o,
  output reg  [31:0]                        found_output_o
);
  integer g;
  reg [SEG_BITS-1:0] segment;
  reg                here;
  reg [SEG_BITS-1:0] segment_q;
  reg                here_q;
  always @* begin
    segment = {SEG_BITS{1'b1}};
    here    = 1'b0;
    for (g = 0; g < SEGMENTS; g = g + 1) begin
      if ((g < segments_i) && (slice_i[2*g +: 2] == find_slice_i) && (position_i[`POSITION_BITS*g +: `POSITION_BITS] == find_position_i)) begin
        segment = g;
        here    = 1'b1;
      end
    end
  end
  always @(posedge clk_i) begin
    segment_q       <= segment;
    here_q          <= here;
    found_segment_o <= segment_q;
    found_length_o  <= here_q ? length_i[`POSITION_BITS*segment_q +: `POSITION_BITS] : {`POSITION_BITS{1'b1}};
    found_input_o   <= here_q ? input_i[32*segment_q +: 32] : 32'hffffffff;
    found_output_o  <= here_q ? output_i[32*segment_q +: 32] : 32'hffffffff;
  end
endmodule
`default_nettype wire
