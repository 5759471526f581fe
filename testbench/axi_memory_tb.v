// Bench of axi_memory: vector n holds what the master drives in cycle n; what the memory answers is printed.
//
// Vector   dump, rready, bready, ar { valid, id, addr, len, size, burst }, aw { the same }, w { valid, last, strb, data }
//          (first in the high bits)
// Output   "r cycle data resp last", "b cycle resp", then "kinds, violations, read beats, write beats"
// Macros   VECTORS and the parameters of the memory, from tests/rtl/axi_memory.test.ts
`default_nettype none
module axi_memory_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output wire [31:0] errors_o
);
  localparam BUS_BITS = 8 * `BUS_BYTES;
  localparam VECTOR_BITS = 3 + 2 * 47 + 2 + `BUS_BYTES + BUS_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [31:0]            index_q;
  wire                  dump;
  wire                  rready;
  wire                  bready;
  wire                  arvalid;
  wire                  arid;
  wire [31:0]           araddr;
  wire [7:0]            arlen;
  wire [2:0]            arsize;
  wire [1:0]            arburst;
  wire                  awvalid;
  wire                  awid;
  wire [31:0]           awaddr;
  wire [7:0]            awlen;
  wire [2:0]            awsize;
  wire [1:0]            awburst;
  wire                  wvalid;
  wire                  wlast;
  wire [`BUS_BYTES-1:0] wstrb;
  wire [BUS_BITS-1:0]   wdata;
  wire [BUS_BITS-1:0]   rdata;
  wire [1:0]            rresp;
  wire                  rlast;
  wire                  rvalid;
  wire [1:0]            bresp;
  wire                  bvalid;
  wire [31:0]           violations;
  wire [31:0]           kinds;
  wire [31:0]           read_beats;
  wire [31:0]           write_beats;

  assign { dump, rready, bready, arvalid, arid, araddr, arlen, arsize, arburst,
           awvalid, awid, awaddr, awlen, awsize, awburst, wvalid, wlast, wstrb, wdata } = vectors[index_q];
  assign errors_o = 32'd0;

  axi_memory #(
    .BUS_BYTES(`BUS_BYTES), .ADDR_BITS(32), .BEATS(`BEATS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING_READS(`READS),
    .OUTSTANDING_WRITES(`WRITES), .BASE(`BASE)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .dump_i(dump && !rst_i && !done_o),
    .violations_o(violations), .kinds_o(kinds), .read_beats_o(read_beats), .write_beats_o(write_beats),
    .s_axi_arid(arid), .s_axi_araddr(araddr), .s_axi_arlen(arlen), .s_axi_arsize(arsize), .s_axi_arburst(arburst),
    .s_axi_arvalid(arvalid), .s_axi_arready(),
    .s_axi_rid(), .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rlast(rlast), .s_axi_rvalid(rvalid), .s_axi_rready(rready),
    .s_axi_awid(awid), .s_axi_awaddr(awaddr), .s_axi_awlen(awlen), .s_axi_awsize(awsize), .s_axi_awburst(awburst),
    .s_axi_awvalid(awvalid), .s_axi_awready(),
    .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wlast(wlast), .s_axi_wvalid(wvalid), .s_axi_wready(),
    .s_axi_bid(), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready)
  );

  initial $readmemh("vectors.hex", vectors);

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
    end else if (!done_o) begin
      if (rvalid && rready) $display("r %0d %h %0d %0d", index_q, rdata, rresp, rlast);
      if (bvalid && bready) $display("b %0d %0d", index_q, bresp);
      if (index_q == `VECTORS - 1) begin
        $display("kinds %h violations %0d read %0d written %0d", kinds, violations, read_beats, write_beats);
        done_o <= 1'b1;
      end else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
