// Bench of load_ahead: the units around it as far as they matter to it, which live on what it tells them, and a judge who
// knows which window rows work for. Vector n holds what may happen in cycle n; it does when its unit can do it.
//
//   batcher          forms the next window at any time, begins it when none is in work; in some phases shows it while one is
//                    in work alone, in others between two as well, as batcher does while it writes completions
//   window control   ends a window well, or aborts it: the cycle after an error is seen, and now and then without one
//   sequencer        LOAD, then STOREs, one at a time; another program is loaded now and then while there is no window
//   rows             work for some cycles; beats of a load come with errors
//
// Windows have numbers: `window` is the one in work, or the last that was; loaded_q is the first whose rows are not in.
//
// Vector   form, show, begin, end, abort, forget, ask, finish, error, the error is a CRC, and a bus error with it, segment, and what
//          instruction fields hold: store, outer, base (first in the high bits)
// Macros   ROW_CRC where the unit has such ports; VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module load_ahead_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SEGMENTS    = `SEGMENTS;
  localparam SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam EVENT_BITS  = 11;                 // may_form .. and_bus
  localparam FIELD_BITS  = 2 * `FEATURE_BITS;  // outer and base of an instruction
  localparam VECTOR_BITS = EVENT_BITS + SEG_BITS + 1 + FIELD_BITS;
  localparam EVENTS      = 15;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire              may_form;
  wire              may_show;
  wire              may_begin;
  wire              may_end;
  wire              may_abort;
  wire              may_forget;
  wire              may_ask;
  wire              may_finish;
  wire              may_fail;
  wire              of_crc;
  wire              and_bus;
  wire [SEG_BITS-1:0] segment;
  wire              any_store;
  wire [FIELD_BITS-1:0] any_fields;
  assign { may_form, may_show, may_begin, may_end, may_abort, may_forget, may_ask, may_finish, may_fail, of_crc, and_bus,
           segment, any_store, any_fields } = vectors[index_q];

  wire              answered;
  wire              rows_start;
  wire              rows_store;
  wire              rows_ahead;
  wire [FIELD_BITS-1:0] rows_fields;
  wire              bus_error;
  wire              crc_error;
  wire              error = bus_error || crc_error;
  wire [SEG_BITS-1:0] cause;

  // ---- batcher and window control ----
  reg         formed_q;      // the next window
  reg         start_q;
  reg         run_q;
  reg         abort_q;
  reg         used_q;        // a window has begun since a program was loaded
  reg  [15:0] window_q;
  wire        between    = !run_q && !abort_q && !start_q;
  wire        forget     = between && !formed_q && may_forget;
  wire        next_valid = formed_q && (!between || (may_show && used_q));

  // ---- sequencer: outer and base of an instruction side by side ----
  reg         had_load_q;    // by the window in work, or the last one when that ended well
  reg         known_q;
  reg  [FIELD_BITS-1:0] program_q;  // fields of its LOAD
  reg         waiting_q;
  reg         store_q;
  reg  [FIELD_BITS-1:0] fields_q;
  wire        ends       = run_q && had_load_q && !waiting_q && may_end;
  wire        start_rows = (run_q || abort_q) && !waiting_q && !ends && may_ask;
  wire        asks_load  = start_rows && !had_load_q;
  wire        store      = waiting_q ? store_q : start_rows ? had_load_q : any_store;
  wire [FIELD_BITS-1:0] fields = waiting_q ? fields_q : (asks_load && known_q) ? program_q : any_fields;
  wire        wait_load  = waiting_q && !store_q;
  wire        wait_store = waiting_q && store_q;

  // ---- rows ----
  reg         busy_q;
  reg         finished_q;
  reg         storing_q;
  reg  [15:0] for_q;         // the window that rows load,
  reg         ahead_q;       // which had not begun when they did
  wire [15:0] works_for = window_q + { 15'd0, rows_ahead };
  wire        loading   = busy_q && !storing_q;
  wire        bad_beat  = loading && may_fail;
  wire        bus_fails = !of_crc || and_bus;
`ifndef ROW_CRC
  assign crc_error = 1'b0;
