// Bench of pe_array: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, drain_data wanted, step_valid, step_first, step_set, step_pass,
//          act, weight, drain_en, drain_set, drain_pass, drain_column
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module pe_array_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS  = `COLUMNS;
  localparam LANES    = `LANES;
  localparam SLICES   = `SLICES;
  localparam PASSES   = `PASSES;
  localparam ACC_BITS = `ACC_BITS;
  localparam PAIRED_COLUMNS = `PAIRED_COLUMNS;
  localparam PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam COLUMN_BITS = (COLUMNS > 1) ? $clog2(COLUMNS) : 1;
  localparam VECTOR_BITS = 1 + LANES*ACC_BITS + 1 + 1 + 1 + PASS_BITS + COLUMNS*LANES*8 + SLICES*COLUMNS*8 + 1 + 1 + PASS_BITS + COLUMN_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                 check;
  wire [LANES*ACC_BITS-1:0] drain_data_out;
  wire [LANES*ACC_BITS-1:0] drain_data_want;
  wire step_valid;
  wire step_first;
  wire step_set;
  wire [PASS_BITS-1:0] step_pass;
  wire [COLUMNS*LANES*8-1:0] act;
  wire [SLICES*COLUMNS*8-1:0] weight;
  wire drain_en;
  wire drain_set;
  wire [PASS_BITS-1:0] drain_pass;
  wire [COLUMN_BITS-1:0] drain_column;

  assign { check,
           drain_data_want,
           step_valid, step_first, step_set, step_pass, act, weight,
           drain_en, drain_set, drain_pass, drain_column } = vectors[index_q];

  trex_pe_array #(
    .COLUMNS(COLUMNS),
    .LANES(LANES),
    .SLICES(SLICES),
    .PASSES(PASSES),
    .ACC_BITS(ACC_BITS),
    .PAIRED_COLUMNS(PAIRED_COLUMNS)
  ) dut (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .step_valid_i(step_valid),
    .step_first_i(step_first),
    .step_set_i(step_set),
    .step_pass_i(step_pass),
    .act_i(act),
    .weight_i(weight),
    .drain_en_i(drain_en),
    .drain_set_i(drain_set),
    .drain_pass_i(drain_pass),
    .drain_column_i(drain_column),
    .drain_data_o(drain_data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (drain_data_out !== drain_data_want);

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
