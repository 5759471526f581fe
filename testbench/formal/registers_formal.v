// Rules of AXI4-Lite that registers keeps as a slave, and what docs/registers.md says of every address, for every
// sequence of requests, of events and of resets.
//
//   0  an answer that was not taken stays, with its data
//   1  an answer comes only for a request that has none yet, for a write after address and data both;
//      it comes in the cycle after the request is whole and the answer before it is taken
//   2  a write is refused exactly when nobody knows the address, the register is read only, it is locked and the chip
//      works, or the value is one that must not be written
//   3  a read is refused exactly when nobody knows the address, and gives 0 then
//   4  every register reads, and its output shows, what the writes to its address that were not refused have written,
//      and what its events say
//   5  load_o, clear_o and reset_o pulse exactly for such a write of CONTROL with that bit, watchdog_set_o for one of WATCHDOG;
//      the cycle after reset_o every register is as after a reset
//   Bits 1:0 of an address say nothing.
//
// Macros   PROPERTY and the parameters of the unit, from bench/formal; REG_* addresses, from generator/contract/registers.ts
`default_nettype none
module registers_formal #(
  parameter ADDR_BITS = `ADDR_BITS,
  parameter BUS_BYTES = `BUS_BYTES
) (
  input  wire                      clk_i,
  input  wire                      rst_i,
  input  wire                      awvalid_i,
  input  wire [`REG_ADDR_BITS-1:0] awaddr_i,
  input  wire                      wvalid_i,
  input  wire [31:0]               wdata_i,
  input  wire [3:0]                wstrb_i,
  input  wire                      bready_i,
  input  wire                      arvalid_i,
  input  wire [`REG_ADDR_BITS-1:0] araddr_i,
  input  wire                      rready_i,
  input  wire                      loading_i,
  input  wire                      busy_i,
  input  wire [31:0]               ring_head_i,
  input  wire                      completed_i,
  input  wire                      load_done_i,
  input  wire [`COMPLETION_BITS-1:0] load_code_i,
  input  wire                      error_i,
  input  wire                      resetting_i,
  input  wire                      stuck_i,
  input  wire                      reset_done_i,
  input  wire [63:0]               counter_i,
  output wire                      bad_o
);
  wire                  awready, wready, bvalid, arready, rvalid, load, clear, reset, watchdog_set;
  wire [1:0]            bresp, rresp;
  wire [31:0]           rdata, ring_tail, watchdog;
  wire [`RING_LOG2_BITS-1:0] ring_log2;
  wire [0:0]            enable, table_there, wide;
  wire [`POLICY_BITS-1:0] policy;
  wire [3:0]            number;
  wire [`SIZE_BITS-1:0] cold_beats, instructions, pass_beats;
  wire [`SIZE_BITS-1:0] words_0, words_1, words_2, words_3, words_4, words_5, words_6, words_7;
  wire [ADDR_BITS-1:0] cold_addr, pass_addr, ring_addr;
  trex_registers #(.ADDR_BITS(ADDR_BITS)) dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .s_axil_awvalid(awvalid_i), .s_axil_awready(awready), .s_axil_awaddr(awaddr_i),
    .s_axil_wvalid(wvalid_i), .s_axil_wready(wready), .s_axil_wdata(wdata_i), .s_axil_wstrb(wstrb_i),
    .s_axil_bvalid(bvalid), .s_axil_bready(bready_i), .s_axil_bresp(bresp),
    .s_axil_arvalid(arvalid_i), .s_axil_arready(arready), .s_axil_araddr(araddr_i),
    .s_axil_rvalid(rvalid), .s_axil_rready(rready_i), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .control_enable_o(enable), .control_policy_o(policy), .cold_addr_o(cold_addr), .cold_beats_o(cold_beats), .cold_instructions_o(instructions),
    .cold_matrices_number_o(number), .cold_matrices_table_o(table_there), .cold_matrices_wide_o(wide), .pass_addr_o(pass_addr), .pass_beats_o(pass_beats),
    .cold_words_0_o(words_0), .cold_words_1_o(words_1), .cold_words_2_o(words_2), .cold_words_3_o(words_3),
    .cold_words_4_o(words_4), .cold_words_5_o(words_5), .cold_words_6_o(words_6), .cold_words_7_o(words_7),
    .ring_addr_o(ring_addr), .ring_log2_o(ring_log2), .ring_tail_o(ring_tail), .load_o(load), .clear_o(clear),
    .reset_o(reset), .watchdog_o(watchdog), .watchdog_set_o(watchdog_set), .resetting_i(resetting_i), .port_stuck_i(1'b0),
    .stuck_i(stuck_i), .reset_done_i(reset_done_i),
    .loaded_i(1'b1), .loading_i(loading_i), .busy_i(busy_i), .window_i(1'b0), .ring_head_i(ring_head_i),
    .completed_i(completed_i), .load_done_i(load_done_i), .load_code_i(load_code_i),
    .error_i(error_i), .error_code_i(8'd1), .error_tag_i(32'd0), .counter_i(counter_i)
  );

  // ---- the table: bits that a write sets; an address holds what the port has above its alignment ----
  localparam WORDS = `REG_WORDS;  // up to the last register that is written; word n at address 4 * n
  localparam [32*WORDS-1:0] STORED_BITS = `REG_STORED_BITS;
  localparam [WORDS-1:0] WRITABLE_WORDS = `REG_WRITABLE_WORDS, LOCKED_WORDS = `REG_LOCKED_WORDS;
  localparam [63:0] PORT_MASK = (64'd1 << ADDR_BITS) - 64'd1;
  localparam [63:0] BEAT_MASK = PORT_MASK & ~(64'd0 + BUS_BYTES - 1);
  localparam [63:0] RING_MASK = PORT_MASK & ~(64'd0 + ((BUS_BYTES > 32) ? BUS_BYTES : 32) - 1);
  function [31:0] stored_bits(input [`REG_ADDR_BITS-1:0] address);
    case (address)
      `REG_COLD_ADDR_LOW, `REG_PASS_ADDR_LOW: stored_bits = BEAT_MASK[31:0];
      `REG_COLD_ADDR_HIGH, `REG_PASS_ADDR_HIGH: stored_bits = BEAT_MASK[63:32];
      `REG_RING_ADDR_LOW: stored_bits = RING_MASK[31:0];
      `REG_RING_ADDR_HIGH: stored_bits = RING_MASK[63:32];
      default: stored_bits = (address[`REG_ADDR_BITS-1:2] < WORDS) ? STORED_BITS[32*address[`REG_ADDR_BITS-1:2] +: 32] : 32'd0;
    endcase
  endfunction
  function locked(input [`REG_ADDR_BITS-1:0] address);
    locked = (address[`REG_ADDR_BITS-1:2] < WORDS) && LOCKED_WORDS[address[`REG_ADDR_BITS-1:2]];
  endfunction
  function writable(input [`REG_ADDR_BITS-1:0] address);
    writable = (address[`REG_ADDR_BITS-1:2] < WORDS) && WRITABLE_WORDS[address[`REG_ADDR_BITS-1:2]];
  endfunction
  function known(input [`REG_ADDR_BITS-1:0] address);
    known = ((address <= `REG_WATCHDOG) || ((address >= `REG_CONFIG_COLUMNS) && (address <= `REG_CONFIG_SEGMENTS))
            || ((address >= `REG_FIRST_COUNTER) && (address <= `REG_LAST_COUNTER_HIGH)));
  endfunction

  // What the outputs show; interrupts have none of their own.
  wire [63:0] cold_wide = { {(64-ADDR_BITS){1'b0}}, cold_addr };
  wire [63:0] pass_wide = { {(64-ADDR_BITS){1'b0}}, pass_addr };
  wire [63:0] ring_wide = { {(64-ADDR_BITS){1'b0}}, ring_addr };
  wire [32*WORDS-1:0] shown;
  assign shown[32*(`REG_CONTROL >> 2) +: 32] = { 26'd0, policy, 3'd0, enable };
  assign shown[32*(`REG_COLD_ADDR_LOW >> 2) +: 32] = cold_wide[31:0];
  assign shown[32*(`REG_COLD_ADDR_HIGH >> 2) +: 32] = cold_wide[63:32];
  assign shown[32*(`REG_COLD_BEATS >> 2) +: 32] = { 8'd0, cold_beats };
  assign shown[32*(`REG_COLD_INSTRUCTIONS >> 2) +: 32] = { 8'd0, instructions };
  assign shown[32*(`REG_COLD_MATRICES >> 2) +: 32] = { 22'd0, wide, table_there, 4'd0, number };
  assign shown[32*(`REG_PASS_ADDR_LOW >> 2) +: 32] = pass_wide[31:0];
  assign shown[32*(`REG_PASS_ADDR_HIGH >> 2) +: 32] = pass_wide[63:32];
  assign shown[32*(`REG_PASS_BEATS >> 2) +: 32] = { 8'd0, pass_beats };
  assign shown[32*(`REG_COLD_WORDS_0 >> 2) +: 32] = { 8'd0, words_0 };
  assign shown[32*(`REG_COLD_WORDS_1 >> 2) +: 32] = { 8'd0, words_1 };
  assign shown[32*(`REG_COLD_WORDS_2 >> 2) +: 32] = { 8'd0, words_2 };
  assign shown[32*(`REG_COLD_WORDS_3 >> 2) +: 32] = { 8'd0, words_3 };
  assign shown[32*(`REG_COLD_WORDS_4 >> 2) +: 32] = { 8'd0, words_4 };
  assign shown[32*(`REG_COLD_WORDS_5 >> 2) +: 32] = { 8'd0, words_5 };
  assign shown[32*(`REG_COLD_WORDS_6 >> 2) +: 32] = { 8'd0, words_6 };
  assign shown[32*(`REG_COLD_WORDS_7 >> 2) +: 32] = { 8'd0, words_7 };
  assign shown[32*(`REG_RING_ADDR_LOW >> 2) +: 32] = ring_wide[31:0];
  assign shown[32*(`REG_RING_ADDR_HIGH >> 2) +: 32] = ring_wide[63:32];
  assign shown[32*(`REG_RING_LOG2 >> 2) +: 32] = { 27'd0, ring_log2 };
  assign shown[32*(`REG_RING_TAIL >> 2) +: 32] = ring_tail;
  assign shown[32*(`REG_WATCHDOG >> 2) +: 32] = watchdog;
  // ---- the naive slave: a request is answered when it is whole and the answer before it has gone ----
  reg                       begun_q = 1'b0;      // a reset has been
  reg  [1:0]                aw_open_q = 2'd0;    // addresses, data and reads without an answer that was taken
  reg  [1:0]                w_open_q = 2'd0;
  reg  [1:0]                ar_open_q = 2'd0;
  reg  [`REG_ADDR_BITS-1:0] aw_addr_q = {`REG_ADDR_BITS{1'b0}};   // the latest, and the one to be answered: the next is taken after it
  reg  [`REG_ADDR_BITS-1:0] ar_addr_q = {`REG_ADDR_BITS{1'b0}};
  reg  [31:0]               w_data_q = 32'd0;
  reg  [31:0]               w_mask_q = 32'd0;
  reg                       b_held_q = 1'b0;
  reg                       r_held_q = 1'b0;
  reg  [1:0]                bresp_q = 2'd0;
  reg  [1:0]                rresp_q = 2'd0;
  reg  [31:0]               rdata_q = 32'd0;
  reg                       answered_q = 1'b0;   // a cycle ago
  reg                       given_q = 1'b0;
  reg                       refused_q = 1'b0;
  reg                       unknown_q = 1'b0;
  reg                       stored_q = 1'b0;     // the read answered is of a register that keeps something
  reg  [31:0]               want_q = 32'd0;
  reg                       load_q = 1'b0;
  reg                       clear_q = 1'b0;
  reg                       reset_q = 1'b0;
  reg                       set_q = 1'b0;
  wire                      answer   = (aw_open_q != { 1'b0, bvalid }) && (w_open_q != { 1'b0, bvalid }) && (!bvalid || bready_i);
  wire                      give     = (ar_open_q != { 1'b0, rvalid }) && (!rvalid || rready_i);
  wire                      working  = busy_i || loading_i || load || resetting_i;
  wire [31:0]               ones     = w_data_q & w_mask_q;
  wire [31:0]               tail     = (ring_tail & ~w_mask_q) | ones;
  wire [`RING_LOG2_BITS-1:0] log2     = (ring_log2 & ~w_mask_q[4:0]) | ones[4:0];
  wire [31:0]               ahead    = tail - ring_head_i;
  wire                      tail_bad = (ahead < ring_tail - ring_head_i) || (ahead > (32'd1 << ring_log2));
  wire                      refuse   = !writable(aw_addr_q) || (working && (locked(aw_addr_q) || ((aw_addr_q == `REG_CONTROL) && ones[1])))
                         || ((aw_addr_q == `REG_RING_LOG2) && ((log2 > `RING_LOG2_MAX) || ones[8])) || ((aw_addr_q == `REG_RING_TAIL) && tail_bad);
  wire        done     = answer && !refuse;
  wire [31:0] events   = { 28'd0, reset_done_i, error_i || stuck_i || (load_done_i && (load_code_i != `CODE_LOADED)), load_done_i, completed_i };

  always @(posedge clk_i) begin
    aw_open_q <= aw_open_q + { 1'b0, awvalid_i && awready } - { 1'b0, bvalid && bready_i };
    w_open_q  <= w_open_q + { 1'b0, wvalid_i && wready } - { 1'b0, bvalid && bready_i };
    ar_open_q <= ar_open_q + { 1'b0, arvalid_i && arready } - { 1'b0, rvalid && rready_i };
    if (awvalid_i && awready) aw_addr_q <= { awaddr_i[`REG_ADDR_BITS-1:2], 2'd0 };
    if (arvalid_i && arready) ar_addr_q <= { araddr_i[`REG_ADDR_BITS-1:2], 2'd0 };
    if (wvalid_i && wready) begin
      w_data_q <= wdata_i;
      w_mask_q <= { {8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}} };
    end
    b_held_q   <= bvalid && !bready_i;
    r_held_q   <= rvalid && !rready_i;
    bresp_q    <= bresp;
    rresp_q    <= rresp;
    rdata_q    <= rdata;
    answered_q <= answer;
    given_q    <= give;
    load_q     <= done && (aw_addr_q == `REG_CONTROL) && ones[1];
    clear_q    <= done && (aw_addr_q == `REG_CONTROL) && ones[2];
    reset_q    <= done && (aw_addr_q == `REG_CONTROL) && ones[3];
    set_q      <= done && (aw_addr_q == `REG_WATCHDOG);
    if (answer) refused_q <= refuse;
    if (give) begin
      unknown_q <= !known(ar_addr_q);
      stored_q  <= (stored_bits(ar_addr_q) != 32'd0) || (ar_addr_q == `REG_IRQ_STATUS);
      want_q    <= (ar_addr_q[`REG_ADDR_BITS-1:2] < WORDS) ? values[32*ar_addr_q[6:2] +: 32] : 32'd0;
    end
    if (rst_i) begin
      begun_q    <= 1'b1;
      aw_open_q  <= 2'd0;
      w_open_q   <= 2'd0;
      ar_open_q  <= 2'd0;
      b_held_q   <= 1'b0;
      r_held_q   <= 1'b0;
      answered_q <= 1'b0;
      given_q    <= 1'b0;
      load_q     <= 1'b0;
      clear_q    <= 1'b0;
      reset_q    <= 1'b0;
      set_q      <= 1'b0;
    end
  end

  // Every register by itself; interrupts are set by events and cleared by ones, and have no output.
  wire [32*WORDS-1:0] values;
  wire [WORDS-1:0]    differs;
  genvar n;
  generate
    for (n = 0; n < WORDS; n = n + 1) begin : gen_register
      localparam [`REG_ADDR_BITS-1:0] HERE  = 4 * n;
      localparam [31:0]               BITS  = stored_bits(HERE);
      reg  [31:0] value_q = 32'd0;
      wire        mine    = done && (aw_addr_q == HERE);
      assign values[32*n +: 32] = value_q;
      always @(posedge clk_i) begin
        if (HERE == `REG_IRQ_STATUS) value_q <= (value_q & ~(mine ? ones : 32'd0)) | events;
        else if (mine) value_q <= ((value_q & ~w_mask_q) | ones) & BITS;
        if (rst_i || reset_q) value_q <= 32'd0;
      end
      assign differs[n] = (BITS != 32'd0) && (HERE != `REG_IRQ_ENABLE) && (shown[32*n +: 32] != value_q);
    end
  endgenerate

  wire [5:0] violated;
  assign violated[0] = (b_held_q && (!bvalid || (bresp != bresp_q))) || (r_held_q && (!rvalid || (rresp != rresp_q) || (rdata != rdata_q)));
  assign violated[1] = (bvalid && ((aw_open_q == 2'd0) || (w_open_q == 2'd0))) || (rvalid && (ar_open_q == 2'd0))
                       || (answered_q && !bvalid) || (given_q && !rvalid) || (&aw_open_q) || (&w_open_q) || (&ar_open_q);
  assign violated[2] = bvalid && (bresp != (refused_q ? 2'b10 : 2'b00));
  assign violated[3] = rvalid && ((rresp != (unknown_q ? 2'b10 : 2'b00)) || (unknown_q && (rdata != 32'd0)));
  assign violated[4] = (rvalid && stored_q && (rdata != want_q)) || (|differs);
  assign violated[5] = (load != load_q) || (clear != clear_q) || (reset != reset_q) || (watchdog_set != set_q);
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
