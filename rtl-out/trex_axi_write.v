// Write side of the memory port: requests of two clients, split into bursts, on one AXI4 write channel.
//
//   client 0 rows, 1 batcher; a higher number goes first
//
// Every burst ends at a multiple of BURST_BEATS beats or at the end of its request, so none crosses 4 KiB.
//
// Layout   client n in bit n, or field n, of each bus
// Timing   a client gives its beats in bounded time; addresses are multiples of BUS_BYTES, beats at least 1
//          pending_o[n] from the cycle after a request is accepted until its last response has come
//          answered_o[n] pulses for the response to a burst, before pending_o[n] falls; answer_tag_o is then the tag of its request
//          error_o[n] pulses with it when the response is not OKAY
//          abort_i[n], one cycle or more: the burst in flight is filled up with beats without strobes, the rest of
//          the request is forgotten, and req_ready_o[n] stays low until pending_o[n] falls
// Reset    control only
// Golden   docs/chip.md, "Memory port"
`default_nettype none
module trex_axi_write #(
  // Made with the configuration; do not override.
  parameter BUS_BYTES   = 16,  // of a beat of the memory port; power of two, >= 4
  parameter ADDR_BITS   = 32,  // of a byte address
  parameter BURST_BEATS = 16,  // longest burst
  parameter OUTSTANDING = 16,  // bursts under way at a time
  parameter TAG_BITS    = 34,  // of what a client says of a request to know it again
  parameter CLIENTS     = 2,  // who writes, see docs/chip.md
  // The same in every configuration; do not override.
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  // Derived; do not override.
  parameter BUS_BITS    = 8 * BUS_BYTES
) (
  input  wire                         clk_i,
  input  wire                         rst_i,
  input  wire [CLIENTS-1:0]           abort_i,
  output wire [CLIENTS-1:0]           pending_o,
  output wire [CLIENTS-1:0]           answered_o,
  output wire [CLIENTS-1:0]           error_o,
  output wire [TAG_BITS-1:0]          answer_tag_o,
  output wire                         idle_o,     // nothing is pending
  // requests
  input  wire [CLIENTS-1:0]           req_valid_i,
  output wire [CLIENTS-1:0]           req_ready_o,
  input  wire [CLIENTS*ADDR_BITS-1:0] req_addr_i,
  input  wire [CLIENTS*SIZE_BITS-1:0] req_beats_i,
  input  wire [CLIENTS*TAG_BITS-1:0]  req_tag_i,
  // beats
  input  wire [CLIENTS-1:0]           valid_i,
  output wire [CLIENTS-1:0]           ready_o,
  input  wire [CLIENTS*BUS_BITS-1:0]  data_i,
  input  wire [CLIENTS*BUS_BYTES-1:0] strb_i,
  // AXI4 write channels
  output wire                         m_axi_awid,
  output wire [ADDR_BITS-1:0]         m_axi_awaddr,
  output wire [7:0]                   m_axi_awlen,
  output wire [2:0]                   m_axi_awsize,
  output wire [1:0]                   m_axi_awburst,
  output wire                         m_axi_awvalid,
  input  wire                         m_axi_awready,
  output wire [BUS_BITS-1:0]          m_axi_wdata,
  output wire [BUS_BYTES-1:0]         m_axi_wstrb,
  output wire                         m_axi_wlast,
  output wire                         m_axi_wvalid,
  input  wire                         m_axi_wready,
  input  wire                         m_axi_bid,
  input  wire [1:0]                   m_axi_bresp,
  input  wire                         m_axi_bvalid,
  output wire                         m_axi_bready
);
`ifndef SYNTHESIS
  initial begin
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
    if ((BURST_BEATS < 1) || (BURST_BEATS > 256)) begin $display("%m: BURST_BEATS = %0d: must be 1 .. 256", BURST_BEATS); $finish; end
    if (CLIENTS != 2) begin $display("%m: CLIENTS = %0d: this unit was made with another; generate it anew", CLIENTS); $finish; end
  end
