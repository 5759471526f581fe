// The accelerator: AXI4-Lite for the host, one AXI4 master for memory, one interrupt. Only wires are here.
//
//            s_axil, irq_o                                   m_axi
//                 |                          +-----------------+----------------+
//   counters - registers - batcher ---.  axi_read                           axi_write
//                 |          |        |   0 cold_loader - core                  0 rows
//                 '- window_control --'   1 stream_reader - section_decoder     1 batcher
//                                         2 rows - core        - core
//                                         3 batcher
//   recovery watches loads, windows and descriptors, and resets everything but registers and memory port
//
// Reset    rst_i high for one cycle or more; inside it is active high
// Golden   docs/chip.md
`default_nettype none
module trex_top #(
  // Made with the configuration; do not override.
  parameter ADDR_BITS = 32,  // of a byte address
  parameter BUS_BYTES = 16  // of a beat of the memory port
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  output wire                   irq_o,
  // AXI4-Lite slave: registers
  input  wire                   s_axil_awvalid,
  output wire                   s_axil_awready,
  input  wire [11:0]            s_axil_awaddr,
  input  wire [2:0]             s_axil_awprot,
  input  wire                   s_axil_wvalid,
  output wire                   s_axil_wready,
  input  wire [31:0]            s_axil_wdata,
  input  wire [3:0]             s_axil_wstrb,
  output wire                   s_axil_bvalid,
  input  wire                   s_axil_bready,
  output wire [1:0]             s_axil_bresp,
  input  wire                   s_axil_arvalid,
  output wire                   s_axil_arready,
  input  wire [11:0]            s_axil_araddr,
  input  wire [2:0]             s_axil_arprot,
  output wire                   s_axil_rvalid,
  input  wire                   s_axil_rready,
  output wire [31:0]            s_axil_rdata,
  output wire [1:0]             s_axil_rresp,
  // AXI4 master: memory
  output wire                   m_axi_arid,
  output wire [ADDR_BITS-1:0]   m_axi_araddr,
  output wire [7:0]             m_axi_arlen,
  output wire [2:0]             m_axi_arsize,
  output wire [1:0]             m_axi_arburst,
  output wire                   m_axi_arlock,
  output wire [3:0]             m_axi_arcache,
  output wire [2:0]             m_axi_arprot,
  output wire [3:0]             m_axi_arqos,
  output wire                   m_axi_arvalid,
  input  wire                   m_axi_arready,
  input  wire                   m_axi_rid,
  input  wire [8*BUS_BYTES-1:0] m_axi_rdata,
  input  wire [1:0]             m_axi_rresp,
  input  wire                   m_axi_rlast,
  input  wire                   m_axi_rvalid,
  output wire                   m_axi_rready,
  output wire                   m_axi_awid,
  output wire [ADDR_BITS-1:0]   m_axi_awaddr,
  output wire [7:0]             m_axi_awlen,
  output wire [2:0]             m_axi_awsize,
  output wire [1:0]             m_axi_awburst,
  output wire                   m_axi_awlock,
  output wire [3:0]             m_axi_awcache,
  output wire [2:0]             m_axi_awprot,
  output wire [3:0]             m_axi_awqos,
  output wire                   m_axi_awvalid,
  input  wire                   m_axi_awready,
  output wire [8*BUS_BYTES-1:0] m_axi_wdata,
  output wire [BUS_BYTES-1:0]   m_axi_wstrb,
  output wire                   m_axi_wlast,
  output wire                   m_axi_wvalid,
  input  wire                   m_axi_wready,
  input  wire                   m_axi_bid,
  input  wire [1:0]             m_axi_bresp,
  input  wire                   m_axi_bvalid,
  output wire                   m_axi_bready
);
`ifndef SYNTHESIS
  initial begin
    if (ADDR_BITS != 32) begin $display("%m: ADDR_BITS = %0d: this unit was made with another; generate it anew", ADDR_BITS); $finish; end
    if (BUS_BYTES != 16) begin $display("%m: BUS_BYTES = %0d: this unit was made with another; generate it anew", BUS_BYTES); $finish; end
  end
