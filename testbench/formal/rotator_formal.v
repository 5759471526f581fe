// rotator against the naive model, for every amount, direction and content.
//
//   0  word c of the output is word (c + amount) mod COUNT of the input, or (c - amount) mod COUNT when inverse
//
// Macros   PROPERTY and the parameters of the unit, from bench/formal
`default_nettype none
module rotator_formal #(
  parameter COUNT     = `COUNT,  // power of two, >= 2
  parameter WORD_BITS = `WORD_BITS,
  parameter AMOUNT_BITS = $clog2(COUNT)
) (
  input  wire [AMOUNT_BITS-1:0]     amount_i,
  input  wire                       inverse_i,
  input  wire [COUNT*WORD_BITS-1:0] data_i,
  output wire                       bad_o
);
  wire [COUNT*WORD_BITS-1:0] data;
  trex_rotator #(.COUNT(COUNT), .WORD_BITS(WORD_BITS)) dut (.amount_i(amount_i), .inverse_i(inverse_i), .data_i(data_i), .data_o(data));

  wire [COUNT-1:0] differs;
  genvar c;
  generate
    for (c = 0; c < COUNT; c = c + 1) begin : gen_word
      localparam [AMOUNT_BITS-1:0] HERE = c;
      wire [AMOUNT_BITS-1:0] from = inverse_i ? HERE - amount_i : HERE + amount_i;
      assign differs[c] = data[c*WORD_BITS +: WORD_BITS] != data_i[from*WORD_BITS +: WORD_BITS];
    end
  endgenerate

  wire [0:0] violated = |differs;
  assign bad_o = violated[`PROPERTY];
endmodule
`default_nettype wire
