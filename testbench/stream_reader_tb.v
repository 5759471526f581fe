// Bench of stream_reader on axi_read and axi_memory: windows one after another, each with the outcome it must have.
//
// Vector   outcome (0 good, 1 wrong CRC, 2 bus error), beats after which it is aborted (all ones: never), beats, address
//          (first in the high bits)
// Macros   VECTORS, parameters of the units and the memory, STALL (0 or 1), CYCLES after which it gives up
// Errors   a wrong beat or outcome, more asked for than there is room or region, a breach of the protocol
`default_nettype none
module stream_reader_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam BUS_BYTES = `BUS_BYTES;
  localparam ADDR_BITS = `ADDR_BITS;
  localparam BUS_BITS  = 8 * BUS_BYTES;
  localparam [ADDR_BITS-1:0] BASE = `BASE;

  reg [2+32+`SIZE_BITS+64-1:0] vectors [0:`VECTORS-1];
  reg [31:0]                   seed;
  initial begin
    $readmemh("vectors.hex", vectors);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed * 32'd3 | 32'd1) : random_2 ^ (random_2 << 5);

  reg  [31:0]           window_q;
  reg                   running_q;
  reg  [`SIZE_BITS-1:0] given_q;      // beats handed on
  reg  [`SIZE_BITS-1:0] asked_q;
  reg                   crc_taken_q;
  reg                   crc_bad_q;
  reg                   bus_error_q;
  wire [2+32+`SIZE_BITS+64-1:0] window = vectors[window_q];
  wire [1:0]            outcome     = window[64+`SIZE_BITS+32 +: 2];
  wire [31:0]           abort_after = window[64+`SIZE_BITS +: 32];
  wire [`SIZE_BITS-1:0] beats       = window[64 +: `SIZE_BITS];
  wire [63:0]           address     = window[63:0];
  wire [63:0]           place       = (address - `BASE) / BUS_BYTES + { {(64-`SIZE_BITS){1'b0}}, given_q };
  wire [`SIZE_BITS-1:0] content     = (beats == {`SIZE_BITS{1'b0}}) ? {`SIZE_BITS{1'b0}} : beats - 1'b1;

  wire                  ended;
  wire                  done;
  wire                  crc_taken;
  wire                  crc_bad;
  wire                  bus_error;
  wire                  req_valid;
  wire                  req_ready;
  wire [ADDR_BITS-1:0]  req_addr;
  wire [`SIZE_BITS-1:0] req_beats;
  wire                  valid;
  wire                  ready;
  wire [BUS_BITS-1:0]   data;
  wire                  error;
  wire                  crc_clear;
  wire                  crc_en;
  wire [31:0]           crc;
  wire                  beat_valid;
  wire                  beat_ready = (`STALL == 0) || (window_q[0] ? random_q[0] : random_q[2:0] == 3'd0);
  wire [BUS_BITS-1:0]   beat;
  wire                  arid;
  wire [ADDR_BITS-1:0]  araddr;
  wire [7:0]            arlen;
  wire [2:0]            arsize;
  wire [1:0]            arburst;
  wire                  arvalid;
  wire                  arready;
  wire                  rid;
  wire [BUS_BITS-1:0]   rdata;
  wire [1:0]            rresp;
  wire                  rlast;
  wire                  rvalid;
  wire                  rready;
  wire [31:0]           violations;
  wire [3:0]            valids;
  wire [3:0]            req_readies;
  assign valid     = valids[1];
  assign req_ready = req_readies[1];

  wire all_given = given_q == content;
  wire over      = (outcome == 2'd0) ? done && ended && all_given : (outcome == 2'd1) ? crc_bad_q : bus_error_q;
  wire aborting  = running_q && ((given_q == abort_after[`SIZE_BITS-1:0]) || (over && (outcome != 2'd0)));
  wire start     = !running_q && (window_q < `VECTORS) && ((`STALL == 0) || random_q[3]);

  trex_stream_reader #(
    .BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(`BURST_BEATS), .PREFETCH_BEATS(`PREFETCH_BEATS)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(start && !rst_i), .abort_i(aborting), .addr_i(address[ADDR_BITS-1:0]), .beats_i(beats),
    .ended_o(ended), .done_o(done), .crc_taken_o(crc_taken), .crc_bad_o(crc_bad), .bus_error_o(bus_error),
    .req_valid_o(req_valid), .req_ready_i(req_ready), .req_addr_o(req_addr), .req_beats_o(req_beats),
    .valid_i(valid), .ready_o(ready), .data_i(data), .error_i(error),
    .crc_clear_o(crc_clear), .crc_en_o(crc_en), .crc_i(crc),
    .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .beat_o(beat)
  );

  trex_crc32 #(.CLIENTS(1)) u_crc (.clk_i(clk_i), .clear_i(crc_clear), .en_i(crc_en), .data_i(data), .crc_o(crc));

  trex_axi_read #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING(`OUTSTANDING)) u_read (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i({ 2'd0, aborting, 1'b0 }), .idle_o(),
    .req_valid_i({ 2'd0, req_valid, 1'b0 }), .req_ready_o(req_readies),
    .req_addr_i({ {(2*ADDR_BITS){1'b0}}, req_addr, {ADDR_BITS{1'b0}} }), .req_beats_i({ {(2*`SIZE_BITS){1'b0}}, req_beats, {`SIZE_BITS{1'b0}} }),
    .valid_o(valids), .ready_i({ 2'd0, ready, 1'b0 }), .data_o(data), .error_o(error),
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

  wire ask  = req_valid && req_ready;
  wire give = beat_valid && beat_ready;
  wire [`SIZE_BITS-1:0] asked = asked_q + (ask ? req_beats : {`SIZE_BITS{1'b0}});
  wire wrong = (give && (((beat !== u_memory.memory[place[31:0]]) && (outcome != 2'd2)) || all_given || !running_q))
               || (running_q && ((ended !== all_given) || (asked > beats) || (asked - given_q > `PREFETCH_BEATS)))
               || (valid && !ready)
               || (crc_taken && (crc_taken_q || !running_q))
               || (crc_bad && ((outcome != 2'd1) || crc_bad_q || !running_q || (!crc_taken && (beats != {`SIZE_BITS{1'b0}}))))
               || (bus_error && ((outcome != 2'd2) || !running_q))
               || (running_q && done && ((outcome != 2'd0) || !(crc_taken || crc_taken_q)))
               || ((done ^ ended ^ crc_taken ^ crc_bad ^ bus_error ^ beat_valid) === 1'bx);

  reg [31:0] cycle_q;
  reg [9:0]  still_q;
  always @(posedge clk_i) begin
    cycle_q <= cycle_q + 32'd1;
    still_q <= (give || start || aborting || (rvalid && rready)) ? 10'd0 : still_q + 10'd1;
    if (give) given_q <= given_q + 1'b1;
    asked_q <= asked;
    if (crc_taken) crc_taken_q <= 1'b1;
    if (crc_bad) crc_bad_q <= 1'b1;
    if (bus_error) bus_error_q <= 1'b1;
    if (start) begin
      running_q   <= 1'b1;
      given_q     <= {`SIZE_BITS{1'b0}};
      asked_q     <= {`SIZE_BITS{1'b0}};
      crc_taken_q <= 1'b0;
      crc_bad_q   <= 1'b0;
      bus_error_q <= 1'b0;
    end
    if (aborting || (running_q && over)) begin
      running_q <= 1'b0;
      window_q  <= window_q + 32'd1;
    end
    if (rst_i) begin
      cycle_q   <= 32'd0;
      still_q   <= 10'd0;
      window_q  <= 32'd0;
      running_q <= 1'b0;
      done_o    <= 1'b0;
      errors_o  <= 32'd0;
    end else if (!done_o) begin
      if ((wrong !== 1'b0) && (window_q < `VECTORS)) errors_o <= errors_o + 32'd1;
      if (window_q == `VECTORS) begin
        done_o <= 1'b1;
        if (violations != 32'd0) errors_o <= errors_o + 32'd1;
      end
      if ((cycle_q == `CYCLES) || (&still_q) || (errors_o != 32'd0)) begin
        errors_o <= errors_o + 32'd1;
        done_o   <= 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
