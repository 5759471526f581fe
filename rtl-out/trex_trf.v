// Two-direction register file: a word of BANKS elements is written and read along either direction from any
// element on, so that keys and values need no transposition and heads may begin at any feature.
//
//   by_row = 0   element k of the word is (token + k, feature)
//   by_row = 1   element k of the word is (token, feature + k)
//
// Diagonal banks: element (j, f) is in bank (j + f) mod BANKS at address f * ceil(ROWS / BANKS) + (j div BANKS), so
// that the elements of every word are in different banks; a rotator on each side puts them in order.
//
// Layout   element k of a bus is bits [k*DATA_BITS +: DATA_BITS]
// Timing   write at the clock edge; rd_data_o one cycle after rd_en_i, then held;
//          reading an element written in the same cycle returns the old one, where READ_OLD is 1
// Reset    none: contents undefined until written; so are elements past the last block of rows or columns, and an
//          element may be written there only with its enable low
`default_nettype none
module trex_trf #(
  parameter ROWS      = 32,  // tokens
  parameter COLS      = 128,  // features
  parameter BANKS     = 8,  // elements of a word; power of two, >= 2
  parameter DATA_BITS = 8,  // of an element
  parameter WRITE     = 2,  // elements that may be enabled: 0 .. WRITE-1; power of two, at most BANKS
  // Made with the configuration; an instance may choose another.
  parameter READ_OLD  = 1,  // 0: no element is read while one of the same bank and address is written
  // Derived; do not override.
  parameter TOKEN_BITS   = ($clog2(ROWS) > $clog2(BANKS)) ? $clog2(ROWS) : $clog2(BANKS),
  parameter FEATURE_BITS = ($clog2(COLS) > $clog2(BANKS)) ? $clog2(COLS) : $clog2(BANKS),
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
  output wire [WORD_BITS-1:0]    rd_data_o
);
`ifndef SYNTHESIS
  initial begin
    if ((BANKS < 2) || ((BANKS & (BANKS - 1)) != 0)) begin $display("%m: BANKS = %0d: must be a power of two, 2 or more", BANKS); $finish; end
    if ((WRITE < 1) || (WRITE > BANKS) || ((WRITE & (WRITE - 1)) != 0)) begin
      $display("%m: WRITE = %0d: must be a power of two, 1 .. BANKS", WRITE); $finish;
    end
  end
