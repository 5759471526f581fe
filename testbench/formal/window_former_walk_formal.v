// What window_former takes from its queue and where it lays it, against a naive walk that does all in one step, for every sequence of entries,
// of windows with any policy and of resets.
//
//   0  segments, slice_fill, slice_first and both ports are those of the naive walk over the queue: greedy, in order, and
//      no request is lost, doubled or changed
//
// Given    form_i as its timing says; lengths from 1 to all slices
// Data     one free bit of each field: nothing looks at them, and all bits of a field go the same way
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module window_former_walk_formal #(
  parameter SLICES      = `SLICES,
  parameter SLICE_LANES = `SLICE_LANES,
  parameter PASSES      = `PASSES,
  parameter LOOKAHEAD   = `LOOKAHEAD,  // at most 7
  parameter SEGMENTS    = `SEGMENTS,
  parameter PASS_OVER   = `PASS_OVER,
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS    = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1,
  parameter LENGTH_BITS = $clog2(SLICES * SLICE_LANES * PASSES)
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire [`POLICY_BITS-1:0] policy_i,
  input  wire                   push_i,
  input  wire [LENGTH_BITS-1:0] less_i,  // length - 1
  input  wire [3:0]             data_i,
  input  wire                   form_i,
  input  wire [SEG_BITS-1:0]    segment_i,  // the segment that is looked at, from reset to reset
  output wire                   bad_o
);
  localparam ADDR_BITS = 4;
  localparam BITS      = LENGTH_BITS + 2;          // of lengths, fills and positions, and of their sums
  localparam OVER_BITS = $clog2(PASS_OVER + 2);
  localparam [BITS-1:0] SLICE_TOKENS = SLICE_LANES * PASSES;

  wire                             ready, empty, room, formed;
  wire [SEG_BITS:0]                segments;
  wire [`POSITION_BITS*SLICES-1:0] fill;
  wire [2*SLICES-1:0]              first;
  wire [`GROUPS_BITS-1:0]          groups;
  wire [`POSITION_BITS-1:0]        keys;
  wire [PASS_BITS-1:0]             last_pass;
  wire [`SQUARES_BITS-1:0]         squares;
  wire [SEG_BITS-1:0]              found;
  wire [`POSITION_BITS-1:0]        found_length;
  wire [ADDR_BITS-1:0]             found_input, found_output;
  wire [31:0]                      done_tag;
  wire [15:0]                      done_slot;
  reg                              forming_q = 1'b0;
  reg                              table_q = 1'b0;  // the table is complete
  reg  [2:0]                       shown_q = 3'd0;  // cycles since then, 4 and more
  reg  [2:0]                       inside_q = 3'd0; // entries in the queue
  reg  [SEG_BITS-1:0]              pick_q = {SEG_BITS{1'b0}};
  reg                              begun_q = 1'b0;  // a reset has been
  wire                             form   = form_i && !forming_q && !empty;
  wire                             push   = push_i && ready;
  wire [2:0]                       inside = formed ? inside_q - segments : inside_q;
  wire [`POSITION_BITS-1:0]        entry_length = { {(`POSITION_BITS-LENGTH_BITS){1'b0}}, less_i } + 1'b1;
  wire [1:0]                       find_slice;
  wire [`POSITION_BITS-1:0]        find_position;
  trex_window_former #(
    .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .ADDR_BITS(ADDR_BITS), .LOOKAHEAD(LOOKAHEAD), .SEGMENTS(SEGMENTS), .PASS_OVER(PASS_OVER)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .policy_i(policy_i),
    .entry_valid_i(push_i), .entry_ready_o(ready), .entry_slot_i({ 15'd0, data_i[0] }), .entry_length_i(entry_length),
    .entry_input_i({ 3'd0, data_i[1] }), .entry_output_i({ 3'd0, data_i[2] }), .entry_tag_i({ 31'd0, data_i[3] }),
    .empty_o(empty), .room_o(room), .form_i(form), .formed_o(formed),
    .segments_o(segments), .slice_fill_o(fill), .slice_first_o(first), .groups_o(groups), .slice_keys_o(keys), .last_pass_o(last_pass),
    .squares_o(squares),
    .find_slice_i(find_slice), .find_position_i(find_position),
    .found_segment_o(found), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output),
    .done_segment_i(pick_q), .done_tag_o(done_tag), .done_slot_o(done_slot)
  );

  function [2:0] slices_of(input [BITS-1:0] tokens);
    slices_of = (tokens > 3 * SLICE_TOKENS) ? 3'd4 : (tokens > 2 * SLICE_TOKENS) ? 3'd3 : (tokens > SLICE_TOKENS) ? 3'd2 : 3'd1;
  endfunction
  function [2:0] class_of(input [2:0] count);
    class_of = (count == 3'd3) ? 3'd4 : count;
  endfunction

  // ---- the naive queue, and its walk in one step; entry 0 is the oldest ----
  reg  [LOOKAHEAD*BITS-1:0]      length_q = {(LOOKAHEAD*BITS){1'b0}};
  reg  [LOOKAHEAD*4-1:0]         data_q = {(LOOKAHEAD*4){1'b0}};
  reg  [LOOKAHEAD*OVER_BITS-1:0] over_q = {(LOOKAHEAD*OVER_BITS){1'b0}};  // windows in which it was passed over
  reg  [LOOKAHEAD*BITS-1:0]      rest_length;
  reg  [LOOKAHEAD*4-1:0]         rest_data;
  reg  [LOOKAHEAD*OVER_BITS-1:0] rest_over;
  reg  [2:0]              want_segments, want_segments_q;
  reg  [BITS*SLICES-1:0]  want_fill, want_fill_q;
  reg  [2*SLICES-1:0]     want_first, want_first_q;
  reg  [1:0]              want_slice, want_slice_q;        // of the segment that is looked at
  reg  [BITS-1:0]         want_position, want_position_q;
  reg  [BITS-1:0]         want_length, want_length_q;
  reg  [3:0]              want_data, want_data_q;
  reg                     stop, take, fits;
  reg  [3:0]              next;
  reg  [2:0]              longs;
  reg  [2:0]              f, left, later;
  integer                 i, k, m;
  reg  [BITS-1:0]         at, part;
  reg  [2:0]              count, kept;
  always @* begin
    rest_length   = {(LOOKAHEAD*BITS){1'b0}};
    rest_data     = {(LOOKAHEAD*4){1'b0}};
    rest_over     = {(LOOKAHEAD*OVER_BITS){1'b0}};
    want_segments = 3'd0;
    want_fill     = {(BITS*SLICES){1'b0}};
    want_first    = 8'b11_10_01_00;
    want_slice    = 2'd0;
    want_position = {BITS{1'b0}};
    want_length   = {BITS{1'b0}};
    want_data     = 4'd0;
    stop  = 1'b0;
    next  = 4'd0;
    left  = 3'd0;
    later = 3'd0;
    longs = 3'd0;
    for (i = 0; i < LOOKAHEAD; i = i + 1) if ((i < inside_q) && (length_q[BITS*i +: BITS] > SLICE_TOKENS)) longs = longs + 3'd1;
    for (i = 0; i < LOOKAHEAD; i = i + 1) begin
      at    = length_q[BITS*i +: BITS];
      count = slices_of(at);
      kept  = (policy_i == `POLICY_UNIFORM) ? class_of(count) : count;
      f     = 3'd0;
      fits  = 1'b0;
      if (policy_i != `POLICY_TOKENS) begin
        f    = next;
        fits = (next + kept <= SLICES) && ((i == 0) || (policy_i == `POLICY_PACKED)
               || ((policy_i == `POLICY_UNIFORM) && (kept == class_of(slices_of(length_q[BITS-1:0])))));
      end else if ((count == 3'd1) && (longs == 3'd0)) begin
        for (k = 1; k < SLICES; k = k + 1) if (want_fill[BITS*k +: BITS] < want_fill[BITS*f +: BITS]) f = k;
        fits = want_fill[BITS*f +: BITS] + at <= SLICE_TOKENS;
      end else begin
        for (k = SLICES - 1; k >= 0; k = k - 1) begin
          take = k + count <= SLICES;
          for (m = 0; m < SLICES; m = m + 1) if ((m >= k) && (m < k + count) && (count != 3'd1) && (want_fill[BITS*m +: BITS] != {BITS{1'b0}})) take = 1'b0;
          if ((count == 3'd1) && (want_fill[BITS*k +: BITS] + at > SLICE_TOKENS)) take = 1'b0;
          if (take) begin
            f    = k;
            fits = 1'b1;
          end
        end
      end
      take = (i < inside_q) && !stop && fits && (want_segments < SEGMENTS);
      left = i - want_segments;
      if (take) begin
        if (want_segments == pick_q) begin
          want_slice    = f;
          want_position = want_fill[BITS*f +: BITS];
          want_length   = at;
          want_data     = data_q[4*i +: 4];
        end
        part = at;
        for (k = 0; k < SLICES; k = k + 1) begin
          if ((k >= f) && (k < f + count)) begin
            want_fill[BITS*k +: BITS] = want_fill[BITS*k +: BITS] + ((part < SLICE_TOKENS) ? part : SLICE_TOKENS);
            part = part - SLICE_TOKENS;
            if (count != 3'd1) want_first[2*k +: 2] = f;
          end
        end
        if (count != 3'd1) longs = longs - 3'd1;
        want_segments = want_segments + 3'd1;
        next  = next + kept;
        later = left;
      end else if (i < inside_q) begin
        rest_length[BITS*left +: BITS] = at;
        rest_data[4*left +: 4]         = data_q[4*i +: 4];
        rest_over[OVER_BITS*left +: OVER_BITS] = over_q[OVER_BITS*i +: OVER_BITS];
        if (over_q[OVER_BITS*i +: OVER_BITS] >= PASS_OVER) stop = 1'b1;
      end
    end
    for (k = 0; k < LOOKAHEAD; k = k + 1) if (k < later) rest_over[OVER_BITS*k +: OVER_BITS] = rest_over[OVER_BITS*k +: OVER_BITS] + 1'b1;
  end
  always @(posedge clk_i) begin
    inside_q <= inside + { 2'd0, push };
    shown_q  <= !table_q ? 3'd0 : (shown_q == 3'd4) ? 3'd4 : shown_q + 3'd1;
    if (formed) begin
      forming_q <= 1'b0;
      table_q   <= 1'b1;
    end
    if (form) begin
      forming_q <= 1'b1;
      table_q   <= 1'b0;
      length_q        <= rest_length;
      data_q          <= rest_data;
      over_q          <= rest_over;
      want_segments_q <= want_segments;
      want_fill_q     <= want_fill;
      want_first_q    <= want_first;
      want_slice_q    <= want_slice;
      want_position_q <= want_position;
      want_length_q   <= want_length;
      want_data_q     <= want_data;
    end
    if (push) begin
      length_q[BITS*inside +: BITS] <= entry_length[BITS-1:0];
      data_q[4*inside +: 4]         <= data_i;
      over_q[OVER_BITS*inside +: OVER_BITS] <= {OVER_BITS{1'b0}};
    end
    if (rst_i) begin
      begun_q   <= 1'b1;
      forming_q <= 1'b0;
      table_q   <= 1'b0;
      shown_q   <= 3'd0;
      inside_q  <= 3'd0;
      pick_q    <= segment_i;
    end
  end

  assign find_slice    = want_slice_q;
  assign find_position = { {(`POSITION_BITS-BITS){1'b0}}, want_position_q };
  wire [`POSITION_BITS*SLICES-1:0] shown_fill;
  genvar s;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_fill
      assign shown_fill[`POSITION_BITS*s +: `POSITION_BITS] = { {(`POSITION_BITS-BITS){1'b0}}, want_fill_q[BITS*s +: BITS] };
    end
  endgenerate
  wire table_wrong  = (segments != want_segments_q) || (fill != shown_fill) || (first != want_first_q);
  wire picked       = table_q && (shown_q == 3'd4) && (pick_q < want_segments_q);
  wire picked_wrong = (found != pick_q) || (found_length != { {(`POSITION_BITS-BITS){1'b0}}, want_length_q })
                      || ({ done_tag[0], found_output[0], found_input[0], done_slot[0] } != want_data_q);
  assign bad_o = begun_q && (((formed || table_q) && table_wrong) || (picked && picked_wrong));
endmodule
`default_nettype wire
