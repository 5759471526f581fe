// Rules of AXI4 that axi_read keeps as a master, for every sequence of requests, aborts, resets and answers.
//
//   0  an address that was not taken stays, with its length
//   1  no burst crosses 4 KiB
//   2  no burst is longer than BURST_BEATS; bursts are incrementing, of whole beats
//   3  at most OUTSTANDING bursts are in flight
//   4  a beat goes to one client at most
//   5  while every client is aborted no address appears: a soft reset drains what is there and nothing else
//
// Assumed  a beat comes only for a burst that was taken and whose last beat has not come; where the last beat lies is free
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module axi_read_formal #(
  parameter BUS_BYTES   = `BUS_BYTES,
  parameter ADDR_BITS   = `ADDR_BITS,
  parameter BURST_BEATS = `BURST_BEATS,
  parameter OUTSTANDING = `OUTSTANDING
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire [3:0]             abort_i,
  input  wire [3:0]             req_valid_i,
  input  wire [4*ADDR_BITS-1:0] req_addr_i,
  input  wire [95:0]            req_beats_i,
  input  wire [3:0]             ready_i,
  input  wire                   arready_i,
  input  wire                   rlast_i,
  input  wire                   rvalid_i,
  output wire                   bad_o
);
  wire [ADDR_BITS-1:0] araddr;
  wire [7:0]           arlen;
  wire [2:0]           arsize;
  wire [1:0]           arburst;
  wire                 arvalid;
  wire                 rready;
  wire [3:0]           valid;

  trex_axi_read #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(ADDR_BITS), .BURST_BEATS(BURST_BEATS), .OUTSTANDING(OUTSTANDING)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort_i), .idle_o(),
    .req_valid_i(req_valid_i), .req_ready_o(), .req_addr_i(req_addr_i), .req_beats_i(req_beats_i),
    .valid_o(valid), .ready_i(ready_i), .data_o(), .error_o(),
    .m_axi_arid(), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(arsize), .m_axi_arburst(arburst),
    .m_axi_arvalid(arvalid), .m_axi_arready(arready_i),
    .m_axi_rid(1'b0), .m_axi_rdata({(8*BUS_BYTES){1'b0}}), .m_axi_rresp(2'd0), .m_axi_rlast(rlast_i), .m_axi_rvalid(rvalid_i), .m_axi_rready(rready)
  );

  reg                  begun_q = 1'b0;   // a reset has been
  reg                  broken_q = 1'b0;  // an assumption was broken
  reg  [7:0]           flight_q = 8'd0;  // bursts taken whose last beat has not come
  reg                  held_q = 1'b0;
  reg                  draining_q = 1'b0;  // every client was aborted a cycle ago
  reg  [ADDR_BITS-1:0] held_addr_q = {ADDR_BITS{1'b0}};
  reg  [7:0]           held_len_q = 8'd0;
  wire                 broken = rvalid_i && (flight_q == 8'd0);
  wire [7:0]           asked  = flight_q + { 7'd0, arvalid };
  localparam PAGE_BITS = 12;  // of a byte address in a page of 4 KiB
  // One past the last byte, from the start of the page.
  wire [16:0]          past   = { {(17-PAGE_BITS){1'b0}}, araddr[PAGE_BITS-1:0] } + ({ 9'd0, arlen } + 17'd1) * BUS_BYTES;

  always @(posedge clk_i) begin
    broken_q    <= broken_q || (begun_q && broken);
    flight_q    <= flight_q + { 7'd0, arvalid && arready_i } - { 7'd0, rvalid_i && rready && rlast_i };
    held_q      <= arvalid && !arready_i;
    draining_q  <= &abort_i;
    held_addr_q <= araddr;
    held_len_q  <= arlen;
    if (rst_i) begin
      begun_q  <= 1'b1;
      broken_q <= 1'b0;
      flight_q <= 8'd0;
      held_q   <= 1'b0;
      draining_q <= 1'b0;
    end
  end

  wire [5:0] violated;
  assign violated[0] = held_q && (!arvalid || (araddr != held_addr_q) || (arlen != held_len_q));
  assign violated[1] = arvalid && (past > 17'd4096);
  assign violated[2] = arvalid && ((arlen >= BURST_BEATS) || (arburst != 2'd1) || ((1 << arsize) != BUS_BYTES));
  assign violated[3] = asked > OUTSTANDING;
  assign violated[4] = (valid & (valid - 4'd1)) != 4'd0;
  assign violated[5] = draining_q && arvalid && !held_q;
  assign bad_o = begun_q && !broken_q && !broken && violated[`PROPERTY];
endmodule
`default_nettype wire