`endif

  localparam BUS_SHIFT   = $clog2(BUS_BYTES);
  localparam BEAT_BITS   = ADDR_BITS - BUS_SHIFT;  // an address in beats
  localparam FLIGHT_BITS = $clog2(OUTSTANDING + 1);
  localparam [FLIGHT_BITS-1:0] FULL = OUTSTANDING;
  localparam [8:0] BURST_9 = BURST_BEATS;

  reg                   client_q;    // request in work: its client, tag, address, beats in bursts not yet begun
  reg [TAG_BITS-1:0]    tag_q;
  reg [BEAT_BITS-1:0]   beat_q;
  reg [SIZE_BITS-1:0]   left_q;
  reg                   aw_valid_q;
  reg [BEAT_BITS-1:0]   aw_beat_q;
  reg [7:0]             aw_len_q;
  reg                   w_client_q;  // burst in work: its client, beats not yet taken from it
  reg [8:0]             w_left_q;
  reg                   w_valid_q;
  reg                   w_last_q;
  reg [BUS_BITS-1:0]    w_data_q;
  reg [BUS_BYTES-1:0]   w_strb_q;
  reg [FLIGHT_BITS-1:0] flight_q;    // bursts begun whose response has not come
  reg [CLIENTS-1:0]     drop_q;      // aborted, responses still to come
  wire [CLIENTS-1:0]    pending;
  wire [CLIENTS-1:0]    blocked = abort_i | drop_q;

  // ---- beats of the burst in work ----
  wire w_room = !w_valid_q || m_axi_wready;
  wire fill   = blocked[w_client_q];
  wire take   = (w_left_q != 9'd0) && w_room && (fill || valid_i[w_client_q]);
  wire w_end  = take && (w_left_q == 9'd1);

  // ---- bursts of the request in work ----
  // Beats to the next boundary: whole bursts behind the first one of a request.
  reg  [8:0] room_q;
  wire       last_burst  = left_q <= { {(SIZE_BITS-9){1'b0}}, room_q };
  wire [8:0] burst       = last_burst ? left_q[8:0] : room_q;
  wire [8:0] burst_less  = burst - 9'd1;
  wire       working     = left_q != {SIZE_BITS{1'b0}};
  wire       begin_burst = working && !blocked[client_q] && (flight_q != FULL) && (!aw_valid_q || m_axi_awready)
                           && ((w_left_q == 9'd0) || w_end);

  // ---- the next request ----
  wire [CLIENTS-1:0]   asking = req_valid_i & ~blocked;
  wire                 winner = asking[1];
  wire                 accept = (|asking) && (!working || (begin_burst && last_burst));
  wire [ADDR_BITS-1:0] addr   = req_addr_i[ADDR_BITS*winner +: ADDR_BITS];

  // ---- whose response is it ----
  wire head;
  wire response = m_axi_bvalid && m_axi_bready;
  wire queue_ready;

  trex_fifo #(.WORD_BITS(1+TAG_BITS), .DEPTH(OUTSTANDING), .DISTRIBUTED(1)) u_clients (
    .clk_i(clk_i), .rst_i(rst_i),
    .wr_valid_i(begin_burst), .wr_ready_o(queue_ready), .wr_data_i({ client_q, tag_q }),
    .rd_valid_o(m_axi_bready), .rd_ready_i(m_axi_bvalid), .rd_data_o({ head, answer_tag_o })
  );

  genvar n;
  generate
    for (n = 0; n < CLIENTS; n = n + 1) begin : gen_client
      localparam [0:0] ME = n;
      reg [FLIGHT_BITS-1:0] bursts_q;  // of this client, in flight
      wire begun    = begin_burst && (client_q == ME);
      wire answered = response && (head == ME);
      always @(posedge clk_i) begin
        if (begun != answered) bursts_q <= answered ? bursts_q - 1'b1 : bursts_q + 1'b1;
        if (rst_i) bursts_q <= {FLIGHT_BITS{1'b0}};
      end
      assign pending[n]     = (bursts_q != {FLIGHT_BITS{1'b0}}) || (working && (client_q == ME));
      assign answered_o[n]  = answered && !blocked[n];
      assign error_o[n]     = answered_o[n] && (m_axi_bresp != 2'd0);
      assign req_ready_o[n] = accept && (winner == ME);
      assign ready_o[n]     = (w_left_q != 9'd0) && w_room && (w_client_q == ME) && !blocked[n];
    end
  endgenerate

  assign pending_o     = pending;
  assign idle_o        = !(|pending);
  assign m_axi_awid    = 1'b0;
  assign m_axi_awaddr  = { aw_beat_q, {BUS_SHIFT{1'b0}} };
  assign m_axi_awlen   = aw_len_q;
  assign m_axi_awsize  = BUS_SHIFT[2:0];
  assign m_axi_awburst = 2'd1;
  assign m_axi_awvalid = aw_valid_q;
  assign m_axi_wdata   = w_data_q;
  assign m_axi_wstrb   = w_strb_q;
  assign m_axi_wlast   = w_last_q;
  assign m_axi_wvalid  = w_valid_q;

  always @(posedge clk_i) begin
    if (m_axi_awready) aw_valid_q <= 1'b0;
    if (m_axi_wready) w_valid_q <= 1'b0;
    if (take) begin
      w_valid_q <= 1'b1;
      w_last_q  <= w_end;
      w_data_q  <= data_i[BUS_BITS*w_client_q +: BUS_BITS];
      w_strb_q  <= fill ? {BUS_BYTES{1'b0}} : strb_i[BUS_BYTES*w_client_q +: BUS_BYTES];
      w_left_q  <= w_left_q - 9'd1;
    end
    if (begin_burst) begin
      aw_valid_q <= 1'b1;
      aw_beat_q  <= beat_q;
      aw_len_q   <= burst_less[7:0];
      w_client_q <= client_q;
      w_left_q   <= burst;
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
      left_q   <= req_beats_i[SIZE_BITS*winner +: SIZE_BITS];
      tag_q    <= req_tag_i[TAG_BITS*winner +: TAG_BITS];
    end
    if (begin_burst && !response) flight_q <= flight_q + 1'b1;
    if (response && !begin_burst) flight_q <= flight_q - 1'b1;
    drop_q <= abort_i | (drop_q & pending);
    if (rst_i) begin
      aw_valid_q <= 1'b0;
      w_valid_q  <= 1'b0;
      w_left_q   <= 9'd0;
      left_q     <= {SIZE_BITS{1'b0}};
      flight_q   <= {FLIGHT_BITS{1'b0}};
      drop_q     <= {CLIENTS{1'b0}};
    end
  end

  // The queue holds OUTSTANDING bursts and never refuses; addresses are whole beats; there is one ID.
  wire unused_bits = &{ 1'b0, queue_ready, addr[BUS_SHIFT-1:0], burst_less[8], m_axi_bid };
endmodule
`default_nettype wire
