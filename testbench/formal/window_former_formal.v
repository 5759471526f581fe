// Contract of window_former (docs/chip.md, "Forming windows" and "Window table"), for every sequence of entries, of
// windows with any policy and of resets. What a window does to its slices is seen from outside: with each segment `segments` counts one up, and
// the places that it takes are those by which the slices are fuller than a cycle before.
//
//   0  segments never overlap and lie by the rules: a new one takes free places, of one slice behind what lies there, or from place 0 of an
//      empty slice on over whole empty ones; slices are filled without holes; slice_first names the slice where a long one begins; without
//      policy tokens every segment begins an empty slice, behind all others; no more than SEGMENTS; nothing moves between formed_o and form_i
//   1  the oldest entry is always taken: an entry with n before it is taken by the window n + 1 at the latest, and once
//   2  an entry is passed over, that is left while a later one is taken, in at most PASS_OVER windows
//   3  single: nobody but the oldest; uniform: only requests of the oldest one's class
//   4  groups, slice_keys, last_pass and squares are those of the segments
//   5  the port of rows gives the segment that begins at a place, and its length; the request behind it has as many tokens as the segment has
//      places, and its addresses, tag and slot
//
// Which entries are taken, and where they go, is window_former_walk_formal's.
//
// Given    form_i as its timing says, in properties 1 and 2 not before each segment has been looked at; lengths from 1 to all slices
// Data     one free bit of each field: nothing looks at them, and all bits of a field go the same way
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module window_former_formal #(
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
  input  wire                      clk_i,
  input  wire                      rst_i,
  input  wire [`POLICY_BITS-1:0]   policy_i,
  input  wire                      push_i,
  input  wire [LENGTH_BITS-1:0]    less_i,  // length - 1
  input  wire [3:0]                data_i,
  input  wire                      form_i,
  input  wire                      choose_i,   // the entry pushed now is the one followed
  input  wire [1:0]                slice_i,    // place that is followed from reset to reset
  input  wire [`POSITION_BITS-1:0] position_i,
  output wire                      bad_o
);
  localparam ADDR_BITS = 4;
  localparam [`POSITION_BITS-1:0] SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam SCANS = (`PROPERTY == 1) || (`PROPERTY == 2);

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
  wire [1:0]                       find_slice;
  wire [`POSITION_BITS-1:0]        find_position;
  wire [SEG_BITS-1:0]              done_segment;
  reg                              forming_q = 1'b0;
  reg                              scan_q = 1'b0;     // segments are looked at one by one
  reg  [`POLICY_BITS-1:0]          policy_q = 2'd0;
  wire                             form   = form_i && !forming_q && !empty && !(SCANS && (scan_q || formed));
  wire                             push   = push_i && ready;
  wire [`POSITION_BITS-1:0]        entry_length = { {(`POSITION_BITS-LENGTH_BITS){1'b0}}, less_i } + 1'b1;
  // The entry followed and those behind it are marked.
  reg                   chosen_q = 1'b0;
  wire                  mine   = push && choose_i && !chosen_q;
  trex_window_former #(
    .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .ADDR_BITS(ADDR_BITS), .LOOKAHEAD(LOOKAHEAD), .SEGMENTS(SEGMENTS), .PASS_OVER(PASS_OVER)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .policy_i(policy_i),
    .entry_valid_i(push_i), .entry_ready_o(ready), .entry_slot_i({ 14'd0, chosen_q, data_i[0] }), .entry_length_i(entry_length),
    .entry_input_i({ 3'd0, data_i[1] }), .entry_output_i({ 3'd0, data_i[2] }), .entry_tag_i({ 30'd0, mine, data_i[3] }),
    .empty_o(empty), .room_o(room), .form_i(form), .formed_o(formed),
    .segments_o(segments), .slice_fill_o(fill), .slice_first_o(first), .groups_o(groups), .slice_keys_o(keys), .last_pass_o(last_pass),
    .squares_o(squares),
    .find_slice_i(find_slice), .find_position_i(find_position),
    .found_segment_o(found), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output),
    .done_segment_i(done_segment), .done_tag_o(done_tag), .done_slot_o(done_slot)
  );

  function [2:0] slices_of(input [`POSITION_BITS-1:0] tokens);
    slices_of = (tokens > 3 * SLICE_TOKENS) ? 3'd4 : (tokens > 2 * SLICE_TOKENS) ? 3'd3 : (tokens > SLICE_TOKENS) ? 3'd2 : 3'd1;
  endfunction
  function [2:0] class_of(input [2:0] count);
    class_of = (count == 3'd3) ? 3'd4 : count;
  endfunction

  reg begun_q = 1'b0;  // a reset has been
  always @(posedge clk_i) begin
    if (form) begin
      forming_q <= 1'b1;
      policy_q  <= policy_i;
    end
    if (formed) forming_q <= 1'b0;
    if (rst_i) begin
      begun_q   <= 1'b1;
      forming_q <= 1'b0;
    end
  end

  // ---- what happens to the slices ----
  reg                              fresh_q = 1'b0;   // form_i or a reset a cycle before
  reg                              known_q = 1'b0;   // a window has been begun
  reg  [SEG_BITS:0]                segments_q = {(SEG_BITS+1){1'b0}};  // all a cycle before
  reg  [`POSITION_BITS*SLICES-1:0] fill_q = {(`POSITION_BITS*SLICES){1'b0}};
  reg  [2*SLICES-1:0]              first_q = {(2*SLICES){1'b0}};
  reg  [`GROUPS_BITS-1:0]          groups_q = 3'd0;
  reg  [`SQUARES_BITS-1:0]         squares_q = {`SQUARES_BITS{1'b0}};
  reg  [`POSITION_BITS-1:0]        gain_q = {`POSITION_BITS{1'b0}};   // places of the segment that was new
  reg                              gained_q = 1'b0;
  reg  [2:0]                       class_q = 3'd0;   // of the window
  wire                             more  = known_q && !fresh_q && (segments != segments_q);
  reg  [`POSITION_BITS-1:0]        gain;    // places
  reg  [`POSITION_BITS-1:0]        fullest;
  reg  [2:0]                       parts;   // slices
  reg  [2:0]                       from;
  reg                              hole;    // a slice that is not empty
  reg                              wrong, closed;
  reg  [2*SLICES-1:0]              want_first;
  integer              s, last;
  always @* begin
    gain    = {`POSITION_BITS{1'b0}};
    fullest = {`POSITION_BITS{1'b0}};
    parts   = 3'd0;
    from    = 3'd0;
    wrong   = 1'b0;
    closed  = 1'b0;
    hole    = 1'b0;
    last    = 0;
    for (s = SLICES - 1; s >= 0; s = s - 1) begin
      if (fill[`POSITION_BITS*s +: `POSITION_BITS] != fill_q[`POSITION_BITS*s +: `POSITION_BITS]) begin
        from = s;
        if (parts == 3'd0) last = s;
        parts = parts + 3'd1;
        gain  = gain + fill[`POSITION_BITS*s +: `POSITION_BITS] - fill_q[`POSITION_BITS*s +: `POSITION_BITS];
        if (fill[`POSITION_BITS*s +: `POSITION_BITS] < fill_q[`POSITION_BITS*s +: `POSITION_BITS]) wrong = 1'b1;
        if (hole || (fill_q[`POSITION_BITS*s +: `POSITION_BITS] != {`POSITION_BITS{1'b0}})) closed = 1'b1;
      end
      if (fill_q[`POSITION_BITS*s +: `POSITION_BITS] != {`POSITION_BITS{1'b0}}) hole = 1'b1;
      if (fill[`POSITION_BITS*s +: `POSITION_BITS] > SLICE_TOKENS) wrong = 1'b1;
      if (fill[`POSITION_BITS*s +: `POSITION_BITS] > fullest) fullest = fill[`POSITION_BITS*s +: `POSITION_BITS];
    end
    // Slices from the first to the last of a long one: empty before, full but the last.
    for (s = 0; s < SLICES; s = s + 1) begin
      want_first[2*s +: 2] = first_q[2*s +: 2];
      if ((parts > 3'd1) && (s >= from) && (s <= last)) begin
        want_first[2*s +: 2] = from[1:0];
        if (fill_q[`POSITION_BITS*s +: `POSITION_BITS] != {`POSITION_BITS{1'b0}}) wrong = 1'b1;
        if (fill[`POSITION_BITS*s +: `POSITION_BITS] != SLICE_TOKENS)
          wrong = wrong || (s != last) || (fill[`POSITION_BITS*s +: `POSITION_BITS] == {`POSITION_BITS{1'b0}});
      end
    end
    // Whole ones leave no slice out.
    closed = closed || ((segments_q != {(SEG_BITS+1){1'b0}}) && (from != 3'd0)
                        && (fill_q[`POSITION_BITS*(from-3'd1) +: `POSITION_BITS] == {`POSITION_BITS{1'b0}}));
  end
  wire [`POSITION_BITS*SLICES-1:0] no_tokens = {(`POSITION_BITS*SLICES){1'b0}};
  wire [2*SLICES-1:0]              themselves = 8'b11_10_01_00;
  wire new_wrong   = wrong || (parts == 3'd0) || (segments != segments_q + 1'b1) || (segments > SEGMENTS) || !forming_q || (first != want_first)
                     || ((policy_q != `POLICY_TOKENS) && closed) || ((segments_q == 0) && (from != 3'd0));
  wire old_wrong   = (fill != fill_q) || (first != first_q);
  wire empty_wrong = (segments != 0) || (fill != no_tokens) || (first != themselves);
  always @(posedge clk_i) begin
    fresh_q    <= form;
    segments_q <= segments;
    fill_q     <= fill;
    first_q    <= first;
    groups_q   <= groups;
    squares_q  <= squares;
    gained_q   <= more;
    if (more) gain_q <= gain;
    if (more && (segments_q == 0)) class_q <= class_of(parts);
    if (form) known_q <= 1'b1;
    if (rst_i) begin
      fresh_q  <= 1'b0;
      known_q  <= 1'b0;
      gained_q <= 1'b0;
    end
  end
  wire last_wrong   = (keys > SLICE_LANES * (last_pass + 32'd1)) || (keys <= SLICE_LANES * last_pass);
  wire [LENGTH_BITS:0]     places = gain_q;  // no more, by property 0
  wire [2*LENGTH_BITS+1:0] square = { {(LENGTH_BITS+1){1'b0}}, places } * { {(LENGTH_BITS+1){1'b0}}, places };
  wire sums_wrong   = (groups != ((more && ((segments_q == 0) || (parts > groups_q))) ? parts : groups_q)) || (keys != fullest) || last_wrong;
  wire square_wrong = squares != (fresh_q ? {`SQUARES_BITS{1'b0}} : gained_q ? squares_q + square : squares_q);

  // ---- a place: the segment that begins there, and the request behind it ----
  reg  [1:0]                place_slice_q = 2'd0;
  reg  [`POSITION_BITS-1:0] place_position_q = {`POSITION_BITS{1'b0}};
  reg                       here_q = 1'b0;
  reg  [SEG_BITS-1:0]       number_q = {SEG_BITS{1'b0}};
  reg  [`POSITION_BITS-1:0] places_q = {`POSITION_BITS{1'b0}};
  reg  [2:0]                age_q = 3'd0;     // cycles since then, 4 and more
  reg  [`POSITION_BITS-1:0] my_length_q = {`POSITION_BITS{1'b0}};
  reg  [3:0]                my_data_q = 4'd0;
  wire [`POSITION_BITS-1:0] before = fill_q[`POSITION_BITS*place_slice_q +: `POSITION_BITS];
  wire                      begins = more && (from == { 1'b0, place_slice_q }) && (before == place_position_q);
  wire                      about_mine = done_tag[1];
  wire                      there = here_q && (age_q == 3'd4) && !fresh_q;
  wire place_wrong = there && ((found != number_q) || (found_length != places_q));
  wire mine_wrong  = there && about_mine && ((places_q != my_length_q) || ({ done_tag[0], found_output[0], found_input[0], done_slot[0] } != my_data_q));
  always @(posedge clk_i) begin
    if (begins) begin
      here_q   <= 1'b1;
      number_q <= segments_q[SEG_BITS-1:0];
      places_q <= gain;
      age_q    <= 3'd0;
    end else if (age_q != 3'd4) age_q <= age_q + 3'd1;
    if (mine) begin
      my_length_q <= entry_length;
      my_data_q   <= data_i;
    end
    if (form || rst_i) here_q <= 1'b0;
    if (rst_i) begin
      place_slice_q    <= (slice_i < SLICES) ? slice_i : 2'd0;
      place_position_q <= (position_i < SLICE_TOKENS) ? position_i : {`POSITION_BITS{1'b0}};
    end
  end

  // ---- the entry followed: entries before it, windows that left it; the segments are looked at one by one ----
  reg  [2:0]           inside_q = 3'd0;  // entries in the queue
  wire [2:0]           gone   = segments;
  wire [2:0]           inside = formed ? inside_q - gone : inside_q;
  reg  [SEG_BITS:0]    scan_at_q = {(SEG_BITS+1){1'b0}};
  reg                  taken_q = 1'b0;
  reg                  twice_q = 1'b0;
  reg                  behind_q = 1'b0;
  reg                  waits_q = 1'b0;
  reg                  may_q = 1'b0;     // it was in the queue when the window was begun
  reg  [2:0]           before_q = 3'd0;  // windows that it may wait for
  reg  [7:0]           passed_q = 8'd0;
  wire                 scanned = scan_q && (scan_at_q == segments);
  wire                 looked  = scan_q && (scan_at_q != 0);  // done_* are of the segment before
  wire                 taken   = taken_q || (looked && about_mine);
  wire                 behind  = behind_q || (looked && done_slot[1]);
  always @(posedge clk_i) begin
    inside_q <= inside + { 2'd0, push };
    if (formed) begin
      scan_q    <= 1'b1;
      scan_at_q <= {(SEG_BITS+1){1'b0}};
      taken_q   <= 1'b0;
      twice_q   <= 1'b0;
      behind_q  <= 1'b0;
    end else if (scan_q) begin
      scan_at_q <= scan_at_q + 1'b1;
      taken_q   <= taken;
      behind_q  <= behind;
      if (looked && about_mine && (taken_q || !may_q)) twice_q <= 1'b1;
      if (scanned) scan_q <= 1'b0;
    end
    if (form) may_q <= waits_q;
    if (scanned && may_q) begin
      waits_q  <= !taken;
      before_q <= before_q - 3'd1;
      if (behind) passed_q <= passed_q + 8'd1;
    end
    if (mine) begin
      chosen_q <= 1'b1;
      waits_q  <= 1'b1;
      before_q <= inside;
      passed_q <= 8'd0;
    end
    if (rst_i) begin
      inside_q <= 3'd0;
      chosen_q <= 1'b0;
      waits_q  <= 1'b0;
      may_q    <= 1'b0;
      scan_q   <= 1'b0;
      twice_q  <= 1'b0;
    end
  end

  assign find_slice    = place_slice_q;
  assign find_position = place_position_q;
  assign done_segment  = SCANS ? scan_at_q[SEG_BITS-1:0] : number_q;

  wire [5:0] violated;
  assign violated[0] = known_q && (fresh_q ? empty_wrong : more ? new_wrong : old_wrong);
  assign violated[1] = (scanned && may_q && !taken && (before_q == 3'd0)) || twice_q;
  assign violated[2] = scanned && may_q && !taken && behind && (passed_q >= PASS_OVER);
  assign violated[3] = more && (segments_q != 0) && ((policy_q == `POLICY_SINGLE) || ((policy_q == `POLICY_UNIFORM) && (class_of(parts) != class_q)));
  assign violated[4] = known_q && ((!fresh_q && (segments != 0) && sums_wrong) || square_wrong);
  assign violated[5] = place_wrong || mine_wrong;
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
