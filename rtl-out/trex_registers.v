// Registers: AXI4-Lite slave of 32-bit words, made from generator/contract/registers.ts (docs/registers.md). Address and
// data of a write come in any order; one write and one read are in work at a time, their answers are held until taken.
// Bits 1:0 of an address are ignored: a read answers with the word, of a write the strobes say which bytes.
//
//   SLVERR   unknown address; write to a read-only register; write to a locked register, or CONTROL.load, while a
//            request is under way, a load runs or a soft reset drains; RING_TAIL that goes back or past the ring;
//            RING_LOG2 over 16 or wide. Nothing is changed then.
//   irq_o    any bit set in both IRQ_STATUS and IRQ_ENABLE; an event in the cycle of its clearing stays
//
// Timing   a register has its new value one cycle after address and data are both held; a read takes two cycles
// Reset    everything to 0; so does a soft reset (CONTROL.reset), except for the AXI4-Lite port
`default_nettype none
module trex_registers #(
  parameter ADDR_BITS = 32
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  // AXI4-Lite
  input  wire                 s_axil_awvalid,
  output wire                 s_axil_awready,
  input  wire [11:0]          s_axil_awaddr,
  input  wire                 s_axil_wvalid,
  output wire                 s_axil_wready,
  input  wire [31:0]          s_axil_wdata,
  input  wire [3:0]           s_axil_wstrb,
  output wire                 s_axil_bvalid,
  input  wire                 s_axil_bready,
  output wire [1:0]           s_axil_bresp,
  input  wire                 s_axil_arvalid,
  output wire                 s_axil_arready,
  input  wire [11:0]          s_axil_araddr,
  output wire                 s_axil_rvalid,
  input  wire                 s_axil_rready,
  output wire [31:0]          s_axil_rdata,
  output wire [1:0]           s_axil_rresp,
  output wire                 irq_o,
  // what the host has written
  output wire [0:0] control_enable_o,
  output wire [1:0] control_policy_o,
  output wire [23:0] cold_beats_o,
  output wire [23:0] cold_instructions_o,
  output wire [3:0] cold_matrices_number_o,
  output wire [0:0] cold_matrices_table_o,
  output wire [0:0] cold_matrices_wide_o,
  output wire [23:0] pass_beats_o,
  output wire [23:0] cold_words_0_o,
  output wire [23:0] cold_words_1_o,
  output wire [23:0] cold_words_2_o,
  output wire [23:0] cold_words_3_o,
  output wire [23:0] cold_words_4_o,
  output wire [23:0] cold_words_5_o,
  output wire [23:0] cold_words_6_o,
  output wire [23:0] cold_words_7_o,
  output wire [4:0] ring_log2_o,
  output wire [31:0] ring_tail_o,
  output wire [31:0] watchdog_o,
  output wire [ADDR_BITS-1:0] cold_addr_o,
  output wire [ADDR_BITS-1:0] pass_addr_o,
  output wire [ADDR_BITS-1:0] ring_addr_o,
  output reg                  load_o,            // pulse
  output reg                  clear_o,           // pulse
  output reg                  reset_o,           // pulse: soft reset; what the host has written is there for the last time
  output reg                  watchdog_set_o,    // pulse: WATCHDOG has been written
  // what the host may read
  input  wire                 loaded_i,
  input  wire                 loading_i,
  input  wire                 busy_i,
  input  wire                 window_i,
  input  wire                 resetting_i,
  input  wire                 port_stuck_i,
  input  wire [31:0]          ring_head_i,
  input  wire                 completed_i,       // pulse: IRQ_STATUS.completion
  input  wire                 load_done_i,       // pulse: IRQ_STATUS.loaded; with a code other than 0 an error, too
  input  wire [7:0]           load_code_i,
  input  wire                 error_i,           // pulse: IRQ_STATUS.error, with code and tag
  input  wire [7:0]           error_code_i,
  input  wire [31:0]          error_tag_i,
  input  wire                 stuck_i,           // pulse: IRQ_STATUS.error, of the memory port
  input  wire                 reset_done_i,      // pulse: IRQ_STATUS.reset
  // counters
  output wire [4:0]           counter_index_o,
  input  wire [63:0]          counter_i
);
  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  localparam [5:0] COUNTERS = 6'd27;
  localparam [7:0] CODE_LOADED = 8'd0, CODE_PORT_STUCK = 8'd20;

  // ---- what is stored ----
  reg [0:0] control_enable_q;
  reg [1:0] control_policy_q;
  reg [0:0] irq_enable_completion_q;
  reg [0:0] irq_enable_loaded_q;
  reg [0:0] irq_enable_error_q;
  reg [0:0] irq_enable_reset_q;
  reg [27:0] cold_addr_low_q;
  reg [23:0] cold_beats_q;
  reg [23:0] cold_instructions_q;
  reg [3:0] cold_matrices_number_q;
  reg [0:0] cold_matrices_table_q;
  reg [0:0] cold_matrices_wide_q;
  reg [27:0] pass_addr_low_q;
  reg [23:0] pass_beats_q;
  reg [23:0] cold_words_0_q;
  reg [23:0] cold_words_1_q;
  reg [23:0] cold_words_2_q;
  reg [23:0] cold_words_3_q;
  reg [23:0] cold_words_4_q;
  reg [23:0] cold_words_5_q;
  reg [23:0] cold_words_6_q;
  reg [23:0] cold_words_7_q;
  reg [26:0] ring_addr_low_q;
  reg [4:0] ring_log2_q;
  reg [31:0] ring_tail_q;
  reg [31:0] watchdog_q;
  reg [3:0]  irq_status_q;
  reg [7:0]  error_q;
  reg [31:0] error_tag_q;
  wire       load_bad = load_done_i && (load_code_i != CODE_LOADED);

  assign control_enable_o = control_enable_q;
  assign control_policy_o = control_policy_q;
  assign cold_beats_o = cold_beats_q;
  assign cold_instructions_o = cold_instructions_q;
  assign cold_matrices_number_o = cold_matrices_number_q;
  assign cold_matrices_table_o = cold_matrices_table_q;
  assign cold_matrices_wide_o = cold_matrices_wide_q;
  assign pass_beats_o = pass_beats_q;
  assign cold_words_0_o = cold_words_0_q;
  assign cold_words_1_o = cold_words_1_q;
  assign cold_words_2_o = cold_words_2_q;
  assign cold_words_3_o = cold_words_3_q;
  assign cold_words_4_o = cold_words_4_q;
  assign cold_words_5_o = cold_words_5_q;
  assign cold_words_6_o = cold_words_6_q;
  assign cold_words_7_o = cold_words_7_q;
  assign ring_log2_o = ring_log2_q;
  assign ring_tail_o = ring_tail_q;
  assign watchdog_o = watchdog_q;
  assign cold_addr_o = { cold_addr_low_q, 4'd0 };
  assign pass_addr_o = { pass_addr_low_q, 4'd0 };
  assign ring_addr_o = { ring_addr_low_q, 5'd0 };
  assign irq_o = |(irq_status_q & { irq_enable_reset_q, irq_enable_error_q, irq_enable_loaded_q, irq_enable_completion_q });

  // ---- write: address and data are held until both are there and the last answer is taken ----
  reg         aw_held_q;
  reg         w_held_q;
  reg  [11:0] aw_addr_q;
  reg  [31:0] w_data_q;
  reg  [3:0]  w_strb_q;
  reg         b_valid_q;
  reg         b_error_q;
  wire        write    = aw_held_q && w_held_q && (!b_valid_q || s_axil_bready);
  wire        frozen   = busy_i || loading_i || load_o || resetting_i;
  wire [31:0] mask     = { {8{w_strb_q[3]}}, {8{w_strb_q[2]}}, {8{w_strb_q[1]}}, {8{w_strb_q[0]}} };
  wire [31:0] ones     = w_data_q & mask;
  wire        control  = aw_addr_q == 12'h008;
  // The tail may go forward from where it is, as far as the ring holds: 2^16 at most, so that only 17 bits are compared.
  wire [31:0] tail     = (ring_tail_q & ~mask) | ones;
  wire [4:0]  log2     = (ring_log2_q & ~mask[4:0]) | ones[4:0];
  wire [31:0] ahead    = tail - ring_head_i;
  wire [31:0] behind   = ring_tail_q - ring_head_i;
  wire        tail_bad = (|ahead[31:17]) || (|behind[31:17]) || (ahead[16:0] < behind[16:0]) || (ahead[16:0] > (17'd1 << ring_log2_q));
  reg         allowed;

  always @* begin
    case (aw_addr_q)
      12'h008: allowed = !(frozen && ones[1]);  // CONTROL
      12'h010: allowed = 1'b1;  // IRQ_STATUS
      12'h014: allowed = 1'b1;  // IRQ_ENABLE
      12'h020: allowed = !frozen;  // COLD_ADDR_LOW
      12'h024: allowed = !frozen;  // COLD_ADDR_HIGH
      12'h028: allowed = !frozen;  // COLD_BEATS
      12'h02c: allowed = !frozen;  // COLD_INSTRUCTIONS
      12'h030: allowed = !frozen;  // COLD_MATRICES
      12'h034: allowed = !frozen;  // PASS_ADDR_LOW
      12'h038: allowed = !frozen;  // PASS_ADDR_HIGH
      12'h03c: allowed = !frozen;  // PASS_BEATS
      12'h040: allowed = !frozen;  // COLD_WORDS_0
      12'h044: allowed = !frozen;  // COLD_WORDS_1
      12'h048: allowed = !frozen;  // COLD_WORDS_2
      12'h04c: allowed = !frozen;  // COLD_WORDS_3
      12'h050: allowed = !frozen;  // COLD_WORDS_4
      12'h054: allowed = !frozen;  // COLD_WORDS_5
      12'h058: allowed = !frozen;  // COLD_WORDS_6
      12'h05c: allowed = !frozen;  // COLD_WORDS_7
      12'h060: allowed = !frozen;  // RING_ADDR_LOW
      12'h064: allowed = !frozen;  // RING_ADDR_HIGH
      12'h068: allowed = !frozen && (log2 <= 5'd16) && !ones[8];  // RING_LOG2
      12'h06c: allowed = !tail_bad;  // RING_TAIL
      12'h074: allowed = 1'b1;  // WATCHDOG
      default: allowed = 1'b0;
    endcase
  end

  assign s_axil_awready = !aw_held_q;
  assign s_axil_wready  = !w_held_q;
  assign s_axil_bvalid  = b_valid_q;
  assign s_axil_bresp   = b_error_q ? SLVERR : OKAY;

  always @(posedge clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_addr_q <= { s_axil_awaddr[11:2], 2'd0 };
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
    load_o  <= write && allowed && control && ones[1];
    clear_o <= write && allowed && control && ones[2];
    reset_o <= write && allowed && control && ones[3];
    watchdog_set_o <= write && allowed && (aw_addr_q == 12'h074);
    if (write) b_error_q <= !allowed;
    if (rst_i) begin
      aw_held_q <= 1'b0;
      w_held_q  <= 1'b0;
      b_valid_q <= 1'b0;
      load_o    <= 1'b0;
      clear_o   <= 1'b0;
      reset_o   <= 1'b0;
      watchdog_set_o <= 1'b0;
    end else begin
      if (s_axil_awvalid && s_axil_awready) aw_held_q <= 1'b1;
      else if (write) aw_held_q <= 1'b0;
      if (s_axil_wvalid && s_axil_wready) w_held_q <= 1'b1;
      else if (write) w_held_q <= 1'b0;
      if (write) b_valid_q <= 1'b1;
      else if (s_axil_bready) b_valid_q <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    if (write && allowed && (aw_addr_q == 12'h008)) control_enable_q <= (control_enable_q & ~mask[0:0]) | ones[0:0];
    if (write && allowed && (aw_addr_q == 12'h008)) control_policy_q <= (control_policy_q & ~mask[5:4]) | ones[5:4];
    if (write && allowed && (aw_addr_q == 12'h014)) irq_enable_completion_q <= (irq_enable_completion_q & ~mask[0:0]) | ones[0:0];
    if (write && allowed && (aw_addr_q == 12'h014)) irq_enable_loaded_q <= (irq_enable_loaded_q & ~mask[1:1]) | ones[1:1];
    if (write && allowed && (aw_addr_q == 12'h014)) irq_enable_error_q <= (irq_enable_error_q & ~mask[2:2]) | ones[2:2];
    if (write && allowed && (aw_addr_q == 12'h014)) irq_enable_reset_q <= (irq_enable_reset_q & ~mask[3:3]) | ones[3:3];
    if (write && allowed && (aw_addr_q == 12'h020)) cold_addr_low_q <= (cold_addr_low_q & ~mask[31:4]) | ones[31:4];
    if (write && allowed && (aw_addr_q == 12'h028)) cold_beats_q <= (cold_beats_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h02c)) cold_instructions_q <= (cold_instructions_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h030)) cold_matrices_number_q <= (cold_matrices_number_q & ~mask[3:0]) | ones[3:0];
    if (write && allowed && (aw_addr_q == 12'h030)) cold_matrices_table_q <= (cold_matrices_table_q & ~mask[8:8]) | ones[8:8];
    if (write && allowed && (aw_addr_q == 12'h030)) cold_matrices_wide_q <= (cold_matrices_wide_q & ~mask[9:9]) | ones[9:9];
    if (write && allowed && (aw_addr_q == 12'h034)) pass_addr_low_q <= (pass_addr_low_q & ~mask[31:4]) | ones[31:4];
    if (write && allowed && (aw_addr_q == 12'h03c)) pass_beats_q <= (pass_beats_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h040)) cold_words_0_q <= (cold_words_0_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h044)) cold_words_1_q <= (cold_words_1_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h048)) cold_words_2_q <= (cold_words_2_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h04c)) cold_words_3_q <= (cold_words_3_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h050)) cold_words_4_q <= (cold_words_4_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h054)) cold_words_5_q <= (cold_words_5_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h058)) cold_words_6_q <= (cold_words_6_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h05c)) cold_words_7_q <= (cold_words_7_q & ~mask[23:0]) | ones[23:0];
    if (write && allowed && (aw_addr_q == 12'h060)) ring_addr_low_q <= (ring_addr_low_q & ~mask[31:5]) | ones[31:5];
    if (write && allowed && (aw_addr_q == 12'h068)) ring_log2_q <= (ring_log2_q & ~mask[4:0]) | ones[4:0];
    if (write && allowed && (aw_addr_q == 12'h06c)) ring_tail_q <= (ring_tail_q & ~mask[31:0]) | ones[31:0];
    if (write && allowed && (aw_addr_q == 12'h074)) watchdog_q <= (watchdog_q & ~mask[31:0]) | ones[31:0];
    irq_status_q <= (irq_status_q & ~((write && (aw_addr_q == 12'h010)) ? ones[3:0] : 4'd0))
                    | { reset_done_i, error_i || load_bad || stuck_i, load_done_i, completed_i };
    if (error_i || load_bad || stuck_i) begin
      error_q     <= stuck_i ? CODE_PORT_STUCK : error_i ? error_code_i : load_code_i;
      error_tag_q <= (error_i && !stuck_i) ? error_tag_i : 32'd0;
    end
    if (rst_i || reset_o) begin
      control_enable_q <= { 1{1'b0} };
      control_policy_q <= { 2{1'b0} };
      irq_enable_completion_q <= { 1{1'b0} };
      irq_enable_loaded_q <= { 1{1'b0} };
      irq_enable_error_q <= { 1{1'b0} };
      irq_enable_reset_q <= { 1{1'b0} };
      cold_addr_low_q <= { 28{1'b0} };
      cold_beats_q <= { 24{1'b0} };
      cold_instructions_q <= { 24{1'b0} };
      cold_matrices_number_q <= { 4{1'b0} };
      cold_matrices_table_q <= { 1{1'b0} };
      cold_matrices_wide_q <= { 1{1'b0} };
      pass_addr_low_q <= { 28{1'b0} };
      pass_beats_q <= { 24{1'b0} };
      cold_words_0_q <= { 24{1'b0} };
      cold_words_1_q <= { 24{1'b0} };
      cold_words_2_q <= { 24{1'b0} };
      cold_words_3_q <= { 24{1'b0} };
      cold_words_4_q <= { 24{1'b0} };
      cold_words_5_q <= { 24{1'b0} };
      cold_words_6_q <= { 24{1'b0} };
      cold_words_7_q <= { 24{1'b0} };
      ring_addr_low_q <= { 27{1'b0} };
      ring_log2_q <= { 5{1'b0} };
      ring_tail_q <= { 32{1'b0} };
      watchdog_q <= { 32{1'b0} };
      irq_status_q <= 4'd0;
      error_q      <= 8'd0;
      error_tag_q  <= 32'd0;
    end
  end

  // ---- read ----
  reg         ar_held_q;
  reg  [11:0] ar_addr_q;
  reg         r_valid_q;
  reg         r_error_q;
  reg  [31:0] r_data_q;
  reg  [31:0] counter_high_q;  // of the counter whose low word was read last
  reg  [31:0] word;
  reg         known;
  wire        read        = ar_held_q && (!r_valid_q || s_axil_rready);
  wire        counter_hit = (ar_addr_q[11:8] == 4'h1) && ({1'b0, ar_addr_q[7:3]} < COUNTERS);

  always @* begin
    known = 1'b1;
    case (ar_addr_q)
      12'h000: word = 32'h54524558;  // ID
      12'h004: word = 32'h2;  // VERSION
      12'h008: word = { 26'd0, control_policy_q, 3'd0, control_enable_q };  // CONTROL
      12'h00c: word = { 26'd0, port_stuck_i, resetting_i, window_i, busy_i, loading_i, loaded_i };  // STATUS
      12'h010: word = { 28'd0, irq_status_q };  // IRQ_STATUS
      12'h014: word = { 28'd0, irq_enable_reset_q, irq_enable_error_q, irq_enable_loaded_q, irq_enable_completion_q };  // IRQ_ENABLE
      12'h018: word = { 24'd0, error_q };  // ERROR
      12'h01c: word = error_tag_q;  // ERROR_TAG
      12'h020: word = { cold_addr_low_q, 4'd0 };  // COLD_ADDR_LOW
      12'h024: word = { 32'd0 };  // COLD_ADDR_HIGH
      12'h028: word = { 8'd0, cold_beats_q };  // COLD_BEATS
      12'h02c: word = { 8'd0, cold_instructions_q };  // COLD_INSTRUCTIONS
      12'h030: word = { 22'd0, cold_matrices_wide_q, cold_matrices_table_q, 4'd0, cold_matrices_number_q };  // COLD_MATRICES
      12'h034: word = { pass_addr_low_q, 4'd0 };  // PASS_ADDR_LOW
      12'h038: word = { 32'd0 };  // PASS_ADDR_HIGH
      12'h03c: word = { 8'd0, pass_beats_q };  // PASS_BEATS
      12'h040: word = { 8'd0, cold_words_0_q };  // COLD_WORDS_0
      12'h044: word = { 8'd0, cold_words_1_q };  // COLD_WORDS_1
      12'h048: word = { 8'd0, cold_words_2_q };  // COLD_WORDS_2
      12'h04c: word = { 8'd0, cold_words_3_q };  // COLD_WORDS_3
      12'h050: word = { 8'd0, cold_words_4_q };  // COLD_WORDS_4
      12'h054: word = { 8'd0, cold_words_5_q };  // COLD_WORDS_5
      12'h058: word = { 8'd0, cold_words_6_q };  // COLD_WORDS_6
      12'h05c: word = { 8'd0, cold_words_7_q };  // COLD_WORDS_7
      12'h060: word = { ring_addr_low_q, 5'd0 };  // RING_ADDR_LOW
      12'h064: word = { 32'd0 };  // RING_ADDR_HIGH
      12'h068: word = { 27'd0, ring_log2_q };  // RING_LOG2
      12'h06c: word = { ring_tail_q };  // RING_TAIL
      12'h070: word = ring_head_i;  // RING_HEAD
      12'h074: word = { watchdog_q };  // WATCHDOG
      12'h080: word = 32'h8;  // CONFIG_COLUMNS
      12'h084: word = 32'h4;  // CONFIG_SLICES
      12'h088: word = 32'h2;  // CONFIG_LANES
      12'h08c: word = 32'h10;  // CONFIG_PASSES
      12'h090: word = 32'h10;  // CONFIG_BUS_BYTES
      12'h094: word = 32'h80;  // CONFIG_WIDTH
      12'h098: word = 32'h200;  // CONFIG_HIDDEN
      12'h09c: word = 32'h80;  // CONFIG_RANK
      12'h0a0: word = 32'h0;  // CONFIG_ROW_CRC
      12'h0a4: word = 32'h20;  // CONFIG_SEGMENTS
      default: begin
        word  = counter_hit ? (ar_addr_q[2] ? counter_high_q : counter_i[31:0]) : 32'd0;
        known = counter_hit;
      end
    endcase
  end

  assign counter_index_o = ar_addr_q[7:3];
  assign s_axil_arready  = !ar_held_q;
  assign s_axil_rvalid   = r_valid_q;
  assign s_axil_rdata    = r_data_q;
  assign s_axil_rresp    = r_error_q ? SLVERR : OKAY;

  always @(posedge clk_i) begin
    if (s_axil_arvalid && s_axil_arready) ar_addr_q <= { s_axil_araddr[11:2], 2'd0 };
    if (read) begin
      r_data_q  <= word;
      r_error_q <= !known;
      if (counter_hit && !ar_addr_q[2]) counter_high_q <= counter_i[63:32];
    end
    if (rst_i) begin
      ar_held_q      <= 1'b0;
      r_valid_q      <= 1'b0;
      counter_high_q <= 32'd0;
    end else begin
      if (s_axil_arvalid && s_axil_arready) ar_held_q <= 1'b1;
      else if (read) ar_held_q <= 1'b0;
      if (read) r_valid_q <= 1'b1;
      else if (s_axil_rready) r_valid_q <= 1'b0;
    end
  end

  wire unused_bits = &{ 1'b0, s_axil_awaddr[1:0], s_axil_araddr[1:0] };
endmodule
`default_nettype wire
