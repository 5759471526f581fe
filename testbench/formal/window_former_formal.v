// Contract of window_former (docs/chip.md, "Forming windows" and "Window table"), for every sequence of entries, of
// windows with any policy and of resets.
//
//   0  slices of requests never overlap and lie in the window: every slice from a request's first to its last shows that
//      request, no other slice does, and the first request begins at slice 0
//   1  the oldest entry is always taken: an entry with n before it is taken by the window n + 1 at the latest
//   2  an entry is passed over, that is left while a later one is taken, in at most PASS_OVER windows
//   3  single: nobody but the oldest; uniform: only requests of the oldest one's class
//   4  the table is that of the naive walk over the queue, with every policy: greedy, in order, and no request is lost, doubled or changed
//
// Given    form_i as its timing says; lengths from 1 to all slices; the policy holds while a window is formed
// Data     one free bit of each field: nothing looks at them, and all bits of a field go the same way
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module window_former_formal #(
  parameter SLICES      = `SLICES,  // 4: a slice's number has two bits
  parameter SLICE_LANES = `SLICE_LANES,
  parameter PASSES      = `PASSES,
  parameter LOOKAHEAD   = `LOOKAHEAD,
  parameter PASS_OVER   = `PASS_OVER,
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter LENGTH_BITS = $clog2(SLICES * SLICE_LANES * PASSES)
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire [1:0]             policy_i,
  input  wire                   push_i,
  input  wire [LENGTH_BITS-1:0] less_i,  // length - 1
  input  wire [3:0]             data_i,
  input  wire                   form_i,
  input  wire                   choose_i,  // the entry pushed now is the one followed
  output wire                   bad_o
);
  localparam ADDR_BITS = 4;
  localparam [11:0] SLICE_TOKENS = SLICE_LANES * PASSES;

  wire                        ready, empty, room, formed;
  wire [SLICES-1:0]           valid;
  wire [2*SLICES-1:0]         first;
  wire [12*SLICES-1:0]        length;
  wire [ADDR_BITS*SLICES-1:0] in_addr, out_addr;
  wire [32*SLICES-1:0]        tag;
  wire [16*SLICES-1:0]        slot;
  wire [2:0]                  groups;
  wire [11:0]                 keys;
  wire [PASS_BITS-1:0]        last_pass;
  reg                         forming_q = 1'b0;
  reg                         table_q = 1'b0;   // the table is complete
  reg  [1:0]                  policy_q = 2'd0;
  wire                        form   = form_i && !forming_q && !empty;
  wire [1:0]                  policy = form ? policy_i : policy_q;
  wire                        push   = push_i && ready;
  wire [11:0]                 entry_length = { {(12-LENGTH_BITS){1'b0}}, less_i } + 12'd1;
  // The entry followed and those behind it are marked, for properties 1 and 2.
  reg                         chosen_q = 1'b0;
  wire                        mine   = push && choose_i && !chosen_q;
  trex_window_former #(.SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .ADDR_BITS(ADDR_BITS), .LOOKAHEAD(LOOKAHEAD), .PASS_OVER(PASS_OVER)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .policy_i(policy),
    .entry_valid_i(push_i), .entry_ready_o(ready), .entry_slot_i({ 14'd0, chosen_q, data_i[0] }), .entry_length_i(entry_length),
    .entry_input_i({ 3'd0, data_i[1] }), .entry_output_i({ 3'd0, data_i[2] }), .entry_tag_i({ 30'd0, mine, data_i[3] }),
    .empty_o(empty), .room_o(room), .form_i(form), .formed_o(formed),
    .slice_valid_o(valid), .slice_first_o(first), .slice_length_o(length), .slice_input_o(in_addr), .slice_output_o(out_addr),
    .slice_tag_o(tag), .slice_slot_o(slot), .groups_o(groups), .slice_keys_o(keys), .last_pass_o(last_pass)
  );

  function [2:0] slices_of(input [11:0] tokens);
    slices_of = (tokens > 3 * SLICE_TOKENS) ? 3'd4 : (tokens > 2 * SLICE_TOKENS) ? 3'd3 : (tokens > SLICE_TOKENS) ? 3'd2 : 3'd1;
  endfunction
  function [2:0] class_of(input [11:0] tokens);
    class_of = (slices_of(tokens) == 3'd3) ? 3'd4 : slices_of(tokens);
  endfunction

  // ---- what the table shows ----
  wire [SLICES-1:0] torn, second, foreign, marked, behind;
  wire [4*SLICES-1:0] data;
  genvar s, o;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      wire [1:0]        from  = first[2*s +: 2];
      wire [2:0]        end_  = { 1'b0, from } + slices_of(length[12*s +: 12]);
      wire [SLICES-1:0] wrong;
      assign data[4*s +: 4] = { tag[32*s], out_addr[ADDR_BITS*s], in_addr[ADDR_BITS*s], slot[16*s] };
      assign marked[s]  = valid[s] && tag[32*s + 1];
      assign behind[s]  = valid[s] && slot[16*s + 1];
      assign second[s]  = valid[s] && (from != 2'd0);
      assign foreign[s] = valid[s] && (class_of(length[12*s +: 12]) != class_of(length[11:0]));
      for (o = 0; o < SLICES; o = o + 1) begin : gen_other
        wire same = valid[o] && (first[2*o +: 2] == from) && (length[12*o +: 12] == length[12*s +: 12]) && (data[4*o +: 4] == data[4*s +: 4]);
        assign wrong[o] = ((o >= from) && (o < end_)) ? !same : (valid[o] && (first[2*o +: 2] == from));
      end
      assign torn[s] = valid[s] && ((s < from) || (s >= end_) || (end_ > SLICES) || (|wrong));
    end
  endgenerate

  // ---- the entry followed: entries before it, windows that left it ----
  reg                 waits_q = 1'b0;
  reg  [2:0]          before_q = 3'd0;  // windows that it may wait for
  reg  [7:0]          passed_q = 8'd0;
  reg  [2:0]          inside_q = 3'd0;  // entries in the queue
  wire                taken = formed && (|marked);
  wire [2:0]          gone;             // requests in the table
  wire [SLICES-1:0]   begins;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_begin
      assign begins[s] = valid[s] && (first[2*s +: 2] == s);
    end
  endgenerate
  wire [2:0] inside = formed ? inside_q - gone : inside_q;
  assign gone = { 2'd0, begins[0] } + { 2'd0, begins[1] } + { 2'd0, begins[2] } + { 2'd0, begins[3] };

  // ---- the naive queue, and its walk in one step; entry 0 is the oldest ----
  reg  [LOOKAHEAD*12-1:0] length_q = {(LOOKAHEAD*12){1'b0}};
  reg  [LOOKAHEAD*4-1:0]  data_q = {(LOOKAHEAD*4){1'b0}};
  reg  [LOOKAHEAD*8-1:0]  over_q = {(LOOKAHEAD*8){1'b0}};  // windows in which it was passed over
  reg  [LOOKAHEAD*12-1:0] rest_length;
  reg  [LOOKAHEAD*4-1:0]  rest_data;
  reg  [LOOKAHEAD*8-1:0]  rest_over;
  reg  [SLICES-1:0]       want_valid, want_valid_q;
  reg  [2*SLICES-1:0]     want_first, want_first_q;
  reg  [12*SLICES-1:0]    want_length, want_length_q;
  reg  [4*SLICES-1:0]     want_data, want_data_q;
  reg  [2:0]              want_groups, want_groups_q;
  reg  [11:0]             want_keys, want_keys_q;
  reg                     stop, take;
  reg  [3:0]              next;
  integer                 i, k, left, later;
  reg  [11:0]             at;
  reg  [2:0]              kept;
  always @* begin
    rest_length = {(LOOKAHEAD*12){1'b0}};
    rest_data   = {(LOOKAHEAD*4){1'b0}};
    rest_over   = {(LOOKAHEAD*8){1'b0}};
    want_valid  = {SLICES{1'b0}};
    want_first  = {(2*SLICES){1'b0}};
    want_length = {(12*SLICES){1'b0}};
    want_data   = {(4*SLICES){1'b0}};
    want_groups = 3'd0;
    want_keys   = 12'd0;
    stop  = 1'b0;
    next  = 4'd0;
    left  = 0;
    later = 0;
    for (i = 0; i < LOOKAHEAD; i = i + 1) begin
      at   = length_q[12*i +: 12];
      kept = (policy == `POLICY_UNIFORM) ? class_of(at) : slices_of(at);
      take = (i < inside_q) && ((i == 0) || (!stop && (policy != `POLICY_SINGLE) && ((policy != `POLICY_UNIFORM) || (kept == class_of(length_q[11:0]))) && (next + kept <= SLICES)));
      if (take) begin
        for (k = 0; k < SLICES; k = k + 1) begin
          if ((k >= next) && (k < next + slices_of(at))) begin
            want_valid[k]          = 1'b1;
            want_first[2*k +: 2]   = next[1:0];
            want_length[12*k +: 12] = at;
            want_data[4*k +: 4]    = data_q[4*i +: 4];
          end
        end
        next  = next + kept;
        later = left;
        if (slices_of(at) > want_groups) want_groups = slices_of(at);
        if (((at < SLICE_TOKENS) ? at : SLICE_TOKENS) > want_keys) want_keys = (at < SLICE_TOKENS) ? at : SLICE_TOKENS;
      end else if (i < inside_q) begin
        rest_length[12*left +: 12] = at;
        rest_data[4*left +: 4]     = data_q[4*i +: 4];
        rest_over[8*left +: 8]     = over_q[8*i +: 8];
        if (over_q[8*i +: 8] >= PASS_OVER) stop = 1'b1;
        left = left + 1;
      end
    end
    for (k = 0; k < LOOKAHEAD; k = k + 1) if (k < later) rest_over[8*k +: 8] = rest_over[8*k +: 8] + 8'd1;
  end

  reg begun_q = 1'b0;  // a reset has been
  always @(posedge clk_i) begin
    if (form) begin
      forming_q <= 1'b1;
      table_q   <= 1'b0;
      policy_q  <= policy_i;
      length_q  <= rest_length;
      data_q    <= rest_data;
      over_q    <= rest_over;
      want_valid_q  <= want_valid;
      want_first_q  <= want_first;
      want_length_q <= want_length;
      want_data_q   <= want_data;
      want_groups_q <= want_groups;
      want_keys_q   <= want_keys;
    end
    if (formed) begin
      forming_q <= 1'b0;
      table_q   <= 1'b1;
    end
    inside_q <= inside + { 2'd0, push };
    if (push) begin
      length_q[12*inside +: 12] <= entry_length;
      data_q[4*inside +: 4]     <= { data_i[3], data_i[2], data_i[1], data_i[0] };
      over_q[8*inside +: 8]     <= 8'd0;
    end
    if (mine) begin
      chosen_q <= 1'b1;
      waits_q  <= 1'b1;
      before_q <= inside;
      passed_q <= 8'd0;
    end else if (formed && waits_q) begin
      waits_q  <= !taken;
      before_q <= before_q - 3'd1;
      if (|behind) passed_q <= passed_q + 8'd1;
    end
    if (rst_i) begin
      begun_q   <= 1'b1;
      forming_q <= 1'b0;
      table_q   <= 1'b0;
      inside_q  <= 3'd0;
      chosen_q  <= 1'b0;
      waits_q   <= 1'b0;
    end
  end

  wire [4*SLICES-1:0] masked;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_masked
      assign masked[4*s +: 4] = data[4*s +: 4] & {4{valid[s]}};
    end
  endgenerate
  wire shown = formed || table_q;
  wire [4:0] violated;
  assign violated[0] = shown && ((|torn) || !valid[0] || (first[1:0] != 2'd0));
  assign violated[1] = formed && waits_q && !taken && (before_q == 3'd0);
  assign violated[2] = formed && waits_q && !taken && (|behind) && (passed_q >= PASS_OVER);
  assign violated[3] = shown && (((policy_q == `POLICY_SINGLE) && (|second)) || ((policy_q == `POLICY_UNIFORM) && (|foreign)));
  assign violated[4] = shown && ((valid != want_valid_q) || (first != want_first_q) || (length != want_length_q)
                       || (groups != want_groups_q) || (keys != want_keys_q) || (masked != want_data_q));
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
