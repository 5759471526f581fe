// Rows: moves token rows between memory (token-major) and column words (feature-major) through a staging memory of N
// tokens, a tile: the places of one slice and pass. LOAD: a row is written beat by beat, then the tile is read feature by
// feature. STORE: the tile is written feature by feature, then read row by row; bytes past `outer` are stored as zero.
//
//   picker   finds segment after segment in the order of their places, asks for its rows and hands it on, so that the
//            round trips of small requests overlap
//   mover    moves the rows of one segment after the other; a tile that several share is spread or gathered once
//
//   N = 4    A A A B | B . . .   places of two tiles: LOAD   fill A, B; spread; fill B; spread
//                                                     STORE  gather; send A, B; gather; send B
//
// With best_i STORE sends no rows: while the numbers of a tile come by, the first largest of every lane is kept, and the indices of a
// segment go out side by side, two bytes each.
//
// Layout   a row of `outer` bytes takes ceil(outer / B) beats of B bytes; the rows of a request follow each other; a slice
//          is filled from position 0 on without holes, slice 0 always
// Timing   one beat or one column word a cycle; done_o pulses when the last word is on its way; found_*_i answer
//          find_*_o two cycles later; 3 segments may be asked for ahead of the one in work, 4 cycles apart
// Reset    control only
// Golden   equation 10 of docs/numerics.md; generator/golden/load-store.ts
`default_nettype none
module trex_rows #(
  // Made with the configuration; do not override.
  parameter SLICES      = 4,  // of the window
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  parameter SEGMENTS    = 32,  // most requests of a window
  parameter BUS_BYTES   = 16,  // of a beat of the memory port; power of two, >= 4
  parameter ADDR_BITS   = 32,  // of a byte address
  parameter ROW_BYTES   = 512,  // longest row
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire                            start_i,
  input  wire                            store_i,      // 0: LOAD, 1: STORE
  input  wire [FEATURE_BITS-1:0]         outer_i,
  input  wire [FEATURE_BITS-1:0]         base_i,
  input  wire                            first_row_i,
  input  wire                            best_i,       // STORE: the index of each row's largest number in place of the row
  output wire                            busy_o,
  output reg                             done_o,
  // window: tokens in slice s in field s; the segment whose first place is there
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,
  output wire [SLICE_ID_BITS-1:0]        find_slice_o,
  output wire [POSITION_BITS-1:0]        find_position_o,
  input  wire [SEG_BITS-1:0]             found_segment_i,
  input  wire [POSITION_BITS-1:0]        found_length_i,
  input  wire [ADDR_BITS-1:0]            found_input_i,
  input  wire [ADDR_BITS-1:0]            found_output_i,
  // reads
  output wire                            rd_req_valid_o,
  input  wire                            rd_req_ready_i,
  output wire [ADDR_BITS-1:0]            rd_req_addr_o,
  output wire [SIZE_BITS-1:0]            rd_req_beats_o,
  input  wire                            rd_valid_i,
  output wire                            rd_ready_o,
  input  wire [8*BUS_BYTES-1:0]          rd_data_i,
  output wire [SEG_BITS-1:0]             rd_segment_o,   // whose rows are read
  // writes
  output wire                            wr_req_valid_o,
  input  wire                            wr_req_ready_i,
  output wire [ADDR_BITS-1:0]            wr_req_addr_o,
  output wire [SIZE_BITS-1:0]            wr_req_beats_o,
  output wire [SEG_BITS-1:0]             wr_req_segment_o,
  output wire                            wr_valid_o,
  input  wire                            wr_ready_i,
  output wire [8*BUS_BYTES-1:0]          wr_data_o,
  // map of places: the segment of every row that comes in
  output wire                            map_wr_en_o,
  output wire [SLICE_ID_BITS-1:0]        map_wr_slice_o,
  output wire [POSITION_BITS-1:0]        map_wr_position_o,
  output wire [SEG_BITS-1:0]             map_wr_segment_o,
  // column words
  output wire                            word_wr_en_o,
  output wire [SLICES-1:0]               word_wr_slices_o,
  output wire [FEATURE_BITS-1:0]         word_wr_feature_o,
  output wire [PASS_BITS-1:0]            word_wr_pass_o,
  output wire [8*SLICES*SLICE_LANES-1:0] word_wr_data_o,
  output wire                            word_rd_en_o,
  output wire [FEATURE_BITS-1:0]         word_rd_feature_o,
  output wire [PASS_BITS-1:0]            word_rd_pass_o,
  input  wire [8*SLICES*SLICE_LANES-1:0] word_rd_data_i
);
`ifndef SYNTHESIS
  initial begin
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif

  localparam BANKS        = (SLICE_LANES > BUS_BYTES) ? SLICE_LANES : BUS_BYTES;
  localparam TOKEN_BITS   = $clog2(BANKS);
  localparam FILE_BITS = ($clog2(ROW_BYTES) > TOKEN_BITS) ? $clog2(ROW_BYTES) : TOKEN_BITS;
  localparam BUS_SHIFT    = $clog2(BUS_BYTES);
  localparam LANE_SHIFT   = $clog2(SLICE_LANES);
  localparam SLICE_BITS   = (SLICES > 1) ? $clog2(SLICES) : 1;
  localparam PLACE_BITS   = (SLICE_LANES * PASSES > 1) ? $clog2(SLICE_LANES * PASSES) : 1;
  localparam ENTRY_BITS   = SEG_BITS + POSITION_BITS + 2 + PLACE_BITS;
  localparam [POSITION_BITS-1:0] ONE_ROW      = 1;
  localparam [POSITION_BITS-1:0] LAST_LANE    = SLICE_LANES - 1;
  localparam [POSITION_BITS-1:0] SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam [FEATURE_BITS-1:0]  BEAT_FEATURES = BUS_BYTES;
  localparam [SIZE_BITS-1:0]     BEAT_BYTES   = BUS_BYTES;

  wire [POSITION_BITS-1:0] fill [0:SLICES-1];
  reg  [POSITION_BITS*SLICES-1:0] last_rows_q;  // place of the last row of each slice; it stands long before its rows
  wire [POSITION_BITS-1:0] last_row [0:SLICES-1];
  reg  [FEATURE_BITS-1:0]  row_beats;  // beats of a row, known two cycles before any are asked for
  reg  [FEATURE_BITS-1:0]  last_beat_q;  // the last beat of a row begins at this feature or behind it
  always @(posedge clk_i) begin
    row_beats   <= (outer_i + BEAT_FEATURES - 1'b1) >> BUS_SHIFT;
    last_beat_q <= (outer_i > BEAT_FEATURES) ? outer_i - BEAT_FEATURES : {FEATURE_BITS{1'b0}};
  end

  // ---- mover: state ----
  localparam [2:0] IDLE = 3'd0, TAKE = 3'd1, FILL = 3'd2, SPREAD = 3'd3, SETTLE = 3'd4, GATHER = 3'd5, SEND = 3'd6;
  reg [2:0]               state_q;
  reg [SEG_BITS-1:0]      segment_q;   // in work
  reg                     segment_valid_q;
  reg [POSITION_BITS-1:0] left_q;      // its rows that have not been moved
  reg [SLICE_ID_BITS-1:0] slice_q;     // place of the next one; at the end of a tile, or of the segment, that of the last one
  reg [PLACE_BITS-1:0]    position_q;
  reg [FEATURE_BITS-1:0]  feature_q;   // first feature of a beat, or the feature of a word

  // ---- picker ----
  localparam [2:0] FIND = 3'd1, FOUND = 3'd2, ASK = 3'd3, NEXT = 3'd4;
  reg  [2:0]               pick_q;
  reg  [SLICE_ID_BITS-1:0] find_slice_q;
  reg  [POSITION_BITS-1:0] find_position_q;  // in NEXT: of the place behind the segment, from the first slice of it
  wire                     queue_ready;
  wire                     queue_valid;
  wire [SEG_BITS-1:0]      next_segment;
  wire [POSITION_BITS-1:0] next_rows;
  wire [SLICE_ID_BITS-1:0] next_slice;
  wire [PLACE_BITS-1:0]    next_position;
  wire [SIZE_BITS-1:0]     best_beats = ({ {(SIZE_BITS-1-POSITION_BITS){1'b0}}, found_rows, 1'b0 } + BEAT_BYTES - 1'b1) >> BUS_SHIFT;
  reg                      one_row_q;   // known long before the first segment is found
  always @(posedge clk_i) one_row_q <= store_i && first_row_i;
  wire [POSITION_BITS-1:0] found_rows = one_row_q ? ONE_ROW : found_length_i;
  wire                     asking     = (pick_q == ASK) && queue_ready;
  wire                     asked      = (rd_req_valid_o && rd_req_ready_i) || (wr_req_valid_o && wr_req_ready_i);
  wire [SLICES-1:0]        filled;      // slices with tokens
  wire [4:0]               behind     = { {(5-SLICES){1'b0}}, filled } & (5'b11110 << find_slice_q);
  wire [POSITION_BITS-1:0] many_rows = found_length_i;
  // The choice behind the multiplier, for the length comes late.
  wire [SIZE_BITS-1:0] one_beats  = { {(SIZE_BITS-FEATURE_BITS){1'b0}}, row_beats };
  wire [SIZE_BITS-1:0] many_beats = { {(SIZE_BITS-POSITION_BITS){1'b0}}, many_rows } * one_beats;
  wire [SIZE_BITS-1:0] whole_beats = ((store_i && best_i) ? best_beats : one_row_q ? one_beats : many_beats);
  wire [SIZE_BITS-1:0] all_beats = whole_beats;
  assign rd_req_valid_o = asking && !store_i;
  assign rd_req_addr_o  = found_input_i;
  assign rd_req_beats_o = all_beats;
  assign find_slice_o     = find_slice_q;
  assign find_position_o  = find_position_q;
  assign wr_req_valid_o   = asking && store_i;
  assign wr_req_addr_o    = found_output_i;
  assign wr_req_beats_o   = all_beats;
  assign wr_req_segment_o = found_segment_i;

  trex_fifo #(.WORD_BITS(ENTRY_BITS), .DEPTH(2), .DISTRIBUTED(1)) u_picked (
    .clk_i(clk_i), .rst_i(rst_i),
    .wr_valid_i((pick_q == ASK) && asked), .wr_ready_o(queue_ready),
    .wr_data_i({ found_segment_i, found_rows, find_slice_q, find_position_q[PLACE_BITS-1:0] }),
    .rd_valid_o(queue_valid), .rd_ready_i(state_q == TAKE), .rd_data_o({ next_segment, next_rows, next_slice, next_position })
  );

  always @(posedge clk_i) begin
    case (pick_q)
      // The first segment is at the first place: it has been found.
      IDLE: begin
        find_slice_q    <= {SLICE_ID_BITS{1'b0}};
        find_position_q <= {POSITION_BITS{1'b0}};
        if (start_i) pick_q <= FOUND;
      end
      FIND: pick_q <= FOUND;
      FOUND: pick_q <= ASK;
      ASK: if (asked) begin
        find_position_q <= find_position_q + found_length_i;
        pick_q          <= NEXT;
      end
      NEXT: begin
        if (find_position_q > SLICE_TOKENS) begin
          find_position_q <= find_position_q - SLICE_TOKENS;
          find_slice_q    <= find_slice_q + 1'b1;
        end else if (find_position_q == fill[find_slice_q[SLICE_BITS-1:0]]) begin
          find_position_q <= {POSITION_BITS{1'b0}};
          find_slice_q    <= behind[1] ? 2'd1 : behind[2] ? 2'd2 : 2'd3;
          pick_q          <= (|behind) ? FIND : IDLE;
        end else pick_q <= FIND;
      end
      default: pick_q <= IDLE;
    endcase
    if (rst_i) begin
      pick_q          <= IDLE;
      find_slice_q    <= {SLICE_ID_BITS{1'b0}};
      find_position_q <= {POSITION_BITS{1'b0}};
    end
  end

  // ---- mover ----
  wire [POSITION_BITS:0]              place       = { {(POSITION_BITS+1-PLACE_BITS){1'b0}}, position_q };
  wire [POSITION_BITS:0]              place_next  = { {(POSITION_BITS+1-PLACE_BITS){1'b0}}, next_position };
  wire [POSITION_BITS-1:0] position    = place[POSITION_BITS-1:0];
  wire [POSITION_BITS-1:0] token       = position & LAST_LANE;  // inside the tile
  wire [POSITION_BITS-1:0] pass        = position >> LANE_SHIFT;
  wire [POSITION_BITS-1:0] pass_next   = place_next[POSITION_BITS-1:0] >> LANE_SHIFT;
  wire [POSITION_BITS-1:0] behind_row  = position + 1'b1;
  wire [SLICE_BITS-1:0] at = slice_q[SLICE_BITS-1:0];
  wire                     slice_end   = position == last_row[at];
  wire                     tile_end    = (token == LAST_LANE) || slice_end;
  wire                     segment_end = left_q == ONE_ROW;
  wire                     run_end     = tile_end || segment_end;  // what is moved in one go ends with this row
  wire                     last_beat   = feature_q >= last_beat_q;
  wire                     same_tile   = (next_slice == slice_q) && (pass_next == pass);
  wire                     unused_pass = &{ 1'b0, pass, behind_row, place[POSITION_BITS], place_next[POSITION_BITS] };
  wire                     last_word   = feature_q + 1'b1 == outer_i;
  assign rd_ready_o   = state_q == FILL;
  assign rd_segment_o = segment_q;
  assign busy_o       = state_q != IDLE;

  // ---- staging ----
  wire                    fill_step = rd_ready_o && rd_valid_i;
  wire                    row_filled = fill_step && last_beat;
  reg                     gather_q;    // a word asked for one cycle ago
  reg  [FEATURE_BITS-1:0] gather_feature_q;
  reg                     send_q;      // a beat of the staging file waits at its output
  wire                    send_step = (state_q == SEND) && !best_i && (!send_q || wr_ready_i);
  wire                    gathered    = 1'b1;
  wire                    spread_step = state_q == SPREAD;
  reg                     spread_q;
  reg  [FEATURE_BITS-1:0] spread_feature_q;
  reg  [FEATURE_BITS-1:0] send_feature_q;
  reg                     send_last_q;
  wire                    send_more = send_step && !(send_q && send_last_q);
  wire                    row_sent  = (state_q == SEND) && send_q && wr_ready_i;
  wire [8*SLICE_LANES-1:0] slice_word [0:SLICES-1];
  wire                     stage_en      = gather_q;
  wire [FEATURE_BITS-1:0]  stage_feature = gather_feature_q;
  wire [8*SLICE_LANES-1:0] stage_word    = slice_word[at];
  wire [8*SLICE_LANES-1:0] spread_word;
  wire [SLICES-1:0]        spread_slices;
  wire                    unused_bits = &{ 1'b0, stage_feature, feature_q, token };
  wire [8*BUS_BYTES-1:0] beat;
  wire [8*BUS_BYTES-1:0] beat_kept;

  assign map_wr_en_o       = row_filled;
  assign map_wr_slice_o    = slice_q;
  assign map_wr_position_o = position;
  assign map_wr_segment_o  = segment_q;

  wire [FEATURE_BITS-1:0] token_index;

  // Beats begin at multiples of their bytes, so one comparison tells for all bytes on which side of the row's last beat they are.
  wire [FEATURE_BITS-1:0] send_beat  = send_feature_q >> BUS_SHIFT;
  wire [FEATURE_BITS-1:0] outer_beat = outer_i >> BUS_SHIFT;
  wire                    full_beat  = send_beat < outer_beat;
  wire                    part_beat  = send_beat == outer_beat;
  wire [BUS_BYTES-1:0]    part       = ~({BUS_BYTES{1'b1}} << outer_i[BUS_SHIFT-1:0]);

  genvar s, b;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      assign fill[s]             = slice_fill_i[POSITION_BITS*s +: POSITION_BITS];
      assign last_row[s]         = last_rows_q[POSITION_BITS*s +: POSITION_BITS];
      always @(posedge clk_i) last_rows_q[POSITION_BITS*s +: POSITION_BITS] <= fill[s] - 1'b1;
      assign filled[s]           = |slice_fill_i[POSITION_BITS*s +: POSITION_BITS];
      assign slice_word[s]       = word_rd_data_i[8*SLICE_LANES*s +: 8*SLICE_LANES];
      assign spread_slices[s]    = slice_q == s;
    end
    for (b = 0; b < BUS_BYTES; b = b + 1) begin : gen_kept
      assign beat_kept[8*b +: 8] = (full_beat || (part_beat && part[b])) ? beat[8*b +: 8] : 8'd0;
    end
  endgenerate

  generate
    if (SLICE_LANES < BUS_BYTES) begin : gen_token_rows
      // A memory a token, a beat a word: LOAD fills a token's, and takes a byte of every token's; STORE fills a byte of every
      // token's, and sends a token's.
      localparam WORDS     = (ROW_BYTES + BUS_BYTES - 1) / BUS_BYTES;
      localparam WORD_BITS = (WORDS > 1) ? $clog2(WORDS) : 1;
      localparam LANE_BITS = (SLICE_LANES > 1) ? $clog2(SLICE_LANES) : 1;
      wire [FEATURE_BITS-1:0] wr_word = (store_i ? stage_feature : feature_q) >> BUS_SHIFT;
      wire [FEATURE_BITS-1:0] rd_word = feature_q >> BUS_SHIFT;
      wire [8*BUS_BYTES-1:0] token_word [0:SLICE_LANES-1];
      reg  [BUS_SHIFT-1:0]   byte_q;
      reg  [LANE_BITS-1:0]   lane_q;
      wire                   unused_words = &{ 1'b0, wr_word, rd_word };
      always @(posedge clk_i) begin
        if (spread_step) byte_q <= feature_q[BUS_SHIFT-1:0];
        if (send_step) lane_q <= token[LANE_BITS-1:0];
      end
      assign beat = token_word[lane_q];
      genvar t, k;
      for (t = 0; t < SLICE_LANES; t = t + 1) begin : gen_token
        localparam [POSITION_BITS-1:0] TOKEN = t;
        wire [BUS_BYTES-1:0] bytes;
        for (k = 0; k < BUS_BYTES; k = k + 1) begin : gen_byte
          localparam [BUS_SHIFT-1:0] BYTE = k;
          assign bytes[k] = store_i ? (stage_feature[BUS_SHIFT-1:0] == BYTE) : (token == TOKEN);
        end
        trex_ram_1r1w #(
          .WORD_BITS(8*BUS_BYTES),
          .DEPTH(WORDS),
          .LANE_BITS(8),
          .DISTRIBUTED((WORDS <= 64) ? 1 : 0)
        ) u_row (
          .clk_i(clk_i),
          .wr_en_i(fill_step || stage_en), .wr_addr_i(wr_word[WORD_BITS-1:0]), .wr_lanes_i(bytes),
          .wr_data_i(store_i ? {BUS_BYTES{stage_word[8*t +: 8]}} : rd_data_i),
          .rd_en_i(spread_step || send_step), .rd_addr_i(rd_word[WORD_BITS-1:0]), .rd_data_o(token_word[t])
        );
        assign spread_word[8*t +: 8] = token_word[t][8*byte_q +: 8];
      end
    end else begin : gen_diagonal
      // As many tokens as a beat has bytes or more: a register file of two directions has fewer and narrower words.
      wire [8*BANKS-1:0] staged;
      wire [8*BANKS-1:0] fill_word;
      wire [BANKS-1:0]   fill_elements;
      wire               unused_staged = &{ 1'b0, staged };
      assign spread_word = staged[8*SLICE_LANES-1:0];
      assign beat = staged[8*BUS_BYTES-1:0];
      if (BANKS > BUS_BYTES) begin : gen_fill
        assign fill_word     = { {(8*(BANKS-BUS_BYTES)){1'b0}}, rd_data_i };
        assign fill_elements = { {(BANKS-BUS_BYTES){1'b0}}, {BUS_BYTES{1'b1}} };
      end else begin : gen_fill
        assign fill_word     = rd_data_i;
        assign fill_elements = {BANKS{1'b1}};
      end
      trex_trf #(.ROWS(SLICE_LANES), .COLS(ROW_BYTES), .BANKS(BANKS), .DATA_BITS(8), .WRITE(BANKS)) u_stage (
        .clk_i(clk_i),
        .wr_en_i(fill_step || stage_en), .wr_by_row_i(!store_i),
        .wr_token_i(store_i ? {TOKEN_BITS{1'b0}} : token[TOKEN_BITS-1:0]),
        .wr_feature_i(store_i ? stage_feature[FILE_BITS-1:0] : feature_q[FILE_BITS-1:0]),
        .wr_elements_i(store_i ? {BANKS{1'b1}} : fill_elements),
        .wr_data_i(store_i ? stage_word : fill_word),
        .rd_en_i(spread_step || send_step), .rd_by_row_i(store_i),
        .rd_token_i(store_i ? token[TOKEN_BITS-1:0] : {TOKEN_BITS{1'b0}}),
        .rd_feature_i(feature_q[FILE_BITS-1:0]),
        .rd_data_o(staged)
      );
    end
  endgenerate

  // ---- the largest number of every row, and its index ----
  localparam HALVES    = BUS_BYTES / 2;
  localparam HALF_BITS = $clog2(HALVES);
  reg  [8*SLICE_LANES-1:0]            largest_q;    // so far
  reg  [FEATURE_BITS*SLICE_LANES-1:0] index_q;
  reg                                 full_q;       // a beat of indices waits
  reg                                 packed_q;     // the last index of the segment is in it
  reg  [HALF_BITS-1:0]                half_q;       // where the next index goes
  reg  [8*BUS_BYTES-1:0]              pack_q;
  wire                                compare         = gather_q && (gather_feature_q < outer_i);
  wire [FEATURE_BITS-1:0]             compare_feature = gather_feature_q;
  wire [8*SLICE_LANES-1:0]            compare_word    = slice_word[at];
  wire                                pack_step = (state_q == SEND) && best_i && !packed_q && (!full_q || wr_ready_i);
  wire                                pack_sent = full_q && wr_ready_i;
  wire [FEATURE_BITS-1:0]             index [0:SLICE_LANES-1];
  genvar l;
  generate
    for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_best
      wire signed [7:0] number = compare_word[8*l +: 8];
      wire signed [7:0] largest = largest_q[8*l +: 8];
      assign index[l] = index_q[FEATURE_BITS*l +: FEATURE_BITS];
      always @(posedge clk_i) begin
        if (compare && ((compare_feature == {FEATURE_BITS{1'b0}}) || (number > largest))) begin
          largest_q[8*l +: 8]  <= number;
          index_q[FEATURE_BITS*l +: FEATURE_BITS] <= compare_feature;
        end
      end
    end
    if (SLICE_LANES > 1) begin : gen_index
      localparam INDEX_BITS = $clog2(SLICE_LANES);
      assign token_index = index[token[INDEX_BITS-1:0]];
    end else begin : gen_index
      assign token_index = index[0];
    end
  endgenerate
  always @(posedge clk_i) begin
    if (pack_sent) full_q <= 1'b0;
    if (pack_step) begin
      if (half_q == {HALF_BITS{1'b0}}) pack_q <= { {(8*BUS_BYTES-FEATURE_BITS){1'b0}}, token_index };
      else pack_q[16*half_q +: 16] <= { 4'd0, token_index };
      half_q   <= half_q + 1'b1;
      full_q   <= segment_end || (&half_q);
      packed_q <= segment_end;
    end
    if (state_q == TAKE) begin
      half_q   <= {HALF_BITS{1'b0}};
      packed_q <= 1'b0;
    end
    if (rst_i) full_q <= 1'b0;
  end

  assign word_wr_en_o      = spread_q;
  assign word_wr_slices_o  = spread_slices;
  assign word_wr_feature_o = base_i + spread_feature_q;
  assign word_wr_pass_o    = pass[PASS_BITS-1:0];
  assign word_wr_data_o    = {SLICES{spread_word}};
  assign word_rd_en_o      = state_q == GATHER;
  assign word_rd_feature_o = base_i + feature_q;
  assign word_rd_pass_o    = pass[PASS_BITS-1:0];
  assign wr_valid_o        = send_q || full_q;
  assign wr_data_o         = full_q ? pack_q : beat_kept;
  wire   run_filled        = row_filled && run_end;  // LOAD: a run has come in
  wire   run_sent          = !best_i ? row_sent && send_last_q : segment_end ? pack_sent && packed_q : pack_step && tile_end;
  wire   spread_end        = (state_q == SETTLE) && !store_i;
  wire   row_end           = (row_filled || (send_more && last_beat) || pack_step) && !run_end;
  wire   run_over          = spread_end || run_sent;

  always @(posedge clk_i) begin
    done_o           <= 1'b0;
    gather_q         <= word_rd_en_o;
    gather_feature_q <= feature_q;
    spread_q         <= spread_step;
    spread_feature_q <= feature_q;
    case (state_q)
      IDLE: begin
        slice_q         <= {SLICE_ID_BITS{1'b0}};
        position_q      <= {PLACE_BITS{1'b0}};
        feature_q       <= {FEATURE_BITS{1'b0}};
        segment_valid_q <= 1'b0;
        // The first tile holds rows of the first segment, whichever that is.
        if (start_i) state_q <= store_i ? GATHER : TAKE;
      end
      TAKE: if (queue_valid) begin
        segment_q       <= next_segment;
        segment_valid_q <= 1'b1;
        left_q          <= next_rows;
        slice_q         <= next_slice;
        position_q      <= next_position;
        feature_q       <= {FEATURE_BITS{1'b0}};
        state_q         <= !store_i ? FILL : same_tile ? SEND : GATHER;
      end else if (pick_q == IDLE) begin
        done_o  <= 1'b1;
        state_q <= IDLE;
      end
      FILL: begin
        if (fill_step) feature_q <= last_beat ? {FEATURE_BITS{1'b0}} : feature_q + BEAT_FEATURES;
        if (run_filled) state_q <= tile_end ? SPREAD : TAKE;
      end
      SPREAD: if (spread_step) begin
        feature_q <= last_word ? {FEATURE_BITS{1'b0}} : feature_q + 1'b1;
        if (last_word) state_q <= SETTLE;
      end
      GATHER: begin
        feature_q <= last_word ? {FEATURE_BITS{1'b0}} : feature_q + 1'b1;
        if (last_word) state_q <= SETTLE;
      end
      SETTLE: if (store_i && gathered) state_q <= segment_valid_q ? SEND : TAKE;
      SEND: if (send_more) feature_q <= last_beat ? {FEATURE_BITS{1'b0}} : feature_q + BEAT_FEATURES;
      default: state_q <= IDLE;
    endcase
    // A beat is at the staging file's output from the cycle after it was asked for until it is taken.
    if (send_step) begin
      send_q         <= !(send_q && send_last_q);
      send_feature_q <= feature_q;
      send_last_q    <= last_beat && run_end;
    end
    if (run_over) state_q <= segment_end ? TAKE : store_i ? GATHER : FILL;
    if (row_end || (run_over && !segment_end)) begin
      left_q     <= left_q - 1'b1;
      position_q <= slice_end ? {PLACE_BITS{1'b0}} : behind_row[PLACE_BITS-1:0];
      if (slice_end) slice_q <= slice_q + 1'b1;
    end
    if (rst_i) begin
      state_q  <= IDLE;
      done_o   <= 1'b0;
      gather_q <= 1'b0;
      spread_q <= 1'b0;
      send_q   <= 1'b0;
    end
  end
endmodule
`default_nettype wire
