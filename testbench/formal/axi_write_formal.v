// Rules of AXI4 that axi_write keeps as a master, for every sequence of requests, aborts, resets and answers.
//
//   0  an address that was not taken stays, with its length
//   1  no burst crosses 4 KiB
//   2  no burst is longer than BURST_BEATS; bursts are incrementing, of whole beats
//   3  at most OUTSTANDING bursts are in flight
//   4  a beat that was not taken stays, with strobes and the mark of the last
//   5  a burst has as many beats as its address said, none before its address, and the mark on the last
//   6  while every client is aborted no address appears: a soft reset drains what is there and nothing else
//
// Assumed  a response comes only for a burst whose address and last beat were taken
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module axi_write_formal #(
  parameter BUS_BYTES   = `BUS_BYTES,
  parameter ADDR_BITS   = `ADDR_BITS,
  parameter BURST_BEATS = `BURST_BEATS,
  parameter OUTSTANDING = `OUTSTANDING,
  parameter TAG_BITS    = 1
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  input  wire [1:0]               abort_i,
  input  wire [1:0]               req_valid_i,
  input  wire [2*ADDR_BITS-1:0]   req_addr_i,
  input  wire [47:0]              req_beats_i,
  input  wire [1:0]               valid_i,
  input  wire [16*BUS_BYTES-1:0]  data_i,
  input  wire [2*BUS_BYTES-1:0]   strb_i,
  input  wire                     awready_i,
  input  wire                     wready_i,
  input  wire                     bvalid_i,
  output wire                     bad_o
);
  wire [ADDR_BITS-1:0]   awaddr;
  wire [7:0]             awlen;
  wire [2:0]             awsize;
  wire [1:0]             awburst;
  wire                   awvalid;
  wire [8*BUS_BYTES-1:0] wdata;
  wire [BUS_BYTES-1:0]   wstrb;
  wire                   wlast;
  wire                   wvalid;
  wire                   bready;

  trex_axi_write #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(BURST_BEATS), .OUTSTANDING(OUTSTANDING), .TAG_BITS(TAG_BITS)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort_i), .pending_o(), .answered_o(), .error_o(), .answer_tag_o(), .idle_o(),
    .req_valid_i(req_valid_i), .req_ready_o(), .req_addr_i(req_addr_i), .req_beats_i(req_beats_i), .req_tag_i({(2*TAG_BITS){1'b0}}),
    .valid_i(valid_i), .ready_o(), .data_i(data_i), .strb_i(strb_i),
    .m_axi_awid(), .m_axi_awaddr(awaddr), .m_axi_awlen(awlen), .m_axi_awsize(awsize), .m_axi_awburst(awburst),
    .m_axi_awvalid(awvalid), .m_axi_awready(awready_i),
    .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast), .m_axi_wvalid(wvalid), .m_axi_wready(wready_i),
    .m_axi_bid(1'b0), .m_axi_bresp(2'd0), .m_axi_bvalid(bvalid_i), .m_axi_bready(bready)
  );

  reg                    begun_q = 1'b0;      // a reset has been
  reg                    broken_q = 1'b0;     // an assumption was broken
  reg  [7:0]             aw_flight_q = 8'd0;  // addresses taken without a response
  reg  [7:0]             w_flight_q = 8'd0;   // last beats taken without a response
  reg                    aw_held_q = 1'b0;
  reg  [ADDR_BITS-1:0]   aw_addr_q = {ADDR_BITS{1'b0}};
  reg  [7:0]             aw_len_q = 8'd0;
  reg                    w_held_q = 1'b0;
  reg                    draining_q = 1'b0;   // every client was aborted a cycle ago
  reg  [8*BUS_BYTES-1:0] w_data_q = {(8*BUS_BYTES){1'b0}};
  reg  [BUS_BYTES-1:0]   w_strb_q = {BUS_BYTES{1'b0}};
  reg                    w_last_q = 1'b0;
  // Lengths of the bursts whose address was shown and whose last beat was not taken, the oldest first.
  reg  [1:0]             shown_q = 2'd0;
  reg  [7:0]             len_q = 8'd0;
  reg  [7:0]             next_len_q = 8'd0;
  reg  [7:0]             beat_q = 8'd0;       // beats taken of the oldest
  wire                   broken = bvalid_i && ((aw_flight_q == 8'd0) || (w_flight_q == 8'd0));
  wire                   answer = bvalid_i && bready;
  wire                   beat   = wvalid && wready_i;
  wire                   ended  = beat && wlast;
  wire                   show   = awvalid && !aw_held_q;
  wire [7:0]             asked  = aw_flight_q + { 7'd0, awvalid };
  localparam PAGE_BITS = 12;  // of a byte address in a page of 4 KiB
  // One past the last byte, from the start of the page.
  wire [16:0]            past   = { {(17-PAGE_BITS){1'b0}}, awaddr[PAGE_BITS-1:0] } + ({ 9'd0, awlen } + 17'd1) * BUS_BYTES;

  always @(posedge clk_i) begin
    broken_q    <= broken_q || (begun_q && broken);
    aw_flight_q <= aw_flight_q + { 7'd0, awvalid && awready_i } - { 7'd0, answer };
    w_flight_q  <= w_flight_q + { 7'd0, ended } - { 7'd0, answer };
    aw_held_q   <= awvalid && !awready_i;
    draining_q  <= &abort_i;
    aw_addr_q   <= awaddr;
    aw_len_q    <= awlen;
    w_held_q    <= wvalid && !wready_i;
    w_data_q    <= wdata;
    w_strb_q    <= wstrb;
    w_last_q    <= wlast;
    shown_q     <= shown_q + { 1'b0, show } - { 1'b0, ended };
    if (ended) len_q <= (shown_q == 2'd2) ? next_len_q : awlen;
    else if (show && (shown_q == 2'd0)) len_q <= awlen;
    if (show) next_len_q <= awlen;
    if (beat) beat_q <= wlast ? 8'd0 : beat_q + 8'd1;
    if (rst_i) begin
      begun_q     <= 1'b1;
      broken_q    <= 1'b0;
      aw_flight_q <= 8'd0;
      w_flight_q  <= 8'd0;
      aw_held_q   <= 1'b0;
      draining_q  <= 1'b0;
      w_held_q    <= 1'b0;
      shown_q     <= 2'd0;
      beat_q      <= 8'd0;
    end
  end

  wire [6:0] violated;
  assign violated[0] = aw_held_q && (!awvalid || (awaddr != aw_addr_q) || (awlen != aw_len_q));
  assign violated[1] = awvalid && (past > 17'd4096);
  assign violated[2] = awvalid && ((awlen >= BURST_BEATS) || (awburst != 2'd1) || ((1 << awsize) != BUS_BYTES));
  assign violated[3] = asked > OUTSTANDING;
  assign violated[4] = w_held_q && (!wvalid || (wdata != w_data_q) || (wstrb != w_strb_q) || (wlast != w_last_q));
  assign violated[5] = (wvalid && ((shown_q == 2'd0) || (wlast != (beat_q == len_q)))) || (shown_q == 2'd3);
  assign violated[6] = draining_q && show;
  assign bad_o = begun_q && !broken_q && !broken && violated[`PROPERTY];
endmodule
`default_nettype wire
