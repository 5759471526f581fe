// Window former: the look-ahead queue, and the walk over it that fills a window with segments. The oldest entry is always taken, a
// later one when the policy allows it and it fits beside those taken before.
//
//   segment    token places of one request that follow each other: first slice, position in it, length
//   policy     single, uniform, packed   whole slices, from 0 upwards
//              tokens                    behind what lies in a slice; longer than a slice: whole empty ones, and the rest of its last
//                                        one is open to others
//
// One entry is looked at in a cycle; those left are written back closed up. All entries before the last one taken have
// been passed over, and they lie at the front, so their number is kept and added when they are looked at again.
//
// Layout   slice s of the window in field s of each bus
// Timing   form_i when nothing is being formed and the queue is not empty; the policy of that cycle counts. formed_o pulses when the
//          table is complete, but for squares_o, which is right a cycle later; it holds until the next form_i
//          found_* two cycles after find_*, done_* one cycle after done_segment_i
// Reset    control only
// Golden   generator/batch/form-windows.ts; docs/chip.md, "Forming windows" and "Window table"
`default_nettype none
module trex_window_former #(
  // Made with the configuration; do not override.
  parameter SLICES      = 4,  // of the window table
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  parameter ADDR_BITS   = 32,  // of a byte address
  parameter LOOKAHEAD   = 32,  // entries of the queue
  parameter SEGMENTS    = 32,  // most requests of a window
  parameter PASS_OVER   = 8,  // windows in which an entry may be passed over, 1 .. 255
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SLOT_BITS = 16,  // of the place of a descriptor in the ring
  parameter SQUARES_BITS = 24,  // of the sum of the squares of all lengths of a window
  parameter GROUPS_BITS = 3,  // of a number of slices
  parameter POLICY_BITS = 2,  // of how windows are filled
  parameter PASSED_BITS = 8,  // of in how many windows a request was passed over
  parameter REQUEST_TAG_BITS = 32,  // of what a host knows a request by
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1,
  parameter COUNT_BITS  = $clog2(LOOKAHEAD + 1)
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire [POLICY_BITS-1:0]          policy_i,
  // queue
  input  wire                            entry_valid_i,
  output wire                            entry_ready_o,
  input  wire [SLOT_BITS-1:0]            entry_slot_i,
  input  wire [POSITION_BITS-1:0]        entry_length_i,
  input  wire [ADDR_BITS-1:0]            entry_input_i,
  input  wire [ADDR_BITS-1:0]            entry_output_i,
  input  wire [REQUEST_TAG_BITS-1:0]      entry_tag_i,
  output wire                            empty_o,
  output wire                            room_o,
  // window
  input  wire                            form_i,
  output reg                             formed_o,
  output wire [SEG_BITS:0]               segments_o,
  output wire [POSITION_BITS*SLICES-1:0] slice_fill_o,      // tokens in each slice
  output wire [SLICE_ID_BITS*SLICES-1:0] slice_first_o,     // first slice of the request longer than a slice that lies in it, else itself
  output wire [GROUPS_BITS-1:0]          groups_o,          // most slices of one request
  output wire [POSITION_BITS-1:0]        slice_keys_o,      // tokens of the fullest slice
  output wire [PASS_BITS-1:0]            last_pass_o,
  output wire [SQUARES_BITS-1:0]         squares_o,         // sum of the squares of all lengths
  // what lies where a segment begins
  input  wire [SLICE_ID_BITS-1:0]        find_slice_i,
  input  wire [POSITION_BITS-1:0]        find_position_i,
  output wire [SEG_BITS-1:0]             found_segment_o,
  output wire [POSITION_BITS-1:0]        found_length_o,
  output wire [ADDR_BITS-1:0]            found_input_o,
  output wire [ADDR_BITS-1:0]            found_output_o,
  // whose request a segment is, of the window in work
  input  wire [SEG_BITS-1:0]             done_segment_i,
  output wire [REQUEST_TAG_BITS-1:0]     done_tag_o,
  output wire [SLOT_BITS-1:0]            done_slot_o
);
`ifndef SYNTHESIS
  initial begin
    if ((LOOKAHEAD < 1) || ((LOOKAHEAD & (LOOKAHEAD - 1)) != 0)) begin
      $display("%m: LOOKAHEAD = %0d: must be a power of two, 1 or more", LOOKAHEAD); $finish;
    end
    if ((PASS_OVER < 1) || (PASS_OVER > 255)) begin
      $display("%m: PASS_OVER = %0d: must be 1 .. 255", PASS_OVER); $finish;
    end
  end