`endif

  localparam FEATURE_BITS = 12, POSITION_BITS = 12, SIZE_BITS = 24, SQUARES_BITS = 24, MODE_BITS = 3, GROUPS_BITS = 3,
             INSTRUCTION_BITS = 128, WEIGHT_CODE_BITS = 4, BOOK_BITS = 128, POLICY_BITS = 2, RING_LOG2_BITS = 5,
             COMPLETION_BITS = 8, SLICE_ID_BITS = 2, COUNTER_BITS = 5, COLD_MATRICES_BITS = 4;
  localparam BUS_BITS    = 8 * BUS_BYTES;
  localparam COLUMNS     = 8;
  localparam SLICES      = 4;
  localparam LANES       = 8;
  localparam PASS_BITS   = 4;
  localparam SEG_BITS    = 5;
  localparam TAG_BITS    = 34;
  localparam ROW_BITS    = 4;
  localparam PC_BITS     = 8;
  localparam CODE_BITS   = 14;
  localparam MATRIX_BITS = 2;
  localparam LANE_BITS   = $clog2(LANES + 1);
  localparam WORK_BITS   = $clog2(LANES * COLUMNS + 1);

  // ---- registers ----
  wire                   enable;
  wire [POLICY_BITS-1:0] policy;
  wire [ADDR_BITS-1:0]   cold_addr;
  wire [SIZE_BITS-1:0]   cold_beats;
  wire [SIZE_BITS-1:0]   cold_instructions;
  wire [COLD_MATRICES_BITS-1:0] cold_matrices;
  wire                   cold_wide;
  wire                   cold_table;
  wire [8*SIZE_BITS-1:0] cold_words;
  wire [ADDR_BITS-1:0]   pass_addr;
  wire [SIZE_BITS-1:0]   pass_beats;
  wire [ADDR_BITS-1:0]   ring_addr;
  wire [RING_LOG2_BITS-1:0] ring_log2;
  wire [31:0]            ring_tail;
  wire [31:0]            ring_head;
  wire                   load;
  wire                   clear;
  wire [31:0]            watchdog;
  wire                   watchdog_set;
  wire                   reset;
  wire                   resetting;
  wire                   reset_done;
  wire                   port_stuck;
  wire                   stuck;
  wire                   loaded;
  wire                   loading;
  wire                   busy;
  wire                   window;
  wire                   completed;
  wire                   load_done;
  wire [COMPLETION_BITS-1:0] load_code;
  wire                   error;
  wire [COMPLETION_BITS-1:0] error_code;
  wire [31:0]            error_tag;
  wire                   counter_read;
  wire [COUNTER_BITS-1:0] counter_index;
  wire [63:0]            counter;
  trex_registers u_registers (
    .clk_i(clk_i), .rst_i(rst_i),
    .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready), .s_axil_awaddr(s_axil_awaddr),
    .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready), .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb),
    .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready), .s_axil_bresp(s_axil_bresp),
    .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready), .s_axil_araddr(s_axil_araddr),
    .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready), .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp),
    .irq_o(irq_o),
    .control_enable_o(enable), .control_policy_o(policy), .cold_addr_o(cold_addr), .cold_beats_o(cold_beats),
    .cold_instructions_o(cold_instructions), .cold_matrices_number_o(cold_matrices), .cold_matrices_table_o(cold_table), .cold_matrices_wide_o(cold_wide),
    .cold_words_0_o(cold_words[0*SIZE_BITS +: SIZE_BITS]), .cold_words_1_o(cold_words[1*SIZE_BITS +: SIZE_BITS]),
    .cold_words_2_o(cold_words[2*SIZE_BITS +: SIZE_BITS]), .cold_words_3_o(cold_words[3*SIZE_BITS +: SIZE_BITS]),
    .cold_words_4_o(cold_words[4*SIZE_BITS +: SIZE_BITS]), .cold_words_5_o(cold_words[5*SIZE_BITS +: SIZE_BITS]),
    .cold_words_6_o(cold_words[6*SIZE_BITS +: SIZE_BITS]), .cold_words_7_o(cold_words[7*SIZE_BITS +: SIZE_BITS]),
    .pass_addr_o(pass_addr), .pass_beats_o(pass_beats), .ring_addr_o(ring_addr), .ring_log2_o(ring_log2), .ring_tail_o(ring_tail),
    .load_o(load), .clear_o(clear), .reset_o(reset), .watchdog_o(watchdog), .watchdog_set_o(watchdog_set),
    .loaded_i(loaded), .loading_i(loading), .busy_i(busy), .window_i(window), .resetting_i(resetting), .port_stuck_i(port_stuck), .ring_head_i(ring_head),
    .completed_i(completed), .load_done_i(load_done), .load_code_i(load_code),
    .error_i(error), .error_code_i(error_code), .error_tag_i(error_tag), .stuck_i(stuck), .reset_done_i(reset_done),
    .counter_read_o(counter_read), .counter_index_o(counter_index), .counter_i(counter)
  );

  // ---- what every burst says: normal memory that may be buffered and merged, data, secure, unprivileged, not exclusive ----
  assign m_axi_arlock  = 1'b0;
  assign m_axi_arcache = 4'b0011;
  assign m_axi_arprot  = 3'b000;
  assign m_axi_arqos   = 4'd0;
  assign m_axi_awlock  = 1'b0;
  assign m_axi_awcache = 4'b0011;
  assign m_axi_awprot  = 3'b000;
  assign m_axi_awqos   = 4'd0;

  // ---- memory port: client n in bit or field n ----
  localparam RD_COLD_LOADER = 0, RD_STREAM_READER = 1, RD_ROWS = 2, RD_BATCHER = 3, RD_CLIENTS = 4;
  localparam WR_ROWS = 0, WR_BATCHER = 1, WR_CLIENTS = 2;
  wire                   abort;
  wire                   loader_abort;
  wire                   drain;
  wire [RD_CLIENTS-1:0]  rd_abort;
  wire [RD_CLIENTS-1:0]  rd_idle;
  wire [RD_CLIENTS-1:0]  rd_req_valid;
  wire [RD_CLIENTS-1:0]  rd_req_ready;
  wire [RD_CLIENTS*ADDR_BITS-1:0] rd_req_addr;
  wire [RD_CLIENTS*SIZE_BITS-1:0] rd_req_beats;
  wire [RD_CLIENTS-1:0]  rd_valid;
  wire [RD_CLIENTS-1:0]  rd_ready;
  wire [BUS_BITS-1:0]    rd_data;
  wire                   rd_error;
  assign rd_abort[RD_COLD_LOADER]   = loader_abort || drain;
  assign rd_abort[RD_STREAM_READER] = abort || drain;
  assign rd_abort[RD_ROWS]          = abort || drain;
  assign rd_abort[RD_BATCHER]       = drain;
  trex_axi_read u_axi_read (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(rd_abort), .idle_o(rd_idle),
    .req_valid_i(rd_req_valid), .req_ready_o(rd_req_ready), .req_addr_i(rd_req_addr), .req_beats_i(rd_req_beats),
    .valid_o(rd_valid), .ready_i(rd_ready), .data_o(rd_data), .error_o(rd_error),
    .m_axi_arid(m_axi_arid), .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen), .m_axi_arsize(m_axi_arsize),
    .m_axi_arburst(m_axi_arburst), .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(m_axi_arready),
    .m_axi_rid(m_axi_rid), .m_axi_rdata(m_axi_rdata), .m_axi_rresp(m_axi_rresp), .m_axi_rlast(m_axi_rlast),
    .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready)
  );

  // ---- CRC of what is read: a beat has one client, so all share one network ----
  localparam CRC_COLD_LOADER = 0, CRC_STREAM_READER = 1, CRC_BATCHER = 2;
  wire [2:0]          crc_clear;
  wire [2:0]          crc_en;
  wire [3*32-1:0]     crc;
  wire [BUS_BITS-1:0] descriptor_data;
  trex_crc32 #(.CLIENTS(3)) u_crc (
    .clk_i(clk_i), .clear_i(crc_clear), .en_i(crc_en), .data_i(crc_en[CRC_BATCHER] ? descriptor_data : rd_data), .crc_o(crc)
  );

  wire                   wr_idle;
  wire [WR_CLIENTS-1:0]  wr_abort;
  wire [WR_CLIENTS-1:0]  wr_pending;
  wire [WR_CLIENTS-1:0]  wr_answered;
  wire [WR_CLIENTS-1:0]  wr_error;
  wire [TAG_BITS-1:0]    wr_answer_tag;
  wire [WR_CLIENTS-1:0]  wr_req_valid;
  wire [WR_CLIENTS-1:0]  wr_req_ready;
  wire [WR_CLIENTS*ADDR_BITS-1:0] wr_req_addr;
  wire [WR_CLIENTS*SIZE_BITS-1:0] wr_req_beats;
  wire [WR_CLIENTS*TAG_BITS-1:0] wr_req_tag;
  wire [SEG_BITS-1:0]    rows_wr_segment;
  wire [WR_CLIENTS-1:0]  wr_valid;
  wire [WR_CLIENTS-1:0]  wr_ready;
  wire [WR_CLIENTS*BUS_BITS-1:0] wr_data;
  wire [WR_CLIENTS*BUS_BYTES-1:0] wr_strb;
  assign wr_strb[WR_ROWS*BUS_BYTES +: BUS_BYTES] = {BUS_BYTES{1'b1}};
  assign wr_req_tag[WR_ROWS*TAG_BITS +: TAG_BITS] = { {(TAG_BITS-SEG_BITS){1'b0}}, rows_wr_segment };
  assign wr_abort[WR_ROWS]    = abort || drain;
  assign wr_abort[WR_BATCHER] = drain;
  trex_axi_write u_axi_write (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(wr_abort), .pending_o(wr_pending), .answered_o(wr_answered), .error_o(wr_error),
    .answer_tag_o(wr_answer_tag), .idle_o(wr_idle),
    .req_valid_i(wr_req_valid), .req_ready_o(wr_req_ready), .req_addr_i(wr_req_addr), .req_beats_i(wr_req_beats), .req_tag_i(wr_req_tag),
    .valid_i(wr_valid), .ready_o(wr_ready), .data_i(wr_data), .strb_i(wr_strb),
    .m_axi_awid(m_axi_awid), .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize),
    .m_axi_awburst(m_axi_awburst), .m_axi_awvalid(m_axi_awvalid), .m_axi_awready(m_axi_awready),
    .m_axi_wdata(m_axi_wdata), .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast),
    .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready),
    .m_axi_bid(m_axi_bid), .m_axi_bresp(m_axi_bresp), .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready)
  );

  // ---- watchdog and soft reset ----
  wire                        unit_rst;
  wire                        serving;
  wire                        fetching;
  wire                        too_long;
  trex_recovery u_recovery (
    .clk_i(clk_i), .rst_i(rst_i),
    .watchdog_i(watchdog), .watchdog_set_i(watchdog_set), .reset_i(reset), .resetting_o(resetting), .reset_done_o(reset_done),
    .port_stuck_o(port_stuck), .stuck_o(stuck), .loading_i(loading), .serving_i(serving), .fetching_i(fetching), .watchdog_o(too_long),
    .port_idle_i((&rd_idle) && wr_idle), .drain_o(drain), .unit_rst_o(unit_rst)
  );

  // ---- batcher ----
  wire                            window_start;
  wire                            window_done;
  wire [COMPLETION_BITS-1:0]      window_code;
  wire                            window_marked;
  wire [SEG_BITS-1:0]             window_cause;
  wire [POSITION_BITS*SLICES-1:0] slice_fill;
  wire [SLICE_ID_BITS*SLICES-1:0] slice_first;
  wire [GROUPS_BITS-1:0]          groups;
  wire [POSITION_BITS-1:0]        slice_keys;
  wire [PASS_BITS-1:0]            last_pass;
  wire [SQUARES_BITS-1:0]         squares;
  wire [SLICE_ID_BITS-1:0]        find_slice;
  wire [POSITION_BITS-1:0]        find_position;
  wire [SEG_BITS-1:0]             found_segment;
  wire [POSITION_BITS-1:0]        found_length;
  wire [ADDR_BITS-1:0]            found_input;
  wire [ADDR_BITS-1:0]            found_output;
  wire                            admitted;
  wire [POSITION_BITS-1:0]        admitted_tokens;
  wire                            request_done;
  trex_batcher u_batcher (
    .clk_i(clk_i), .rst_i(unit_rst),
    .serve_i(enable && loaded), .policy_i(policy), .ring_addr_i(ring_addr), .ring_log2_i(ring_log2), .ring_tail_i(ring_tail),
    .ring_head_o(ring_head), .busy_o(busy), .serving_o(serving), .fetching_o(fetching), .completed_o(completed),
    .error_o(error), .error_code_o(error_code), .error_tag_o(error_tag),
    .admitted_o(admitted), .admitted_tokens_o(admitted_tokens), .request_done_o(request_done),
    .rd_req_valid_o(rd_req_valid[RD_BATCHER]), .rd_req_ready_i(rd_req_ready[RD_BATCHER]), .rd_req_addr_o(rd_req_addr[RD_BATCHER*ADDR_BITS +: ADDR_BITS]),
    .rd_req_beats_o(rd_req_beats[RD_BATCHER*SIZE_BITS +: SIZE_BITS]), .rd_valid_i(rd_valid[RD_BATCHER]), .rd_ready_o(rd_ready[RD_BATCHER]),
    .rd_data_i(rd_data), .rd_error_i(rd_error),
    .crc_clear_o(crc_clear[CRC_BATCHER]), .crc_en_o(crc_en[CRC_BATCHER]), .crc_data_o(descriptor_data), .crc_i(crc[32*CRC_BATCHER +: 32]),
    .wr_req_valid_o(wr_req_valid[WR_BATCHER]), .wr_req_ready_i(wr_req_ready[WR_BATCHER]), .wr_req_addr_o(wr_req_addr[WR_BATCHER*ADDR_BITS +: ADDR_BITS]),
    .wr_req_beats_o(wr_req_beats[WR_BATCHER*SIZE_BITS +: SIZE_BITS]), .wr_req_tag_o(wr_req_tag[WR_BATCHER*TAG_BITS +: TAG_BITS]),
    .wr_valid_o(wr_valid[WR_BATCHER]), .wr_ready_i(wr_ready[WR_BATCHER]), .wr_data_o(wr_data[WR_BATCHER*BUS_BITS +: BUS_BITS]),
    .wr_strb_o(wr_strb[WR_BATCHER*BUS_BYTES +: BUS_BYTES]), .wr_answered_i(wr_answered[WR_BATCHER]), .wr_error_i(wr_error[WR_BATCHER]),
    .wr_answer_tag_i(wr_answer_tag),
    .window_start_o(window_start), .window_done_i(window_done), .window_code_i(window_code),
    .window_marked_i(window_marked), .window_cause_i(window_cause), .window_o(window),
    .slice_fill_o(slice_fill), .slice_first_o(slice_first), .groups_o(groups), .slice_keys_o(slice_keys), .last_pass_o(last_pass), .squares_o(squares),
    .find_slice_i(find_slice), .find_position_i(find_position),
    .found_segment_o(found_segment), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output)
  );

  // ---- window control ----
  wire       loader_start;
  wire       loader_busy;
  wire       loader_done;
  wire [COMPLETION_BITS-1:0] loader_code;
  wire       start;
  wire       core_done;
  wire       core_bad;
  wire       stream_ended;
  wire       stream_done;
  wire       stream_crc;
  wire       stream_crc_bad;
  wire       stream_error;
  wire       section_short;
  reg        stream_short;  // found out late in its cycle
  wire       stream_left;
  wire       rows_rd_error = rd_valid[RD_ROWS] && rd_ready[RD_ROWS] && rd_error;
  wire [SEG_BITS-1:0] rows_rd_segment;
  always @(posedge clk_i) stream_short <= section_short;
  trex_window_control u_window_control (
    .clk_i(clk_i), .rst_i(unit_rst),
    .load_i(load), .loaded_o(loaded), .loading_o(loading), .load_done_o(load_done), .load_code_o(load_code),
    .loader_start_o(loader_start), .loader_done_i(loader_done), .loader_code_i(loader_code),
    .loader_abort_o(loader_abort), .loader_idle_i(rd_idle[RD_COLD_LOADER]), .watchdog_i(too_long),
    .start_i(window_start), .window_done_o(window_done), .window_code_o(window_code),
    .window_marked_o(window_marked), .window_cause_o(window_cause),
    .start_o(start), .abort_o(abort), .core_done_i(core_done), .core_bad_i(core_bad),
    .stream_ended_i(stream_ended), .stream_done_i(stream_done), .stream_crc_bad_i(stream_crc_bad), .stream_error_i(stream_error),
    .stream_short_i(stream_short), .stream_left_i(stream_left),
    .rows_rd_error_i(rows_rd_error), .rows_rd_cause_i(rows_rd_segment),
    .rows_wr_pending_i(wr_pending[WR_ROWS]), .rows_wr_error_i(wr_error[WR_ROWS]), .rows_wr_cause_i(wr_answer_tag[SEG_BITS-1:0]),
    .port_idle_i(rd_idle[RD_STREAM_READER] && rd_idle[RD_ROWS])
  );

  // ---- cold load ----
  wire                   program_wr_en;
  wire [PC_BITS-1:0]     program_wr_addr;
  wire [INSTRUCTION_BITS-1:0] program_wr_data;
  wire                   book_wr_en;
  wire [MATRIX_BITS-1:0] book_wr_addr;
  wire [BOOK_BITS-1:0]   book_wr_data;
  wire [BOOK_BITS-1:0]   book;
  wire                   code_wr_en;
  wire [CODE_BITS-1:0]   code_wr_addr;
  wire [WEIGHT_CODE_BITS*COLUMNS-1:0] code_wr_data;
  wire                   table_wr_en;
  wire [7:0]             table_wr_addr;
  wire [7:0]             table_wr_data;
  wire [31:0]            load_program;
  wire [31:0]            load_codebooks;
  wire [31:0]            load_parameters;
  trex_cold_loader u_cold_loader (
    .clk_i(clk_i), .rst_i(unit_rst || loader_abort),
    .start_i(loader_start), .addr_i(cold_addr), .beats_i(cold_beats), .instructions_i(cold_instructions),
    .matrices_i(cold_matrices), .words_i(cold_words), .table_i(cold_table), .wide_i(cold_wide), .busy_o(loader_busy), .done_o(loader_done),
    .code_o(loader_code),
    .program_bytes_o(load_program), .codebook_bytes_o(load_codebooks), .parameter_bytes_o(load_parameters),
    .req_valid_o(rd_req_valid[RD_COLD_LOADER]), .req_ready_i(rd_req_ready[RD_COLD_LOADER]), .req_addr_o(rd_req_addr[RD_COLD_LOADER*ADDR_BITS +: ADDR_BITS]),
    .req_beats_o(rd_req_beats[RD_COLD_LOADER*SIZE_BITS +: SIZE_BITS]), .valid_i(rd_valid[RD_COLD_LOADER]),
    .ready_o(rd_ready[RD_COLD_LOADER]), .data_i(rd_data), .error_i(rd_error),
    .crc_clear_o(crc_clear[CRC_COLD_LOADER]), .crc_en_o(crc_en[CRC_COLD_LOADER]), .crc_i(crc[32*CRC_COLD_LOADER +: 32]),
    .program_wr_en_o(program_wr_en), .program_wr_addr_o(program_wr_addr), .program_wr_data_o(program_wr_data),
    .book_wr_en_o(book_wr_en), .book_wr_addr_o(book_wr_addr), .book_wr_data_o(book_wr_data), .book_i(book),
    .code_wr_en_o(code_wr_en), .code_wr_addr_o(code_wr_addr), .code_wr_data_o(code_wr_data),
    .table_wr_en_o(table_wr_en), .table_wr_addr_o(table_wr_addr), .table_wr_data_o(table_wr_data)
  );

  // ---- weight stream ----
  wire                        beat_valid;
  wire                        beat_ready;
  wire [BUS_BITS-1:0]         beat;
  wire                        section_valid;
  wire                        section_ready;
  wire [INSTRUCTION_BITS-1:0] instruction;
  wire                        bias_valid;
  wire                        bias_ready;
  wire [8*COLUMNS-1:0]        bias;
  wire [8*COLUMNS-1:0]        multipliers;
  wire                        item_valid;
  wire                        item_ready;
  wire [8*COLUMNS-1:0]        item_weights;
  wire [ROW_BITS*COLUMNS-1:0] item_rows;
  wire                        pair_valid;
  wire                        pair_ready;
  wire [7:0]                  gamma;
  wire [7:0]                  beta;
  wire                        section_done;
  wire [31:0]                 section_values;
  wire [31:0]                 section_indices;
  wire [31:0]                 section_dense;
  wire [31:0]                 section_parameters;
  trex_stream_reader u_stream_reader (
    .clk_i(clk_i), .rst_i(unit_rst), .start_i(start), .abort_i(abort), .addr_i(pass_addr), .beats_i(pass_beats),
    .ended_o(stream_ended), .done_o(stream_done), .crc_taken_o(stream_crc), .crc_bad_o(stream_crc_bad), .bus_error_o(stream_error),
    .req_valid_o(rd_req_valid[RD_STREAM_READER]), .req_ready_i(rd_req_ready[RD_STREAM_READER]),
    .req_addr_o(rd_req_addr[RD_STREAM_READER*ADDR_BITS +: ADDR_BITS]),
    .req_beats_o(rd_req_beats[RD_STREAM_READER*SIZE_BITS +: SIZE_BITS]), .valid_i(rd_valid[RD_STREAM_READER]),
    .ready_o(rd_ready[RD_STREAM_READER]), .data_i(rd_data), .error_i(rd_error),
    .crc_clear_o(crc_clear[CRC_STREAM_READER]), .crc_en_o(crc_en[CRC_STREAM_READER]), .crc_i(crc[32*CRC_STREAM_READER +: 32]),
    .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .beat_o(beat)
  );
  trex_section_decoder u_section_decoder (
    .clk_i(clk_i), .rst_i(unit_rst), .abort_i(abort),
    .section_valid_i(section_valid), .section_ready_o(section_ready), .instruction_i(instruction),
    .beat_valid_i(beat_valid), .beat_ready_o(beat_ready), .beat_i(beat), .ended_i(stream_ended),
    .short_o(section_short), .left_o(stream_left),
    .bias_valid_o(bias_valid), .bias_ready_i(bias_ready), .bias_o(bias), .multipliers_o(multipliers),
    .item_valid_o(item_valid), .item_ready_i(item_ready), .item_weights_o(item_weights), .item_rows_o(item_rows),
    .pair_valid_o(pair_valid), .pair_ready_i(pair_ready), .gamma_o(gamma), .beta_o(beta),
    .section_done_o(section_done), .value_bytes_o(section_values), .index_bytes_o(section_indices),
    .dense_bytes_o(section_dense), .parameter_bytes_o(section_parameters)
  );

  // ---- core and rows ----
  wire                     core_busy;
  wire [PC_BITS-1:0]       pc;
  wire                     rows_busy;
  wire                     rows_start;
  wire                     rows_done;
  wire                     map_wr_en;
  wire [SLICE_ID_BITS-1:0] map_wr_slice;
  wire [POSITION_BITS-1:0] map_wr_position;
  wire [SEG_BITS-1:0]      map_wr_segment;
  wire                     word_wr_en;
  wire [SLICES-1:0]        word_wr_slices;
  wire [FEATURE_BITS-1:0]  word_wr_feature;
  wire [PASS_BITS-1:0]     word_wr_pass;
  wire [8*LANES-1:0]       word_wr_data;
  wire                     word_rd_en;
  wire [FEATURE_BITS-1:0]  word_rd_feature;
  wire [PASS_BITS-1:0]     word_rd_pass;
  wire [8*LANES-1:0]       word_rd_data;
  wire                     issue;
  wire                     useful;
  wire [MODE_BITS-1:0]     mode;
  wire [LANE_BITS-1:0]     issue_lanes;
  wire [WORK_BITS-1:0]     issue_work;
  wire                     wait_stream;
  wire                     wait_drain;
  wire                     wait_vector;
  wire                     wait_rows;
  wire                     wait_dependency;
  trex_core u_core (
    .clk_i(clk_i), .rst_i(unit_rst),
    .program_wr_en_i(program_wr_en), .program_wr_addr_i(program_wr_addr), .program_wr_data_i(program_wr_data),
    .book_wr_en_i(book_wr_en), .book_wr_addr_i(book_wr_addr), .book_wr_data_i(book_wr_data), .book_o(book),
    .code_wr_en_i(code_wr_en), .code_wr_addr_i(code_wr_addr), .code_wr_data_i(code_wr_data),
    .table_wr_en_i(table_wr_en), .table_wr_addr_i(table_wr_addr), .table_wr_data_i(table_wr_data),
    .start_i(start), .abort_i(abort), .busy_o(core_busy), .done_o(core_done), .bad_o(core_bad), .instruction_o(instruction), .pc_o(pc),
    .last_pass_i(last_pass), .groups_i(groups), .slice_keys_i(slice_keys),
    .slice_first_i(slice_first), .slice_fill_i(slice_fill),
    .section_valid_o(section_valid), .section_ready_i(section_ready),
    .bias_valid_i(bias_valid), .bias_ready_o(bias_ready), .bias_i(bias), .multipliers_i(multipliers),
    .item_valid_i(item_valid), .item_ready_o(item_ready), .item_weights_i(item_weights), .item_rows_i(item_rows),
    .pair_valid_i(pair_valid), .pair_ready_o(pair_ready), .gamma_i(gamma), .beta_i(beta),
    .rows_start_o(rows_start), .rows_done_i(rows_done),
    .map_wr_en_i(map_wr_en), .map_wr_slice_i(map_wr_slice), .map_wr_position_i(map_wr_position), .map_wr_segment_i(map_wr_segment),
    .rows_wr_en_i(word_wr_en), .rows_wr_slices_i(word_wr_slices), .rows_wr_feature_i(word_wr_feature),
    .rows_wr_pass_i(word_wr_pass), .rows_wr_data_i(word_wr_data),
    .rows_rd_en_i(word_rd_en), .rows_rd_feature_i(word_rd_feature), .rows_rd_pass_i(word_rd_pass), .rows_rd_data_o(word_rd_data),
    .issue_o(issue), .useful_o(useful), .mode_o(mode), .issue_lanes_o(issue_lanes), .issue_work_o(issue_work),
    .wait_stream_o(wait_stream), .wait_drain_o(wait_drain), .wait_vector_o(wait_vector), .wait_rows_o(wait_rows),
    .wait_dependency_o(wait_dependency)
  );

  localparam [3:0] OP_STORE = 4'd7;
  wire [3:0] ins_op = instruction[0 +: 4];
  wire [0:0] ins_firstRow = instruction[12 +: 1];
  wire [11:0] ins_outer = instruction[33 +: 12];
  wire [11:0] ins_base = instruction[45 +: 12];
  wire [0:0] ins_best = instruction[120 +: 1];
  // An instruction stands for a cycle before rows begin with it.
  reg  rows_store;
  always @(posedge clk_i) rows_store <= ins_op == OP_STORE;
  trex_rows u_rows (
    .clk_i(clk_i), .rst_i(unit_rst || abort),
    .start_i(rows_start), .store_i(rows_store), .outer_i(ins_outer), .base_i(ins_base), .first_row_i(ins_firstRow), .best_i(ins_best),
    .busy_o(rows_busy), .done_o(rows_done), .slice_fill_i(slice_fill),
    .find_slice_o(find_slice), .find_position_o(find_position),
    .found_segment_i(found_segment), .found_length_i(found_length), .found_input_i(found_input), .found_output_i(found_output),
    .rd_req_valid_o(rd_req_valid[RD_ROWS]), .rd_req_ready_i(rd_req_ready[RD_ROWS]), .rd_req_addr_o(rd_req_addr[RD_ROWS*ADDR_BITS +: ADDR_BITS]),
    .rd_req_beats_o(rd_req_beats[RD_ROWS*SIZE_BITS +: SIZE_BITS]), .rd_valid_i(rd_valid[RD_ROWS]), .rd_ready_o(rd_ready[RD_ROWS]),
    .rd_data_i(rd_data), .rd_segment_o(rows_rd_segment),
    .wr_req_valid_o(wr_req_valid[WR_ROWS]), .wr_req_ready_i(wr_req_ready[WR_ROWS]), .wr_req_segment_o(rows_wr_segment),
    .wr_req_addr_o(wr_req_addr[WR_ROWS*ADDR_BITS +: ADDR_BITS]),
    .wr_req_beats_o(wr_req_beats[WR_ROWS*SIZE_BITS +: SIZE_BITS]), .wr_valid_o(wr_valid[WR_ROWS]), .wr_ready_i(wr_ready[WR_ROWS]),
    .wr_data_o(wr_data[WR_ROWS*BUS_BITS +: BUS_BITS]),
    .map_wr_en_o(map_wr_en), .map_wr_slice_o(map_wr_slice), .map_wr_position_o(map_wr_position), .map_wr_segment_o(map_wr_segment),
    .word_wr_en_o(word_wr_en), .word_wr_slices_o(word_wr_slices), .word_wr_feature_o(word_wr_feature),
    .word_wr_pass_o(word_wr_pass), .word_wr_data_o(word_wr_data),
    .word_rd_en_o(word_rd_en), .word_rd_feature_o(word_rd_feature), .word_rd_pass_o(word_rd_pass), .word_rd_data_i(word_rd_data)
  );

  // ---- counters ----
  trex_counters u_counters (
    .clk_i(clk_i), .rst_i(unit_rst), .clear_i(clear), .busy_i(busy), .read_i(counter_read), .index_i(counter_index), .value_o(counter),
    .window_i(window_start), .request_i(request_done), .admitted_i(admitted), .admitted_tokens_i(admitted_tokens),
    .read_beat_i(m_axi_rvalid && m_axi_rready), .write_beat_i(m_axi_wvalid && m_axi_wready),
    .rows_in_beat_i(rd_valid[RD_ROWS] && rd_ready[RD_ROWS]), .rows_out_beat_i(wr_valid[WR_ROWS] && wr_ready[WR_ROWS]),
    .descriptor_beat_i(rd_valid[RD_BATCHER] && rd_ready[RD_BATCHER]), .completion_beat_i(wr_valid[WR_BATCHER] && wr_ready[WR_BATCHER]),
    .load_done_i(loader_done), .load_program_i(load_program), .load_codebooks_i(load_codebooks), .load_parameters_i(load_parameters),
    .section_done_i(section_done), .section_values_i(section_values), .section_indices_i(section_indices),
    .section_dense_i(section_dense), .section_parameters_i(section_parameters), .crc_beat_i(stream_crc),
    .issue_i(issue), .useful_i(useful), .squares_i(squares), .mode_i(mode), .issue_lanes_i(issue_lanes), .issue_work_i(issue_work),
    .wait_stream_i(wait_stream), .wait_drain_i(wait_drain), .wait_vector_i(wait_vector), .wait_rows_i(wait_rows),
    .wait_dependency_i(wait_dependency)
  );

  // For benches that look inside; registers serve every kind of access.
  wire unused_bits = &{ 1'b0, wr_answered[WR_ROWS], wr_pending[WR_BATCHER], loader_busy, core_busy, rows_busy, pc, instruction, s_axil_awprot, s_axil_arprot };
endmodule
`default_nettype wire
