// Bench of rows with a memory of beats and the words of a window: vector n is a LOAD, or a STORE of what was loaded, which
// writes the same rows to another place. Requests and beats stall at random; of rows in, some are not what their CRC says.
//
// Vector   store, first row only, outer, base, then of each slice valid, first, length, input, output, and last the first
//          slices of the requests whose rows are bad (first in the high bits)
// Files    memory.hex before, want.hex after all of them
// Plusargs +seed=n; +pace=n: 0 memory waits when it likes, 1 never, 2 long
// Macros   VECTORS, BEATS and the parameters of the unit, from tests/support/unit-bench.ts; AHEAD, ROW_CRC where the unit
//          has such ports
`default_nettype none
module rows_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SLICES      = `SLICES;
  localparam SLICE_LANES = `SLICE_LANES;
  localparam PASSES      = `PASSES;
  localparam BUS_BYTES   = `BUS_BYTES;
  localparam LANES       = SLICES * SLICE_LANES;
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam VECTOR_BITS = 1 + 1 + 12 + 12 + SLICES * (1 + 2 + 12 + 32 + 32) + SLICES;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*BUS_BYTES-1:0] memory [0:`BEATS-1];
  reg [8*BUS_BYTES-1:0] want [0:`BEATS-1];
  reg [8*SLICE_LANES-1:0] words [0:4096*PASSES*SLICES-1];
  reg [8*512-1:0]       path;
  reg [31:0]            seed;
  reg [31:0]            pace;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
    $readmemh("memory.hex", memory);
    $readmemh("want.hex", want);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  wire        at_once = pace == 32'd1;
  wire        seldom  = (pace == 32'd2) && (random_q[24:22] != 3'd0);

  reg  [31:0]            index_q;
  wire                   store;
  wire                   first_row;
  wire [11:0]            outer;
  wire [11:0]            base;
  wire [SLICES-1:0]      slice_valid;
  wire [2*SLICES-1:0]    slice_first;
  wire [12*SLICES-1:0]   slice_length;
  wire [32*SLICES-1:0]   slice_input;
  wire [32*SLICES-1:0]   slice_output;
  wire [SLICES-1:0]      bad_want;
  assign { store, first_row, outer, base, slice_valid, slice_first, slice_length, slice_input, slice_output, bad_want } = vectors[index_q];

  // ---- memory ----
  wire                   rd_req_valid;
  wire [31:0]            rd_req_addr;
  wire [23:0]            rd_req_beats;
  wire                   rd_ready;
  wire                   wr_req_valid;
  wire [31:0]            wr_req_addr;
  wire [23:0]            wr_req_beats;
  wire                   wr_valid;
  wire [8*BUS_BYTES-1:0] wr_data;
  reg  [31:0]            rd_beat_q;
  reg  [23:0]            rd_left_q;
  reg  [31:0]            wr_beat_q;
  reg  [23:0]            wr_left_q;
  wire                   rd_req_ready = (rd_left_q == 24'd0) && (at_once || (random_q[0] && !seldom));
  wire                   wr_req_ready = (wr_left_q == 24'd0) && (at_once || (random_q[1] && !seldom));
  wire                   rd_valid     = (rd_left_q != 24'd0) && (at_once || ((random_q[3:2] != 2'd0) && !seldom));
  wire                   wr_ready     = (wr_left_q != 24'd0) && (at_once || ((random_q[5:4] != 2'd0) && !seldom));
  always @(posedge clk_i) begin
    if (rst_i) begin
      rd_left_q <= 24'd0;
      wr_left_q <= 24'd0;
    end else begin
      if (rd_req_valid && rd_req_ready) begin
        rd_beat_q <= rd_req_addr / BUS_BYTES;
        rd_left_q <= rd_req_beats;
      end else if (rd_valid && rd_ready) begin
        rd_beat_q <= rd_beat_q + 32'd1;
        rd_left_q <= rd_left_q - 24'd1;
      end
      if (wr_req_valid && wr_req_ready) begin
        wr_beat_q <= wr_req_addr / BUS_BYTES;
        wr_left_q <= wr_req_beats;
      end else if (wr_valid && wr_ready) begin
        memory[wr_beat_q] <= wr_data;
        wr_beat_q <= wr_beat_q + 32'd1;
        wr_left_q <= wr_left_q - 24'd1;
      end
    end
  end

  // ---- words ----
  wire                   word_wr_en;
  wire [SLICES-1:0]      word_wr_slices;
  wire [11:0]            word_wr_feature;
  wire [PASS_BITS-1:0]   word_wr_pass;
  wire [8*LANES-1:0]     word_wr_data;
  wire                   word_rd_en;
  wire [11:0]            word_rd_feature;
  wire [PASS_BITS-1:0]   word_rd_pass;
  reg  [8*LANES-1:0]     word_rd_data;
  integer                s;
  always @(posedge clk_i) begin
    for (s = 0; s < SLICES; s = s + 1) begin
      if (word_wr_en && word_wr_slices[s]) words[(word_wr_feature * PASSES + word_wr_pass) * SLICES + s] <= word_wr_data[8*SLICE_LANES*s +: 8*SLICE_LANES];
      if (word_rd_en) word_rd_data[8*SLICE_LANES*s +: 8*SLICE_LANES] <= words[(word_rd_feature * PASSES + word_rd_pass) * SLICES + s];
    end
  end

  // ---- unit ----
  reg                    start_q;
  wire                   busy;
  wire                   ended;
  wire [SLICES-1:0]      request;
  wire                   bad;
`ifdef AHEAD
  // Rows are asked for one by one, until all that are left are.
  reg row_by_row_q;
  always @(posedge clk_i) row_by_row_q <= random_q[9:7] != 3'd0;
`endif
`ifndef ROW_CRC
  assign bad = 1'b0;
`endif
  trex_rows #(
    .SLICES(SLICES), .SLICE_LANES(SLICE_LANES), .PASSES(PASSES), .BUS_BYTES(BUS_BYTES), .ADDR_BITS(32)
  ) dut (
    .clk_i(clk_i), .rst_i(rst_i), .start_i(start_q), .store_i(store), .outer_i(outer), .base_i(base), .first_row_i(first_row),
`ifdef AHEAD
    .ahead_i(row_by_row_q),
`endif
`ifdef ROW_CRC
    .crc_bad_o(bad),
`endif
    .busy_o(busy), .done_o(ended), .slice_valid_i(slice_valid), .slice_first_i(slice_first), .slice_length_i(slice_length),
    .slice_input_i(slice_input), .slice_output_i(slice_output),
    .rd_req_valid_o(rd_req_valid), .rd_req_ready_i(rd_req_ready), .rd_req_addr_o(rd_req_addr), .rd_req_beats_o(rd_req_beats),
    .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(rd_valid ? memory[rd_beat_q] : {8*BUS_BYTES{1'bx}}), .rd_request_o(request),
    .wr_req_valid_o(wr_req_valid), .wr_req_ready_i(wr_req_ready), .wr_req_addr_o(wr_req_addr), .wr_req_beats_o(wr_req_beats),
    .wr_valid_o(wr_valid), .wr_ready_i(wr_ready), .wr_data_o(wr_data),
    .word_wr_en_o(word_wr_en), .word_wr_slices_o(word_wr_slices), .word_wr_feature_o(word_wr_feature), .word_wr_pass_o(word_wr_pass),
    .word_wr_data_o(word_wr_data), .word_rd_en_o(word_rd_en), .word_rd_feature_o(word_rd_feature), .word_rd_pass_o(word_rd_pass),
    .word_rd_data_i(word_rd_data)
  );

  // ---- one vector after the other; all of memory at the end ----
  reg  [2:0]             rest_q;
  reg                    run_q;
  reg                    checking_q;
  reg  [31:0]            beat_q;
  reg  [31:0]            waited_q;
  reg  [SLICES-1:0]      bad_q;
  reg                    twice_q;    // the same rows are called bad again
  wire                   left_over = (rd_left_q != 24'd0) || (wr_left_q != 24'd0) || busy;
  always @(posedge clk_i) begin
    start_q <= 1'b0;
    if (bad) begin
      bad_q   <= bad_q | request;
      twice_q <= twice_q || ((bad_q & request) != {SLICES{1'b0}});
    end
    if (rst_i) begin
      index_q    <= 32'd0;
      rest_q     <= 3'd0;
      run_q      <= 1'b0;
      checking_q <= 1'b0;
      beat_q     <= 32'd0;
      waited_q   <= 32'd0;
      bad_q      <= {SLICES{1'b0}};
      twice_q    <= 1'b0;
      done_o     <= 1'b0;
      errors_o   <= 32'd0;
    end else if (checking_q) begin
      if (memory[beat_q] !== want[beat_q]) errors_o <= errors_o + 32'd1;
      beat_q <= beat_q + 32'd1;
      if (beat_q == `BEATS - 1) begin
        done_o     <= 1'b1;
        checking_q <= 1'b0;
      end
    end else if (!done_o && run_q) begin
      waited_q <= waited_q + 32'd1;
      if (ended) begin
        run_q  <= 1'b0;
        rest_q <= 3'd4;
      end else if (waited_q == 32'd20000) begin
        errors_o <= errors_o + 32'd1;
        done_o   <= 1'b1;
      end
    end else if (!done_o && (rest_q != 3'd0)) begin
      rest_q <= rest_q - 3'd1;
      if (rest_q == 3'd1) begin
        if (left_over || (bad_q !== bad_want) || twice_q) errors_o <= errors_o + 32'd1;
        if (index_q == `VECTORS - 1) checking_q <= 1'b1;
        else index_q <= index_q + 32'd1;
      end
    end else if (!done_o) begin
      start_q  <= 1'b1;
      run_q    <= 1'b1;
      waited_q <= 32'd0;
      bad_q    <= {SLICES{1'b0}};
      twice_q  <= 1'b0;
    end
  end
endmodule
`default_nettype wire
