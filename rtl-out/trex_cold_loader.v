// Cold loader: reads the cold region of a model once and writes program, codebooks, W_S codes and activation table of
// core. Sizes are checked before the first request: nothing is read that would not fit. Numbers of an uncoded W_S are
// looked up in the codebook that core has of their matrix. The last word of a program says what width of activations it is for.
//
// Timing   addr_i .. table_i are held from start_i to done_o; done_o pulses with code_o and the byte counts
//          code_o: good (0), readCold, coldCrc, coldShape or coldValue
// Reset    control only; memories keep what they hold
// Golden   docs/stream.md, "Region cold"; docs/chip.md, "Errors"; generator/program/traffic.ts
`default_nettype none
module trex_cold_loader #(
  // Made with the configuration; do not override.
  parameter COLUMNS      = 8,  // outputs that the array computes at a time; power of two, >= 2
  parameter BUS_BYTES    = 16,  // as of trex_crc32
  parameter ADDR_BITS    = 32,  // of a byte address
  parameter CODE_WORDS   = 16384,  // words of COLUMNS codes, of all matrices; >= 2
  parameter MATRICES     = 4,  // W_S matrices; >= 1
  parameter INSTRUCTIONS = 256,  // words of the program memory; >= 2
  parameter ACT_BITS     = 8,  // of a stored activation; 4 .. 8
  // The same in every configuration; do not override.
  parameter SIZE_BITS = 24,  // number of beats, words or instructions that a request or a region has
  parameter INSTRUCTION_BITS = 128,  // of an instruction
  parameter WEIGHT_CODE_BITS = 4,  // of the code of a weight of W_S, equation 4 of docs/numerics.md
  parameter BOOK_BITS = 128,  // of a codebook
  parameter COMPLETION_BITS = 8,  // of a code that a request or a load ends with
  parameter COLD_MATRICES_BITS = 4,  // of the number of matrices W_S
  // Derived; do not override.
  parameter BUS_BITS     = 8 * BUS_BYTES,
  parameter PC_BITS      = $clog2(INSTRUCTIONS),
  parameter CODE_BITS    = $clog2(CODE_WORDS),
  parameter MATRIX_BITS  = (MATRICES > 1) ? $clog2(MATRICES) : 1
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   start_i,
  input  wire [ADDR_BITS-1:0]   addr_i,           // a multiple of BUS_BYTES
  input  wire [SIZE_BITS-1:0]   beats_i,          // CRC beat included
  input  wire [SIZE_BITS-1:0]   instructions_i,   // END included
  input  wire [COLD_MATRICES_BITS-1:0] matrices_i,
  input  wire [8*SIZE_BITS-1:0] words_i,          // code words of matrix m in field m
  input  wire                   table_i,
  input  wire                   wide_i,           // W_S in containers of 16 bits
  output wire                   busy_o,
  output wire                   done_o,
  output wire [COMPLETION_BITS-1:0] code_o,
  output wire [31:0]            program_bytes_o,
  output wire [31:0]            codebook_bytes_o,
  output wire [31:0]            parameter_bytes_o,
  // to axi_read
  output wire                   req_valid_o,
  input  wire                   req_ready_i,
  output wire [ADDR_BITS-1:0]   req_addr_o,
  output wire [SIZE_BITS-1:0]   req_beats_o,
  input  wire                   valid_i,
  output wire                   ready_o,
  input  wire [BUS_BITS-1:0]    data_i,
  input  wire                   error_i,
  // to crc32
  output wire                   crc_clear_o,
  output wire                   crc_en_o,
  input  wire [31:0]            crc_i,
  // to core
  output wire                   program_wr_en_o,
  output wire [PC_BITS-1:0]     program_wr_addr_o,
  output wire [INSTRUCTION_BITS-1:0] program_wr_data_o,
  output wire                   book_wr_en_o,
  output wire [MATRIX_BITS-1:0] book_wr_addr_o,
  output wire [BOOK_BITS-1:0]   book_wr_data_o,
  input  wire [BOOK_BITS-1:0]   book_i,           // of the matrix at book_wr_addr_o, a cycle later
  output wire                   code_wr_en_o,
  output wire [CODE_BITS-1:0]   code_wr_addr_o,
  output wire [WEIGHT_CODE_BITS*COLUMNS-1:0] code_wr_data_o,
  output wire                   table_wr_en_o,
  output wire [7:0]             table_wr_addr_o,
  output wire [7:0]             table_wr_data_o
);
`ifndef SYNTHESIS
  initial begin
    if (BUS_BYTES != 16) begin $display("%m: BUS_BYTES = %0d: this unit was made with another; generate it anew", BUS_BYTES); $finish; end
    if ((ACT_BITS < 4) || (ACT_BITS > 8)) begin $display("%m: ACT_BITS = %0d: must be 4 .. 8", ACT_BITS); $finish; end
    if ((COLUMNS < 2) || ((COLUMNS & (COLUMNS - 1)) != 0)) begin $display("%m: COLUMNS = %0d: must be a power of two, 2 or more", COLUMNS); $finish; end
    if (MATRICES < 1) begin $display("%m: MATRICES = %0d: must be at least 1", MATRICES); $finish; end
  end
