// Recovery: the ways out of a hang. A watchdog bounds what is under way, and a soft reset stops everything but the memory
// port and lets that drain.
//
//   load, window   WATCHDOG cycles -> watchdog_o, which aborts them -> WATCHDOG cycles -> port stuck
//   descriptor     WATCHDOG cycles -> port stuck: it waits for nothing else
//   soft reset     until the port is idle; WATCHDOG cycles, or DRAIN_CYCLES when that is 0 -> port stuck
//
// Of load, window and soft reset only one is under way at a time, so they share a timer. Nothing is given up when the port is
// stuck: a transaction that was begun must end. When it does, the port is no longer stuck.
//
// Timing   unit_rst_o and drain_o are high from the cycle of reset_i on; the units are as after reset in the cycle behind it
// Reset    control only; a timer has its value a cycle after what it times has ended
// Golden   docs/chip.md, "Watchdog and soft reset"
`default_nettype none
module trex_recovery #(
  // Made with the configuration; do not override.
  parameter DRAIN_CYCLES = 1048576  // given to the memory port when WATCHDOG is 0
) (
  input  wire        clk_i,
  input  wire        rst_i,
  // registers
  input  wire [31:0] watchdog_i,      // cycles, 0 off
  input  wire        watchdog_set_i,  // pulse: has been written
  input  wire        reset_i,         // pulse: soft reset
  output wire        resetting_o,
  output wire        reset_done_o,    // pulse
  output wire        port_stuck_o,
  output wire        stuck_o,         // pulse: port_stuck_o rises, or would if it did not already
  // what is under way
  input  wire        loading_i,
  input  wire        serving_i,
  input  wire        fetching_i,
  output wire        watchdog_o,      // pulse: load or window has taken too long
  // memory port
  input  wire        port_idle_i,
  output wire        drain_o,         // no new burst, what is in flight comes to its end
  output wire        unit_rst_o       // reset of everything but registers and memory port
);
`ifndef SYNTHESIS
  initial begin
    if (DRAIN_CYCLES < 1) begin $display("%m: DRAIN_CYCLES = %0d: must be at least 1", DRAIN_CYCLES); $finish; end
  end
`endif
  localparam [31:0] DRAIN = DRAIN_CYCLES;

  reg         draining_q;
  reg  [31:0] work_q;          // cycles left of load, window or soft reset; 0: no end
  reg         second_q;        // the watchdog has aborted it
  reg         work_stuck_q;
  reg  [31:0] fetch_q;         // cycles left of a descriptor
  reg         fetch_stuck_q;
  wire        working   = loading_i || serving_i;
  reg         work_last_q;     // one is left: known before, so that 32 bits stand in front of nothing
  reg         fetch_last_q;
  wire        work_end  = (working || draining_q) && work_last_q;
  wire        fetch_end = fetching_i && fetch_last_q;
  wire        watch_last = watchdog_i == 32'd1;
  wire        work_stuck = work_end && (draining_q ? !port_idle_i : second_q);

  assign resetting_o  = draining_q;
  assign drain_o      = reset_i || draining_q;
  assign unit_rst_o   = rst_i || drain_o;
  assign reset_done_o = draining_q && port_idle_i && !reset_i;
  assign port_stuck_o = work_stuck_q || fetch_stuck_q;
  assign watchdog_o   = work_end && !draining_q && !second_q;
  assign stuck_o      = work_stuck || fetch_end;

  always @(posedge clk_i) begin
    if (reset_done_o) draining_q <= 1'b0;

    if (draining_q) begin
      if (port_idle_i) work_q <= watchdog_i;
      else if (work_q != 32'd0) work_q <= work_q - 32'd1;
      work_last_q  <= port_idle_i ? watch_last : work_q == 32'd2;
      work_stuck_q <= (work_stuck_q || work_stuck) && !port_idle_i;
    end else if (!working) begin
      work_q       <= watchdog_i;
      work_last_q  <= watch_last;
      second_q     <= 1'b0;
      work_stuck_q <= 1'b0;
    end else begin
      if (watchdog_set_i || watchdog_o) work_q <= watchdog_i;
      else if (work_q != 32'd0) work_q <= work_q - 32'd1;
      work_last_q  <= (watchdog_set_i || watchdog_o) ? watch_last : work_q == 32'd2;
      if (watchdog_o) second_q <= 1'b1;
      if (work_stuck) work_stuck_q <= 1'b1;
    end

    if (!fetching_i) begin
      fetch_q       <= watchdog_i;
      fetch_last_q  <= watch_last;
      fetch_stuck_q <= 1'b0;
    end else begin
      if (watchdog_set_i) fetch_q <= watchdog_i;
      else if (fetch_q != 32'd0) fetch_q <= fetch_q - 32'd1;
      fetch_last_q  <= watchdog_set_i ? watch_last : fetch_q == 32'd2;
      if (fetch_end) fetch_stuck_q <= 1'b1;
    end

    // The value before the reset: registers forget it in this cycle.
    if (reset_i) begin
      draining_q   <= 1'b1;
      work_q       <= (watchdog_i == 32'd0) ? DRAIN : watchdog_i;
      work_last_q  <= (watchdog_i == 32'd0) ? DRAIN == 32'd1 : watch_last;
      second_q     <= 1'b0;
      work_stuck_q <= 1'b0;
    end
    if (rst_i) begin
      draining_q    <= 1'b0;
      work_q        <= 32'd0;
      work_last_q   <= 1'b0;
      second_q      <= 1'b0;
      work_stuck_q  <= 1'b0;
      fetch_q       <= 32'd0;
      fetch_last_q  <= 1'b0;
      fetch_stuck_q <= 1'b0;
    end
  end
endmodule
`default_nettype wire
