// Output-stationary array of LANES x COLUMNS multiply-accumulators; every weight is shared by the lanes of its
// slice, every sum is kept twice: once for the step that goes on with it, and in one of two sets for the drain, so that
// the next sum of the same pass may begin while it is drained.
//
//   step      sum[pass][c][l] = (first ? 0 : sum[pass][c][l]) + act[c][l] * weight[l div (LANES/SLICES)][c]
//             finished[set][pass][c][l] = the same; set is that of the first step until the last
//   drain     drain_data_o[l] = finished[drain_set][drain_pass][drain_column][l]
//
// In a paired column one multiplier serves two lanes of a slice, since they share the weight w. Even lane a, odd lane b:
//
//   product   w * (b * 2^16 + a) = w*b * 2^16 + w*a;  |b * 2^16 + a| <= 2^23 + 2^7 takes 25 bits, the product 32
//   total     E + 2^16 * O, where E and O are the sums of even and odd lane: kept instead of them, ACC_BITS + 16 bits
//   carries   floor(E / 2^16): |w*a| <= 2^14 moves it by 1 at most, up when w*a > 0, down when w*a < 0. Whether it moves,
//             a total alone can't say; its bit 16 is the lowest of O + carries, so it does when that bit, the same bit of
//             the total before, and the lowest of w*b have an odd sum
//   drain     E = carries * 2^16 + total mod 2^16;  O = floor(total / 2^16) - carries
//
// The word of the even lane holds E, that of the odd one floor(total / 2^16): no more bits than two sums. All of it is exact modulo
// 2^ACC_BITS for every operand, -128 * -128 in both lanes too; what it costs is a count of ACC_BITS - 16 bits for each pair.
//
// Layout   act_i byte c*LANES + l; weight_i byte slice*COLUMNS + c; drain_data_o word l of ACC_BITS; all signed
// Timing   a step given in cycle n is seen by a drain given in cycle n + 3 or later, never earlier;
//          drain_data_o is valid one cycle after drain_en_i and holds
//            cycle      n        n+1        n+2       n+3
//                       step_*   operands   product   accumulator written: drain_en_i allowed
//          with PASSES > 1 what an accumulator holds is taken in n + 1: a step that goes on in the same one comes in n + 2 or
//          later
// Reset    the valid bits only: accumulators are undefined until a step with step_first_i
// Golden   equations 4-6, 16 and 19 of docs/numerics.md
`default_nettype none
module trex_pe_array #(
  parameter COLUMNS  = 8,  // output features at a time; >= 2
  parameter LANES    = 8,  // tokens at a time, all slices
  parameter SLICES   = 4,  // groups of lanes with a weight of their own; divides LANES
  parameter PASSES   = 16,  // accumulators of each PE, in each of two sets; >= 1
  parameter ACC_BITS = 26,  // wide enough for every sum; >= 17
  // Made with the configuration; an instance may choose another.
  parameter PAIRED_COLUMNS = 0,  // the first columns, whose lanes share a multiplier in pairs; 0 .. COLUMNS
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter COLUMN_BITS = (COLUMNS > 1) ? $clog2(COLUMNS) : 1
) (
  input  wire                        clk_i,
  input  wire                        rst_i,

  input  wire                        step_valid_i,
  input  wire                        step_first_i,
  input  wire                        step_set_i,
  input  wire [PASS_BITS-1:0]        step_pass_i,
  input  wire [COLUMNS*LANES*8-1:0]  act_i,
  input  wire [SLICES*COLUMNS*8-1:0] weight_i,

  input  wire                        drain_en_i,
  input  wire                        drain_set_i,
  input  wire [PASS_BITS-1:0]        drain_pass_i,
  input  wire [COLUMN_BITS-1:0]      drain_column_i,
  output wire [LANES*ACC_BITS-1:0]   drain_data_o
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((LANES % SLICES) != 0) begin $display("%m: LANES = %0d: must be a multiple of SLICES", LANES); $finish; end
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
    if ((ACC_BITS < 17) || (ACC_BITS > 32)) begin $display("%m: ACC_BITS = %0d: must be 17 .. 32", ACC_BITS); $finish; end
    if (PAIRED_COLUMNS > COLUMNS) begin $display("%m: PAIRED_COLUMNS = %0d: must be at most COLUMNS", PAIRED_COLUMNS); $finish; end
    if ((PAIRED_COLUMNS > 0) && (((LANES / SLICES) % 2) != 0)) begin
      $display("%m: PAIRED_COLUMNS = %0d: must be 0 where the lanes of a slice are odd", PAIRED_COLUMNS); $finish;
    end
  end
`endif

  localparam SLICE_LANES = LANES / SLICES;
  localparam ENTRY_BITS  = (PASSES > 1) ? PASS_BITS + 1 : 1;
  localparam WORD_BITS   = LANES * ACC_BITS;

  // Entry of a finished sum: the set is the low bit, so that any number of passes leaves no gap.
  reg                  operand_valid_q;
  reg                  operand_first_q;
  reg                  operand_set_q;
  reg [PASS_BITS-1:0]  operand_pass_q;
  reg                  product_valid_q;
  reg                  product_first_q;
  reg                  product_set_q;
  reg [PASS_BITS-1:0]  product_pass_q;
  wire [ENTRY_BITS-1:0] product_entry;
  wire [ENTRY_BITS-1:0] drain_entry;
  generate
    if (PASSES > 1) begin : gen_entry
      assign product_entry = { product_pass_q, product_set_q };
      assign drain_entry   = { drain_pass_i, drain_set_i };
    end else begin : gen_single_entry
      wire unused_pass = &{ 1'b0, product_pass_q, drain_pass_i };
      assign product_entry = product_set_q;
      assign drain_entry   = drain_set_i;
    end
  endgenerate

  always @(posedge clk_i) begin
    operand_valid_q <= step_valid_i && !rst_i;
    operand_first_q <= step_first_i;
    operand_set_q   <= step_set_i;
    operand_pass_q  <= step_pass_i;
    product_valid_q <= operand_valid_q && !rst_i;
    product_first_q <= operand_first_q;
    product_set_q   <= operand_set_q;
    product_pass_q  <= operand_pass_q;
  end

`ifndef SYNTHESIS
  reg [PASSES-1:0] begun_set_q;  // of the sum of each pass
  always @(posedge clk_i) begin
    if (operand_valid_q && operand_first_q) begun_set_q[operand_pass_q] <= operand_set_q;
    if (operand_valid_q && !operand_first_q && !rst_i) begin
      if ((PASSES > 1) && product_valid_q && (operand_pass_q == product_pass_q)) begin
        $display("%m: a step goes on in the accumulator of the step before it");
        $finish;
      end
      if (begun_set_q[operand_pass_q] != operand_set_q) begin
        $display("%m: a step goes on in another set than its sum has begun in");
        $finish;
      end
    end
  end
`endif

  // A word for each column: one wide word indexed by a variable is many times slower to simulate. Halves of the columns are
  // registered apart: an adder behind them takes in the choice between two, but not one among all.
  localparam HALF      = COLUMNS / 2;
  localparam HALF_BITS = (HALF > 1) ? $clog2(HALF) : 1;
  wire [WORD_BITS-1:0] low_data [0:HALF-1];
  wire [WORD_BITS-1:0] high_data [0:HALF-1];
  wire [HALF_BITS-1:0] half_column;
  wire [2*WORD_BITS-1:0] stored = { high_data[half_column], low_data[half_column] };
  wire [2*WORD_BITS-1:0] drained;  // the same with sums of pairs taken apart
  reg  [WORD_BITS-1:0] low_q;
  reg  [WORD_BITS-1:0] high_q;
  reg                  is_high_q;

  always @(posedge clk_i) begin
    if (drain_en_i) begin
      low_q     <= drained[0 +: WORD_BITS];
      high_q    <= drained[WORD_BITS +: WORD_BITS];
      is_high_q <= drain_column_i[COLUMN_BITS-1];
    end
  end
  assign drain_data_o = is_high_q ? high_q : low_q;

  genvar h;
  genvar c;
  genvar g;
  genvar l;
  generate
    if (HALF > 1) begin : gen_half
      assign half_column = drain_column_i[HALF_BITS-1:0];
    end else begin : gen_half
      assign half_column = 1'b0;
    end
    for (h = 0; h < 2; h = h + 1) begin : gen_drained
      if (PAIRED_COLUMNS <= h*HALF) begin : gen_as_stored
        assign drained[h*WORD_BITS +: WORD_BITS] = stored[h*WORD_BITS +: WORD_BITS];
      end else begin : gen_apart
        wire paired;
        if (PAIRED_COLUMNS >= (h+1)*HALF) begin : gen_all
          assign paired = 1'b1;
        end else begin : gen_first
          localparam [31:0] PAIRED = PAIRED_COLUMNS - h*HALF;
          assign paired = { {(32-HALF_BITS){1'b0}}, half_column } < PAIRED;
        end
        for (l = 0; l < LANES; l = l + 2) begin : gen_pair
          wire [ACC_BITS-1:0]  even    = stored[h*WORD_BITS + l*ACC_BITS +: ACC_BITS];
          wire [ACC_BITS-1:0]  odd     = stored[h*WORD_BITS + (l+1)*ACC_BITS +: ACC_BITS];
          wire [ACC_BITS-17:0] carries = even[ACC_BITS-1:16] & {(ACC_BITS-16){paired}};
          wire [ACC_BITS-1:0]  taken   = { {16{carries[ACC_BITS-17]}}, carries };
          assign drained[h*WORD_BITS + l*ACC_BITS +: 2*ACC_BITS] = { odd - taken, even };
        end
      end
    end
    for (c = 0; c < COLUMNS; c = c + 1) begin : gen_column
      reg [LANES*8-1:0] activation_q;
      always @(posedge clk_i) begin
        if (step_valid_i) activation_q <= act_i[c*LANES*8 +: LANES*8];
      end

      // Sums that go on, and those that a drain finds: all lanes of a column in one memory, since it has words of 6 or 4 bits on FPGAs.
      wire [WORD_BITS-1:0] start;
      wire [WORD_BITS-1:0] sum;
      wire [WORD_BITS-1:0] finished;
      trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(2*PASSES), .LANE_BITS(WORD_BITS), .READ_CYCLES(0)) u_finished (
        .clk_i(clk_i), .wr_en_i(product_valid_q), .wr_addr_i(product_entry), .wr_lanes_i(1'b1), .wr_data_i(sum),
        .rd_en_i(1'b1), .rd_addr_i(drain_entry), .rd_data_o(finished)
      );
      if (c < HALF) begin : gen_low
        assign low_data[c] = finished;
      end else begin : gen_high
        assign high_data[c-HALF] = finished;
      end

      if (PASSES > 1) begin : gen_running
        wire unused_first = product_first_q;
        wire [WORD_BITS-1:0] running;
        trex_ram_1r1w #(.WORD_BITS(WORD_BITS), .DEPTH(PASSES), .LANE_BITS(WORD_BITS), .READ_CYCLES(0)) u_running (
          .clk_i(clk_i), .wr_en_i(product_valid_q), .wr_addr_i(product_pass_q), .wr_lanes_i(1'b1), .wr_data_i(sum),
          .rd_en_i(1'b1), .rd_addr_i(operand_pass_q), .rd_data_o(running)
        );
        // A register that is cleared and not a word that is masked: multiplication and sum are then one DSP block.
        reg [WORD_BITS-1:0] start_q;
        assign start = start_q;
        always @(posedge clk_i) begin
          if (operand_valid_q) start_q <= running;
          if (operand_first_q) start_q <= {WORD_BITS{1'b0}};
        end
      end else begin : gen_running
        reg [WORD_BITS-1:0] running_q;
        assign start = product_first_q ? {WORD_BITS{1'b0}} : running_q;
        always @(posedge clk_i) begin
          if (product_valid_q) running_q <= sum;
        end
      end

      for (g = 0; g < SLICES; g = g + 1) begin : gen_slice
        reg signed [7:0] weight_q;
        always @(posedge clk_i) begin
          if (step_valid_i) weight_q <= weight_i[(g*COLUMNS + c)*8 +: 8];
        end

        if (c < PAIRED_COLUMNS) begin : gen_paired
          for (l = 0; l < SLICE_LANES; l = l + 2) begin : gen_pe
            localparam LANE = g*SLICE_LANES + l;
            localparam [ACC_BITS-17:0] UP = 1;
`ifdef SYNTHESIS
            wire signed [7:0]         even = activation_q[LANE*8 +: 8];
            wire signed [7:0]         odd  = activation_q[(LANE+1)*8 +: 8];
`else
            // A lane without a token may read what was never written. No value there can change the sum of the other lane, but
            // a simulator makes all of a product unknown: it takes the largest magnitude instead.
            wire signed [7:0]         even = (^activation_q[LANE*8 +: 8] === 1'bx) ? 8'sh80 : activation_q[LANE*8 +: 8];
            wire signed [7:0]         odd  = (^activation_q[(LANE+1)*8 +: 8] === 1'bx) ? 8'sh80 : activation_q[(LANE+1)*8 +: 8];
`endif
            // An adder in front of the multiplication, which DSP blocks have.
            wire signed [24:0]        pair = $signed({ odd[7], odd, 16'd0 }) + $signed({ {17{even[7]}}, even });
            reg  signed [31:0]        product_q;
            reg                       negative_q;  // product of the even lane; no matter when that is 0
            reg                       odd_product_q;
            wire [ACC_BITS+15:0]      addend = { {(ACC_BITS-16){product_q[31]}}, product_q };
            wire [ACC_BITS+15:0]      former = { start[(LANE+1)*ACC_BITS +: ACC_BITS], start[LANE*ACC_BITS +: 16] };
            wire [ACC_BITS+15:0]      total  = former + addend;
            wire                      moves  = total[16] ^ former[16] ^ odd_product_q;
            wire [ACC_BITS-17:0]      moved  = {(ACC_BITS-16){moves}} & (negative_q ? {(ACC_BITS-16){1'b1}} : UP);
            always @(posedge clk_i) begin
              if (operand_valid_q) begin
                product_q     <= pair * weight_q;
                negative_q    <= even[7] ^ weight_q[7];
                odd_product_q <= odd[0] && weight_q[0];
              end
            end
            assign sum[LANE*ACC_BITS +: 16]                = total[15:0];
            assign sum[LANE*ACC_BITS + 16 +: ACC_BITS-16]  = start[LANE*ACC_BITS + 16 +: ACC_BITS-16] + moved;
            assign sum[(LANE+1)*ACC_BITS +: ACC_BITS]      = total[ACC_BITS+15:16];
          end
        end else begin : gen_single
          for (l = 0; l < SLICE_LANES; l = l + 1) begin : gen_pe
            localparam LANE = g*SLICE_LANES + l;
            wire signed [7:0]          act = activation_q[LANE*8 +: 8];
            reg  signed [15:0]         product_q;
            wire signed [ACC_BITS-1:0] addend = { {(ACC_BITS-16){product_q[15]}}, product_q };
            always @(posedge clk_i) if (operand_valid_q) product_q <= act * weight_q;
            assign sum[LANE*ACC_BITS +: ACC_BITS] = start[LANE*ACC_BITS +: ACC_BITS] + addend;
          end
        end
      end
    end
  endgenerate
endmodule
`default_nettype wire
