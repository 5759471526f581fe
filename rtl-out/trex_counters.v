// Counters: 64 bits each, in the order of generator/contract/registers.ts.
//
//   bytes by class   what crossed the memory port, docs/stream.md
//   PE-cycles        in every cycle in which a request is under way LANES * COLUMNS go to exactly one cause, or in a
//                    cycle of issue to the work, the lanes without a token and the columns without an output
//
// Two memories hold the sums, low and high halves. What comes waits in a tally of each counter; one tally a cycle is added up, in
// turn, or that of the counter that is read, so what is read leaves nothing out. A sum counts as 0 until it is first added
// to after a clear.
//
// Timing   what is counted shows in reads of the next cycle and later, bytes of a section a cycle later
//          value_o: the low half in the cycle of read_i, the high half in the next; read_i at most
//          in every second cycle
//          tallies suffice for 54 cycles: bytes that loads and sections end with within so many are less than 2^32
// Reset    everything to 0, by clear_i too
// Golden   docs/chip.md, "Counters"
`default_nettype none
module trex_counters #(
  // Made with the configuration; do not override.
  parameter COLUMNS   = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter LANES     = 8,  // of the whole array
  parameter BUS_BYTES = 16,  // of a beat of the memory port; power of two, >= 4
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SQUARES_BITS = 24,  // of the sum of the squares of all lengths of a window
  parameter MODE_BITS = 3,  // of what the array works on
  parameter COUNTER_BITS = 5,  // of the number of a counter
  // Derived; do not override.
  parameter LANE_BITS = $clog2(LANES + 1),
  parameter WORK_BITS = $clog2(LANES * COLUMNS + 1)
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  input  wire                     clear_i,
  input  wire                     busy_i,             // a request is under way
  input  wire                     read_i,             // pulse: counter index_i is read
  input  wire [COUNTER_BITS-1:0]  index_i,
  output wire [63:0]              value_o,
  // batcher
  input  wire                     window_i,           // pulse: one begins
  input  wire                     request_i,          // pulse: one is completed
  input  wire                     admitted_i,         // pulse: one has entered the queue, with its tokens
  input  wire [POSITION_BITS-1:0] admitted_tokens_i,
  // memory port: beats in this cycle
  input  wire                     read_beat_i,
  input  wire                     write_beat_i,
  input  wire                     rows_in_beat_i,
  input  wire                     rows_out_beat_i,
  input  wire                     descriptor_beat_i,
  input  wire                     completion_beat_i,
  // cold loader: bytes of a load when it ends
  input  wire                     load_done_i,
  input  wire [31:0]              load_program_i,
  input  wire [31:0]              load_codebooks_i,
  input  wire [31:0]              load_parameters_i,
  // section decoder and stream reader: bytes of a section when it ends, and the beat of the CRC
  input  wire                     section_done_i,
  input  wire [31:0]              section_values_i,
  input  wire [31:0]              section_indices_i,
  input  wire [31:0]              section_dense_i,
  input  wire [31:0]              section_parameters_i,
  input  wire                     crc_beat_i,
  // core: what the array did, see trex_meter
  input  wire                     issue_i,
  input  wire [MODE_BITS-1:0]     mode_i,
  input  wire [LANE_BITS-1:0]     issue_lanes_i,
  input  wire [WORK_BITS-1:0]     issue_work_i,
  input  wire                     useful_i,           // squares_i PE-cycles of attention were useful
  input  wire [SQUARES_BITS-1:0]  squares_i,
  input  wire                     wait_stream_i,
  input  wire                     wait_drain_i,
  input  wire                     wait_vector_i,
  input  wire                     wait_rows_i,
  input  wire                     wait_dependency_i
);
`ifndef SYNTHESIS
  initial begin
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
  end
