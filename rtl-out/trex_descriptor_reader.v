// Descriptor reader: fetches the descriptors of the ring in order, one at a time, and checks them.
//
//   entry_*    a descriptor that may enter the queue
//   refused_*  one that may not, with its code: bus error, CRC, length, alignment, address;
//              the first of these in this order; without a good CRC its tag is 0
//
// The CRC is checked while the beats come: what it covers and the CRC itself go through one register, the status word
// between them left out and zeros behind, and end as RESIDUE (generator/rtl/descriptor_reader.ts) when they agree.
//
// Layout   descriptor: docs/stream.md; descriptor n lies at ring_addr + (n mod 2^ring_log2) * max(32, BUS_BYTES)
// Timing   fetched_o counts a descriptor when its fetch begins; it is given out before the next fetch begins
// Reset    control only
// Golden   docs/chip.md, "Descriptor ring" and "Errors"
`default_nettype none
module trex_descriptor_reader #(
  // Made with the configuration; do not override.
  parameter BUS_BYTES     = 16,  // as of trex_crc32
  parameter ADDR_BITS     = 32,  // of a byte address
  parameter WINDOW_TOKENS = 128,  // most tokens of a request
  // The same in every configuration; do not override.
  parameter POSITION_BITS = 12,  // place of a token or a key, and how many there are
  parameter SLOT_BITS = 16,  // of the place of a descriptor in the ring
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  parameter RING_LOG2_BITS = 5,  // of the binary logarithm of the descriptors of the ring
  parameter COMPLETION_BITS = 8,  // of a code that a request or a load ends with
  // Derived; do not override.
  parameter STRIDE        = (BUS_BYTES > 32) ? BUS_BYTES : 32,
  parameter BUS_BITS      = 8 * BUS_BYTES
) (
  input  wire                     clk_i,
  input  wire                     rst_i,
  input  wire                     serve_i,        // the ring is served
  input  wire                     room_i,         // the queue can take one more
  input  wire [ADDR_BITS-1:0]     ring_addr_i,
  input  wire [RING_LOG2_BITS-1:0] ring_log2_i,
  input  wire [31:0]              ring_tail_i,
  output wire [31:0]              fetched_o,
  output wire                     more_o,         // there is a descriptor to fetch
  output wire                     idle_o,         // none is being fetched
  // to axi_read
  output wire                     rd_req_valid_o,
  input  wire                     rd_req_ready_i,
  output wire [ADDR_BITS-1:0]     rd_req_addr_o,
  output wire [SIZE_BITS-1:0]     rd_req_beats_o,
  input  wire                     rd_valid_i,
  output wire                     rd_ready_o,
  input  wire [BUS_BITS-1:0]      rd_data_i,
  input  wire                     rd_error_i,
  // to crc32
  output wire                     crc_clear_o,
  output wire                     crc_en_o,
  output wire [BUS_BITS-1:0]      crc_data_o,     // what it covers of the beat
  input  wire [31:0]              crc_i,
  // the descriptor
  output wire                     entry_valid_o,
  input  wire                     entry_ready_i,
  output wire                     refused_valid_o,
  input  wire                     refused_ready_i,
  output wire [COMPLETION_BITS-1:0] code_o,
  output wire [SLOT_BITS-1:0]     slot_o,         // its place in the ring
  output wire [POSITION_BITS-1:0] length_o,
  output wire [ADDR_BITS-1:0]     input_o,
  output wire [ADDR_BITS-1:0]     output_o,
  output wire [31:0]              tag_o
);
`ifndef SYNTHESIS
  initial begin
    if (BUS_BYTES != 16) begin $display("%m: BUS_BYTES = %0d: this unit was made with another; generate it anew", BUS_BYTES); $finish; end
  end
