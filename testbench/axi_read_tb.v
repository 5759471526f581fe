// Bench of axi_read on axi_memory: each client plays its own list of requests, asks ahead of its beats, takes them at
// random and holds each against the memory. Now and then one client is aborted.
//
// Vector   beats, address; REQUESTS of client 0, then of client 1, ... (first in the high bits)
// Macros   VECTORS, parameters of the unit and the memory, REGION (bytes that each client keeps to), STALL, ABORT (0 or 1), CYCLES after which it gives up
// Errors   a wrong beat, a beat or request taken during an abort, a breach of the protocol, not idle at the end
`default_nettype none
module axi_read_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam BUS_BYTES = `BUS_BYTES;
  localparam ADDR_BITS = `ADDR_BITS;
  localparam BUS_BITS  = 8 * BUS_BYTES;
  localparam REQUESTS  = `VECTORS / 4;
  localparam [ADDR_BITS-1:0] BASE = `BASE;

  reg [`SIZE_BITS+64-1:0] vectors [0:`VECTORS-1];
  reg [31:0]              seed;
  reg [63:0]              error_at;
  reg                     has_error;
  initial begin
    $readmemh("vectors.hex", vectors);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    has_error = $value$plusargs("error_read_at=%d", error_at) != 0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed * 32'd3 | 32'd1) : random_2 ^ (random_2 << 5);

  wire [3:0]              abort;
  wire [3:0]              idle;
  wire [3:0]              req_valid;
  wire [3:0]              req_ready;
  wire [4*ADDR_BITS-1:0]  req_addr;
  wire [4*`SIZE_BITS-1:0] req_beats;
  wire [3:0]              valid;
  wire [3:0]              ready;
  wire [BUS_BITS-1:0]     data;
  wire                    error;
  wire [3:0]              wrong;
  wire [3:0]              finished;
  wire                    arid;
  wire [ADDR_BITS-1:0]    araddr;
  wire [7:0]              arlen;
  wire [2:0]              arsize;
  wire [1:0]              arburst;
  wire                    arvalid;
  wire                    arready;
  wire                    rid;
  wire [BUS_BITS-1:0]     rdata;
  wire [1:0]              rresp;
  wire                    rlast;
  wire                    rvalid;
  wire                    rready;
  wire [31:0]             violations;

  trex_axi_read #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING(`OUTSTANDING)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort), .idle_o(idle),
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_addr_i(req_addr), .req_beats_i(req_beats),
    .valid_o(valid), .ready_i(ready), .data_o(data), .error_o(error),
    .m_axi_arid(arid), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(arsize), .m_axi_arburst(arburst),
    .m_axi_arvalid(arvalid), .m_axi_arready(arready),
    .m_axi_rid(rid), .m_axi_rdata(rdata), .m_axi_rresp(rresp), .m_axi_rlast(rlast), .m_axi_rvalid(rvalid), .m_axi_rready(rready)
  );

  axi_memory #(
    .BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BEATS(`BEATS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING_READS(`OUTSTANDING), .BASE(BASE)
  ) u_memory (
    .clk_i(clk_i), .rst_i(rst_i), .dump_i(1'b0), .violations_o(violations), .kinds_o(), .read_beats_o(), .write_beats_o(),
    .s_axi_arid(arid), .s_axi_araddr(araddr), .s_axi_arlen(arlen), .s_axi_arsize(arsize), .s_axi_arburst(arburst),
    .s_axi_arvalid(arvalid), .s_axi_arready(arready),
    .s_axi_rid(rid), .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rlast(rlast), .s_axi_rvalid(rvalid), .s_axi_rready(rready),
    .s_axi_awid(1'b0), .s_axi_awaddr({ADDR_BITS{1'b0}}), .s_axi_awlen(8'd0), .s_axi_awsize(3'd0), .s_axi_awburst(2'd0),
    .s_axi_awvalid(1'b0), .s_axi_awready(),
    .s_axi_wdata({BUS_BITS{1'b0}}), .s_axi_wstrb({BUS_BYTES{1'b0}}), .s_axi_wlast(1'b0), .s_axi_wvalid(1'b0), .s_axi_wready(),
    .s_axi_bid(), .s_axi_bresp(), .s_axi_bvalid(), .s_axi_bready(1'b0)
  );

  genvar n;
  generate
    for (n = 0; n < 4; n = n + 1) begin : gen_client
      reg [31:0]               ask_q;     // request to be asked next
      reg [31:0]               take_q;    // request whose beats come next
      reg [`SIZE_BITS-1:0]     beat_q;    // beat of it
      reg                      asking_q;
      reg                      quiet_q;   // aborted, not idle since
      reg [1:0]                after_q;   // bursts of its part of the memory since then; one may have been waiting
      wire                     mine   = arvalid && arready && (araddr >= BASE + n * `REGION) && (araddr < BASE + (n + 1) * `REGION);
      wire [`SIZE_BITS+64-1:0] asked  = vectors[n*REQUESTS + ask_q];
      wire [`SIZE_BITS+64-1:0] taken  = vectors[n*REQUESTS + take_q];
      wire [63:0]              at     = taken[63:0] + { 40'd0, beat_q } * BUS_BYTES;
      wire [63:0]              place  = (at - `BASE) / BUS_BYTES;
      wire                     ask    = req_valid[n] && req_ready[n];
      wire                     take   = valid[n] && ready[n];
      wire                     bad_at = has_error && (at <= error_at) && (error_at < at + BUS_BYTES);
      assign req_valid[n] = asking_q;
      assign req_addr[ADDR_BITS*n +: ADDR_BITS] = asked[ADDR_BITS-1:0];
      assign req_beats[`SIZE_BITS*n +: `SIZE_BITS] = asked[64 +: `SIZE_BITS];
      assign ready[n]    = ((`STALL == 0) || (random_q[2*n +: 2] != 2'd0)) && !quiet_q;
      assign abort[n]    = (`ABORT != 0) && (random_q[31:24] == n) && !rst_i;
      assign finished[n] = (take_q == REQUESTS) && !asking_q && !quiet_q;
      assign wrong[n]    = (valid[n] && ((take_q >= ask_q) || abort[n] || quiet_q))
                           || (take && ((data !== (u_memory.memory[place[31:0]] ^ {BUS_BITS{bad_at}})) || (error !== bad_at)))
                           || (ask && (abort[n] || quiet_q)) || (after_q > 2'd1)
                           || (idle[n] && (take_q != ask_q) && !quiet_q)
                           || (idle[n] === 1'bx) || (valid[n] === 1'bx) || (req_ready[n] === 1'bx);
      always @(posedge clk_i) begin
        if (ask) begin
          ask_q    <= ask_q + 32'd1;
          asking_q <= 1'b0;
        end
        if (((ask ? ask_q + 32'd1 : ask_q) < REQUESTS) && ((`STALL == 0) || (random_q[8+2*n +: 2] == 2'd0))) asking_q <= 1'b1;
        if (take) begin
          beat_q <= beat_q + 1'b1;
          if (beat_q + 1'b1 == taken[64 +: `SIZE_BITS]) begin
            beat_q <= {`SIZE_BITS{1'b0}};
            take_q <= take_q + 32'd1;
          end
        end
        if (abort[n]) begin
          take_q  <= ask_q;
          beat_q  <= {`SIZE_BITS{1'b0}};
          quiet_q <= 1'b1;
          after_q <= 2'd0;
        end else begin
          if (idle[n]) quiet_q <= 1'b0;
          if (quiet_q && mine) after_q <= after_q + 2'd1;
        end
        if (rst_i) begin
          ask_q    <= 32'd0;
          take_q   <= 32'd0;
          beat_q   <= {`SIZE_BITS{1'b0}};
          asking_q <= 1'b0;
          quiet_q  <= 1'b0;
          after_q  <= 2'd0;
        end
      end
    end
  endgenerate

  // It gives up when nothing moves any more, and at the first error.
  reg [31:0] cycle_q;
  reg [9:0]  still_q;
  wire       moving = (|(req_valid & req_ready)) || (rvalid && rready);
  wire       stop   = (&finished) || (cycle_q == `CYCLES) || (&still_q) || (errors_o != 32'd0);
  always @(posedge clk_i) begin
    if (rst_i) begin
      cycle_q  <= 32'd0;
      still_q  <= 10'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      cycle_q <= cycle_q + 32'd1;
      still_q <= moving ? 10'd0 : still_q + 10'd1;
      if (wrong !== 4'd0) errors_o <= errors_o + 32'd1;
      if (stop) begin
        done_o <= 1'b1;
        if (!(&finished) || (violations != 32'd0) || !(&idle)) errors_o <= errors_o + 32'd1;
      end
    end
  end
endmodule
`default_nettype wire