`endif
  localparam [2:0] MODE_EXPAND = 3'd1, MODE_SCORES = 3'd3;
  localparam [31:0]          BEAT    = BUS_BYTES;
  localparam [WORK_BITS-1:0] ALL     = LANES * COLUMNS;
  localparam [WORK_BITS-1:0] COLUMN  = COLUMNS;
  localparam [WORK_BITS-1:0] NONE    = {WORK_BITS{1'b0}};

  // ---- PE-cycles of this cycle ----
  wire                 issue     = busy_i && issue_i;
  wire                 attention = mode_i >= MODE_SCORES;
  wire                 sparse    = mode_i == MODE_EXPAND;
  wire                 none      = !(issue_i || wait_stream_i || wait_drain_i || wait_vector_i || wait_rows_i || wait_dependency_i);
  wire [WORK_BITS-1:0] lanes     = { {(WORK_BITS-LANE_BITS){1'b0}}, issue_lanes_i };
  wire [WORK_BITS-1:0] held      = lanes * COLUMN;  // PE-cycles of lanes with a token

  // ---- a section's bytes come late in their cycle ----
  reg         section_done_q;
  reg  [31:0] section_values_q;
  reg  [31:0] section_indices_q;
  reg  [31:0] section_dense_q;
  reg  [31:0] section_parameters_q;
  always @(posedge clk_i) begin
    section_done_q       <= section_done_i && !rst_i && !clear_i;
    section_values_q     <= section_values_i;
    section_indices_q    <= section_indices_i;
    section_dense_q      <= section_dense_i;
    section_parameters_q <= section_parameters_i;
  end

  // ---- what came for each counter since it was added up last ----
  localparam LATE_BITS = 6;  // of the cycles until a tally is taken, at most
  localparam WAIT      = LANES * COLUMNS;  // PE-cycles of a cycle
  wire        clear = rst_i || clear_i;
  wire        take_cycles = slot == 0;
  wire [32:0] cycles;
  wire        take_windows = slot == 1;
  wire [32:0] windows;
  wire        take_requests = slot == 2;
  wire [32:0] requests;
  wire        take_tokens = slot == 3;
  wire [32:0] tokens;
  wire        take_read_beats = slot == 4;
  wire [32:0] read_beats;
  wire        take_write_beats = slot == 5;
  wire [32:0] write_beats;
  wire        take_program_bytes = slot == 6;
  wire [32:0] program_bytes;
  wire        take_codebooks_bytes = slot == 7;
  wire [32:0] codebooks_bytes;
  wire        take_sparse_values_bytes = slot == 8;
  wire [32:0] sparse_values_bytes;
  wire        take_sparse_indices_bytes = slot == 9;
  wire [32:0] sparse_indices_bytes;
  wire        take_parameters_bytes = slot == 10;
  wire [32:0] parameters_bytes;
  wire        take_dense_bytes = slot == 11;
  wire [32:0] dense_bytes;
  wire        take_activations_in_bytes = slot == 12;
  wire [32:0] activations_in_bytes;
  wire        take_activations_out_bytes = slot == 13;
  wire [32:0] activations_out_bytes;
  wire        take_descriptors_bytes = slot == 14;
  wire [32:0] descriptors_bytes;
  wire        take_dense_pe_cycles = slot == 15;
  wire [32:0] dense_pe_cycles;
  wire        take_sparse_pe_cycles = slot == 16;
  wire [32:0] sparse_pe_cycles;
  wire        take_attention_pe_cycles = slot == 17;
  wire [32:0] attention_pe_cycles;
  wire        take_masked_keys_pe_cycles = slot == 18;
  wire [32:0] masked_keys_pe_cycles;
  wire        take_padding_lanes_pe_cycles = slot == 19;
  wire [32:0] padding_lanes_pe_cycles;
  wire        take_padding_columns_pe_cycles = slot == 20;
  wire [32:0] padding_columns_pe_cycles;
  wire        take_weight_stream_pe_cycles = slot == 21;
  wire [32:0] weight_stream_pe_cycles;
  wire        take_activations_pe_cycles = slot == 22;
  wire [32:0] activations_pe_cycles;
  wire        take_vector_pe_cycles = slot == 23;
  wire [32:0] vector_pe_cycles;
  wire        take_drain_pe_cycles = slot == 24;
  wire [32:0] drain_pe_cycles;
  wire        take_dependency_pe_cycles = slot == 25;
  wire [32:0] dependency_pe_cycles;
  wire        take_no_window_pe_cycles = slot == 26;
  wire [32:0] no_window_pe_cycles;

  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS)) u_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_cycles), .en_i(busy_i), .add_i(1'b1), .sum_o(cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS)) u_windows (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_windows), .en_i(window_i), .add_i(1'b1), .sum_o(windows)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS)) u_requests (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_requests), .en_i(request_i), .add_i(1'b1), .sum_o(requests)
  );
  trex_tally #(.ADD_BITS(POSITION_BITS), .SUM_BITS(POSITION_BITS + LATE_BITS)) u_tokens (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_tokens), .en_i(admitted_i), .add_i(admitted_tokens_i), .sum_o(tokens)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS)) u_read_beats (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_read_beats), .en_i(read_beat_i), .add_i(1'b1), .sum_o(read_beats)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS)) u_write_beats (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_write_beats), .en_i(write_beat_i), .add_i(1'b1), .sum_o(write_beats)
  );

  // A load ends when no window is in work, so not with a section; the beat of a CRC may come with one, and waits for a cycle.
  reg         crc_beat_q;
  wire        crc_beat   = crc_beat_q && !section_done_q && !load_done_i;
  wire [31:0] parameters = load_done_i ? load_parameters_i : section_done_q ? section_parameters_q : BEAT;
  always @(posedge clk_i) crc_beat_q <= (crc_beat_i || (crc_beat_q && !crc_beat)) && !clear;
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_program_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_program_bytes), .en_i(load_done_i), .add_i(load_program_i), .sum_o(program_bytes)
  );
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_codebooks_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_codebooks_bytes), .en_i(load_done_i), .add_i(load_codebooks_i), .sum_o(codebooks_bytes)
  );
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_sparse_values_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_sparse_values_bytes), .en_i(section_done_q), .add_i(section_values_q), .sum_o(sparse_values_bytes)
  );
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_sparse_indices_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_sparse_indices_bytes), .en_i(section_done_q), .add_i(section_indices_q), .sum_o(sparse_indices_bytes)
  );
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_parameters_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_parameters_bytes), .en_i(load_done_i || section_done_q || crc_beat_q), .add_i(parameters),
    .sum_o(parameters_bytes)
  );
  trex_tally #(.ADD_BITS(32), .SUM_BITS(32)) u_dense_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_dense_bytes), .en_i(section_done_q), .add_i(section_dense_q), .sum_o(dense_bytes)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(BUS_BYTES)) u_activations_in_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_activations_in_bytes), .en_i(rows_in_beat_i), .add_i(1'b1), .sum_o(activations_in_bytes)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(BUS_BYTES)) u_activations_out_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_activations_out_bytes), .en_i(rows_out_beat_i), .add_i(1'b1), .sum_o(activations_out_bytes)
  );
  trex_tally #(.ADD_BITS(2), .SUM_BITS(LATE_BITS + 1), .SCALE(BUS_BYTES)) u_descriptors_bytes (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_descriptors_bytes), .en_i(1'b1),
    .add_i({ descriptor_beat_i && completion_beat_i, descriptor_beat_i != completion_beat_i }), .sum_o(descriptors_bytes)
  );

  trex_tally #(.ADD_BITS(WORK_BITS), .SUM_BITS(WORK_BITS + LATE_BITS)) u_dense_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_dense_pe_cycles), .en_i(issue && !sparse && !attention), .add_i(issue_work_i), .sum_o(dense_pe_cycles)
  );
  trex_tally #(.ADD_BITS(WORK_BITS), .SUM_BITS(WORK_BITS + LATE_BITS)) u_sparse_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_sparse_pe_cycles), .en_i(issue && sparse), .add_i(issue_work_i), .sum_o(sparse_pe_cycles)
  );
  // What attention multiplies counts as masked keys at first; pieces that were useful go over to attention.
  // Whether a request is under way is known late: it enables the sums, and does not stand in front of their adders.
  wire        some   = busy_i && useful_i;
  wire [SQUARES_BITS-1:0] useful = useful_i ? squares_i : {SQUARES_BITS{1'b0}};
  wire [SQUARES_BITS:0] masked = { {(SQUARES_BITS+1-WORK_BITS){1'b0}}, (issue_i && attention) ? issue_work_i : NONE } - { 1'b0, useful };
  trex_tally #(.ADD_BITS(SQUARES_BITS), .SUM_BITS(SQUARES_BITS + LATE_BITS)) u_attention_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_attention_pe_cycles), .en_i(some), .add_i(squares_i), .sum_o(attention_pe_cycles)
  );
  trex_tally #(.ADD_BITS(SQUARES_BITS + 1), .SUM_BITS(SQUARES_BITS + 1 + LATE_BITS), .SIGNED(1)) u_masked_keys_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_masked_keys_pe_cycles), .en_i(busy_i), .add_i(masked), .sum_o(masked_keys_pe_cycles)
  );
  trex_tally #(.ADD_BITS(WORK_BITS), .SUM_BITS(WORK_BITS + LATE_BITS)) u_padding_lanes_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_padding_lanes_pe_cycles), .en_i(issue), .add_i(ALL - held), .sum_o(padding_lanes_pe_cycles)
  );
  trex_tally #(.ADD_BITS(WORK_BITS), .SUM_BITS(WORK_BITS + LATE_BITS)) u_padding_columns_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_padding_columns_pe_cycles), .en_i(issue), .add_i(held - issue_work_i), .sum_o(padding_columns_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_weight_stream_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_weight_stream_pe_cycles), .en_i(busy_i && wait_stream_i), .add_i(1'b1), .sum_o(weight_stream_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_activations_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_activations_pe_cycles), .en_i(busy_i && wait_rows_i), .add_i(1'b1), .sum_o(activations_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_vector_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_vector_pe_cycles), .en_i(busy_i && wait_vector_i), .add_i(1'b1), .sum_o(vector_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_drain_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_drain_pe_cycles), .en_i(busy_i && wait_drain_i), .add_i(1'b1), .sum_o(drain_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_dependency_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_dependency_pe_cycles), .en_i(busy_i && wait_dependency_i), .add_i(1'b1), .sum_o(dependency_pe_cycles)
  );
  trex_tally #(.ADD_BITS(1), .SUM_BITS(LATE_BITS), .SCALE(WAIT)) u_no_window_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .take_i(take_no_window_pe_cycles), .en_i(busy_i && none), .add_i(1'b1), .sum_o(no_window_pe_cycles)
  );

  // ---- the sums: one counter a cycle ----
  localparam SLOTS = 1 << COUNTER_BITS;
  localparam [COUNTER_BITS-1:0] LAST = 26;
  reg  [COUNTER_BITS-1:0] at_q;
  wire [COUNTER_BITS-1:0] slot = read_i ? index_i : at_q;
  reg  [32:0] came;
  always @* begin
    case (slot)
      0: came = cycles;
      1: came = windows;
      2: came = requests;
      3: came = tokens;
      4: came = read_beats;
      5: came = write_beats;
      6: came = program_bytes;
      7: came = codebooks_bytes;
      8: came = sparse_values_bytes;
      9: came = sparse_indices_bytes;
      10: came = parameters_bytes;
      11: came = dense_bytes;
      12: came = activations_in_bytes;
      13: came = activations_out_bytes;
      14: came = descriptors_bytes;
      15: came = dense_pe_cycles;
      16: came = sparse_pe_cycles;
      17: came = attention_pe_cycles;
      18: came = masked_keys_pe_cycles;
      19: came = padding_lanes_pe_cycles;
      20: came = padding_columns_pe_cycles;
      21: came = weight_stream_pe_cycles;
      22: came = activations_pe_cycles;
      23: came = vector_pe_cycles;
      24: came = drain_pe_cycles;
      25: came = dependency_pe_cycles;
      26: came = no_window_pe_cycles;
      default: came = 33'd0;
    endcase
  end

  wire [COUNTER_BITS-1:0] sum_slot = slot;
  wire [32:0] sum_came = came;
  wire [31:0] low_held;
  wire [31:0] high_held;
  reg  [SLOTS-1:0] begun_q;   // bit n: counter n has been added to since the last clear
  integer     i;
  reg  [COUNTER_BITS-1:0] slot_q;    // the high half follows a cycle behind, so that no adder is longer than 33 bits
  reg         old_q;
  reg         carry_q;
  reg         borrow_q;
  wire [32:0] low  = { 1'b0, begun_q[sum_slot] ? low_held : 32'd0 } + { 1'b0, sum_came[31:0] };
  wire [31:0] high = (old_q ? high_held : 32'd0) + { {31{borrow_q && !carry_q}}, borrow_q != carry_q };

  assign value_o = { high, low[31:0] };

  trex_ram_1r1w #(.WORD_BITS(32), .DEPTH(SLOTS), .LANE_BITS(32), .READ_CYCLES(0)) u_low (
    .clk_i(clk_i), .wr_en_i(1'b1), .wr_addr_i(sum_slot), .wr_lanes_i(1'b1), .wr_data_i(low[31:0]),
    .rd_en_i(1'b1), .rd_addr_i(sum_slot), .rd_data_o(low_held)
  );
  trex_ram_1r1w #(.WORD_BITS(32), .DEPTH(SLOTS), .LANE_BITS(32), .READ_CYCLES(0)) u_high (
    .clk_i(clk_i), .wr_en_i(1'b1), .wr_addr_i(slot_q), .wr_lanes_i(1'b1), .wr_data_i(high),
    .rd_en_i(1'b1), .rd_addr_i(slot_q), .rd_data_o(high_held)
  );

  always @(posedge clk_i) begin
    slot_q         <= sum_slot;
    old_q          <= begun_q[sum_slot];
    carry_q        <= low[32];
    borrow_q       <= sum_came[32];
    for (i = 0; i < SLOTS; i = i + 1) begin
      if (sum_slot == i[COUNTER_BITS-1:0]) begun_q[i] <= 1'b1;
    end
    if (!read_i) at_q <= (at_q == LAST) ? {COUNTER_BITS{1'b0}} : at_q + 1'b1;
    if (clear) begun_q <= {SLOTS{1'b0}};
    if (rst_i) at_q <= {COUNTER_BITS{1'b0}};
  end
endmodule
`default_nettype wire
