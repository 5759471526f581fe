// Bench of registers: one vector a transaction, with random gaps between address, data and the taking of answers, which
// must hold until they are taken. A write may have a read of ID beside it. Some transactions come twice, the second
// before the answer of the first is taken, which changes nothing more.
//
// Vector   write, read, address, data, strobes, response wanted, data wanted, pulses wanted (load, clear, reset,
//          WATCHDOG written), inputs (loaded, loading, busy, window, resetting, port stuck, head), events (completed, load done,
//          load code, error, code, tag, stuck, reset done): for one cycle before,
//          and again or not: in the cycle in which a write is done, interrupt wanted, outputs wanted; first in the high bits
// Plusargs +pace=n: 0 gaps at random, 1 none, 2 long ones
// Macros   VECTORS, ADDR_BITS, from tests/rtl/registers.test.ts
`default_nettype none
module registers_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam ADDR_BITS   = `ADDR_BITS;
  localparam OUTPUT_BITS = 32 + 1 + 2 + 2*`SIZE_BITS + 4 + 1 + 1 + 8*`SIZE_BITS + `SIZE_BITS + 5 + 32 + 3*ADDR_BITS;
  localparam VECTOR_BITS = 2 + `REG_ADDR_BITS + 32 + 4 + 2 + 32 + 4 + 6 + 32 + 1 + 1 + 8 + 1 + 8 + 32 + 2 + 1 + 1 + OUTPUT_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  reg [31:0]            pace;
  initial begin
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  wire        at_once  = pace == 32'd1;
  wire        seldom   = (pace == 32'd2) && (random_q[24:22] != 3'd0);
  always @(posedge clk_i) random_q <= rst_i ? 32'd77 : random_2 ^ (random_2 << 5);

  wire                      op_write;
  wire                      op_read;
  wire [`REG_ADDR_BITS-1:0] address;
  wire [31:0]               data;
  wire [3:0]                strb;
  wire [1:0]                resp_want;
  wire [31:0]               data_want;
  wire [3:0]                pulses_want;
  wire                      loaded;
  wire                      loading;
  wire                      busy;
  wire                      window;
  wire                      resetting;
  wire                      port_stuck;
  wire [31:0]               head;
  wire                      completed;
  wire                      load_done;
  wire [`COMPLETION_BITS-1:0] load_code;
  wire                      error;
  wire [`COMPLETION_BITS-1:0] error_code;
  wire [31:0]               error_tag;
  wire                      stuck;
  wire                      reset_done;
  wire                      held;
  wire                      irq_want;
  wire [OUTPUT_BITS-1:0] outputs_want;
  assign { op_write, op_read, address, data, strb, resp_want, data_want, pulses_want, loaded, loading, busy, window, resetting, port_stuck, head,
           completed, load_done, load_code, error, error_code, error_tag, stuck, reset_done, held, irq_want, outputs_want } = vectors[index_q];

  // ---- the host ----
  localparam [1:0] EVENT = 2'd0, ISSUE = 2'd1, WAIT = 2'd2, CHECK = 2'd3;
  reg  [1:0]  state_q;
  reg  [1:0]  aw_left_q;
  reg  [1:0]  w_left_q;
  reg  [1:0]  ar_left_q;
  reg  [1:0]  b_left_q;
  reg  [1:0]  r_left_q;
  reg         aw_valid_q;
  reg         w_valid_q;
  reg         ar_valid_q;
  reg         b_ready_q;
  reg         r_ready_q;
  reg  [3:0]  pulses_q;
  reg  [3:0]  settle_q;
  reg  [9:0]  waited_q;
  wire        awready;
  wire        wready;
  wire        bvalid;
  wire [1:0]  bresp;
  wire        arready;
  wire        rvalid;
  wire [31:0] rdata;
  wire [1:0]  rresp;
  wire        irq;
  wire        load;
  wire        clear;
  wire        reset;
  wire        watchdog_set;
  wire [4:0]  counter_index;
  // The high half is there in the cycle behind the read alone.
  wire        counter_read;
  wire [63:0] counted = ({ 59'd0, counter_index } + 64'd1) * 64'h9e3779b97f4a7c15;
  reg  [31:0] high_q;
  // With extra stages both halves come three cycles later, for one cycle only.
  reg  [191:0] asked_q;
  always @(posedge clk_i) begin
    asked_q <= { asked_q[127:0], counter_read ? counted : 64'd0 };
    high_q  <= counter_read ? counted[63:32] : 32'd0;
  end
  wire [63:0] counter = (`EXTRA_STAGES == 1) ? asked_q[191:128] : { high_q, counted[31:0] };
  // The write is done in the cycle after both its address and its data are taken, with extra stages two behind that.
  reg         written_q;
  reg  [1:0]  taken_q;
  wire        taken   = (state_q == ISSUE) && (aw_left_q == 2'd0) && (w_left_q == 2'd0);
  wire        writing = taken && ((`EXTRA_STAGES == 0) || taken_q[1]) && !written_q;
  always @(posedge clk_i) taken_q <= { taken_q[0], taken } & {2{taken}};
  wire        events  = (state_q == EVENT) || (held && (writing || !op_write));
  wire [1:0]  times   = (!held && (random_q[10:9] == 2'd0)) ? 2'd2 : 2'd1;
  // What the unit shows, in the order of a vector.
  wire [31:0]             watchdog;
  wire                    enable;
  wire [`POLICY_BITS-1:0] policy;
  wire [`SIZE_BITS-1:0]   cold_beats;
  wire [`SIZE_BITS-1:0]   cold_instructions;
  wire [3:0]              matrices;
  wire                    with_table;
  wire                    wide;
  wire [8*`SIZE_BITS-1:0] words;
  wire [`SIZE_BITS-1:0]   pass_beats;
  wire [`RING_LOG2_BITS-1:0] ring_log2;
  wire [31:0]             ring_tail;
  wire [ADDR_BITS-1:0]    cold_addr;
  wire [ADDR_BITS-1:0]    pass_addr;
  wire [ADDR_BITS-1:0]    ring_addr;
  wire [OUTPUT_BITS-1:0]  outputs = { watchdog, enable, policy, cold_beats, cold_instructions, matrices, with_table, wide, words, pass_beats,
                                      ring_log2, ring_tail, cold_addr, pass_addr, ring_addr };

  trex_registers dut (
    .clk_i(clk_i), .rst_i(rst_i),
    .s_axil_awvalid(aw_valid_q), .s_axil_awready(awready), .s_axil_awaddr(aw_valid_q ? address : {`REG_ADDR_BITS{1'bx}}),
    .s_axil_wvalid(w_valid_q), .s_axil_wready(wready), .s_axil_wdata(w_valid_q ? data : 32'hx), .s_axil_wstrb(w_valid_q ? strb : 4'hx),
    .s_axil_bvalid(bvalid), .s_axil_bready(b_ready_q), .s_axil_bresp(bresp),
    .s_axil_arvalid(ar_valid_q), .s_axil_arready(arready), .s_axil_araddr(ar_valid_q ? (op_write ? {`REG_ADDR_BITS{1'b0}} : address) : {`REG_ADDR_BITS{1'bx}}),
    .s_axil_rvalid(rvalid), .s_axil_rready(r_ready_q), .s_axil_rdata(rdata), .s_axil_rresp(rresp), .irq_o(irq),
    .watchdog_o(watchdog), .control_enable_o(enable), .control_policy_o(policy), .cold_beats_o(cold_beats), .cold_instructions_o(cold_instructions),
    .cold_matrices_number_o(matrices), .cold_matrices_table_o(with_table), .cold_matrices_wide_o(wide),
    .cold_words_0_o(words[0*`SIZE_BITS +: `SIZE_BITS]), .cold_words_1_o(words[1*`SIZE_BITS +: `SIZE_BITS]),
    .cold_words_2_o(words[2*`SIZE_BITS +: `SIZE_BITS]), .cold_words_3_o(words[3*`SIZE_BITS +: `SIZE_BITS]),
    .cold_words_4_o(words[4*`SIZE_BITS +: `SIZE_BITS]), .cold_words_5_o(words[5*`SIZE_BITS +: `SIZE_BITS]),
    .cold_words_6_o(words[6*`SIZE_BITS +: `SIZE_BITS]), .cold_words_7_o(words[7*`SIZE_BITS +: `SIZE_BITS]),
    .pass_beats_o(pass_beats), .ring_log2_o(ring_log2), .ring_tail_o(ring_tail),
    .cold_addr_o(cold_addr), .pass_addr_o(pass_addr), .ring_addr_o(ring_addr),
    .load_o(load), .clear_o(clear), .reset_o(reset), .watchdog_set_o(watchdog_set),
    .loaded_i(loaded), .loading_i(loading), .busy_i(busy), .window_i(window),
    .resetting_i(resetting), .port_stuck_i(port_stuck), .ring_head_i(head),
    .completed_i(events && completed), .load_done_i(events && load_done), .load_code_i(load_code),
    .error_i(events && error), .error_code_i(error_code), .error_tag_i(error_tag),
    .stuck_i(events && stuck), .reset_done_i(events && reset_done),
    .counter_read_o(counter_read), .counter_index_o(counter_index), .counter_i(counter)
  );

  // ---- answers hold until they are taken ----
  // A reset leaves no pulse.
  reg        reset_q;
  wire       pulse_wrong = reset_q && (load || clear || reset || watchdog_set);
  reg        b_held_q;
  reg [1:0]  b_resp_q;
  reg        r_held_q;
  reg [33:0] r_word_q;
  wire       unstable = (b_held_q && (!bvalid || (bresp !== b_resp_q))) || (r_held_q && (!rvalid || ({ rresp, rdata } !== r_word_q)));
  wire       early    = (bvalid && (b_left_q == 2'd0)) || (rvalid && (r_left_q == 2'd0)) || (bvalid && ((aw_left_q >= b_left_q) || (w_left_q >= b_left_q)));
  wire [33:0] r_want  = op_write ? { 2'd0, `CHIP_ID } : { resp_want, data_want };
  wire       b_wrong  = bvalid && b_ready_q && (bresp !== resp_want);
  wire       r_wrong  = rvalid && r_ready_q && ({ rresp, rdata } !== r_want);
  wire       end_wrong = (state_q == CHECK) && ((irq !== irq_want) || (outputs !== outputs_want) || (pulses_q !== pulses_want));

  always @(posedge clk_i) begin
    reset_q  <= rst_i;
    b_held_q <= bvalid && !b_ready_q && !rst_i;
    b_resp_q <= bresp;
    r_held_q <= rvalid && !r_ready_q && !rst_i;
    r_word_q <= { rresp, rdata };
    b_ready_q <= at_once || (random_q[0] && !seldom);
    r_ready_q <= at_once || (random_q[1] && !seldom);
    pulses_q <= (state_q == EVENT) ? 4'd0 : pulses_q | { load, clear, reset, watchdog_set };
    if (aw_valid_q && awready) begin
      aw_valid_q <= 1'b0;
      aw_left_q  <= aw_left_q - 2'd1;
    end else if ((aw_left_q != 2'd0) && (at_once || ((random_q[4:3] == 2'd0) && !seldom))) aw_valid_q <= 1'b1;
    if (w_valid_q && wready) begin
      w_valid_q <= 1'b0;
      w_left_q  <= w_left_q - 2'd1;
    end else if ((w_left_q != 2'd0) && (at_once || ((random_q[6:5] == 2'd0) && !seldom))) w_valid_q <= 1'b1;
    if (ar_valid_q && arready) begin
      ar_valid_q <= 1'b0;
      ar_left_q  <= ar_left_q - 2'd1;
    end else if ((ar_left_q != 2'd0) && (at_once || ((random_q[8:7] == 2'd0) && !seldom))) ar_valid_q <= 1'b1;
    if (bvalid && b_ready_q) b_left_q <= b_left_q - 2'd1;
    if (rvalid && r_ready_q) r_left_q <= r_left_q - 2'd1;
    settle_q <= settle_q + 4'd1;
    waited_q <= waited_q + 10'd1;
    case (state_q)
      EVENT: begin
        aw_left_q <= op_write ? times : 2'd0;
        w_left_q  <= op_write ? times : 2'd0;
        b_left_q  <= op_write ? times : 2'd0;
        ar_left_q <= op_read ? times : 2'd0;
        r_left_q  <= op_read ? times : 2'd0;
        written_q <= 1'b0;
        waited_q  <= 10'd0;
        state_q   <= ISSUE;
      end
      ISSUE: begin
        settle_q  <= 4'd0;
        written_q <= written_q || writing;
        if ((b_left_q == 2'd0) && (r_left_q == 2'd0)) state_q <= WAIT;
      end
      WAIT: if (settle_q == 4'd2) state_q <= CHECK;
      default: begin
        state_q <= EVENT;
        if (index_q == `VECTORS - 1) done_o <= 1'b1;
        else index_q <= index_q + 32'd1;
      end
    endcase
    if (rst_i) begin
      state_q    <= EVENT;
      index_q    <= 32'd0;
      done_o     <= 1'b0;
      errors_o   <= 32'd0;
      aw_valid_q <= 1'b0;
      w_valid_q  <= 1'b0;
      ar_valid_q <= 1'b0;
      aw_left_q  <= 2'd0;
      w_left_q   <= 2'd0;
      ar_left_q  <= 2'd0;
      b_left_q   <= 2'd0;
      r_left_q   <= 2'd0;
    end else if (!done_o && (pulse_wrong || unstable || early || b_wrong || r_wrong || end_wrong || (waited_q == 10'd1023))) begin
      errors_o <= errors_o + 32'd1;
      if (waited_q == 10'd1023) done_o <= 1'b1;
      if (errors_o < 32'd5) $display("vector %0d at %h: unstable %b early %b response %b %b end %b", index_q, address, unstable, early,
          b_wrong, r_wrong, end_wrong);
    end
  end
endmodule
`default_nettype wire
