// Bench of counters: vector n holds the inputs of cycle n, and the value expected when a counter is read in it. With extra stages
// what is read in the cycle of a clear, or in the one before, is of no matter.
//
// Vector   value wanted, read, index, clear, busy, window, request, admitted, tokens, beats (read, write, rows in, rows out,
//          descriptor, completion), load (done, program, codebooks, parameters), section (done, values, indices, dense,
//          parameters), crc beat, issue, mode, lanes, work, useful, squares, waits (stream, drain, vector, rows, dependency)
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module counters_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS     = `COLUMNS;
  localparam LANES       = `LANES;
  localparam BUS_BYTES   = `BUS_BYTES;
  localparam LANE_BITS   = $clog2(LANES + 1);
  localparam WORK_BITS   = $clog2(LANES * COLUMNS + 1);
  localparam VECTOR_BITS = 64 + 1 + 5 + 5 + `POSITION_BITS + 6 + 1 + 96 + 1 + 128 + 1 + 1 + 3 + LANE_BITS + WORK_BITS + 1 + `SQUARES_BITS + 5;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [63:0]               want;
  wire [63:0]               value;
  wire                      read;
  wire [4:0]                index;
  // The high half comes a cycle later; with extra stages both come three cycles later.
  localparam EXTRA_STAGES = `EXTRA_STAGES;
  reg  [2:0]                read_q;
  reg  [191:0]              want_q;
  wire                      low_here  = (EXTRA_STAGES == 1) ? read_q[2] : read;
  wire                      high_here = (EXTRA_STAGES == 1) ? read_q[2] : read_q[0];
  wire [31:0]               low_want  = (EXTRA_STAGES == 1) ? want_q[159:128] : want[31:0];
  wire [31:0]               high_want = (EXTRA_STAGES == 1) ? want_q[191:160] : want_q[63:32];
  wire                      clear;
  wire                      busy;
  wire                      window;
  wire                      request;
  wire                      admitted;
  wire [`POSITION_BITS-1:0] tokens;
  wire [5:0]                beats;
  wire                      load_done;
  wire [95:0]               load_bytes;
  wire                      section_done;
  wire [127:0]              section_bytes;
  wire                      crc_beat;
  wire                      issue;
  wire [`MODE_BITS-1:0]     mode;
  wire [LANE_BITS-1:0]      lanes;
  wire [WORK_BITS-1:0]      work;
  wire                      useful;
  wire [`SQUARES_BITS-1:0]  squares;
  wire [4:0]                waits;
  assign { want, read, index, clear, busy, window, request, admitted, tokens, beats, load_done, load_bytes, section_done, section_bytes,
           crc_beat, issue, mode, lanes, work, useful, squares, waits } = vectors[index_q];

  trex_counters #(
    .COLUMNS(COLUMNS),
    .LANES(LANES),
    .BUS_BYTES(BUS_BYTES)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .clear_i(clear), .busy_i(busy), .read_i(read && !rst_i), .index_i(index), .value_o(value),
    .window_i(window), .request_i(request), .admitted_i(admitted), .admitted_tokens_i(tokens),
    .read_beat_i(beats[5]), .write_beat_i(beats[4]), .rows_in_beat_i(beats[3]), .rows_out_beat_i(beats[2]),
    .descriptor_beat_i(beats[1]), .completion_beat_i(beats[0]),
    .load_done_i(load_done), .load_program_i(load_bytes[95:64]), .load_codebooks_i(load_bytes[63:32]), .load_parameters_i(load_bytes[31:0]),
    .section_done_i(section_done), .section_values_i(section_bytes[127:96]), .section_indices_i(section_bytes[95:64]),
    .section_dense_i(section_bytes[63:32]), .section_parameters_i(section_bytes[31:0]), .crc_beat_i(crc_beat),
    .issue_i(issue), .mode_i(mode), .issue_lanes_i(lanes), .issue_work_i(work), .useful_i(useful), .squares_i(squares),
    .wait_stream_i(waits[4]), .wait_drain_i(waits[3]), .wait_vector_i(waits[2]), .wait_rows_i(waits[1]), .wait_dependency_i(waits[0])
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      read_q   <= 3'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if ((low_here && (value[31:0] !== low_want)) || (high_here && (value[63:32] !== high_want))) errors_o <= errors_o + 32'd1;
      want_q <= { want_q[127:0], want };
      read_q <= { read_q[1:0], read } & (((EXTRA_STAGES == 1) && clear) ? 3'b100 : 3'b111);
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
