# Vivado IP of trex_top: vivado -mode batch -source trex_package_ip.tcl ?-tclargs PART FOLDER?
set here [file dirname [file normalize [info script]]]
set part [expr {[llength $argv] > 0 ? [lindex $argv 0] : "xc7a100tcsg324-1"}]
set out  [expr {[llength $argv] > 1 ? [lindex $argv 1] : [file join [pwd] trex_ip]}]

set sources {
  trex_top.v
  trex_registers.v
  trex_counters.v
  trex_tally.v
  trex_batcher.v
  trex_descriptor_reader.v
  trex_window_former.v
  trex_window_control.v
  trex_recovery.v
  trex_axi_read.v
  trex_axi_write.v
  trex_stream_reader.v
  trex_section_decoder.v
  trex_cold_loader.v
  trex_crc32.v
  trex_core.v
  trex_sequencer.v
  trex_meter.v
  trex_activations.v
  trex_rank_banks.v
  trex_code_store.v
  trex_key_value.v
  trex_pe_array.v
  trex_results.v
  trex_drain.v
  trex_epilogue.v
  trex_scores.v
  trex_key_mask.v
  trex_softmax.v
  trex_recip_rom.v
  trex_norm.v
  trex_rsqrt_rom.v
  trex_rows.v
  trex_trf.v
  trex_rotator.v
  trex_multiplier.v
  trex_fit_shift.v
  trex_fifo.v
  trex_ram_1r1w.v
}

create_project -force -part $part trex_ip [file join $out project]
foreach name $sources {
  add_files -norecurse -fileset sources_1 [file join $here $name]
}
add_files -norecurse -fileset constrs_1 [file join $here trex.xdc]
# In a larger design the clock comes from there.
set_property USED_IN {out_of_context synthesis implementation} [get_files [file join $here trex.xdc]]
set_property top trex_top [get_filesets sources_1]
update_compile_order -fileset sources_1

ipx::package_project -root_dir [file join $out ip] -vendor trexgen -library accelerator -taxonomy /UserIP -import_files -force
set core [ipx::current_core]
set_property name trex_top $core
set_property version 0.1 $core
set_property display_name trex_top $core
set_property description {Transformer accelerator with compressed weights} $core

# Interfaces by name, not as guessed.
ipx::remove_all_bus_interface $core
foreach map [ipx::get_memory_maps -of_objects $core] {
  ipx::remove_memory_map [get_property NAME $map] $core
}
foreach space [ipx::get_address_spaces -of_objects $core] {
  ipx::remove_address_space [get_property NAME $space] $core
}
ipx::infer_bus_interface {
  s_axil_awvalid
  s_axil_awready
  s_axil_awaddr
  s_axil_awprot
  s_axil_wvalid
  s_axil_wready
  s_axil_wdata
  s_axil_wstrb
  s_axil_bvalid
  s_axil_bready
  s_axil_bresp
  s_axil_arvalid
  s_axil_arready
  s_axil_araddr
  s_axil_arprot
  s_axil_rvalid
  s_axil_rready
  s_axil_rdata
  s_axil_rresp
} xilinx.com:interface:aximm_rtl:1.0 $core
ipx::infer_bus_interface {
  m_axi_arid
  m_axi_araddr
  m_axi_arlen
  m_axi_arsize
  m_axi_arburst
  m_axi_arlock
  m_axi_arcache
  m_axi_arprot
  m_axi_arqos
  m_axi_arvalid
  m_axi_arready
  m_axi_rid
  m_axi_rdata
  m_axi_rresp
  m_axi_rlast
  m_axi_rvalid
  m_axi_rready
  m_axi_awid
  m_axi_awaddr
  m_axi_awlen
  m_axi_awsize
  m_axi_awburst
  m_axi_awlock
  m_axi_awcache
  m_axi_awprot
  m_axi_awqos
  m_axi_awvalid
  m_axi_awready
  m_axi_wdata
  m_axi_wstrb
  m_axi_wlast
  m_axi_wvalid
  m_axi_wready
  m_axi_bid
  m_axi_bresp
  m_axi_bvalid
  m_axi_bready
} xilinx.com:interface:aximm_rtl:1.0 $core
ipx::infer_bus_interface clk_i xilinx.com:signal:clock_rtl:1.0 $core
ipx::infer_bus_interface rst_i xilinx.com:signal:reset_rtl:1.0 $core
ipx::infer_bus_interface irq_o xilinx.com:signal:interrupt_rtl:1.0 $core

set reset [ipx::get_bus_interfaces rst_i -of_objects $core]
set_property value ACTIVE_HIGH [ipx::add_bus_parameter POLARITY $reset]
set interrupt [ipx::get_bus_interfaces irq_o -of_objects $core]
set_property value LEVEL_HIGH [ipx::add_bus_parameter SENSITIVITY $interrupt]
ipx::associate_bus_interfaces -busif s_axil -clock clk_i $core
ipx::associate_bus_interfaces -busif m_axi -clock clk_i $core
ipx::associate_bus_interfaces -clock clk_i -reset rst_i $core

# What an interconnect may count on: sizes of its queues, no narrow bursts to be packed.
foreach {bus parameter value} {
  m_axi NUM_READ_OUTSTANDING  8
  m_axi NUM_WRITE_OUTSTANDING 16
  m_axi MAX_BURST_LENGTH      16
  m_axi HAS_BURST             1
  m_axi SUPPORTS_NARROW_BURST 0
  s_axil NUM_READ_OUTSTANDING  1
  s_axil NUM_WRITE_OUTSTANDING 1
  s_axil MAX_BURST_LENGTH      1
} {
  set_property value $value [ipx::add_bus_parameter $parameter [ipx::get_bus_interfaces $bus -of_objects $core]]
}

# Registers: 4 KiB, words of 32 bits.
ipx::add_memory_map s_axil $core
set_property slave_memory_map_ref s_axil [ipx::get_bus_interfaces s_axil -of_objects $core]
set registers [ipx::add_address_block registers [ipx::get_memory_maps s_axil -of_objects $core]]
set_property range 4096 $registers
set_property width 32 $registers

# Made with the configuration: nothing to choose.
set_property enablement_value false [ipx::get_user_parameters ADDR_BITS -of_objects $core]
set_property enablement_value false [ipx::get_user_parameters BUS_BYTES -of_objects $core]

ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity $core
ipx::save_core $core
