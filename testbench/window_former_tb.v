// Bench of window_former: fills the queue, lets windows be formed whenever it is full or everything of a policy is in it, and holds every
// window table, as long as it must hold, and what both read ports say of every segment, against files. Between windows the policy is anything.
//
// Vector     a request: policy, last of its policy, slot, length, input, output, tag
// Files      windows.hex    one a window: segments, fill, first, groups, keys, last pass, squares
//            segments.hex   one a segment, in the order of the tables: first slice, position, length, input, output, tag, slot
// Plusargs   +seed=n
// Macros     AHEAD: memories have two sides; a window begins when its table has been looked at, and what it holds is looked at again
//            when the next one is formed; whether enough waits for a window
//            VECTORS, WINDOWS, ENTRIES (segments in all) and the parameters of the unit
`default_nettype none
module window_former_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SLICES    = `SLICES;
  localparam PASSES    = `PASSES;
  localparam ADDR_BITS = `ADDR_BITS;
  localparam SEGMENTS  = `SEGMENTS;
  localparam PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam SEG_BITS  = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam VECTOR_BITS  = 2 + 1 + `SLOT_BITS + `POSITION_BITS + 2 * ADDR_BITS + 32;
  localparam TABLE_BITS   = (SEG_BITS + 1) + `POSITION_BITS * SLICES + 2 * SLICES + `GROUPS_BITS + `POSITION_BITS + PASS_BITS + `SQUARES_BITS;
  localparam SEGMENT_BITS = 2 + `POSITION_BITS + `POSITION_BITS + 2 * ADDR_BITS + 32 + `SLOT_BITS;

  reg [VECTOR_BITS-1:0]  vectors [0:`VECTORS-1];
  reg [TABLE_BITS-1:0]   windows [0:`WINDOWS-1];
  reg [SEGMENT_BITS-1:0] segments [0:`ENTRIES-1];
  reg [31:0]             seed;
  reg [8*512-1:0]        path;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
    $readmemh("windows.hex", windows);
    $readmemh("segments.hex", segments);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
  end
  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  // ---- host: requests of one policy until all of them are in windows ----
  reg  [31:0]               next_q;       // request to push
  reg  [`POLICY_BITS-1:0]   policy_q;
  reg                       all_q;        // every request of this policy is in the queue
  wire [31:0]               at           = (next_q < `VECTORS) ? next_q : 32'd0;
  wire                      entry_last;
  wire [`POLICY_BITS-1:0] entry_policy;
  wire [15:0]               entry_slot;
  wire [`POSITION_BITS-1:0] entry_length;
  wire [ADDR_BITS-1:0]      entry_input;
  wire [ADDR_BITS-1:0]      entry_output;
  wire [31:0]               entry_tag;
  assign { entry_policy, entry_last, entry_slot, entry_length, entry_input, entry_output, entry_tag } = vectors[at];
  wire                   entry_valid  = (next_q < `VECTORS) && !all_q && random_q[4];
  wire                   entry_ready;
  wire                   empty;
  wire                   room;
  wire                   formed;

  // ---- window at hand ----
  localparam [2:0] WAIT = 3'd0, FORM = 3'd1, TABLE = 3'd2, LOOK = 3'd3, BEGIN = 3'd4;
  reg  [2:0]                state_q;
  reg  [31:0]               window_q;
  reg  [31:0]               segment_q;    // of all, the one that is looked at
  reg  [31:0]               first_q;      // segment 0 of this window
  reg  [31:0]               older_q;      // segment 0 of the one before it
  reg                       look_older_q;
  reg  [1:0]                pause_q;
  wire [31:0]               number       = segment_q - (look_older_q ? older_q : first_q);
  wire [31:0]               segment_at   = (segment_q < `ENTRIES) ? segment_q : 32'd0;
  wire [1:0]                slice;
  wire [`POSITION_BITS-1:0] position;
  wire [`POSITION_BITS-1:0] length;
  wire [ADDR_BITS-1:0]      in_addr;
  wire [ADDR_BITS-1:0]      out_addr;
  wire [31:0]               tag;
  wire [15:0]               slot;
  assign { slice, position, length, in_addr, out_addr, tag, slot } = segments[segment_at];
  wire                   seldom       = random_q[22:21] == 2'd0;  // more may come meanwhile
  wire                   form         = (state_q == WAIT) && seldom && !empty && (!room || all_q) && !(entry_valid && entry_ready);
`ifdef AHEAD
  wire                   begins       = state_q == BEGIN;
`endif

  // A place is asked for in one cycle, its segment is there two later, and its request one later. What is asked for otherwise is anything.
  wire [`POLICY_BITS-1:0] policy = form ? policy_q : random_q[31:30];
  wire asking   = pause_q == 2'd0;
  wire told     = pause_q == 2'd1;
  wire answered = pause_q == 2'd2;
  wire [SEG_BITS:0]                count;
  wire [`POSITION_BITS*SLICES-1:0] fill;
  wire [2*SLICES-1:0]              first;
  wire [`GROUPS_BITS-1:0]          groups;
  wire [`POSITION_BITS-1:0]        keys;
  wire [PASS_BITS-1:0]             last_pass;
  wire [`SQUARES_BITS-1:0]         squares;
  wire [SEG_BITS-1:0]              found;
  wire [`POSITION_BITS-1:0]        found_length;
  wire [ADDR_BITS-1:0]             found_input;
  wire [ADDR_BITS-1:0]             found_output;
  wire [31:0]                      done_tag;
  wire [15:0]                      done_slot;
  trex_window_former #(
    .SLICES(SLICES), .SLICE_LANES(`SLICE_LANES), .PASSES(PASSES), .ADDR_BITS(ADDR_BITS), .LOOKAHEAD(`LOOKAHEAD), .SEGMENTS(SEGMENTS), .PASS_OVER(`PASS_OVER)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .policy_i(policy),
    .entry_valid_i(entry_valid), .entry_ready_o(entry_ready), .entry_slot_i(entry_slot), .entry_length_i(entry_length),
    .entry_input_i(entry_input), .entry_output_i(entry_output), .entry_tag_i(entry_tag),
    .empty_o(empty), .room_o(room), .form_i(form), .formed_o(formed),
    .segments_o(count), .slice_fill_o(fill), .slice_first_o(first), .groups_o(groups), .slice_keys_o(keys), .last_pass_o(last_pass),
    .squares_o(squares),
    .find_slice_i(asking ? slice : random_q[`POSITION_BITS +: 2]), .find_position_i(asking ? position : random_q[`POSITION_BITS-1:0]),
    .found_segment_o(found), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output),
