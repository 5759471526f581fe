// Read side of the memory port: requests of four clients, split into bursts, on one AXI4 read channel. All bursts
// carry one ID, so beats return in the order of requests; a queue of client numbers routes them.
//
//   client 0 coldLoader, 1 streamReader, 2 rows, 3 batcher; a higher number goes first
//
// Every burst ends at a multiple of BURST_BEATS beats or at the end of its request, so none crosses 4 KiB
// (BURST_BEATS * BUS_BYTES is at most that).
//
// Layout   client n in bit n, or field n, of each bus; data and error are shared, valid_o says whose they are
// Timing   a client always takes its beats in bounded time; addresses are multiples of BUS_BYTES, beats at least 1
//          abort_i[n], one cycle or more: client n's requests are forgotten, its beats in flight are dropped, and
//          req_ready_o[n] stays low until idle_o[n]
// Reset    control only
// Golden   docs/chip.md, "Memory port"
`default_nettype none
module trex_axi_read #(
  // Made with the configuration; do not override.
  parameter BUS_BYTES   = 16,  // of a beat of the memory port; power of two, >= 4
  parameter ADDR_BITS   = 32,  // of a byte address
  parameter BURST_BEATS = 16,  // longest burst
  parameter OUTSTANDING = 8,  // bursts under way at a time
  parameter CLIENTS     = 4,  // who reads, see docs/chip.md
  // The same in every configuration; do not override.
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  // Derived; do not override.
  parameter BUS_BITS    = 8 * BUS_BYTES
) (
  input  wire                         clk_i,
  input  wire                         rst_i,
  input  wire [CLIENTS-1:0]           abort_i,
  output wire [CLIENTS-1:0]           idle_o,     // nothing accepted or in flight
  // requests
  input  wire [CLIENTS-1:0]           req_valid_i,
  output wire [CLIENTS-1:0]           req_ready_o,
  input  wire [CLIENTS*ADDR_BITS-1:0] req_addr_i,
  input  wire [CLIENTS*SIZE_BITS-1:0] req_beats_i,
  // beats
  output wire [CLIENTS-1:0]           valid_o,
  input  wire [CLIENTS-1:0]           ready_i,
  output wire [BUS_BITS-1:0]          data_o,
  output wire                         error_o,    // RRESP of this beat is not OKAY
  // AXI4 read channels
  output wire                         m_axi_arid,
  output wire [ADDR_BITS-1:0]         m_axi_araddr,
  output wire [7:0]                   m_axi_arlen,
  output wire [2:0]                   m_axi_arsize,
  output wire [1:0]                   m_axi_arburst,
  output wire                         m_axi_arvalid,
  input  wire                         m_axi_arready,
  input  wire                         m_axi_rid,
  input  wire [BUS_BITS-1:0]          m_axi_rdata,
  input  wire [1:0]                   m_axi_rresp,
  input  wire                         m_axi_rlast,
  input  wire                         m_axi_rvalid,
  output wire                         m_axi_rready
);
`ifndef SYNTHESIS
  initial begin
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
    if ((BURST_BEATS < 1) || (BURST_BEATS > 256)) begin $display("%m: BURST_BEATS = %0d: must be 1 .. 256", BURST_BEATS); $finish; end
    if (CLIENTS != 4) begin $display("%m: CLIENTS = %0d: this unit was made with another; generate it anew", CLIENTS); $finish; end
  end
