// Stream reader: fetches the pass region of one window ahead of its use. A burst is asked for only when the buffer
// has room for all of it, so this client never holds up the others. The last beat is the CRC of those before it; it
// is checked here and not handed on.
//
// Timing   done_o, ended_o are levels from start_i to the next start_i or abort_i; the other outcomes are pulses
//          start_i and abort_i only one at a time; after abort_i the next start_i may come at once
// Reset    control only
// Golden   docs/stream.md, "Region pass"; docs/chip.md, "Memory port"
`default_nettype none
module trex_stream_reader #(
  // Made with the configuration; do not override.
  parameter BUS_BYTES      = 16,  // as of trex_crc32
  parameter ADDR_BITS      = 32,  // of a byte address
  parameter BURST_BEATS    = 16,  // longest burst
  parameter PREFETCH_BEATS = 64,  // beats that are read ahead
  // The same in every configuration; do not override.
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  // Derived; do not override.
  parameter BUS_BITS       = 8 * BUS_BYTES
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  input  wire                 start_i,
  input  wire                 abort_i,
  input  wire [ADDR_BITS-1:0] addr_i,        // a multiple of BUS_BYTES
  input  wire [SIZE_BITS-1:0] beats_i,       // CRC beat included
  output wire                 ended_o,       // every beat before the CRC has been handed on
  output wire                 done_o,        // the CRC has come and is right
  output wire                 crc_taken_o,   // pulse: the CRC beat has come, right or not
  output wire                 crc_bad_o,     // pulse: it is wrong, or beats_i was 0
  output wire                 bus_error_o,   // pulse: a beat came with an error
  // to axi_read
  output wire                 req_valid_o,
  input  wire                 req_ready_i,
  output wire [ADDR_BITS-1:0] req_addr_o,
  output wire [SIZE_BITS-1:0] req_beats_o,
  input  wire                 valid_i,
  output wire                 ready_o,
  input  wire [BUS_BITS-1:0]  data_i,
  input  wire                 error_i,
  // to crc32
  output wire                 crc_clear_o,
  output wire                 crc_en_o,
  input  wire [31:0]          crc_i,
  // to section_decoder
  output wire                 beat_valid_o,
  input  wire                 beat_ready_i,
  output wire [BUS_BITS-1:0]  beat_o
);
`ifndef SYNTHESIS
  initial begin
    if (BUS_BYTES != 16) begin $display("%m: BUS_BYTES = %0d: this unit was made with another; generate it anew", BUS_BYTES); $finish; end
  end
