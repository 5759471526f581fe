// Bench of window_control: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   outputs wanted: loader abort, loaded, loading, load done, loader start, start, abort, window done;
//          wanted with load done: its code; wanted with window done: code, whether a request is the cause, and then its segment;
//          inputs: load, loader done, loader code, loader idle, watchdog, start, core done, core bad, stream (ended, done, CRC bad,
//          error, short, left), rows read (error, CRC bad, cause), rows write (pending, error, cause), port idle
//          (first in the high bits)
// Macros   ROW_CRC where the unit has such a port; VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module window_control_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SEGMENTS    = `SEGMENTS;
  localparam SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam VECTOR_BITS = 8 + 8 + 8 + 1 + SEG_BITS + 1 + 1 + 8 + 2 + 1 + 2 + 6 + 2 + SEG_BITS + 2 + SEG_BITS + 1;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [7:0]          outputs;
  wire [7:0]          outputs_want;
  wire [`COMPLETION_BITS-1:0] load_code;
  wire [`COMPLETION_BITS-1:0] load_code_want;
  wire [`COMPLETION_BITS-1:0] code;
  wire [`COMPLETION_BITS-1:0] code_want;
  wire                marked;
  wire                marked_want;
  wire [SEG_BITS-1:0] cause;
  wire [SEG_BITS-1:0] cause_want;
  wire                load;
  wire                loader_done;
  wire [`COMPLETION_BITS-1:0] loader_code;
  wire                loader_idle;
  wire                watchdog;
  wire                start;
  wire                core_done;
  wire                core_bad;
  wire [5:0]          stream;
  wire                rd_error;
  wire                rd_crc_bad;
  wire [SEG_BITS-1:0] rd_cause;
  wire [1:0]          wr;
  wire [SEG_BITS-1:0] wr_cause;
  wire                port_idle;
  assign { outputs_want, load_code_want, code_want, marked_want, cause_want,
           load, loader_done, loader_code, loader_idle, watchdog, start, core_done, core_bad, stream, rd_error, rd_crc_bad, rd_cause,
            wr, wr_cause, port_idle } = vectors[index_q];

  trex_window_control #(
    .SEGMENTS(SEGMENTS)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .load_i(load), .loaded_o(outputs[6]), .loading_o(outputs[5]), .load_done_o(outputs[4]), .load_code_o(load_code),
    .loader_start_o(outputs[3]), .loader_done_i(loader_done), .loader_code_i(loader_code),
    .loader_abort_o(outputs[7]), .loader_idle_i(loader_idle), .watchdog_i(watchdog),
    .start_i(start), .window_done_o(outputs[0]), .window_code_o(code), .window_marked_o(marked), .window_cause_o(cause),
    .start_o(outputs[2]), .abort_o(outputs[1]),
    .core_done_i(core_done), .core_bad_i(core_bad),
    .stream_ended_i(stream[5]), .stream_done_i(stream[4]), .stream_crc_bad_i(stream[3]), .stream_error_i(stream[2]),
    .stream_short_i(stream[1]), .stream_left_i(stream[0]),
    .rows_rd_error_i(rd_error), .rows_rd_cause_i(rd_cause),
`ifdef ROW_CRC
    .rows_crc_bad_i(rd_crc_bad),
`endif
    .rows_wr_pending_i(wr[1]), .rows_wr_error_i(wr[0]), .rows_wr_cause_i(wr_cause), .port_idle_i(port_idle)
  );

  wire wrong = (outputs !== outputs_want) || (outputs[4] && (load_code !== load_code_want))
               || (outputs[0] && ((code !== code_want) || (marked !== marked_want) || (marked && (cause !== cause_want))));

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
