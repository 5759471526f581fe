// Arithmetic shift to the right of which only the low OUT_BITS bits are wanted, and whether the whole result needs more:
// a saturation behind it then looks at OUT_BITS bits and one flag in place of every bit of the shifted number.
//
//   value_o = low bits of (value_i >>> amount_i)
//   over_o  = value_i >>> amount_i does not fit OUT_BITS bits, sign included; then value_o is of no use
//
// Stages shift by powers of two, the largest first. Behind that of 2^k at most 2^k - 1 are left to shift, so OUT_BITS + 2^k - 1
// bits are enough there: what a stage drops must be copies of the sign, else the result is too large, however far it is shifted on.
//
// Timing   combinational
// Reset    none
`default_nettype none
module trex_fit_shift #(
  parameter IN_BITS     = 43,  // of the number, sign included
  parameter AMOUNT_BITS = 6,  // shifts by 0 .. 2^AMOUNT_BITS - 1
  parameter OUT_BITS    = 18  // 2 .. IN_BITS
) (
  input  wire [IN_BITS-1:0]     value_i,   // signed
  input  wire [AMOUNT_BITS-1:0] amount_i,
  output wire [OUT_BITS-1:0]    value_o,
  output wire                   over_o
);
`ifndef SYNTHESIS
  initial begin
    if ((OUT_BITS < 2) || (OUT_BITS > IN_BITS)) begin $display("%m: OUT_BITS = %0d: must be 2 .. IN_BITS", OUT_BITS); $finish; end
  end
`endif

  wire [AMOUNT_BITS-1:0] over;  // by stage
  assign over_o = |over;

  genvar k;
  generate
    for (k = AMOUNT_BITS - 1; k >= 0; k = k - 1) begin : gen_stage
      localparam BY        = 1 << k;
      localparam HAVE_BITS = (OUT_BITS + 2*BY - 1 < IN_BITS) ? OUT_BITS + 2*BY - 1 : IN_BITS;
      localparam KEEP_BITS = (OUT_BITS + BY - 1 < IN_BITS) ? OUT_BITS + BY - 1 : IN_BITS;
      wire [HAVE_BITS-1:0] have;
      wire [KEEP_BITS-1:0] keep;
      if (k == AMOUNT_BITS - 1) begin : gen_first
        assign have = value_i[HAVE_BITS-1:0];
        if (HAVE_BITS < IN_BITS) begin : gen_high
          // Above what the widest shift could bring down.
          assign over[k] = (value_i[IN_BITS-2:HAVE_BITS-1] != {(IN_BITS-HAVE_BITS){value_i[IN_BITS-1]}}) || gen_drop.dropped;
        end else begin : gen_all
          assign over[k] = gen_drop.dropped;
        end
      end else begin : gen_next
        assign have = gen_stage[k+1].keep;
        assign over[k] = gen_drop.dropped;
      end
      wire [HAVE_BITS+BY-1:0] padded = { {BY{have[HAVE_BITS-1]}}, have };
      wire unused_top = &{ 1'b0, padded };
      assign keep = amount_i[k] ? padded[BY +: KEEP_BITS] : padded[0 +: KEEP_BITS];
      if (HAVE_BITS > KEEP_BITS) begin : gen_drop
        wire dropped = !amount_i[k] && (have[HAVE_BITS-2:KEEP_BITS-1] != {(HAVE_BITS-KEEP_BITS){have[HAVE_BITS-1]}});
      end else begin : gen_drop
        wire dropped = 1'b0;
      end
    end
    assign value_o = gen_stage[0].keep;
  endgenerate
endmodule
`default_nettype wire
