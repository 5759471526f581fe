// Rotates COUNT words: from banks to the elements that they hold, and back.
//
//   inverse_i = 0   data_o[c] = data_i[(c + amount_i) mod COUNT]
//   inverse_i = 1   data_o[c] = data_i[(c - amount_i) mod COUNT]
//
// Layout   word c of a bus is bits [c*WORD_BITS +: WORD_BITS]
// Timing   combinational; log2(COUNT) two-way selections deep
`default_nettype none
module trex_rotator #(
  parameter COUNT     = 8,  // words; power of two, >= 1
  parameter WORD_BITS = 64,  // of a word
  // Derived; do not override.
  parameter STAGES      = $clog2(COUNT),
  parameter AMOUNT_BITS = (STAGES > 0) ? STAGES : 1
) (
  input  wire [AMOUNT_BITS-1:0]     amount_i,
  input  wire                       inverse_i,
  input  wire [COUNT*WORD_BITS-1:0] data_i,
  output wire [COUNT*WORD_BITS-1:0] data_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COUNT < 1) || ((COUNT & (COUNT - 1)) != 0)) begin $display("%m: COUNT = %0d: must be a power of two, 1 or more", COUNT); $finish; end
  end
`endif

  genvar s;
  generate
    if (STAGES == 0) begin : gen_single
      wire unused_amount = &{ 1'b0, amount_i, inverse_i };
      assign data_o = data_i;
    end else begin : gen_rotate
      // Modulo COUNT by the width: going back by the amount is going on by its negative.
      wire [AMOUNT_BITS-1:0] forward = inverse_i ? -amount_i : amount_i;
      for (s = 0; s < STAGES; s = s + 1) begin : gen_stage
        localparam CUT = (1 << s) * WORD_BITS;
        wire [COUNT*WORD_BITS-1:0] given;
        wire [COUNT*WORD_BITS-1:0] turned = forward[s] ? { given[CUT-1:0], given[COUNT*WORD_BITS-1:CUT] } : given;
        if (s == 0) begin : gen_first
          assign given = data_i;
        end else begin : gen_next
          assign given = gen_stage[s-1].turned;
        end
      end
      assign data_o = gen_stage[STAGES-1].turned;
    end
  endgenerate
endmodule
`default_nettype wire