`ifdef AHEAD
    .plenty_o(plenty), .begin_i(begins), .find_next_i(!look_older_q),
`endif
    .done_segment_i(asking ? number[SEG_BITS-1:0] : random_q[25 -: SEG_BITS]), .done_tag_o(done_tag), .done_slot_o(done_slot)
  );

  // The table holds from formed_o on, its last field from a cycle later on, to the next form_i.
  reg  [31:0] shown_q;      // number of that window
  reg         holds_q;
  wire [TABLE_BITS-1:0] shown = { count, fill, first, groups, keys, last_pass, squares };
  wire [TABLE_BITS-1:0] want  = windows[(formed && (state_q == FORM)) ? window_q : shown_q];
  wire table_bad = (holds_q && (shown !== want)) || (formed && ((state_q != FORM) || (shown[TABLE_BITS-1:`SQUARES_BITS] !== want[TABLE_BITS-1:`SQUARES_BITS])));
  wire found_bad = answered && ({ found, found_length, found_input, found_output } !== { number[SEG_BITS-1:0], length, in_addr, out_addr });
  wire done_bad  = told && ({ done_tag, done_slot } !== { tag, slot });
`ifdef AHEAD
  // Completions are those of the window in work; the next one begins when it has been looked at.
  wire look_bad = (state_q == LOOK) && (found_bad || (look_older_q && done_bad));
  localparam KEPT = 1;
  // ---- what waits, but during a walk ----
  wire        plenty;
  reg  [31:0] entries_q;
  reg  [31:0] tokens_q;
  reg  [31:0] filled;
  integer     s;
  always @* begin
    filled = 32'd0;
    for (s = 0; s < SLICES; s = s + 1) filled = filled + { {(32-`POSITION_BITS){1'b0}}, fill[`POSITION_BITS*s +: `POSITION_BITS] };
  end
  wire enough = (policy == `POLICY_SINGLE) || (entries_q == `LOOKAHEAD)
                || ((policy == `POLICY_TOKENS) ? (tokens_q >= SLICES * `SLICE_LANES * PASSES) : (entries_q >= SLICES));
  wire plenty_bad = (state_q != FORM) && (plenty !== enough);
  always @(posedge clk_i) begin
    if (rst_i) begin
      entries_q <= 32'd0;
      tokens_q  <= 32'd0;
    end else begin
      entries_q <= entries_q + { 31'd0, entry_valid && entry_ready } - (formed ? { {(31-SEG_BITS){1'b0}}, count } : 32'd0);
      tokens_q  <= tokens_q + ((entry_valid && entry_ready) ? { {(32-`POSITION_BITS){1'b0}}, entry_length } : 32'd0) - (formed ? filled : 32'd0);
    end
  end
`else
  wire look_bad = (state_q == LOOK) && (found_bad || done_bad);
  wire plenty_bad = 1'b0;
  localparam KEPT = 0;
`endif
  wire [31:0] window_end = first_q + { {(31-SEG_BITS){1'b0}}, count };

  always @(posedge clk_i) begin
    if (rst_i) begin
      done_o    <= 1'b0;
      errors_o  <= 32'd0;
      next_q    <= 32'd0;
      policy_q  <= `POLICY_SINGLE;
      all_q     <= 1'b0;
      state_q   <= WAIT;
      window_q  <= 32'd0;
      segment_q <= 32'd0;
      first_q   <= 32'd0;
      older_q   <= 32'd0;
      look_older_q <= 1'b0;
      pause_q   <= 2'd0;
      shown_q   <= 32'd0;
      holds_q   <= 1'b0;
    end else begin
      if (errors_o > 32'd100) done_o <= 1'b1;
      if (table_bad || look_bad || plenty_bad) errors_o <= errors_o + 32'd1;
      if (form) holds_q <= 1'b0;
      if (formed) begin
        holds_q <= 1'b1;
        shown_q <= window_q;
      end
      if (entry_valid && entry_ready) begin
        next_q   <= next_q + 32'd1;
        policy_q <= entry_policy;
        if (entry_last) all_q <= 1'b1;
        if ((entry_policy !== policy_q) && !empty) errors_o <= errors_o + 32'd1;
      end
      case (state_q)
        WAIT: begin
          if (form) state_q <= FORM;
          else if (empty && all_q) begin
            all_q <= 1'b0;
            if (next_q == `VECTORS) begin
              done_o <= 1'b1;
              if ((window_q !== `WINDOWS) || (segment_q !== `ENTRIES)) errors_o <= errors_o + 32'd1;
            end
          end
        end
        FORM: if (formed) state_q <= TABLE;
        TABLE: begin
          pause_q <= 2'd0;
          look_older_q <= (KEPT != 0) && (window_q != 32'd0);
          if ((KEPT != 0) && (window_q != 32'd0)) segment_q <= older_q;
          state_q <= LOOK;
        end
        LOOK: if (!answered) pause_q <= pause_q + 2'd1;
        else begin
          segment_q <= segment_q + 32'd1;
          pause_q   <= 2'd0;
          if (look_older_q && (segment_q + 32'd1 == first_q)) look_older_q <= 1'b0;
          if (!look_older_q && (segment_q + 32'd1 == window_end)) state_q <= BEGIN;
        end
        BEGIN: begin
          window_q <= window_q + 32'd1;
          older_q  <= first_q;
          first_q  <= segment_q;
          state_q  <= WAIT;
        end
        default: state_q <= WAIT;
      endcase
    end
  end
endmodule
`default_nettype wire
