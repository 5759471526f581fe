// Bench of code_store: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check_book, check_weights, book wanted, weights wanted, book_wr_en, book_wr_addr, book_wr_data, code_wr_en,
//          code_wr_addr, code_wr_data, rd_en, rd_addr, rd_matrix
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module code_store_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS     = `COLUMNS;
  localparam CODE_WORDS  = `CODE_WORDS;
  localparam MATRICES    = `MATRICES;
  localparam CODE_BITS   = $clog2(CODE_WORDS);
  localparam MATRIX_BITS = (MATRICES > 1) ? $clog2(MATRICES) : 1;
  localparam WORD_BITS   = `WEIGHT_CODE_BITS * COLUMNS;
  localparam VECTOR_BITS = 2 + `BOOK_BITS + 8*COLUMNS + 1 + MATRIX_BITS + `BOOK_BITS + 1 + CODE_BITS + WORD_BITS + 1 + CODE_BITS + MATRIX_BITS;

  reg  [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg  [8*512-1:0]       path;
  reg  [31:0]            index_q;
  wire check_book;
  wire check_weights;
  wire [`BOOK_BITS-1:0] book_want;
  wire [`BOOK_BITS-1:0] book_out;
  wire [8*COLUMNS-1:0] weights_want;
  wire [8*COLUMNS-1:0] weights_out;
  wire book_wr_en;
  wire [MATRIX_BITS-1:0] book_wr_addr;
  wire [`BOOK_BITS-1:0] book_wr_data;
  wire code_wr_en;
  wire [CODE_BITS-1:0] code_wr_addr;
  wire [WORD_BITS-1:0] code_wr_data;
  wire rd_en;
  wire [CODE_BITS-1:0] rd_addr;
  wire [MATRIX_BITS-1:0] rd_matrix;

  assign { check_book, check_weights, book_want, weights_want, book_wr_en, book_wr_addr, book_wr_data, code_wr_en, code_wr_addr, code_wr_data,
           rd_en, rd_addr, rd_matrix } = vectors[index_q];

  trex_code_store #(
    .COLUMNS(COLUMNS),
    .CODE_WORDS(CODE_WORDS),
    .MATRICES(MATRICES)
  ) dut (
    .clk_i(clk_i),
    .book_wr_en_i(book_wr_en),
    .book_wr_addr_i(book_wr_addr),
    .book_wr_data_i(book_wr_data),
    .code_wr_en_i(code_wr_en),
    .code_wr_addr_i(code_wr_addr),
    .code_wr_data_i(code_wr_data),
    .rd_en_i(rd_en),
    .rd_addr_i(rd_addr),
    .rd_matrix_i(rd_matrix),
    .book_o(book_out),
    .weights_o(weights_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = (check_book && (book_out !== book_want)) || (check_weights && (weights_out !== weights_want));

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
