// Bench of softmax: runs one case after another; score memory, masks and wanted results lie in the vectors.
// Every write is checked for order, address and data; the number of cycles is exact; then every pass is queried.
//
// Vector   a case is a header, then keys * PASSES words of { mask, p wanted, score }, then PASSES words of
//          { shift wanted, recip wanted }; header = { gaps, uniform, passes, keys }, keys = 0 ends the run
// Macros   VECTORS and the parameters of the unit
`default_nettype none
module softmax_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam OVERHEAD    = `OVERHEAD;  // cycles of a case that no word or token accounts for
  localparam WALKED      = `WALKED;  // of them those until every p has been written
  localparam LANES       = `LANES;
  localparam PASSES      = `PASSES;
  localparam MAX_KEYS    = `MAX_KEYS;
  localparam VECTOR_BITS = LANES * (2*`SCORE_BITS + 1);
  localparam USED_BITS   = $clog2(PASSES + 1);
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam ADDR_BITS   = $clog2(MAX_KEYS * PASSES);
  localparam [2:0] BEGIN = 3'd0, OBSERVE = 3'd1, START = 3'd2, RUN = 3'd3, QUERY = 3'd4;

  reg [VECTOR_BITS-1:0]       vectors [0:`VECTORS-1];
  reg [8*512-1:0]             path;
  reg [2:0]                   phase_q;
  reg [31:0]                  base_q;
  reg [31:0]                  cycles_q;
  reg [31:0]                  key_q;
  reg [31:0]                  pass_q;
  reg [15:0]                  random_q;
  reg                         querying_q;
  reg [VECTOR_BITS-1:0]       query_want_q;
  reg [LANES*`SCORE_BITS-1:0] rd_data_q;
  reg [LANES-1:0]             mask_q;

  wire [VECTOR_BITS-1:0] header = vectors[base_q];
  wire [31:0] keys    = { {(32-`POSITION_BITS){1'b0}}, header[`POSITION_BITS-1:0] };
  wire [31:0] passes  = { 25'd0, header[`POSITION_BITS +: 7] };
  wire        uniform = header[`POSITION_BITS+7];
  wire        gaps    = header[`POSITION_BITS+8];

  // The same walk serves observing, the order of the writes, and the queries.
  wire [31:0] word_at   = base_q + 32'd1 + key_q * PASSES + pass_q;
  wire        last_pass = pass_q + 32'd1 == passes;
  wire        last_word = last_pass && key_q + 32'd1 == keys;
  wire [VECTOR_BITS-1:0] word = vectors[(word_at < `VECTORS) ? word_at : 32'd0];
  wire [LANES-1:0] word_mask = word[2*LANES*`SCORE_BITS +: LANES];

  wire observing = phase_q == OBSERVE && (!gaps || random_q[1:0] == 2'd0);
  wire start     = phase_q == START;
  wire querying  = phase_q == QUERY && !querying_q;
  wire                              busy;
  wire                              walking;
  wire [`POSITION_BITS-1:0]         wr_key;
  wire [PASS_BITS-1:0]              wr_pass;
  wire [`POSITION_BITS-1:0]         key;
  wire [PASS_BITS-1:0]              pass;
  wire                              rd_en;
  wire [ADDR_BITS-1:0]              rd_addr;
  wire                              wr_en;
  wire [ADDR_BITS-1:0]              wr_addr;
  wire [LANES*`SCORE_BITS-1:0]      wr_data;
  wire [LANES*`MULTIPLIER_BITS-1:0] recip;
  wire [LANES*`SHIFT_BITS-1:0]      shift;

  wire [31:0] mask_at = base_q + 32'd1 + { {(32-`POSITION_BITS){1'b0}}, key } * PASSES + { {(32-PASS_BITS){1'b0}}, pass };
  wire [31:0] read_at = base_q + 32'd1 + { {(32-ADDR_BITS){1'b0}}, rd_addr };
  wire [VECTOR_BITS-1:0] mask_word = vectors[(mask_at < `VECTORS) ? mask_at : 32'd0];
  wire [VECTOR_BITS-1:0] read_word = vectors[(read_at < `VECTORS) ? read_at : 32'd0];

  // Outside their cycle the inputs hold what they must not.
  trex_softmax #(
    .LANES(LANES),
    .PASSES(PASSES),
    .MAX_KEYS(MAX_KEYS)
  ) dut (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .observe_clear_i(phase_q == BEGIN),
    .observe_valid_i(observing),
    .observe_pass_i((phase_q == OBSERVE) ? pass_q[PASS_BITS-1:0] : {PASS_BITS{1'b0}}),
    .observe_mask_i(word_mask),
    .observe_data_i(word[LANES*`SCORE_BITS-1:0]),
    .start_i(start),
    .start_uniform_i(start ? uniform : !uniform),
    .keys_i(start ? keys[`POSITION_BITS-1:0] : ~keys[`POSITION_BITS-1:0]),
    .passes_i(start ? passes[USED_BITS-1:0] : ~passes[USED_BITS-1:0]),
    .busy_o(busy),
    .walking_o(walking),
    .key_o(key),
    .pass_o(pass),
    .mask_i(mask_q),
    .rd_en_o(rd_en),
    .rd_addr_o(rd_addr),
    .rd_data_i(rd_data_q),
    .wr_en_o(wr_en),
    .wr_addr_o(wr_addr),
    .wr_data_o(wr_data),
    .wr_key_o(wr_key),
    .wr_pass_o(wr_pass),
    .query_pass_i(pass_q[PASS_BITS-1:0]),
    .recip_o(recip),
    .shift_o(shift)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [31:0] out_at = key_q * PASSES + pass_q;
  wire wr_wrong    = wr_en && (phase_q != RUN || wr_addr !== out_at[ADDR_BITS-1:0] || wr_data !== word[LANES*`SCORE_BITS +: LANES*`SCORE_BITS]
                              || wr_key !== key_q[`POSITION_BITS-1:0] || wr_pass !== pass_q[PASS_BITS-1:0]);
  wire rd_wrong    = rd_en && uniform;
  wire done        = phase_q == RUN && !busy;
  wire busy_wrong  = busy !== 1'b0 && phase_q != RUN;
  // Every p has been written, and only tokens are left to be solved.
  wire walked_wrong = walking !== (phase_q == RUN && cycles_q <= keys * passes + WALKED);
  wire late        = cycles_q == 32'd1000000;
  wire done_wrong  = done && (key_q != keys || pass_q != 32'd0 || cycles_q != keys * passes + LANES * passes + OVERHEAD);
  wire query_wrong = querying_q && ({ shift, recip } !== query_want_q[LANES*17-1:0]);
  wire wrong = wr_wrong || rd_wrong || busy_wrong || walked_wrong || late || done_wrong || query_wrong;

  always @(posedge clk_i) begin
    mask_q <= mask_word[2*LANES*`SCORE_BITS +: LANES];
    rd_data_q <= rd_en ? read_word[LANES*`SCORE_BITS-1:0] : ~rd_data_q;
    random_q <= { random_q[14:0], random_q[15] ^ random_q[13] ^ random_q[12] ^ random_q[10] };
    querying_q <= querying;
    query_want_q <= word;
    if (rst_i) begin
      phase_q <= BEGIN;
      base_q <= 32'd0;
      cycles_q <= 32'd0;
      key_q <= 32'd0;
      pass_q <= 32'd0;
      random_q <= 16'hace1;
      rd_data_q <= {LANES*`SCORE_BITS{1'b0}};
      querying_q <= 1'b0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (late) done_o <= 1'b1;
      if (observing || wr_en) begin
        pass_q <= last_pass ? 32'd0 : pass_q + 32'd1;
        if (last_pass) key_q <= key_q + 32'd1;
      end
      case (phase_q)
        BEGIN: begin
          if (keys == 32'd0) done_o <= 1'b1;
          phase_q <= uniform ? START : OBSERVE;
        end
        OBSERVE: if (observing && last_word) begin
          phase_q <= START;
          key_q <= 32'd0;
        end
        START: begin
          phase_q <= RUN;
          cycles_q <= 32'd1;
        end
        RUN: begin
          cycles_q <= cycles_q + 32'd1;
          if (done) phase_q <= QUERY;
        end
        default: if (querying_q) begin
          pass_q <= last_pass ? 32'd0 : pass_q + 32'd1;
          if (last_pass) begin
            key_q <= 32'd0;
            base_q <= base_q + 32'd1 + (keys + 32'd1) * PASSES;
            phase_q <= BEGIN;
          end
        end
      endcase
    end
  end
endmodule
`default_nettype wire
