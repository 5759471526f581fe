// Bench of meter: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   useful wanted, causes wanted (issue, stream, drain, vector, rows, dependency), mode wanted, lanes wanted, work wanted
//          (the last three when issue), rst, busy, issue, mode, pass, columns, group, key, wait stream, drain, vector,
//          rows, score piece, value piece, slice_first, slice_fill
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module meter_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS     = `COLUMNS;
  localparam SLICES      = `SLICES;
  localparam SLICE_LANES = `SLICE_LANES;
  localparam LANES       = `LANES;
  localparam PASSES      = `PASSES;
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam COLUMN_BITS = $clog2(COLUMNS);
  localparam LANE_BITS   = $clog2(LANES + 1);
  localparam WORK_BITS   = $clog2(LANES * COLUMNS + 1);
  localparam VECTOR_BITS = 1 + 6 + `MODE_BITS + LANE_BITS + WORK_BITS + 1 + 1 + 1 + `MODE_BITS + PASS_BITS + COLUMN_BITS + 1 + 2
      + `POSITION_BITS + 6 + (`POSITION_BITS + 2)*SLICES;

  reg [VECTOR_BITS-1:0]            vectors [0:`VECTORS-1];
  reg [8*512-1:0]                  path;
  reg [31:0]                       index_q;
  wire [5:0]                       causes_out;
  wire [5:0]                       causes_want;
  wire [`MODE_BITS-1:0]            mode_out;
  wire [`MODE_BITS-1:0]            mode_want;
  wire [LANE_BITS-1:0]             lanes_out;
  wire [LANE_BITS-1:0]             lanes_want;
  wire [WORK_BITS-1:0]             work_out;
  wire [WORK_BITS-1:0]             work_want;
  wire                             reset;
  wire                             busy;
  wire                             issue;
  wire [`MODE_BITS-1:0]            mode;
  wire [PASS_BITS-1:0]             pass;
  wire [COLUMN_BITS:0]             columns;
  wire [1:0]                       group;
  wire [`POSITION_BITS-1:0]        key;
  wire                             wait_stream;
  wire                             wait_drain;
  wire                             wait_vector;
  wire                             wait_rows;
  wire                             score_piece;
  wire                             value_piece;
  wire                             useful_out;
  wire                             useful_want;
  wire [2*SLICES-1:0]              slice_first;
  wire [`POSITION_BITS*SLICES-1:0] slice_fill;

  assign { useful_want, causes_want, mode_want, lanes_want, work_want, reset, busy, issue, mode, pass, columns, group, key,
           wait_stream, wait_drain, wait_vector, wait_rows, score_piece, value_piece, slice_first, slice_fill } = vectors[index_q];

  trex_meter #(.COLUMNS(COLUMNS), .SLICES(SLICES), .LANES(LANES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES)) dut (
    .clk_i(clk_i), .rst_i(rst_i || reset),
    .busy_i(busy), .issue_i(issue), .mode_i(mode), .pass_i(pass), .columns_i(columns), .group_i(group), .key_i(key),
    .wait_stream_i(wait_stream), .wait_drain_i(wait_drain), .wait_vector_i(wait_vector), .wait_rows_i(wait_rows),
    .score_piece_i(score_piece), .value_piece_i(value_piece), .slice_first_i(slice_first), .slice_fill_i(slice_fill),
    .useful_o(useful_out), .issue_o(causes_out[5]), .mode_o(mode_out), .issue_lanes_o(lanes_out), .issue_work_o(work_out),
    .wait_stream_o(causes_out[4]), .wait_drain_o(causes_out[3]), .wait_vector_o(causes_out[2]), .wait_rows_o(causes_out[1]),
    .wait_dependency_o(causes_out[0])
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong_work = (mode_out !== mode_want) || (lanes_out !== lanes_want) || (work_out !== work_want);
  wire wrong = (useful_out !== useful_want) || (causes_out !== causes_want) || (causes_want[5] && wrong_work);

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
