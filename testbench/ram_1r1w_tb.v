// Bench of ram_1r1w: vector n holds the inputs of cycle n and the outputs expected in cycle n.
//
// Vector   check, rd_data wanted, wr_en, wr_addr, wr_lanes, wr_data,
//          rd_en, rd_addr
//          (first in the high bits)
// Macros   VECTORS and the parameters of the unit, from tests/support/unit-bench.ts
`default_nettype none
module ram_1r1w_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam WORD_BITS = `WORD_BITS;
  localparam DEPTH     = `DEPTH;
  localparam LANE_BITS = `LANE_BITS;
  localparam READ_CYCLES = `READ_CYCLES;
  localparam READ_OLD  = `READ_OLD;
  localparam LANES = WORD_BITS / LANE_BITS;
  localparam ADDR_BITS = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam VECTOR_BITS = 1 + WORD_BITS + 1 + ADDR_BITS + LANES + WORD_BITS + 1 + ADDR_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            index_q;
  wire                 check;
  wire [WORD_BITS-1:0] rd_data_out;
  wire [WORD_BITS-1:0] rd_data_want;
  wire wr_en;
  wire [ADDR_BITS-1:0] wr_addr;
  wire [LANES-1:0] wr_lanes;
  wire [WORD_BITS-1:0] wr_data;
  wire rd_en;
  wire [ADDR_BITS-1:0] rd_addr;

  assign { check,
           rd_data_want,
           wr_en, wr_addr, wr_lanes, wr_data, rd_en, rd_addr } = vectors[index_q];

  trex_ram_1r1w #(
    .WORD_BITS(WORD_BITS),
    .DEPTH(DEPTH),
    .LANE_BITS(LANE_BITS),
    .READ_CYCLES(READ_CYCLES),
    .READ_OLD(READ_OLD)
  ) dut (
    .clk_i(clk_i),
    .wr_en_i(wr_en),
    .wr_addr_i(wr_addr),
    .wr_lanes_i(wr_lanes),
    .wr_data_i(wr_data),
    .rd_en_i(rd_en),
    .rd_addr_i(rd_addr),
    .rd_data_o(rd_data_out)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire wrong = check && (rd_data_out !== rd_data_want);

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
