// Window former: the look-ahead queue, and the walk over it that fills a window. The oldest entry is always taken, a
// later one when the policy allows it and its slices fit behind those taken before.
//
//   position   0       1       2       3        policy packed, 4 slices
//   slices     2       3       1       1
//              taken   left    taken   taken    1 has been passed over once more
//
// One entry is looked at in a cycle; those left are written back closed up. All entries before the last one taken have
// been passed over, and they lie at the front, so their number is kept and added when they are looked at again.
//
// Layout   slice s of the window in field s of each bus
// Timing   form_i when nothing is being formed and the queue is not empty; formed_o pulses when the table is complete;
//          it holds until the next form_i
// Reset    control only
// Golden   generator/batch/form-windows.ts; docs/chip.md, "Forming windows" and "Window table"
`default_nettype none
module trex_window_former #(
  parameter SLICES      = 4,
  parameter SLICE_LANES = 2,
  parameter PASSES      = 16,
  parameter ADDR_BITS   = 32,
  parameter LOOKAHEAD   = 16,  // entries of the queue
  parameter PASS_OVER   = 8,  // windows in which an entry may be passed over, at most 255
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter COUNT_BITS  = $clog2(LOOKAHEAD + 1)
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  input  wire [1:0]                  policy_i,      // single, uniform, else packed
  // queue
  input  wire                        entry_valid_i,
  output wire                        entry_ready_o,
  input  wire [15:0]                 entry_slot_i,
  input  wire [11:0]                 entry_length_i,
  input  wire [ADDR_BITS-1:0]        entry_input_i,
  input  wire [ADDR_BITS-1:0]        entry_output_i,
  input  wire [31:0]                 entry_tag_i,
  output wire                        empty_o,
  output wire                        room_o,
  // window
  input  wire                        form_i,
  output reg                         formed_o,
  output wire [SLICES-1:0]           slice_valid_o,
  output wire [2*SLICES-1:0]         slice_first_o,
  output wire [12*SLICES-1:0]        slice_length_o,
  output wire [ADDR_BITS*SLICES-1:0] slice_input_o,
  output wire [ADDR_BITS*SLICES-1:0] slice_output_o,
  output wire [32*SLICES-1:0]        slice_tag_o,
  output wire [16*SLICES-1:0]        slice_slot_o,
  output wire [2:0]                  groups_o,
  output wire [11:0]                 slice_keys_o,
  output wire [PASS_BITS-1:0]        last_pass_o
);
  localparam [1:0] POLICY_SINGLE = 2'd0, POLICY_UNIFORM = 2'd1;
  localparam [11:0] SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam [3:0]  SLICES_4     = SLICES;
  localparam [7:0]  PASS_OVER_8  = PASS_OVER;
  localparam [COUNT_BITS-1:0] ALL = LOOKAHEAD;
  localparam [COUNT_BITS-1:0] ONE = 1;
  localparam LANE_SHIFT = $clog2(SLICE_LANES);
  localparam AT_BITS    = (LOOKAHEAD > 1) ? $clog2(LOOKAHEAD) : 1;
  localparam ENTRY_BITS = 8 + 16 + 12 + 2 * ADDR_BITS + 32;

  // ---- queue: entry 0 is the oldest ----
  reg  [COUNT_BITS-1:0] count_q;
  reg                   walk_q;      // read addresses are going out
  reg                   look_q;      // the entry at look_at_q is at the memory's output
  reg  [COUNT_BITS-1:0] walk_at_q;
  reg  [COUNT_BITS-1:0] look_at_q;
  reg  [COUNT_BITS-1:0] keep_at_q;   // where the next entry that is left goes
  reg  [COUNT_BITS-1:0] passed_q;    // entries before this one were passed over by the last window
  reg  [COUNT_BITS-1:0] passing_q;   // the same for the window being formed
  wire                  push    = entry_valid_i && entry_ready_o;
  wire                  walking = walk_q || look_q;
  wire                  keep;
  wire                  take;
  wire [ENTRY_BITS-1:0] looked;
  wire [ENTRY_BITS-1:0] entry   = { 8'd0, entry_slot_i, entry_length_i, entry_input_i, entry_output_i, entry_tag_i };
  wire [7:0]            passed_before;
  wire [15:0]           slot;
  wire [11:0]           length;
  wire [ADDR_BITS-1:0]  in_addr;
  wire [ADDR_BITS-1:0]  out_addr;
  wire [31:0]           tag;
  assign { passed_before, slot, length, in_addr, out_addr, tag } = looked;
  wire [7:0]            passed = passed_before + ((look_at_q < passed_q) ? 8'd1 : 8'd0);

  assign empty_o       = count_q == {COUNT_BITS{1'b0}};
  assign room_o        = count_q != ALL;
  assign entry_ready_o = room_o && !walking && !form_i;

  trex_ram_1r1w #(.WORD_BITS(ENTRY_BITS), .DEPTH(LOOKAHEAD), .LANE_BITS(ENTRY_BITS), .DISTRIBUTED(1)) u_queue (
    .clk_i(clk_i),
    .wr_en_i(push || keep), .wr_addr_i(push ? count_q[AT_BITS-1:0] : keep_at_q[AT_BITS-1:0]), .wr_lanes_i(1'b1),
    .wr_data_i(push ? entry : { passed, slot, length, in_addr, out_addr, tag }),
    .rd_en_i(walk_q), .rd_addr_i(walk_at_q[AT_BITS-1:0]), .rd_data_o(looked)
  );

  // ---- the walk ----
  reg  [2:0] next_q;      // slices given so far
  reg  [2:0] class_q;     // slices of the oldest one; classes of 3 and 4 fit nobody else, so they need not be joined
  reg        stop_q;      // an entry that must not be passed over has been left
  wire       oldest  = look_at_q == {COUNT_BITS{1'b0}};
  wire       last    = look_at_q + ONE == count_q;
  wire [11:0] twice  = SLICE_TOKENS << 1;
  wire [2:0] count   = 3'd1 + ((length > SLICE_TOKENS) ? 3'd1 : 3'd0) + ((length > twice) ? 3'd1 : 3'd0)
                       + ((length > SLICE_TOKENS + twice) ? 3'd1 : 3'd0);
  wire       allowed = (policy_i == POLICY_SINGLE) ? 1'b0 : (policy_i == POLICY_UNIFORM) ? (count == class_q) : 1'b1;
  wire [3:0] behind  = { 1'b0, next_q } + { 1'b0, count };  // at most 8
  assign     take    = look_q && (oldest || (allowed && !stop_q && (behind <= SLICES_4)));
  assign     keep    = look_q && !take;

  always @(posedge clk_i) begin
    formed_o  <= look_q && last;
    look_at_q <= walk_at_q;
    if (walk_q) walk_at_q <= walk_at_q + ONE;
    if (look_q) begin
      if (oldest) class_q <= count;
      if (take) begin
        next_q    <= oldest ? count : behind[2:0];
        passing_q <= keep_at_q;
      end else begin
        keep_at_q <= keep_at_q + ONE;
        if (passed == PASS_OVER_8) stop_q <= 1'b1;
      end
    end
    if (form_i) begin
      walk_at_q <= {COUNT_BITS{1'b0}};
      keep_at_q <= {COUNT_BITS{1'b0}};
      passing_q <= {COUNT_BITS{1'b0}};
      stop_q    <= 1'b0;
      next_q    <= 3'd0;
    end
    if (look_q && last) begin
      count_q  <= keep_at_q + (take ? {COUNT_BITS{1'b0}} : ONE);
      passed_q <= take ? keep_at_q : passing_q;
    end
    if (push) count_q <= count_q + ONE;
    walk_q <= form_i || (walk_q && (walk_at_q + ONE != count_q));
    look_q <= walk_q;
    if (rst_i) begin
      count_q  <= {COUNT_BITS{1'b0}};
      passed_q <= {COUNT_BITS{1'b0}};
      walk_q   <= 1'b0;
      look_q   <= 1'b0;
      formed_o <= 1'b0;
    end
  end

  // ---- window table ----
  wire [2:0]  first = oldest ? 3'd0 : next_q;
  wire [11:0] keys  = (length < SLICE_TOKENS) ? length : SLICE_TOKENS;
  reg  [2:0]  groups_q;
  reg  [11:0] keys_q;
  always @(posedge clk_i) begin
    if (take) begin
      if (oldest || (count > groups_q)) groups_q <= count;
      if (oldest || (keys > keys_q)) keys_q <= keys;
    end
  end
  wire [11:0] last_key    = keys_q - 12'd1;
  wire [11:0] last_pass   = last_key >> LANE_SHIFT;
  wire        unused_pass = &{ 1'b0, last_pass };
  assign groups_o     = groups_q;
  assign slice_keys_o = keys_q;
  assign last_pass_o  = last_pass[PASS_BITS-1:0];

  genvar s;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      localparam [2:0] SLICE = s;
      reg                 valid_q;
      reg [1:0]           first_q;
      reg [11:0]          length_q;
      reg [ADDR_BITS-1:0] input_q;
      reg [ADDR_BITS-1:0] output_q;
      reg [31:0]          tag_q;
      reg [15:0]          slot_q;
      wire                here = take && (SLICE >= first) && (SLICE < first + count);
      always @(posedge clk_i) begin
        if (here) begin
          input_q  <= in_addr;
          output_q <= out_addr;
          tag_q    <= tag;
          slot_q   <= slot;
        end
        // Zeros, so that nothing undefined enters the sums of the core.
        if (rst_i || form_i) begin
          valid_q      <= 1'b0;
          first_q      <= 2'd0;
          length_q     <= 12'd0;
        end else if (here) begin
          valid_q      <= 1'b1;
          first_q      <= first[1:0];
          length_q     <= length;
        end
      end
      assign slice_valid_o[s]                         = valid_q;
      assign slice_first_o[2*s +: 2]                  = first_q;
      assign slice_length_o[12*s +: 12]               = length_q;
      assign slice_input_o[ADDR_BITS*s +: ADDR_BITS]  = input_q;
      assign slice_output_o[ADDR_BITS*s +: ADDR_BITS] = output_q;
      assign slice_tag_o[32*s +: 32]                  = tag_q;
      assign slice_slot_o[16*s +: 16]                 = slot_q;
    end
  endgenerate
endmodule
`default_nettype wire
