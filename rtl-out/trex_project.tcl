# Vivado project of trex_top, synthesised by itself: vivado -mode batch -source trex_project.tcl ?-tclargs PART FOLDER?
set here [file dirname [file normalize [info script]]]
set part [expr {[llength $argv] > 0 ? [lindex $argv 0] : "xc7a100tcsg324-1"}]
set out  [expr {[llength $argv] > 1 ? [lindex $argv 1] : [file join [pwd] trex_vivado]}]

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

create_project -force -part $part trex $out
foreach name $sources {
  add_files -norecurse -fileset sources_1 [file join $here $name]
}
add_files -norecurse -fileset constrs_1 [file join $here trex.xdc]
set_property top trex_top [get_filesets sources_1]
update_compile_order -fileset sources_1

# The chip has more ports than the package has pins.
set_property -name {STEPS.SYNTH_DESIGN.ARGS.MORE OPTIONS} -value {-mode out_of_context} -objects [get_runs synth_1]
launch_runs synth_1
wait_on_run synth_1
if {[get_property PROGRESS [get_runs synth_1]] ne "100%"} {
  error "synthesis of trex_top did not finish"
}
open_run synth_1
report_utilization -hierarchical -file [file join $out utilization.txt]
report_timing_summary -file [file join $out timing.txt]
