// Batcher: serves the descriptor ring. Descriptors are fetched into the look-ahead queue, a window is formed and given
// to window_control, and each of its requests is completed. What may not enter the queue is completed at once.
//
//   fetch    descriptor_reader -> queue                    goes on while a window is in work
//   window   form -> start ... done -> completions         one at a time
//   completion   number of the window, cause here and code in the status word of the descriptor; in the order of segments
//
// Completions are handed to the write port one behind the other, as many as it lets go without a response; what a response
// completes stands in the tag of its request. The next window may begin when the last one is handed over, and hands over its own when
// this one has been reported.
//
// A window is formed when none is in work and the queue is full or holds every descriptor that is to be fetched.
//
// Timing   window_start_o pulses with a complete window table, which holds until the completions are handed over;
//          completed_o, error_o pulse after the last response: registers are right when the interrupt comes
// Reset    control only
// Golden   docs/chip.md; generator/batch/form-windows.ts
`default_nettype none
module trex_batcher #(
  // Made with the configuration; do not override.
  parameter SLICES    = 4,  // of the window table
  parameter PASSES    = 16,  // tokens that a lane computes one after another; >= 1
  parameter SEGMENTS  = 32,  // most requests of a window
  parameter BUS_BYTES = 16,  // of a beat of the memory port; power of two, >= 4
  parameter ADDR_BITS = 32,  // of a byte address
  parameter TAG_BITS  = 34,  // what comes back with a response: refused, last of a window, tag of the request
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SLOT_BITS = 16,  // of the place of a descriptor in the ring
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  parameter SQUARES_BITS = 24,  // of the sum of the squares of all lengths of a window
  parameter GROUPS_BITS = 3,  // of a number of slices
  parameter POLICY_BITS = 2,  // of how windows are filled
  parameter RING_LOG2_BITS = 5,  // of the binary logarithm of the descriptors of the ring
  parameter COMPLETION_BITS = 8,  // of a code that a request or a load ends with
  parameter SLICE_ID_BITS = 2,  // of the number of a slice
  // Derived; do not override.
  parameter PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1,
  parameter SEG_BITS  = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1,
  parameter BUS_BITS  = 8 * BUS_BYTES
) (
  input  wire                            clk_i,
  input  wire                            rst_i,
  // registers
  input  wire                            serve_i,        // enabled, and a model is loaded
  input  wire [POLICY_BITS-1:0]          policy_i,
  input  wire [ADDR_BITS-1:0]            ring_addr_i,
  input  wire [RING_LOG2_BITS-1:0]       ring_log2_i,
  input  wire [31:0]                     ring_tail_i,
  output wire [31:0]                     ring_head_o,
  output wire                            busy_o,         // a request is under way
  // A window, from its start to the last response to its completions, or to the next one; low before each start.
  output wire                            serving_o,
  output wire                            fetching_o,     // a descriptor, from its fetch until it is in the queue, or refused and completed
  output reg                             completed_o,    // pulse: a window, or a refused descriptor, is completed
  output reg                             error_o,        // pulse, with code and tag
  output reg  [COMPLETION_BITS-1:0]      error_code_o,
  output reg  [31:0]                     error_tag_o,
  // counters
  output wire                            admitted_o,     // pulse: a request has entered the queue, with its tokens
  output wire [POSITION_BITS-1:0]        admitted_tokens_o,
  output wire                            request_done_o, // pulse: a completion has its response
  // to axi_read
  output wire                            rd_req_valid_o,
  input  wire                            rd_req_ready_i,
  output wire [ADDR_BITS-1:0]            rd_req_addr_o,
  output wire [SIZE_BITS-1:0]            rd_req_beats_o,
  input  wire                            rd_valid_i,
  output wire                            rd_ready_o,
  input  wire [BUS_BITS-1:0]             rd_data_i,
  input  wire                            rd_error_i,
  // to crc32
  output wire                            crc_clear_o,
  output wire                            crc_en_o,
  output wire [BUS_BITS-1:0]             crc_data_o,     // what it covers of the beat
  input  wire [31:0]                     crc_i,
  // to axi_write
  output wire                            wr_req_valid_o,
  input  wire                            wr_req_ready_i,
  output wire [ADDR_BITS-1:0]            wr_req_addr_o,
  output wire [SIZE_BITS-1:0]            wr_req_beats_o,
  output wire [TAG_BITS-1:0]             wr_req_tag_o,
  output wire                            wr_valid_o,
  input  wire                            wr_ready_i,
  output wire [BUS_BITS-1:0]             wr_data_o,
  output wire [BUS_BYTES-1:0]            wr_strb_o,
  input  wire                            wr_answered_i,  // the response to a completion has come, with an error or not, and its tag
  input  wire                            wr_error_i,
  input  wire [TAG_BITS-1:0]             wr_answer_tag_i,
  // window
  output wire                            window_start_o,
  input  wire                            window_done_i,  // pulse, with code, whether a request is the cause, and its segment
  input  wire [COMPLETION_BITS-1:0]      window_code_i,
  input  wire                            window_marked_i,
  input  wire [SEG_BITS-1:0]             window_cause_i,
  output wire                            window_o,       // from start to done
  output wire [POSITION_BITS*SLICES-1:0] slice_fill_o,   // see window_former
  output wire [SLICE_ID_BITS*SLICES-1:0] slice_first_o,
  output wire [GROUPS_BITS-1:0]          groups_o,
  output wire [POSITION_BITS-1:0]        slice_keys_o,
  output wire [PASS_BITS-1:0]            last_pass_o,
  output wire [SQUARES_BITS-1:0]         squares_o,
  // what lies where a segment begins, two cycles later
  input  wire [SLICE_ID_BITS-1:0]        find_slice_i,
  input  wire [POSITION_BITS-1:0]        find_position_i,
  output wire [SEG_BITS-1:0]             found_segment_o,
  output wire [POSITION_BITS-1:0]        found_length_o,
  output wire [ADDR_BITS-1:0]            found_input_o,
  output wire [ADDR_BITS-1:0]            found_output_o
);
`ifndef SYNTHESIS
  initial begin
    if (PASSES < 1) begin $display("%m: PASSES = %0d: must be at least 1", PASSES); $finish; end
    if ((BUS_BYTES < 4) || ((BUS_BYTES & (BUS_BYTES - 1)) != 0)) begin
      $display("%m: BUS_BYTES = %0d: must be a power of two, 4 or more", BUS_BYTES); $finish;
    end
  end
