// Bench of rows with a memory of beats and the words of a window: vector n is a LOAD, or a STORE of what was loaded, which
// writes the same rows to another place. The memory answers after a latency, several requests may wait for it, and requests
// and beats stall at random; of rows in, some are not what their CRC says.
//
// Vector   store, first row only, indices of the largest numbers only, outer, base, tokens in each slice, number of segments, then of
//          each segment slice, position, length, input, output, and last the tiles that are moved, most cycles when memory never
//          stalls (0: not looked at), the segments whose rows are bad (first in the high bits)
// Files    memory.hex before, want.hex after all of them
// Plusargs +seed=n; +pace=n: 0 memory waits when it likes, 1 never, 2 long
// Macros   VECTORS, BEATS, LATENCY, FEATURES (0, or features are gathered in multiples of it) and the parameters of the unit,
//          from tests/support/unit-bench.ts; AHEAD, ROW_CRC where the unit has such ports
// Errors   memory, words or map wrong; a tile moved twice; a segment not told with its rows; too slow; a row asked for while
//          another that was asked for by itself is on its way
`default_nettype none
module rows_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SLICES      = `SLICES;
  localparam SLICE_LANES = `SLICE_LANES;
  localparam PASSES      = `PASSES;
  localparam SEGMENTS    = `SEGMENTS;
  localparam BUS_BYTES   = `BUS_BYTES;
  localparam LANES       = SLICES * SLICE_LANES;
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam TS          = SLICE_LANES * PASSES;
  localparam VECTOR_BITS = 1 + 1 + 1 + `FEATURE_BITS + `FEATURE_BITS + `POSITION_BITS * SLICES + SEG_BITS + 1
      + SEGMENTS * (2 + `POSITION_BITS + `POSITION_BITS + 32 + 32) + `FEATURE_BITS + 32 + SEGMENTS;
  localparam WAITING     = 8;  // requests that may wait

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*BUS_BYTES-1:0] memory [0:`BEATS-1];
  reg [8*BUS_BYTES-1:0] want [0:`BEATS-1];
  reg [8*SLICE_LANES-1:0] words [0:(1<<`FEATURE_BITS)*PASSES*SLICES-1];
  reg [8*512-1:0]       path;
  reg [31:0]            seed;
  reg [31:0]            pace;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
    $readmemh("memory.hex", memory);
    $readmemh("want.hex", want);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  wire        at_once = pace == 32'd1;
  wire        seldom  = (pace == 32'd2) && (random_q[24:22] != 3'd0);

  reg  [31:0]                        index_q;
  wire                               store;
  wire                               first_row;
  wire                               best;
  wire [`FEATURE_BITS-1:0]           outer;
  wire [`FEATURE_BITS-1:0]           base;
  wire [`POSITION_BITS*SLICES-1:0]   slice_fill;
  wire [SEG_BITS:0]                  segments;
  wire [2*SEGMENTS-1:0]              seg_slice;
  wire [`POSITION_BITS*SEGMENTS-1:0] seg_position;
  wire [`POSITION_BITS*SEGMENTS-1:0] seg_length;
  wire [32*SEGMENTS-1:0]             seg_input;
  wire [32*SEGMENTS-1:0]             seg_output;
  wire [`FEATURE_BITS-1:0]           tiles_want;
  wire [31:0]                        cycles_want;
  wire [SEGMENTS-1:0]                bad_want;
  assign { store, first_row, best, outer, base, slice_fill, segments, seg_slice, seg_position, seg_length, seg_input, seg_output,
           tiles_want, cycles_want, bad_want } = vectors[index_q];
  wire [1:0]                find_slice;
  wire [`POSITION_BITS-1:0] find_position;
  wire [SEG_BITS-1:0]       found_segment;
  wire [`POSITION_BITS-1:0] found_length;
  wire [31:0]               found_input;
  wire [31:0]               found_output;
  segment_table #(.SEGMENTS(SEGMENTS)) u_table (
    .clk_i(clk_i), .segments_i(segments), .slice_i(seg_slice), .position_i(seg_position), .length_i(seg_length),
    .input_i(seg_input), .output_i(seg_output), .find_slice_i(find_slice), .find_position_i(find_position),
    .found_segment_o(found_segment), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output)
  );

  // ---- memory: requests wait in order, beats come a latency after their request ----
  wire                   rd_req_valid;
  wire [31:0]            rd_req_addr;
  wire [`SIZE_BITS-1:0]  rd_req_beats;
  wire                   rd_ready;
  wire                   wr_req_valid;
  wire [31:0]            wr_req_addr;
  wire [`SIZE_BITS-1:0]  wr_req_beats;
  wire [SEG_BITS-1:0]    wr_req_segment;
  wire                   wr_valid;
  wire [8*BUS_BYTES-1:0] wr_data;
  reg  [31:0]            now_q;
  reg  [31:0]            rd_beat [0:WAITING-1];
  reg  [`SIZE_BITS-1:0]  rd_left [0:WAITING-1];
  reg  [31:0]            rd_from [0:WAITING-1];
  reg                    rd_row [0:WAITING-1];  // one row, asked for by itself
  reg  [3:0]             rd_rows_q;
  reg  [3:0]             rd_head_q;
  reg  [3:0]             rd_tail_q;
  reg  [31:0]            wr_beat [0:WAITING-1];
  reg  [`SIZE_BITS-1:0]  wr_left [0:WAITING-1];
  reg  [3:0]             wr_head_q;
  reg  [3:0]             wr_tail_q;
  wire [2:0]             rd_at        = rd_head_q[2:0];
  wire [2:0]             wr_at        = wr_head_q[2:0];
  wire                   rd_some      = rd_head_q != rd_tail_q;
  wire                   wr_some      = wr_head_q != wr_tail_q;
  wire                   rd_req_ready = (rd_tail_q - rd_head_q != WAITING) && (at_once || (random_q[0] && !seldom));
  wire                   wr_req_ready = (wr_tail_q - wr_head_q != WAITING) && (at_once || (random_q[1] && !seldom));
  wire                   rd_valid     = rd_some && (now_q >= rd_from[rd_at]) && (at_once || ((random_q[3:2] != 2'd0) && !seldom));
  wire                   wr_ready     = wr_some && (at_once || ((random_q[5:4] != 2'd0) && !seldom));
  wire                   rd_last      = rd_valid && rd_ready && (rd_left[rd_at] == 1);
  wire                   rd_asked     = rd_req_valid && rd_req_ready;
  wire                   row_by_row;
  always @(posedge clk_i) begin
    now_q <= rst_i ? 32'd0 : now_q + 32'd1;
    if (rst_i) begin
      rd_head_q <= 4'd0;
      rd_rows_q <= 4'd0;
      rd_tail_q <= 4'd0;
      wr_head_q <= 4'd0;
      wr_tail_q <= 4'd0;
    end else begin
      if (rd_valid && rd_ready) begin
        rd_beat[rd_at] <= rd_beat[rd_at] + 32'd1;
        rd_left[rd_at] <= rd_left[rd_at] - 1'b1;
        if (rd_last) rd_head_q <= rd_head_q + 4'd1;
      end
      rd_rows_q <= rd_rows_q + (rd_asked && row_by_row && !store) - (rd_last && rd_row[rd_at]);
      if (rd_asked) begin
        rd_row[rd_tail_q[2:0]]  <= row_by_row && !store;
        rd_beat[rd_tail_q[2:0]] <= rd_req_addr / BUS_BYTES;
        rd_left[rd_tail_q[2:0]] <= rd_req_beats;
        rd_from[rd_tail_q[2:0]] <= now_q + `LATENCY;
        rd_tail_q <= rd_tail_q + 4'd1;
      end
      if (wr_valid && wr_ready) begin
        memory[wr_beat[wr_at]] <= wr_data;
        wr_beat[wr_at] <= wr_beat[wr_at] + 32'd1;
        wr_left[wr_at] <= wr_left[wr_at] - 1'b1;
        if (wr_left[wr_at] == 1) wr_head_q <= wr_head_q + 4'd1;
      end
      if (wr_req_valid && wr_req_ready) begin
        wr_beat[wr_tail_q[2:0]] <= wr_req_addr / BUS_BYTES;
        wr_left[wr_tail_q[2:0]] <= wr_req_beats;
        wr_tail_q <= wr_tail_q + 4'd1;
      end
    end
  end

  // ---- words ----
  wire                     word_wr_en;
  wire [SLICES-1:0]        word_wr_slices;
  wire [`FEATURE_BITS-1:0] word_wr_feature;
  wire [PASS_BITS-1:0]     word_wr_pass;
  wire [8*LANES-1:0]       word_wr_data;
  wire                     word_rd_en;
  wire [`FEATURE_BITS-1:0] word_rd_feature;
  wire [PASS_BITS-1:0]     word_rd_pass;
  reg  [8*LANES-1:0]       word_rd_data;
  integer                s;
  always @(posedge clk_i) begin
    for (s = 0; s < SLICES; s = s + 1) begin
      if (word_wr_en && word_wr_slices[s]) words[(word_wr_feature * PASSES + word_wr_pass) * SLICES + s] <= word_wr_data[8*SLICE_LANES*s +: 8*SLICE_LANES];
      if (word_rd_en) word_rd_data[8*SLICE_LANES*s +: 8*SLICE_LANES] <= words[(word_rd_feature * PASSES + word_rd_pass) * SLICES + s];
    end
  end

  // ---- unit ----
  reg                       start_q;
  wire                      busy;
  wire                      ended;
  wire [SEG_BITS-1:0]       rd_segment;
  wire                      map_wr_en;
  wire [1:0]                map_wr_slice;
  wire [`POSITION_BITS-1:0] map_wr_position;
  wire [SEG_BITS-1:0]       map_wr_segment;
  wire                      bad;
`ifdef AHEAD
  // Rows are asked for one by one, until the window of theirs begins.
  reg row_by_row_q;
  always @(posedge clk_i) row_by_row_q <= (start_q || row_by_row_q) && (random_q[13:7] != 7'd0) && !at_once;
  assign row_by_row = row_by_row_q;
`else
  assign row_by_row = 1'b0;
`endif
`ifndef ROW_CRC
  assign bad = 1'b0;
`endif
  trex_rows #(
    .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .SEGMENTS(SEGMENTS), .BUS_BYTES(BUS_BYTES), .ADDR_BITS(32)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(start_q), .store_i(store), .outer_i(outer), .base_i(base), .first_row_i(first_row), .best_i(best),
`ifdef AHEAD
    .ahead_i(row_by_row),
`endif
`ifdef ROW_CRC
    .crc_bad_o(bad),
`endif
    .busy_o(busy), .done_o(ended), .slice_fill_i(slice_fill), .find_slice_o(find_slice), .find_position_o(find_position),
    .found_segment_i(found_segment), .found_length_i(found_length), .found_input_i(found_input), .found_output_i(found_output),
    .rd_req_valid_o(rd_req_valid), .rd_req_ready_i(rd_req_ready), .rd_req_addr_o(rd_req_addr), .rd_req_beats_o(rd_req_beats),
    .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(rd_valid ? memory[rd_beat[rd_at]] : {8*BUS_BYTES{1'bx}}), .rd_segment_o(rd_segment),
    .wr_req_valid_o(wr_req_valid), .wr_req_ready_i(wr_req_ready), .wr_req_addr_o(wr_req_addr), .wr_req_beats_o(wr_req_beats),
    .wr_req_segment_o(wr_req_segment), .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_data_o(wr_data),
    .map_wr_en_o(map_wr_en), .map_wr_slice_o(map_wr_slice), .map_wr_position_o(map_wr_position), .map_wr_segment_o(map_wr_segment),
    .word_wr_en_o(word_wr_en), .word_wr_slices_o(word_wr_slices), .word_wr_feature_o(word_wr_feature), .word_wr_pass_o(word_wr_pass),
    .word_wr_data_o(word_wr_data), .word_rd_en_o(word_rd_en), .word_rd_feature_o(word_rd_feature), .word_rd_pass_o(word_rd_pass),
    .word_rd_data_i(word_rd_data)
  );

  // ---- what a run must be ----
  wire [31:0]               row_beats   = (outer + BUS_BYTES - 1) / BUS_BYTES;
  wire [31:0]               gathered    = (`FEATURES == 0) ? outer : (outer + `FEATURES - 1) / `FEATURES * `FEATURES;
  reg  [`POSITION_BITS-1:0] mapped_q [0:SEGMENTS-1];  // rows of a segment in the map
  reg  [31:0]               spread_n;
  reg  [31:0]               gather_n;
  // Of the beat that comes, how far it lies behind the rows of its segment's begin.
  wire [31:0] beat_behind = rd_beat[rd_at] - seg_input[32*rd_segment +: 32] / BUS_BYTES;
  wire [31:0] rows_long   = { {(32-`POSITION_BITS){1'b0}}, seg_length[`POSITION_BITS*rd_segment +: `POSITION_BITS] } * row_beats;
`ifdef ROW_CRC
  wire        beat_wrong  = (rd_segment >= segments) || (beat_behind > rows_long);
`else
  wire        beat_wrong  = (rd_segment >= segments) || (beat_behind >= rows_long);
`endif
  wire [31:0] place_now   = map_wr_slice * TS + map_wr_position;
  wire [31:0] place_want  = seg_slice[2*map_wr_segment +: 2] * TS + seg_position[`POSITION_BITS*map_wr_segment +: `POSITION_BITS] + mapped_q[map_wr_segment];
  wire        map_wrong   = map_wr_en && (store || (map_wr_segment >= segments) || (place_now !== place_want));
  wire        asked_wrong = wr_req_valid && wr_req_ready && ((wr_req_segment >= segments) || (seg_output[32*wr_req_segment +: 32] !== wr_req_addr));
  wire        told_wrong  = (rd_valid && rd_ready && beat_wrong) || asked_wrong || map_wrong || (rd_asked && row_by_row && (rd_rows_q != 4'd0));
  integer     g, r, f, place;
  reg         map_short;
  reg         words_wrong;
  reg [8*SLICE_LANES-1:0] word;
  reg [8*BUS_BYTES-1:0]   row_beat;
  task check_run;
    begin
      map_short   = 1'b0;
      words_wrong = 1'b0;
      for (g = 0; g < segments; g = g + 1) begin
        if (mapped_q[g] != (store ? {`POSITION_BITS{1'b0}} : seg_length[`POSITION_BITS*g +: `POSITION_BITS])) map_short = 1'b1;
        for (r = 0; !store && (r < seg_length[`POSITION_BITS*g +: `POSITION_BITS]); r = r + 1) begin
          for (f = 0; f < outer; f = f + 1) begin
            place    = seg_slice[2*g +: 2] * TS + seg_position[`POSITION_BITS*g +: `POSITION_BITS] + r;
            word     = words[((base + f) * PASSES + place % TS / SLICE_LANES) * SLICES + place / TS];
            row_beat = memory[seg_input[32*g +: 32] / BUS_BYTES + r * row_beats + f / BUS_BYTES];
            if (word[8*(place % SLICE_LANES) +: 8] !== row_beat[8*(f % BUS_BYTES) +: 8]) words_wrong = 1'b1;
          end
        end
      end
    end
  endtask

  // ---- one vector after the other; all of memory at the end ----
  reg  [2:0]             rest_q;
  reg                    run_q;
  reg                    checking_q;
  reg  [31:0]            beat_q;
  reg  [31:0]            waited_q;
  reg  [SEGMENTS-1:0]    bad_q;
  reg                    twice_q;    // the same rows are called bad again
  wire                   left_over   = rd_some || wr_some || busy;
  wire                   moved_wrong = (spread_n !== (store ? 32'd0 : tiles_want * outer)) || (gather_n !== (store ? tiles_want * gathered : 32'd0));
  wire                   slow        = at_once && (cycles_want != 32'd0) && (waited_q > cycles_want);
  always @(posedge clk_i) begin
    start_q <= 1'b0;
    if (bad) begin
      bad_q[rd_segment] <= 1'b1;
      twice_q <= twice_q || bad_q[rd_segment];
    end
    if (map_wr_en && (map_wr_segment < segments)) mapped_q[map_wr_segment] <= mapped_q[map_wr_segment] + 1'b1;
    if (word_wr_en) spread_n <= spread_n + 32'd1;
    if (word_rd_en) gather_n <= gather_n + 32'd1;
    if (rst_i) begin
      index_q    <= 32'd0;
      rest_q     <= 3'd0;
      run_q      <= 1'b0;
      checking_q <= 1'b0;
      beat_q     <= 32'd0;
      waited_q   <= 32'd0;
      bad_q      <= {SEGMENTS{1'b0}};
      twice_q    <= 1'b0;
      done_o     <= 1'b0;
      errors_o   <= 32'd0;
    end else if (checking_q) begin
      if (memory[beat_q] !== want[beat_q]) errors_o <= errors_o + 32'd1;
      beat_q <= beat_q + 32'd1;
      if (beat_q == `BEATS - 1) begin
        done_o     <= 1'b1;
        checking_q <= 1'b0;
      end
    end else if (!done_o && run_q) begin
      waited_q <= waited_q + 32'd1;
      if (told_wrong) errors_o <= errors_o + 32'd1;
      if (ended) begin
        run_q  <= 1'b0;
        rest_q <= 3'd4;
      end else if (waited_q == 32'd20000) begin
        errors_o <= errors_o + 32'd1;
        done_o   <= 1'b1;
      end
    end else if (!done_o && (rest_q != 3'd0)) begin
      rest_q <= rest_q - 3'd1;
      if (rest_q == 3'd1) begin
        check_run;
        if (left_over || (bad_q !== bad_want) || twice_q || map_short || words_wrong || moved_wrong || slow) errors_o <= errors_o + 32'd1;
        if (index_q == `VECTORS - 1) checking_q <= 1'b1;
        else index_q <= index_q + 32'd1;
      end
    end else if (!done_o) begin
      start_q  <= 1'b1;
      run_q    <= 1'b1;
      waited_q <= 32'd0;
      bad_q    <= {SEGMENTS{1'b0}};
      twice_q  <= 1'b0;
      spread_n <= 32'd0;
      gather_n <= 32'd0;
      for (s = 0; s < SEGMENTS; s = s + 1) mapped_q[s] <= {`POSITION_BITS{1'b0}};
    end
  end
endmodule
`default_nettype wire
