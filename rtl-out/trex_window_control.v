// Window control: starts and ends loads and windows. A window begins in the stream reader and in the core together. It
// ends well when the program has reached END, every row has its response and the CRC of the pass region was right;
// it ends at the first error by stopping everything that works for it and waiting until the port is quiet.
//
//   IDLE -> RUN -> IDLE                    good
//           RUN -> ABORT -> QUIET -> IDLE  error; abort_o is high for one cycle
//
// A load ends when the loader has done; the watchdog stops the loader, and the load ends when the port is quiet.
//
// The cause of an error of rows is a request of the window, told by its segment: of rows that come by who reads them, of rows
// that go by the write port, which knows whose response it is.
//
// Timing   window_done_o pulses with code and cause; load_done_o pulses with load_code_o
// Reset    control only
// Golden   docs/chip.md, "Errors"
`default_nettype none
module trex_window_control #(
  // Made with the configuration; do not override.
  parameter SEGMENTS = 32,  // most requests of a window
  // The same in every configuration; do not override.
  parameter COMPLETION_BITS = 8,  // of a code that a request or a load ends with
  // Derived; do not override.
  parameter SEG_BITS = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                clk_i,
  input  wire                rst_i,
  // load
  input  wire                load_i,          // pulse
  output reg                 loaded_o,
  output reg                 loading_o,
  output reg                 load_done_o,
  output reg  [COMPLETION_BITS-1:0] load_code_o,
  output wire                loader_start_o,
  input  wire                loader_done_i,
  input  wire [COMPLETION_BITS-1:0] loader_code_i,
  output wire                loader_abort_o,
  input  wire                loader_idle_i,   // nothing in flight for the loader
  input  wire                watchdog_i,      // pulse: what runs has taken too long
  // window: batcher
  input  wire                start_i,
  output reg                 window_done_o,
  output reg  [COMPLETION_BITS-1:0] window_code_o,
  output reg                 window_marked_o, // a request is the cause
  output reg  [SEG_BITS-1:0] window_cause_o,  // its segment
  // core, stream reader, section decoder, rows, port
  output wire                start_o,
  output wire                abort_o,
  input  wire                core_done_i,
  input  wire                core_bad_i,
  input  wire                stream_ended_i,  // level: every beat before the CRC has been handed on
  input  wire                stream_done_i,   // level: the CRC is right
  input  wire                stream_crc_bad_i,
  input  wire                stream_error_i,
  input  wire                stream_short_i,  // level: a section needs more beats than there are
  input  wire                stream_left_i,   // level: there are beats that no section has used
  input  wire                rows_rd_error_i, // rows came with an error
  input  wire [SEG_BITS-1:0] rows_rd_cause_i, // their segment
  input  wire                rows_wr_pending_i,
  input  wire                rows_wr_error_i, // a response to rows was an error
  input  wire [SEG_BITS-1:0] rows_wr_cause_i, // the segment of those rows
  input  wire                port_idle_i      // nothing in flight for stream reader and rows
);
`ifndef SYNTHESIS
  initial begin
    if (SEGMENTS < 1) begin $display("%m: SEGMENTS = %0d: must be at least 1", SEGMENTS); $finish; end
  end
`endif
  localparam [7:0] CODE_LOADED = 8'd0, CODE_GOOD = 8'd1, CODE_READ_WEIGHTS = 8'd6, CODE_READ_ROWS = 8'd7, CODE_WRITE_ROWS = 8'd8,
                   CODE_PASS_CRC = 8'd9, CODE_BAD_PROGRAM = 8'd10, CODE_STREAM_END = 8'd11, CODE_WATCHDOG = 8'd19;
  localparam [1:0] IDLE = 2'd0, RUN = 2'd1, ABORT = 2'd2, QUIET = 2'd3;

  // ---- load ----
  reg  load_abort_q;  // the loader was stopped; its beats in flight return
  wire load_end = load_abort_q ? loader_idle_i : loader_done_i;
  assign loader_start_o = load_i;
  assign loader_abort_o = watchdog_i && loading_o && !load_abort_q && !loader_done_i;
  always @(posedge clk_i) begin
    load_done_o <= load_end;
    load_code_o <= load_abort_q ? CODE_WATCHDOG : loader_code_i;
    if (loader_abort_o) load_abort_q <= 1'b1;
    if (load_i) begin
      loaded_o  <= 1'b0;
      loading_o <= 1'b1;
    end else if (load_end) begin
      loaded_o     <= !load_abort_q && (loader_code_i == CODE_LOADED);
      loading_o    <= 1'b0;
      load_abort_q <= 1'b0;
    end
    if (rst_i) begin
      loaded_o     <= 1'b0;
      loading_o    <= 1'b0;
      load_done_o  <= 1'b0;
      load_abort_q <= 1'b0;
    end
  end

  // ---- window ----
  reg  [1:0] state_q;
  reg        core_done_q;
  wire       core_done   = core_done_q || core_done_i;
  wire       stream_end  = stream_short_i || (core_done && stream_left_i);
  wire       rows_bad    = rows_rd_error_i;
  wire       error       = stream_error_i || rows_bad || rows_wr_error_i || stream_crc_bad_i || core_bad_i || stream_end;
  wire       good        = core_done && !rows_wr_pending_i && stream_ended_i && stream_done_i && !stream_left_i;
  assign start_o = start_i;
  assign abort_o = state_q == ABORT;

  always @(posedge clk_i) begin
    window_done_o <= 1'b0;
    case (state_q)
      IDLE: begin
        core_done_q <= 1'b0;
        if (start_i) state_q <= RUN;
      end
      RUN: begin
        core_done_q     <= core_done;
        window_marked_o <= !stream_error_i && (rows_bad || rows_wr_error_i);
        window_cause_o  <= rows_bad ? rows_rd_cause_i : rows_wr_cause_i;
        if (error) begin
          state_q       <= ABORT;
          window_code_o <= stream_error_i   ? CODE_READ_WEIGHTS :
                           rows_rd_error_i  ? CODE_READ_ROWS :
                           rows_wr_error_i  ? CODE_WRITE_ROWS :
                           stream_crc_bad_i ? CODE_PASS_CRC :
                           core_bad_i       ? CODE_BAD_PROGRAM : CODE_STREAM_END;
        end else if (good) begin
          state_q       <= IDLE;
          window_code_o <= CODE_GOOD;
          window_done_o <= 1'b1;
        end else if (watchdog_i) begin
          state_q       <= ABORT;
          window_code_o <= CODE_WATCHDOG;
        end
      end
      ABORT: state_q <= QUIET;
      default: if (port_idle_i && !rows_wr_pending_i) begin
        state_q       <= IDLE;
        window_done_o <= 1'b1;
      end
    endcase
    if (rst_i) begin
      state_q       <= IDLE;
      window_done_o <= 1'b0;
    end
  end
endmodule
`default_nettype wire
