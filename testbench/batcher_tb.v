// Bench of batcher with its descriptor reader and window former: a host, a ring in memory with random latency, and
// windows that end after a random time with a given code. The host fills the whole ring, waits until all is completed,
// and fills it again under the next policy.
//
// Vector     a request: refused, read error, write error, code, cause, number of its window, its segment, descriptor
// Files      windows.hex   one a window: code, marked, cause, fill and first of each slice, groups, keys, last pass, squares, then number of segments,
//                          and of each slice, position, length, input, output
//            errors.hex    over all error events { code, tag }: the sum of them, and of their squares mod 2^64
// Plusargs   +seed=n; +pace=n: 0 answers when it likes, 1 at once, 2 seldom; +gradual=1: the host submits one by one when it likes
//            and the ring has room, and takes enable back at times
// Macros     AHEAD: the unit forms the next window meanwhile, and does so at least WAITED times, but where windows end at once
//            VECTORS, WINDOWS, ERRORS, RING_LOG2, RING_ADDR, POLICIES (2 bits a filling), TOKENS, COMPLETIONS, MOST (completions that
//            must lack their response at a time, but where they have it at once), LOOKAHEAD, EXTRA_STAGES, CYCLES and the
//            parameters of the unit
`default_nettype none
module batcher_tb (
  input  wire        clk_i,
  input  wire        rst_i,
  output reg         done_o,
  output reg  [31:0] errors_o
);
  localparam SLICES    = `SLICES;
  localparam PASSES    = `PASSES;
  localparam BUS_BYTES = `BUS_BYTES;
  localparam ADDR_BITS = `ADDR_BITS;
  localparam SEGMENTS  = `SEGMENTS;
  localparam SEG_BITS  = (SEGMENTS > 1) ? $clog2(SEGMENTS) : 1;
  localparam PASS_BITS = (PASSES > 1) ? $clog2(PASSES) : 1;
  localparam BUS_BITS  = 8 * BUS_BYTES;
  localparam SLOTS     = 1 << `RING_LOG2;
  localparam STRIDE    = (BUS_BYTES > 32) ? BUS_BYTES : 32;
  localparam BEATS     = STRIDE / BUS_BYTES;
  // What a vector says of a request, from its low bits on.
  localparam AT_SEGMENT  = 8 * `DESC_BYTES, SEGMENT_BITS = 6;
  localparam AT_WINDOW   = AT_SEGMENT + SEGMENT_BITS;
  localparam AT_CAUSE    = AT_WINDOW + `WINDOW_NUMBER_BITS;
  localparam AT_CODE     = AT_CAUSE + 1;
  localparam VECTOR_BITS = AT_CODE + `COMPLETION_BITS + 3;
  localparam TABLE_BITS  = SLICES * (`POSITION_BITS + 2) + `GROUPS_BITS + `POSITION_BITS + PASS_BITS + `SQUARES_BITS;
  localparam LISTED_BITS = 2 + `POSITION_BITS + `POSITION_BITS + 2 * ADDR_BITS;  // of a segment
  localparam LIST_BITS   = SEG_BITS + 1 + SEGMENTS * LISTED_BITS;
  localparam WINDOW_BITS = 8 + 1 + SEG_BITS + TABLE_BITS + LIST_BITS;

  reg [VECTOR_BITS-1:0] vectors [0:`VECTORS-1];
  reg [WINDOW_BITS-1:0] windows [0:`WINDOWS];
  reg [63:0]            problems [0:1];
  reg [`VECTORS-1:0]    finished_q;
  reg [31:0]            seed;
  reg [31:0]            pace;
  reg [8*512-1:0]       path;
  reg                   gradual;
  initial begin
    if (!$value$plusargs("vectors=%s", path)) path = "vectors.hex";
    $readmemh(path, vectors);
    $readmemh("windows.hex", windows);
    $readmemh("errors.hex", problems);
    if (!$value$plusargs("seed=%d", seed)) seed = 32'd1;
    if (!$value$plusargs("pace=%d", pace)) pace = 32'd0;
    gradual = $test$plusargs("gradual=1") != 0;
  end

  reg  [31:0] random_q;
  wire [31:0] random_1 = random_q ^ (random_q << 13);
  wire [31:0] random_2 = random_1 ^ (random_1 >> 17);
  wire        at_once  = pace == 32'd1;
  wire        seldom   = (pace == 32'd2) && (random_q[24:22] != 3'd0);
  always @(posedge clk_i) random_q <= rst_i ? (seed | 32'd1) : random_2 ^ (random_2 << 5);

  // ---- host ----
  reg  [31:0] tail_q;
  reg         serve_q;
  reg  [31:0] filling_q;
  wire [31:0] head;
  wire        busy;
  wire [31:0] left      = `VECTORS - tail_q;
  wire        slot_free = (tail_q < SLOTS) || finished_q[tail_q - SLOTS];
  wire [`POLICY_BITS-1:0] policy    = `POLICIES >> (2 * filling_q);
  // The request that was last put into a slot.
  function [31:0] owner;
    input [31:0] slot;
    input [31:0] tail;
    owner = tail - 32'd1 - ((tail - 32'd1 - slot) & (SLOTS - 1));
  endfunction
  always @(posedge clk_i) begin
    if (rst_i) begin
      tail_q    <= 32'd0;
      serve_q   <= 1'b0;
      filling_q <= 32'd0;
    end else if (gradual) begin
      serve_q <= random_q[11:8] != 4'd0;
      if ((left != 32'd0) && slot_free && (random_q[6:4] == 3'd0)) tail_q <= tail_q + 32'd1;
    end else begin
      serve_q <= 1'b1;
      if ((left != 32'd0) && (head == tail_q) && !busy) begin
        tail_q    <= tail_q + ((left < SLOTS) ? left : SLOTS);
        filling_q <= filling_q + ((tail_q == 32'd0) ? 32'd0 : 32'd1);
      end
    end
  end

  // ---- what the unit shows ----
  wire                             completed;
  wire                             error;
  wire [`COMPLETION_BITS-1:0]      error_code;
  wire [31:0]                      error_tag;
  wire                             admitted;
  wire [`POSITION_BITS-1:0]        admitted_tokens;
  wire                             request_done;
  wire                             rd_req_valid;
  wire [ADDR_BITS-1:0]             rd_req_addr;
  wire [`SIZE_BITS-1:0]            rd_req_beats;
  wire                             rd_ready;
  wire                             wr_req_valid;
  wire [ADDR_BITS-1:0]             wr_req_addr;
  wire [`SIZE_BITS-1:0]            wr_req_beats;
  wire [33:0]                      wr_req_tag;
  wire                             wr_valid;
  wire [BUS_BITS-1:0]              wr_data;
  wire [BUS_BYTES-1:0]             wr_strb;
  wire                             window_start;
  wire                             window;
  wire [`POSITION_BITS*SLICES-1:0] slice_fill;
  wire [2*SLICES-1:0]              slice_first;
  wire [`GROUPS_BITS-1:0]          groups;
  wire [`POSITION_BITS-1:0]        slice_keys;
  wire [PASS_BITS-1:0]             last_pass;
  wire [`SQUARES_BITS-1:0]         squares;
  reg  [`SIZE_BITS-1:0]            rd_left_q;
  reg  [31:0]                      rd_slot_q;
  reg                              wr_open_q;     // a request whose beat has not come
  reg  [31:0]                      wr_slot_q;
  reg                              done_q;
  reg  [31:0]                      cycle_q;
  reg  [31:0]                      told_q;        // windows whose completion has been told
  reg                              refusal_q;     // what is completed now is a refused descriptor
  reg  [31:0]                      window_q;      // windows ended
  reg                              running_q;
  wire [WINDOW_BITS-1:0]           want = windows[window_q];
  // ---- reads: a descriptor, in beats that come when they like ----
  wire [31:0]          rd_offset = rd_req_addr - `RING_ADDR;
  wire                 rd_asked  = rd_req_valid && (rd_left_q == {`SIZE_BITS{1'b0}}) && (at_once || (random_q[0] && !seldom));
  wire                 rd_valid  = (rd_left_q != {`SIZE_BITS{1'b0}}) && (at_once || (random_q[1] && !seldom));
  wire [31:0]          rd_number = ((BUS_BYTES < 32) ? 32 / BUS_BYTES : 1) - rd_left_q;
  wire [31:0]          rd_owner  = owner(rd_slot_q, tail_q);
  wire [8*STRIDE-1:0]  rd_line   = vectors[rd_owner][255:0];
  wire [BUS_BITS-1:0]  rd_beat   = rd_line[BUS_BITS*rd_number +: BUS_BITS];
  // One beat of a bad descriptor has the error.
  wire                 rd_bad    = vectors[rd_owner][VECTOR_BITS-2] && (rd_number == rd_owner % ((BUS_BYTES < 32) ? 32 / BUS_BYTES : 1));
  wire                 rd_wrong  = rd_asked && ((rd_offset % STRIDE != 0) || (rd_offset / STRIDE >= SLOTS)
                                   || (rd_req_beats != ((BUS_BYTES < 32) ? 32 / BUS_BYTES : 1)));
  always @(posedge clk_i) begin
    if (rst_i) rd_left_q <= {`SIZE_BITS{1'b0}};
    else if (rd_asked) begin
      rd_left_q <= rd_req_beats;
      rd_slot_q <= rd_offset / STRIDE;
    end else if (rd_valid && rd_ready) rd_left_q <= rd_left_q - 1'b1;
  end

  // ---- writes: one beat each, then responses in their order, now and then none for long ----
  reg  [31:0]            starts_q;   // windows begun, a cycle late
  reg  [31:0]            starts_d;
  reg  [31:0]            number_q;   // the same when the completion was asked for
  reg                    asking_q;
  reg  [31:0]            order_window_q;   // what is completed next
  reg  [5:0]             order_segment_q;
  reg  [31:0]            slots [0:15];     // whose response has not come, and their tags
  reg  [33:0]            tags [0:15];
  reg  [3:0]             out_in_q;
  reg  [3:0]             out_q;
  reg  [4:0]             outs_q;
  reg  [4:0]             most_q;     // responses that were to come at a time
  reg  [31:0]            due_q;      // events that responses have made due: refused descriptors, whole windows
  reg  [33:0]            wr_tag_q;
  wire [31:0]            wr_offset = wr_req_addr - `RING_ADDR;
  wire                   wr_asked  = wr_req_valid && !wr_open_q && !outs_q[4] && (at_once || (random_q[2] && !seldom));
  wire                   wr_taken  = wr_valid && wr_open_q && (at_once || (random_q[3] && !seldom));
  wire                   wr_silent = cycle_q[8:7] == 2'd3;
  wire                   wr_answer = (outs_q != 5'd0) && (at_once || (!wr_silent && (random_q[13:12] == 2'd0) && !seldom));
  wire [31:0]            request   = owner(wr_slot_q, tail_q);
  wire [VECTOR_BITS-1:0] vector    = vectors[request];
  wire                   refused   = vector[VECTOR_BITS-1];
  wire [31:0]            answered  = owner(slots[out_q], tail_q);
  wire [VECTOR_BITS-1:0] answer    = vectors[answered];
  wire                   wr_bad    = answer[VECTOR_BITS-3];
  wire [31:0]            whole     = windows[answer[AT_WINDOW +: `WINDOW_NUMBER_BITS]][LISTED_BITS*SEGMENTS +: SEG_BITS+1];  // segments of its window
  wire                   due       = answer[VECTOR_BITS-1] || ({ 26'd0, answer[AT_SEGMENT +: SEGMENT_BITS] } + 32'd1 == whole);
  wire [31:0]            ordered   = windows[order_window_q][LISTED_BITS*SEGMENTS +: SEG_BITS+1];
  wire [15:0]            number    = refused ? number_q[15:0] : vector[AT_WINDOW +: `WINDOW_NUMBER_BITS];
  reg  [31:0]            status;
  always @* begin
    status = 32'd0;
    status[`STATUS_CODE]   = vector[AT_CODE +: `COMPLETION_BITS];
    status[`STATUS_CAUSE]  = vector[AT_CAUSE];
    status[`STATUS_WINDOW] = number;
  end
  wire                   wr_addr_wrong = wr_asked && ((wr_offset % STRIDE != (`DESC_STATUS / BUS_BYTES) * BUS_BYTES)
      || (wr_offset / STRIDE >= SLOTS) || (wr_req_beats != 1));
  wire                   wr_data_wrong = wr_taken && ((wr_strb !== ({ {(BUS_BYTES-4){1'b0}}, 4'hf } << (`DESC_STATUS % BUS_BYTES)))
                                         || (wr_data[8*(`DESC_STATUS % BUS_BYTES) +: 32] !== status) || finished_q[request] || (request >= tail_q)
                                         || (!refused && ({ vector[AT_WINDOW +: `WINDOW_NUMBER_BITS], vector[AT_SEGMENT +: SEGMENT_BITS] }
                                             != { order_window_q[15:0], order_segment_q })));
  always @(posedge clk_i) begin
    starts_q <= rst_i ? 32'd0 : starts_d;
    starts_d <= rst_i ? 32'd0 : starts_d + { 31'd0, window_start };
    asking_q <= wr_req_valid;
    if (wr_req_valid && !asking_q) number_q <= starts_q;
    if (wr_asked) begin
      wr_slot_q <= wr_offset / STRIDE;
      wr_tag_q  <= wr_req_tag;
    end
    if (wr_taken) begin
      slots[out_in_q] <= wr_slot_q;
      tags[out_in_q]  <= wr_tag_q;
    end
    if (rst_i) begin
      wr_open_q       <= 1'b0;
      out_in_q        <= 4'd0;
      out_q           <= 4'd0;
      outs_q          <= 5'd0;
      most_q          <= 5'd0;
      due_q           <= 32'd0;
      order_window_q  <= 32'd0;
      order_segment_q <= 6'd0;
      finished_q      <= {`VECTORS{1'b0}};
    end else begin
      if (wr_asked) wr_open_q <= 1'b1;
      if (wr_taken) begin
        wr_open_q <= 1'b0;
        out_in_q  <= out_in_q + 4'd1;
        if (!refused) begin
          order_segment_q <= ({ 26'd0, order_segment_q } + 32'd1 == ordered) ? 6'd0 : order_segment_q + 6'd1;
          order_window_q  <= order_window_q + (({ 26'd0, order_segment_q } + 32'd1 == ordered) ? 32'd1 : 32'd0);
        end
      end
      outs_q <= outs_q + { 4'd0, wr_taken } - { 4'd0, wr_answer };
      if (outs_q > most_q) most_q <= outs_q;
      if (wr_answer) begin
        out_q <= out_q + 4'd1;
        finished_q[answered] <= 1'b1;
        if (due) due_q <= due_q + 32'd1;
      end
    end
  end

  // ---- windows ----
  wire [TABLE_BITS-1:0] table_now = { slice_fill, slice_first, groups, slice_keys, last_pass, squares };
  wire table_wrong = (window_start || running_q) && ((window_q >= `WINDOWS) || (table_now !== want[LIST_BITS +: TABLE_BITS]));
  always @(posedge clk_i) begin
    done_q <= 1'b0;
    if (rst_i) begin
      window_q  <= 32'd0;
      running_q <= 1'b0;
    end else begin
      if (window_start) running_q <= 1'b1;
      if (running_q && (at_once || ((random_q[18:14] == 5'd0) && !seldom))) begin
        done_q    <= 1'b1;
        running_q <= 1'b0;
      end
      if (done_q) window_q <= window_q + 32'd1;
    end
  end

`ifdef AHEAD
  // ---- the next window: it shows behind the one in work, and is what begins then ----
  wire                             next_valid;
  wire [`POSITION_BITS*SLICES-1:0] next_slice_fill;
  wire [31:0]                      next_number = window_q + ((window_start || running_q || done_q) ? 32'd1 : 32'd0);
  wire [WINDOW_BITS-1:0]           next_want   = windows[next_number];
  wire next_wrong = next_valid && ((next_number >= `WINDOWS) || (next_slice_fill !== next_want[LIST_BITS + TABLE_BITS - 1 -: `POSITION_BITS*SLICES]));
  reg  [31:0] waited_n;  // windows that were formed before they could begin
  reg         next_q;
  always @(posedge clk_i) begin
    next_q   <= next_valid;
    waited_n <= rst_i ? 32'd0 : waited_n + { 31'd0, next_valid && !next_q };
  end
  // Looked up in one window or the other, as long as it is there; the next one is that until it has begun.
  wire                        find_next   = window_start || (next_valid && random_q[20]);
  wire                        finding     = find_next || running_q;
`else
  wire next_wrong = 1'b0;
  wire find_next  = 1'b0;
  wire finding    = window_start || running_q;
`endif

  // ---- segments of a window, one after the other; what comes back two cycles later ----
  reg  [5:0]             find_q;
  wire [WINDOW_BITS-1:0] find_in  = windows[(find_next && !window_start) ? window_q + ((running_q || done_q) ? 32'd1 : 32'd0) : window_q];
  wire [SEG_BITS:0]      find_of  = find_in[LISTED_BITS*SEGMENTS +: SEG_BITS+1];
  wire [5:0]             find_at  = (find_q >= find_of) ? 6'd0 : find_q;
  wire [LISTED_BITS-1:0] listed   = find_in[LISTED_BITS*find_at +: LISTED_BITS];
  reg  [SEG_BITS+LISTED_BITS-15:0] found_want_q;
  reg  [SEG_BITS+LISTED_BITS-15:0] found_want;
  reg                       finding_q;
  reg                       found_q;
  wire [SEG_BITS-1:0]       found_segment;
  wire [`POSITION_BITS-1:0] found_length;
  wire [ADDR_BITS-1:0]      found_input;
  wire [ADDR_BITS-1:0]      found_output;
  wire found_wrong = found_q && ({ found_segment, found_length, found_input, found_output } !== found_want);
  always @(posedge clk_i) begin
    find_q       <= rst_i ? 6'd0 : (find_at + 6'd1);
    found_want_q <= { find_at[SEG_BITS-1:0], listed[LISTED_BITS-15:0] };
    found_want   <= found_want_q;
    finding_q    <= finding && !rst_i;
    found_q      <= finding_q && !rst_i;
  end

  // ---- what the watchdog times: each window and each descriptor by itself, to the end ----
  wire serving;
  wire fetching;
  reg  serving_q;
  reg  fetching_q;
  reg  requested_q;
  reg  reading_q;    // a descriptor was asked for, and is not in the queue
  reg  [7:0] unserved_q; // cycles in which a window waits for its last responses and nobody times it: the next one is formed, `FORMING at most
  wire awaited      = told_q != window_q;  // a window has ended, its event has not come
  wire timing_wrong = (window && !serving) || (serving && !serving_q && !window_start) || (serving_q && !serving && !completed && !awaited)
                      || (window_start && serving_q)
                      || (unserved_q > `FORMING + 8)
                      || ((rd_req_valid || reading_q) && !fetching) || (rd_req_valid && !requested_q && fetching_q)
                          || ((head == `VECTORS) && !busy && (serving || fetching));
  always @(posedge clk_i) begin
    serving_q  <= serving && !rst_i;
    refusal_q  <= wr_answer && answer[VECTOR_BITS-1];
    told_q     <= rst_i ? 32'd0 : told_q + { 31'd0, completed && !refusal_q };
    unserved_q <= (awaited && !serving && !completed && !rst_i) ? unserved_q + 8'd1 : 8'd0;
    fetching_q <= fetching && !rst_i;
    requested_q   <= rd_req_valid && !rst_i;
    reading_q  <= (rd_req_valid || reading_q) && !admitted && !request_done && !rst_i;
  end

  // ---- unit ----
  wire                crc_clear;
  wire                crc_en;
  wire [BUS_BITS-1:0] crc_data;
  wire [31:0]         crc;
  trex_crc32 #(.CLIENTS(1)) u_crc (.clk_i(clk_i), .clear_i(crc_clear), .en_i(crc_en), .data_i(crc_data), .crc_o(crc));
  trex_batcher dut (
    .crc_clear_o(crc_clear), .crc_en_o(crc_en), .crc_data_o(crc_data), .crc_i(crc),
`ifdef AHEAD
    .next_valid_o(next_valid), .next_slice_fill_o(next_slice_fill), .find_next_i(find_next),
`endif
    .clk_i(clk_i), .rst_i(rst_i),
    .serve_i(serve_q), .policy_i(policy), .ring_addr_i(`RING_ADDR), .ring_log2_i(`RING_LOG2), .ring_tail_i(tail_q),
    .ring_head_o(head), .busy_o(busy), .completed_o(completed), .error_o(error), .error_code_o(error_code), .error_tag_o(error_tag),
    .admitted_o(admitted), .admitted_tokens_o(admitted_tokens), .request_done_o(request_done),
    .rd_req_valid_o(rd_req_valid), .rd_req_ready_i(rd_asked), .rd_req_addr_o(rd_req_addr), .rd_req_beats_o(rd_req_beats),
    .rd_valid_i(rd_valid), .rd_ready_o(rd_ready), .rd_data_i(rd_valid ? rd_beat : {BUS_BITS{1'bx}}), .rd_error_i(rd_valid ? rd_bad : 1'bx),
    .wr_req_valid_o(wr_req_valid), .wr_req_ready_i(wr_asked), .wr_req_addr_o(wr_req_addr), .wr_req_beats_o(wr_req_beats),
    .wr_valid_o(wr_valid), .wr_ready_i(wr_taken), .wr_data_o(wr_data), .wr_strb_o(wr_strb),
    .wr_req_tag_o(wr_req_tag), .wr_answered_i(wr_answer), .wr_error_i(wr_answer && wr_bad), .wr_answer_tag_i(wr_answer ? tags[out_q] : {34{1'bx}}),
    .window_start_o(window_start), .window_done_i(done_q), .window_code_i(want[WINDOW_BITS-1 -: 8]),
    .window_marked_i(want[WINDOW_BITS-9]), .window_cause_i(want[WINDOW_BITS-10 -: SEG_BITS]),
    .window_o(window), .serving_o(serving), .fetching_o(fetching),
    .slice_fill_o(slice_fill), .slice_first_o(slice_first), .groups_o(groups), .slice_keys_o(slice_keys), .last_pass_o(last_pass), .squares_o(squares),
    .find_slice_i(listed[LISTED_BITS-1 -: 2]), .find_position_i(listed[LISTED_BITS-3 -: `POSITION_BITS]),
    .found_segment_o(found_segment), .found_length_o(found_length), .found_input_o(found_input), .found_output_o(found_output)
  );

  // ---- events, and what must always hold ----
  reg  [31:0] done_n;
  reg  [31:0] completed_n;
  reg  [31:0] error_n;
  reg  [31:0] tokens_n;
  reg  [63:0] error_sum;
  reg  [63:0] square_sum;
  wire [63:0] event_now = { 24'd0, error_code, error_tag };
  wire        window_wrong = window !== (window_start || running_q || done_q);
  // With extra stages the unit hears of a tail a cycle later.
  wire        waiting      = serve_q && (head !== tail_q);
  reg         waiting_q;
  always @(posedge clk_i) waiting_q <= waiting && !rst_i;
  wire        heard        = waiting && (waiting_q || (`EXTRA_STAGES == 0));
  wire        busy_wrong   = (heard || window || wr_req_valid || rd_req_valid) && (busy !== 1'b1);
  wire        head_wrong   = head !== done_n;
  wire        early_wrong  = completed && (completed_n >= due_q);
  wire        last         = (head == `VECTORS) && !busy && !completed && !error && (outs_q == 5'd0);
  reg  [3:0]  rest_q;
  always @(posedge clk_i) begin
    if (rst_i) begin
      done_n      <= 32'd0;
      completed_n <= 32'd0;
      error_n     <= 32'd0;
      tokens_n    <= 32'd0;
      cycle_q     <= 32'd0;
      errors_o    <= 32'd0;
      done_o      <= 1'b0;
      rest_q      <= 4'd0;
      error_sum   <= 64'd0;
      square_sum  <= 64'd0;
    end else if (!done_o) begin
      cycle_q <= cycle_q + 32'd1;
      if (request_done) done_n <= done_n + 32'd1;
      if (completed) completed_n <= completed_n + 32'd1;
      if (error) begin
        error_n    <= error_n + 32'd1;
        error_sum  <= error_sum + event_now;
        square_sum <= square_sum + event_now * event_now;
      end
      if (admitted) tokens_n <= tokens_n + admitted_tokens;
      if (rd_wrong || wr_addr_wrong || wr_data_wrong || table_wrong || next_wrong || found_wrong || window_wrong || busy_wrong || head_wrong
          || early_wrong || timing_wrong) begin
        errors_o <= errors_o + 32'd1;
        if (errors_o < 32'd5)
          $display("cycle %0d: read %b write %b %b table %b found %b window %b busy %b head %b early %b timing %b", cycle_q, rd_wrong, wr_addr_wrong,
                   wr_data_wrong, table_wrong, found_wrong, window_wrong, busy_wrong, head_wrong, early_wrong, timing_wrong);
      end
      rest_q <= last ? rest_q + 4'd1 : 4'd0;
      if ((rest_q == 4'd15) || (cycle_q == `CYCLES)) begin
        done_o <= 1'b1;
        if ((done_n != `VECTORS) || (window_q != `WINDOWS) || (error_n != `ERRORS) || (tokens_n != `TOKENS)
`ifdef AHEAD
            || ((waited_n < `WAITED) && !at_once)
`endif
            || ((most_q < `MOST) && !at_once) || (completed_n != `COMPLETIONS) || (error_sum != problems[0]) || (square_sum != problems[1])) begin
          errors_o <= errors_o + 32'd1;
          $display("cycle %0d: %0d requests, %0d windows, %0d errors, %0d tokens, %0d completions, %0d out", cycle_q, done_n, window_q,
              error_n, tokens_n, completed_n, most_q);
        end
      end
    end
  end
endmodule
`default_nettype wire
