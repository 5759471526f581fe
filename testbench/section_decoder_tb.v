// Bench of section_decoder: sections and beats from files, items held against the vectors. All sides stall at random.
//
// Vector   kind (ITEM_*, generator/contract/codes.ts), whether a bias has multipliers, multipliers, rows, bytes (first in the high bits)
// Files    beats.hex; sections.hex: { items so far, value bytes, index bytes, dense bytes, parameter bytes, instruction }
// Macros   VECTORS, BEATS, SECTIONS, parameters of the unit, STALL (0 or 1), CYCLES after which it gives up;
//          END: 0 all is used up, 1 the last section needs more beats, 2 there are more beats than sections
// Plusargs +abort_at=n: in that cycle all is forgotten and begins anew
`default_nettype none
module section_decoder_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS  = `COLUMNS;
  localparam ROW_BITS = (`BANK_ROWS > 1) ? $clog2(`BANK_ROWS) : 1;
  localparam BUS_BITS = 8 * `BUS_BYTES;
  localparam ITEM_BITS = `ITEM_CODE_BITS + 1 + 8*COLUMNS + ROW_BITS*COLUMNS + 8*COLUMNS;
  localparam SECTION_BITS = 5 * 32 + 128;

  reg [ITEM_BITS-1:0]    items [0:`VECTORS-1];
  reg [BUS_BITS-1:0]     beats [0:`BEATS-1];
  reg [SECTION_BITS-1:0] sections [0:`SECTIONS-1];
  reg [31:0]             seed;
  reg [31:0]             abort_at;
  initial begin
    $readmemh("vectors.hex", items);
    $readmemh("beats.hex", beats);
    $readmemh("sections.hex", sections);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("abort_at=%d", abort_at)) abort_at = 32'hffffffff;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);
  wire free = `STALL == 0;

  reg  [31:0] cycle_q;
  reg  [9:0]  still_q;     // cycles in which nothing moved
  reg  [31:0] item_q;
  reg  [31:0] beat_q;
  reg  [31:0] section_q;   // next to be handed over
  reg  [31:0] closed_q;    // next to report its bytes
  reg         section_valid_q;
  reg         beat_valid_q;
  reg         short_q;

  wire [ITEM_BITS-1:0]        item = items[item_q];
  wire [SECTION_BITS-1:0]     section = sections[section_q];
  wire [SECTION_BITS-1:0]     handed = sections[section_q - 32'd1];
  wire [SECTION_BITS-1:0]     closed = sections[closed_q];
  wire                        abort = cycle_q == abort_at;
  wire                        ended = beat_q == `BEATS;
  wire                        section_ready;
  wire                        beat_ready;
  wire                        short;
  wire                        left;
  wire                        bias_valid;
  wire [8*COLUMNS-1:0]        bias;
  wire [8*COLUMNS-1:0]        multipliers;
  wire                        item_valid;
  wire [8*COLUMNS-1:0]        weights;
  wire [ROW_BITS*COLUMNS-1:0] rows;
  wire                        pair_valid;
  wire [7:0]                  gamma;
  wire [7:0]                  beta;
  wire                        section_done;
  wire [31:0]                 value_bytes;
  wire [31:0]                 index_bytes;
  wire [31:0]                 dense_bytes;
  wire [31:0]                 parameter_bytes;
  wire                        bias_ready = free || random_q[0];
  wire                        item_ready = free || random_q[1];
  wire                        pair_ready = free || random_q[2];

  trex_section_decoder #(.COLUMNS(COLUMNS), .BUS_BYTES(`BUS_BYTES), .BANK_ROWS(`BANK_ROWS)) dut (
    .clk_i(clk_i), .rst_i(rst_i), .abort_i(abort),
    .section_valid_i(section_valid_q), .section_ready_o(section_ready),
    .instruction_i(section_valid_q ? section[127:0] : {4{random_q}}),
    .beat_valid_i(beat_valid_q && !ended), .beat_ready_o(beat_ready), .beat_i(beats[beat_q]),
    .ended_i(ended), .short_o(short), .left_o(left),
    .bias_valid_o(bias_valid), .bias_ready_i(bias_ready), .bias_o(bias), .multipliers_o(multipliers),
    .item_valid_o(item_valid), .item_ready_i(item_ready), .item_weights_o(weights), .item_rows_o(rows),
    .pair_valid_o(pair_valid), .pair_ready_i(pair_ready), .gamma_o(gamma), .beta_o(beta),
    .section_done_o(section_done), .value_bytes_o(value_bytes), .index_bytes_o(index_bytes), .dense_bytes_o(dense_bytes),
    .parameter_bytes_o(parameter_bytes)
  );

  wire [`ITEM_CODE_BITS-1:0] kind = item[ITEM_BITS-1 -: `ITEM_CODE_BITS];
  wire weighs = (kind == `ITEM_EXPAND) || (kind == `ITEM_DENSE);
  wire take  = (bias_valid && bias_ready) || (item_valid && item_ready) || (pair_valid && pair_ready);
  wire good  = ({ bias_valid, item_valid, pair_valid } === { kind == `ITEM_BIAS, weighs, kind == `ITEM_PAIR })
               && ((kind != `ITEM_BIAS) || (bias === item[8*COLUMNS-1:0]))
               && ((kind != `ITEM_BIAS) || !item[ITEM_BITS-1-`ITEM_CODE_BITS] || (multipliers === item[(8+ROW_BITS)*COLUMNS +: 8*COLUMNS]))
               && ((kind != `ITEM_PAIR) || ({ beta, gamma } === item[15:0]))
               && (!weighs || (weights === item[8*COLUMNS-1:0]))
               && ((kind != `ITEM_EXPAND) || (rows === item[8*COLUMNS +: ROW_BITS*COLUMNS]))
               && (item_q < `VECTORS);
  wire counts = { value_bytes, index_bytes, dense_bytes, parameter_bytes } === closed[128 +: 128];
  // As core does it: a section is handed over when the items of the one before have been taken.
  wire due   = (section_q < `SECTIONS) && ((section_q == 32'd0) || (item_q == handed[SECTION_BITS-1 -: 32]));
  wire finished = (item_q == `VECTORS) && (closed_q == ((`END == 1) ? `SECTIONS - 1 : `SECTIONS)) && (ended || (`END == 2));
  wire wrong = (take && !good) || ((bias_valid || item_valid || pair_valid) === 1'bx)
               || (section_done && (!counts || (closed_q >= section_q))) || (section_done === 1'bx)
               || (short && ((`END != 1) || !ended || (section_q != `SECTIONS))) || (short === 1'bx);
  wire quiet = finished && ((`END == 2) ? left : !left || (`END == 1)) && (short == (`END == 1));

  always @(posedge clk_i) begin
    cycle_q <= cycle_q + 32'd1;
    still_q <= (take || section_done || (section_valid_q && section_ready)) ? 10'd0 : still_q + 10'd1;
    if (section_valid_q && section_ready) begin
      section_q       <= section_q + 32'd1;
      section_valid_q <= 1'b0;
    end else if (due && (free || (random_q[5:3] == 3'd0))) section_valid_q <= 1'b1;
    if (!beat_valid_q || beat_ready) beat_valid_q <= free || (cycle_q[7] ? random_q[7:6] != 2'd0 : random_q[8:6] == 3'd0);
    if (beat_valid_q && !ended && beat_ready) beat_q <= beat_q + 32'd1;
    if (take) item_q <= item_q + 32'd1;
    if (section_done) closed_q <= closed_q + 32'd1;
    short_q <= short;
    if (rst_i || abort) begin
      item_q          <= 32'd0;
      beat_q          <= 32'd0;
      section_q       <= 32'd0;
      closed_q        <= 32'd0;
      section_valid_q <= 1'b0;
      beat_valid_q    <= 1'b0;
      short_q         <= 1'b0;
    end
    if (rst_i) begin
      cycle_q  <= 32'd0;
      still_q  <= 10'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong !== 1'b0) errors_o <= errors_o + 32'd1;
      // Once all has been taken, some cycles more must change nothing.
      if (quiet && (short_q == short) && (&random_q[12:10])) done_o <= 1'b1;
      if ((cycle_q == `CYCLES) || (&still_q) || (errors_o != 32'd0)) begin
        errors_o <= errors_o + 32'd1;
        done_o   <= 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
