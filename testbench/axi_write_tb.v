// Bench of axi_write on axi_memory: both clients play their lists of requests into their halves of the memory, at
// random times. With aborts now and then, responses are errors at random. A second memory follows every beat taken.
//
// Vector   beats, address; REQUESTS of client 0, then of client 1 (first in the high bits)
// Macros   VECTORS, parameters of the unit and the memory, REGION (bytes of a half), STALL, ABORT (0 or 1), CYCLES after
//          which it gives up, ERRORS_0, ERRORS_1 (responses with an error that each client must see; not with ABORT)
// Tags     request n of a client has the low bits of 3 n + its number; what comes back with a response must be that of the burst
//          that memory answers
// Errors   memory and follower differ, wrong pending, answers, errors or tags, something taken during an abort, a breach of the protocol
`default_nettype none
module axi_write_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam BUS_BYTES = `BUS_BYTES;
  localparam ADDR_BITS = `ADDR_BITS;
  localparam BUS_BITS  = 8 * BUS_BYTES;
  localparam TAG_BITS  = `TAG_BITS;
  localparam REQUESTS  = `VECTORS / 2;
  localparam [ADDR_BITS-1:0] BASE = `BASE;

  reg [`SIZE_BITS+64-1:0] vectors [0:`VECTORS-1];
  reg [BUS_BITS-1:0]      follower [0:`BEATS-1];
  reg [31:0]              seed;
  reg [63:0]              error_at;
  reg                     has_error;
  initial begin
    $readmemh("vectors.hex", vectors);
    $readmemh("memory.hex", follower);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    has_error = $value$plusargs("error_write_at=%d", error_at) != 0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed * 32'd3 | 32'd1) : random_2 ^ (random_2 << 5);

  wire [1:0]              abort;
  wire [1:0]              pending;
  wire [1:0]              error;
  wire [1:0]              answered;
  wire [TAG_BITS-1:0]     answer_tag;
  wire [2*TAG_BITS-1:0]   req_tag;
  wire                    idle;
  wire [1:0]              req_valid;
  wire [1:0]              req_ready;
  wire [2*ADDR_BITS-1:0]  req_addr;
  wire [2*`SIZE_BITS-1:0] req_beats;
  wire [1:0]              valid;
  wire [1:0]              ready;
  wire [2*BUS_BITS-1:0]   data;
  wire [2*BUS_BYTES-1:0]  strb;
  wire [1:0]              gone;      // aborted: nothing is told of the client
  wire [1:0]              wrong;
  wire [1:0]              finished;
  wire                    awid;
  wire [ADDR_BITS-1:0]    awaddr;
  wire [7:0]              awlen;
  wire [2:0]              awsize;
  wire [1:0]              awburst;
  wire                    awvalid;
  wire                    awready;
  wire [BUS_BITS-1:0]     wdata;
  wire [BUS_BYTES-1:0]    wstrb;
  wire                    wlast;
  wire                    wvalid;
  wire                    wready;
  wire                    bid;
  wire [1:0]              bresp;
  wire                    bvalid;
  wire                    bready;
  wire [31:0]             violations;

  trex_axi_write #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING(`OUTSTANDING), .TAG_BITS(TAG_BITS)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort), .pending_o(pending), .answered_o(answered), .error_o(error), .answer_tag_o(answer_tag), .idle_o(idle),
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_addr_i(req_addr), .req_beats_i(req_beats), .req_tag_i(req_tag),
    .valid_i(valid), .ready_o(ready), .data_i(data), .strb_i(strb),
    .m_axi_awid(awid), .m_axi_awaddr(awaddr), .m_axi_awlen(awlen), .m_axi_awsize(awsize), .m_axi_awburst(awburst),
    .m_axi_awvalid(awvalid), .m_axi_awready(awready),
    .m_axi_wdata(wdata), .m_axi_wstrb(wstrb), .m_axi_wlast(wlast), .m_axi_wvalid(wvalid), .m_axi_wready(wready),
    .m_axi_bid(bid), .m_axi_bresp(((`ABORT != 0) && random_q[12]) ? 2'd2 : bresp), .m_axi_bvalid(bvalid), .m_axi_bready(bready)
  );

  axi_memory #(
    .BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BEATS(`BEATS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING_WRITES(`OUTSTANDING), .BASE(BASE)
  ) u_memory (
    .clk_i(clk_i), .rst_i(rst_i), .dump_i(1'b0), .violations_o(violations), .kinds_o(), .read_beats_o(), .write_beats_o(),
    .s_axi_arid(1'b0), .s_axi_araddr({ADDR_BITS{1'b0}}), .s_axi_arlen(8'd0), .s_axi_arsize(3'd0), .s_axi_arburst(2'd0),
    .s_axi_arvalid(1'b0), .s_axi_arready(),
    .s_axi_rid(), .s_axi_rdata(), .s_axi_rresp(), .s_axi_rlast(), .s_axi_rvalid(), .s_axi_rready(1'b0),
    .s_axi_awid(awid), .s_axi_awaddr(awaddr), .s_axi_awlen(awlen), .s_axi_awsize(awsize), .s_axi_awburst(awburst),
    .s_axi_awvalid(awvalid), .s_axi_awready(awready),
    .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wlast(wlast), .s_axi_wvalid(wvalid), .s_axi_wready(wready),
    .s_axi_bid(bid), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready)
  );

  genvar n, b;
  generate
    for (n = 0; n < 2; n = n + 1) begin : gen_client
      reg [31:0]               ask_q;     // request to be asked next
      reg [31:0]               give_q;    // request whose beats are given
      reg [`SIZE_BITS-1:0]     beat_q;    // beat of it
      reg                      asking_q;
      reg                      giving_q;
      reg                      quiet_q;   // aborted, pending since
      reg [BUS_BITS-1:0]       data_q;
      reg [BUS_BYTES-1:0]      strb_q;
      reg [31:0]               seen_q;    // responses with an error
      reg [1:0]                after_q;   // bursts begun since the abort; one may have been waiting
      wire [`SIZE_BITS+64-1:0] asked = vectors[n*REQUESTS + ask_q];
      wire [`SIZE_BITS+64-1:0] given = vectors[n*REQUESTS + give_q];
      wire [63:0]              at    = given[63:0] + { 40'd0, beat_q } * BUS_BYTES;
      wire [63:0]              place = (at - `BASE) / BUS_BYTES;
      wire [BUS_BITS-1:0]      old   = follower[place[31:0]];
      wire [BUS_BITS-1:0]      merged;
      wire                     hit   = has_error && (at <= error_at) && (error_at < at + BUS_BYTES);
      wire                     ask   = req_valid[n] && req_ready[n];
      wire                     give  = valid[n] && ready[n];
      wire                     mine  = awvalid && awready && (awaddr >= BASE + n * `REGION) && (awaddr < BASE + (n + 1) * `REGION);
      for (b = 0; b < BUS_BYTES; b = b + 1) begin : gen_byte
        assign merged[8*b +: 8] = strb_q[b] ? data_q[8*b +: 8] : old[8*b +: 8];
      end
      assign req_valid[n] = asking_q;
      assign req_addr[ADDR_BITS*n +: ADDR_BITS] = asked[ADDR_BITS-1:0];
      assign req_beats[`SIZE_BITS*n +: `SIZE_BITS] = asked[64 +: `SIZE_BITS];
      wire [31:0]          ask_tag  = 32'd3 * ask_q + n;
      assign req_tag[TAG_BITS*n +: TAG_BITS] = ask_tag[TAG_BITS-1:0];
      assign valid[n]    = giving_q && (give_q != ask_q) && !quiet_q;
      assign data[BUS_BITS*n +: BUS_BITS] = data_q;
      assign strb[BUS_BYTES*n +: BUS_BYTES] = strb_q;
      assign abort[n]    = (`ABORT != 0) && (random_q[31:25] == n) && !rst_i;
      assign gone[n]     = abort[n] || quiet_q;
      assign finished[n] = (give_q == REQUESTS) && !asking_q && !quiet_q && !pending[n];
      assign wrong[n]    = (ready[n] && (abort[n] || quiet_q)) || (ask && (abort[n] || quiet_q)) || (after_q > 2'd1)
                           || (!pending[n] && (give_q != ask_q) && !quiet_q) || (error[n] && !pending[n])
                           || (error[n] && !answered[n])
                           || (pending[n] === 1'bx) || (error[n] === 1'bx) || (answered[n] === 1'bx) || (ready[n] === 1'bx) || (req_ready[n] === 1'bx);
      always @(posedge clk_i) begin
        if (ask) begin
          ask_q    <= ask_q + 32'd1;
          asking_q <= 1'b0;
        end
        if (((ask ? ask_q + 32'd1 : ask_q) < REQUESTS) && (ask_q <= give_q) && ((`STALL == 0) || (random_q[8+2*n +: 2] == 2'd0))) asking_q <= 1'b1;
        if (!giving_q || give) begin
          giving_q <= (`STALL == 0) || (random_q[2*n +: 2] != 2'd0);
          data_q   <= {(BUS_BITS/32){random_q}} ^ { {(BUS_BITS-32){1'b0}}, random_1 };
          strb_q   <= (n == 0) ? {BUS_BYTES{1'b1}} : { {(BUS_BYTES-4){1'b0}}, 4'd15 } << (random_q[7:4] % BUS_BYTES);
        end
        if (give) begin
          if (!hit) follower[place[31:0]] <= merged;
          beat_q <= beat_q + 1'b1;
          if (beat_q + 1'b1 == given[64 +: `SIZE_BITS]) begin
            beat_q <= {`SIZE_BITS{1'b0}};
            give_q <= give_q + 32'd1;
          end
        end
        if (error[n]) seen_q <= seen_q + 32'd1;
        if (abort[n]) begin
          give_q  <= ask_q;
          beat_q  <= {`SIZE_BITS{1'b0}};
          quiet_q <= 1'b1;
          after_q <= 2'd0;
        end else begin
          if (!pending[n]) quiet_q <= 1'b0;
          if (quiet_q && mine) after_q <= after_q + 2'd1;
        end
        if (rst_i) begin
          ask_q    <= 32'd0;
          give_q   <= 32'd0;
          beat_q   <= {`SIZE_BITS{1'b0}};
          asking_q <= 1'b0;
          giving_q <= 1'b0;
          quiet_q  <= 1'b0;
          seen_q   <= 32'd0;
          after_q  <= 2'd0;
        end
      end
    end
  endgenerate

  // Bursts begun, in order: each is of the request that was accepted last before it.
  reg  [TAG_BITS-1:0]  burst_tag [0:31];
  reg                  burst_client [0:31];
  reg  [4:0]           begun_q;
  reg  [4:0]           answered_q;
  reg  [TAG_BITS-1:0]  tag_q;         // of the request accepted last
  reg                  client_q;
  wire                 begins  = dut.begin_burst;
  wire                 winner  = req_valid[1] && req_ready[1];
  always @(posedge clk_i) begin
    if (rst_i) begin
      begun_q    <= 5'd0;
      answered_q <= 5'd0;
    end else begin
      if (|(req_valid & req_ready)) begin
        tag_q    <= winner ? req_tag[TAG_BITS +: TAG_BITS] : req_tag[0 +: TAG_BITS];
        client_q <= winner;
      end
      if (begins) begin
        burst_tag[begun_q]    <= tag_q;
        burst_client[begun_q] <= client_q;
        begun_q               <= begun_q + 5'd1;
      end
      if (bvalid && bready) answered_q <= answered_q + 5'd1;
    end
  end
  wire [1:0] whose     = (bvalid && bready) ? 2'd1 << burst_client[answered_q] : 2'd0;
  wire       mistagged = ((|answered) && (answer_tag !== burst_tag[answered_q])) || (answered !== (whose & ~gone));

  // It gives up when nothing moves any more, and at the first error.
  reg [31:0] cycle_q;
  reg [9:0]  still_q;
  wire       moving = (|(req_valid & req_ready)) || (wvalid && wready) || (bvalid && bready);
  wire       stop   = (&finished) || (cycle_q == `CYCLES) || (&still_q) || (errors_o != 32'd0);
  wire       early  = (idle !== !(|pending)) || (idle && (u_memory.writes_q != 7'd0));
  wire       seen   = (`ABORT != 0) || ((gen_client[0].seen_q == `ERRORS_0) && (gen_client[1].seen_q == `ERRORS_1));
  reg [31:0] place_q;
  reg        compare_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      cycle_q   <= 32'd0;
      still_q   <= 10'd0;
      place_q   <= 32'd0;
      compare_q <= 1'b0;
      done_o    <= 1'b0;
      errors_o  <= 32'd0;
    end else if (compare_q) begin
      if (u_memory.memory[place_q] !== follower[place_q]) errors_o <= errors_o + 32'd1;
      place_q <= place_q + 32'd1;
      if (place_q == `BEATS - 1) done_o <= 1'b1;
    end else begin
      cycle_q <= cycle_q + 32'd1;
      still_q <= moving ? 10'd0 : still_q + 10'd1;
      if ((wrong !== 2'd0) || (early !== 1'b0) || mistagged) errors_o <= errors_o + 32'd1;
      if (stop) begin
        compare_q <= 1'b1;
        if (!(&finished) || (violations != 32'd0) || !seen) errors_o <= errors_o + 32'd1;
      end
    end
  end
endmodule
`default_nettype wire
