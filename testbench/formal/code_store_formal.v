// code_store against the definition of W_S: one word of codes and one codebook, chosen freely, are followed from their writing.
//
//   0  every weight is the entry of the matrix's codebook that its code names, for every code word and every codebook
//
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module code_store_formal #(
  parameter COLUMNS     = `COLUMNS,
  parameter CODE_WORDS  = `CODE_WORDS,
  parameter MATRICES    = `MATRICES,  // >= 2
  parameter CODE_BITS   = $clog2(CODE_WORDS),
  parameter MATRIX_BITS = $clog2(MATRICES)
) (
  input  wire                   clk_i,
  input  wire                   book_wr_en_i,
  input  wire [MATRIX_BITS-1:0] book_wr_addr_i,
  input  wire [`BOOK_BITS-1:0]  book_wr_data_i,
  input  wire                   code_wr_en_i,
  input  wire [CODE_BITS-1:0]   code_wr_addr_i,
  input  wire [4*COLUMNS-1:0]   code_wr_data_i,
  input  wire                   rd_en_i,
  input  wire [CODE_BITS-1:0]   rd_addr_i,
  input  wire [MATRIX_BITS-1:0] rd_matrix_i,
  input  wire [CODE_BITS-1:0]   choose_word_i,
  input  wire [MATRIX_BITS-1:0] choose_matrix_i,
  output wire                   bad_o
);
  wire [`BOOK_BITS-1:0] book;
  wire [8*COLUMNS-1:0] weights;
  trex_code_store #(.COLUMNS(COLUMNS), .CODE_WORDS(CODE_WORDS), .MATRICES(MATRICES)) dut (
    .clk_i(clk_i), .book_wr_en_i(book_wr_en_i), .book_wr_addr_i(book_wr_addr_i), .book_wr_data_i(book_wr_data_i),
    .code_wr_en_i(code_wr_en_i), .code_wr_addr_i(code_wr_addr_i), .code_wr_data_i(code_wr_data_i),
    .rd_en_i(rd_en_i), .rd_addr_i(rd_addr_i), .rd_matrix_i(rd_matrix_i), .book_o(book), .weights_o(weights)
  );

  // The choice of the first cycle stands.
  reg                   chosen_q = 1'b0;
  reg [CODE_BITS-1:0]   word_q;
  reg [MATRIX_BITS-1:0] matrix_q;
  reg                   codes_known_q = 1'b0;
  reg                   entries_known_q = 1'b0;
  reg [4*COLUMNS-1:0]   codes_q;
  reg [`BOOK_BITS-1:0] entries_q;
  // Whether the output shows what is followed; no longer when that is written anew.
  reg                   codes_read_q = 1'b0;
  reg                   entries_read_q = 1'b0;
  wire code_written  = code_wr_en_i && (code_wr_addr_i == word_q);
  wire entry_written = book_wr_en_i && (book_wr_addr_i == matrix_q);
  always @(posedge clk_i) begin
    chosen_q <= 1'b1;
    if (!chosen_q) begin
      word_q   <= choose_word_i;
      matrix_q <= choose_matrix_i;
    end else begin
      if (code_written) begin
        codes_q       <= code_wr_data_i;
        codes_known_q <= 1'b1;
      end
      if (entry_written) begin
        entries_q       <= book_wr_data_i;
        entries_known_q <= 1'b1;
      end
    end
    if (code_written) codes_read_q <= 1'b0;
    else if (rd_en_i) codes_read_q <= chosen_q && codes_known_q && (rd_addr_i == word_q);
    entries_read_q <= chosen_q && entries_known_q && !entry_written && (rd_matrix_i == matrix_q);
  end

  wire [COLUMNS-1:0] differs;
  genvar c;
  generate
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_column
      wire [`BOOK_BITS-1:0] shifted = entries_q >> { codes_q[4*c +: 4], 3'd0 };
      wire         unused_bits = &{ 1'b0, shifted[127:8] };
      assign differs[c] = weights[8*c +: 8] != shifted[7:0];
    end
  endgenerate

  wire [0:0] violated = |differs;
  assign bad_o = violated[`PROPERTY] && codes_read_q && entries_read_q;
endmodule
`default_nettype wire
