// Contract of section_decoder (docs/stream.md), for one section behind a reset or an abort, of one kind and any number of steps and
// outputs, for every content of its beats, whenever they come and whenever items are taken.
//
//   0  every item is what the definition reads from the bits of the section, at the item's place: biases, weights of 8
//      and 16 bits, values with index codes or row indices, norm parameters; in order, of the right sort, and none more
//      than the section has
//   1  an item that was not taken stays
//
// Checked  as far as a section lies in its first BEATS beats: these are kept, and every item is cut from them
// Macros   PROPERTY, KIND and the parameters of the unit, from bench/formal.
//          KIND: 0 NORM, 1 DENSE, 2 DENSE wide, 3 EXPAND wide, 3 + n EXPAND with index codes of n bits
`default_nettype none
module section_decoder_formal #(
  parameter COLUMNS   = `COLUMNS,
  parameter BUS_BYTES = `BUS_BYTES,
  parameter BANK_ROWS = `BANK_ROWS,
  parameter BEATS     = `BEATS,
  parameter KIND      = `KIND,
  parameter ROW_BITS  = $clog2(BANK_ROWS),
  parameter BUS_BITS  = 8 * BUS_BYTES
) (
  input  wire                clk_i,
  input  wire                rst_i,
  input  wire                abort_i,
  input  wire                section_valid_i,
  input  wire [3:0]          inner_i,
  input  wire [4:0]          outer_i,
  input  wire                beat_valid_i,
  input  wire [BUS_BITS-1:0] beat_i,
  input  wire                ended_i,
  input  wire                bias_ready_i,
  input  wire                item_ready_i,
  input  wire                pair_ready_i,
  output wire                bad_o
);
  localparam NORM = (KIND == 0), WIDE = (KIND == 2) || (KIND == 3), SPARSE = (KIND >= 3);
  localparam [3:0] OP         = NORM ? `OP_NORM : SPARSE ? `OP_EXPAND : `OP_DENSE;
  localparam [3:0] INDEX_BITS = (KIND > 3) ? KIND - 3 : 0;
  localparam BIAS_BITS   = 8 * COLUMNS;
  localparam ENTRY_BITS  = WIDE ? 16 : SPARSE ? 6 + INDEX_BITS : 8;
  localparam STEP_BITS   = NORM ? 16 : COLUMNS * ENTRY_BITS * ((SPARSE && WIDE) ? 2 : 1);
  localparam BANK_BITS   = $clog2(COLUMNS);
  localparam [15:0] ALL  = BEATS * BUS_BITS;

  wire section_ready, beat_ready, bias_valid, item_valid, pair_valid;
  wire [8*COLUMNS-1:0]        bias, weights;
  wire [ROW_BITS*COLUMNS-1:0] rows;
  wire [7:0]                  gamma, beta;
  reg                         begun_q = 1'b0;  // a reset has been
  reg                         given_q = 1'b0;  // the section has been given
  wire                        forget = rst_i || abort_i;
  wire                        give   = section_valid_i && !given_q;
  wire [`FEATURE_BITS-1:0]    inner  = { {(`FEATURE_BITS-4){1'b0}}, inner_i } + 1'b1;
  wire [`FEATURE_BITS-1:0]    outer  = { {(`FEATURE_BITS-5){1'b0}}, outer_i } + 1'b1;
  reg  [`INSTRUCTION_BITS-1:0] instruction;
  always @* begin
    instruction                  = {`INSTRUCTION_BITS{1'b0}};
    instruction[`INS_OP]         = OP;
    instruction[`INS_WIDE]       = WIDE;
    instruction[`INS_INDEX_BITS] = INDEX_BITS;
    instruction[`INS_INNER]      = inner;
    instruction[`INS_OUTER]      = outer;
  end
  trex_section_decoder #(.COLUMNS(COLUMNS), .BUS_BYTES(BUS_BYTES), .BANK_ROWS(BANK_ROWS)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort_i), .section_valid_i(give), .section_ready_o(section_ready),
    .instruction_i(instruction),
    .beat_valid_i(beat_valid_i), .beat_ready_o(beat_ready), .beat_i(beat_i), .ended_i(ended_i), .short_o(), .left_o(),
    .bias_valid_o(bias_valid), .bias_ready_i(bias_ready_i), .bias_o(bias),
    .item_valid_o(item_valid), .item_ready_i(item_ready_i), .item_weights_o(weights), .item_rows_o(rows),
    .pair_valid_o(pair_valid), .pair_ready_i(pair_ready_i), .gamma_o(gamma), .beta_o(beta),
    .section_done_o(), .value_bytes_o(), .index_bytes_o(), .dense_bytes_o(), .parameter_bytes_o()
  );

  // ---- the section as it stands in memory, and where the next item begins ----
  reg  [BEATS*BUS_BITS-1:0]   bits_q;
  reg  [7:0]                  beats_q = 8'd0;
  reg  [15:0]                 at_q = 16'd0;
  reg                         bias_q = 1'b0;   // it is the bias of a tile
  reg  [`FEATURE_BITS-1:0]    step_q = {`FEATURE_BITS{1'b0}};
  reg  [`FEATURE_BITS-1:0]    inner_q = {`FEATURE_BITS{1'b0}};
  reg  [`FEATURE_BITS-1:0]    left_q = {`FEATURE_BITS{1'b0}};  // outputs of this tile and those after it
  reg  [ROW_BITS*COLUMNS-1:0] rows_q [0:COLUMNS-1];  // of the last steps
  wire                        taken     = (bias_valid && bias_ready_i) || (item_valid && item_ready_i) || (pair_valid && pair_ready_i);
  wire [15:0]                 item_bits = bias_q ? BIAS_BITS : STEP_BITS;
  wire [15:0]                 end_      = at_q + item_bits;
  wire                        inside    = end_ <= ALL;
  wire [BEATS*BUS_BITS-1:0]   from      = bits_q >> { at_q[15:2], 2'd0 };  // items are multiples of 4 bits
  wire                        last_step = step_q + 1'b1 == inner_q;
  wire [ROW_BITS*COLUMNS-1:0] before    = rows_q[step_q[BANK_BITS-1:0]];
  wire [ROW_BITS*COLUMNS-1:0] want_rows;
  wire [COLUMNS-1:0]          bias_bad, weight_bad, row_bad;
  genvar c;
  generate
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_column
      wire [ENTRY_BITS-1:0] entry = from[ENTRY_BITS*c +: ENTRY_BITS];
      wire [7:0]            value = SPARSE ? { {2{entry[5]}}, entry[5:0] } : entry[7:0];
      wire [15:0]           index = (SPARSE && WIDE) ? from[16*COLUMNS + 16*c +: 16] : 16'd0;
      wire [15:0]           code  = SPARSE ? entry >> 6 : 0;
      wire [15:0]           prior = { {(16-ROW_BITS){1'b0}}, before[ROW_BITS*c +: ROW_BITS] };
      wire [15:0]           row   = WIDE ? index >> BANK_BITS : (step_q < COLUMNS) ? code : prior + 16'd1 + code;
      assign want_rows[ROW_BITS*c +: ROW_BITS] = row[ROW_BITS-1:0];
      assign bias_bad[c]   = bias[8*c +: 8] != from[8*c +: 8];
      assign weight_bad[c] = weights[8*c +: 8] != value;
      assign row_bad[c]    = SPARSE && (rows[ROW_BITS*c +: ROW_BITS] != row[ROW_BITS-1:0]);
    end
  endgenerate

  reg                         held_q = 1'b0;
  reg  [2:0]                  sort_q = 3'd0;
  reg  [8*COLUMNS-1:0]        bias_was_q, weights_was_q;
  reg  [ROW_BITS*COLUMNS-1:0] rows_was_q;
  reg  [15:0]                 pair_was_q;
  always @(posedge clk_i) begin
    if (give && section_ready) begin
      given_q <= 1'b1;
      inner_q <= inner;
      left_q  <= outer;
      bias_q  <= !NORM;
    end
    if (beat_valid_i && beat_ready && (beats_q < BEATS)) begin
      beats_q <= beats_q + 8'd1;
      bits_q[beats_q*BUS_BITS +: BUS_BITS] <= beat_i;
    end
    if (taken) begin
      at_q   <= end_;
      step_q <= (bias_q || last_step) ? {`FEATURE_BITS{1'b0}} : step_q + 1'b1;
      bias_q <= !NORM && !bias_q && last_step;
      if (!bias_q && last_step) left_q <= (NORM || (left_q <= COLUMNS)) ? {`FEATURE_BITS{1'b0}} : left_q - COLUMNS;
      if (!bias_q) rows_q[step_q[BANK_BITS-1:0]] <= want_rows;
    end
    held_q        <= (bias_valid || item_valid || pair_valid) && !taken;
    sort_q        <= { bias_valid, item_valid, pair_valid };
    bias_was_q    <= bias;
    weights_was_q <= weights;
    rows_was_q    <= rows;
    pair_was_q    <= { gamma, beta };
    if (forget) begin
      given_q <= 1'b0;
      beats_q <= 8'd0;
      at_q    <= 16'd0;
      bias_q  <= 1'b0;
      step_q  <= {`FEATURE_BITS{1'b0}};
      left_q  <= {`FEATURE_BITS{1'b0}};
      held_q  <= 1'b0;
    end
    if (rst_i) begun_q <= 1'b1;
  end

  wire wrong_sort = (bias_valid && !bias_q) || (item_valid && (bias_q || NORM)) || (pair_valid && !NORM)
                    || ((bias_valid || item_valid || pair_valid) && (left_q == {`FEATURE_BITS{1'b0}}));
  wire wrong_data = inside && ((bias_valid && (|bias_bad)) || (item_valid && ((|weight_bad) || (|row_bad))) || (pair_valid && ({ beta, gamma } != from[15:0])));
  wire [1:0] violated;
  assign violated[0] = wrong_sort || wrong_data;
  assign violated[1] = held_q && ((sort_q != { bias_valid, item_valid, pair_valid }) || (bias_was_q != bias) || (weights_was_q != weights)
                       || (SPARSE && (rows_was_q != rows)) || (pair_was_q != { gamma, beta }));
  assign bad_o = begun_q && violated[`PROPERTY];
endmodule
`default_nettype wire
