// Counters: 64 bits each, in the order of generator/contract/registers.ts.
//
//   bytes by class   what crossed the memory port, docs/stream.md
//   PE-cycles        in every cycle in which a request is under way LANES * COLUMNS go to exactly one cause, or in a
//                    cycle of issue to the work, the lanes without a token and the columns without an output
//
// Timing   a counter has its new value three cycles after what it counts, bytes of a section four; value_o belongs to index_i of the same cycle
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
  // Derived; do not override.
  parameter LANE_BITS = $clog2(LANES + 1),
  parameter WORK_BITS = $clog2(LANES * COLUMNS + 1)
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  input  wire                     clear_i,
  input  wire                     busy_i,             // a request is under way
  input  wire [4:0]               index_i,
  output reg  [63:0]              value_o,
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
  input  wire [2:0]               mode_i,
  input  wire [LANE_BITS-1:0]     issue_lanes_i,
  input  wire [WORK_BITS-1:0]     issue_work_i,
  input  wire                     useful_i,           // squares_i PE-cycles of attention were useful
  input  wire [23:0]              squares_i,
  input  wire                     wait_stream_i,
  input  wire                     wait_drain_i,
  input  wire                     wait_vector_i,
  input  wire                     wait_rows_i,
  input  wire                     wait_dependency_i
);
  localparam [2:0] MODE_EXPAND = 3'd1, MODE_SCORES = 3'd3;
  localparam BEAT_BITS = $clog2(BUS_BYTES) + 1;
  localparam [BEAT_BITS-1:0] BEAT    = BUS_BYTES;
  localparam [BEAT_BITS-1:0] NO_BEAT = {BEAT_BITS{1'b0}};
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

  // ---- the counters: what each adds in a cycle ----
  wire        clear = rst_i || clear_i;
  wire [63:0] cycles;
  wire [63:0] windows;
  wire [63:0] requests;
  wire [63:0] tokens;
  wire [63:0] read_beats;
  wire [63:0] write_beats;
  wire [63:0] program_bytes;
  wire [63:0] codebooks_bytes;
  wire [63:0] sparse_values_bytes;
  wire [63:0] sparse_indices_bytes;
  wire [63:0] parameters_bytes;
  wire [63:0] dense_bytes;
  wire [63:0] activations_in_bytes;
  wire [63:0] activations_out_bytes;
  wire [63:0] descriptors_bytes;
  wire [63:0] dense_pe_cycles;
  wire [63:0] sparse_pe_cycles;
  wire [63:0] attention_pe_cycles;
  wire [63:0] masked_keys_pe_cycles;
  wire [63:0] padding_lanes_pe_cycles;
  wire [63:0] padding_columns_pe_cycles;
  wire [63:0] weight_stream_pe_cycles;
  wire [63:0] activations_pe_cycles;
  wire [63:0] vector_pe_cycles;
  wire [63:0] drain_pe_cycles;
  wire [63:0] dependency_pe_cycles;
  wire [63:0] no_window_pe_cycles;

  trex_counter64 #(.ADD_BITS(1)) u_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i(busy_i), .sum_o(cycles)
  );
  trex_counter64 #(.ADD_BITS(1)) u_windows (
    .clk_i(clk_i), .clear_i(clear), .add_i(window_i), .sum_o(windows)
  );
  trex_counter64 #(.ADD_BITS(1)) u_requests (
    .clk_i(clk_i), .clear_i(clear), .add_i(request_i), .sum_o(requests)
  );
  trex_counter64 #(.ADD_BITS(POSITION_BITS)) u_tokens (
    .clk_i(clk_i), .clear_i(clear), .add_i(admitted_i ? admitted_tokens_i : {POSITION_BITS{1'b0}}), .sum_o(tokens)
  );
  trex_counter64 #(.ADD_BITS(1)) u_read_beats (
    .clk_i(clk_i), .clear_i(clear), .add_i(read_beat_i), .sum_o(read_beats)
  );
  trex_counter64 #(.ADD_BITS(1)) u_write_beats (
    .clk_i(clk_i), .clear_i(clear), .add_i(write_beat_i), .sum_o(write_beats)
  );

  wire [31:0] parameters = (load_done_i ? load_parameters_i : 32'd0) + (section_done_q ? section_parameters_q : 32'd0)
                           + { {(32-BEAT_BITS){1'b0}}, crc_beat_i ? BEAT : NO_BEAT };
  wire [BEAT_BITS:0] descriptors = { 1'b0, descriptor_beat_i ? BEAT : NO_BEAT } + { 1'b0, completion_beat_i ? BEAT : NO_BEAT };
  trex_counter64 #(.ADD_BITS(32)) u_program_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(load_done_i ? load_program_i : 32'd0), .sum_o(program_bytes)
  );
  trex_counter64 #(.ADD_BITS(32)) u_codebooks_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(load_done_i ? load_codebooks_i : 32'd0), .sum_o(codebooks_bytes)
  );
  trex_counter64 #(.ADD_BITS(32)) u_sparse_values_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(section_done_q ? section_values_q : 32'd0), .sum_o(sparse_values_bytes)
  );
  trex_counter64 #(.ADD_BITS(32)) u_sparse_indices_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(section_done_q ? section_indices_q : 32'd0), .sum_o(sparse_indices_bytes)
  );
  trex_counter64 #(.ADD_BITS(32)) u_parameters_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(parameters), .sum_o(parameters_bytes)
  );
  trex_counter64 #(.ADD_BITS(32)) u_dense_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(section_done_q ? section_dense_q : 32'd0), .sum_o(dense_bytes)
  );
  trex_counter64 #(.ADD_BITS(BEAT_BITS)) u_activations_in_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(rows_in_beat_i ? BEAT : NO_BEAT), .sum_o(activations_in_bytes)
  );
  trex_counter64 #(.ADD_BITS(BEAT_BITS)) u_activations_out_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(rows_out_beat_i ? BEAT : NO_BEAT), .sum_o(activations_out_bytes)
  );
  trex_counter64 #(.ADD_BITS(BEAT_BITS + 1)) u_descriptors_bytes (
    .clk_i(clk_i), .clear_i(clear), .add_i(descriptors), .sum_o(descriptors_bytes)
  );

  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_dense_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((issue && !sparse && !attention) ? issue_work_i : NONE), .sum_o(dense_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_sparse_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((issue && sparse) ? issue_work_i : NONE), .sum_o(sparse_pe_cycles)
  );
  // What attention multiplies counts as masked keys at first; pieces that were useful go over to attention.
  wire [23:0] useful = (busy_i && useful_i) ? squares_i : 24'd0;
  wire [30:0] masked = { {(31-WORK_BITS){1'b0}}, (issue && attention) ? issue_work_i : NONE } - { 7'd0, useful };
  trex_counter64 #(.ADD_BITS(24)) u_attention_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i(useful), .sum_o(attention_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(31), .SIGNED(1)) u_masked_keys_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i(masked), .sum_o(masked_keys_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_padding_lanes_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i(issue ? ALL - held : NONE), .sum_o(padding_lanes_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_padding_columns_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i(issue ? held - issue_work_i : NONE), .sum_o(padding_columns_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_weight_stream_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && wait_stream_i) ? ALL : NONE), .sum_o(weight_stream_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_activations_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && wait_rows_i) ? ALL : NONE), .sum_o(activations_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_vector_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && wait_vector_i) ? ALL : NONE), .sum_o(vector_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_drain_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && wait_drain_i) ? ALL : NONE), .sum_o(drain_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_dependency_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && wait_dependency_i) ? ALL : NONE), .sum_o(dependency_pe_cycles)
  );
  trex_counter64 #(.ADD_BITS(WORK_BITS)) u_no_window_pe_cycles (
    .clk_i(clk_i), .clear_i(clear), .add_i((busy_i && none) ? ALL : NONE), .sum_o(no_window_pe_cycles)
  );

  always @* begin
    case (index_i)
      5'd0: value_o = cycles;
      5'd1: value_o = windows;
      5'd2: value_o = requests;
      5'd3: value_o = tokens;
      5'd4: value_o = read_beats;
      5'd5: value_o = write_beats;
      5'd6: value_o = program_bytes;
      5'd7: value_o = codebooks_bytes;
      5'd8: value_o = sparse_values_bytes;
      5'd9: value_o = sparse_indices_bytes;
      5'd10: value_o = parameters_bytes;
      5'd11: value_o = dense_bytes;
      5'd12: value_o = activations_in_bytes;
      5'd13: value_o = activations_out_bytes;
      5'd14: value_o = descriptors_bytes;
      5'd15: value_o = dense_pe_cycles;
      5'd16: value_o = sparse_pe_cycles;
      5'd17: value_o = attention_pe_cycles;
      5'd18: value_o = masked_keys_pe_cycles;
      5'd19: value_o = padding_lanes_pe_cycles;
      5'd20: value_o = padding_columns_pe_cycles;
      5'd21: value_o = weight_stream_pe_cycles;
      5'd22: value_o = activations_pe_cycles;
      5'd23: value_o = vector_pe_cycles;
      5'd24: value_o = drain_pe_cycles;
      5'd25: value_o = dependency_pe_cycles;
      5'd26: value_o = no_window_pe_cycles;
      default: value_o = 64'd0;
    endcase
  end
endmodule
`default_nettype wire