`endif

  localparam BUS_SHIFT   = $clog2(BUS_BYTES);
  localparam BEAT_BITS   = ADDR_BITS - BUS_SHIFT;  // an address in beats
  localparam FLIGHT_BITS = $clog2(OUTSTANDING + 1);
  localparam [FLIGHT_BITS-1:0] FULL = OUTSTANDING;
  localparam [8:0] BURST_9 = BURST_BEATS;

  reg [1:0]             client_q;    // request in work: its client, address, beats not yet asked for
  reg [BEAT_BITS-1:0]   beat_q;
  reg [SIZE_BITS-1:0]   left_q;
  reg                   ar_valid_q;
  reg [BEAT_BITS-1:0]   ar_beat_q;
  reg [7:0]             ar_len_q;
  reg [FLIGHT_BITS-1:0] flight_q;    // bursts asked for whose last beat has not come
  reg [CLIENTS-1:0]     drop_q;      // aborted, beats still in flight
  wire [CLIENTS-1:0]    idle;
  wire [CLIENTS-1:0]    blocked = abort_i | drop_q;

  // ---- bursts of the request in work ----
  // Beats to the next boundary: whole bursts behind the first one of a request.
  reg  [8:0] room_q;
  wire       last_burst  = left_q <= { {(SIZE_BITS-9){1'b0}}, room_q };
  wire [8:0] burst       = last_burst ? left_q[8:0] : room_q;
  wire [8:0] burst_less  = burst - 9'd1;
  wire       working     = left_q != {SIZE_BITS{1'b0}};
  wire       issue       = working && !blocked[client_q] && (flight_q != FULL) && (!ar_valid_q || m_axi_arready);

  // ---- the next request ----
  wire [CLIENTS-1:0]   asking = req_valid_i & ~blocked;
  wire [1:0]           winner = asking[3] ? 2'd3 : (asking[2] ? 2'd2 : (asking[1] ? 2'd1 : 2'd0));
  wire                 accept = (|asking) && (!working || (issue && last_burst));
  // By comparisons: a part of a word at a variable place takes a multiplication of the place.
  reg  [ADDR_BITS-1:0] addr;
  reg  [SIZE_BITS-1:0] beats;
  integer i;
  always @* begin
    addr  = req_addr_i[ADDR_BITS-1:0];
    beats = req_beats_i[SIZE_BITS-1:0];
    for (i = 1; i < CLIENTS; i = i + 1) begin
      if (winner == i[1:0]) begin
        addr  = req_addr_i[ADDR_BITS*i +: ADDR_BITS];
        beats = req_beats_i[SIZE_BITS*i +: SIZE_BITS];
      end
    end
  end

  // ---- whose beat is it ----
  wire [1:0] head;
  wire       head_valid;
  wire       beat      = m_axi_rvalid && m_axi_rready;
  wire       burst_end = beat && m_axi_rlast;
  wire       queue_ready;

  trex_fifo #(.WORD_BITS(2), .DEPTH(OUTSTANDING), .DISTRIBUTED(1)) u_clients (
    .clk_i(clk_i), .rst_i(rst_i),
    .wr_valid_i(issue), .wr_ready_o(queue_ready), .wr_data_i(client_q),
    .rd_valid_o(head_valid), .rd_ready_i(burst_end), .rd_data_o(head)
  );

  genvar n;
  generate
    for (n = 0; n < CLIENTS; n = n + 1) begin : gen_client
      localparam [1:0] ME = n;
      reg [FLIGHT_BITS-1:0] bursts_q;  // of this client, in flight
      wire begun = issue && (client_q == ME);
      wire ended = burst_end && (head == ME);
      always @(posedge clk_i) begin
        if (begun && !ended) bursts_q <= bursts_q + 1'b1;
        if (ended && !begun) bursts_q <= bursts_q - 1'b1;
        if (rst_i) bursts_q <= {FLIGHT_BITS{1'b0}};
      end
      assign idle[n]        = (bursts_q == {FLIGHT_BITS{1'b0}}) && !(working && (client_q == ME));
      assign req_ready_o[n] = accept && (winner == ME);
      assign valid_o[n]     = m_axi_rvalid && head_valid && (head == ME) && !blocked[n];
    end
  endgenerate

  assign idle_o        = idle;
  assign data_o        = m_axi_rdata;
  assign error_o       = m_axi_rresp != 2'd0;
  assign m_axi_arid    = 1'b0;
  assign m_axi_araddr  = { ar_beat_q, {BUS_SHIFT{1'b0}} };
  assign m_axi_arlen   = ar_len_q;
  assign m_axi_arsize  = BUS_SHIFT[2:0];
  assign m_axi_arburst = 2'd1;
  assign m_axi_arvalid = ar_valid_q;
  assign m_axi_rready  = head_valid && (ready_i[head] || blocked[head]);

  always @(posedge clk_i) begin
    if (m_axi_arready) ar_valid_q <= 1'b0;
    if (issue) begin
      ar_valid_q <= 1'b1;
      ar_beat_q  <= beat_q;
      ar_len_q   <= burst_less[7:0];
      // Behind the last burst no address is needed.
      beat_q     <= beat_q + { {(BEAT_BITS-9){1'b0}}, room_q };
      left_q     <= last_burst ? {SIZE_BITS{1'b0}} : left_q - { {(SIZE_BITS-9){1'b0}}, room_q };
      room_q     <= BURST_9;
    end
    if (blocked[client_q]) left_q <= {SIZE_BITS{1'b0}};
    if (accept) begin
      client_q <= winner;
      beat_q   <= addr[ADDR_BITS-1:BUS_SHIFT];
      room_q   <= BURST_9 - ({ 1'b0, addr[BUS_SHIFT +: 8] } & (BURST_9 - 9'd1));
      left_q   <= beats;
    end
    if (issue && !burst_end) flight_q <= flight_q + 1'b1;
    if (burst_end && !issue) flight_q <= flight_q - 1'b1;
    drop_q <= abort_i | (drop_q & ~idle);
    if (rst_i) begin
      ar_valid_q <= 1'b0;
      left_q     <= {SIZE_BITS{1'b0}};
      flight_q   <= {FLIGHT_BITS{1'b0}};
      drop_q     <= {CLIENTS{1'b0}};
    end
  end

  // The queue holds OUTSTANDING bursts and never refuses; addresses are whole beats; there is one ID.
  wire unused_bits = &{ 1'b0, queue_ready, addr[BUS_SHIFT-1:0], burst_less[8], m_axi_rid };
endmodule
`default_nettype wire
