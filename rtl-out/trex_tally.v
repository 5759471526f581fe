// Tally: what has come since it was last taken, times SCALE.
//
// add_i counts with en_i alone: a register that is enabled or cleared takes no gate in front of the adder.
//
// Timing   sum_o has an addend a cycle after add_i; what comes with take_i begins the next sum
// Reset    to 0 with clear_i, what comes with it is forgotten
`default_nettype none
module trex_tally #(
  parameter ADD_BITS = 32,  // of an addend; 1 .. SUM_BITS
  parameter SUM_BITS = 32,  // for all that may come until it is taken; 1 .. 32
  // Made with the configuration; an instance may choose another.
  parameter SCALE    = 1,  // what an addend of 1 stands for; 1 .. 2^20
  parameter SIGNED   = 0  // 1: an addend may be negative
) (
  input  wire                clk_i,
  input  wire                clear_i,
  input  wire                take_i,
  input  wire                en_i,
  input  wire [ADD_BITS-1:0] add_i,
  output wire [32:0]         sum_o   // signed
);
`ifndef SYNTHESIS
  initial begin
    if ((SUM_BITS < ADD_BITS) || (SUM_BITS > 32)) begin $display("%m: SUM_BITS = %0d: must be ADD_BITS .. 32", SUM_BITS); $finish; end
  end
`endif

  wire [31:0] scale = SCALE;

  reg  [SUM_BITS-1:0] sum_q;
  wire                add_sign = (SIGNED != 0) && add_i[ADD_BITS-1];
  wire                sum_sign = (SIGNED != 0) && sum_q[SUM_BITS-1];
  wire [32:0]         addend   = { {(33-ADD_BITS){add_sign}}, add_i };
  wire [32:0]         sum      = { {(33-SUM_BITS){sum_sign}}, sum_q };
  wire                unused_addend = &{ 1'b0, addend };

  assign sum_o = sum * { 1'b0, scale };

  always @(posedge clk_i) begin
    // A reset before an enable, as flip-flops have it: in another order both become logic.
    if (clear_i || (take_i && !en_i)) sum_q <= {SUM_BITS{1'b0}};
    else if (en_i) sum_q <= addend[SUM_BITS-1:0] + (take_i ? {SUM_BITS{1'b0}} : sum_q);
  end
endmodule
`default_nettype wire
