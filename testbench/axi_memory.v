// Memory behind an AXI4 port, with a checker of what its master does. Bursts are answered in order.
//
// Files     memory.hex (or +memory=): one beat a line, the highest byte first, read again by a reset after writes; memory.out (or +memory_out=) when dump_i
// Plusargs  +seed=n          of all that is random here
//           +latency=n       cycles from the end of a request to its answer at the earliest; +latency_random=n adds 0 .. n
//           +stall=n         each channel stalls in n of 16 cycles; 16 never answers
//           +throttle=n      at most one read beat in n cycles
//           +error_read_at=n, +error_write_at=n   the beat at this byte address answers SLVERR (+error_decerr=1: DECERR);
//                            what is read there is inverted, what is written there is lost
//           +error_nth=n     only the n-th time that it is met, from 1
//           +silent=n        channel 0 AR, 1 R, 2 AW, 3 W, 4 B falls silent before its +silent_nth=n-th address, beat or
//                            response, from 1; +silent_cycles=n: for that many cycles of being waited for, not for ever
// Checker   a cycle with a breach adds one to violations_o; each breach sets its bit of kinds_o, by the BREACH numbers
// Timing    all outputs from registers; 64 bursts each way are taken whatever the master may have outstanding
`default_nettype none
module axi_memory #(
  parameter BUS_BYTES          = 16,
  parameter ADDR_BITS          = 32,
  parameter BEATS              = 1024,  // size
  parameter BURST_BEATS        = 16,    // what the master may do: longest burst,
  parameter OUTSTANDING_READS  = 8,     // bursts without their last beat,
  parameter OUTSTANDING_WRITES = 4,     // bursts without their response
  parameter [ADDR_BITS-1:0] BASE = 0    // address of the first byte
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   dump_i,
  output reg  [31:0]            violations_o,
  output reg  [31:0]            kinds_o,
  output reg  [31:0]            read_beats_o,
  output reg  [31:0]            write_beats_o,
  input  wire                   s_axi_arid,
  input  wire [ADDR_BITS-1:0]   s_axi_araddr,
  input  wire [7:0]             s_axi_arlen,
  input  wire [2:0]             s_axi_arsize,
  input  wire [1:0]             s_axi_arburst,
  input  wire                   s_axi_arvalid,
  output wire                   s_axi_arready,
  output wire                   s_axi_rid,
  output reg  [8*BUS_BYTES-1:0] s_axi_rdata,
  output reg  [1:0]             s_axi_rresp,
  output reg                    s_axi_rlast,
  output reg                    s_axi_rvalid,
  input  wire                   s_axi_rready,
  input  wire                   s_axi_awid,
  input  wire [ADDR_BITS-1:0]   s_axi_awaddr,
  input  wire [7:0]             s_axi_awlen,
  input  wire [2:0]             s_axi_awsize,
  input  wire [1:0]             s_axi_awburst,
  input  wire                   s_axi_awvalid,
  output wire                   s_axi_awready,
  input  wire [8*BUS_BYTES-1:0] s_axi_wdata,
  input  wire [BUS_BYTES-1:0]   s_axi_wstrb,
  input  wire                   s_axi_wlast,
  input  wire                   s_axi_wvalid,
  output wire                   s_axi_wready,
  output wire                   s_axi_bid,
  output reg  [1:0]             s_axi_bresp,
  output reg                    s_axi_bvalid,
  input  wire                   s_axi_bready
);
  localparam BREACH_AR = 0, BREACH_AW = 1, BREACH_W = 2;  // valid dropped or payload changed before ready
  localparam BREACH_PAGE = 3;        // a burst over a 4 KiB boundary
  localparam BREACH_SHAPE = 4;       // size, burst type or ID
  localparam BREACH_LENGTH = 5;      // longer than BURST_BEATS
  localparam BREACH_ALIGN = 6;       // address not a multiple of the beat
  localparam BREACH_LAST = 7;        // WLAST missing, or too early
  localparam BREACH_OUTSIDE = 8;     // beyond the memory
  localparam BREACH_READS = 9, BREACH_WRITES = 10;        // too many outstanding
  localparam BREACH_UNKNOWN = 11;    // X on a control signal, or on a byte to be written
  localparam BREACHES = 12;
  localparam BUS_SHIFT = $clog2(BUS_BYTES);
  localparam PAGE_BITS = 12;  // of a byte address in a page of 4 KiB
  localparam DEPTH = 64;

  reg [8*BUS_BYTES-1:0] memory [0:BEATS-1];

  // ---- settings ----
  reg [8*512-1:0] path;
  reg [8*512-1:0] path_out;
  reg [31:0] seed;
  reg [31:0] latency;
  reg [31:0] latency_random;
  reg [31:0] stall;
  reg [31:0] throttle;
  reg [31:0] error_nth;
  reg [63:0] error_read_at;
  reg [63:0] error_write_at;
  reg        error_read;
  reg        error_write;
  reg [31:0] decerr;
  reg [31:0] silent;
  reg [31:0] silent_nth;
  reg [31:0] silent_cycles;
  reg        silences;
  initial begin
    if (!$value$plusargs("memory=%s", path)) path = "memory.hex";
    if (!$value$plusargs("memory_out=%s", path_out)) path_out = "memory.out";
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("latency=%d", latency)) latency = 32'd0;
    if (!$value$plusargs("latency_random=%d", latency_random)) latency_random = 32'd0;
    if (!$value$plusargs("stall=%d", stall)) stall = 32'd0;
    if (!$value$plusargs("throttle=%d", throttle)) throttle = 32'd1;
    if (!$value$plusargs("error_nth=%d", error_nth)) error_nth = 32'd0;
    if (!$value$plusargs("error_decerr=%d", decerr)) decerr = 32'd0;
    silences = $value$plusargs("silent=%d", silent) != 0;
    if (!$value$plusargs("silent_nth=%d", silent_nth)) silent_nth = 32'd1;
    if (!$value$plusargs("silent_cycles=%d", silent_cycles)) silent_cycles = 32'd0;
    error_read = $value$plusargs("error_read_at=%d", error_read_at) != 0;
    error_write = $value$plusargs("error_write_at=%d", error_write_at) != 0;
    $readmemh(path, memory);
  end
  // A run after a reset begins with the memory of the first.
  always @(posedge clk_i) begin
    if (rst_i && (write_beats_o != 32'd0)) $readmemh(path, memory);
  end
  wire [1:0] error_code = (decerr != 32'd0) ? 2'd3 : 2'd2;

  // ---- random numbers (xorshift32) ----
  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  wire [31:0] random_3 = random_2 ^ (random_2 << 5);
  // ---- silence ----
  reg  [31:0] silent_met_q;    // transfers of that channel
  reg  [31:0] silent_time_q;   // cycles for which it was waited for
  wire        silent_now = silences && (silent_met_q + 32'd1 == silent_nth) && ((silent_cycles == 32'd0) || (silent_time_q < silent_cycles));
  wire stall_ar = ({ 28'd0, random_q[3:0] } < stall) || (silent_now && (silent == 32'd0));
  wire stall_r  = ({ 28'd0, random_q[7:4] } < stall) || (silent_now && (silent == 32'd1));
  wire stall_aw = ({ 28'd0, random_q[11:8] } < stall) || (silent_now && (silent == 32'd2));
  wire stall_w  = ({ 28'd0, random_q[15:12] } < stall) || (silent_now && (silent == 32'd3));
  wire stall_b  = ({ 28'd0, random_q[19:16] } < stall) || (silent_now && (silent == 32'd4));
  wire [31:0] delay = latency + (random_q >> 8) % (latency_random + 32'd1);

  // ---- beats of a burst ----
  reg [31:0] now_q;
  wire [ADDR_BITS-1:0] ar_offset = s_axi_araddr - BASE;
  wire [ADDR_BITS-1:0] aw_offset = s_axi_awaddr - BASE;
  wire [71:0] ar_place = { {(72-ADDR_BITS){1'b0}}, ar_offset } >> BUS_SHIFT;
  wire [71:0] aw_place = { {(72-ADDR_BITS){1'b0}}, aw_offset } >> BUS_SHIFT;
  wire ar_outside = ar_place + { 64'd0, s_axi_arlen } >= BEATS;
  wire aw_outside = aw_place + { 64'd0, s_axi_awlen } >= BEATS;
  // Place of the beat that answers with an error.
  wire [71:0] error_read_place  = ({ 8'd0, error_read_at } - { {(72-ADDR_BITS){1'b0}}, BASE }) >> BUS_SHIFT;
  wire [71:0] error_write_place = ({ 8'd0, error_write_at } - { {(72-ADDR_BITS){1'b0}}, BASE }) >> BUS_SHIFT;

  // ---- reads ----
  reg [31:0] ar_place_q [0:DEPTH-1];
  reg [7:0]  ar_len_q [0:DEPTH-1];
  reg [31:0] ar_time_q [0:DEPTH-1];
  reg        ar_outside_q [0:DEPTH-1];
  reg [5:0]  ar_in_q;
  reg [5:0]  ar_out_q;
  reg [6:0]  ar_count_q;     // bursts whose last beat is not at the output
  reg [7:0]  r_beat_q;       // of the oldest
  reg [31:0] r_wait_q;
  reg [31:0] r_times_q;      // how often the beat with the error was met
  reg [6:0]  reads_q;        // bursts whose last beat was not taken
  wire        ar_take = s_axi_arvalid && s_axi_arready;
  wire        r_take  = s_axi_rvalid && s_axi_rready;
  wire        r_free  = !s_axi_rvalid || s_axi_rready;
  wire        r_next  = r_free && (ar_count_q != 7'd0) && !stall_r && (r_wait_q == 32'd0) && (now_q >= ar_time_q[ar_out_q]);
  wire [31:0] r_place = ar_place_q[ar_out_q] + { 24'd0, r_beat_q };
  wire        r_last  = r_beat_q == ar_len_q[ar_out_q];
  wire        r_hit   = error_read && ({ 40'd0, r_place } == error_read_place) && !ar_outside_q[ar_out_q];
  wire        r_met   = r_hit && ((error_nth == 32'd0) || (r_times_q + 32'd1 == error_nth));
  wire [8*BUS_BYTES-1:0] r_word = memory[r_place];
  assign s_axi_arready = !stall_ar && !ar_count_q[6];
  assign s_axi_rid     = 1'b0;

  // ---- writes ----
  reg [31:0] aw_place_q [0:DEPTH-1];
  reg [7:0]  aw_len_q [0:DEPTH-1];
  reg        aw_outside_q [0:DEPTH-1];
  reg [5:0]  aw_in_q;
  reg [5:0]  aw_out_q;
  reg [6:0]  aw_count_q;     // bursts whose last beat has not come
  reg [7:0]  w_beat_q;       // of the oldest
  reg        w_met_q;        // it has met the beat with the error
  reg [31:0] w_times_q;
  reg [31:0] b_time_q [0:DEPTH-1];
  reg        b_error_q [0:DEPTH-1];
  reg [5:0]  b_in_q;
  reg [5:0]  b_out_q;
  reg [6:0]  b_count_q;      // responses not at the output
  reg [6:0]  writes_q;       // bursts whose response was not taken
  wire        aw_take = s_axi_awvalid && s_axi_awready;
  wire        w_take  = s_axi_wvalid && s_axi_wready;
  wire        b_take  = s_axi_bvalid && s_axi_bready;
  wire        b_next  = (!s_axi_bvalid || s_axi_bready) && (b_count_q != 7'd0) && !stall_b && (now_q >= b_time_q[b_out_q]);
  wire [31:0] w_place = aw_place_q[aw_out_q] + { 24'd0, w_beat_q };
  wire        w_end   = w_take && (w_beat_q == aw_len_q[aw_out_q]);
  wire        w_hit   = error_write && ({ 40'd0, w_place } == error_write_place) && !aw_outside_q[aw_out_q];
  wire        w_met   = w_hit && ((error_nth == 32'd0) || (w_times_q + 32'd1 == error_nth));
  wire [8*BUS_BYTES-1:0] w_old = memory[w_place];
  wire [8*BUS_BYTES-1:0] w_new;
  wire [8*BUS_BYTES-1:0] w_meant;
  genvar b;
  generate
    for (b = 0; b < BUS_BYTES; b = b + 1) begin : gen_byte
      assign w_new[8*b +: 8]   = s_axi_wstrb[b] ? s_axi_wdata[8*b +: 8] : w_old[8*b +: 8];
      assign w_meant[8*b +: 8] = s_axi_wstrb[b] ? s_axi_wdata[8*b +: 8] : 8'd0;
    end
  endgenerate
  assign s_axi_awready = !stall_aw && !aw_count_q[6];
  assign s_axi_wready  = !stall_w && (aw_count_q != 7'd0) && !b_count_q[6];
  assign s_axi_bid     = 1'b0;

  wire        silent_wanted = (silent == 32'd0) ? s_axi_arvalid : (silent == 32'd1) ? (ar_count_q != 7'd0) : (silent == 32'd2) ? s_axi_awvalid
                              : (silent == 32'd3) ? s_axi_wvalid : (b_count_q != 7'd0);
  wire        silent_step = (silent == 32'd0) ? ar_take : (silent == 32'd1) ? r_next : (silent == 32'd2) ? aw_take : (silent == 32'd3) ? w_take : b_next;
  always @(posedge clk_i) begin
    if (silent_step) silent_met_q <= silent_met_q + 32'd1;
    if (silent_now && silent_wanted) silent_time_q <= silent_time_q + 32'd1;
    if (rst_i) begin
      silent_met_q  <= 32'd0;
      silent_time_q <= 32'd0;
    end
  end

  always @(posedge clk_i) begin
    random_q <= rst_i ? (seed | 32'd1) : random_3;
    now_q    <= rst_i ? 32'd0 : now_q + 32'd1;
    if (dump_i) $writememh(path_out, memory);

    if (ar_take) begin
      ar_place_q[ar_in_q]   <= ar_place[31:0];
      ar_len_q[ar_in_q]     <= s_axi_arlen;
      ar_time_q[ar_in_q]    <= now_q + delay;
      ar_outside_q[ar_in_q] <= ar_outside;
      ar_in_q               <= ar_in_q + 6'd1;
    end
    if (s_axi_rready) s_axi_rvalid <= 1'b0;
    if (r_wait_q != 32'd0) r_wait_q <= r_wait_q - 32'd1;
    if (r_next) begin
      s_axi_rvalid <= 1'b1;
      s_axi_rdata  <= ar_outside_q[ar_out_q] ? {8*BUS_BYTES{1'b0}} : (r_met ? ~r_word : r_word);
      s_axi_rresp  <= r_met ? error_code : 2'd0;
      s_axi_rlast  <= r_last;
      r_beat_q     <= r_last ? 8'd0 : r_beat_q + 8'd1;
      r_wait_q     <= throttle - 32'd1;
      if (r_last) ar_out_q <= ar_out_q + 6'd1;
      if (r_hit) r_times_q <= r_times_q + 32'd1;
    end
    ar_count_q   <= ar_count_q + { 6'd0, ar_take } - { 6'd0, r_next && r_last };
    reads_q      <= reads_q + { 6'd0, ar_take } - { 6'd0, r_take && s_axi_rlast };
    read_beats_o <= read_beats_o + { 31'd0, r_take };

    if (aw_take) begin
      aw_place_q[aw_in_q]   <= aw_place[31:0];
      aw_len_q[aw_in_q]     <= s_axi_awlen;
      aw_outside_q[aw_in_q] <= aw_outside;
      aw_in_q               <= aw_in_q + 6'd1;
    end
    if (w_take) begin
      if (!aw_outside_q[aw_out_q] && !w_met) memory[w_place] <= w_new;
      w_beat_q <= w_end ? 8'd0 : w_beat_q + 8'd1;
      w_met_q  <= !w_end && (w_met_q || w_met);
      if (w_hit) w_times_q <= w_times_q + 32'd1;
      if (w_end) begin
        aw_out_q          <= aw_out_q + 6'd1;
        b_time_q[b_in_q]  <= now_q + delay;
        b_error_q[b_in_q] <= w_met_q || w_met;
        b_in_q            <= b_in_q + 6'd1;
      end
    end
    if (s_axi_bready) s_axi_bvalid <= 1'b0;
    if (b_next) begin
      s_axi_bvalid <= 1'b1;
      s_axi_bresp  <= b_error_q[b_out_q] ? error_code : 2'd0;
      b_out_q      <= b_out_q + 6'd1;
    end
    aw_count_q    <= aw_count_q + { 6'd0, aw_take } - { 6'd0, w_end };
    b_count_q     <= b_count_q + { 6'd0, w_end } - { 6'd0, b_next };
    writes_q      <= writes_q + { 6'd0, aw_take } - { 6'd0, b_take };
    write_beats_o <= write_beats_o + { 31'd0, w_take };

    if (rst_i) begin
      ar_in_q       <= 6'd0;
      ar_out_q      <= 6'd0;
      ar_count_q    <= 7'd0;
      r_beat_q      <= 8'd0;
      r_wait_q      <= 32'd0;
      r_times_q     <= 32'd0;
      reads_q       <= 7'd0;
      s_axi_rvalid  <= 1'b0;
      read_beats_o  <= 32'd0;
      aw_in_q       <= 6'd0;
      aw_out_q      <= 6'd0;
      aw_count_q    <= 7'd0;
      w_beat_q      <= 8'd0;
      w_met_q       <= 1'b0;
      w_times_q     <= 32'd0;
      b_in_q        <= 6'd0;
      b_out_q       <= 6'd0;
      b_count_q     <= 7'd0;
      writes_q      <= 7'd0;
      s_axi_bvalid  <= 1'b0;
      write_beats_o <= 32'd0;
    end
  end

  // ---- checker ----
  wire [ADDR_BITS+13:0] ar = { s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst };
  wire [ADDR_BITS+13:0] aw = { s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst };
  wire [9*BUS_BYTES:0]  w  = { s_axi_wlast, s_axi_wstrb, s_axi_wdata };
  reg  [ADDR_BITS+13:0] ar_before_q;
  reg  [ADDR_BITS+13:0] aw_before_q;
  reg  [9*BUS_BYTES:0]  w_before_q;
  reg                   ar_held_q;   // was valid and not taken a cycle ago
  reg                   aw_held_q;
  reg                   w_held_q;
  wire [20:0] ar_end = { {(21-PAGE_BITS){1'b0}}, s_axi_araddr[PAGE_BITS-1:0] } + (({ 13'd0, s_axi_arlen } + 21'd1) << BUS_SHIFT);
  wire [20:0] aw_end = { {(21-PAGE_BITS){1'b0}}, s_axi_awaddr[PAGE_BITS-1:0] } + (({ 13'd0, s_axi_awlen } + 21'd1) << BUS_SHIFT);
  wire [BREACHES-1:0] breaches;
  assign breaches[BREACH_AR]      = ar_held_q && (!s_axi_arvalid || (ar !== ar_before_q));
  assign breaches[BREACH_AW]      = aw_held_q && (!s_axi_awvalid || (aw !== aw_before_q));
  assign breaches[BREACH_W]       = w_held_q && (!s_axi_wvalid || (w !== w_before_q));
  assign breaches[BREACH_PAGE]    = (ar_take && (ar_end > (1 << PAGE_BITS))) || (aw_take && (aw_end > (1 << PAGE_BITS)));
  assign breaches[BREACH_SHAPE]   = (ar_take && ({ s_axi_arid, s_axi_arsize, s_axi_arburst } != { 1'b0, BUS_SHIFT[2:0], 2'd1 }))
                                    || (aw_take && ({ s_axi_awid, s_axi_awsize, s_axi_awburst } != { 1'b0, BUS_SHIFT[2:0], 2'd1 }));
  assign breaches[BREACH_LENGTH]  = (ar_take && ({ 1'b0, s_axi_arlen } >= BURST_BEATS)) || (aw_take && ({ 1'b0, s_axi_awlen } >= BURST_BEATS));
  assign breaches[BREACH_ALIGN]   = (ar_take && (|s_axi_araddr[BUS_SHIFT-1:0])) || (aw_take && (|s_axi_awaddr[BUS_SHIFT-1:0]));
  assign breaches[BREACH_LAST]    = w_take && (s_axi_wlast != w_end);
  assign breaches[BREACH_OUTSIDE] = (ar_take && ar_outside) || (aw_take && aw_outside);
  assign breaches[BREACH_READS]   = ar_take && ({ 25'd0, reads_q } >= OUTSTANDING_READS);
  assign breaches[BREACH_WRITES]  = aw_take && ({ 25'd0, writes_q } >= OUTSTANDING_WRITES);
  assign breaches[BREACH_UNKNOWN] = ((^{ s_axi_arvalid, s_axi_awvalid, s_axi_wvalid, s_axi_rready, s_axi_bready }) === 1'bx)
                                    || (ar_take && ((^ar) === 1'bx)) || (aw_take && ((^aw) === 1'bx))
                                    || (w_take && ((^{ s_axi_wlast, s_axi_wstrb, w_meant }) === 1'bx));
  // Unknown is a breach of its own kind, and not of those that it makes unknown.
  wire [BREACHES-1:0] known;
  genvar k;
  generate
    for (k = 0; k < BREACHES; k = k + 1) begin : gen_known
      assign known[k] = breaches[k] === 1'b1;
    end
  endgenerate
  always @(posedge clk_i) begin
    ar_before_q <= ar;
    aw_before_q <= aw;
    w_before_q  <= w;
    ar_held_q   <= s_axi_arvalid && !s_axi_arready && !rst_i;
    aw_held_q   <= s_axi_awvalid && !s_axi_awready && !rst_i;
    w_held_q    <= s_axi_wvalid && !s_axi_wready && !rst_i;
    kinds_o     <= kinds_o | { {(32-BREACHES){1'b0}}, known };
    if (|known) violations_o <= violations_o + 32'd1;
    if (rst_i) begin
      violations_o <= 32'd0;
      kinds_o      <= 32'd0;
    end
  end
endmodule
`default_nettype wire
