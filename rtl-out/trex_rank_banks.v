// Rank banks: P = X . W_S in COLUMNS memories, read at COLUMNS different ranks at a time.
//
//   rank i lies in bank i mod COLUMNS at row i div COLUMNS
//   step n   element c of rd_data_o = P[rank whose row is rd_rows_i element c, in bank (c + n) mod COLUMNS]
//
// So the columns of one step never meet in a bank: rows are rotated to their banks, words are rotated back.
//
// Layout   word c of rd_data_o is LANES bytes, sign-extended, from bit 8*LANES*c on; lane l of a bank's word in bits
//          [ACT_BITS*l +: ACT_BITS]; address in a bank row * PASSES + pass
// Timing   rd_data_o one cycle after rd_en_i, then held; nobody reads a word that is being written
// Reset    none: memories keep what they hold
// Golden   equation 5 of docs/numerics.md
`default_nettype none
module trex_rank_banks #(
  parameter COLUMNS   = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter LANES     = 8,  // of the whole array
  parameter PASSES    = 16,  // tokens that a lane computes one after another; >= 1
  parameter BANK_ROWS = 16,  // largest rank / COLUMNS
  parameter ACT_BITS  = 8,  // of a stored activation; 4 .. 8
  // The same in every configuration; do not override.
  parameter FEATURE_BITS = 12,  // number of a feature, a rank or a step, and how many there are
  // Derived; do not override.
  parameter WORD_BITS   = LANES * ACT_BITS,
  parameter COLUMN_BITS = $clog2(COLUMNS),
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter ROW_BITS    = (BANK_ROWS > 1) ? $clog2(BANK_ROWS) : 1
) (
  input  wire                         clk_i,
  input  wire                         wr_en_i,
  input  wire [FEATURE_BITS-1:0]      wr_rank_i,
  input  wire [PASS_BITS-1:0]         wr_pass_i,
  input  wire [WORD_BITS-1:0]         wr_data_i,
  input  wire                         rd_en_i,
  input  wire [COLUMN_BITS-1:0]       rd_step_i,  // n mod COLUMNS
  input  wire [ROW_BITS*COLUMNS-1:0]  rd_rows_i,
  input  wire [PASS_BITS-1:0]         rd_pass_i,
  output wire [8*LANES*COLUMNS-1:0]   rd_data_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
  end
`endif

  localparam DEPTH     = BANK_ROWS * PASSES;
  localparam ADDR_BITS = (DEPTH > 1) ? $clog2(DEPTH) : 1;

  wire [ROW_BITS*COLUMNS-1:0]  bank_rows;
  wire [WORD_BITS*COLUMNS-1:0] bank_words;
  wire [WORD_BITS*COLUMNS-1:0] words;
  reg  [COLUMN_BITS-1:0]       step_q;
  always @(posedge clk_i) begin
    if (rd_en_i) step_q <= rd_step_i;
  end

  trex_rotator #(.COUNT(COLUMNS), .WORD_BITS(ROW_BITS)) u_rotate_rows (
    .amount_i(rd_step_i), .inverse_i(1'b1), .data_i(rd_rows_i), .data_o(bank_rows)
  );
  trex_rotator #(.COUNT(COLUMNS), .WORD_BITS(WORD_BITS)) u_rotate_words (
    .amount_i(step_q), .inverse_i(1'b0), .data_i(bank_words), .data_o(words)
  );

  wire [FEATURE_BITS-1:0] wr_row = wr_rank_i >> COLUMN_BITS;
  wire [31:0]             wr_at  = { {(32-FEATURE_BITS){1'b0}}, wr_row } * PASSES + { {(32-PASS_BITS){1'b0}}, wr_pass_i };
  wire                    unused_wr = &{ 1'b0, wr_at };
  genvar b, l;
  generate
    for (l = 0; l < COLUMNS * LANES; l = l + 1) begin : gen_element
      assign rd_data_o[8*l +: 8] = { {(9-ACT_BITS){words[ACT_BITS*l + ACT_BITS-1]}}, words[ACT_BITS*l +: ACT_BITS-1] };
    end
    for (b = 0; b < COLUMNS; b = b + 1) begin : gen_bank
      localparam [COLUMN_BITS-1:0] BANK = b;
      wire [31:0] rd_at = { {(32-ROW_BITS){1'b0}}, bank_rows[ROW_BITS*b +: ROW_BITS] } * PASSES + { {(32-PASS_BITS){1'b0}}, rd_pass_i };
      wire        unused_rd = &{ 1'b0, rd_at };
      trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(DEPTH), .LANE_BITS(WORD_BITS), .READ_OLD(0)) u_p (
        .clk_i(clk_i),
        .wr_en_i(wr_en_i && (wr_rank_i[COLUMN_BITS-1:0] == BANK)), .wr_addr_i(wr_at[ADDR_BITS-1:0]), .wr_lanes_i(1'b1),
        .wr_data_i(wr_data_i),
        .rd_en_i(rd_en_i), .rd_addr_i(rd_at[ADDR_BITS-1:0]), .rd_data_o(bank_words[WORD_BITS*b +: WORD_BITS])
      );
    end
  endgenerate
endmodule
`default_nettype wire
