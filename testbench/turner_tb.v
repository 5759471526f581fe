// Bench of turner: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   empty wanted, in_ready wanted, out_valid wanted, out_data wanted (held only against out_valid),
//          rst, in_valid, in_data, out_ready, out_last
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module turner_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam WORDS       = `WORDS;
  localparam ELEMENTS    = `ELEMENTS;
  localparam DATA_BITS   = 8;
  localparam IN_BITS     = ELEMENTS * DATA_BITS;
  localparam OUT_BITS    = WORDS * DATA_BITS;
  localparam VECTOR_BITS = 3 + OUT_BITS + 2 + IN_BITS + 2;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                  empty_want;
  wire                  in_ready_want;
  wire                  out_valid_want;
  wire [OUT_BITS-1:0]   out_data_want;
  wire                  reset;
  wire                  in_valid;
  wire [IN_BITS-1:0]    in_data;
  wire                  out_ready;
  wire                  out_last;
  wire                  empty;
  wire                  in_ready;
  wire                  out_valid;
  wire [OUT_BITS-1:0]   out_data;

  assign { empty_want, in_ready_want, out_valid_want, out_data_want, reset, in_valid, in_data, out_ready, out_last } = vectors[index_q];

  trex_turner #(.WORDS(WORDS), .ELEMENTS(ELEMENTS)) dut (
    .clk_i(clk_i),
    .rst_i(rst_i || reset),
    .empty_o(empty),
    .in_valid_i(in_valid),
    .in_ready_o(in_ready),
    .in_data_i(in_data),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready),
    .out_last_i(out_last),
    .out_data_o(out_data)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = (empty !== empty_want) || (in_ready !== in_ready_want) || (out_valid !== out_valid_want)
               || (out_valid_want && (out_data !== out_data_want));

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
