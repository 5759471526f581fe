// Bench of norm: runs one case after another; memory R, the parameter stream and the wanted results lie in the vectors.
// Every write is checked for order, address and data; counts and, without waits, the number of cycles are exact.
//
// Vector   a case is a header, then d words of { beta, gamma }, then d * PASSES words of { R wanted, X wanted, R given };
//          header = { epsilon_shift, epsilon, kind, seen, waits, write_back, s2, s, bias_shift, passes, d }, d = 0 ends the run;
//          waits: 0 parameters are always there, 1 every other one late, 2 most of them late
//          seen: what the unit sees written to R before: 0 nothing, 1 all of it, 2 all and then something else,
//          3 all but feature 0, 4 all but one in the middle, 5 all but the last one
// Macros   VECTORS and the parameters of the unit
`default_nettype none
module norm_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam MULTIPLIER_STAGES = `MULTIPLIER_STAGES;
  localparam EXTRA_STAGES = `EXTRA_STAGES;
  localparam OVERHEAD    = `OVERHEAD;  // cycles of a case that no word or token accounts for
  localparam SWEEP       = `SWEEP;  // of them those of sweep 1
  localparam LANES       = `LANES;
  localparam VECTOR_LANES = `VECTOR_LANES;
  localparam SHARE       = LANES / VECTOR_LANES;
  localparam PASSES      = `PASSES;
  localparam MAX_WIDTH   = `MAX_WIDTH;
  localparam ACT_BITS    = `ACT_BITS;
  localparam VECTOR_BITS = LANES * 40 + 22;
  localparam HEADER_BITS = `SHIFT_BITS + `MULTIPLIER_BITS + `KIND_BITS + 3 + 2 + 1 + `SHIFT_BITS + `SHIFT_BITS + `BIAS_SHIFT_BITS + 7 + `FEATURE_BITS;
  localparam WIDTH_BITS  = $clog2(MAX_WIDTH + 1);
  localparam USED_BITS   = $clog2(PASSES + 1);
  localparam PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam ADDR_BITS   = $clog2(MAX_WIDTH * PASSES);

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [8*512-1:0]       path;
  reg [31:0]            base_q;
  reg                   running_q;
  reg [31:0]            cycles_q;
  reg [31:0]            params_q;
  reg [31:0]            outs_q;
  reg [31:0]            out_feature_q;
  reg [31:0]            out_pass_q;
  reg [15:0]            random_q;
  reg [LANES*16-1:0]    r_rd_data_q;
  reg [31:0]            held_q;

  wire [VECTOR_BITS-1:0] header = vectors[base_q];
  wire [`SHIFT_BITS-1:0]      epsilon_shift;
  wire [`MULTIPLIER_BITS-1:0] epsilon;
  wire [`KIND_BITS-1:0]       kind;
  wire [2:0]                  seen;
  wire [1:0]                  waits;
  wire                        write_back;
  wire [`SHIFT_BITS-1:0]      s2;
  wire [`SHIFT_BITS-1:0]      s;
  wire [`BIAS_SHIFT_BITS-1:0] bias_shift;
  wire [6:0]                  used_passes;
  wire [`FEATURE_BITS-1:0]    inner;
  assign { epsilon_shift, epsilon, kind, seen, waits, write_back, s2, s, bias_shift, used_passes, inner } = header[HEADER_BITS-1:0];
  wire [31:0] d      = { {(32-`FEATURE_BITS){1'b0}}, inner };
  wire [31:0] passes = { 25'd0, used_passes };

  // Before a case: what the unit sees, two cycles of rest, a third with an extra stage.
  localparam [2:0] FORGET = 3'd0, PLAY = 3'd1, SPOIL = 3'd2, REST = 3'd3, READY = 3'd4, MORE = 3'd5;
  reg  [2:0]  phase_q;
  reg  [31:0] seen_feature_q;
  reg  [31:0] seen_pass_q;
  wire [31:0] left_out = (seen == 3'd3) ? 32'd0 : (seen == 3'd4) ? d / 32'd2 : (seen == 3'd5) ? d - 32'd1 : d;
  wire [31:0] seen_at  = words_base + seen_feature_q * PASSES + seen_pass_q;
  wire        play     = phase_q == PLAY && random_q[1];
  wire        seen_en  = play && seen_feature_q != left_out;
  wire        unseen   = (phase_q == FORGET && seen != 3'd1) || phase_q == SPOIL;
  wire [VECTOR_BITS-1:0] seen_word = vectors[(seen_at < `VECTORS) ? seen_at : 32'd0];

  wire finished = d == 32'd0;
  wire start    = !rst_i && !done_o && !running_q && !finished && phase_q == READY;
  wire [31:0] words_base = base_q + 32'd1 + d;
  wire [31:0] param_at   = base_q + 32'd1 + ((params_q < d) ? params_q : 32'd0);
  wire [VECTOR_BITS-1:0] param = vectors[param_at];
  wire param_valid = waits == 2'd0 || (waits == 2'd1 && random_q[0]) || (waits == 2'd2 && random_q[3:0] == 4'd0);
  wire param_ready;

  wire                 busy;
  wire                 applying;
  wire [WIDTH_BITS-1:0] features;
  wire                 r_rd_en;
  wire [ADDR_BITS-1:0] r_rd_addr;
  wire                 r_wr_en;
  wire [ADDR_BITS-1:0] r_wr_addr;
  wire [LANES*16-1:0]  r_wr_data;
  wire                 x_wr_en;
  wire [ADDR_BITS-1:0] x_wr_addr;
  wire [LANES*ACT_BITS-1:0] x_wr_data;

  // Outside their cycle the inputs hold what they must not.
  trex_norm #(
    .LANES(LANES),
    .VECTOR_LANES(VECTOR_LANES),
    .PASSES(PASSES),
    .MAX_WIDTH(MAX_WIDTH),
    .ACT_BITS(ACT_BITS),
    .MULTIPLIER_STAGES(MULTIPLIER_STAGES),
    .EXTRA_STAGES(EXTRA_STAGES)
  ) dut (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .start_i(start),
    .features_i(start ? d[WIDTH_BITS-1:0] : ~d[WIDTH_BITS-1:0]),
    .passes_i(start ? passes[USED_BITS-1:0] : ~passes[USED_BITS-1:0]),
    .kind_i(start ? kind : kind + 3'd1),
    .epsilon_i(start ? epsilon : ~epsilon),
    .epsilon_shift_i(start ? epsilon_shift : ~epsilon_shift),
    .bias_shift_i(start ? bias_shift : ~bias_shift),
    .x_shift_i(start ? s : ~s),
    .r_shift_i(start ? s2 : ~s2),
    .write_back_i(start ? write_back : !write_back),
    .busy_o(busy),
    .applying_o(applying),
    .features_o(features),
    .seen_en_i(seen_en),
    .seen_feature_i(seen_en ? seen_feature_q[WIDTH_BITS-1:0] : ~seen_feature_q[WIDTH_BITS-1:0]),
    .seen_pass_i(seen_pass_q[PASS_BITS-1:0]),
    .seen_data_i(seen_en ? seen_word[LANES*16-1:0] : ~seen_word[LANES*16-1:0]),
    .unseen_i(unseen),
    .param_valid_i(param_valid),
    .param_ready_o(param_ready),
    .gamma_i(param_valid ? param[7:0] : ~param[7:0]),
    .beta_i(param_valid ? param[15:8] : ~param[15:8]),
    .r_rd_en_o(r_rd_en),
    .r_rd_addr_o(r_rd_addr),
    .r_rd_data_i(r_rd_data_q),
    .r_wr_en_o(r_wr_en),
    .r_wr_addr_o(r_wr_addr),
    .r_wr_data_o(r_wr_data),
    .x_wr_en_o(x_wr_en),
    .x_wr_addr_o(x_wr_addr),
    .x_wr_data_o(x_wr_data)
  );

  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
  end

  wire [31:0] read_at = words_base + { {(32-ADDR_BITS){1'b0}}, r_rd_addr };
  wire [31:0] out_at  = out_feature_q * PASSES + out_pass_q;
  wire [31:0] want_at = words_base + out_at;
  wire [VECTOR_BITS-1:0] given = vectors[(read_at < `VECTORS) ? read_at : 32'd0];
  wire [VECTOR_BITS-1:0] want  = vectors[(want_at < `VECTORS) ? want_at : 32'd0];
  wire x_wrong = x_wr_en && (x_wr_addr !== out_at[ADDR_BITS-1:0] || x_wr_data !== want[LANES*16 +: LANES*ACT_BITS]);
  wire r_wrong = r_wr_en && (r_wr_addr !== x_wr_addr || r_wr_data !== want[LANES*(16+ACT_BITS) +: LANES*16]);
  wire done = running_q && !busy;
  wire en_wrong = r_wr_en !== (x_wr_en && write_back) || (busy !== 1'b0 && !running_q);
  // Whole features, and none before the second sweep.
  wire features_wrong = busy && ((applying && features !== out_feature_q[WIDTH_BITS-1:0]) || (x_wr_en && !applying));
  wire late    = cycles_q == 32'd1000000;
  wire        sums_there = (seen == 3'd1) || (kind == `KIND_PLAIN);
  wire [31:0] walks = sums_there ? SHARE : SHARE + 32'd1;
  wire [31:0] least = walks * d * passes + LANES * passes + OVERHEAD - (sums_there ? SWEEP : 32'd0);
  wire count_wrong = done && (outs_q != d * passes || params_q != d || (waits == 2'd0 && cycles_q != least));
  wire wrong   = x_wrong || r_wrong || en_wrong || features_wrong || late || count_wrong;

  always @(posedge clk_i) begin
    // Held for the turns of a word in sweep 2.
    held_q <= r_rd_en ? 32'd1 : held_q + 32'd1;
    if (r_rd_en) r_rd_data_q <= given[LANES*16-1:0];
    else if (!applying || (held_q >= SHARE)) r_rd_data_q <= ~r_rd_data_q;
    random_q <= { random_q[14:0], random_q[15] ^ random_q[13] ^ random_q[12] ^ random_q[10] };
    if (rst_i) begin
      base_q <= 32'd0;
      running_q <= 1'b0;
      random_q <= 16'hace1;
      r_rd_data_q <= {LANES*16{1'b0}};
      held_q <= 32'd0;
      phase_q <= FORGET;
      seen_feature_q <= 32'd0;
      seen_pass_q <= 32'd0;
      done_o <= 1'b0;
      errors_o <= 32'd0;
    end else if (!done_o) begin
      if (wrong) errors_o <= errors_o + 32'd1;
      if (late || (!running_q && finished)) done_o <= 1'b1;
      case (phase_q)
        FORGET: if (!running_q && !finished) phase_q <= (seen == 3'd0) ? REST : PLAY;
        PLAY: if (play) begin
          seen_pass_q <= (seen_pass_q + 32'd1 == passes) ? 32'd0 : seen_pass_q + 32'd1;
          if (seen_pass_q + 32'd1 == passes) begin
            seen_feature_q <= seen_feature_q + 32'd1;
            if (seen_feature_q + 32'd1 == d) phase_q <= (seen == 3'd2) ? SPOIL : REST;
          end
        end
        SPOIL: phase_q <= REST;
        REST: if (random_q[0]) phase_q <= (EXTRA_STAGES == 1) ? MORE : READY;
        MORE: phase_q <= READY;
        default: begin
          seen_feature_q <= 32'd0;
          seen_pass_q <= 32'd0;
          if (done) phase_q <= FORGET;
        end
      endcase
      if (start) begin
        running_q <= 1'b1;
        cycles_q <= 32'd1;
        params_q <= 32'd0;
        outs_q <= 32'd0;
        out_feature_q <= 32'd0;
        out_pass_q <= 32'd0;
      end else if (running_q) begin
        cycles_q <= cycles_q + 32'd1;
        if (param_valid && param_ready) params_q <= params_q + 32'd1;
        if (x_wr_en) begin
          outs_q <= outs_q + 32'd1;
          out_pass_q <= (out_pass_q + 32'd1 == passes) ? 32'd0 : out_pass_q + 32'd1;
          if (out_pass_q + 32'd1 == passes) out_feature_q <= out_feature_q + 32'd1;
        end
        if (done) begin
          running_q <= 1'b0;
          base_q <= words_base + d * PASSES;
        end
      end
    end
  end
endmodule
`default_nettype wire
