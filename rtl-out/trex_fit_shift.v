// Arithmetic shift to the right of which only the low OUT_BITS bits are wanted, and whether the whole result needs more:
// a saturation behind it then looks at OUT_BITS bits and one flag in place of every bit of the shifted number.
//
//   value_o = low bits of (value_i >>> amount_i)
//   over_o  = value_i >>> amount_i does not fit OUT_BITS bits, sign included; then value_o is of no use
//
// Steps shift by powers of two, the largest first. Behind that of 2^k at most 2^k - 1 are left to shift, so OUT_BITS + 2^k - 1
// bits are enough there: what a step drops must be copies of the sign, else the result is too large, however far it is shifted on.
//
// Timing   outputs belong to value_i and amount_i of STAGES cycles before; with STAGES = 1 a register behind the wider half of
//          the steps holds what it has while en_i is 0
// Reset    none
`default_nettype none
module trex_fit_shift #(
  parameter IN_BITS     = 43,  // of the number, sign included
  parameter AMOUNT_BITS = 6,  // shifts by 0 .. 2^AMOUNT_BITS - 1
  parameter OUT_BITS    = 18,  // 2 .. IN_BITS
  parameter STAGES      = 0  // 0 or 1
) (
  input  wire                   clk_i,
  input  wire                   en_i,
  input  wire [IN_BITS-1:0]     value_i,   // signed
  input  wire [AMOUNT_BITS-1:0] amount_i,
  output wire [OUT_BITS-1:0]    value_o,
  output wire                   over_o,
  output wire                   sign_o     // of the number
);
`ifndef SYNTHESIS
  initial begin
    if ((OUT_BITS < 2) || (OUT_BITS > IN_BITS)) begin $display("%m: OUT_BITS = %0d: must be 2 .. IN_BITS", OUT_BITS); $finish; end
    if ((STAGES != 0) && (STAGES != 1)) begin $display("%m: STAGES = %0d: must be 0 or 1", STAGES); $finish; end
  end
`endif

  localparam CUT = AMOUNT_BITS / 2;  // the last step in front of the register

  wire [AMOUNT_BITS-1:0] over;    // by step
  wire [AMOUNT_BITS-1:0] amount;  // the same
  generate
    if (STAGES == 0) begin : gen_at_once
      assign amount = amount_i;
      assign over_o = |over;
      assign sign_o = value_i[IN_BITS-1];
      wire unused_clk = &{ 1'b0, clk_i, en_i };
    end else begin : gen_later
      reg over_q;
      reg sign_q;
      always @(posedge clk_i) begin
        if (en_i) over_q <= |over[AMOUNT_BITS-1:CUT];
        if (en_i) sign_q <= value_i[IN_BITS-1];
      end
      assign amount[AMOUNT_BITS-1:CUT] = amount_i[AMOUNT_BITS-1:CUT];
      assign sign_o = sign_q;
      if (CUT > 0) begin : gen_rest
        reg [CUT-1:0] amount_q;
        always @(posedge clk_i) if (en_i) amount_q <= amount_i[CUT-1:0];
        assign amount[CUT-1:0] = amount_q;
        assign over_o = over_q || (|over[CUT-1:0]);
      end else begin : gen_rest
        assign over_o = over_q;
      end
    end
  endgenerate

  genvar k;
  generate
    for (k = AMOUNT_BITS - 1; k >= 0; k = k - 1) begin : gen_step
      localparam BY        = 1 << k;
      localparam HAVE_BITS = (OUT_BITS + 2*BY - 1 < IN_BITS) ? OUT_BITS + 2*BY - 1 : IN_BITS;
      localparam KEEP_BITS = (OUT_BITS + BY - 1 < IN_BITS) ? OUT_BITS + BY - 1 : IN_BITS;
      wire [HAVE_BITS-1:0] have;
      wire [KEEP_BITS-1:0] keep;
      wire [KEEP_BITS-1:0] kept;
      if (k == AMOUNT_BITS - 1) begin : gen_first
        assign have = value_i[HAVE_BITS-1:0];
        if (HAVE_BITS < IN_BITS) begin : gen_high
          // Above what the widest shift could bring down.
          assign over[k] = (value_i[IN_BITS-2:HAVE_BITS-1] != {(IN_BITS-HAVE_BITS){value_i[IN_BITS-1]}}) || gen_drop.dropped;
        end else begin : gen_all
          assign over[k] = gen_drop.dropped;
        end
      end else begin : gen_next
        assign have = gen_step[k+1].kept;
        assign over[k] = gen_drop.dropped;
      end
      wire [HAVE_BITS+BY-1:0] padded = { {BY{have[HAVE_BITS-1]}}, have };
      wire unused_top = &{ 1'b0, padded };
      assign keep = amount[k] ? padded[BY +: KEEP_BITS] : padded[0 +: KEEP_BITS];
      if (HAVE_BITS > KEEP_BITS) begin : gen_drop
        wire dropped = !amount[k] && (have[HAVE_BITS-2:KEEP_BITS-1] != {(HAVE_BITS-KEEP_BITS){have[HAVE_BITS-1]}});
      end else begin : gen_drop
        wire dropped = 1'b0;
      end
      if ((STAGES == 1) && (k == CUT)) begin : gen_register
        reg [KEEP_BITS-1:0] keep_q;
        always @(posedge clk_i) if (en_i) keep_q <= keep;
        assign kept = keep_q;
      end else begin : gen_register
        assign kept = keep;
      end
    end
    assign value_o = gen_step[0].kept;
  endgenerate
endmodule
`default_nettype wire