`endif

  localparam [1:0] POLICY_SINGLE = 2'd0, POLICY_UNIFORM = 2'd1, POLICY_TOKENS = 2'd3;
  localparam TOKENS        = SLICES * SLICE_LANES * PASSES;  // of the window, the longest request
  localparam LENGTH_BITS   = $clog2(TOKENS + 1);
  localparam FILL_BITS     = $clog2(SLICE_LANES * PASSES + 1);
  localparam [LENGTH_BITS+1:0] SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam [LENGTH_BITS+1:0] TWICE        = 2 * SLICE_LANES * PASSES;
  localparam [LENGTH_BITS+1:0] THRICE       = 3 * SLICE_LANES * PASSES;
  localparam [3:0]  SLICES_4     = SLICES;
  localparam [PASSED_BITS-1:0] MOST_PASSED = PASS_OVER;
  localparam [COUNT_BITS-1:0] ALL = LOOKAHEAD;
  localparam [COUNT_BITS-1:0] ONE = 1;
  localparam [SEG_BITS:0] SEGMENTS_FULL = SEGMENTS;
  localparam LANE_SHIFT    = $clog2(SLICE_LANES);
  localparam AT_BITS       = (LOOKAHEAD > 1) ? $clog2(LOOKAHEAD) : 1;
  localparam ENTRY_BITS    = 8 + SLOT_BITS + LENGTH_BITS + 2 * ADDR_BITS + 32;

  // ---- queue: entry 0 is the oldest ----
  reg  [COUNT_BITS-1:0] count_q;
  reg                   walk_q;      // read addresses are going out
  reg                   look_q;      // the entry at look_at_q is at the memory's output
  wire                  read    = walk_q;
  reg  [COUNT_BITS-1:0] walk_at_q;
  reg  [COUNT_BITS-1:0] look_at_q;
  reg  [COUNT_BITS-1:0] keep_at_q;   // where the next entry that is left goes
  reg  [COUNT_BITS-1:0] passed_q;    // entries before this one were passed over by the last window
  reg  [COUNT_BITS-1:0] passing_q;   // the same for the window being formed
  reg  [COUNT_BITS-1:0] longs_q;     // entries longer than a slice
  wire                  push    = entry_valid_i && entry_ready_o;
  wire                  walking = walk_q || look_q;
  wire                  keep;
  wire                  take;
  wire [ENTRY_BITS-1:0] looked;
  wire [LENGTH_BITS-1:0] entry_length = entry_length_i[LENGTH_BITS-1:0];
  wire                  unused_length = &{ 1'b0, entry_length_i };
  wire [ENTRY_BITS-1:0] entry   = { {PASSED_BITS{1'b0}}, entry_slot_i, entry_length, entry_input_i, entry_output_i, entry_tag_i };
  wire [PASSED_BITS-1:0] passed_before;
  wire [SLOT_BITS-1:0]  slot;
  wire [LENGTH_BITS-1:0] length;
  wire [ADDR_BITS-1:0]  in_addr;
  wire [ADDR_BITS-1:0]  out_addr;
  wire [REQUEST_TAG_BITS-1:0] tag;
  assign { passed_before, slot, length, in_addr, out_addr, tag } = looked;
  wire [PASSED_BITS-1:0] passed = passed_before + { {(PASSED_BITS-1){1'b0}}, look_at_q < passed_q };

  assign empty_o       = count_q == {COUNT_BITS{1'b0}};
  assign room_o        = count_q != ALL;
  assign entry_ready_o = room_o && !walking && !form_i;

  trex_ram_1r1w #(.WORD_BITS(ENTRY_BITS), .DEPTH(LOOKAHEAD), .LANE_BITS(ENTRY_BITS), .DISTRIBUTED(1)) u_queue (
    .clk_i(clk_i),
    .wr_en_i(push || keep), .wr_addr_i(push ? count_q[AT_BITS-1:0] : keep_at_q[AT_BITS-1:0]), .wr_lanes_i(1'b1),
    .wr_data_i(push ? entry : { passed, slot, length, in_addr, out_addr, tag }),
    .rd_en_i(read), .rd_addr_i(walk_at_q[AT_BITS-1:0]), .rd_data_o(looked)
  );

  // ---- where the entry at hand fits ----
  reg  [POLICY_BITS-1:0]      policy_q;    // of the window being formed
  reg  [2:0]                  next_q;      // whole slices given so far
  reg  [2:0]                  class_q;     // slices of the oldest one; classes of 3 and 4 fit nobody else, so they need not be joined
  reg  [SEG_BITS:0]           segments_q;
  reg  [FILL_BITS*SLICES-1:0] fill_q;
  reg                         stop_q;      // an entry that must not be passed over has been left
  wire        oldest   = look_at_q == {COUNT_BITS{1'b0}};
  wire        last     = look_at_q + ONE == count_q;
  wire [LENGTH_BITS+1:0] tokens = { 2'd0, length };
  wire [2:0]  over     = { tokens > THRICE, tokens > TWICE, tokens > SLICE_TOKENS };
  wire [LENGTH_BITS+1:0] rest = tokens - (over[2] ? THRICE : over[1] ? TWICE : over[0] ? SLICE_TOKENS : {(LENGTH_BITS+2){1'b0}});
  wire [2:0]  longer;    // longer than a slice, than two, than three
  wire        over_1   = longer[0];
  wire        over_2   = longer[1];
  wire        over_3   = longer[2];
  wire [LENGTH_BITS+1:0] tail;  // what lies in its last slice
  wire [2:0]  parts    = over[2] ? 3'd4 : over[1] ? 3'd3 : over[0] ? 3'd2 : 3'd1;  // slices that it lies in
  wire [3:0]  reaches  = { 1'b0, next_q } + { 1'b0, parts };  // at most 8
  wire [2:0]  count;   // the same of the entry that is taken or left
  wire [3:0]  behind;
  wire        allowed  = (policy_q == POLICY_SINGLE) ? 1'b0 : (policy_q == POLICY_UNIFORM) ? (count == class_q) : 1'b1;
  wire        by_token = policy_q == POLICY_TOKENS;

  // Every slice by itself, so that nothing waits for the choice but a multiplexer: what it would hold, whether that fits, whether a long
  // request may begin here, and whether it is the emptiest.
  wire [SLICES+2:0]           none;        // there is none behind the last
  wire [SLICES-1:0]           fits_here;
  wire [SLICES-1:0]           run_here;
  wire [SLICES-1:0]           least;
  wire [FILL_BITS*SLICES-1:0] sums;
  assign none[SLICES+2:SLICES] = 3'd0;
  genvar s, o;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_fit
      wire [FILL_BITS-1:0]   fill = fill_q[FILL_BITS*s +: FILL_BITS];
      wire [LENGTH_BITS+1:0] sum  = tokens + { {(LENGTH_BITS+2-FILL_BITS){1'b0}}, fill };
      wire [SLICES-1:0]      less;  // than slice o
      assign none[s] = fill == {FILL_BITS{1'b0}};
      assign fits_here[s] = sum <= SLICE_TOKENS;
      assign run_here[s]  = over[0] && none[s] && none[s+1] && (!over[1] || none[s+2]) && (!over[2] || none[s+3]);
      for (o = 0; o < SLICES; o = o + 1) begin : gen_less
        if (o < s) begin : gen_lower
          assign less[o] = fill < fill_q[FILL_BITS*o +: FILL_BITS];
        end else begin : gen_higher
          assign less[o] = fill <= fill_q[FILL_BITS*o +: FILL_BITS];
        end
      end
      assign least[s] = &less;
      assign sums[FILL_BITS*s +: FILL_BITS] = sum[FILL_BITS-1:0];
      wire unused_sum = &{ 1'b0, sum };
    end
  endgenerate

  wire [SLICES-1:0]           fits     = fits_here;
  wire [SLICES-1:0]           run      = run_here;
  wire [SLICES-1:0]           emptiest = least;
  wire [FILL_BITS*SLICES-1:0] filled   = sums;
  assign longer = over;
  assign tail   = rest;
  assign count  = parts;
  assign behind = reaches;

  // The slice it begins in: one bit.
  wire              by_lowest = over_1 || (longs_q != {COUNT_BITS{1'b0}});
  wire [SLICES-1:0] may       = run | fits;
  wire [SLICES-1:0] lowest;
  wire [SLICES-1:0] chosen    = by_lowest ? lowest : emptiest & fits;
  wire [SLICES-1:0] behind_those;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_whole
      localparam [2:0] SLICE = s;
      if (s == 0) begin : gen_lowest
        assign lowest[s] = may[s];
      end else begin : gen_lowest
        assign lowest[s] = may[s] && !(|may[s-1:0]);
      end
      assign behind_those[s] = oldest ? (s == 0) : (next_q == SLICE);
    end
  endgenerate
  wire [SLICES-1:0] begins = by_token ? chosen : behind_those;

  assign take = look_q && (oldest || (allowed && !stop_q && (segments_q != SEGMENTS_FULL) && (by_token ? (|chosen) : (behind <= SLICES_4))));
  assign keep = look_q && !take;

  // ---- the walk ----
  always @(posedge clk_i) begin
    formed_o  <= look_q && last;
    look_at_q <= walk_at_q;
    if (read) walk_at_q <= walk_at_q + ONE;
    if (look_q) begin
      if (oldest) class_q <= count;
      if (take) begin
        next_q     <= oldest ? count : behind[2:0];
        passing_q  <= keep_at_q;
        segments_q <= segments_q + 1'b1;
      end else begin
        keep_at_q <= keep_at_q + ONE;
        if (passed == MOST_PASSED) stop_q <= 1'b1;
      end
    end
    if (form_i) begin
      policy_q   <= policy_i;
      walk_at_q  <= {COUNT_BITS{1'b0}};
      keep_at_q  <= {COUNT_BITS{1'b0}};
      passing_q  <= {COUNT_BITS{1'b0}};
      stop_q     <= 1'b0;
      next_q     <= 3'd0;
      segments_q <= {(SEG_BITS+1){1'b0}};
    end
    if (look_q && last) begin
      count_q  <= take ? keep_at_q : keep_at_q + ONE;
      passed_q <= take ? keep_at_q : passing_q;
    end
    if (take && over_1) longs_q <= longs_q - ONE;
    if (push) begin
      count_q <= count_q + ONE;
      if ({ 2'd0, entry_length } > SLICE_TOKENS) longs_q <= longs_q + ONE;
    end
    walk_q <= form_i || (walk_q && (walk_at_q + ONE != count_q));
    look_q <= walk_q;
    if (rst_i) begin
      count_q  <= {COUNT_BITS{1'b0}};
      passed_q <= {COUNT_BITS{1'b0}};
      longs_q  <= {COUNT_BITS{1'b0}};
      walk_q   <= 1'b0;
      look_q   <= 1'b0;
      formed_o <= 1'b0;
    end
  end

  // ---- window table ----
  reg  [GROUPS_BITS-1:0] groups_q;
  reg  [FILL_BITS-1:0]   keys_q;
  reg                    square_q;
  reg  [LENGTH_BITS-1:0] length_q;
  reg  [SQUARES_BITS-1:0] squares_q;
  wire [2*LENGTH_BITS-1:0] square = { {LENGTH_BITS{1'b0}}, length_q } * { {LENGTH_BITS{1'b0}}, length_q };
  reg  [SLICE_ID_BITS-1:0] first;
  reg  [FILL_BITS-1:0]   position;
  reg  [FILL_BITS-1:0]   short_keys;
  integer i;
  always @* begin
    first      = {SLICE_ID_BITS{1'b0}};
    position   = {FILL_BITS{1'b0}};
    short_keys = {FILL_BITS{1'b0}};
    for (i = 0; i < SLICES; i = i + 1) begin
      first      = first | (begins[i] ? i[SLICE_ID_BITS-1:0] : {SLICE_ID_BITS{1'b0}});
      position   = position | (fill_q[FILL_BITS*i +: FILL_BITS] & {FILL_BITS{begins[i]}});  // 0 of a long one
      short_keys = short_keys | (filled[FILL_BITS*i +: FILL_BITS] & {FILL_BITS{begins[i]}});
    end
  end
  wire [FILL_BITS-1:0] keys = over_1 ? SLICE_TOKENS[FILL_BITS-1:0] : short_keys;
  always @(posedge clk_i) begin
    square_q <= take;
    length_q <= length;
    if (take) begin
      if (oldest || (count > groups_q)) groups_q <= count;
      if (oldest || (keys > keys_q)) keys_q <= keys;
    end
    if (square_q) squares_q <= squares_q + { {(SQUARES_BITS-2*LENGTH_BITS){1'b0}}, square };
    if (form_i) squares_q <= {SQUARES_BITS{1'b0}};
    if (rst_i) square_q <= 1'b0;
  end
  wire [FILL_BITS-1:0]     last_key  = keys_q - 1'b1;
  wire [POSITION_BITS-1:0] last_pass = { {(POSITION_BITS-FILL_BITS){1'b0}}, last_key } >> LANE_SHIFT;
  wire                     unused_pass = &{ 1'b0, last_pass, tail };
  assign segments_o   = segments_q;
  assign groups_o     = groups_q;
  assign slice_keys_o = { {(POSITION_BITS-FILL_BITS){1'b0}}, keys_q };
  assign last_pass_o  = last_pass[PASS_BITS-1:0];
  assign squares_o    = squares_q;

  // The slices of the entry at hand: where it begins and those behind it, and its last one.
  wire [SLICES-1:0] second = begins << 1;
  wire [SLICES-1:0] third  = begins << 2;
  wire [SLICES-1:0] fourth = begins << 3;
  wire [SLICES-1:0] here   = begins | (second & {SLICES{over_1}}) | (third & {SLICES{over_2}}) | (fourth & {SLICES{over_3}});
  wire [SLICES-1:0] ends   = over_3 ? fourth : over_2 ? third : over_1 ? second : begins;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      localparam [SLICE_ID_BITS-1:0] SLICE = s;
      reg  [SLICE_ID_BITS-1:0] first_q;
      wire [FILL_BITS-1:0] part = !over_1 ? filled[FILL_BITS*s +: FILL_BITS] : ends[s] ? tail[FILL_BITS-1:0] : SLICE_TOKENS[FILL_BITS-1:0];
      always @(posedge clk_i) begin
        if (take && here[s]) begin
          fill_q[FILL_BITS*s +: FILL_BITS] <= part;
          if (over_1) first_q <= first;
        end
        if (rst_i || form_i) begin
          fill_q[FILL_BITS*s +: FILL_BITS] <= {FILL_BITS{1'b0}};
          first_q                          <= SLICE;
        end
      end
      assign slice_first_o[SLICE_ID_BITS*s +: SLICE_ID_BITS]  = first_q;
      assign slice_fill_o[POSITION_BITS*s +: POSITION_BITS] = { {(POSITION_BITS-FILL_BITS){1'b0}}, fill_q[FILL_BITS*s +: FILL_BITS] };
    end
  endgenerate

  // ---- what each segment is ----
  wire [SEG_BITS-1:0] segment;    // that begins at the place asked for
  reg  [SEG_BITS-1:0] segment_q;
  always @(posedge clk_i) segment_q <= segment;
  assign found_segment_o = segment_q;
  // A place of the window, as an address.
  localparam LOCAL_BITS = (SLICE_LANES * PASSES > 1) ? $clog2(SLICE_LANES * PASSES) : 1;
  localparam PLACE_BITS = $clog2(SLICES) + LOCAL_BITS;
  wire [LOCAL_BITS+1:0] begin_place = { first, position[LOCAL_BITS-1:0] };
  wire [LOCAL_BITS+1:0] find_place  = { find_slice_i, find_position_i[LOCAL_BITS-1:0] };
  wire unused_place = &{ 1'b0, position, begin_place, find_place, find_position_i };
  localparam SIDE_BITS = 0;
  wire [PLACE_BITS-1:0] begin_at = begin_place[PLACE_BITS-1:0];
  wire [PLACE_BITS-1:0] find_at  = find_place[PLACE_BITS-1:0];
  wire [SEG_BITS-1:0]   write_at = segments_q[SEG_BITS-1:0];
  wire [SEG_BITS-1:0]   read_at  = segment;
  wire [SEG_BITS-1:0]   done_at  = done_segment_i;

  trex_ram_1r1w #(.WORD_BITS(SEG_BITS), .DEPTH(1 << (PLACE_BITS + SIDE_BITS)), .LANE_BITS(SEG_BITS), .DISTRIBUTED(1)) u_begins (
    .clk_i(clk_i),
    .wr_en_i(take), .wr_addr_i(begin_at), .wr_lanes_i(1'b1), .wr_data_i(segments_q[SEG_BITS-1:0]),
    .rd_en_i(1'b1), .rd_addr_i(find_at), .rd_data_o(segment)
  );
  localparam ROWS_BITS = LENGTH_BITS + 2 * ADDR_BITS;
  trex_ram_1r1w #(.WORD_BITS(ROWS_BITS), .DEPTH(1 << (SEG_BITS + SIDE_BITS)), .LANE_BITS(ROWS_BITS), .DISTRIBUTED(1)) u_segments (
    .clk_i(clk_i),
    .wr_en_i(take), .wr_addr_i(write_at), .wr_lanes_i(1'b1), .wr_data_i({ length, in_addr, out_addr }),
    .rd_en_i(1'b1), .rd_addr_i(read_at), .rd_data_o({ found_length_o[LENGTH_BITS-1:0], found_input_o, found_output_o })
  );
  assign found_length_o[POSITION_BITS-1:LENGTH_BITS] = {(POSITION_BITS-LENGTH_BITS){1'b0}};
  trex_ram_1r1w #(.WORD_BITS(32 + SLOT_BITS), .DEPTH(1 << (SEG_BITS + SIDE_BITS)), .LANE_BITS(32 + SLOT_BITS), .DISTRIBUTED(1)) u_requests (
    .clk_i(clk_i),
    .wr_en_i(take), .wr_addr_i(write_at), .wr_lanes_i(1'b1), .wr_data_i({ tag, slot }),
    .rd_en_i(1'b1), .rd_addr_i(done_at), .rd_data_o({ done_tag_o, done_slot_o })
  );
endmodule
`default_nettype wire
