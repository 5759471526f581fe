// Counters: 64 bits each, in the order of generator/contract/registers.ts.
//
//   bytes by class   what crossed the memory port, docs/stream.md
//   PE-cycles        in every cycle in which a request is under way LANES * COLUMNS go to exactly one cause, or in a
//                    cycle of issue to the work, the lanes without a token and the columns without an output
//
// The low half of a sum carries into the high half a cycle later, so that no adder is longer than 32 bits.
//
// Timing   a counter has its new value three cycles after what it counts, bytes of a section four; value_o belongs to index_i of the same cycle
// Reset    everything to 0, by clear_i too
// Golden   docs/chip.md, "Counters"
`default_nettype none
module trex_counters #(
  parameter COLUMNS   = 8,
  parameter LANES     = 8,  // of the whole array
  parameter BUS_BYTES = 16,
  // Derived; do not override.
  parameter LANE_BITS = $clog2(LANES + 1),
  parameter WORK_BITS = $clog2(LANES * COLUMNS + 1)
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  input  wire                 clear_i,
  input  wire                 busy_i,             // a request is under way
  input  wire [4:0]           index_i,
  output reg  [63:0]          value_o,
  // batcher
  input  wire                 window_i,           // pulse: one begins
  input  wire                 request_i,          // pulse: one is completed
  input  wire                 admitted_i,         // pulse: one has entered the queue, with its tokens
  input  wire [11:0]          admitted_tokens_i,
  // memory port: beats in this cycle
  input  wire                 read_beat_i,
  input  wire                 write_beat_i,
  input  wire                 rows_in_beat_i,
  input  wire                 rows_out_beat_i,
  input  wire                 descriptor_beat_i,
  input  wire                 completion_beat_i,
  // cold loader: bytes of a load when it ends
  input  wire                 load_done_i,
  input  wire [31:0]          load_program_i,
  input  wire [31:0]          load_codebooks_i,
  input  wire [31:0]          load_parameters_i,
  // section decoder and stream reader: bytes of a section when it ends, and the beat of the CRC
  input  wire                 section_done_i,
  input  wire [31:0]          section_values_i,
  input  wire [31:0]          section_indices_i,
  input  wire [31:0]          section_dense_i,
  input  wire [31:0]          section_parameters_i,
  input  wire                 crc_beat_i,
  // core: what the array did, see trex_meter
  input  wire                 issue_i,
  input  wire [2:0]           mode_i,
  input  wire [LANE_BITS-1:0] issue_lanes_i,
  input  wire [WORK_BITS-1:0] issue_work_i,
  input  wire                 wait_stream_i,
  input  wire                 wait_drain_i,
  input  wire                 wait_vector_i,
  input  wire                 wait_rows_i,
  input  wire                 wait_dependency_i
);
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

  // ---- what is added, and the sums ----
  wire [0:0] cycles_d = busy_i;
  reg  [0:0] cycles_q;
  reg  [31:0] cycles_low_q;
  reg         cycles_carry_q;
  reg  [63:0] cycles_sum_q;
  wire [0:0] windows_d = window_i;
  reg  [0:0] windows_q;
  reg  [31:0] windows_low_q;
  reg         windows_carry_q;
  reg  [63:0] windows_sum_q;
  wire [0:0] requests_d = request_i;
  reg  [0:0] requests_q;
  reg  [31:0] requests_low_q;
  reg         requests_carry_q;
  reg  [63:0] requests_sum_q;
  wire [11:0] tokens_d = admitted_i ? admitted_tokens_i : 12'd0;
  reg  [11:0] tokens_q;
  reg  [31:0] tokens_low_q;
  reg         tokens_carry_q;
  reg  [63:0] tokens_sum_q;
  wire [0:0] read_beats_d = read_beat_i;
  reg  [0:0] read_beats_q;
  reg  [31:0] read_beats_low_q;
  reg         read_beats_carry_q;
  reg  [63:0] read_beats_sum_q;
  wire [0:0] write_beats_d = write_beat_i;
  reg  [0:0] write_beats_q;
  reg  [31:0] write_beats_low_q;
  reg         write_beats_carry_q;
  reg  [63:0] write_beats_sum_q;
  wire [31:0] program_bytes_d = load_done_i ? load_program_i : 32'd0;
  reg  [31:0] program_bytes_q;
  reg  [31:0] program_bytes_low_q;
  reg         program_bytes_carry_q;
  reg  [63:0] program_bytes_sum_q;
  wire [31:0] codebooks_bytes_d = load_done_i ? load_codebooks_i : 32'd0;
  reg  [31:0] codebooks_bytes_q;
  reg  [31:0] codebooks_bytes_low_q;
  reg         codebooks_bytes_carry_q;
  reg  [63:0] codebooks_bytes_sum_q;
  wire [31:0] sparse_values_bytes_d = section_done_q ? section_values_q : 32'd0;
  reg  [31:0] sparse_values_bytes_q;
  reg  [31:0] sparse_values_bytes_low_q;
  reg         sparse_values_bytes_carry_q;
  reg  [63:0] sparse_values_bytes_sum_q;
  wire [31:0] sparse_indices_bytes_d = section_done_q ? section_indices_q : 32'd0;
  reg  [31:0] sparse_indices_bytes_q;
  reg  [31:0] sparse_indices_bytes_low_q;
  reg         sparse_indices_bytes_carry_q;
  reg  [63:0] sparse_indices_bytes_sum_q;
  wire [31:0] parameters_bytes_d = (load_done_i ? load_parameters_i : 32'd0) + (section_done_q ? section_parameters_q : 32'd0) + (crc_beat_i ? BEAT : 32'd0);
  reg  [31:0] parameters_bytes_q;
  reg  [31:0] parameters_bytes_low_q;
  reg         parameters_bytes_carry_q;
  reg  [63:0] parameters_bytes_sum_q;
  wire [31:0] dense_bytes_d = section_done_q ? section_dense_q : 32'd0;
  reg  [31:0] dense_bytes_q;
  reg  [31:0] dense_bytes_low_q;
  reg         dense_bytes_carry_q;
  reg  [63:0] dense_bytes_sum_q;
  wire [31:0] activations_in_bytes_d = rows_in_beat_i ? BEAT : 32'd0;
  reg  [31:0] activations_in_bytes_q;
  reg  [31:0] activations_in_bytes_low_q;
  reg         activations_in_bytes_carry_q;
  reg  [63:0] activations_in_bytes_sum_q;
  wire [31:0] activations_out_bytes_d = rows_out_beat_i ? BEAT : 32'd0;
  reg  [31:0] activations_out_bytes_q;
  reg  [31:0] activations_out_bytes_low_q;
  reg         activations_out_bytes_carry_q;
  reg  [63:0] activations_out_bytes_sum_q;
  wire [31:0] descriptors_bytes_d = (descriptor_beat_i ? BEAT : 32'd0) + (completion_beat_i ? BEAT : 32'd0);
  reg  [31:0] descriptors_bytes_q;
  reg  [31:0] descriptors_bytes_low_q;
  reg         descriptors_bytes_carry_q;
  reg  [63:0] descriptors_bytes_sum_q;
  wire [6:0] dense_pe_cycles_d = (issue && !sparse && !attention) ? issue_work_i : NONE;
  reg  [6:0] dense_pe_cycles_q;
  reg  [31:0] dense_pe_cycles_low_q;
  reg         dense_pe_cycles_carry_q;
  reg  [63:0] dense_pe_cycles_sum_q;
  wire [6:0] sparse_pe_cycles_d = (issue && sparse) ? issue_work_i : NONE;
  reg  [6:0] sparse_pe_cycles_q;
  reg  [31:0] sparse_pe_cycles_low_q;
  reg         sparse_pe_cycles_carry_q;
  reg  [63:0] sparse_pe_cycles_sum_q;
  wire [6:0] attention_pe_cycles_d = (issue && attention) ? issue_work_i : NONE;
  reg  [6:0] attention_pe_cycles_q;
  reg  [31:0] attention_pe_cycles_low_q;
  reg         attention_pe_cycles_carry_q;
  reg  [63:0] attention_pe_cycles_sum_q;
  wire [6:0] padding_lanes_pe_cycles_d = issue ? ALL - held : NONE;
  reg  [6:0] padding_lanes_pe_cycles_q;
  reg  [31:0] padding_lanes_pe_cycles_low_q;
  reg         padding_lanes_pe_cycles_carry_q;
  reg  [63:0] padding_lanes_pe_cycles_sum_q;
  wire [6:0] padding_columns_pe_cycles_d = issue ? held - issue_work_i : NONE;
  reg  [6:0] padding_columns_pe_cycles_q;
  reg  [31:0] padding_columns_pe_cycles_low_q;
  reg         padding_columns_pe_cycles_carry_q;
  reg  [63:0] padding_columns_pe_cycles_sum_q;
  wire [6:0] weight_stream_pe_cycles_d = (busy_i && wait_stream_i) ? ALL : NONE;
  reg  [6:0] weight_stream_pe_cycles_q;
  reg  [31:0] weight_stream_pe_cycles_low_q;
  reg         weight_stream_pe_cycles_carry_q;
  reg  [63:0] weight_stream_pe_cycles_sum_q;
  wire [6:0] activations_pe_cycles_d = (busy_i && wait_rows_i) ? ALL : NONE;
  reg  [6:0] activations_pe_cycles_q;
  reg  [31:0] activations_pe_cycles_low_q;
  reg         activations_pe_cycles_carry_q;
  reg  [63:0] activations_pe_cycles_sum_q;
  wire [6:0] vector_pe_cycles_d = (busy_i && wait_vector_i) ? ALL : NONE;
  reg  [6:0] vector_pe_cycles_q;
  reg  [31:0] vector_pe_cycles_low_q;
  reg         vector_pe_cycles_carry_q;
  reg  [63:0] vector_pe_cycles_sum_q;
  wire [6:0] drain_pe_cycles_d = (busy_i && wait_drain_i) ? ALL : NONE;
  reg  [6:0] drain_pe_cycles_q;
  reg  [31:0] drain_pe_cycles_low_q;
  reg         drain_pe_cycles_carry_q;
  reg  [63:0] drain_pe_cycles_sum_q;
  wire [6:0] dependency_pe_cycles_d = (busy_i && wait_dependency_i) ? ALL : NONE;
  reg  [6:0] dependency_pe_cycles_q;
  reg  [31:0] dependency_pe_cycles_low_q;
  reg         dependency_pe_cycles_carry_q;
  reg  [63:0] dependency_pe_cycles_sum_q;
  wire [6:0] no_window_pe_cycles_d = (busy_i && none) ? ALL : NONE;
  reg  [6:0] no_window_pe_cycles_q;
  reg  [31:0] no_window_pe_cycles_low_q;
  reg         no_window_pe_cycles_carry_q;
  reg  [63:0] no_window_pe_cycles_sum_q;

  always @(posedge clk_i) begin
    cycles_q <= cycles_d;
    { cycles_carry_q, cycles_low_q } <= { 1'b0, cycles_low_q } + { {(32-0){1'b0}}, cycles_q };
    cycles_sum_q <= { cycles_sum_q[63:32] + { 31'd0, cycles_carry_q }, cycles_low_q };
    windows_q <= windows_d;
    { windows_carry_q, windows_low_q } <= { 1'b0, windows_low_q } + { {(32-0){1'b0}}, windows_q };
    windows_sum_q <= { windows_sum_q[63:32] + { 31'd0, windows_carry_q }, windows_low_q };
    requests_q <= requests_d;
    { requests_carry_q, requests_low_q } <= { 1'b0, requests_low_q } + { {(32-0){1'b0}}, requests_q };
    requests_sum_q <= { requests_sum_q[63:32] + { 31'd0, requests_carry_q }, requests_low_q };
    tokens_q <= tokens_d;
    { tokens_carry_q, tokens_low_q } <= { 1'b0, tokens_low_q } + { {(32-11){1'b0}}, tokens_q };
    tokens_sum_q <= { tokens_sum_q[63:32] + { 31'd0, tokens_carry_q }, tokens_low_q };
    read_beats_q <= read_beats_d;
    { read_beats_carry_q, read_beats_low_q } <= { 1'b0, read_beats_low_q } + { {(32-0){1'b0}}, read_beats_q };
    read_beats_sum_q <= { read_beats_sum_q[63:32] + { 31'd0, read_beats_carry_q }, read_beats_low_q };
    write_beats_q <= write_beats_d;
    { write_beats_carry_q, write_beats_low_q } <= { 1'b0, write_beats_low_q } + { {(32-0){1'b0}}, write_beats_q };
    write_beats_sum_q <= { write_beats_sum_q[63:32] + { 31'd0, write_beats_carry_q }, write_beats_low_q };
    program_bytes_q <= program_bytes_d;
    { program_bytes_carry_q, program_bytes_low_q } <= { 1'b0, program_bytes_low_q } + { {(32-31){1'b0}}, program_bytes_q };
    program_bytes_sum_q <= { program_bytes_sum_q[63:32] + { 31'd0, program_bytes_carry_q }, program_bytes_low_q };
    codebooks_bytes_q <= codebooks_bytes_d;
    { codebooks_bytes_carry_q, codebooks_bytes_low_q } <= { 1'b0, codebooks_bytes_low_q } + { {(32-31){1'b0}}, codebooks_bytes_q };
    codebooks_bytes_sum_q <= { codebooks_bytes_sum_q[63:32] + { 31'd0, codebooks_bytes_carry_q }, codebooks_bytes_low_q };
    sparse_values_bytes_q <= sparse_values_bytes_d;
    { sparse_values_bytes_carry_q, sparse_values_bytes_low_q } <= { 1'b0, sparse_values_bytes_low_q } + { {(32-31){1'b0}}, sparse_values_bytes_q };
    sparse_values_bytes_sum_q <= { sparse_values_bytes_sum_q[63:32] + { 31'd0, sparse_values_bytes_carry_q }, sparse_values_bytes_low_q };
    sparse_indices_bytes_q <= sparse_indices_bytes_d;
    { sparse_indices_bytes_carry_q, sparse_indices_bytes_low_q } <= { 1'b0, sparse_indices_bytes_low_q } + { {(32-31){1'b0}}, sparse_indices_bytes_q };
    sparse_indices_bytes_sum_q <= { sparse_indices_bytes_sum_q[63:32] + { 31'd0, sparse_indices_bytes_carry_q }, sparse_indices_bytes_low_q };
    parameters_bytes_q <= parameters_bytes_d;
    { parameters_bytes_carry_q, parameters_bytes_low_q } <= { 1'b0, parameters_bytes_low_q } + { {(32-31){1'b0}}, parameters_bytes_q };
    parameters_bytes_sum_q <= { parameters_bytes_sum_q[63:32] + { 31'd0, parameters_bytes_carry_q }, parameters_bytes_low_q };
    dense_bytes_q <= dense_bytes_d;
    { dense_bytes_carry_q, dense_bytes_low_q } <= { 1'b0, dense_bytes_low_q } + { {(32-31){1'b0}}, dense_bytes_q };
    dense_bytes_sum_q <= { dense_bytes_sum_q[63:32] + { 31'd0, dense_bytes_carry_q }, dense_bytes_low_q };
    activations_in_bytes_q <= activations_in_bytes_d;
    { activations_in_bytes_carry_q, activations_in_bytes_low_q } <= { 1'b0, activations_in_bytes_low_q } + { {(32-31){1'b0}}, activations_in_bytes_q };
    activations_in_bytes_sum_q <= { activations_in_bytes_sum_q[63:32] + { 31'd0, activations_in_bytes_carry_q }, activations_in_bytes_low_q };
    activations_out_bytes_q <= activations_out_bytes_d;
    { activations_out_bytes_carry_q, activations_out_bytes_low_q } <= { 1'b0, activations_out_bytes_low_q } + { {(32-31){1'b0}}, activations_out_bytes_q };
    activations_out_bytes_sum_q <= { activations_out_bytes_sum_q[63:32] + { 31'd0, activations_out_bytes_carry_q }, activations_out_bytes_low_q };
    descriptors_bytes_q <= descriptors_bytes_d;
    { descriptors_bytes_carry_q, descriptors_bytes_low_q } <= { 1'b0, descriptors_bytes_low_q } + { {(32-31){1'b0}}, descriptors_bytes_q };
    descriptors_bytes_sum_q <= { descriptors_bytes_sum_q[63:32] + { 31'd0, descriptors_bytes_carry_q }, descriptors_bytes_low_q };
    dense_pe_cycles_q <= dense_pe_cycles_d;
    { dense_pe_cycles_carry_q, dense_pe_cycles_low_q } <= { 1'b0, dense_pe_cycles_low_q } + { {(32-6){1'b0}}, dense_pe_cycles_q };
    dense_pe_cycles_sum_q <= { dense_pe_cycles_sum_q[63:32] + { 31'd0, dense_pe_cycles_carry_q }, dense_pe_cycles_low_q };
    sparse_pe_cycles_q <= sparse_pe_cycles_d;
    { sparse_pe_cycles_carry_q, sparse_pe_cycles_low_q } <= { 1'b0, sparse_pe_cycles_low_q } + { {(32-6){1'b0}}, sparse_pe_cycles_q };
    sparse_pe_cycles_sum_q <= { sparse_pe_cycles_sum_q[63:32] + { 31'd0, sparse_pe_cycles_carry_q }, sparse_pe_cycles_low_q };
    attention_pe_cycles_q <= attention_pe_cycles_d;
    { attention_pe_cycles_carry_q, attention_pe_cycles_low_q } <= { 1'b0, attention_pe_cycles_low_q } + { {(32-6){1'b0}}, attention_pe_cycles_q };
    attention_pe_cycles_sum_q <= { attention_pe_cycles_sum_q[63:32] + { 31'd0, attention_pe_cycles_carry_q }, attention_pe_cycles_low_q };
    padding_lanes_pe_cycles_q <= padding_lanes_pe_cycles_d;
    { padding_lanes_pe_cycles_carry_q, padding_lanes_pe_cycles_low_q } <= { 1'b0, padding_lanes_pe_cycles_low_q } + { {(32-6){1'b0}}, padding_lanes_pe_cycles_q };
    padding_lanes_pe_cycles_sum_q <= { padding_lanes_pe_cycles_sum_q[63:32] + { 31'd0, padding_lanes_pe_cycles_carry_q }, padding_lanes_pe_cycles_low_q };
    padding_columns_pe_cycles_q <= padding_columns_pe_cycles_d;
    { padding_columns_pe_cycles_carry_q, padding_columns_pe_cycles_low_q } <= { 1'b0, padding_columns_pe_cycles_low_q } + { {(32-6){1'b0}}, padding_columns_pe_cycles_q };
    padding_columns_pe_cycles_sum_q <= { padding_columns_pe_cycles_sum_q[63:32] + { 31'd0, padding_columns_pe_cycles_carry_q }, padding_columns_pe_cycles_low_q };
    weight_stream_pe_cycles_q <= weight_stream_pe_cycles_d;
    { weight_stream_pe_cycles_carry_q, weight_stream_pe_cycles_low_q } <= { 1'b0, weight_stream_pe_cycles_low_q } + { {(32-6){1'b0}}, weight_stream_pe_cycles_q };
    weight_stream_pe_cycles_sum_q <= { weight_stream_pe_cycles_sum_q[63:32] + { 31'd0, weight_stream_pe_cycles_carry_q }, weight_stream_pe_cycles_low_q };
    activations_pe_cycles_q <= activations_pe_cycles_d;
    { activations_pe_cycles_carry_q, activations_pe_cycles_low_q } <= { 1'b0, activations_pe_cycles_low_q } + { {(32-6){1'b0}}, activations_pe_cycles_q };
    activations_pe_cycles_sum_q <= { activations_pe_cycles_sum_q[63:32] + { 31'd0, activations_pe_cycles_carry_q }, activations_pe_cycles_low_q };
    vector_pe_cycles_q <= vector_pe_cycles_d;
    { vector_pe_cycles_carry_q, vector_pe_cycles_low_q } <= { 1'b0, vector_pe_cycles_low_q } + { {(32-6){1'b0}}, vector_pe_cycles_q };
    vector_pe_cycles_sum_q <= { vector_pe_cycles_sum_q[63:32] + { 31'd0, vector_pe_cycles_carry_q }, vector_pe_cycles_low_q };
    drain_pe_cycles_q <= drain_pe_cycles_d;
    { drain_pe_cycles_carry_q, drain_pe_cycles_low_q } <= { 1'b0, drain_pe_cycles_low_q } + { {(32-6){1'b0}}, drain_pe_cycles_q };
    drain_pe_cycles_sum_q <= { drain_pe_cycles_sum_q[63:32] + { 31'd0, drain_pe_cycles_carry_q }, drain_pe_cycles_low_q };
    dependency_pe_cycles_q <= dependency_pe_cycles_d;
    { dependency_pe_cycles_carry_q, dependency_pe_cycles_low_q } <= { 1'b0, dependency_pe_cycles_low_q } + { {(32-6){1'b0}}, dependency_pe_cycles_q };
    dependency_pe_cycles_sum_q <= { dependency_pe_cycles_sum_q[63:32] + { 31'd0, dependency_pe_cycles_carry_q }, dependency_pe_cycles_low_q };
    no_window_pe_cycles_q <= no_window_pe_cycles_d;
    { no_window_pe_cycles_carry_q, no_window_pe_cycles_low_q } <= { 1'b0, no_window_pe_cycles_low_q } + { {(32-6){1'b0}}, no_window_pe_cycles_q };
    no_window_pe_cycles_sum_q <= { no_window_pe_cycles_sum_q[63:32] + { 31'd0, no_window_pe_cycles_carry_q }, no_window_pe_cycles_low_q };
    if (rst_i || clear_i) begin
      cycles_q <= { 1{1'b0} };
      cycles_low_q <= 32'd0;
      cycles_carry_q <= 1'b0;
      cycles_sum_q <= 64'd0;
      windows_q <= { 1{1'b0} };
      windows_low_q <= 32'd0;
      windows_carry_q <= 1'b0;
      windows_sum_q <= 64'd0;
      requests_q <= { 1{1'b0} };
      requests_low_q <= 32'd0;
      requests_carry_q <= 1'b0;
      requests_sum_q <= 64'd0;
      tokens_q <= { 12{1'b0} };
      tokens_low_q <= 32'd0;
      tokens_carry_q <= 1'b0;
      tokens_sum_q <= 64'd0;
      read_beats_q <= { 1{1'b0} };
      read_beats_low_q <= 32'd0;
      read_beats_carry_q <= 1'b0;
      read_beats_sum_q <= 64'd0;
      write_beats_q <= { 1{1'b0} };
      write_beats_low_q <= 32'd0;
      write_beats_carry_q <= 1'b0;
      write_beats_sum_q <= 64'd0;
      program_bytes_q <= { 32{1'b0} };
      program_bytes_low_q <= 32'd0;
      program_bytes_carry_q <= 1'b0;
      program_bytes_sum_q <= 64'd0;
      codebooks_bytes_q <= { 32{1'b0} };
      codebooks_bytes_low_q <= 32'd0;
      codebooks_bytes_carry_q <= 1'b0;
      codebooks_bytes_sum_q <= 64'd0;
      sparse_values_bytes_q <= { 32{1'b0} };
      sparse_values_bytes_low_q <= 32'd0;
      sparse_values_bytes_carry_q <= 1'b0;
      sparse_values_bytes_sum_q <= 64'd0;
      sparse_indices_bytes_q <= { 32{1'b0} };
      sparse_indices_bytes_low_q <= 32'd0;
      sparse_indices_bytes_carry_q <= 1'b0;
      sparse_indices_bytes_sum_q <= 64'd0;
      parameters_bytes_q <= { 32{1'b0} };
      parameters_bytes_low_q <= 32'd0;
      parameters_bytes_carry_q <= 1'b0;
      parameters_bytes_sum_q <= 64'd0;
      dense_bytes_q <= { 32{1'b0} };
      dense_bytes_low_q <= 32'd0;
      dense_bytes_carry_q <= 1'b0;
      dense_bytes_sum_q <= 64'd0;
      activations_in_bytes_q <= { 32{1'b0} };
      activations_in_bytes_low_q <= 32'd0;
      activations_in_bytes_carry_q <= 1'b0;
      activations_in_bytes_sum_q <= 64'd0;
      activations_out_bytes_q <= { 32{1'b0} };
      activations_out_bytes_low_q <= 32'd0;
      activations_out_bytes_carry_q <= 1'b0;
      activations_out_bytes_sum_q <= 64'd0;
      descriptors_bytes_q <= { 32{1'b0} };
      descriptors_bytes_low_q <= 32'd0;
      descriptors_bytes_carry_q <= 1'b0;
      descriptors_bytes_sum_q <= 64'd0;
      dense_pe_cycles_q <= { 7{1'b0} };
      dense_pe_cycles_low_q <= 32'd0;
      dense_pe_cycles_carry_q <= 1'b0;
      dense_pe_cycles_sum_q <= 64'd0;
      sparse_pe_cycles_q <= { 7{1'b0} };
      sparse_pe_cycles_low_q <= 32'd0;
      sparse_pe_cycles_carry_q <= 1'b0;
      sparse_pe_cycles_sum_q <= 64'd0;
      attention_pe_cycles_q <= { 7{1'b0} };
      attention_pe_cycles_low_q <= 32'd0;
      attention_pe_cycles_carry_q <= 1'b0;
      attention_pe_cycles_sum_q <= 64'd0;
      padding_lanes_pe_cycles_q <= { 7{1'b0} };
      padding_lanes_pe_cycles_low_q <= 32'd0;
      padding_lanes_pe_cycles_carry_q <= 1'b0;
      padding_lanes_pe_cycles_sum_q <= 64'd0;
      padding_columns_pe_cycles_q <= { 7{1'b0} };
      padding_columns_pe_cycles_low_q <= 32'd0;
      padding_columns_pe_cycles_carry_q <= 1'b0;
      padding_columns_pe_cycles_sum_q <= 64'd0;
      weight_stream_pe_cycles_q <= { 7{1'b0} };
      weight_stream_pe_cycles_low_q <= 32'd0;
      weight_stream_pe_cycles_carry_q <= 1'b0;
      weight_stream_pe_cycles_sum_q <= 64'd0;
      activations_pe_cycles_q <= { 7{1'b0} };
      activations_pe_cycles_low_q <= 32'd0;
      activations_pe_cycles_carry_q <= 1'b0;
      activations_pe_cycles_sum_q <= 64'd0;
      vector_pe_cycles_q <= { 7{1'b0} };
      vector_pe_cycles_low_q <= 32'd0;
      vector_pe_cycles_carry_q <= 1'b0;
      vector_pe_cycles_sum_q <= 64'd0;
      drain_pe_cycles_q <= { 7{1'b0} };
      drain_pe_cycles_low_q <= 32'd0;
      drain_pe_cycles_carry_q <= 1'b0;
      drain_pe_cycles_sum_q <= 64'd0;
      dependency_pe_cycles_q <= { 7{1'b0} };
      dependency_pe_cycles_low_q <= 32'd0;
      dependency_pe_cycles_carry_q <= 1'b0;
      dependency_pe_cycles_sum_q <= 64'd0;
      no_window_pe_cycles_q <= { 7{1'b0} };
      no_window_pe_cycles_low_q <= 32'd0;
      no_window_pe_cycles_carry_q <= 1'b0;
      no_window_pe_cycles_sum_q <= 64'd0;
    end
  end

  always @* begin
    case (index_i)
      5'd0: value_o = cycles_sum_q;
      5'd1: value_o = windows_sum_q;
      5'd2: value_o = requests_sum_q;
      5'd3: value_o = tokens_sum_q;
      5'd4: value_o = read_beats_sum_q;
      5'd5: value_o = write_beats_sum_q;
      5'd6: value_o = program_bytes_sum_q;
      5'd7: value_o = codebooks_bytes_sum_q;
      5'd8: value_o = sparse_values_bytes_sum_q;
      5'd9: value_o = sparse_indices_bytes_sum_q;
      5'd10: value_o = parameters_bytes_sum_q;
      5'd11: value_o = dense_bytes_sum_q;
      5'd12: value_o = activations_in_bytes_sum_q;
      5'd13: value_o = activations_out_bytes_sum_q;
      5'd14: value_o = descriptors_bytes_sum_q;
      5'd15: value_o = dense_pe_cycles_sum_q;
      5'd16: value_o = sparse_pe_cycles_sum_q;
      5'd17: value_o = attention_pe_cycles_sum_q;
      5'd18: value_o = padding_lanes_pe_cycles_sum_q;
      5'd19: value_o = padding_columns_pe_cycles_sum_q;
      5'd20: value_o = weight_stream_pe_cycles_sum_q;
      5'd21: value_o = activations_pe_cycles_sum_q;
      5'd22: value_o = vector_pe_cycles_sum_q;
      5'd23: value_o = drain_pe_cycles_sum_q;
      5'd24: value_o = dependency_pe_cycles_sum_q;
      5'd25: value_o = no_window_pe_cycles_sum_q;
      default: value_o = 64'd0;
    endcase
  end
endmodule
`default_nettype wire
