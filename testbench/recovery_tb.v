// Bench of recovery: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   outputs wanted: resetting, reset done, port stuck, stuck, watchdog, drain, unit reset;
//          inputs: reset of the system, WATCHDOG, written, soft reset, loading, serving, fetching, port idle (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module recovery_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam VECTOR_BITS = 7 + 1 + 32 + 6;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [6:0]  outputs;
  wire [6:0]  outputs_want;
  wire        rst;
  wire [31:0] watchdog;
  wire [5:0]  inputs;
  assign { outputs_want, rst, watchdog, inputs } = vectors[index_q];

  trex_recovery #(
    .DRAIN_CYCLES(`DRAIN_CYCLES)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i || rst),
    .watchdog_i(watchdog), .watchdog_set_i(inputs[5]), .reset_i(inputs[4]),
    .resetting_o(outputs[6]), .reset_done_o(outputs[5]), .port_stuck_o(outputs[4]), .stuck_o(outputs[3]),
    .loading_i(inputs[3]), .serving_i(inputs[2]), .fetching_i(inputs[1]), .watchdog_o(outputs[2]),
    .port_idle_i(inputs[0]), .drain_o(outputs[1]), .unit_rst_o(outputs[0])
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      index_q  <= 32'd0;
      done_o   <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (outputs !== outputs_want) errors_o <= errors_o + 32'd1;
      if (index_q == `VECTORS - 1) done_o <= 1'b1;
      else index_q <= index_q + 32'd1;
    end
  end
endmodule
`default_nettype wire
