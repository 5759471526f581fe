// Contract of trf, for every sequence of writes and reads. One element, chosen freely in the first cycle, is followed:
// its neighbours' data are free, so that none of them may come out in its place.
//
//   0  wherever the element lies in a word that is read, by row or by column, it is what was last written to it, by row or
//      by column; a write with its enable low, or elsewhere, does not change it
//   1  the output holds while nothing is read
//
// Given    the enables of elements past the last block of rows or columns are low, and those from WRITE on
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module trf_formal #(
  parameter ROWS      = `ROWS,
  parameter COLS      = `COLS,
  parameter BANKS     = `BANKS,
  parameter DATA_BITS = `DATA_BITS,
  parameter WRITE     = `WRITE,
  parameter TOKEN_BITS   = ($clog2(ROWS) > $clog2(BANKS)) ? $clog2(ROWS) : $clog2(BANKS),
  parameter FEATURE_BITS = ($clog2(COLS) > $clog2(BANKS)) ? $clog2(COLS) : $clog2(BANKS),
  parameter BANK_BITS    = $clog2(BANKS),
  parameter WORD_BITS    = BANKS * DATA_BITS
) (
  input  wire                    clk_i,
  input  wire                    wr_en_i,
  input  wire                    wr_by_row_i,
  input  wire [TOKEN_BITS-1:0]   wr_token_i,
  input  wire [FEATURE_BITS-1:0] wr_feature_i,
  input  wire [BANKS-1:0]        wr_elements_i,
  input  wire [WORD_BITS-1:0]    wr_data_i,
  input  wire                    rd_en_i,
  input  wire                    rd_by_row_i,
  input  wire [TOKEN_BITS-1:0]   rd_token_i,
  input  wire [FEATURE_BITS-1:0] rd_feature_i,
  input  wire [TOKEN_BITS-1:0]   choose_token_i,
  input  wire [FEATURE_BITS-1:0] choose_feature_i,
  output wire                    bad_o
);
  localparam [31:0] ROW_END = ((ROWS + BANKS - 1) / BANKS) * BANKS;
  localparam [31:0] COL_END = ((COLS + BANKS - 1) / BANKS) * BANKS;

  wire [BANKS-1:0]     elements;
  wire [WORD_BITS-1:0] data;
  trex_trf #(.ROWS(ROWS), .COLS(COLS), .BANKS(BANKS), .DATA_BITS(DATA_BITS), .WRITE(WRITE)) dut (
    .clk_i(clk_i),
    .wr_en_i(wr_en_i), .wr_by_row_i(wr_by_row_i), .wr_token_i(wr_token_i), .wr_feature_i(wr_feature_i),
    .wr_elements_i(elements), .wr_data_i(wr_data_i),
    .rd_en_i(rd_en_i), .rd_by_row_i(rd_by_row_i), .rd_token_i(rd_token_i), .rd_feature_i(rd_feature_i), .rd_data_o(data)
  );

  // Element k of a word that begins at (token, feature) is (token, feature + k) by row, (token + k, feature) by column.
  wire [31:0] wr_from = wr_by_row_i ? { {(32-FEATURE_BITS){1'b0}}, wr_feature_i } : { {(32-TOKEN_BITS){1'b0}}, wr_token_i };
  wire [31:0] wr_end  = wr_by_row_i ? COL_END : ROW_END;
  wire        wr_in   = wr_by_row_i ? ({ {(32-TOKEN_BITS){1'b0}}, wr_token_i } < ROW_END) : ({ {(32-FEATURE_BITS){1'b0}}, wr_feature_i } < COL_END);
  genvar k;
  generate
    for (k = 0; k < BANKS; k = k + 1) begin : gen_element
      assign elements[k] = wr_elements_i[k] && (k < WRITE) && wr_in && (wr_from + k < wr_end);
    end
  endgenerate

  // Where the element followed lies in the word: place BANKS or more is not in it.
  reg                    chosen_q = 1'b0;
  reg [TOKEN_BITS-1:0]   token_q = {TOKEN_BITS{1'b0}};
  reg [FEATURE_BITS-1:0] feature_q = {FEATURE_BITS{1'b0}};
  wire [31:0] token    = { {(32-TOKEN_BITS){1'b0}}, token_q };
  wire [31:0] feature  = { {(32-FEATURE_BITS){1'b0}}, feature_q };
  wire [31:0] wr_place = wr_by_row_i ? feature - { {(32-FEATURE_BITS){1'b0}}, wr_feature_i } : token - { {(32-TOKEN_BITS){1'b0}}, wr_token_i };
  wire [31:0] rd_place = rd_by_row_i ? feature - { {(32-FEATURE_BITS){1'b0}}, rd_feature_i } : token - { {(32-TOKEN_BITS){1'b0}}, rd_token_i };
  wire        wr_line  = wr_by_row_i ? (wr_token_i == token_q) : (wr_feature_i == feature_q);
  wire        rd_line  = rd_by_row_i ? (rd_token_i == token_q) : (rd_feature_i == feature_q);
  wire        wr_mine  = wr_en_i && wr_line && (wr_place < BANKS) && elements[wr_place[BANK_BITS-1:0]];
  wire        rd_mine  = rd_line && (rd_place < BANKS);

  reg                 known_q = 1'b0;  // it has been written
  reg [DATA_BITS-1:0] value_q = {DATA_BITS{1'b0}};
  reg                 read_q = 1'b0;   // the output has it, in place_q
  reg [BANK_BITS-1:0] place_q = {BANK_BITS{1'b0}};
  reg [DATA_BITS-1:0] want_q = {DATA_BITS{1'b0}};
  reg                 held_q = 1'b0;
  reg [WORD_BITS-1:0] held_data_q = {WORD_BITS{1'b0}};
  always @(posedge clk_i) begin
    chosen_q <= 1'b1;
    if (!chosen_q) begin
      token_q   <= choose_token_i;
      feature_q <= choose_feature_i;
    end
    if (chosen_q && wr_mine) begin
      known_q <= 1'b1;
      value_q <= wr_data_i[wr_place[BANK_BITS-1:0]*DATA_BITS +: DATA_BITS];
    end
    if (rd_en_i) begin
      read_q  <= chosen_q && known_q && rd_mine;
      place_q <= rd_place[BANK_BITS-1:0];
      want_q  <= value_q;
    end
    held_q      <= !rd_en_i;
    held_data_q <= data;
  end

  wire [1:0] violated;
  assign violated[0] = read_q && (data[place_q*DATA_BITS +: DATA_BITS] != want_q);
  assign violated[1] = held_q && (data != held_data_q);
  assign bad_o = violated[`PROPERTY];
endmodule
`default_nettype wire
