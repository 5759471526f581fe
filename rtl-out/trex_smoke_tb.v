// Bench of trex_top by itself, with a clock of its own: the registers that never change answer with their values, an unknown
// address answers SLVERR, and no interrupt comes. Prints PASS or FAIL.
`default_nettype none
module trex_smoke_tb;
  localparam ADDR_BITS = 32;
  localparam BUS_BYTES = 16;
  localparam REG_ADDR_BITS = 12;
  localparam READS = 13;
  reg clk = 1'b0;
  reg rst = 1'b1;
  always #5 clk = !clk;

  reg         arvalid = 1'b0;
  reg  [REG_ADDR_BITS-1:0] araddr = 0;
  wire        arready;
  wire        rvalid;
  wire [31:0] rdata;
  wire [1:0]  rresp;
  wire        irq;
  trex_top u_top (
    .clk_i(clk), .rst_i(rst), .irq_o(irq),
    .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_araddr(araddr),
    .s_axil_rvalid(rvalid), .s_axil_rready(1'b1), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .s_axil_awready(),
    .s_axil_wready(),
    .s_axil_bvalid(),
    .s_axil_bresp(),
    .m_axi_arid(),
    .m_axi_araddr(),
    .m_axi_arlen(),
    .m_axi_arsize(),
    .m_axi_arburst(),
    .m_axi_arlock(),
    .m_axi_arcache(),
    .m_axi_arprot(),
    .m_axi_arqos(),
    .m_axi_arvalid(),
    .m_axi_rready(),
    .m_axi_awid(),
    .m_axi_awaddr(),
    .m_axi_awlen(),
    .m_axi_awsize(),
    .m_axi_awburst(),
    .m_axi_awlock(),
    .m_axi_awcache(),
    .m_axi_awprot(),
    .m_axi_awqos(),
    .m_axi_awvalid(),
    .m_axi_wdata(),
    .m_axi_wstrb(),
    .m_axi_wlast(),
    .m_axi_wvalid(),
    .m_axi_bready(),
    .s_axil_awvalid(1'b0),
    .s_axil_awaddr({(11+1){1'b0}}),
    .s_axil_awprot({(2+1){1'b0}}),
    .s_axil_wvalid(1'b0),
    .s_axil_wdata({(31+1){1'b0}}),
    .s_axil_wstrb({(3+1){1'b0}}),
    .s_axil_bready(1'b0),
    .s_axil_arprot({(2+1){1'b0}}),
    .m_axi_arready(1'b0),
    .m_axi_rid(1'b0),
    .m_axi_rdata({(8*BUS_BYTES-1+1){1'b0}}),
    .m_axi_rresp({(1+1){1'b0}}),
    .m_axi_rlast(1'b0),
    .m_axi_rvalid(1'b0),
    .m_axi_awready(1'b0),
    .m_axi_wready(1'b0),
    .m_axi_bid(1'b0),
    .m_axi_bresp({(1+1){1'b0}}),
    .m_axi_bvalid(1'b0)
  );

  // Address, value, response.
  reg [REG_ADDR_BITS+33:0] expected [0:READS-1];
  integer    i;
  integer    errors;
  initial begin
    expected[0] = { 12'h000, 32'h54524558, 2'd0 };
    expected[1] = { 12'h004, 32'h00000002, 2'd0 };
    expected[2] = { 12'h080, 32'h00000008, 2'd0 };
    expected[3] = { 12'h084, 32'h00000004, 2'd0 };
    expected[4] = { 12'h088, 32'h00000002, 2'd0 };
    expected[5] = { 12'h08c, 32'h00000010, 2'd0 };
    expected[6] = { 12'h090, 32'h00000010, 2'd0 };
    expected[7] = { 12'h094, 32'h00000080, 2'd0 };
    expected[8] = { 12'h098, 32'h00000200, 2'd0 };
    expected[9] = { 12'h09c, 32'h00000080, 2'd0 };
    expected[10] = { 12'h0a0, 32'h00000000, 2'd0 };
    expected[11] = { 12'h0a4, 32'h00000020, 2'd0 };
    expected[12] = { 12'hffc, 32'h00000000, 2'd2 };
    errors = 0;
    repeat (4) @(posedge clk);
    #1 rst = 1'b0;
    for (i = 0; i < READS; i = i + 1) begin
      araddr  = expected[i][34 +: REG_ADDR_BITS];
      arvalid = 1'b1;
      #1;
      while (arready !== 1'b1) @(negedge clk);
      @(posedge clk);
      #1 arvalid = 1'b0;
      while (rvalid !== 1'b1) @(negedge clk);
      if ((rdata !== expected[i][33:2]) || (rresp !== expected[i][1:0]) || (irq !== 1'b0)) begin
        errors = errors + 1;
        $display("address %h: data %h, response %b, interrupt %b", araddr, rdata, rresp, irq);
      end
      @(posedge clk);
      #1;
    end
    if (errors == 0) $display("PASS");
    else $display("FAIL");
    $finish;
  end

  // A chip that never answers, in reset for ever or without a clock inside.
  initial begin
    repeat (100 * READS) @(posedge clk);
    $display("no answer");
    $display("FAIL");
    $finish;
  end
endmodule
`default_nettype wire