`endif
  localparam [7:0] CODE_GOOD = 8'd1, CODE_WRITE_COMPLETION = 8'd15;
  localparam DESC_STATUS = 24, DESC_BYTES = 32;
  localparam WINDOW_NUMBER_BITS = 16;
  localparam STRIDE        = (BUS_BYTES > DESC_BYTES) ? BUS_BYTES : DESC_BYTES;
  localparam STRIDE_SHIFT  = $clog2(STRIDE);
  localparam [ADDR_BITS-1:0] STATUS_BEAT = (DESC_STATUS / BUS_BYTES) * BUS_BYTES;
  localparam STATUS_BYTE   = DESC_STATUS % BUS_BYTES;

  // ---- fetch ----
  wire [31:0]              fetched;
  wire                     more;
  wire                     fetch_idle;
  wire                     entry_valid;
  wire                     entry_ready;
  wire                     refused_valid;
  wire                     refused_ready;
  wire [COMPLETION_BITS-1:0] refused_code;
  wire [SLOT_BITS-1:0]     slot;
  wire [POSITION_BITS-1:0] length;
  wire [ADDR_BITS-1:0]     input_addr;
  wire [ADDR_BITS-1:0]     output_addr;
  wire [31:0]              tag;
  wire                     room;
  trex_descriptor_reader u_descriptor_reader (
    .clk_i(clk_i), .rst_i(rst_i),
    .serve_i(serve_i), .room_i(room), .ring_addr_i(ring_addr_i), .ring_log2_i(ring_log2_i), .ring_tail_i(ring_tail_i),
    .fetched_o(fetched), .more_o(more), .idle_o(fetch_idle),
    .rd_req_valid_o(rd_req_valid_o), .rd_req_ready_i(rd_req_ready_i), .rd_req_addr_o(rd_req_addr_o), .rd_req_beats_o(rd_req_beats_o),
    .rd_valid_i(rd_valid_i), .rd_ready_o(rd_ready_o), .rd_data_i(rd_data_i), .rd_error_i(rd_error_i),
    .crc_clear_o(crc_clear_o), .crc_en_o(crc_en_o), .crc_data_o(crc_data_o), .crc_i(crc_i),
    .entry_valid_o(entry_valid), .entry_ready_i(entry_ready), .refused_valid_o(refused_valid), .refused_ready_i(refused_ready),
    .code_o(refused_code), .slot_o(slot), .length_o(length), .input_o(input_addr), .output_o(output_addr), .tag_o(tag)
  );
  assign admitted_o        = entry_valid && entry_ready;
  assign admitted_tokens_o = length;

  // ---- window ----
  localparam [2:0] IDLE = 3'd0, FORM = 3'd1, START = 3'd2, RUN = 3'd3, NEXT = 3'd4, COMPLETE = 3'd5;
  reg  [2:0]           state_q;
  reg  [WINDOW_NUMBER_BITS-1:0] windows_q;  // begun since reset
  reg  [WINDOW_NUMBER_BITS-1:0] number_q;   // of the window in work
  reg  [COMPLETION_BITS-1:0] code_q;
  reg                  marked_q;
  reg  [SEG_BITS-1:0]  cause_q;
  reg  [SEG_BITS:0]    segment_q;  // next one to complete
  wire [SEG_BITS:0]    segments;
  wire [31:0]          done_tag;   // of the request of that segment, a cycle later
  wire [SLOT_BITS-1:0] done_slot;
  wire                 empty;
  wire                 formed;
  wire                            form       = (state_q == IDLE) && !empty && fetch_idle && !(more && room);
  wire                            cause_here = marked_q && (segment_q == { 1'b0, cause_q });
  wire [POSITION_BITS*SLICES-1:0] formed_fill;
  wire [SLICE_ID_BITS*SLICES-1:0] formed_first;
  wire [SEG_BITS:0]               formed_segments;
  wire [GROUPS_BITS-1:0]          formed_groups;
  wire [POSITION_BITS-1:0]        formed_keys;
  wire [PASS_BITS-1:0]            formed_last_pass;
  wire [SQUARES_BITS-1:0]         formed_squares;
  trex_window_former u_window_former (
    .clk_i(clk_i), .rst_i(rst_i), .policy_i(policy_i),
    .entry_valid_i(entry_valid), .entry_ready_o(entry_ready), .entry_slot_i(slot), .entry_length_i(length),
    .entry_input_i(input_addr), .entry_output_i(output_addr), .entry_tag_i(tag),
    .empty_o(empty), .room_o(room),
    .form_i(form), .formed_o(formed),
    .segments_o(formed_segments), .slice_fill_o(formed_fill), .slice_first_o(formed_first),
    .groups_o(formed_groups), .slice_keys_o(formed_keys), .last_pass_o(formed_last_pass), .squares_o(formed_squares),
    .find_slice_i(find_slice_i), .find_position_i(find_position_i), .found_segment_o(found_segment_o), .found_length_o(found_length_o),
    .found_input_o(found_input_o), .found_output_o(found_output_o),
    .done_segment_i(segment_q[SEG_BITS-1:0]), .done_tag_o(done_tag), .done_slot_o(done_slot)
  );

  // ---- window table: of the window in work ----
  assign { slice_fill_o, slice_first_o, segments, groups_o, slice_keys_o, last_pass_o, squares_o } =
         { formed_fill, formed_first, formed_segments, formed_groups, formed_keys, formed_last_pass, formed_squares };
  assign window_start_o = state_q == START;
  assign window_o       = (state_q == START) || (state_q == RUN);
  assign serving_o      = (state_q != FORM) && ((state_q != IDLE) || reporting);
  assign fetching_o     = !fetch_idle;

  // ---- completions: refused descriptors go first ----
  localparam [1:0] FREE = 2'd0, ASK = 2'd1, GIVE = 2'd2;
  reg  [1:0]           write_q;
  reg                  refusing_q;    // the completion of a refused descriptor is handed over, its response has not come
  reg                  open_q;        // so is the last one of a window
  reg                  tell_q;        // its response has come
  reg  [COMPLETION_BITS-1:0] told_code_q;   // of that window, and of whom it tells
  reg  [31:0]          told_tag_q;
  reg  [SLOT_BITS-1:0] write_slot_q;
  reg  [31:0]          write_word_q;
  reg  [TAG_BITS-1:0]  write_tag_q;   // of a refused descriptor, last of a window, tag of the request
  reg  [31:0]          head_q;
  wire                 free          = (write_q == FREE) || ((write_q == GIVE) && wr_ready_i);
  wire                 refuse        = free && refused_valid && !refusing_q;
  wire                 complete      = free && !refuse && (state_q == COMPLETE);
  wire                 last          = segment_q + 1'b1 == segments;
  wire                 answer_refused;
  wire                 answer_last;
  wire [31:0]          answer_tag;
  assign { answer_refused, answer_last, answer_tag } = wr_answer_tag_i;
  wire                 reporting     = open_q || tell_q;
  wire                 report        = tell_q && !wr_answered_i;  // one event at a time
  assign refused_ready  = wr_answered_i && answer_refused;
  assign request_done_o = wr_answered_i;
  assign ring_head_o    = head_q;
  assign busy_o         = (fetched != head_q) || more || (state_q != IDLE) || reporting;
  assign wr_req_valid_o = write_q == ASK;
  assign wr_req_addr_o  = ring_addr_i + { {(ADDR_BITS-SLOT_BITS-STRIDE_SHIFT){1'b0}}, write_slot_q, {STRIDE_SHIFT{1'b0}} } + STATUS_BEAT;
  assign wr_req_beats_o = { {(SIZE_BITS-1){1'b0}}, 1'b1 };
  assign wr_req_tag_o   = write_tag_q;
  assign wr_valid_o     = write_q == GIVE;
  assign wr_data_o      = {(BUS_BYTES/4){write_word_q}};
  reg  [31:0]          status_word;
  always @* begin
    status_word = 32'd0;
    status_word[7:0]   = refuse ? refused_code : code_q;
    status_word[8]     = refuse || cause_here;
    status_word[31:16] = refuse ? windows_q : number_q;
  end
  genvar b;
  generate
    for (b = 0; b < BUS_BYTES; b = b + 1) begin : gen_strobe
      assign wr_strb_o[b] = (b >= STATUS_BYTE) && (b < STATUS_BYTE + 4);
    end
  endgenerate

  always @(posedge clk_i) begin
    if (free) begin
      write_q      <= (refuse || complete) ? ASK : FREE;
      write_slot_q <= refuse ? slot : done_slot;
      write_word_q <= status_word;
      write_tag_q  <= refuse ? { 1'b1, 1'b0, tag } : { 1'b0, last, done_tag };
    end else if ((write_q == ASK) && wr_req_ready_i) write_q <= GIVE;
    if (refuse) refusing_q <= 1'b1;
    if (refused_ready) refusing_q <= 1'b0;
    if (wr_answered_i) head_q <= head_q + 32'd1;
    if (wr_answered_i && answer_last) begin
      open_q <= 1'b0;
      tell_q <= 1'b1;
    end
    if (report) tell_q <= 1'b0;

    case (state_q)
      IDLE: if (form) state_q <= FORM;
      FORM: if (formed) state_q <= START;
      START: begin
        segment_q <= {(SEG_BITS+1){1'b0}};
        number_q  <= windows_q;
        windows_q <= windows_q + 1'b1;
        state_q   <= RUN;
      end
      RUN: if (window_done_i) begin
        code_q   <= window_code_i;
        marked_q <= window_marked_i;
        cause_q  <= window_cause_i;
        state_q  <= NEXT;
      end
      NEXT: if (!reporting) state_q <= COMPLETE;
      default: if (complete) begin
        // Without a cause the error is told of the first request.
        if (cause_here || (segment_q == {(SEG_BITS+1){1'b0}})) told_tag_q <= done_tag;
        told_code_q <= code_q;
        segment_q   <= segment_q + 1'b1;
        open_q      <= last;
        state_q     <= last ? IDLE : NEXT;
      end
    endcase

    completed_o  <= report || refused_ready;
    error_o      <= (report && (told_code_q != CODE_GOOD)) || refused_ready || wr_error_i;
    error_code_o <= wr_error_i ? CODE_WRITE_COMPLETION : refused_ready ? refused_code : told_code_q;
    error_tag_o  <= wr_answered_i ? answer_tag : told_tag_q;

    if (rst_i) begin
      state_q     <= IDLE;
      write_q     <= FREE;
      refusing_q  <= 1'b0;
      open_q      <= 1'b0;
      tell_q      <= 1'b0;
      windows_q   <= {WINDOW_NUMBER_BITS{1'b0}};
      head_q      <= 32'd0;
      completed_o <= 1'b0;
      error_o     <= 1'b0;
    end
  end
endmodule
`default_nettype wire
