// Code store: the shared matrices W_S as 4-bit codes with a codebook each; both are loaded once a model.
//
//   element c of weights_o = book[rd_matrix_i][code c of the word at rd_addr_i]
//
// Layout   code c in bits [4c +: 4] of a word; entry e of a codebook in bits [8e +: 8]; weight c in bits [8c +: 8]
// Timing   book_o one cycle after rd_matrix_i; weights_o one cycle after rd_en_i, then held while rd_matrix_i stands; rd_matrix_i stands from the cycle
//          before the first rd_en_i on
// Reset    none: memories keep what they hold
// Golden   equation 4 of docs/numerics.md
`default_nettype none
module trex_code_store #(
  parameter COLUMNS    = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter CODE_WORDS = 16384,  // words of COLUMNS codes, of all matrices; >= 2
  parameter MATRICES   = 4,  // W_S matrices; >= 1
  // The same in every configuration; do not override.
  parameter WEIGHT_CODE_BITS = 4,  // of the code of a weight of W_S, equation 4 of docs/numerics.md
  parameter BOOK_BITS = 128,  // of a codebook
  // Derived; do not override.
  parameter CODE_BITS   = $clog2(CODE_WORDS),
  parameter MATRIX_BITS = (MATRICES > 1) ? $clog2(MATRICES) : 1
) (
  input  wire                   clk_i,
  input  wire                   book_wr_en_i,
  input  wire [MATRIX_BITS-1:0] book_wr_addr_i,
  input  wire [BOOK_BITS-1:0]   book_wr_data_i,
  input  wire                   code_wr_en_i,
  input  wire [CODE_BITS-1:0]   code_wr_addr_i,
  input  wire [WEIGHT_CODE_BITS*COLUMNS-1:0]   code_wr_data_i,
  input  wire                   rd_en_i,
  input  wire [CODE_BITS-1:0]   rd_addr_i,
  input  wire [MATRIX_BITS-1:0] rd_matrix_i,
  output wire [BOOK_BITS-1:0]   book_o,
  output wire [8*COLUMNS-1:0]   weights_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if (CODE_WORDS < 2) begin $display("%m: CODE_WORDS = %0d: must be at least 2", CODE_WORDS); $finish; end
    if (MATRICES < 1) begin $display("%m: MATRICES = %0d: must be at least 1", MATRICES); $finish; end
  end
`endif

  wire [WEIGHT_CODE_BITS*COLUMNS-1:0] codes;

  trex_ram_1r1w #(.WORD_BITS(BOOK_BITS), .DEPTH(MATRICES), .LANE_BITS(BOOK_BITS), .DISTRIBUTED(1)) u_books (
    .clk_i(clk_i),
    .wr_en_i(book_wr_en_i), .wr_addr_i(book_wr_addr_i), .wr_lanes_i(1'b1), .wr_data_i(book_wr_data_i),
    .rd_en_i(1'b1), .rd_addr_i(rd_matrix_i), .rd_data_o(book_o)
  );
  trex_ram_1r1w #(.WORD_BITS(WEIGHT_CODE_BITS*COLUMNS), .DEPTH(CODE_WORDS), .LANE_BITS(WEIGHT_CODE_BITS*COLUMNS)) u_codes (
    .clk_i(clk_i),
    .wr_en_i(code_wr_en_i), .wr_addr_i(code_wr_addr_i), .wr_lanes_i(1'b1), .wr_data_i(code_wr_data_i),
    .rd_en_i(rd_en_i), .rd_addr_i(rd_addr_i), .rd_data_o(codes)
  );

  genvar c;
  generate
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_weight
      assign weights_o[8*c +: 8] = book_o[8*codes[WEIGHT_CODE_BITS*c +: WEIGHT_CODE_BITS] +: 8];
    end
  endgenerate
endmodule
`default_nettype wire
