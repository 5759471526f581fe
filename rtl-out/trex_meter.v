// Meter: says of every cycle of a window what the array did, for the counters.
//
//   issue_o           a step was issued: LANES * COLUMNS PE-cycles, of which
//                       issue_work_o                            multiply a weight with a value of a real token, or in attention
//                                                               with a key of any token,
//                       issue_lanes_o * COLUMNS - issue_work_o  have a token but no output, or a key where no token lies,
//                       (LANES - issue_lanes_o) * COLUMNS       have no token
//   useful_o          squares_i PE-cycles of attention so far were those of a token with a key of its own request
//   wait_*_o          no step: LANES * COLUMNS PE-cycles idle for this cause
//
// Every cycle in which busy_i is high has exactly one of issue_o and wait_*_o, so all PE-cycles add up. What a head multiplies usefully
// is the sum of all squared lengths, once for every feature of its scores and once for every feature of its values: it is said in
// such pieces, each when at least as much has been multiplied; the last of a window are said before it ends, since its program ends
// with STORE. issue_work_o of the other modes and the pieces, summed over a window, are the number of multiplies that the golden
// model counts. mode_o stands beside issue_o.
//
// Timing   outputs describe the cycle two before
// Reset    rst_i: no cause
// Golden   MultiplyCounts of generator/golden/run-program.ts
`default_nettype none
module trex_meter #(
  parameter COLUMNS     = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter SLICES      = 4,  // groups of lanes with a weight of their own; divides LANES
  parameter LANES       = 8,  // of the whole array
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter MODE_BITS = 3,  // of what the array works on
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter COLUMN_BITS = $clog2(COLUMNS),
  parameter LANE_BITS   = $clog2(LANES + 1),
  parameter WORK_BITS   = $clog2(LANES * COLUMNS + 1)
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  // this cycle
  input  wire                            busy_i,
  input  wire                            issue_i,
  input  wire [MODE_BITS-1:0]            mode_i,
  input  wire [PASS_BITS-1:0]            pass_i,
  input  wire [COLUMN_BITS:0]            columns_i,  // outputs of the tile
  input  wire                            score_piece_i,  // the last pass of a step of the last tile of scores
  input  wire                            value_piece_i,  // the last step of a tile of values: a piece for each of its columns
  input  wire [SLICE_ID_BITS-1:0]        group_i,    // attention: slice of the request, and first key in it
  input  wire [POSITION_BITS-1:0]        key_i,
  input  wire                            wait_stream_i,
  input  wire                            wait_drain_i,
  input  wire                            wait_vector_i,
  input  wire                            wait_rows_i,
  // window: slice s in field s
  input  wire [SLICE_ID_BITS*SLICES-1:0] slice_first_i,
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,
  // two cycles later
  output wire                            issue_o,
  output reg                             useful_o,
  output wire [MODE_BITS-1:0]            mode_o,
  output wire [LANE_BITS-1:0]            issue_lanes_o,
  output wire [WORK_BITS-1:0]            issue_work_o,
  output wire                            wait_stream_o,
  output wire                            wait_drain_o,
  output wire                            wait_vector_o,
  output wire                            wait_rows_o,
  output wire                            wait_dependency_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((LANES % SLICES) != 0) begin $display("%m: LANES = %0d: must be a multiple of SLICES", LANES); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif
  localparam [2:0] MODE_SCORES = 3'd3, MODE_VALUES = 3'd4;
  localparam SLICE_BITS = (SLICES > 1) ? $clog2(SLICES) : 1;
  localparam [POSITION_BITS-1:0] TILE_LANES   = SLICE_LANES[POSITION_BITS-1:0];
  localparam [POSITION_BITS-1:0] TILE_COLUMNS = COLUMNS[POSITION_BITS-1:0];

  // ---- causes; what is none of the others is fetch, decode and hand-over ----
  wire       dependency = busy_i && !(issue_i || wait_stream_i || wait_drain_i || wait_vector_i || wait_rows_i);
  reg  [5:0] cause1_q;
  reg  [5:0] cause2_q;
  reg  [MODE_BITS-1:0] mode1_q;
  reg  [MODE_BITS-1:0] mode2_q;
  always @(posedge clk_i) begin
    cause1_q <= { issue_i, wait_stream_i, wait_drain_i, wait_vector_i, wait_rows_i, dependency };
    cause2_q <= cause1_q;
    mode1_q  <= mode_i;
    mode2_q  <= mode1_q;
    if (rst_i) begin
      cause1_q <= 6'd0;
      cause2_q <= 6'd0;
    end
  end
  assign { issue_o, wait_stream_o, wait_drain_o, wait_vector_o, wait_rows_o, wait_dependency_o } = cause2_q;
  assign mode_o = mode2_q;

  // ---- lanes that hold a token, and columns that hold an output for them ----
  wire [POSITION_BITS-1:0] pass_position = { {(POSITION_BITS-PASS_BITS){1'b0}}, pass_i } * TILE_LANES;
  wire [COLUMN_BITS:0] source_columns [0:SLICES-1];  // for lanes whose keys lie in slice s
  wire [SLICES*WORK_BITS-1:0] lanes_all;
  wire [SLICES*WORK_BITS-1:0] work_all;
  reg  [WORK_BITS-1:0] lanes_d;
  reg  [WORK_BITS-1:0] work_d;
  reg  [LANE_BITS-1:0] lanes_q;
  reg  [WORK_BITS-1:0] work_q;

  genvar s;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      wire [POSITION_BITS-1:0] fill      = slice_fill_i[POSITION_BITS*s +: POSITION_BITS];
      wire [POSITION_BITS-1:0] rows_left = fill - pass_position;
      wire [POSITION_BITS-1:0] lanes     = (pass_position >= fill) ? {POSITION_BITS{1'b0}} : (rows_left < TILE_LANES) ? rows_left : TILE_LANES;
      // Keys from key_i on.
      wire [POSITION_BITS-1:0] keys_left = fill - key_i;
      wire [POSITION_BITS-1:0] keys      = (key_i >= fill) ? {POSITION_BITS{1'b0}} : (keys_left < TILE_COLUMNS) ? keys_left : TILE_COLUMNS;
      assign source_columns[s] = (mode_i == MODE_SCORES) ? keys[COLUMN_BITS:0]
                               : ((mode_i == MODE_VALUES) && (key_i >= fill)) ? {(COLUMN_BITS+1){1'b0}} : columns_i;
      wire [SLICE_ID_BITS-1:0] source    = slice_first_i[SLICE_ID_BITS*s +: SLICE_ID_BITS] + group_i;
      reg  [WORK_BITS-1:0] slice_lanes_q;
      reg  [COLUMN_BITS:0] slice_columns_q;
      wire [WORK_BITS-1:0] slice_columns = { {(WORK_BITS-COLUMN_BITS-1){1'b0}}, slice_columns_q };
      wire        unused_high = &{ 1'b0, lanes, keys, source };
      always @(posedge clk_i) begin
        slice_lanes_q   <= { {(WORK_BITS-LANE_BITS){1'b0}}, lanes[LANE_BITS-1:0] };
        slice_columns_q <= source_columns[source[SLICE_BITS-1:0]];
      end
      assign lanes_all[s*WORK_BITS +: WORK_BITS] = slice_lanes_q;
      assign work_all[s*WORK_BITS +: WORK_BITS]  = slice_lanes_q * slice_columns;
    end
  endgenerate

  integer i;
  always @* begin
    lanes_d = {WORK_BITS{1'b0}};
    work_d  = {WORK_BITS{1'b0}};
    for (i = 0; i < SLICES; i = i + 1) begin
      lanes_d = lanes_d + lanes_all[i*WORK_BITS +: WORK_BITS];
      work_d  = work_d + work_all[i*WORK_BITS +: WORK_BITS];
    end
  end
  wire unused_lanes = &{ 1'b0, lanes_d };
  always @(posedge clk_i) begin
    lanes_q <= lanes_d[LANE_BITS-1:0];
    work_q  <= work_d;
  end
  // ---- pieces of useful attention that are still to be said ----
  // A tile of values lasts longer than the pieces of the one before it.
  localparam [COLUMN_BITS+1:0] PIECE = 1;
  reg  [COLUMN_BITS+1:0] pieces_q;
  wire                   report = pieces_q != {(COLUMN_BITS+2){1'b0}};
  always @(posedge clk_i) begin
    pieces_q <= pieces_q - (report ? PIECE : {(COLUMN_BITS+2){1'b0}}) + (score_piece_i ? PIECE : {(COLUMN_BITS+2){1'b0}})
                + (value_piece_i ? { 1'b0, columns_i } : {(COLUMN_BITS+2){1'b0}});
    useful_o <= report;
    if (rst_i) begin
      pieces_q <= {(COLUMN_BITS+2){1'b0}};
      useful_o <= 1'b0;
    end
  end

  assign issue_lanes_o = lanes_q;
  assign issue_work_o  = work_q;
endmodule
`default_nettype wire
