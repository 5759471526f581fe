// Bench of cold_loader on axi_read and axi_memory: loads one after another, each with the outcome it must have.
//
// Vector   a write to core: memory (0 program, 1 books, 2 codes, 3 table), address, data (first in the high bits)
// Files    loads.hex: { writes before its end, code, data unchecked, program bytes, codebook bytes, parameter bytes,
//          address, beats, instructions, matrices, words, table, uncoded }
// Plusargs +seed=n; +pace=n: 0 the port is its own in half of the cycles, 1 always, 2 in one of eight
// Macros   VECTORS, LOADS, parameters of the units and the memory, CYCLES after which it gives up
// Errors   a wrong write or outcome, a request in spite of wrong sizes, a breach of the protocol
`default_nettype none
module cold_loader_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS   = `COLUMNS;
  localparam BUS_BYTES = `BUS_BYTES;
  localparam BUS_BITS  = 8 * BUS_BYTES;
  localparam PC_BITS     = $clog2(`INSTRUCTIONS);
  localparam CODE_BITS   = $clog2(`CODE_WORDS);
  localparam MATRIX_BITS = (`MATRICES > 1) ? $clog2(`MATRICES) : 1;
  localparam LOAD_BITS = 32 + `COMPLETION_BITS + 1 + 3*32 + 32 + `SIZE_BITS + `SIZE_BITS + 4 + 8*`SIZE_BITS + 2;

  reg [2+`SIZE_BITS+`INSTRUCTION_BITS-1:0] writes [0:`VECTORS-1];
  reg [LOAD_BITS-1:0]        loads [0:`LOADS-1];
  reg [31:0]                 seed;
  reg [31:0]                 pace;
  initial begin
    $readmemh("vectors.hex", writes);
    $readmemh("loads.hex", loads);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
  end

  // ---- others use the port, too: the loader's request and its beats wait ----
  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed * 32'd5 | 32'd1) : random_2 ^ (random_2 << 5);
  wire        others = (pace == 32'd2) ? (random_q[2:0] != 3'd0) : (pace == 32'd0) && random_q[0];

  reg  [31:0]           load_q;
  reg  [31:0]           write_q;
  reg                   running_q;
  reg                   asked_q;
  reg  [2:0]            gap_q;
  wire [31:0]           writes_end;
  wire [`COMPLETION_BITS-1:0] code_want;
  wire                  unchecked;
  wire [31:0]           program_want;
  wire [31:0]           codebook_want;
  wire [31:0]           parameter_want;
  wire [31:0]           address;
  wire [`SIZE_BITS-1:0] beats;
  wire [`SIZE_BITS-1:0] instructions;
  wire [3:0]            matrices;
  wire [8*`SIZE_BITS-1:0] words;
  wire        with_table;
  wire        uncoded;
  assign { writes_end, code_want, unchecked, program_want, codebook_want, parameter_want,
           address, beats, instructions, matrices, words, with_table, uncoded } = loads[load_q];

  wire                   start = !running_q && (load_q < `LOADS) && (gap_q == 3'd0);
  wire                   busy;
  wire                   done;
  wire [`COMPLETION_BITS-1:0] code;
  wire [31:0]            program_bytes;
  wire [31:0]            codebook_bytes;
  wire [31:0]            parameter_bytes;
  wire                   req_valid;
  wire [31:0]            req_addr;
  wire [`SIZE_BITS-1:0]  req_beats;
  wire                   ready;
  wire [BUS_BITS-1:0]    data;
  wire                   error;
  wire                   crc_clear;
  wire                   crc_en;
  wire [31:0]            crc;
  wire                   program_wr_en;
  wire [PC_BITS-1:0]     program_wr_addr;
  wire [`INSTRUCTION_BITS-1:0] program_wr_data;
  wire                   book_wr_en;
  wire [MATRIX_BITS-1:0] book_wr_addr;
  wire [`BOOK_BITS-1:0]  book_wr_data;
  wire                   code_wr_en;
  wire [CODE_BITS-1:0]   code_wr_addr;
  wire [4*COLUMNS-1:0]   code_wr_data;
  wire                   table_wr_en;
  wire [7:0]             table_wr_addr;
  wire [7:0]             table_wr_data;
  wire                   arid;
  wire [31:0]            araddr;
  wire [7:0]             arlen;
  wire [2:0]             arsize;
  wire [1:0]             arburst;
  wire                   arvalid;
  wire                   arready;
  wire                   rid;
  wire [BUS_BITS-1:0]    rdata;
  wire [1:0]             rresp;
  wire                   rlast;
  wire                   rvalid;
  wire                   rready;
  wire [31:0]            violations;
  wire [3:0]             valids;
  wire [3:0]             req_readies;

  trex_cold_loader #(
    .COLUMNS(COLUMNS), .BUS_BYTES(BUS_BYTES), .ADDR_BITS(32), .CODE_WORDS(`CODE_WORDS), .MATRICES(`MATRICES), .INSTRUCTIONS(`INSTRUCTIONS), .ACT_BITS(`ACT_BITS)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(start && !rst_i), .addr_i(address), .beats_i(beats), .instructions_i(instructions),
    .matrices_i(matrices), .words_i(words), .table_i(with_table), .wide_i(uncoded),
    .busy_o(busy), .done_o(done), .code_o(code),
    .program_bytes_o(program_bytes), .codebook_bytes_o(codebook_bytes), .parameter_bytes_o(parameter_bytes),
    .req_valid_o(req_valid), .req_ready_i(req_readies[0] && !others), .req_addr_o(req_addr), .req_beats_o(req_beats),
    .valid_i(valids[0] && !others), .ready_o(ready), .data_i(data), .error_i(error),
    .crc_clear_o(crc_clear), .crc_en_o(crc_en), .crc_i(crc),
    .program_wr_en_o(program_wr_en), .program_wr_addr_o(program_wr_addr), .program_wr_data_o(program_wr_data),
    .book_wr_en_o(book_wr_en), .book_wr_addr_o(book_wr_addr), .book_wr_data_o(book_wr_data), .book_i(book_q),
    .code_wr_en_o(code_wr_en), .code_wr_addr_o(code_wr_addr), .code_wr_data_o(code_wr_data),
    .table_wr_en_o(table_wr_en), .table_wr_addr_o(table_wr_addr), .table_wr_data_o(table_wr_data)
  );

  trex_crc32 #(.CLIENTS(1)) u_crc (.clk_i(clk_i), .clear_i(crc_clear), .en_i(crc_en), .data_i(data), .crc_o(crc));

  trex_axi_read #(.BUS_BYTES(BUS_BYTES), .ADDR_BITS(32), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING(`OUTSTANDING)) u_read (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(4'd0), .idle_o(),
    .req_valid_i({ 3'd0, req_valid && !others }), .req_ready_o(req_readies), .req_addr_i({ 96'd0, req_addr }), .req_beats_i({ 72'd0, req_beats }),
    .valid_o(valids), .ready_i({ 3'd0, ready && !others }), .data_o(data), .error_o(error),
    .m_axi_arid(arid), .m_axi_araddr(araddr), .m_axi_arlen(arlen), .m_axi_arsize(arsize), .m_axi_arburst(arburst),
    .m_axi_arvalid(arvalid), .m_axi_arready(arready),
    .m_axi_rid(rid), .m_axi_rdata(rdata), .m_axi_rresp(rresp), .m_axi_rlast(rlast), .m_axi_rvalid(rvalid), .m_axi_rready(rready)
  );

  axi_memory #(
    .BUS_BYTES(BUS_BYTES), .ADDR_BITS(32), .BEATS(`BEATS), .BURST_BEATS(`BURST_BEATS), .OUTSTANDING_READS(`OUTSTANDING), .BASE(`BASE)
  ) u_memory (
    .clk_i(clk_i), .rst_i(rst_i), .dump_i(1'b0), .violations_o(violations), .kinds_o(), .read_beats_o(), .write_beats_o(),
    .s_axi_arid(arid), .s_axi_araddr(araddr), .s_axi_arlen(arlen), .s_axi_arsize(arsize), .s_axi_arburst(arburst),
    .s_axi_arvalid(arvalid), .s_axi_arready(arready),
    .s_axi_rid(rid), .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rlast(rlast), .s_axi_rvalid(rvalid), .s_axi_rready(rready),
    .s_axi_awid(1'b0), .s_axi_awaddr(32'd0), .s_axi_awlen(8'd0), .s_axi_awsize(3'd0), .s_axi_awburst(2'd0),
    .s_axi_awvalid(1'b0), .s_axi_awready(),
    .s_axi_wdata({BUS_BITS{1'b0}}), .s_axi_wstrb({BUS_BYTES{1'b0}}), .s_axi_wlast(1'b0), .s_axi_wvalid(1'b0), .s_axi_wready(),
    .s_axi_bid(), .s_axi_bresp(), .s_axi_bvalid(), .s_axi_bready(1'b0)
  );

  // As core does: the codebook of an address a cycle later.
  reg [127:0] books [0:`MATRICES-1];
  reg [`BOOK_BITS-1:0] book_q;
  always @(posedge clk_i) begin
    if (book_wr_en) books[book_wr_addr] <= book_wr_data;
    book_q <= books[book_wr_addr];
  end

  wire [2:0]            enables = { 2'd0, program_wr_en } + { 2'd0, book_wr_en } + { 2'd0, code_wr_en } + { 2'd0, table_wr_en };
  wire                  write   = enables != 3'd0;
  wire [1:0]            port    = program_wr_en ? 2'd0 : (book_wr_en ? 2'd1 : (code_wr_en ? 2'd2 : 2'd3));
  wire [`SIZE_BITS-1:0] at      = program_wr_en ? { {(`SIZE_BITS-PC_BITS){1'b0}}, program_wr_addr }
                       : (book_wr_en ? { {(`SIZE_BITS-MATRIX_BITS){1'b0}}, book_wr_addr }
                       : (code_wr_en ? { {(`SIZE_BITS-CODE_BITS){1'b0}}, code_wr_addr } : { {(`SIZE_BITS-8){1'b0}}, table_wr_addr }));
  wire [255:0] wide    = code_wr_en ? { {(256-4*COLUMNS){1'b0}}, code_wr_data } : 256'd0;
  wire [`INSTRUCTION_BITS-1:0] word = program_wr_en ? program_wr_data : (book_wr_en ? book_wr_data : (code_wr_en ? wide[127:0] : { 120'd0, table_wr_data }));
  wire [2+`SIZE_BITS+`INSTRUCTION_BITS-1:0] want = writes[write_q];
  wire counts = { program_bytes, codebook_bytes, parameter_bytes } === { program_want, codebook_want, parameter_want };
  wire wrong  = (write && ((enables != 3'd1) || !running_q || ({ port, at } !== want[`INSTRUCTION_BITS +: 2+`SIZE_BITS])
      || ((word !== want[127:0]) && !unchecked)))
                || (done && (!running_q || (code !== code_want) || !counts || (write_q + { 31'd0, write } != writes_end)))
                || (busy && !running_q) || (req_valid && (program_want == 32'd0))
                || ((write ^ done ^ busy ^ req_valid) === 1'bx);

  reg [31:0] cycle_q;
  always @(posedge clk_i) begin
    cycle_q <= cycle_q + 32'd1;
    if (gap_q != 3'd0) gap_q <= gap_q - 3'd1;
    if (write) write_q <= write_q + 32'd1;
    if (start) running_q <= 1'b1;
    if (done) begin
      running_q <= 1'b0;
      load_q    <= load_q + 32'd1;
      gap_q     <= seed[2:0] + load_q[2:0];
    end
    if (rst_i) begin
      cycle_q   <= 32'd0;
      gap_q     <= 3'd0;
      load_q    <= 32'd0;
      write_q   <= 32'd0;
      running_q <= 1'b0;
      done_o    <= 1'b0;
      errors_o  <= 32'd0;
    end else if (!done_o) begin
      if (load_q == `LOADS) begin
        done_o <= 1'b1;
        if ((violations != 32'd0) || busy) errors_o <= errors_o + 32'd1;
      end else if (wrong !== 1'b0) errors_o <= errors_o + 32'd1;
      if ((cycle_q == `CYCLES) || (errors_o != 32'd0)) begin
        errors_o <= errors_o + 32'd1;
        done_o   <= 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