`endif

  localparam BANK_BITS  = $clog2(BANKS);
  localparam ROW_BLOCKS = (ROWS + BANKS - 1) / BANKS;
  localparam COL_BLOCKS = (COLS + BANKS - 1) / BANKS;
  localparam LANE_BITS  = DATA_BITS + 1;

  // Where a word begins: block and place inside the block.
  wire [31:0] wr_token_block   = { {(32-TOKEN_BITS){1'b0}}, wr_token_i } >> BANK_BITS;
  wire [31:0] rd_token_block   = { {(32-TOKEN_BITS){1'b0}}, rd_token_i } >> BANK_BITS;
  wire [31:0] wr_feature_block = { {(32-FEATURE_BITS){1'b0}}, wr_feature_i } >> BANK_BITS;
  wire [31:0] rd_feature_block = { {(32-FEATURE_BITS){1'b0}}, rd_feature_i } >> BANK_BITS;
  wire [BANK_BITS-1:0] wr_row = wr_token_i[BANK_BITS-1:0];
  wire [BANK_BITS-1:0] rd_row = rd_token_i[BANK_BITS-1:0];
  wire [BANK_BITS-1:0] wr_col = wr_feature_i[BANK_BITS-1:0];
  wire [BANK_BITS-1:0] rd_col = rd_feature_i[BANK_BITS-1:0];

  // Element k of a word is stored in place (k + turn) mod BANKS and travels there with its enable.
  wire [BANK_BITS-1:0]       wr_turn;
  wire [BANK_BITS-1:0]       rd_turn;
  reg  [BANK_BITS-1:0]       rd_turn_q;
  wire [BANKS*LANE_BITS-1:0] wr_elements;
  wire [BANKS*LANE_BITS-1:0] wr_places;
  wire [WORD_BITS-1:0]       rd_places;

  always @(posedge clk_i) begin
    if (rd_en_i) rd_turn_q <= rd_turn;
  end

  localparam WRITE_BITS = (WRITE > 1) ? $clog2(WRITE) : 1;
  generate
    if (WRITE < BANKS) begin : gen_narrow_write
      // Places that are equal modulo WRITE are offered the same element; the enable that travels to one of them tells which takes it.
      wire [WRITE*DATA_BITS-1:0] offered;
      wire                       unused_data = &{ 1'b0, wr_elements };
      genvar p;
      if (WRITE > 1) begin : gen_turn
        trex_rotator #(.COUNT(WRITE), .WORD_BITS(DATA_BITS)) u_wr_rotator (
          .amount_i(wr_turn[WRITE_BITS-1:0]),
          .inverse_i(1'b1),
          .data_i(wr_data_i[WRITE*DATA_BITS-1:0]),
          .data_o(offered)
        );
      end else begin : gen_one
        assign offered = wr_data_i[DATA_BITS-1:0];
      end
      for (p = 0; p < BANKS; p = p + 1) begin : gen_place
        localparam [BANK_BITS-1:0] HERE = p;
        wire [BANK_BITS-1:0] element = HERE - wr_turn;
        assign wr_places[p*LANE_BITS +: LANE_BITS] = { wr_elements_i[element], offered[(p % WRITE)*DATA_BITS +: DATA_BITS] };
      end
    end else begin : gen_wide_write
      trex_rotator #(.COUNT(BANKS), .WORD_BITS(LANE_BITS)) u_wr_rotator (
        .amount_i(wr_turn),
        .inverse_i(1'b1),
        .data_i(wr_elements),
        .data_o(wr_places)
      );
    end
  endgenerate

  trex_rotator #(.COUNT(BANKS), .WORD_BITS(DATA_BITS)) u_rd_rotator (
    .amount_i(rd_turn_q),
    .inverse_i(1'b0),
    .data_i(rd_places),
    .data_o(rd_data_o)
  );

  genvar b;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : gen_element
      assign wr_elements[b*LANE_BITS +: LANE_BITS] = { wr_elements_i[b], wr_data_i[b*DATA_BITS +: DATA_BITS] };
    end
  endgenerate

  localparam DEPTH     = COL_BLOCKS * BANKS * ROW_BLOCKS;
  localparam ADDR_BITS = (DEPTH > 1) ? $clog2(DEPTH) : 1;

  localparam [31:0] ROW_MASK  = ROW_BLOCKS - 1;
  localparam        ROW_POWER = (ROW_BLOCKS & (ROW_BLOCKS - 1)) == 0;

  assign wr_turn = wr_row + wr_col;
  assign rd_turn = rd_row + rd_col;

  // The borrows of from - less, the last of them on top: from < less. Gates, because a carry chain for a few bits is longer than they are.
  function [BANK_BITS:0] borrows;
    input [BANK_BITS-1:0] from;
    input [BANK_BITS-1:0] less;
    integer i;
    begin
      borrows[0] = 1'b0;
      for (i = 0; i < BANK_BITS; i = i + 1) borrows[i+1] = (!from[i] && (less[i] || borrows[i])) || (less[i] && borrows[i]);
    end
  endfunction

  // The blocks behind those of a word's first element: counted once, and each bank chooses.
  wire [31:0] wr_token_next   = wr_token_block + 1;
  wire [31:0] rd_token_next   = rd_token_block + 1;
  wire [31:0] wr_feature_next = wr_feature_block + 1;
  wire [31:0] rd_feature_next = rd_feature_block + 1;

  genvar n;
  generate
    for (n = 0; n < BANKS; n = n + 1) begin : gen_bank
      localparam [BANK_BITS-1:0] BANK = n;
      // Place of the bank's element inside its block, along the direction of the word; before the place where the
      // word begins it lies in the next block.
      wire [BANK_BITS-1:0] wr_across = wr_by_row_i ? wr_row : wr_col;
      wire [BANK_BITS-1:0] rd_across = rd_by_row_i ? rd_row : rd_col;
      wire [BANK_BITS:0]   wr_less   = borrows(BANK, wr_across);
      wire [BANK_BITS:0]   rd_less   = borrows(BANK, rd_across);
      wire [BANK_BITS-1:0] wr_place  = BANK ^ wr_across ^ wr_less[BANK_BITS-1:0];  // BANK - wr_across
      wire [BANK_BITS-1:0] rd_place  = BANK ^ rd_across ^ rd_less[BANK_BITS-1:0];
      wire [BANK_BITS:0]   wr_before = borrows(wr_place, wr_by_row_i ? wr_col : wr_row);
      wire [BANK_BITS:0]   rd_before = borrows(rd_place, rd_by_row_i ? rd_col : rd_row);
      wire        wr_next   = wr_before[BANK_BITS];
      wire        rd_next   = rd_before[BANK_BITS];
      wire        unused_borrows = &{ 1'b0, wr_less, rd_less, wr_before, rd_before };
      // Blocks are counted by themselves, and places stand behind them: no carry runs through both.
      wire [31:0] wr_block  = (wr_by_row_i && wr_next) ? wr_feature_next : wr_feature_block;
      wire [31:0] rd_block  = (rd_by_row_i && rd_next) ? rd_feature_next : rd_feature_block;
      wire [31:0] wr_col_at = { wr_block[31-BANK_BITS:0], wr_by_row_i ? wr_place : wr_col };
      wire [31:0] rd_col_at = { rd_block[31-BANK_BITS:0], rd_by_row_i ? rd_place : rd_col };
      wire [31:0] wr_row_at = (!wr_by_row_i && wr_next) ? wr_token_next : wr_token_block;
      wire [31:0] rd_row_at = (!rd_by_row_i && rd_next) ? rd_token_next : rd_token_block;
      // Elements behind the last row are nobody's, so blocks that are a power of two need no adder.
      wire [31:0] wr_addr   = ROW_POWER ? (wr_col_at * ROW_BLOCKS) | (wr_row_at & ROW_MASK) : wr_col_at * ROW_BLOCKS + wr_row_at;
      wire [31:0] rd_addr   = ROW_POWER ? (rd_col_at * ROW_BLOCKS) | (rd_row_at & ROW_MASK) : rd_col_at * ROW_BLOCKS + rd_row_at;
      wire        unused_addr = &{ 1'b0, wr_addr, rd_addr, wr_block, rd_block };

      trex_ram_1r1w #(
        .WORD_BITS(DATA_BITS),
        .DEPTH(DEPTH),
        .LANE_BITS(DATA_BITS),
        .DISTRIBUTED(0),
        .READ_OLD(READ_OLD)
      ) u_bank (
        .clk_i(clk_i),
        .wr_en_i(wr_en_i),
        .wr_addr_i(wr_addr[ADDR_BITS-1:0]),
        .wr_lanes_i(wr_places[n*LANE_BITS + DATA_BITS]),
        .wr_data_i(wr_places[n*LANE_BITS +: DATA_BITS]),
        .rd_en_i(rd_en_i),
        .rd_addr_i(rd_addr[ADDR_BITS-1:0]),
        .rd_data_o(rd_places[n*DATA_BITS +: DATA_BITS])
      );
    end
  endgenerate
endmodule
`default_nettype wire