`endif

  localparam BUS_SHIFT  = $clog2(BUS_BYTES);
  localparam CODE_BYTES = COLUMNS * WEIGHT_CODE_BITS / 8;
  localparam WORD_BYTES = INSTRUCTION_BITS / 8;
  localparam WORD_PIECE = (BUS_BYTES > WORD_BYTES) ? WORD_BYTES : BUS_BYTES;                  // bytes of a program or book word in a beat
  localparam CODE_PIECE = (CODE_BYTES > BUS_BYTES) ? BUS_BYTES : CODE_BYTES;  // bytes of a code word in a beat
  localparam WORD_SHIFT = $clog2(WORD_BYTES);
  localparam CODE_SHIFT = $clog2(CODE_BYTES);
  localparam WORD_LAST  = WORD_BYTES / WORD_PIECE - 1;
  localparam CODE_LAST  = CODE_BYTES / CODE_PIECE - 1;
  localparam WORDS_BEAT = BUS_BYTES / WORD_PIECE - 1;
  localparam CODES_BEAT = BUS_BYTES / CODE_PIECE - 1;
  localparam BYTES_BEAT = BUS_BYTES - 1;
  localparam WIDE_SHIFT = CODE_SHIFT + 2;
  localparam WIDE_LAST  = COLUMNS - 1;
  localparam WIDES_BEAT = BUS_BYTES / 2 - 1;
  localparam NARROW_BITS = 8 - ACT_BITS;
  localparam [31:0] BEAT_LESS = BUS_BYTES - 1;
  localparam [SIZE_BITS-1:0] MOST_INSTRUCTIONS = INSTRUCTIONS;
  localparam [SIZE_BITS-1:0] ONE = 1;
  localparam [COLD_MATRICES_BITS-1:0] MOST_MATRICES = MATRICES;
  localparam [31:0] MOST_WORDS        = CODE_WORDS;
  localparam [7:0] CODE_LOADED = 8'd0, CODE_READ_COLD = 8'd12, CODE_COLD_CRC = 8'd13, CODE_COLD_SHAPE = 8'd14,
                   CODE_COLD_VALUE = 8'd16;
  // Sections by number: 2 + m holds the codes of matrix m.
  localparam [3:0] PROGRAM = 4'd0, BOOKS = 4'd1, CODES = 4'd2, TABLE = 4'd10, CRC = 4'd11;
  localparam [2:0] IDLE = 3'd0, CHECK = 3'd1, ASK = 3'd2, NEXT = 3'd3, BEAT = 3'd4, PIECE = 3'd5, LAST = 3'd6, DONE = 3'd7;

  reg [2:0]           state_q;
  reg [3:0]           section_q;
  reg [2:0]           matrix_q;      // section_q - CODES
  reg                 measured_q;    // CHECK: the section's size is in bytes_q
  reg [31:0]          bytes_q;
  reg [SIZE_BITS-1:0] words_q;       // of the same section
  reg [31:0]          beats_q;       // that the sizes ask for
  reg [31:0]          code_words_q;  // CHECK: those so far; then the address of the next
  reg [31:0]          codebooks_q;   // bytes
  reg [SIZE_BITS-1:0] program_count_q;  // registered for the counters' long sums; 0 unless the region has been read
  reg [31:0]          codebook_bytes_q;
  reg [31:0]          parameter_bytes_q;
  reg                 shape_bad_q;
  reg                 width_bad_q;
  reg                 bus_error_q;
  reg                 crc_bad_q;
  reg                 value_bad_q;
  reg [SIZE_BITS-1:0] left_q;        // words of the section not yet whole
  reg [SIZE_BITS-1:0] word_at_q;     // word of the section
  reg [BUS_BITS-1:0]  beat_q;
  reg [5:0]           piece_q;       // piece of the beat
  reg [5:0]           part_q;        // piece of the word
  reg [INSTRUCTION_BITS-1:0] word_q;        // the newest byte on top
  reg                 whole_q;
  reg                 last_q;        // beside whole_q: of its section
  reg [SIZE_BITS-1:0] whole_at_q;
  reg [3:0]           whole_section_q;

  // ---- size of the section ----
  wire        is_program = section_q == PROGRAM;
  wire        is_books   = section_q == BOOKS;
  wire        is_table   = section_q == TABLE;
  wire        is_crc     = section_q == CRC;
  wire        is_codes   = !(is_program || is_books || is_table || is_crc);
  wire        there_now  = { 1'b0, matrix_q } < matrices_i;
  wire        there      = there_now;
  wire        measured   = measured_q;
  wire [SIZE_BITS-1:0] words      = is_program ? instructions_i
                         : (is_books ? { {(SIZE_BITS-4){1'b0}}, matrices_i }
                         : (is_table ? { {(SIZE_BITS-9){1'b0}}, table_i, 8'd0 }
                         : (there ? words_i[SIZE_BITS*matrix_q +: SIZE_BITS] : {SIZE_BITS{1'b0}})));
  wire [2:0]  word_shift = (is_program || is_books) ? WORD_SHIFT[2:0] : (is_table ? 3'd0 : (wide_i ? WIDE_SHIFT[2:0] : CODE_SHIFT[2:0]));
  wire [31:0] bytes      = { {(32-SIZE_BITS){1'b0}}, words } << word_shift;
  wire [31:0] beats      = (bytes_q + BEAT_LESS) >> BUS_SHIFT;
  wire [SIZE_BITS-1:0] next_words = words;
  wire                 next_known = 1'b1;

  // ---- the sizes of all sections, when the one of the CRC is reached ----
  wire misfits = (code_words_q > MOST_WORDS) || (beats_q != { {(32-SIZE_BITS){1'b0}}, beats_i });
  wire checked = is_crc;

  // ---- pieces of a beat joined to words ----
  wire [INSTRUCTION_BITS+8*WORD_PIECE-1:0] join_word = { beat_q[8*WORD_PIECE-1:0], word_q };
  wire [INSTRUCTION_BITS+8*CODE_PIECE-1:0] join_code = { beat_q[8*CODE_PIECE-1:0], word_q };
  wire [INSTRUCTION_BITS+8-1:0]            join_byte = { beat_q[7:0], word_q };
  wire       long_word  = is_program || is_books;
  wire       is_wide    = is_codes && wide_i;
  wire [5:0] last_part  = long_word ? WORD_LAST[5:0] : (is_table ? 6'd0 : (wide_i ? WIDE_LAST[5:0] : CODE_LAST[5:0]));
  wire [5:0] last_piece = long_word ? WORDS_BEAT[5:0] : (is_table ? BYTES_BEAT[5:0] : (wide_i ? WIDES_BEAT[5:0] : CODES_BEAT[5:0]));
  wire       piece      = state_q == PIECE;
  wire       whole      = piece && (part_q == last_part);
  wire       beat       = valid_i && ready_o;

  // ---- number of a container to the lowest code that has it ----
  wire [15:0] equal;
  reg  [3:0]  code;
  wire        known = (|equal) && (beat_q[15:8] == {8{beat_q[7]}});
  genvar e;
  generate
    for (e = 0; e < 16; e = e + 1) begin : gen_equal
      assign equal[e] = beat_q[7:0] == book_i[8*e +: 8];
    end
  endgenerate
  integer n;
  always @* begin
    code = 4'd0;
    for (n = 15; n >= 0; n = n - 1) begin
      if (equal[n]) code = n[3:0];
    end
  end

  wire       crc_good   = data_i == { {(BUS_BITS-32){1'b0}}, crc_i };

  assign crc_clear_o = start_i;
  assign crc_en_o    = valid_i && (state_q == BEAT);

  assign busy_o      = state_q != IDLE;
  assign done_o      = state_q == DONE;
  assign code_o      = shape_bad_q ? CODE_COLD_SHAPE : (bus_error_q ? CODE_READ_COLD : (crc_bad_q ? CODE_COLD_CRC
                     : (width_bad_q ? CODE_COLD_SHAPE : (value_bad_q ? CODE_COLD_VALUE : CODE_LOADED))));
  assign req_valid_o = state_q == ASK;
  assign req_addr_o  = addr_i;
  assign req_beats_o = beats_i;
  assign ready_o     = (state_q == BEAT) || (state_q == LAST);

  assign program_bytes_o   = { {(28-SIZE_BITS){1'b0}}, program_count_q, 4'd0 };
  assign codebook_bytes_o  = codebook_bytes_q;
  assign parameter_bytes_o = parameter_bytes_q;

  assign program_wr_en_o   = whole_q && (whole_section_q == PROGRAM);
  assign program_wr_addr_o = whole_at_q[PC_BITS-1:0];
  assign program_wr_data_o = word_q;
  assign book_wr_en_o      = whole_q && (whole_section_q == BOOKS);
  assign book_wr_addr_o    = book_wr_en_o ? whole_at_q[MATRIX_BITS-1:0] : matrix_q[MATRIX_BITS-1:0];
  assign book_wr_data_o    = word_q;
  assign code_wr_en_o      = whole_q && (whole_section_q >= CODES) && (whole_section_q < TABLE);
  assign code_wr_addr_o    = whole_at_q[CODE_BITS-1:0];
  assign code_wr_data_o    = word_q[INSTRUCTION_BITS-1 -: WEIGHT_CODE_BITS*COLUMNS];
  assign table_wr_en_o     = whole_q && (whole_section_q == TABLE);
  assign table_wr_addr_o   = whole_at_q[7:0];
  assign table_wr_data_o   = word_q[INSTRUCTION_BITS-1 -: 8];

  always @(posedge clk_i) begin
    case (state_q)
      IDLE: begin
        measured_q   <= 1'b0;
        beats_q      <= 32'd1;
        code_words_q <= 32'd0;
        codebooks_q  <= 32'd0;
        program_count_q   <= {SIZE_BITS{1'b0}};
        codebook_bytes_q  <= 32'd0;
        parameter_bytes_q <= 32'd0;
        bus_error_q  <= 1'b0;
        crc_bad_q    <= 1'b0;
        value_bad_q  <= 1'b0;
        width_bad_q  <= 1'b0;
        shape_bad_q  <= (instructions_i == {SIZE_BITS{1'b0}}) || (instructions_i > MOST_INSTRUCTIONS) || (matrices_i > MOST_MATRICES);
        if (start_i) state_q <= CHECK;
      end
      CHECK: begin
        if (is_crc) begin
          code_words_q <= 32'd0;
          state_q      <= ASK;
          if (shape_bad_q || misfits) begin
            shape_bad_q <= 1'b1;
            state_q     <= DONE;
          end
        end else begin
          measured_q <= !measured_q;
          bytes_q    <= bytes;
          words_q    <= words;
        end
        if (measured) begin
          section_q <= section_q + 4'd1;
          matrix_q  <= matrix_q + 3'd1;
          beats_q   <= beats_q + beats;
          if (!is_program) codebooks_q <= codebooks_q + bytes_q;
          if (is_codes) code_words_q <= code_words_q + { {(32-SIZE_BITS){1'b0}}, words_q };
          if (is_codes && there && (words_q == {SIZE_BITS{1'b0}})) shape_bad_q <= 1'b1;
        end
      end
      ASK: if (req_ready_i) state_q <= NEXT;
      NEXT: begin
        left_q    <= next_words;
        word_at_q <= is_codes ? code_words_q[SIZE_BITS-1:0] : {SIZE_BITS{1'b0}};
        part_q    <= 6'd0;
        if (!next_known) state_q <= NEXT;
        else if (is_crc) state_q <= LAST;
        else if (next_words == {SIZE_BITS{1'b0}}) begin
          section_q <= section_q + 4'd1;
          matrix_q  <= matrix_q + 3'd1;
        end
        else state_q <= BEAT;
      end
      BEAT: begin
        piece_q <= 6'd0;
        if (valid_i) state_q <= PIECE;
      end
      PIECE: begin
        piece_q <= piece_q + 6'd1;
        part_q  <= whole ? 6'd0 : part_q + 6'd1;
        if (piece_q == last_piece) state_q <= BEAT;
        if (whole) begin
          left_q    <= left_q - 1'b1;
          word_at_q <= word_at_q + 1'b1;
          if (left_q == ONE) begin
            if (is_codes) code_words_q <= { {(32-SIZE_BITS){1'b0}}, word_at_q } + 32'd1;
            section_q <= section_q + 4'd1;
            matrix_q  <= matrix_q + 3'd1;
            state_q   <= NEXT;
          end
        end
      end
      LAST: if (valid_i) begin
        program_count_q   <= instructions_i;
        codebook_bytes_q  <= codebooks_q;
        parameter_bytes_q <= (beats_q << BUS_SHIFT) - codebooks_q - { {(28-SIZE_BITS){1'b0}}, instructions_i, 4'd0 };
        crc_bad_q <= !crc_good;
        state_q   <= DONE;
      end
      default: state_q <= IDLE;
    endcase

    // Back at the first section; by itself, so that no size is looked at for it.
    if ((state_q == IDLE) || ((state_q == CHECK) && checked)) begin
      section_q <= PROGRAM;
      matrix_q  <= PROGRAM[2:0] - CODES[2:0];
    end
    if (beat) begin
      beat_q <= data_i;
      if (error_i) bus_error_q <= 1'b1;
    end
    whole_q         <= whole;
    last_q          <= left_q == ONE;
    whole_at_q      <= word_at_q;
    whole_section_q <= section_q;
    if (piece) begin
      if (is_wide && !known) value_bad_q <= 1'b1;
      beat_q <= long_word ? beat_q >> (8*WORD_PIECE) : (is_table ? beat_q >> 8 : (wide_i ? beat_q >> 16 : beat_q >> (8*CODE_PIECE)));
      word_q <= long_word ? join_word[8*WORD_PIECE +: INSTRUCTION_BITS]
                          : (is_table ? join_byte[8 +: INSTRUCTION_BITS]
                          : (wide_i ? { code, word_q[INSTRUCTION_BITS-1:WEIGHT_CODE_BITS] } : join_code[8*CODE_PIECE +: INSTRUCTION_BITS]));
    end
    if (program_wr_en_o && last_q && (word_q[117 +: 3] != NARROW_BITS[3-1:0])) width_bad_q <= 1'b1;
    if (rst_i) begin
      state_q <= IDLE;
      whole_q <= 1'b0;
    end
  end

  wire unused_bits = &{ 1'b0, whole_at_q, join_word[8*WORD_PIECE-1:0], join_code[8*CODE_PIECE-1:0], join_byte[7:0] };
endmodule
`default_nettype wire
