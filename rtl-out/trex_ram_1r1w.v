// The memory of every unit: one write port with lane enables, one read port.
// The style of memory is chosen here and nowhere else.
//
//   READ_CYCLES = 1, rd_en_i = 1   rd_data_o becomes the word at rd_addr_i one cycle later
//   READ_CYCLES = 1, rd_en_i = 0   rd_data_o holds
//   READ_CYCLES = 0                rd_data_o is the word at rd_addr_i, whatever rd_en_i is
//
// Layout   lane k of a word is bits [k*LANE_BITS +: LANE_BITS]
// Timing   write at the clock edge; reading an address written in the same cycle returns the old word, or, with
//          READ_OLD = 0, nothing that may be used: in simulation the word inverted, so that every use of it is seen
// Reset    none: contents and rd_data_o undefined until written and read
`default_nettype none
module trex_ram_1r1w #(
  parameter WORD_BITS   = 64,  // a multiple of LANE_BITS
  parameter DEPTH       = 2048,  // words; any number >= 1
  parameter LANE_BITS   = 8,  // the unit of wr_lanes_i
  // Made with the configuration; an instance may choose another.
  parameter DISTRIBUTED = 0,  // 1: LUT RAM; 0: block RAM
  parameter READ_CYCLES = 1,  // 1: of a read; 0: read at once, LUT RAM whatever DISTRIBUTED is
  parameter READ_OLD    = 1,  // 1: as above; 0: no word is read while it is written, so block RAM needs no logic for the old one
  // Derived; do not override.
  parameter LANES       = WORD_BITS / LANE_BITS,
  parameter ADDR_BITS   = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
  input  wire                 clk_i,
  input  wire                 wr_en_i,
  input  wire [ADDR_BITS-1:0] wr_addr_i,
  input  wire [LANES-1:0]     wr_lanes_i,
  input  wire [WORD_BITS-1:0] wr_data_i,
  input  wire                 rd_en_i,
  input  wire [ADDR_BITS-1:0] rd_addr_i,
  output wire [WORD_BITS-1:0] rd_data_o
);
`ifndef SYNTHESIS
  initial begin
    if (DEPTH < 1) begin $display("%m: DEPTH = %0d: must be at least 1", DEPTH); $finish; end
    if ((WORD_BITS % LANE_BITS) != 0) begin $display("%m: WORD_BITS = %0d: must be a multiple of LANE_BITS", WORD_BITS); $finish; end
    if ((READ_CYCLES != 0) && (READ_CYCLES != 1)) begin $display("%m: READ_CYCLES = %0d: must be 0 or 1", READ_CYCLES); $finish; end
    if ((READ_OLD != 0) && (READ_OLD != 1)) begin $display("%m: READ_OLD = %0d: must be 0 or 1", READ_OLD); $finish; end
  end
`endif

  genvar k;
  generate
    if (READ_CYCLES == 0) begin : gen_at_once
      (* ram_style = "distributed" *) reg [WORD_BITS-1:0] mem_q [0:DEPTH-1];
      wire unused_rd_en = &{ 1'b0, rd_en_i };
      for (k = 0; k < LANES; k = k + 1) begin : gen_lane
        always @(posedge clk_i) begin
          if (wr_en_i && wr_lanes_i[k]) mem_q[wr_addr_i][k*LANE_BITS +: LANE_BITS] <= wr_data_i[k*LANE_BITS +: LANE_BITS];
        end
      end
      assign rd_data_o = mem_q[rd_addr_i];
    end else if (DISTRIBUTED != 0) begin : gen_distributed
      (* ram_style = "distributed" *) reg [WORD_BITS-1:0] mem_q [0:DEPTH-1];
      reg [WORD_BITS-1:0] rd_data_q;
      for (k = 0; k < LANES; k = k + 1) begin : gen_lane
        always @(posedge clk_i) begin
          if (wr_en_i && wr_lanes_i[k]) mem_q[wr_addr_i][k*LANE_BITS +: LANE_BITS] <= wr_data_i[k*LANE_BITS +: LANE_BITS];
        end
      end
      always @(posedge clk_i) begin
        if (rd_en_i) rd_data_q <= mem_q[rd_addr_i];
`ifndef SYNTHESIS
        if ((READ_OLD == 0) && rd_en_i && wr_en_i && (|wr_lanes_i) && (wr_addr_i == rd_addr_i)) rd_data_q <= ~mem_q[rd_addr_i];
`endif
      end
      assign rd_data_o = rd_data_q;
    end else begin : gen_dense
`ifdef YOSYS
      (* no_rw_check = (READ_OLD == 0) *)
`endif
      (* ram_style = "block" *) reg [WORD_BITS-1:0] mem_q [0:DEPTH-1];
      reg [WORD_BITS-1:0] rd_data_q;
      for (k = 0; k < LANES; k = k + 1) begin : gen_lane
        always @(posedge clk_i) begin
          if (wr_en_i && wr_lanes_i[k]) mem_q[wr_addr_i][k*LANE_BITS +: LANE_BITS] <= wr_data_i[k*LANE_BITS +: LANE_BITS];
        end
      end
      always @(posedge clk_i) begin
        if (rd_en_i) rd_data_q <= mem_q[rd_addr_i];
`ifndef SYNTHESIS
        if ((READ_OLD == 0) && rd_en_i && wr_en_i && (|wr_lanes_i) && (wr_addr_i == rd_addr_i)) rd_data_q <= ~mem_q[rd_addr_i];
`endif
      end
      assign rd_data_o = rd_data_q;
    end
  endgenerate
endmodule
`default_nettype wire
