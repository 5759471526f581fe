// Section decoder: cuts the beats of the weight stream into what core takes, one section for each instruction that
// reads weights. A section begins on a beat; the padding behind its last item is dropped with the beat it lies in.
//
//   NORM     inner x { gamma, beta }
//   EXPAND   tiles x { C multipliers with perColumn, C biases, inner x C { value 6 bits, index code } }
//            wide: tiles x { C multipliers with perColumn, C biases, inner x { C values, C row indices }, in containers of 16 bits }
//   DENSE    tiles x { C multipliers with perColumn, C biases, inner x C weights of 8 bits, or in containers of 16 }
//
// Row addresses: predecessor + 1 + code, the predecessor being the same column's address C steps ago, or -1;
// wide: index div C.
//
// Layout   column c in field c of each bus
// Timing   one item a cycle when the port keeps up, a wide step of EXPAND each two cycles; instruction_i is taken with section_valid_i and section_ready_o
//          section_done_o pulses when the last beat of a section is used up; the byte counts belong to that cycle
// Reset    control only; abort_i forgets beats and section
// Golden   docs/stream.md
`default_nettype none
module trex_section_decoder #(
  // Made with the configuration; do not override.
  parameter COLUMNS   = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter BUS_BYTES = 16,  // of a beat of the memory port; power of two, >= 4
  parameter BANK_ROWS = 16,  // largest rank / COLUMNS; wider index codes than it needs are not taken
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter INSTRUCTION_BITS = 128,  // of an instruction
  parameter VALUE_BITS = 6,  // of a coded value of W_D, equation 5 of docs/numerics.md
  // Derived; do not override.
  parameter ROW_BITS  = (BANK_ROWS > 1) ? $clog2(BANK_ROWS) : 1,
  parameter BUS_BITS  = 8 * BUS_BYTES
) (
  input  wire                        clk_i,
  input  wire                        rst_i,
  input  wire                        abort_i,
  // section: from core
  input  wire                        section_valid_i,
  output wire                        section_ready_o,
  input  wire [INSTRUCTION_BITS-1:0] instruction_i,
  // beats: from stream_reader
  input  wire                        beat_valid_i,
  output wire                        beat_ready_o,
  input  wire [BUS_BITS-1:0]         beat_i,
  input  wire                        ended_i,          // stream_reader.ended_o
  output wire                        short_o,          // level: the section in work needs more beats than there are
  output wire                        left_o,           // level: there are beats that no section has used yet
  // items: to core
  output wire                        bias_valid_o,
  input  wire                        bias_ready_i,
  output wire [8*COLUMNS-1:0]        bias_o,
  output wire [8*COLUMNS-1:0]        multipliers_o,    // of the same columns
  output wire                        item_valid_o,
  input  wire                        item_ready_i,
  output wire [8*COLUMNS-1:0]        item_weights_o,
  output wire [ROW_BITS*COLUMNS-1:0] item_rows_o,
  output wire                        pair_valid_o,
  input  wire                        pair_ready_i,
  output wire [7:0]                  gamma_o,
  output wire [7:0]                  beta_o,
  // bytes of a section by class, for the counters
  output wire                        section_done_o,
  output wire [31:0]                 value_bytes_o,
  output wire [31:0]                 index_bytes_o,
  output wire [31:0]                 dense_bytes_o,
  output wire [31:0]                 parameter_bytes_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
  end
`endif

  localparam [3:0] OP_NORM = 4'd2, OP_EXPAND = 4'd4;
  localparam [1:0] IDLE = 2'd0, WORK = 2'd1, CLOSE = 2'd2;
  localparam COLUMN_BITS  = $clog2(COLUMNS);
  localparam ITEMS_BITS   = 2 * FEATURE_BITS;               // of the number of items of a section: steps times tiles
  localparam INDEX_SUM_BITS = ITEMS_BITS + 4;               // of the bits of their index codes in one column
  localparam GRAIN        = (COLUMNS > 16) ? 16 : COLUMNS;  // bits; items and beats are multiples of it
  localparam COLUMN_UNITS = COLUMNS / GRAIN;
  localparam BEAT_UNITS   = BUS_BITS / GRAIN;
  localparam UNIT_BITS    = $clog2(BEAT_UNITS);
  localparam ITEM_BITS    = 16 * COLUMNS;                   // the longest: containers of 16 bits
  localparam WINDOW_BEATS = (BEAT_UNITS - 1 + 16*COLUMN_UNITS + BEAT_UNITS - 1) / BEAT_UNITS;
  localparam SLOTS        = WINDOW_BEATS + 1;               // one more, so that beat_ready_o depends on registers only
  localparam PLACE_BITS   = $clog2((SLOTS + 1) * BEAT_UNITS) + 1;
  localparam COUNT_BITS   = $clog2(SLOTS + 1);
  localparam BUS_SHIFT    = $clog2(BUS_BYTES);
  localparam [PLACE_BITS-1:0]   BEAT       = BEAT_UNITS;
  localparam [PLACE_BITS-1:0]   UNITS_PAIR = 16 / GRAIN;
  localparam [PLACE_BITS-1:0]   UNITS_BIAS = 8 * COLUMN_UNITS;  // of multipliers too
  localparam [FEATURE_BITS-1:0] TILE_COLUMNS = COLUMNS;
  localparam [FEATURE_BITS-1:0] ONE_STEP   = 1;
  localparam [FEATURE_BITS-1:0] TWO_STEPS  = 2;

  wire [3:0] ins_op = instruction_i[0 +: 4];
  wire [0:0] ins_wide = instruction_i[13 +: 1];
  wire [3:0] ins_indexBits = instruction_i[17 +: 4];
  wire [11:0] ins_inner = instruction_i[21 +: 12];
  wire [11:0] ins_outer = instruction_i[33 +: 12];
  wire [0:0] ins_perColumn = instruction_i[121 +: 1];

  wire unused_bits = &{ 1'b0, instruction_i };

  // ---- the section in work ----
  localparam [4:0] VALUE_STRIDE = VALUE_BITS;
  reg [1:0]              state_q;
  reg                    norm_q;
  reg                    sparse_q;
  reg [4:0]              index_bits_q;  // 16: containers
  reg [4:0]              stride_q;      // bits from one column to the next, of steps
  reg [PLACE_BITS-1:0]   first_units_q;  // that a pair of a norm takes, or biases or multipliers of a tile
  reg [PLACE_BITS-1:0]   units_q;        // that this item takes
  reg [FEATURE_BITS-1:0] steps_q;
  reg [FEATURE_BITS-1:0] step_q;
  reg [FEATURE_BITS-1:0] steps_left_q;  // of this tile, that of this item included
  reg                    last_step_q;   // one is left: no comparison stands in front of the next item
  reg [FEATURE_BITS-1:0] left_q;    // outputs of this tile and those after it
  reg                    scaled_q;  // tiles have multipliers
  reg                    scale_q;   // the next item is the multipliers of a tile
  reg                    bias_q;    // the next item is the bias of a tile, or the multipliers before it
  reg                    half_q;    // values_q holds the values of the step, its rows are next
  wire                   accept    = section_valid_i && section_ready_o;
  wire                   wide      = index_bits_q[4];
  wire                   coded     = sparse_q && !bias_q;
  wire                   split     = coded && wide && !half_q;
  wire                   kept_item = split || scale_q;  // stays here until the next one
  wire                   working   = state_q == WORK;
  wire                   closing   = state_q == CLOSE;
  wire                   last_item = last_step_q && !bias_q && (norm_q || (left_q <= TILE_COLUMNS));

  // ---- window of beats; the item begins item_place_q units behind the oldest ----
  reg  [PLACE_BITS-1:0]    item_place_q;
  reg  [COUNT_BITS-1:0]    count_q;
  wire [SLOTS*BUS_BITS-1:0] slots;
  wire [4:0]            stride      = (norm_q || bias_q) ? 5'd8 : stride_q;  // of this item
  wire [PLACE_BITS-1:0] steps_units = { {(PLACE_BITS-5){1'b0}}, stride_q } * COLUMN_UNITS;
  wire [PLACE_BITS-1:0] first_units = (ins_op == OP_NORM) ? UNITS_PAIR : UNITS_BIAS;
  wire                  step_next   = !norm_q && !scale_q && (bias_q || split || !last_step_q);  // the next item is a step, or the rest of one
  reg  [PLACE_BITS-1:0] item_end_q;  // item_place_q + units_q: where it ends is known before it is asked whether it is there
  wire [PLACE_BITS-1:0] present   = { {(PLACE_BITS-COUNT_BITS){1'b0}}, count_q } << UNIT_BITS;
  wire                  passed    = |item_place_q[PLACE_BITS-1:UNIT_BITS];  // the oldest beat is used up
  wire                  item_here = working && !passed && (item_end_q <= present);
  wire                  out_ready;
  wire                  take      = item_here && (out_ready || kept_item);
  // Both places are ready before it is known whether the item is taken, which comes last.
  wire                  item_over = |item_end_q[PLACE_BITS-1:UNIT_BITS];          // it uses up the oldest beat
  wire [PLACE_BITS-1:0] behind    = item_over ? item_end_q - BEAT : item_end_q;
  wire [PLACE_BITS-1:0] still     = passed ? item_place_q - BEAT : item_place_q;
  wire                  padding   = closing && !passed && (|item_place_q[UNIT_BITS-1:0]);
  wire                  drop      = (take ? item_over : passed) || padding;
  wire                  load      = beat_valid_i && beat_ready_o;
  wire [COUNT_BITS-1:0] kept      = count_q - { {(COUNT_BITS-1){1'b0}}, drop };
  wire                  closed    = closing && (item_place_q == {PLACE_BITS{1'b0}});
  wire [ITEM_BITS-1:0]  item      = slots[item_place_q[UNIT_BITS-1:0]*GRAIN +: ITEM_BITS];

  genvar n;
  generate
    for (n = 0; n < SLOTS; n = n + 1) begin : gen_slot
      localparam [COUNT_BITS-1:0] ME = n;
      reg [BUS_BITS-1:0] slot_q;
      assign slots[n*BUS_BITS +: BUS_BITS] = slot_q;
      if (n + 1 < SLOTS) begin : gen_next
        always @(posedge clk_i) begin
          if (load && (kept == ME)) slot_q <= beat_i;
          else if (drop) slot_q <= slots[(n+1)*BUS_BITS +: BUS_BITS];
        end
      end else begin : gen_next
        always @(posedge clk_i) if (load && (kept == ME)) slot_q <= beat_i;
      end
    end
  endgenerate

  assign beat_ready_o    = count_q != SLOTS[COUNT_BITS-1:0];
  assign section_ready_o = state_q == IDLE;
  assign short_o         = working && !passed && (item_end_q > present) && ended_i;
  assign left_o          = (count_q != {COUNT_BITS{1'b0}}) || !ended_i;

  // ---- columns of the item ----
  wire [ROW_BITS*COLUMNS-1:0] previous;  // addresses of C steps ago
  wire                        followed = |step_q[FEATURE_BITS-1:COLUMN_BITS];
  reg  [VALUE_BITS*COLUMNS-1:0] values_q;
  reg  [8*COLUMNS-1:0]        multipliers_q;
  wire [8*COLUMNS-1:0]        weights;
  wire [ROW_BITS*COLUMNS-1:0] rows;
  // Kept from the output register: they are needed COLUMNS steps later, two or more.
  reg                         keep_rows_q;
  reg  [COLUMN_BITS-1:0]      keep_at_q;
  reg  [ROW_BITS*COLUMNS-1:0] out_rows_q;
  always @(posedge clk_i) begin
    keep_rows_q <= take && !kept_item && coded;
    keep_at_q   <= step_q[COLUMN_BITS-1:0];
  end
  trex_ram_1r1w #(.WORD_BITS(ROW_BITS*COLUMNS), .DEPTH(COLUMNS), .LANE_BITS(ROW_BITS*COLUMNS), .READ_CYCLES(0)) u_previous (
    .clk_i(clk_i), .wr_en_i(keep_rows_q), .wr_addr_i(keep_at_q), .wr_lanes_i(1'b1), .wr_data_i(out_rows_q),
    .rd_en_i(1'b1), .rd_addr_i(step_q[COLUMN_BITS-1:0]), .rd_data_o(previous)
  );
  genvar c, r, s;
  generate
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_column
      for (s = VALUE_BITS + 1; s <= 16; s = s + 1) begin : gen_stride
        localparam [31:0] STRIDE = s;
        // Strides that no index of this memory needs fall away.
        wire [15:0] own = ((s == 8) || (s == 16) || (s <= VALUE_BITS + ROW_BITS)) ? item[s*c +: 16] & {16{stride == STRIDE[4:0]}} : 16'd0;
        wire [15:0] some;  // the field, when this stride or one before it is the one
        if (s == VALUE_BITS + 1) begin : gen_first
          assign some = own;
        end else begin : gen_next
          assign some = gen_stride[s-1].some | own;
        end
      end
      wire [15:0] field = gen_stride[16].some;
      wire        unused_field = &{ 1'b0, field };
      wire [ROW_BITS-1:0] code;
      for (r = 0; r < ROW_BITS; r = r + 1) begin : gen_code
        localparam [4:0] BIT = r;
        assign code[r] = wide ? field[COLUMN_BITS+r] : field[VALUE_BITS+r] && (index_bits_q > BIT);
      end
      wire [VALUE_BITS-1:0] value = half_q ? values_q[VALUE_BITS*c +: VALUE_BITS] : field[VALUE_BITS-1:0];
      assign weights[8*c +: 8] = coded ? { {(8-VALUE_BITS){value[VALUE_BITS-1]}}, value } : field[7:0];
      always @(posedge clk_i) if (take && split) values_q[VALUE_BITS*c +: VALUE_BITS] <= field[VALUE_BITS-1:0];
      assign rows[ROW_BITS*c +: ROW_BITS] = code + ((followed && !wide) ? previous[ROW_BITS*c +: ROW_BITS] + 1'b1 : {ROW_BITS{1'b0}});
    end
  endgenerate

  // ---- output register ----
  reg                         out_bias_q;
  reg                         out_item_q;
  reg                         out_pair_q;
  reg [8*COLUMNS-1:0]         out_weights_q;
  wire                        out_free = !(out_bias_q || out_item_q || out_pair_q) || (out_bias_q && bias_ready_i)
                          || (out_item_q && item_ready_i) || (out_pair_q && pair_ready_i);
  wire                        bias_out = take && bias_q && !scale_q;
  wire                        item_out = take && !bias_q && !norm_q && !split;
  wire                        pair_out = take && norm_q;
  assign out_ready      = out_free;
  assign bias_valid_o   = out_bias_q;
  assign bias_o         = out_weights_q;
  assign multipliers_o  = multipliers_q;
  assign item_valid_o   = out_item_q;
  assign item_weights_o = out_weights_q;
  assign item_rows_o    = out_rows_q;
  assign pair_valid_o   = out_pair_q;
  assign gamma_o        = out_weights_q[7:0];
  assign beta_o         = out_weights_q[15:8];

  // ---- bytes by class ----
  reg [ITEMS_BITS-1:0]     items_q;        // without biases
  reg [INDEX_SUM_BITS-1:0] index_units_q;  // bits of index codes in one column
  reg [31:0]               beats_q;
  wire [31:0] entries = { {(32-ITEMS_BITS){1'b0}}, items_q } << COLUMN_BITS;
  wire [31:0] value_bytes = !sparse_q ? 32'd0 : (wide ? entries << 1 : (entries + (entries << 1)) >> 2);
  wire [31:0] index_bytes = ({ {(32-INDEX_SUM_BITS){1'b0}}, index_units_q } << COLUMN_BITS) >> 3;
  wire [31:0] dense_bytes = (norm_q || sparse_q) ? 32'd0 : (wide ? entries << 1 : entries);
  assign section_done_o = closed;
  assign value_bytes_o  = value_bytes;
  assign index_bytes_o  = index_bytes;
  assign dense_bytes_o  = dense_bytes;
  assign parameter_bytes_o = (beats_q << BUS_SHIFT) - value_bytes_o - index_bytes_o - dense_bytes_o;

  always @(posedge clk_i) begin
    if (accept) begin
      state_q       <= WORK;
      norm_q        <= ins_op == OP_NORM;
      sparse_q      <= ins_op == OP_EXPAND;
      index_bits_q  <= { ins_wide, ins_indexBits };
      stride_q      <= ins_wide ? 5'd16 : (ins_op == OP_EXPAND) ? VALUE_STRIDE + { 1'b0, ins_indexBits } : 5'd8;
      first_units_q <= first_units;
      steps_q       <= ins_inner;
      steps_left_q  <= ins_inner;
      last_step_q   <= ins_inner == ONE_STEP;
      step_q        <= {FEATURE_BITS{1'b0}};
      left_q        <= ins_outer;
      scaled_q      <= ins_perColumn;
      scale_q       <= ins_perColumn;
      bias_q        <= ins_op != OP_NORM;
      half_q        <= 1'b0;
      items_q       <= {ITEMS_BITS{1'b0}};
      index_units_q <= {INDEX_SUM_BITS{1'b0}};
      beats_q       <= 32'd0;
    end
    if (take) half_q <= split;
    if (accept) units_q <= first_units;
    else if (take) units_q <= step_next ? steps_units : first_units_q;
    if (take && scale_q) begin
      scale_q       <= 1'b0;
      multipliers_q <= weights;
    end
    if (take && !kept_item) begin
      step_q <= (bias_q || last_step_q) ? {FEATURE_BITS{1'b0}} : step_q + 1'b1;
      bias_q <= !norm_q && !bias_q && last_step_q;
      scale_q <= scaled_q && !bias_q && last_step_q;
      if (!bias_q && last_step_q) left_q <= left_q - TILE_COLUMNS;
      if (!bias_q) items_q <= items_q + 1'b1;
      if (!bias_q) begin
        steps_left_q <= last_step_q ? steps_q : steps_left_q - 1'b1;
        last_step_q  <= last_step_q ? steps_q == ONE_STEP : steps_left_q == TWO_STEPS;
      end
      if (coded) index_units_q <= index_units_q + { {(INDEX_SUM_BITS-5){1'b0}}, index_bits_q };
      if (last_item) state_q <= CLOSE;
    end
    if (closed) state_q <= IDLE;

    item_place_q <= padding ? {PLACE_BITS{1'b0}} : take ? behind : still;
    // A section begins at a beat.
    item_end_q   <= accept ? first_units : !take ? still + units_q : step_next ? behind + steps_units : behind + first_units_q;
    count_q <= kept + { {(COUNT_BITS-1){1'b0}}, load };
    if (drop) beats_q <= beats_q + 32'd1;

    if (out_free) begin
      out_bias_q    <= bias_out;
      out_item_q    <= item_out;
      out_pair_q    <= pair_out;
      out_weights_q <= weights;
      out_rows_q    <= rows;
    end

    if (rst_i || abort_i) begin
      state_q    <= IDLE;
      item_place_q <= {PLACE_BITS{1'b0}};
      count_q    <= {COUNT_BITS{1'b0}};
      out_bias_q <= 1'b0;
      out_item_q <= 1'b0;
      out_pair_q <= 1'b0;
    end
  end
endmodule
`default_nettype wire
