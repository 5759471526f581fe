// Registers: AXI4-Lite slave of 32-bit words (docs/registers.md). Addresses and places of fields are those of
// generator/contract/registers.ts; when a write is taken and what it does stands below. Address and data of a write come in any order; one
// write and one read are in work at a time, their answers are held until taken.
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
  // The same in every configuration; do not override.
  parameter REG_ADDR_BITS = 12,  // of the byte address of a register
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  parameter POLICY_BITS = 2,  // of how windows are filled
  parameter RING_LOG2_BITS = 5,  // of the binary logarithm of the descriptors of the ring
  parameter COMPLETION_BITS = 8,  // of a code that a request or a load ends with
  parameter COUNTER_BITS = 5,  // of the number of a counter
  parameter COLD_MATRICES_BITS = 4,  // of the number of matrices W_S
  // Made with the configuration; do not override.
  parameter ADDR_BITS = 32  // of a byte address
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  // AXI4-Lite
  input  wire                     s_axil_awvalid,
  output wire                     s_axil_awready,
  input  wire [REG_ADDR_BITS-1:0] s_axil_awaddr,
  input  wire                     s_axil_wvalid,
  output wire                     s_axil_wready,
  input  wire [31:0]              s_axil_wdata,
  input  wire [3:0]               s_axil_wstrb,
  output wire                     s_axil_bvalid,
  input  wire                     s_axil_bready,
  output wire [1:0]               s_axil_bresp,
  input  wire                     s_axil_arvalid,
  output wire                     s_axil_arready,
  input  wire [REG_ADDR_BITS-1:0] s_axil_araddr,
  output wire                     s_axil_rvalid,
  input  wire                     s_axil_rready,
  output wire [31:0]              s_axil_rdata,
  output wire [1:0]               s_axil_rresp,
  output wire                     irq_o,
  // what the host has written
  output reg                      control_enable_o,
  output reg  [POLICY_BITS-1:0]   control_policy_o,
  output wire [ADDR_BITS-1:0]     cold_addr_o,
  output reg  [SIZE_BITS-1:0]     cold_beats_o,
  output reg  [SIZE_BITS-1:0]     cold_instructions_o,
  output reg  [COLD_MATRICES_BITS-1:0] cold_matrices_number_o,
  output reg                      cold_matrices_table_o,
  output reg                      cold_matrices_wide_o,
  output reg  [SIZE_BITS-1:0] cold_words_0_o,
  output reg  [SIZE_BITS-1:0] cold_words_1_o,
  output reg  [SIZE_BITS-1:0] cold_words_2_o,
  output reg  [SIZE_BITS-1:0] cold_words_3_o,
  output reg  [SIZE_BITS-1:0] cold_words_4_o,
  output reg  [SIZE_BITS-1:0] cold_words_5_o,
  output reg  [SIZE_BITS-1:0] cold_words_6_o,
  output reg  [SIZE_BITS-1:0] cold_words_7_o,
  output wire [ADDR_BITS-1:0] pass_addr_o,
  output reg  [SIZE_BITS-1:0] pass_beats_o,
  output wire [ADDR_BITS-1:0] ring_addr_o,
  output reg  [RING_LOG2_BITS-1:0] ring_log2_o,
  output reg  [31:0]          ring_tail_o,
  output reg  [31:0]          watchdog_o,        // cycles, 0 off
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
  input  wire [COMPLETION_BITS-1:0] load_code_i,
  input  wire                 error_i,           // pulse: IRQ_STATUS.error, with code and tag
  input  wire [COMPLETION_BITS-1:0] error_code_i,
  input  wire [31:0]          error_tag_i,
  input  wire                 stuck_i,           // pulse: IRQ_STATUS.error, of the memory port
  input  wire                 reset_done_i,      // pulse: IRQ_STATUS.reset
  // counters
  // pulse: the low half of counter_i is taken now, the high half in the next cycle
  output wire                 counter_read_o,
  output wire [COUNTER_BITS-1:0] counter_index_o,
  input  wire [63:0]          counter_i
);
`ifndef SYNTHESIS
  initial begin
    if (ADDR_BITS != 32) begin $display("%m: ADDR_BITS = %0d: this unit was made with another; generate it anew", ADDR_BITS); $finish; end
  end
`endif

  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;
  localparam [5:0] COUNTERS = 6'd27;
  localparam       EVENTS   = 4;  // bits of IRQ_STATUS and IRQ_ENABLE
  localparam [7:0] CODE_LOADED = 8'd0, CODE_PORT_STUCK = 8'd20;
  localparam [1:0] POLICY_SINGLE = 2'd0;
  localparam RING_LOG2_MAX = 16;

  // ---- addresses ----
  localparam [REG_ADDR_BITS-9:0] COUNTER_PAGE = 1;  // of 256 bytes, which counters have for themselves
  localparam [REG_ADDR_BITS-1:0] REG_ID = 'h000;
  localparam [REG_ADDR_BITS-1:0] REG_VERSION = 'h004;
  localparam [REG_ADDR_BITS-1:0] REG_CONTROL = 'h008;
  localparam [REG_ADDR_BITS-1:0] REG_STATUS = 'h00c;
  localparam [REG_ADDR_BITS-1:0] REG_IRQ_STATUS = 'h010;
  localparam [REG_ADDR_BITS-1:0] REG_IRQ_ENABLE = 'h014;
  localparam [REG_ADDR_BITS-1:0] REG_ERROR = 'h018;
  localparam [REG_ADDR_BITS-1:0] REG_ERROR_TAG = 'h01c;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_ADDR_LOW = 'h020;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_ADDR_HIGH = 'h024;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_BEATS = 'h028;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_INSTRUCTIONS = 'h02c;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_MATRICES = 'h030;
  localparam [REG_ADDR_BITS-1:0] REG_PASS_ADDR_LOW = 'h034;
  localparam [REG_ADDR_BITS-1:0] REG_PASS_ADDR_HIGH = 'h038;
  localparam [REG_ADDR_BITS-1:0] REG_PASS_BEATS = 'h03c;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_0 = 'h040;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_1 = 'h044;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_2 = 'h048;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_3 = 'h04c;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_4 = 'h050;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_5 = 'h054;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_6 = 'h058;
  localparam [REG_ADDR_BITS-1:0] REG_COLD_WORDS_7 = 'h05c;
  localparam [REG_ADDR_BITS-1:0] REG_RING_ADDR_LOW = 'h060;
  localparam [REG_ADDR_BITS-1:0] REG_RING_ADDR_HIGH = 'h064;
  localparam [REG_ADDR_BITS-1:0] REG_RING_LOG2 = 'h068;
  localparam [REG_ADDR_BITS-1:0] REG_RING_TAIL = 'h06c;
  localparam [REG_ADDR_BITS-1:0] REG_RING_HEAD = 'h070;
  localparam [REG_ADDR_BITS-1:0] REG_WATCHDOG = 'h074;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_COLUMNS = 'h080;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_SLICES = 'h084;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_LANES = 'h088;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_PASSES = 'h08c;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_BUS_BYTES = 'h090;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_WIDTH = 'h094;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_HIDDEN = 'h098;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_RANK = 'h09c;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_ROW_CRC = 'h0a0;
  localparam [REG_ADDR_BITS-1:0] REG_CONFIG_SEGMENTS = 'h0a4;
  // Bits of a byte address that are kept: those of the port, above those that are 0 in a beat or in a descriptor's place.
  localparam [63:0] BEAT_ADDR = 64'h00000000fffffff0;
  localparam [63:0] RING_ADDR = 64'h00000000ffffffe0;

  // ---- what is stored and is no output ----
  reg  [63:0]       cold_addr_q;
  reg  [63:0]       pass_addr_q;
  reg  [63:0]       ring_addr_q;
  reg  [EVENTS-1:0] irq_enable_q;
  reg  [EVENTS-1:0] irq_status_q;
  reg  [COMPLETION_BITS-1:0] error_q;
  reg  [31:0]       error_tag_q;
  wire [EVENTS-1:0] event_now;
  wire              load_bad  = load_done_i && (load_code_i != CODE_LOADED);
  wire              any_error = error_i || load_bad || stuck_i;

  assign event_now[0] = completed_i;
  assign event_now[1] = load_done_i;
  assign event_now[2] = any_error;
  assign event_now[3] = reset_done_i;

  assign cold_addr_o = cold_addr_q[ADDR_BITS-1:0];
  assign pass_addr_o = pass_addr_q[ADDR_BITS-1:0];
  assign ring_addr_o = ring_addr_q[ADDR_BITS-1:0];
  assign irq_o = |(irq_status_q & irq_enable_q);

  // ---- write: address and data are held until both are there and the last answer is taken ----
  reg                      aw_held_q;
  reg                      w_held_q;
  reg  [REG_ADDR_BITS-1:0] aw_addr_q;
  reg  [31:0]              w_data_q;
  reg  [3:0]               w_strb_q;
  reg                      b_valid_q;
  reg                      b_error_q;
  wire                     write    = aw_held_q && w_held_q && (!b_valid_q || s_axil_bready);
  wire                     frozen   = busy_i || loading_i || load_o || resetting_i;
  wire [31:0]              mask     = { {8{w_strb_q[3]}}, {8{w_strb_q[2]}}, {8{w_strb_q[1]}}, {8{w_strb_q[0]}} };
  wire [31:0]              ones     = w_data_q & mask;
  // The tail may go forward from where it is, as far as the ring holds: 2^RING_LOG2_MAX at most, so that no bits above are compared.
  wire [31:0]              tail     = (ring_tail_o & ~mask) | ones;
  wire [RING_LOG2_BITS-1:0] log2     = (ring_log2_o & ~mask[4:0]) | ones[4:0];
  wire [31:0]              ahead    = tail - ring_head_i;
  wire [31:0]              behind   = ring_tail_o - ring_head_i;
  wire                     tail_far = (|ahead[31:RING_LOG2_MAX+1]) || (|behind[31:RING_LOG2_MAX+1]) || (ahead[RING_LOG2_MAX:0] < behind[RING_LOG2_MAX:0])
                                      || (ahead[RING_LOG2_MAX:0] > ({ {RING_LOG2_MAX{1'b0}}, 1'b1 } << ring_log2_o));
  wire                     tail_bad = tail_far;
  reg                      allowed;
  wire                     taken    = write && allowed;
  // Found out late, and nobody else waits for it.
  wire                     tail_taken = write && (aw_addr_q == REG_RING_TAIL) && !tail_bad;

  // ---- which writes are taken; an address that does not stand here is unknown or read only ----
  always @* begin
    case (aw_addr_q)
      REG_CONTROL: allowed = !(frozen && ones[1]);
      REG_RING_LOG2: allowed = !frozen && (log2 <= RING_LOG2_MAX) && !ones[8];
      REG_IRQ_STATUS, REG_IRQ_ENABLE, REG_WATCHDOG: allowed = 1'b1;
      REG_COLD_ADDR_LOW, REG_COLD_ADDR_HIGH, REG_COLD_BEATS, REG_COLD_INSTRUCTIONS, REG_COLD_MATRICES,
      REG_COLD_WORDS_0,
      REG_COLD_WORDS_1,
      REG_COLD_WORDS_2,
      REG_COLD_WORDS_3,
      REG_COLD_WORDS_4,
      REG_COLD_WORDS_5,
      REG_COLD_WORDS_6,
      REG_COLD_WORDS_7,
      REG_PASS_ADDR_LOW, REG_PASS_ADDR_HIGH, REG_PASS_BEATS, REG_RING_ADDR_LOW, REG_RING_ADDR_HIGH: allowed = !frozen;
      default: allowed = 1'b0;
    endcase
  end

  assign s_axil_awready = !aw_held_q;
  assign s_axil_wready  = !w_held_q;
  assign s_axil_bvalid  = b_valid_q;
  assign s_axil_bresp   = b_error_q ? SLVERR : OKAY;

  always @(posedge clk_i) begin
    if (s_axil_awvalid && s_axil_awready) aw_addr_q <= { s_axil_awaddr[REG_ADDR_BITS-1:2], 2'd0 };
    if (s_axil_wvalid && s_axil_wready) begin
      w_data_q <= s_axil_wdata;
      w_strb_q <= s_axil_wstrb;
    end
    load_o  <= taken && (aw_addr_q == REG_CONTROL) && ones[1];
    clear_o <= taken && (aw_addr_q == REG_CONTROL) && ones[2];
    reset_o <= taken && (aw_addr_q == REG_CONTROL) && ones[3];
    watchdog_set_o <= taken && (aw_addr_q == REG_WATCHDOG);
    if (write) b_error_q <= !(allowed || tail_taken);
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

  // ---- what a write does: bytes whose strobe is set are new, the others stay ----
  always @(posedge clk_i) begin
    if (taken) begin
      case (aw_addr_q)
        REG_CONTROL: begin
          control_enable_o <= (control_enable_o & ~mask[0]) | ones[0];
          control_policy_o <= (control_policy_o & ~mask[5:4]) | ones[5:4];
        end
        REG_IRQ_ENABLE: irq_enable_q <= (irq_enable_q & ~mask[EVENTS-1:0]) | ones[EVENTS-1:0];
        REG_COLD_ADDR_LOW: cold_addr_q[31:0] <= ((cold_addr_q[31:0] & ~mask) | ones) & BEAT_ADDR[31:0];
        REG_COLD_ADDR_HIGH: cold_addr_q[63:32] <= ((cold_addr_q[63:32] & ~mask) | ones) & BEAT_ADDR[63:32];
        REG_COLD_BEATS: cold_beats_o <= (cold_beats_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_INSTRUCTIONS: cold_instructions_o <= (cold_instructions_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_MATRICES: begin
          cold_matrices_number_o <= (cold_matrices_number_o & ~mask[3:0]) | ones[3:0];
          cold_matrices_table_o <= (cold_matrices_table_o & ~mask[8]) | ones[8];
          cold_matrices_wide_o <= (cold_matrices_wide_o & ~mask[9]) | ones[9];
        end
        REG_COLD_WORDS_0: cold_words_0_o <= (cold_words_0_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_1: cold_words_1_o <= (cold_words_1_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_2: cold_words_2_o <= (cold_words_2_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_3: cold_words_3_o <= (cold_words_3_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_4: cold_words_4_o <= (cold_words_4_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_5: cold_words_5_o <= (cold_words_5_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_6: cold_words_6_o <= (cold_words_6_o & ~mask[23:0]) | ones[23:0];
        REG_COLD_WORDS_7: cold_words_7_o <= (cold_words_7_o & ~mask[23:0]) | ones[23:0];
        REG_PASS_ADDR_LOW: pass_addr_q[31:0] <= ((pass_addr_q[31:0] & ~mask) | ones) & BEAT_ADDR[31:0];
        REG_PASS_ADDR_HIGH: pass_addr_q[63:32] <= ((pass_addr_q[63:32] & ~mask) | ones) & BEAT_ADDR[63:32];
        REG_PASS_BEATS: pass_beats_o <= (pass_beats_o & ~mask[23:0]) | ones[23:0];
        REG_RING_ADDR_LOW: ring_addr_q[31:0] <= ((ring_addr_q[31:0] & ~mask) | ones) & RING_ADDR[31:0];
        REG_RING_ADDR_HIGH: ring_addr_q[63:32] <= ((ring_addr_q[63:32] & ~mask) | ones) & RING_ADDR[63:32];
        REG_RING_LOG2: ring_log2_o <= log2;
        REG_WATCHDOG: watchdog_o <= (watchdog_o & ~mask) | ones;
        default: ;  // CONTROL's pulses and IRQ_STATUS stand elsewhere
      endcase
    end
    if (tail_taken) ring_tail_o <= tail;
    // A 1 clears its event, unless it happens in this very cycle.
    irq_status_q <= (irq_status_q & ~((write && (aw_addr_q == REG_IRQ_STATUS)) ? ones[EVENTS-1:0] : {EVENTS{1'b0}})) | event_now;
    if (any_error) begin
      error_q     <= stuck_i ? CODE_PORT_STUCK : error_i ? error_code_i : load_code_i;
      error_tag_q <= (error_i && !stuck_i) ? error_tag_i : 32'd0;
    end
    if (rst_i || reset_o) begin
      control_enable_o       <= 1'b0;
      control_policy_o       <= POLICY_SINGLE;
      irq_enable_q           <= {EVENTS{1'b0}};
      irq_status_q           <= {EVENTS{1'b0}};
      error_q                <= {COMPLETION_BITS{1'b0}};
      error_tag_q            <= 32'd0;
      cold_addr_q            <= 64'd0;
      cold_beats_o           <= {SIZE_BITS{1'b0}};
      cold_instructions_o    <= {SIZE_BITS{1'b0}};
      cold_matrices_number_o <= {COLD_MATRICES_BITS{1'b0}};
      cold_matrices_table_o  <= 1'b0;
      cold_matrices_wide_o   <= 1'b0;
      cold_words_0_o         <= {SIZE_BITS{1'b0}};
      cold_words_1_o         <= {SIZE_BITS{1'b0}};
      cold_words_2_o         <= {SIZE_BITS{1'b0}};
      cold_words_3_o         <= {SIZE_BITS{1'b0}};
      cold_words_4_o         <= {SIZE_BITS{1'b0}};
      cold_words_5_o         <= {SIZE_BITS{1'b0}};
      cold_words_6_o         <= {SIZE_BITS{1'b0}};
      cold_words_7_o         <= {SIZE_BITS{1'b0}};
      pass_addr_q            <= 64'd0;
      pass_beats_o           <= {SIZE_BITS{1'b0}};
      ring_addr_q            <= 64'd0;
      ring_log2_o            <= {RING_LOG2_BITS{1'b0}};
      ring_tail_o            <= 32'd0;
      watchdog_o             <= 32'd0;
    end
  end

  // ---- read ----
  reg                      ar_held_q;
  reg  [REG_ADDR_BITS-1:0] ar_addr_q;
  reg                      r_valid_q;
  reg                      r_error_q;
  reg  [31:0]              r_data_q;
  reg                      counter_read_q;
  reg  [31:0]              counter_high_q;  // of the counter whose low word was read last
  reg  [31:0]              word;
  reg                      known;
  wire                     counter_hit = (ar_addr_q[REG_ADDR_BITS-1:8] == COUNTER_PAGE) && ({1'b0, ar_addr_q[3 +: COUNTER_BITS]} < COUNTERS);
  wire                     counter_low = counter_hit && !ar_addr_q[2];
  wire                     free        = ar_held_q && (!r_valid_q || s_axil_rready);
  wire                     read         = free;
  wire                     counter_here = free && counter_low;
  assign counter_read_o = counter_here;

  always @* begin
    known = 1'b1;
    word  = 32'd0;
    case (ar_addr_q)
      REG_ID: word = 32'h54524558;
      REG_VERSION: word = 32'h2;
      REG_CONFIG_COLUMNS: word = 32'h8;
      REG_CONFIG_SLICES: word = 32'h4;
      REG_CONFIG_LANES: word = 32'h2;
      REG_CONFIG_PASSES: word = 32'h10;
      REG_CONFIG_BUS_BYTES: word = 32'h10;
      REG_CONFIG_WIDTH: word = 32'h80;
      REG_CONFIG_HIDDEN: word = 32'h200;
      REG_CONFIG_RANK: word = 32'h80;
      REG_CONFIG_ROW_CRC: word = 32'h0;
      REG_CONFIG_SEGMENTS: word = 32'h20;
      REG_CONTROL: begin
        word[0] = control_enable_o;
        word[5:4] = control_policy_o;
      end
      REG_STATUS: begin
        word[0] = loaded_i;
        word[1] = loading_i;
        word[2] = busy_i;
        word[3] = window_i;
        word[4] = resetting_i;
        word[5] = port_stuck_i;
      end
      REG_IRQ_STATUS: word[EVENTS-1:0] = irq_status_q;
      REG_IRQ_ENABLE: word[EVENTS-1:0] = irq_enable_q;
      REG_ERROR: word[7:0] = error_q;
      REG_ERROR_TAG: word = error_tag_q;
      REG_COLD_ADDR_LOW: word = cold_addr_q[31:0];
      REG_COLD_ADDR_HIGH: word = cold_addr_q[63:32];
      REG_COLD_BEATS: word[23:0] = cold_beats_o;
      REG_COLD_INSTRUCTIONS: word[23:0] = cold_instructions_o;
      REG_COLD_MATRICES: begin
        word[3:0] = cold_matrices_number_o;
        word[8] = cold_matrices_table_o;
        word[9] = cold_matrices_wide_o;
      end
      REG_COLD_WORDS_0: word[23:0] = cold_words_0_o;
      REG_COLD_WORDS_1: word[23:0] = cold_words_1_o;
      REG_COLD_WORDS_2: word[23:0] = cold_words_2_o;
      REG_COLD_WORDS_3: word[23:0] = cold_words_3_o;
      REG_COLD_WORDS_4: word[23:0] = cold_words_4_o;
      REG_COLD_WORDS_5: word[23:0] = cold_words_5_o;
      REG_COLD_WORDS_6: word[23:0] = cold_words_6_o;
      REG_COLD_WORDS_7: word[23:0] = cold_words_7_o;
      REG_PASS_ADDR_LOW: word = pass_addr_q[31:0];
      REG_PASS_ADDR_HIGH: word = pass_addr_q[63:32];
      REG_PASS_BEATS: word[23:0] = pass_beats_o;
      REG_RING_ADDR_LOW: word = ring_addr_q[31:0];
      REG_RING_ADDR_HIGH: word = ring_addr_q[63:32];
      REG_RING_LOG2: word[4:0] = ring_log2_o;
      REG_RING_TAIL: word = ring_tail_o;
      REG_RING_HEAD: word = ring_head_i;
      REG_WATCHDOG: word = watchdog_o;
      default: begin
        if (counter_hit) word = counter_high_q;
        known = counter_hit;
      end
    endcase
  end

  assign counter_index_o = ar_addr_q[3 +: COUNTER_BITS];
  assign s_axil_arready  = !ar_held_q;
  assign s_axil_rvalid   = r_valid_q;
  assign s_axil_rdata    = r_data_q;
  assign s_axil_rresp    = r_error_q ? SLVERR : OKAY;

  always @(posedge clk_i) begin
    if (s_axil_arvalid && s_axil_arready) ar_addr_q <= { s_axil_araddr[REG_ADDR_BITS-1:2], 2'd0 };
    if (read) begin
      r_data_q  <= counter_here ? counter_i[31:0] : word;  // a sum comes late in its cycle
      r_error_q <= !known;
    end
    counter_read_q <= counter_here && !rst_i;
    if (counter_read_q) counter_high_q <= counter_i[63:32];
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