`endif

  localparam BUS_SHIFT = $clog2(BUS_BYTES);
  localparam BEAT_BITS = ADDR_BITS - BUS_SHIFT;  // an address in beats
  localparam ROOM_BITS = $clog2(PREFETCH_BEATS + 1);
  localparam [ROOM_BITS-1:0] ROOM = PREFETCH_BEATS;
  localparam [8:0] BURST_9 = BURST_BEATS;
  localparam [SIZE_BITS-1:0] ONE = 1;

  reg [BEAT_BITS-1:0] next_q;   // beat to ask for next
  reg [SIZE_BITS-1:0] ask_q;    // beats not yet asked for
  reg [8:0]           burst_q;  // beats of the next request; 0 when all have been asked for
  reg [SIZE_BITS-1:0] take_q;   // beats that have not come
  reg [SIZE_BITS-1:0] give_q;   // beats not yet handed on; the CRC is none of them
  reg [ROOM_BITS-1:0] room_q;   // beats of the buffer that are neither full nor promised
  reg                 begun_q;
  reg                 failed_q; // a beat came with an error
  reg                 done_q;
  reg                 crc_taken_q;
  reg                 crc_bad_q;
  reg                 bus_error_q;

  // ---- requests: a burst, when there is room for it ----
  // The first one ends at a boundary, or with all; so those behind it begin at one.
  wire [7:0]  first_beat  = addr_i[BUS_SHIFT +: 8];
  wire [8:0]  to_boundary = BURST_9 - ({ 1'b0, first_beat } & (BURST_9 - 9'd1));
  wire [SIZE_BITS-1:0] most        = { {(SIZE_BITS-9){1'b0}}, BURST_9 };
  wire [SIZE_BITS-1:0] burst       = { {(SIZE_BITS-9){1'b0}}, burst_q };
  wire [SIZE_BITS-1:0] ask_next    = ask_q - burst;
  wire [SIZE_BITS-1:0] room        = { {(SIZE_BITS-ROOM_BITS){1'b0}}, room_q };
  wire        asked       = req_valid_o && req_ready_i;
  wire        given       = beat_valid_o && beat_ready_i;
  wire [SIZE_BITS-1:0] room_next   = room - (asked ? burst : {SIZE_BITS{1'b0}}) + { {(SIZE_BITS-1){1'b0}}, given };

  assign req_valid_o = (burst_q != 9'd0) && (room >= burst);
  assign req_addr_o  = { next_q, {BUS_SHIFT{1'b0}} };
  assign req_beats_o = burst;
  assign ready_o     = 1'b1;

  // ---- beats ----
  wire        is_crc  = take_q == ONE;
  wire        store   = valid_i && !is_crc;
  wire        buffer_ready;
  wire        crc_good = data_i == { {(BUS_BITS-32){1'b0}}, crc_i };

  assign crc_clear_o = start_i;
  assign crc_en_o    = store;

  trex_fifo #(.WORD_BITS(BUS_BITS), .DEPTH(PREFETCH_BEATS)) u_buffer (
    .clk_i(clk_i), .rst_i(rst_i || abort_i),
    .wr_valid_i(store), .wr_ready_o(buffer_ready), .wr_data_i(data_i),
    .rd_valid_o(beat_valid_o), .rd_ready_i(beat_ready_i), .rd_data_o(beat_o)
  );

  assign ended_o     = begun_q && (give_q == {SIZE_BITS{1'b0}});
  assign done_o      = done_q;
  assign crc_taken_o = crc_taken_q;
  assign crc_bad_o   = crc_bad_q;
  assign bus_error_o = bus_error_q;

  always @(posedge clk_i) begin
    crc_taken_q <= valid_i && is_crc;
    crc_bad_q   <= valid_i && is_crc && !crc_good && !error_i && !failed_q;
    bus_error_q <= valid_i && error_i;
    if (valid_i) take_q <= take_q - ONE;
    if (valid_i && error_i) failed_q <= 1'b1;
    if (valid_i && is_crc && crc_good && !error_i && !failed_q) done_q <= 1'b1;
    if (asked) begin
      next_q  <= next_q + { {(BEAT_BITS-9){1'b0}}, burst_q };
      ask_q   <= ask_next;
      burst_q <= (ask_next < most) ? ask_next[8:0] : BURST_9;
    end
    room_q <= room_next[ROOM_BITS-1:0];
    if (given) give_q <= give_q - ONE;
    if (start_i) begin
      next_q    <= addr_i[ADDR_BITS-1:BUS_SHIFT];
      ask_q     <= beats_i;
      burst_q   <= (beats_i < { {(SIZE_BITS-9){1'b0}}, to_boundary }) ? beats_i[8:0] : to_boundary;
      take_q    <= beats_i;
      give_q    <= (beats_i == {SIZE_BITS{1'b0}}) ? {SIZE_BITS{1'b0}} : beats_i - ONE;
      room_q    <= ROOM;
      begun_q   <= 1'b1;
      failed_q  <= 1'b0;
      done_q    <= 1'b0;
      crc_bad_q <= beats_i == {SIZE_BITS{1'b0}};
    end
    if (rst_i || abort_i) begin
      burst_q     <= 9'd0;
      begun_q     <= 1'b0;
      done_q      <= 1'b0;
      crc_taken_q <= 1'b0;
      crc_bad_q   <= 1'b0;
      bus_error_q <= 1'b0;
    end
  end

  // Room is counted before a beat is asked for, so the buffer never refuses; addresses are whole beats.
  wire unused_bits = &{ 1'b0, buffer_ready, addr_i[BUS_SHIFT-1:0], room_next };
endmodule
`default_nettype wire
