// Keys and values of every slice, and the weights that attention makes of them. Both are written along tokens, as results
// drain; K is read along tokens (C keys of one feature), V along features (C features of one token).
// All slices are written and read at the same places, and never K beside V: one register file holds them all, an element of
// every slice in each of its own, K in its first rows and V behind them.
// A slice reads from the slices of the long request that lies in it, or from its own and others behind it, which the mask leaves out:
//
//   source = first slice of the request + group
//   scores   weights of slice s = K[source][key .. key + C - 1][feature]
//   values   weights of slice s = V[source][key][feature .. feature + C - 1], zero when no token lies there
//
// Layout   weight of slice s and column c in bits [8*(s*COLUMNS + c) +: 8], sign-extended; elements of every other bus
//          have ACT_BITS bits
// Timing   weights_o one cycle after rd_keys_i or rd_values_i; reads of keys that nobody wrote are undefined
// Reset    none: memories keep what they hold
// Golden   equations 16 and 19 of docs/numerics.md
`default_nettype none
module trex_key_value #(
  parameter COLUMNS     = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter SLICES      = 4,  // each with a register file of its own
  parameter SLICE_LANES = 2,  // lanes of a slice
  parameter PASSES      = 16,  // tokens that a lane computes one after another; >= 1
  parameter WIDTH       = 128,  // features of X, Q, R
  parameter ACT_BITS    = 8,  // of a stored activation; 4 .. 8
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1
) (
  input  wire                            clk_i,
  // results
  input  wire                            wr_keys_i,
  input  wire                            wr_values_i,
  input  wire [FEATURE_BITS-1:0]         wr_feature_i,
  input  wire [PASS_BITS-1:0]            wr_pass_i,
  input  wire [ACT_BITS*SLICES*SLICE_LANES-1:0] wr_data_i,
  // array steps
  input  wire                            rd_keys_i,
  input  wire                            rd_values_i,
  input  wire                            rd_by_row_i,     // reads are of values: known before it is known that there is a read
  input  wire [SLICE_ID_BITS-1:0]        rd_group_i,
  input  wire [POSITION_BITS-1:0]        rd_key_i,
  input  wire [FEATURE_BITS-1:0]         rd_feature_i,
  // window: slice s in field s
  input  wire [SLICE_ID_BITS*SLICES-1:0] slice_first_i,
  input  wire [POSITION_BITS*SLICES-1:0] slice_fill_i,
  output wire [8*COLUMNS*SLICES-1:0]     weights_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
  end
`endif
  localparam BANKS        = (SLICE_LANES > COLUMNS) ? SLICE_LANES : COLUMNS;
  localparam SLICE_TOKENS = SLICE_LANES * PASSES;
  localparam SLICE_BITS   = (SLICES > 1) ? $clog2(SLICES) : 1;
  localparam FILE_BITS = ($clog2(WIDTH) > $clog2(BANKS)) ? $clog2(WIDTH) : $clog2(BANKS);

  reg                     values_q;
  reg [SLICE_ID_BITS-1:0] group_q;
  reg [POSITION_BITS-1:0] key_q;
  wire                     read_values = rd_values_i;
  wire [SLICE_ID_BITS-1:0] read_group  = rd_group_i;
  wire [POSITION_BITS-1:0] read_key    = rd_key_i;
  always @(posedge clk_i) begin
    values_q <= read_values;
    group_q  <= read_group;
    key_q    <= read_key;
  end

  wire [31:0]          wr_token = { {(32-PASS_BITS){1'b0}}, wr_pass_i } * SLICE_LANES;
  wire [ACT_BITS*COLUMNS-1:0] words [0:SLICES-1];
  wire [SLICES-1:0]    held;  // a token lies at the key's position of slice s
  wire                 unused_bits = &{ 1'b0, wr_token, wr_feature_i, rd_key_i, rd_feature_i };

  // Rows in whole blocks, so that no word of K reaches into V.
  localparam FILE_ROWS    = ((SLICE_TOKENS + BANKS - 1) / BANKS) * BANKS;
  localparam TOKEN_BITS   = $clog2(2 * FILE_ROWS);
  localparam ELEMENT_BITS = ACT_BITS * SLICES;
  wire [ELEMENT_BITS*BANKS-1:0] written;
  wire [ELEMENT_BITS*BANKS-1:0] read;
  wire [BANKS-1:0]              elements;
  wire [31:0]                   file_wr_token = wr_token + (wr_values_i ? FILE_ROWS : 0);
  wire [31:0]                   file_rd_token = { {(32-POSITION_BITS){1'b0}}, rd_key_i } + (rd_by_row_i ? FILE_ROWS : 0);
  wire                          unused_file   = &{ 1'b0, file_wr_token, file_rd_token, read };
  generate
    if (BANKS > SLICE_LANES) begin : gen_part_word
      assign written[ELEMENT_BITS*BANKS-1:ELEMENT_BITS*SLICE_LANES] = 0;
      assign elements = { {(BANKS-SLICE_LANES){1'b0}}, {SLICE_LANES{1'b1}} };
    end else begin : gen_whole_word
      assign elements = {BANKS{1'b1}};
    end
  endgenerate
  trex_trf #(.ROWS(2 * FILE_ROWS), .COLS(WIDTH), .BANKS(BANKS), .DATA_BITS(ELEMENT_BITS), .WRITE(SLICE_LANES), .READ_OLD(0)) u_file (
    .clk_i(clk_i),
    .wr_en_i(wr_keys_i || wr_values_i), .wr_by_row_i(1'b0), .wr_token_i(file_wr_token[TOKEN_BITS-1:0]),
    .wr_feature_i(wr_feature_i[FILE_BITS-1:0]), .wr_elements_i(elements), .wr_data_i(written),
    .rd_en_i(rd_keys_i || rd_values_i), .rd_by_row_i(rd_by_row_i), .rd_token_i(file_rd_token[TOKEN_BITS-1:0]),
    .rd_feature_i(rd_feature_i[FILE_BITS-1:0]), .rd_data_o(read)
  );

  genvar s, c;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      for (c = 0; c < COLUMNS; c = c + 1) begin : gen_element
        assign words[s][ACT_BITS*c +: ACT_BITS] = read[ELEMENT_BITS*c + ACT_BITS*s +: ACT_BITS];
      end
      for (c = 0; c < SLICE_LANES; c = c + 1) begin : gen_written
        assign written[ELEMENT_BITS*c + ACT_BITS*s +: ACT_BITS] = wr_data_i[ACT_BITS*(SLICE_LANES*s + c) +: ACT_BITS];
      end

      // Keys where no token lies may never have been written: the mask keeps their scores out of the softmax, zero
      // weights keep their values out of the sums.
      wire [SLICE_ID_BITS-1:0] source_2 = slice_first_i[SLICE_ID_BITS*s +: SLICE_ID_BITS] + group_q;
      wire [SLICE_BITS-1:0] source   = source_2[SLICE_BITS-1:0];
      wire                  unused_source = &{ 1'b0, source_2 };
      assign held[s] = key_q < slice_fill_i[POSITION_BITS*s +: POSITION_BITS];
      wire [ACT_BITS*COLUMNS-1:0] weights = (values_q && !held[source]) ? {(ACT_BITS*COLUMNS){1'b0}} : words[source];
      wire [ACT_BITS*COLUMNS-1:0] given = weights;
      for (c = 0; c < COLUMNS; c = c + 1) begin : gen_weight
        assign weights_o[8*(COLUMNS*s + c) +: 8] = { {(9-ACT_BITS){given[ACT_BITS*c + ACT_BITS-1]}}, given[ACT_BITS*c +: ACT_BITS-1] };
      end
    end
  endgenerate
endmodule
`default_nettype wire