`endif

  localparam [7:0] CODE_GOOD = 8'd1, CODE_BAD_LENGTH = 8'd2, CODE_MISALIGNED = 8'd3, CODE_BAD_DESCRIPTOR = 8'd4,
                   CODE_READ_DESCRIPTOR = 8'd5, CODE_DESCRIPTOR_CRC = 8'd17;
  localparam [31:0] RESIDUE = 32'h6522df69;
  localparam [31:0] TOKENS = WINDOW_TOKENS;
  localparam        STRIDE_SHIFT = $clog2(STRIDE);
  localparam        BUS_SHIFT    = $clog2(BUS_BYTES);
  localparam DESC_INPUT = 0, DESC_OUTPUT = 8, DESC_TOKENS = 16, DESC_TAG = 20, DESC_STATUS = 24, DESC_BYTES = 32;
  localparam        BITS         = 8 * DESC_BYTES;
  localparam        BEATS        = (BUS_BYTES < DESC_BYTES) ? DESC_BYTES / BUS_BYTES : 1;
  localparam [SIZE_BITS-1:0] ALL_BEATS = BEATS;

  localparam [1:0] IDLE = 2'd0, ASK = 2'd1, READ = 2'd2, GIVE = 2'd3;
  reg  [1:0]   state_q;
  reg  [31:0]  fetched_q;
  reg  [SLOT_BITS-1:0] slot_q;
  reg  [SIZE_BITS-1:0] beat_q;
  reg          error_q;
  reg  [BITS-1:0] descriptor_q;  // the last beat in the high bits
  wire         start     = (state_q == IDLE) && more_o && room_i;
  wire         take      = (state_q == READ) && rd_valid_i;
  wire         last      = beat_q + 1'b1 == ALL_BEATS;
  wire         checked   = 1'b1;
  wire [SLOT_BITS-1:0] ring_mask = ~({SLOT_BITS{1'b1}} << ring_log2_i);

  assign fetched_o = fetched_q;
  assign more_o    = serve_i && (fetched_q != ring_tail_i);
  assign idle_o    = state_q == IDLE;

  generate
    if (BUS_BYTES < DESC_BYTES) begin : gen_narrow
      always @(posedge clk_i) if (take) descriptor_q <= { rd_data_i, descriptor_q[BITS-1:BUS_BITS] };
    end else begin : gen_wide
      always @(posedge clk_i) if (take) descriptor_q <= rd_data_i[BITS-1:0];
    end
    if (BUS_BYTES > DESC_BYTES) begin : gen_upper
      wire unused_upper = &{ 1'b0, rd_data_i[BUS_BITS-1:BITS] };
    end
  endgenerate

  // ---- CRC ----
  wire covered;  // all of the beat but the status word
  generate
    if (BUS_BYTES < 8) begin : gen_covered
      localparam [SIZE_BITS-1:0] STATUS_BEAT = DESC_STATUS / BUS_BYTES;
      assign covered    = beat_q != STATUS_BEAT;
      assign crc_data_o = rd_data_i;
    end else begin : gen_covered
      localparam                STATUS_AT = 8 * (DESC_STATUS % BUS_BYTES);
      localparam [BUS_BITS-1:0] ONE       = 1;
      localparam [BUS_BITS-1:0] BELOW     = (ONE << STATUS_AT) - ONE;
      localparam [BUS_BITS-1:0] CRC_MASK  = { {(BUS_BITS-32){1'b0}}, 32'hffffffff } << STATUS_AT;
      assign covered    = 1'b1;
      assign crc_data_o = last ? (rd_data_i & BELOW) | ((rd_data_i >> 32) & CRC_MASK) : rd_data_i;
    end
  endgenerate
  assign crc_clear_o = state_q == IDLE;
  assign crc_en_o    = take && covered;

  // ---- checks ----
  wire        leaves      = (entry_valid_o && entry_ready_i) || (refused_valid_o && refused_ready_i);
  wire [63:0] input_addr  = descriptor_q[8*DESC_INPUT +: 64];
  wire [63:0] output_addr = descriptor_q[8*DESC_OUTPUT +: 64];
  wire [31:0] length      = descriptor_q[8*DESC_TOKENS +: 32];
  wire        unused_bits = &{ 1'b0, descriptor_q[BITS-1:8*DESC_STATUS] };
  wire        crc_bad     = crc_i != RESIDUE;
  wire        bad_length  = (length == 32'd0) || (length > TOKENS);
  wire        misaligned  = (input_addr[BUS_SHIFT-1:0] != {BUS_SHIFT{1'b0}}) || (output_addr[BUS_SHIFT-1:0] != {BUS_SHIFT{1'b0}});
  wire        outside;
  generate
    if (ADDR_BITS < 64) begin : gen_outside
      assign outside = (|input_addr[63:ADDR_BITS]) || (|output_addr[63:ADDR_BITS]);
    end else begin : gen_outside
      assign outside = 1'b0;
    end
  endgenerate
  wire [COMPLETION_BITS-1:0] found = error_q    ? CODE_READ_DESCRIPTOR :
                    crc_bad    ? CODE_DESCRIPTOR_CRC :
                    bad_length ? CODE_BAD_LENGTH :
                    misaligned ? CODE_MISALIGNED :
                    outside    ? CODE_BAD_DESCRIPTOR : CODE_GOOD;
  wire [COMPLETION_BITS-1:0] code = found;

  assign rd_req_valid_o  = state_q == ASK;
  assign rd_req_beats_o  = ALL_BEATS;
  assign rd_ready_o      = state_q == READ;
  assign entry_valid_o   = (state_q == GIVE) && checked && (code == CODE_GOOD);
  assign refused_valid_o = (state_q == GIVE) && checked && (code != CODE_GOOD);
  assign code_o          = code;
  assign slot_o          = slot_q;
  assign length_o        = length[POSITION_BITS-1:0];
  assign input_o         = input_addr[ADDR_BITS-1:0];
  assign output_o        = output_addr[ADDR_BITS-1:0];
  assign tag_o           = (error_q || crc_bad) ? 32'd0 : descriptor_q[8*DESC_TAG +: 32];
  assign rd_req_addr_o   = ring_addr_i + { {(ADDR_BITS-SLOT_BITS-STRIDE_SHIFT){1'b0}}, slot_q, {STRIDE_SHIFT{1'b0}} };

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: begin
        slot_q  <= fetched_q[SLOT_BITS-1:0] & ring_mask;
        beat_q  <= {SIZE_BITS{1'b0}};
        error_q <= 1'b0;
        if (start) begin
          fetched_q <= fetched_q + 32'd1;
          state_q   <= ASK;
        end
      end
      ASK: if (rd_req_ready_i) state_q <= READ;
      READ: if (rd_valid_i) begin
        beat_q  <= beat_q + 1'b1;
        error_q <= error_q || rd_error_i;
        if (last) state_q <= GIVE;
      end
      default: if (leaves) state_q <= IDLE;
    endcase
    if (rst_i) begin
      state_q   <= IDLE;
      fetched_q <= 32'd0;
    end
  end
endmodule
`default_nettype wire