`endif
  wire        idle      = !busy_q && !finished_q && !rows_start;

  trex_load_ahead #(
    .SEGMENTS(SEGMENTS)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .next_valid_i(next_valid), .start_i(start_q), .abort_i(abort_q),
    .start_rows_i(start_rows), .store_i(store), .outer_i(fields[FIELD_BITS-1:`FEATURE_BITS]), .base_i(fields[`FEATURE_BITS-1:0]), .done_o(answered),
    .rows_start_o(rows_start), .rows_store_o(rows_store), .rows_ahead_o(rows_ahead),
    .rows_outer_o(rows_fields[FIELD_BITS-1:`FEATURE_BITS]), .rows_base_o(rows_fields[`FEATURE_BITS-1:0]),
    .rows_done_i(finished_q), .rows_error_i(bad_beat && bus_fails), .rows_segment_i(segment),
`ifdef ROW_CRC
    .rows_crc_bad_i(bad_beat && of_crc), .crc_bad_o(crc_error),
`endif
    .error_o(bus_error), .cause_o(cause)
  );

  always @(posedge clk_i) begin
    start_q    <= between && formed_q && may_begin;
    abort_q    <= run_q && (error || may_abort);
    finished_q <= busy_q && may_finish;
    if (may_form && !start_q && !forget) formed_q <= 1'b1;
    if (between && formed_q && may_begin) formed_q <= 1'b0;
    if (ends || error || may_abort) run_q <= 1'b0;
    if (start_q) begin
      run_q      <= 1'b1;
      window_q   <= window_q + 16'd1;
      had_load_q <= 1'b0;
    end
    if (answered && wait_load) had_load_q <= 1'b1;
    if (answered) waiting_q <= 1'b0;
    if (start_rows) begin
      waiting_q <= 1'b1;
      store_q   <= store;
      fields_q  <= fields;
    end
    if (asks_load) begin
      known_q   <= 1'b1;
      program_q <= fields;
    end
    if (start_q) used_q <= 1'b1;
    if (forget) begin
      known_q <= 1'b0;
      used_q  <= 1'b0;
    end
    if (busy_q && may_finish) busy_q <= 1'b0;
    if (rows_start) begin
      busy_q    <= 1'b1;
      storing_q <= rows_store;
      for_q     <= works_for;
      ahead_q   <= rows_ahead;
    end
    if (rst_i || abort_q) begin
      start_q    <= 1'b0;
      abort_q    <= 1'b0;
      run_q      <= 1'b0;
      had_load_q <= 1'b0;
      waiting_q  <= 1'b0;
      busy_q     <= 1'b0;
      finished_q <= 1'b0;
    end
    if (rst_i) begin
      formed_q <= 1'b0;
      window_q <= 16'd0;
      known_q  <= 1'b0;
      used_q   <= 1'b0;
    end
  end

  // ---- judge ----
  reg  [15:0]       loaded_q;
  reg               stored_q;        // the STORE that is waited for is through rows
  reg               failed_q;        // a beat came with an error: for this window, the first of this segment
  reg  [15:0]       failed_for_q;
  reg  [SEG_BITS-1:0] cause_q;
  reg               failed_crc_q;    // that was a CRC
  reg               owed_q;          // rows must start: for the next window, ...
  reg               idled_q;         // ... or because the sequencer waits
  wire              in        = loaded_q == window_q + 16'd1;  // rows of the window in work, and no others
  wire              failed    = failed_q && (failed_for_q == window_q);
  wire              fails     = bad_beat && (for_q == window_q);
  wire              owed      = next_valid && known_q && had_load_q && in && !waiting_q && !start_rows && !abort_q && idle;
  wire              idles     = waiting_q && !answered && idle;

  // A load begins when its window needs it: that in work with its LOAD, the next one when nobody waits.
  wire start_load_ok = (works_for == loaded_q)
                       && (rows_ahead ? (formed_q || start_q) && known_q && had_load_q && !waiting_q : wait_load);
  wire start_ok      = !rows_start || (!busy_q && !finished_q && (rows_store ? wait_store && !stored_q : start_load_ok));
  // Rows go on for the window that they began for, also when it begins.
  wire held_ok       = !(busy_q || finished_q)
                       || ((rows_store === storing_q) && (storing_q || (works_for == for_q)));
  wire fields_ok     = idle || (rows_fields === (rows_store ? fields : program_q));
  wire ahead_ok      = idle || !(rows_store && rows_ahead);
  wire answer_ok     = !answered || (waiting_q && (store_q ? stored_q : loaded_q > window_q));
  wire error_ok      = (error === (failed || fails)) && (!error || (cause === (failed ? cause_q : segment)))
                       && !(bus_error && crc_error && (failed || !(of_crc && and_bus)))
                       && (!error || ((failed ? !failed_crc_q : bus_fails) === bus_error));
  wire prompt_ok     = (!owed_q || rows_start) && !(idled_q && idles);
  wire right         = start_ok && held_ok && fields_ok && ahead_ok && answer_ok && error_ok && prompt_ok;

  // The window in work has begun without its rows, though the one before ended well.
  reg                       unshown_q;
  wire                      unshown    = had_load_q && known_q && in && idle;
  wire                      wants_load = run_q && !had_load_q && !waiting_q;

  // What must have happened at least once, or the bench proves little.
  reg  [EVENTS-1:0] events_q;
  wire [EVENTS-1:0] events = {
    rows_start && rows_ahead && run_q,                    // loaded ahead while a window is in work,
    rows_start && rows_ahead && between,                  // between two,
    rows_start && rows_ahead && start_q,                  // and in the cycle in which it begins
    rows_start && !rows_ahead && !rows_store,             // loaded when its LOAD asks
    asks_load && in && !busy_q,                           // a LOAD finds its rows
    asks_load && loading,                                 // a LOAD finds them on their way
    start_rows && store && loading,                       // a STORE waits for rows of the next window
    bad_beat && (for_q != window_q),                      // error before a window begins,
    fails && ahead_q,                                     // and after it began
    bad_beat && failed_q,                                 // several in one load
    abort_q && loading && (for_q != window_q),            // an abort stops the next one's load,
    abort_q && (loaded_q == window_q + 16'd2),            // drops its rows
    abort_q && failed_q && (failed_for_q != window_q),    // and their error
    start_q && unshown,                                   // one begins that has not been shown,
    next_valid && unshown_q && wants_load && idle         // and the one behind it is before its LOAD
  };

  always @(posedge clk_i) begin
    owed_q  <= owed;
    idled_q <= idles;
    if (start_q) unshown_q <= unshown;
    if (rows_start || finished_q) stored_q <= finished_q && storing_q;
    if (answered) stored_q <= 1'b0;
    if (finished_q && !storing_q) loaded_q <= loaded_q + 16'd1;
    if (bad_beat && !(failed_q && (failed_for_q == for_q))) begin
      failed_q     <= 1'b1;
      failed_for_q <= for_q;
      cause_q      <= segment;
      failed_crc_q <= !bus_fails;
    end
    if (rst_i || abort_q) begin
      loaded_q <= window_q + 16'd1;
      stored_q <= 1'b0;
      failed_q <= 1'b0;
    end
    if (rst_i) begin
      index_q  <= 32'd0;
      loaded_q <= 16'd1;
      events_q <= {EVENTS{1'b0}};
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      // Ends at the first error: what these units do behind it says nothing.
      events_q <= events_q | events;
      index_q  <= index_q + 32'd1;
      if (right !== 1'b1) begin
        errors_o <= 32'd1;
        done_o   <= 1'b1;
      end else if (index_q == `VECTORS - 1) begin
        errors_o <= (events_q === {EVENTS{1'b1}}) ? 32'd0 : 32'd1;
        done_o   <= 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
