// Bench of rank_banks: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, rd_data wanted, wr_en, wr_rank, wr_pass, wr_data, rd_en, rd_step, rd_rows, rd_pass
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module rank_banks_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS     = `COLUMNS;
  localparam LANES       = `LANES;
  localparam PASSES      = `PASSES;
  localparam BANK_ROWS   = `BANK_ROWS;
  localparam ACT_BITS    = `ACT_BITS;
  localparam WORD_BITS   = LANES * ACT_BITS;
  localparam COLUMN_BITS = $clog2(COLUMNS);
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam ROW_BITS    = (BANK_ROWS > 1) ? $clog2(BANK_ROWS) : 1;
  localparam OUT_BITS    = 8 * LANES * COLUMNS;
  localparam VECTOR_BITS = 1 + OUT_BITS + 1 + `FEATURE_BITS + PASS_BITS + WORD_BITS + 1 + COLUMN_BITS + ROW_BITS*COLUMNS + PASS_BITS;

  reg  [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg  [8*512-1:0]       path;
  reg  [31:0]            index_q;
  wire check;
  wire [OUT_BITS-1:0] rd_data_want;
  wire [OUT_BITS-1:0] rd_data_out;
  wire wr_en;
  wire [`FEATURE_BITS-1:0] wr_rank;
  wire [PASS_BITS-1:0] wr_pass;
  wire [WORD_BITS-1:0] wr_data;
  wire rd_en;
  wire [COLUMN_BITS-1:0] rd_step;
  wire [ROW_BITS*COLUMNS-1:0] rd_rows;
  wire [PASS_BITS-1:0] rd_pass;

  assign { check, rd_data_want, wr_en, wr_rank, wr_pass, wr_data, rd_en, rd_step, rd_rows, rd_pass } = vectors[index_q];

  trex_rank_banks #(
    .COLUMNS(COLUMNS),
    .LANES(LANES),
    .PASSES(PASSES),
    .BANK_ROWS(BANK_ROWS),
    .ACT_BITS(ACT_BITS)
  ) dut (
    .clk_i(clk_i),
    .wr_en_i(wr_en),
    .wr_rank_i(wr_rank),
    .wr_pass_i(wr_pass),
    .wr_data_i(wr_data),
    .rd_en_i(rd_en),
    .rd_step_i(rd_step),
    .rd_rows_i(rd_rows),
    .rd_pass_i(rd_pass),
    .rd_data_o(rd_data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (rd_data_out !== rd_data_want);

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
