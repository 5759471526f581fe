// Bench of drain: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   ready wanted, begin wanted, busy wanted, en wanted, set wanted, pass wanted, column wanted, feature wanted (the last four when en),
//          rst, start, set, columns, last_pass, feature, hold
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module drain_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam COLUMNS     = `COLUMNS;
  localparam PASSES      = `PASSES;
  localparam COLUMN_BITS = (COLUMNS > 1) ? $clog2(COLUMNS) : 1;
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam VECTOR_BITS = 3 + 1 + 1 + 1 + PASS_BITS + COLUMN_BITS + `FEATURE_BITS + 1 + 1 + 1 + COLUMN_BITS + 1 + PASS_BITS + `FEATURE_BITS;

  reg [VECTOR_BITS-1:0]    vectors [0:`VECTORS-1];
  reg [8*512-1:0]          path;
  reg [31:0]               index_q;
  wire                     ready_out;
  wire                     ready_want;
  wire                     begin_out;
  wire                     begin_want;
  wire                     busy_out;
  wire                     busy_want;
  wire                     en_out;
  wire                     en_want;
  wire                     set_out;
  wire                     set_want;
  wire [PASS_BITS-1:0]     pass_out;
  wire [PASS_BITS-1:0]     pass_want;
  wire [COLUMN_BITS-1:0]   column_out;
  wire [COLUMN_BITS-1:0]   column_want;
  wire [`FEATURE_BITS-1:0] feature_out;
  wire [`FEATURE_BITS-1:0] feature_want;
  wire                     reset;
  wire                     start;
  wire                     set;
  wire [COLUMN_BITS:0]     columns;
  wire [PASS_BITS-1:0]     last_pass;
  wire [`FEATURE_BITS-1:0] feature;
  wire                     hold;

  assign { ready_want, begin_want, busy_want, en_want, set_want, pass_want, column_want, feature_want, reset, start, set, columns,
      last_pass, feature, hold } = vectors[index_q];

  trex_drain #(.COLUMNS(COLUMNS), .PASSES(PASSES)) dut (
    .clk_i(clk_i),
    .rst_i(rst_i || reset),
    .start_i(start && !rst_i),
    .set_i(set),
    .columns_i(columns),
    .last_pass_i(last_pass),
    .feature_i(feature),
    .hold_i(hold),
    .ready_o(ready_out),
    .busy_o(busy_out),
    .begin_o(begin_out),
    .en_o(en_out),
    .set_o(set_out),
    .pass_o(pass_out),
    .column_o(column_out),
    .feature_o(feature_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong_word = (set_out !== set_want) || (pass_out !== pass_want) || (column_out !== column_want) || (feature_out !== feature_want);
  wire wrong = (ready_out !== ready_want) || (begin_out !== begin_want) || (busy_out !== busy_want) || (en_out !== en_want) || (en_want && wrong_word);

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
