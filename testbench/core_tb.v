// Bench of core with rows: one window of one model. The weight stream comes already decoded from a file, token rows
// from a memory of beats; both stall at random. Every word that reaches an activation memory is written to the trace.
//
// Files    program.hex, books.hex, codes.hex, table.hex, items.hex, memory.hex in the working folder
//          items: { kind (0 bias, 1 weights, 2 norm pair), rows, bytes }, first in the high bits
// Output   memory.out (all beats), trace.txt: "pc memory feature pass word", numbers in hexadecimal
// Macros   parameters of the core, counts of the files, and the window, from tests/support/core-bench.ts
`default_nettype none
module core_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS   = `COLUMNS;
  localparam SLICES    = `SLICES;
  localparam LANES     = `LANES;
  localparam PASSES    = `PASSES;
  localparam ROW_BITS  = `ROW_BITS;
  localparam BUS_BYTES = `BUS_BYTES;
  localparam PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam ITEM_BITS = 2 + ROW_BITS*COLUMNS + 8*COLUMNS;

  reg [127:0]           programs [0:`PROGRAM_WORDS-1];
  reg [127:0]           books [0:`BOOKS-1];
  reg [4*COLUMNS-1:0]   codes [0:`CODES-1];
  reg [7:0]             tables [0:255];
  reg [ITEM_BITS-1:0]   items [0:`ITEMS-1];
  reg [8*BUS_BYTES-1:0] memory [0:`MEMORY_BEATS-1];
  integer               trace;
  reg [31:0]            seed;

  initial begin
    $readmemh("program.hex", programs);
    $readmemh("books.hex", books);
    $readmemh("codes.hex", codes);
    $readmemh("table.hex", tables);
    $readmemh("items.hex", items);
    $readmemh("memory.hex", memory);
    trace = $fopen("trace.txt", "w");
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
  end

  // ---- random stalls (xorshift32) ----
  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  wire        stall_item = (`STALL != 0) && (random_q[2:0] == 3'd0);
  wire        stall_read = (`STALL != 0) && (random_q[5:4] == 2'd0);
  wire        stall_write = (`STALL != 0) && (random_q[8:7] == 2'd0);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  // ---- cold load, then one window ----
  reg [31:0] load_q;
  reg        started_q;
  wire       loading = load_q < `LOADS;
  wire       start = !loading && !started_q && !rst_i;
  wire       core_done;
  wire       core_bad;
  wire       core_busy;
  always @(posedge clk_i) begin
    if (rst_i) begin
      load_q    <= 32'd0;
      started_q <= 1'b0;
      done_o    <= 1'b0;
      errors_o  <= 32'd0;
    end else begin
      if (loading) load_q <= load_q + 32'd1;
      if (start) started_q <= 1'b1;
      if (core_bad) errors_o <= errors_o + 32'd1;
      if (core_done && !done_o) begin
        if (item_q != `ITEMS) errors_o <= errors_o + 32'd1;
        $writememh("memory.out", memory);
        $fclose(trace);
        done_o <= 1'b1;
      end
    end
  end

  // ---- decoded weight stream ----
  reg  [31:0]          item_q;
  wire [ITEM_BITS-1:0] item      = items[item_q];
  wire [1:0]           item_kind = item[ITEM_BITS-1 -: 2];
  wire                 item_here = (item_q < `ITEMS) && !stall_item;
  wire                 bias_valid = item_here && (item_kind == 2'd0);
  wire                 item_valid = item_here && (item_kind == 2'd1);
  wire                 pair_valid = item_here && (item_kind == 2'd2);
  wire                 bias_ready;
  wire                 item_ready;
  wire                 pair_ready;
  always @(posedge clk_i) begin
    if (rst_i) item_q <= 32'd0;
    else if ((bias_valid && bias_ready) || (item_valid && item_ready) || (pair_valid && pair_ready)) item_q <= item_q + 32'd1;
  end

  // ---- memory of beats ----
  wire                   rd_req_valid;
  wire [31:0]            rd_req_addr;
  wire [23:0]            rd_req_beats;
  wire                   rd_ready;
  wire                   wr_req_valid;
  wire [31:0]            wr_req_addr;
  wire [23:0]            wr_req_beats;
  wire                   wr_valid;
  wire [8*BUS_BYTES-1:0] wr_data;
  reg  [31:0]            rd_beat_q;
  reg  [23:0]            rd_left_q;
  reg  [31:0]            wr_beat_q;
  reg  [23:0]            wr_left_q;
  wire                   rd_valid = (rd_left_q != 24'd0) && !stall_read;
  wire                   wr_ready = (wr_left_q != 24'd0) && !stall_write;
  always @(posedge clk_i) begin
    if (rst_i) begin
      rd_left_q <= 24'd0;
      wr_left_q <= 24'd0;
    end else begin
      if (rd_req_valid && (rd_left_q == 24'd0)) begin
        rd_beat_q <= rd_req_addr / BUS_BYTES;
        rd_left_q <= rd_req_beats;
      end else if (rd_valid && rd_ready) begin
        rd_beat_q <= rd_beat_q + 32'd1;
        rd_left_q <= rd_left_q - 24'd1;
      end
      if (wr_req_valid && (wr_left_q == 24'd0)) begin
        wr_beat_q <= wr_req_addr / BUS_BYTES;
        wr_left_q <= wr_req_beats;
      end else if (wr_valid && wr_ready) begin
        memory[wr_beat_q] <= wr_data;
        wr_beat_q <= wr_beat_q + 32'd1;
        wr_left_q <= wr_left_q - 24'd1;
      end
    end
  end

  // ---- chip ----
  wire [127:0]           instruction;
  wire                   rows_start;
  wire                   rows_done;
  wire                   word_wr_en;
  wire [SLICES-1:0]      word_wr_slices;
  wire [11:0]            word_wr_feature;
  wire [PASS_BITS-1:0]   word_wr_pass;
  wire [8*LANES-1:0]     word_wr_data;
  wire                   word_rd_en;
  wire [11:0]            word_rd_feature;
  wire [PASS_BITS-1:0]   word_rd_pass;
  wire [8*LANES-1:0]     word_rd_data;
  wire                   section_valid;

  trex_core u_core (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i(loading && (load_q < `PROGRAM_WORDS)), .program_wr_addr_i(load_q), .program_wr_data_i(programs[load_q]),
    .book_wr_en_i(loading && (load_q < `BOOKS)), .book_wr_addr_i(load_q), .book_wr_data_i(books[load_q]),
    .code_wr_en_i(loading && (load_q < `CODES)), .code_wr_addr_i(load_q), .code_wr_data_i(codes[load_q]),
    .table_wr_en_i(loading && (load_q < 32'd256)), .table_wr_addr_i(load_q[7:0]), .table_wr_data_i(tables[load_q[7:0]]),
    .start_i(start), .abort_i(1'b0), .busy_o(core_busy), .done_o(core_done), .bad_o(core_bad),
    .instruction_o(instruction), .pc_o(),
    .last_pass_i(`LAST_PASS), .groups_i(`GROUPS), .slice_keys_i(`SLICE_KEYS),
    .slice_valid_i(`SLICE_VALID), .slice_first_i(`SLICE_FIRST), .slice_count_i(`SLICE_COUNT), .slice_length_i(`SLICE_LENGTH),
    .section_valid_o(section_valid), .section_ready_i(!stall_item),
    .bias_valid_i(bias_valid), .bias_ready_o(bias_ready), .bias_i(item[8*COLUMNS-1:0]),
    .item_valid_i(item_valid), .item_ready_o(item_ready), .item_weights_i(item[8*COLUMNS-1:0]),
    .item_rows_i(item[8*COLUMNS +: ROW_BITS*COLUMNS]),
    .pair_valid_i(pair_valid), .pair_ready_o(pair_ready), .gamma_i(item[7:0]), .beta_i(item[15:8]),
    .rows_start_o(rows_start), .rows_done_i(rows_done),
    .rows_wr_en_i(word_wr_en), .rows_wr_slices_i(word_wr_slices), .rows_wr_feature_i(word_wr_feature),
    .rows_wr_pass_i(word_wr_pass), .rows_wr_data_i(word_wr_data),
    .rows_rd_en_i(word_rd_en), .rows_rd_feature_i(word_rd_feature), .rows_rd_pass_i(word_rd_pass), .rows_rd_data_o(word_rd_data),
    .issue_o(), .mode_o(), .issue_pass_o(), .wait_stream_o(), .wait_drain_o(), .wait_vector_o(), .wait_rows_o()
  );

  trex_rows #(.ADDR_BITS(32)) u_rows (
    .clk_i(clk_i), .rst_i(rst_i),
    .start_i(rows_start), .store_i(instruction[3:0] == 4'd7), .outer_i(instruction[33 +: 12]), .base_i(instruction[45 +: 12]),
    .first_row_i(instruction[12]), .busy_o(), .done_o(rows_done),
    .slice_valid_i(`SLICE_VALID), .slice_first_i(`SLICE_FIRST), .slice_length_i(`SLICE_LENGTH),
    .slice_input_i(`SLICE_INPUT), .slice_output_i(`SLICE_OUTPUT),
    .rd_req_valid_o(rd_req_valid), .rd_req_ready_i(rd_left_q == 24'd0), .rd_req_addr_o(rd_req_addr), .rd_req_beats_o(rd_req_beats),
    .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(memory[rd_beat_q]),
    .wr_req_valid_o(wr_req_valid), .wr_req_ready_i(wr_left_q == 24'd0), .wr_req_addr_o(wr_req_addr), .wr_req_beats_o(wr_req_beats),
    .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_data_o(wr_data),
    .word_wr_en_o(word_wr_en), .word_wr_slices_o(word_wr_slices), .word_wr_feature_o(word_wr_feature),
    .word_wr_pass_o(word_wr_pass), .word_wr_data_o(word_wr_data),
    .word_rd_en_o(word_rd_en), .word_rd_feature_o(word_rd_feature), .word_rd_pass_o(word_rd_pass), .word_rd_data_i(word_rd_data)
  );

  // ---- trace ----
  always @(posedge clk_i) begin
    if (!rst_i && u_core.out_valid) begin
      if (u_core.out_scores) $fwrite(trace, "%h S %h %h %h\n", u_core.pc_o, u_core.out_feature, u_core.out_pass, u_core.out12);
      else if (u_core.out_project) $fwrite(trace, "%h P %h %h %h\n", u_core.pc_o, u_core.out_feature, u_core.out_pass, u_core.out8);
      else if (u_core.out_dst >= 3'd5) $fwrite(trace, "%h R %h %h %h\n", u_core.pc_o, u_core.out_feature, u_core.out_pass, u_core.out16);
      else $fwrite(trace, "%h D%0d %h %h %h\n", u_core.pc_o, u_core.out_dst, u_core.out_feature, u_core.out_pass, u_core.out8);
    end
    if (!rst_i && u_core.softmax_wr_en) $fwrite(trace, "%h E %h 0 %h\n", u_core.pc_o, u_core.softmax_wr_addr, u_core.softmax_wr_data);
    if (!rst_i && u_core.in_valid_q && u_core.in_values) $fwrite(trace, "%h Y %h 0 %h %h %h\n", u_core.pc_o, u_core.drain_pass, u_core.recip, u_core.recip_shift, u_core.drain_data);
    if (!rst_i && u_core.norm_x_wr_en) $fwrite(trace, "%h NX %h 0 %h\n", u_core.pc_o, u_core.norm_x_wr_addr, u_core.norm_x_wr_data);
    if (!rst_i && u_core.norm_r_wr_en) $fwrite(trace, "%h NR %h 0 %h\n", u_core.pc_o, u_core.norm_r_wr_addr, u_core.norm_r_wr_data);
  end
endmodule
`default_nettype wire
