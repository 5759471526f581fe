// Counter of 64 bits. The low half of the sum carries into the high half a cycle later, so that no adder is longer than
// 32 bits.
//
// Timing   sum_o has an addend three cycles after add_i
// Reset    everything to 0 with clear_i, what is on its way too
`default_nettype none
module trex_counter64 #(
  parameter ADD_BITS = 32,  // of an addend; 1 .. 32, of a signed one at most 31
  // Made with the configuration; an instance may choose another.
  parameter SIGNED   = 0  // 1: an addend may be negative
) (
  input  wire                clk_i,
  input  wire                clear_i,
  input  wire [ADD_BITS-1:0] add_i,
  output wire [63:0]         sum_o
);
`ifndef SYNTHESIS
  initial begin
    if ((ADD_BITS < 1) || (ADD_BITS > 32)) begin $display("%m: ADD_BITS = %0d: must be 1 .. 32", ADD_BITS); $finish; end
  end
`endif

  reg [ADD_BITS-1:0] add_q;
  reg [31:0]         low_q;
  reg                carry_q;
  reg                borrow_q;
  reg [63:0]         sum_q;

  wire               negative = (SIGNED != 0) && add_q[ADD_BITS-1];
  wire [32:0]        addend   = { {(33-ADD_BITS){negative}}, add_q };
  wire               unused_addend = addend[32];

  assign sum_o = sum_q;

  always @(posedge clk_i) begin
    add_q <= add_i;
    borrow_q <= negative;
    { carry_q, low_q } <= { 1'b0, low_q } + { 1'b0, addend[31:0] };
    sum_q <= { sum_q[63:32] + { 31'd0, carry_q } - { 31'd0, borrow_q }, low_q };
    if (clear_i) begin
      add_q   <= {ADD_BITS{1'b0}};
      low_q   <= 32'd0;
      carry_q <= 1'b0;
      borrow_q <= 1'b0;
      sum_q   <= 64'd0;
    end
  end
endmodule
`default_nettype wire
