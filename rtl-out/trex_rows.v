// Rows: moves token rows between memory (token-major) and column words (feature-major) through a register file of N
// tokens. LOAD: a row is written beat by beat, then the N tokens are read feature by feature.
// STORE: the N tokens are written feature by feature, then read row by row; bytes past `outer` are stored as zero.
//
// Layout   a row of `outer` bytes takes ceil(outer / B) beats of B bytes; the rows of a request follow each other
// Timing   one beat or one column word a cycle; done_o pulses when the last word is on its way
// Reset    control only
// Golden   equation 10 of docs/numerics.md; generator/golden/load-store.ts
`default_nettype none
module trex_rows #(
  parameter SLICES      = 4,
  parameter SLICE_LANES = 2,
  parameter PASSES      = 16,
  parameter BUS_BYTES   = 16,
  parameter ADDR_BITS   = 32,
  parameter ROW_BYTES   = 512,  // longest row
  // Derived; do not override.
  parameter PASS_BITS   = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SLICE_BITS  = (SLICES > 1) ? $clog2(SLICES) : 1
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  input  wire                            start_i,
  input  wire                            store_i,      // 0: LOAD, 1: STORE
  input  wire [11:0]                     outer_i,
  input  wire [11:0]                     base_i,
  input  wire                            first_row_i,
  output wire                            busy_o,
  output reg                             done_o,
  // window: slice s in field s
  input  wire [SLICES-1:0]               slice_valid_i,
  input  wire [2*SLICES-1:0]             slice_first_i,
  input  wire [12*SLICES-1:0]            slice_length_i,
  input  wire [ADDR_BITS*SLICES-1:0]     slice_input_i,
  input  wire [ADDR_BITS*SLICES-1:0]     slice_output_i,
  // reads
  output wire                            rd_req_valid_o,
  input  wire                            rd_req_ready_i,
  output wire [ADDR_BITS-1:0]            rd_req_addr_o,
  output wire [23:0]                     rd_req_beats_o,
  input  wire                            rd_valid_i,
  output wire                            rd_ready_o,
  input  wire [8*BUS_BYTES-1:0]          rd_data_i,
  output wire [SLICES-1:0]               rd_request_o,   // first slice of the request whose rows are read
  // writes
  output wire                            wr_req_valid_o,
  input  wire                            wr_req_ready_i,
  output wire [ADDR_BITS-1:0]            wr_req_addr_o,
  output wire [23:0]                     wr_req_beats_o,
  output wire                            wr_valid_o,
  input  wire                            wr_ready_i,
  output wire [8*BUS_BYTES-1:0]          wr_data_o,
  // column words
  output wire                            word_wr_en_o,
  output wire [SLICES-1:0]               word_wr_slices_o,
  output wire [11:0]                     word_wr_feature_o,
  output wire [PASS_BITS-1:0]            word_wr_pass_o,
  output wire [8*SLICES*SLICE_LANES-1:0] word_wr_data_o,
  output wire                            word_rd_en_o,
  output wire [11:0]                     word_rd_feature_o,
  output wire [PASS_BITS-1:0]            word_rd_pass_o,
  input  wire [8*SLICES*SLICE_LANES-1:0] word_rd_data_i
);
  localparam BANKS        = (SLICE_LANES > BUS_BYTES) ? SLICE_LANES : BUS_BYTES;
  localparam TOKEN_BITS   = $clog2(BANKS);
  localparam FEATURE_BITS = ($clog2(ROW_BYTES) > TOKEN_BITS) ? $clog2(ROW_BYTES) : TOKEN_BITS;
  localparam BUS_SHIFT    = $clog2(BUS_BYTES);
  localparam [11:0] N     = SLICE_LANES;
  localparam [11:0] BUS_12 = BUS_BYTES;
  localparam [11:0] PASSES_12 = PASSES;
  localparam [2:0]  SLICES_3 = SLICES;

  localparam [2:0] IDLE = 3'd0, PICK = 3'd1, ASK = 3'd2, FILL = 3'd3, SPREAD = 3'd4, SETTLE = 3'd5, GATHER = 3'd6, SEND = 3'd7;
  reg [2:0]           state_q;
  reg [2:0]           slice_q;    // next slice to look at; then the first slice of the request in work
  reg [1:0]           part_q;     // slice of the request, counted from its first
  reg [11:0]          left_q;     // rows of the request not yet begun
  reg [PASS_BITS-1:0] pass_q;
  reg [11:0]          token_q;    // inside the N tokens of a pass
  reg [11:0]          feature_q;  // first feature of a beat, or the feature of a word
  reg                 asked_q;

  wire [SLICE_BITS-1:0] at        = slice_q[SLICE_BITS-1:0];
  wire                 pick_valid = slice_valid_i[at] && (slice_first_i[2*at +: 2] == slice_q[1:0]);
  wire [11:0]          length     = slice_length_i[12*at +: 12];
  wire [11:0]          rows       = (store_i && first_row_i) ? 12'd1 : length;
  wire [11:0]          row_beats  = (outer_i + BUS_12 - 12'd1) >> BUS_SHIFT;
  wire [23:0]          all_beats  = { 12'd0, rows } * { 12'd0, row_beats };
  wire [11:0]          tokens     = (left_q < N) ? left_q : N;  // rows of this pass
  wire                 last_beat  = feature_q + BUS_12 >= outer_i;
  wire                 last_token = token_q + 12'd1 == tokens;
  wire                 last_word  = feature_q + 12'd1 == outer_i;
  wire                 last_pass  = { {(12-PASS_BITS){1'b0}}, pass_q } + 12'd1 == PASSES_12;
  wire [1:0]           slice      = slice_q[1:0] + part_q;

  assign rd_req_valid_o = (state_q == ASK) && !store_i && !asked_q;
  assign rd_req_addr_o  = slice_input_i[ADDR_BITS*at +: ADDR_BITS];
  assign rd_req_beats_o = all_beats;
  assign wr_req_valid_o = (state_q == ASK) && store_i && !asked_q;
  assign wr_req_addr_o  = slice_output_i[ADDR_BITS*at +: ADDR_BITS];
  assign wr_req_beats_o = all_beats;
  assign rd_ready_o     = state_q == FILL;
  assign busy_o         = state_q != IDLE;

  // ---- staging ----
  wire                 fill = rd_ready_o && rd_valid_i;
  reg                  gather_q;    // a word asked for one cycle ago
  reg  [11:0]          gather_feature_q;
  reg                  send_q;      // a beat of the staging file waits at its output
  wire                 send_step = (state_q == SEND) && (!send_q || wr_ready_i);
  wire                 gathered    = 1'b1;
  wire                 spread_step = state_q == SPREAD;
  reg                  spread_q;
  reg  [11:0]          spread_feature_q;
  reg  [11:0]          send_feature_q;
  reg                  send_last_q;
  wire [8*SLICE_LANES-1:0] slice_word [0:SLICES-1];
  wire [8*SLICE_LANES-1:0] spread_word;
  wire [8*BANKS-1:0]   staged;
  wire                 unused_bits = &{ 1'b0, gather_feature_q, feature_q };
  wire [8*BANKS-1:0]   fill_word;
  wire [BANKS-1:0]     fill_elements;
  wire [8*BANKS-1:0]   gather_word;
  wire [8*BUS_BYTES-1:0] beat;
  wire [8*BUS_BYTES-1:0] beat_kept;

  genvar s, b;
  generate
    for (s = 0; s < SLICES; s = s + 1) begin : gen_slice
      assign rd_request_o[s]     = slice_q == s;
      assign slice_word[s]       = word_rd_data_i[8*SLICE_LANES*s +: 8*SLICE_LANES];
      assign word_wr_slices_o[s] = slice == s;
      assign word_wr_data_o[8*SLICE_LANES*s +: 8*SLICE_LANES] = spread_word;
    end
    for (b = 0; b < BUS_BYTES; b = b + 1) begin : gen_kept
      localparam [11:0] BYTE = b;
      assign beat_kept[8*b +: 8] = (send_feature_q + BYTE < outer_i) ? beat[8*b +: 8] : 8'd0;
    end
  endgenerate

  generate
    if (BANKS > SLICE_LANES) begin : gen_gather
      assign gather_word = { {(8*(BANKS-SLICE_LANES)){1'b0}}, slice_word[slice[SLICE_BITS-1:0]] };
    end else begin : gen_gather
      assign gather_word = slice_word[slice[SLICE_BITS-1:0]];
    end
    assign spread_word = staged[8*SLICE_LANES-1:0];
    assign beat = staged[8*BUS_BYTES-1:0];
    if (BANKS > BUS_BYTES) begin : gen_fill
      assign fill_word     = { {(8*(BANKS-BUS_BYTES)){1'b0}}, rd_data_i };
      assign fill_elements = { {(BANKS-BUS_BYTES){1'b0}}, {BUS_BYTES{1'b1}} };
    end else begin : gen_fill
      assign fill_word     = rd_data_i;
      assign fill_elements = {BANKS{1'b1}};
    end
  endgenerate

  trex_trf #(.ROWS(SLICE_LANES), .COLS(ROW_BYTES), .BANKS(BANKS), .DATA_BITS(8)) u_stage (
    .clk_i(clk_i),
    .wr_en_i(fill || gather_q), .wr_by_row_i(!store_i),
    .wr_token_i(store_i ? {TOKEN_BITS{1'b0}} : token_q[TOKEN_BITS-1:0]),
    .wr_feature_i(store_i ? gather_feature_q[FEATURE_BITS-1:0] : feature_q[FEATURE_BITS-1:0]),
    .wr_elements_i(store_i ? {BANKS{1'b1}} : fill_elements),
    .wr_data_i(store_i ? gather_word : fill_word),
    .rd_en_i(spread_step || send_step), .rd_by_row_i(store_i),
    .rd_token_i(store_i ? token_q[TOKEN_BITS-1:0] : {TOKEN_BITS{1'b0}}),
    .rd_feature_i(feature_q[FEATURE_BITS-1:0]),
    .rd_data_o(staged)
  );

  wire                   last_rows = left_q == tokens;

  assign word_wr_en_o      = spread_q;
  assign word_wr_feature_o = base_i + spread_feature_q;
  assign word_wr_pass_o    = pass_q;
  assign word_rd_en_o      = state_q == GATHER;
  assign word_rd_feature_o = base_i + feature_q;
  assign word_rd_pass_o    = pass_q;
  assign wr_valid_o        = send_q;
  assign wr_data_o         = beat_kept;

  // The N tokens of a pass are through: go on with the next pass, the next slice, or the next request.
  wire pass_done = ((state_q == SETTLE) && !store_i) || ((state_q == SEND) && send_q && wr_ready_i && send_last_q);

  always @(posedge clk_i) begin
    done_o           <= 1'b0;
    gather_q         <= word_rd_en_o;
    gather_feature_q <= feature_q;
    spread_q         <= spread_step;
    spread_feature_q <= feature_q;
    case (state_q)
      IDLE: begin
        slice_q <= 3'd0;
        if (start_i) state_q <= PICK;
      end
      PICK: begin
        part_q    <= 2'd0;
        pass_q    <= {PASS_BITS{1'b0}};
        token_q   <= 12'd0;
        feature_q <= 12'd0;
        asked_q   <= 1'b0;
        left_q    <= rows;
        if (slice_q == SLICES_3) begin
          done_o  <= 1'b1;
          state_q <= IDLE;
        end else if (pick_valid) state_q <= ASK;
        else slice_q <= slice_q + 3'd1;
      end
      ASK: if ((rd_req_valid_o && rd_req_ready_i) || (wr_req_valid_o && wr_req_ready_i)) begin
        asked_q <= 1'b1;
        state_q <= store_i ? GATHER : FILL;
      end
      FILL: if (fill) begin
        feature_q <= last_beat ? 12'd0 : feature_q + BUS_12;
        if (last_beat) token_q <= last_token ? 12'd0 : token_q + 12'd1;
        if (last_beat && last_token) state_q <= SPREAD;
      end
      SPREAD: if (spread_step) begin
        feature_q <= last_word ? 12'd0 : feature_q + 12'd1;
        if (last_word) state_q <= SETTLE;
      end
      GATHER: begin
        feature_q <= last_word ? 12'd0 : feature_q + 12'd1;
        if (last_word) state_q <= SETTLE;
      end
      SETTLE: if (store_i && gathered) state_q <= SEND;
      SEND: if (send_step && !(send_q && send_last_q)) begin
        feature_q <= last_beat ? 12'd0 : feature_q + BUS_12;
        if (last_beat) token_q <= last_token ? 12'd0 : token_q + 12'd1;
      end
      default: state_q <= IDLE;
    endcase
    // A beat is at the staging file's output from the cycle after it was asked for until it is taken.
    if (send_step) begin
      send_q         <= !(send_q && send_last_q);
      send_feature_q <= feature_q;
      send_last_q    <= last_beat && last_token;
    end
    if (pass_done) begin
      token_q   <= 12'd0;
      feature_q <= 12'd0;
      left_q    <= left_q - tokens;
      pass_q    <= last_pass ? {PASS_BITS{1'b0}} : pass_q + 1'b1;
      if (last_pass) part_q <= part_q + 2'd1;
      state_q   <= last_rows ? PICK : (store_i ? GATHER : FILL);
      if (last_rows) slice_q <= slice_q + 3'd1;
    end
    if (rst_i) begin
      state_q  <= IDLE;
      done_o   <= 1'b0;
      gather_q <= 1'b0;
      spread_q <= 1'b0;
      send_q   <= 1'b0;
    end
  end
endmodule
`default_nettype wire
