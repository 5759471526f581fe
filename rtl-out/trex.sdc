# Timing of trex_top: one clock, every port registered by it on the other side.
create_clock -name clk_i -period 10.000 [get_ports clk_i]
set_clock_uncertainty 0.500 [get_clocks clk_i]

# The other side takes 30 % of the period.
set_input_delay 3.000 -clock clk_i [get_ports {
  rst_i
  s_axil_awvalid
  s_axil_awaddr*
  s_axil_awprot*
  s_axil_wvalid
  s_axil_wdata*
  s_axil_wstrb*
  s_axil_bready
  s_axil_arvalid
  s_axil_araddr*
  s_axil_arprot*
  s_axil_rready
  m_axi_arready
  m_axi_rid
  m_axi_rdata*
  m_axi_rresp*
  m_axi_rlast
  m_axi_rvalid
  m_axi_awready
  m_axi_wready
  m_axi_bid
  m_axi_bresp*
  m_axi_bvalid
}]
set_output_delay 3.000 -clock clk_i [get_ports {
  s_axil_awready
  s_axil_wready
  s_axil_bvalid
  s_axil_bresp*
  s_axil_arready
  s_axil_rvalid
  s_axil_rdata*
  s_axil_rresp*
  m_axi_arid
  m_axi_araddr*
  m_axi_arlen*
  m_axi_arsize*
  m_axi_arburst*
  m_axi_arlock
  m_axi_arcache*
  m_axi_arprot*
  m_axi_arqos*
  m_axi_arvalid
  m_axi_rready
  m_axi_awid
  m_axi_awaddr*
  m_axi_awlen*
  m_axi_awsize*
  m_axi_awburst*
  m_axi_awlock
  m_axi_awcache*
  m_axi_awprot*
  m_axi_awqos*
  m_axi_awvalid
  m_axi_wdata*
  m_axi_wstrb*
  m_axi_wlast
  m_axi_wvalid
  m_axi_bready
}]

# A level that an interrupt controller samples when it likes.
set_false_path -to [get_ports irq_o]
