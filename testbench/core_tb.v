// Bench of core with rows: several windows of one model, one after the other. The weight stream comes already decoded
// from a file, token rows from a memory of beats; both stall at random. Every word that reaches an activation memory
// is written to the trace. A window may be aborted once before it runs to its end. With two window buffers the next window is formed at a
// random time, and load_ahead has its rows loaded meanwhile.
//
// Files    program.hex, books.hex, codes.hex, table.hex, items.hex, memory.hex, settings.hex in the working folder
//          items: { kind (ITEM_*, generator/contract/codes.ts), multipliers, rows, bytes }, first in the high bits
//          settings: 32-bit words: windows, instructions, books, codes, items, beats, stall; then for each window
//          last_pass, groups, slice_keys, cycles before it is aborted (0: never), squares, for each slice first and fill, and for
//          each of SEGMENTS segments slice (more than there are: no segment), position, length, input, output
// Output   memory.out (all beats) and trace.txt, numbers in hexadecimal:
//          "window pc memory feature pass word"; "A window" when it was aborted;
//          "C window segment" when rows are not what their CRC says; "H window" when its rows are loaded ahead;
//          "M window busy issue dense sparse attended useful lanes stream drain vector rows dependency" at its end
// Errors   more attention useful than there was, an X on a control output or on stored data, two writers of one memory, a busy cycle without exactly one cause
// Macros   parameters of the core, from tests/support/core-bench.ts; AHEAD, ROW_CRC where rows have such ports
`default_nettype none
module core_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS      = `COLUMNS;
  localparam SLICES       = `SLICES;
  localparam LANES        = `LANES;
  localparam PASSES       = `PASSES;
  localparam ROW_BITS     = `ROW_BITS;
  localparam BUS_BYTES    = `BUS_BYTES;
  localparam PASS_BITS    = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam PC_BITS      = $clog2(`INSTRUCTIONS);
  localparam ITEM_BITS    = `ITEM_CODE_BITS + 8*COLUMNS + ROW_BITS*COLUMNS + 8*COLUMNS;
  localparam ITEMS        = 32768;
  localparam BEATS        = 32768;
  localparam FIRST_WINDOW = 7;
  localparam SEGMENTS     = `SEGMENTS;
  localparam SEG_BITS     = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam WINDOW_WORDS = 5 + 2*SLICES + 5*SEGMENTS;

  reg [127:0]           programs [0:`INSTRUCTIONS-1];
  reg [127:0]           books [0:`MATRICES-1];
  reg [4*COLUMNS-1:0]   codes [0:`CODE_WORDS-1];
  reg [7:0]             tables [0:255];
  reg [ITEM_BITS-1:0]   items [0:ITEMS-1];
  reg [8*BUS_BYTES-1:0] memory [0:BEATS-1];
  reg [31:0]            settings [0:8191];
  integer               trace;
  reg [31:0]            seed;
  reg [31:0] mutant;  // the change of the core that is in force; 0: none. Only a core with changes looks at it

  initial begin
    $readmemh("settings.hex", settings, 0, 6);
    $readmemh("settings.hex", settings, 0, FIRST_WINDOW + settings[0]*WINDOW_WORDS - 1);
    $readmemh("program.hex", programs, 0, settings[1] - 1);
    if (settings[2] != 0) $readmemh("books.hex", books, 0, settings[2] - 1);
    if (settings[3] != 0) $readmemh("codes.hex", codes, 0, settings[3] - 1);
    $readmemh("table.hex", tables);
    $readmemh("items.hex", items, 0, settings[4] - 1);
    $readmemh("memory.hex", memory, 0, settings[5] - 1);
    trace = $fopen("trace.txt", "w");
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("mutant=%d", mutant)) mutant = 32'd0;
  end

  // ---- random stalls (xorshift32) ----
  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  wire        stalling = settings[6] != 0;
  wire        stall_item = stalling && (random_q[2:0] == 3'd0);
  wire        stall_read = stalling && (random_q[5:4] == 2'd0);
  wire        stall_write = stalling && (random_q[8:7] == 2'd0);
  wire        stall_request = stalling && random_q[9];
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  // ---- cold load, then the windows ----
  localparam [2:0] LOAD = 3'd0, REST = 3'd1, START = 3'd2, RUN = 3'd3, ABORT = 3'd4, FINISH = 3'd5;
  reg  [2:0]  state_q;
  reg  [31:0] load_q;
  reg  [31:0] rest_q;
  reg  [31:0] window_q;
  reg  [31:0] base_q;
  reg  [31:0] cycle_q;
  reg         aborted_q;
  wire        core_done;
  wire        core_bad;
  wire        core_busy;
  wire        loading     = state_q == LOAD;
  wire        abort       = state_q == ABORT;
  wire [31:0] abort_after = settings[base_q + 3];
  always @(posedge clk_i) begin
    rest_q  <= (state_q == REST) ? rest_q + 32'd1 : 32'd0;
    cycle_q <= (state_q == RUN) ? cycle_q + 32'd1 : 32'd0;
    case (state_q)
      LOAD: begin
        load_q <= load_q + 32'd1;
        if ((load_q >= settings[1]) && (load_q >= settings[3]) && (load_q >= 32'd256)) state_q <= REST;
      end
      REST: if (rest_q == 32'd8) begin
        state_q <= (window_q == settings[0]) ? FINISH : START;
        if (window_q != settings[0]) base_q <= FIRST_WINDOW + window_q * WINDOW_WORDS;
      end
      START: state_q <= RUN;
      RUN: begin
        if (core_done) begin
          state_q   <= REST;
          window_q  <= window_q + 32'd1;
          aborted_q <= 1'b0;
        end else if (!aborted_q && (cycle_q + 32'd1 == abort_after)) begin
          aborted_q <= 1'b1;
          state_q   <= ABORT;
        end
      end
      ABORT: state_q <= REST;
      default: if (!done_o) begin
        $writememh("memory.out", memory, 0, settings[5] - 1);
        $fclose(trace);
        done_o <= 1'b1;
      end
    endcase
    if (rst_i) begin
      state_q   <= LOAD;
      load_q    <= 32'd0;
      window_q  <= 32'd0;
      base_q    <= FIRST_WINDOW;
      aborted_q <= 1'b0;
      done_o    <= 1'b0;
    end
  end

  // ---- window ----
  wire [2*SLICES-1:0]              slice_first;
  wire [`POSITION_BITS*SLICES-1:0] slice_fill;
  wire [31:0]                      last_pass  = settings[base_q];
  wire [31:0]                      groups     = settings[base_q + 1];
  wire [31:0]                      slice_keys = settings[base_q + 2];
  genvar s;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      wire [31:0] first = settings[base_q + 5 + 2*s];
      wire [31:0] fill  = settings[base_q + 6 + 2*s];
      assign slice_first[2*s +: 2]  = first[1:0];
      assign slice_fill[`POSITION_BITS*s +: `POSITION_BITS] = fill[`POSITION_BITS-1:0];
    end
  endgenerate
  wire [31:0]          squares    = settings[base_q + 4];

  // ---- the window that rows work for ----
  wire [31:0]                      rows_base;
  wire [`POSITION_BITS*SLICES-1:0] rows_fill;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_rows_slice
      wire [31:0] fill = settings[rows_base + 6 + 2*s];
      assign rows_fill[`POSITION_BITS*s +: `POSITION_BITS] = fill[`POSITION_BITS-1:0];
    end
  endgenerate
`ifdef AHEAD
  wire rows_ahead;
  reg  next_q;  // the next window is formed
  always @(posedge clk_i) begin
    if ((state_q == RUN) && (random_q[15:10] == 6'd0) && (window_q + 32'd1 < settings[0])) next_q <= 1'b1;
    if (rst_i || abort || (state_q == START)) next_q <= 1'b0;
  end
  assign rows_base = base_q + ((rows_ahead && (state_q != START)) ? WINDOW_WORDS : 0);
`else
  wire rows_ahead  = 1'b0;
  assign rows_base = base_q;
`endif

  // The segment that begins at a place, two cycles after it was asked for.
  localparam FIRST_SEGMENT = 5 + 2*SLICES;
  wire [1:0]                find_slice;
  wire [`POSITION_BITS-1:0] find_position;
  reg  [31:0]               found;
  reg  [31:0]               found1_q;
  reg  [31:0]               found2_q;
  wire [31:0]               found_at = rows_base + FIRST_SEGMENT + 5*found2_q;
  integer             at;
  always @* begin
    found = 32'd0;
    for (at = 0; at < SEGMENTS; at = at + 1)
      if ((settings[rows_base + FIRST_SEGMENT + 5*at] == find_slice) && (settings[rows_base + FIRST_SEGMENT + 5*at + 1] == find_position)) found = at;
  end
  always @(posedge clk_i) begin
    found1_q <= found;
    found2_q <= found1_q;
  end

  // ---- decoded weight stream ----
  reg  [31:0]          item_q;
  wire [ITEM_BITS-1:0] item       = items[item_q];
  wire [`ITEM_CODE_BITS-1:0] item_kind = item[ITEM_BITS-1 -: `ITEM_CODE_BITS];
  wire                 item_here  = (item_q < settings[4]) && !stall_item;
  wire                 bias_valid = item_here && (item_kind == `ITEM_BIAS);
  wire                 item_valid = item_here && ((item_kind == `ITEM_EXPAND) || (item_kind == `ITEM_DENSE));
  wire                 pair_valid = item_here && (item_kind == `ITEM_PAIR);
  wire                 bias_ready;
  wire                 item_ready;
  wire                 pair_ready;
  wire                 section_valid;
  always @(posedge clk_i) begin
    if (rst_i || (state_q == START)) item_q <= 32'd0;
    else if ((bias_valid && bias_ready) || (item_valid && item_ready) || (pair_valid && pair_ready)) item_q <= item_q + 32'd1;
  end

  // ---- memory of beats ----
  wire                   rd_req_valid;
  wire [31:0]            rd_req_addr;
  wire [`SIZE_BITS-1:0]  rd_req_beats;
  wire                   rd_ready;
  wire                   wr_req_valid;
  wire [31:0]            wr_req_addr;
  wire [`SIZE_BITS-1:0]  wr_req_beats;
  wire                   wr_valid;
  wire [8*BUS_BYTES-1:0] wr_data;
  reg  [31:0]            rd_beat_q;
  reg  [`SIZE_BITS-1:0]  rd_left_q;
  reg  [31:0]            wr_beat_q;
  reg  [`SIZE_BITS-1:0]  wr_left_q;
  wire                   rd_req_ready = (rd_left_q == {`SIZE_BITS{1'b0}}) && !stall_request;
  wire                   wr_req_ready = (wr_left_q == {`SIZE_BITS{1'b0}}) && !stall_request;
  wire                   rd_valid     = (rd_left_q != {`SIZE_BITS{1'b0}}) && !stall_read;
  wire                   wr_ready     = (wr_left_q != {`SIZE_BITS{1'b0}}) && !stall_write;
  always @(posedge clk_i) begin
    if (rst_i || abort) begin
      rd_left_q <= {`SIZE_BITS{1'b0}};
      wr_left_q <= {`SIZE_BITS{1'b0}};
    end else begin
      if (rd_req_valid && rd_req_ready) begin
        rd_beat_q <= rd_req_addr / BUS_BYTES;
        rd_left_q <= rd_req_beats;
      end else if (rd_valid && rd_ready) begin
        rd_beat_q <= rd_beat_q + 32'd1;
        rd_left_q <= rd_left_q - 1'b1;
      end
      if (wr_req_valid && wr_req_ready) begin
        wr_beat_q <= wr_req_addr / BUS_BYTES;
        wr_left_q <= wr_req_beats;
      end else if (wr_valid && wr_ready) begin
        memory[wr_beat_q] <= wr_data;
        wr_beat_q <= wr_beat_q + 32'd1;
        wr_left_q <= wr_left_q - 1'b1;
      end
    end
  end

  // ---- chip ----
  wire [`INSTRUCTION_BITS-1:0] instruction;
  wire [PC_BITS-1:0]        pc;
  wire                      rows_start;
  wire                      rows_done;
  wire                      map_wr_en;
  wire [1:0]                map_wr_slice;
  wire [`POSITION_BITS-1:0] map_wr_position;
  wire [SEG_BITS-1:0]       map_wr_segment;
  wire                      word_wr_en;
  wire [SLICES-1:0]         word_wr_slices;
  wire [`FEATURE_BITS-1:0]  word_wr_feature;
  wire [PASS_BITS-1:0]      word_wr_pass;
  wire [8*LANES-1:0]        word_wr_data;
  wire                      word_rd_en;
  wire [`FEATURE_BITS-1:0]  word_rd_feature;
  wire [PASS_BITS-1:0]      word_rd_pass;
  wire [8*LANES-1:0]        word_rd_data;
  wire                      issue;
  wire [`MODE_BITS-1:0]     mode;
  wire [31:0]               issue_lanes;
  wire [31:0]               issue_work;
  wire                      useful;
  wire                      wait_stream;
  wire                      wait_drain;
  wire                      wait_vector;
  wire                      wait_rows;
  wire                      wait_dependency;

  trex_core u_core (
    .clk_i(clk_i), .rst_i(rst_i),
    .program_wr_en_i(loading && (load_q < settings[1])), .program_wr_addr_i(load_q[PC_BITS-1:0]), .program_wr_data_i(programs[load_q]),
    .book_wr_en_i(loading && (load_q < settings[2])), .book_wr_addr_i(load_q), .book_wr_data_i(books[load_q]), .book_o(),
    .code_wr_en_i(loading && (load_q < settings[3])), .code_wr_addr_i(load_q), .code_wr_data_i(codes[load_q]),
    .table_wr_en_i(loading && (load_q < 32'd256)), .table_wr_addr_i(load_q[7:0]), .table_wr_data_i(tables[load_q[7:0]]),
    .start_i(state_q == START), .abort_i(abort), .busy_o(core_busy), .done_o(core_done), .bad_o(core_bad),
    .instruction_o(instruction), .pc_o(pc),
    .last_pass_i(last_pass[PASS_BITS-1:0]), .groups_i(groups[2:0]), .slice_keys_i(slice_keys[`POSITION_BITS-1:0]),
    .slice_first_i(slice_first), .slice_fill_i(slice_fill),
    .map_wr_en_i(map_wr_en), .map_wr_slice_i(map_wr_slice), .map_wr_position_i(map_wr_position), .map_wr_segment_i(map_wr_segment),
    .section_valid_o(section_valid), .section_ready_i(!stall_item),
    .bias_valid_i(bias_valid), .bias_ready_o(bias_ready), .bias_i(item[8*COLUMNS-1:0]),
    .multipliers_i(item[(8+ROW_BITS)*COLUMNS +: 8*COLUMNS]),
    .item_valid_i(item_valid), .item_ready_o(item_ready), .item_weights_i(item[8*COLUMNS-1:0]),
    .item_rows_i(item[8*COLUMNS +: ROW_BITS*COLUMNS]),
    .pair_valid_i(pair_valid), .pair_ready_o(pair_ready), .gamma_i(item[7:0]), .beta_i(item[15:8]),
    .rows_start_o(rows_start), .rows_done_i(rows_done),
    .rows_wr_en_i(word_wr_en), .rows_wr_slices_i(word_wr_slices), .rows_wr_feature_i(word_wr_feature),
    .rows_wr_pass_i(word_wr_pass), .rows_wr_data_i(word_wr_data),
`ifdef AHEAD
    .rows_ahead_i(rows_ahead),
`endif
    .rows_rd_en_i(word_rd_en), .rows_rd_feature_i(word_rd_feature), .rows_rd_pass_i(word_rd_pass), .rows_rd_data_o(word_rd_data),
    .issue_o(issue), .mode_o(mode), .issue_lanes_o(issue_lanes), .issue_work_o(issue_work), .useful_o(useful),
    .wait_stream_o(wait_stream), .wait_drain_o(wait_drain), .wait_vector_o(wait_vector), .wait_rows_o(wait_rows),
    .wait_dependency_o(wait_dependency)
  );

`ifdef AHEAD
  // Rows are asked for one by one, until all that are left are; now and then those of the window in work, too.
  reg row_by_row_q;
  always @(posedge clk_i) row_by_row_q <= random_q[9:8] != 2'd0;
`endif
  wire [SEG_BITS-1:0]      rows_segment;
  wire                     rows_begin;
  wire                     rows_store;
  wire [`FEATURE_BITS-1:0] rows_outer;
  wire [`FEATURE_BITS-1:0] rows_first;
  wire                     rows_end;
  wire                     rows_crc_bad;
  wire [31:0]              rows_window = (rows_base - FIRST_WINDOW) / WINDOW_WORDS;
`ifdef ROW_CRC
  always @(posedge clk_i) if (!rst_i && !abort && rows_crc_bad) $fwrite(trace, "C %h %h\n", rows_window, rows_segment);
`else
  assign rows_crc_bad = 1'b0;
`endif
`ifdef AHEAD
  trex_load_ahead #(.SEGMENTS(SEGMENTS)) u_load_ahead (
    .clk_i(clk_i), .rst_i(rst_i), .next_valid_i(next_q && (state_q == RUN)), .start_i(state_q == START), .abort_i(abort),
    .start_rows_i(rows_start), .store_i(instruction[`INS_OP] == `OP_STORE), .outer_i(instruction[`INS_OUTER]),
    .base_i(instruction[`INS_BASE]), .done_o(rows_done),
    .rows_start_o(rows_begin), .rows_store_o(rows_store), .rows_ahead_o(rows_ahead), .rows_outer_o(rows_outer), .rows_base_o(rows_first),
    .rows_done_i(rows_end), .rows_error_i(1'b0), .rows_segment_i(rows_segment),
`ifdef ROW_CRC
    .rows_crc_bad_i(rows_crc_bad), .crc_bad_o(),
`endif
    .error_o(), .cause_o()
  );
  always @(posedge clk_i) if (!rst_i && !abort && rows_begin && rows_ahead) $fwrite(trace, "H %h\n", rows_window);
`else
  assign rows_begin = rows_start;
  assign rows_store = instruction[`INS_OP] == `OP_STORE;
  assign rows_outer = instruction[`INS_OUTER];
  assign rows_first = instruction[`INS_BASE];
  assign rows_done  = rows_end;
`endif
  trex_rows #(.ADDR_BITS(32)) u_rows (
    .clk_i(clk_i), .rst_i(rst_i || abort),
    .start_i(rows_begin), .store_i(rows_store), .outer_i(rows_outer), .base_i(rows_first),
    .first_row_i(instruction[`INS_FIRST_ROW]), .best_i(instruction[`INS_BEST]), .busy_o(), .done_o(rows_end), .rd_segment_o(rows_segment),
`ifdef ROW_CRC
    .crc_bad_o(rows_crc_bad),
`endif
`ifdef AHEAD
    .ahead_i(rows_ahead || row_by_row_q),
`endif
    .slice_fill_i(rows_fill), .find_slice_o(find_slice), .find_position_o(find_position),
    .found_segment_i(found2_q[SEG_BITS-1:0]), .found_length_i(settings[found_at + 2]), .found_input_i(settings[found_at + 3]),
    .found_output_i(settings[found_at + 4]),
    .map_wr_en_o(map_wr_en), .map_wr_slice_o(map_wr_slice), .map_wr_position_o(map_wr_position), .map_wr_segment_o(map_wr_segment),
    .rd_req_valid_o(rd_req_valid), .rd_req_ready_i(rd_req_ready), .rd_req_addr_o(rd_req_addr), .rd_req_beats_o(rd_req_beats),
    .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(memory[rd_beat_q]),
    .wr_req_valid_o(wr_req_valid), .wr_req_ready_i(wr_req_ready), .wr_req_addr_o(wr_req_addr), .wr_req_beats_o(wr_req_beats), .wr_req_segment_o(),
    .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_data_o(wr_data),
    .word_wr_en_o(word_wr_en), .word_wr_slices_o(word_wr_slices), .word_wr_feature_o(word_wr_feature),
    .word_wr_pass_o(word_wr_pass), .word_wr_data_o(word_wr_data),
    .word_rd_en_o(word_rd_en), .word_rd_feature_o(word_rd_feature), .word_rd_pass_o(word_rd_pass), .word_rd_data_i(word_rd_data)
  );

  // ---- trace ----
  // Activations as bytes, so that each has hexadecimal digits of its own.
  function [8*LANES-1:0] bytes(input [`ACT_BITS*LANES-1:0] word);
    integer l;
    for (l = 0; l < LANES; l = l + 1) bytes[8*l +: 8] = { {(9-`ACT_BITS){word[`ACT_BITS*l + `ACT_BITS-1]}}, word[`ACT_BITS*l +: `ACT_BITS-1] };
  endfunction
  reg [PC_BITS-1:0] drain_pc_q;  // whose tile was started last; nothing of an older instruction is under way then
  reg [PC_BITS-1:0] norm_pc_q;
  always @(posedge clk_i) begin
    if (u_core.drain_start) drain_pc_q <= pc;
    if (u_core.norm_start) norm_pc_q <= pc;
    if (!rst_i && u_core.out_valid) begin
      if (u_core.out_scores) $fwrite(trace, "%h %h S %h %h %h\n", window_q, drain_pc_q, u_core.out_feature, u_core.out_pass, u_core.out12);
      else if (u_core.out_project) $fwrite(trace, "%h %h P %h %h %h\n", window_q, drain_pc_q, u_core.out_feature, u_core.out_pass, bytes(u_core.out_act));
      else if ((u_core.out_dst == `TO_RSET) || (u_core.out_dst == `TO_RADD)) $fwrite(trace, "%h %h R %h %h %h\n", window_q, drain_pc_q,
          u_core.out_feature, u_core.out_pass, u_core.out16);
      else $fwrite(trace, "%h %h D%0d %h %h %h\n", window_q, drain_pc_q, u_core.out_dst, u_core.out_feature, u_core.out_pass, bytes(u_core.out_act));
    end
    if (!rst_i && u_core.norm_x_wr_en) $fwrite(trace, "%h %h N%s %h 0 %h\n", window_q, norm_pc_q, u_core.norm_to_h ? "H" : "X",
        u_core.norm_x_wr_addr, bytes(u_core.norm_x_wr_data));
    if (!rst_i && u_core.norm_r_wr_en) $fwrite(trace, "%h %h NR %h 0 %h\n", window_q, norm_pc_q, u_core.norm_r_wr_addr, u_core.norm_r_wr_data);
    if (!rst_i && abort) $fwrite(trace, "A %h\n", window_q);
  end

  // ---- causes; they come METER_DELAY cycles after the cycle that they describe ----
  localparam METER_DELAY = `METER_DELAY;
  reg  [METER_DELAY-1:0] busy_q;
  reg  [31:0] busy_n, issue_n, dense_n, sparse_n, attended_n, useful_n, lanes_n, stream_n, drain_n, vector_n, rows_n, dependency_n;
  wire [2:0]  causes = { 2'd0, issue } + { 2'd0, wait_stream } + { 2'd0, wait_drain } + { 2'd0, wait_vector } + { 2'd0, wait_rows }
                       + { 2'd0, wait_dependency };
  wire        wrong_causes = causes !== { 2'd0, busy_q[METER_DELAY-1] };
  always @(posedge clk_i) begin
    busy_q <= (rst_i || abort) ? 0 : { busy_q[METER_DELAY-2:0], core_busy };
    if (rst_i || (state_q == START)) begin
      busy_n <= 0;
      issue_n <= 0;
      dense_n <= 0;
      sparse_n <= 0;
      attended_n <= 0;
      useful_n <= 0;
      lanes_n <= 0;
      stream_n <= 0;
      drain_n <= 0;
      vector_n <= 0;
      rows_n <= 0;
      dependency_n <= 0;
    end else begin
      busy_n <= busy_n + busy_q[METER_DELAY-1];
      issue_n <= issue_n + issue;
      if (issue && ((mode == `MODE_PROJECT) || (mode == `MODE_DENSE))) dense_n <= dense_n + issue_work;
      if (issue && (mode == `MODE_EXPAND)) sparse_n <= sparse_n + issue_work;
      if (issue && (mode >= `MODE_SCORES)) attended_n <= attended_n + issue_work;
      if (useful) useful_n <= useful_n + squares;
      if (issue) lanes_n <= lanes_n + issue_lanes;
      stream_n <= stream_n + wait_stream;
      drain_n <= drain_n + wait_drain;
      vector_n <= vector_n + wait_vector;
      rows_n <= rows_n + wait_rows;
      dependency_n <= dependency_n + wait_dependency;
    end
    // The rest between windows is longer than the delay: everything has been counted.
    if (!rst_i && (state_q == REST) && (rest_q == 32'd6) && (window_q != 0) && !aborted_q)
      $fwrite(trace, "M %h %h %h %h %h %h %h %h %h %h %h %h %h\n", window_q - 1, busy_n, issue_n, dense_n, sparse_n, attended_n, useful_n, lanes_n,
              stream_n, drain_n, vector_n, rows_n, dependency_n);
  end

  // ---- what must never be ----
  wire [2:0] x_writers = { 2'd0, u_core.u_activations.x_from_out } + { 2'd0, u_core.u_activations.x_from_rows && !rows_ahead }
      + { 2'd0, u_core.norm_x_wr_en && !u_core.norm_to_h };
  wire [2:0] r_writers = { 2'd0, u_core.u_activations.r_from_out } + { 2'd0, u_core.u_activations.r_from_rows && !rows_ahead } + { 2'd0, u_core.norm_r_wr_en };
  wire       two_users = (x_writers > 3'd1) || (r_writers > 3'd1) || (u_core.norm_r_rd_en && u_core.residual_rd_en);
  wire       unknown   = (^{ core_busy, core_done, core_bad, section_valid, bias_ready, item_ready, pair_ready, rows_start,
                             rd_req_valid, rd_ready, wr_req_valid, wr_valid, word_wr_en, word_rd_en }) === 1'bx;
  wire       unknown_data = (wr_valid && ((^wr_data) === 1'bx)) || (core_busy && ((^pc) === 1'bx))
                            || (rd_req_valid && ((^{ rd_req_addr, rd_req_beats }) === 1'bx))
                            || (wr_req_valid && ((^{ wr_req_addr, wr_req_beats }) === 1'bx));
  always @(posedge clk_i) begin
    if (rst_i) errors_o <= 32'd0;
    else if (core_bad || two_users || unknown || unknown_data || wrong_causes || (useful_n > attended_n) || (core_done && (item_q != settings[4]))) begin
      errors_o <= errors_o + 32'd1;
      if (errors_o < 32'd10)
        $display("window %0d cycle %0d pc %0d: bad %b, two users %b, unknown %b %b, causes %b, item %0d of %0d", window_q, cycle_q, pc,
                 core_bad, two_users, unknown, unknown_data, causes, item_q, settings[4]);
    end
  end
endmodule
`default_nettype wire
