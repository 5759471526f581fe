import { makeParams } from '../../generator/params/params.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { crcOf } from '../../generator/program/manifest.js';
import { coldTraffic } from '../../generator/program/traffic.js';
import { sumTraffic } from '../../generator/contract/traffic-classes.js';
import { widths } from '../../generator/contract/widths.js';
import { axiRead } from '../../generator/rtl/axi_read.js';
import { coldLoader } from '../../generator/rtl/cold_loader.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, paces, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly busBytes: number;
  readonly codeWords: number;
  readonly matrices: number;
  readonly instructions: number;
  readonly actBits: number;
  readonly stall: number;
  readonly extraStages: 0 | 1;
}

interface Sizes {
  readonly instructions: number;
  readonly words: readonly number[];
  readonly table: boolean;
  readonly wide: boolean;
  readonly beats: number;
}

const base = 2 ** 29 - 1024;

const trafficOf = ({ instructions, words, table, wide }: Sizes, hardware: Pick<Shape, 'columns' | 'busBytes'>) =>
  coldTraffic(
    { matrices: words.map((inner) => ({ inner, rank: hardware.columns })), wideMatrices: wide, table, operations: instructions - 1 },
    hardware,
  );

const beatsOf = (sizes: Sizes, hardware: Pick<Shape, 'columns' | 'busBytes'>): number =>
  sumTraffic(trafficOf(sizes, hardware)) / hardware.busBytes;

/** What the registers may say instead of the truth: another size than the region has, or a region that does not fit. */
function wrongSizes(sizes: Sizes, shape: Shape): Sizes[] {
  const { words, beats, table, wide } = sizes;
  const { codeWords, matrices, instructions } = shape;
  const last = codeWords - words.slice(1).reduce((sum, count) => sum + count, 0);
  const whole = (wrong: Sizes): Sizes => ({ ...wrong, beats: beatsOf(wrong, shape) });
  return [
    { ...sizes, beats: beats + 1 },
    { ...sizes, beats: beats - 1 },
    { ...sizes, beats: 0 },
    { ...sizes, table: !table },
    ...(words.length > 0 && beatsOf({ ...sizes, wide: !wide }, shape) !== beats ? [{ ...sizes, wide: !wide }] : []),
    { ...sizes, words: [] },
    whole({ ...sizes, instructions: 0 }),
    whole({ ...sizes, instructions: instructions + 1 }),
    whole({ ...sizes, words: Array.from({ length: matrices + 1 }, () => 1) }),
    whole({ ...sizes, words: [...words.slice(1), last + 1] }),
    ...words.map((_, m) => whole({ ...sizes, words: words.map((count, n) => (n === m ? 0 : count)) })),
    whole({ ...sizes, words: words.map(() => 0) }),
  ].filter((wrong) => wrong.words.length <= 8);
}

/** Entries that stand in a codebook twice, numbers of both signs. */
function randomBook(random: Random): number[] {
  const book = Array.from({ length: 16 }, () => random.below(256));
  for (let twice = random.below(4); twice > 0; twice -= 1) book[random.below(16)] = book[random.below(16)]!;
  return book;
}

/** One container of one matrix to a number that its codebook does not hold, or that is not a byte. */
function spoilNumber(
  random: Random,
  matrices: readonly number[][],
  counts: readonly number[],
  books: readonly (readonly number[])[],
): void {
  const m = random.below(matrices.length);
  const bytes = matrices[m]!;
  const at = 2 * random.below(counts[m]!);
  if (random.below(2) === 0) {
    bytes[at + 1]! ^= 1 << random.below(8);
    return;
  }
  let number = random.below(256);
  while (books[m]!.includes(number)) number = random.below(256);
  bytes[at] = number;
  bytes[at + 1] = number > 127 ? 255 : 0;
}

/** What a load is, in the order of the bench; a kind may have a fault or two. */
const loadKinds = [
  'good',
  'full',
  'crc',
  'shape',
  'value',
  'width',
  'bus',
  'good',
  'full',
  'value and crc',
  'width and crc',
  'width and value',
  'good',
  'empty',
];

/** What a load ends with; of several faults the first in this order. */
function codeOf(kind: string): number {
  if (kind.endsWith('crc')) return completionCodes.coldCrc;
  if (kind === 'bus') return completionCodes.readCold;
  if (kind.startsWith('width')) return completionCodes.coldShape;
  return kind === 'value' ? completionCodes.coldValue : 0;
}

/** Regions in memory, what the loader writes of each (vectors), and what it is told and must answer (loads). */
class LoaderRuns {
  readonly memory: string[] = [];
  readonly vectors: string[] = [];
  readonly loads: string[] = [];
  /** Address of a beat with a bus error. */
  errorAt = -1;

  constructor(
    private readonly shape: Shape,
    private readonly random: Random,
  ) {}

  /** A load of this kind, and of the same region with every wrong size where that is what it is about. */
  add(kind: string, wide: boolean): void {
    const { random, shape } = this;
    const { busBytes } = shape;
    const { words, length, table } = this.drawSizes(kind);
    for (let gap = random.below(5); gap > 0; gap -= 1) this.memory.push(random.bits(8 * busBytes).toString(16));
    const at = this.memory.length;
    const bytes = this.withCrc(this.region(kind, wide, words, length, table), kind);
    for (let n = 0; n < bytes.length; n += busBytes) this.memory.push(join(bytes.slice(n, n + busBytes), 8).toString(16));
    const sizes = { instructions: length, words, table, wide, beats: bytes.length / busBytes };
    const traffic = trafficOf(sizes, shape);
    const counts = [traffic.program, traffic.codebooks, traffic.parameters];
    if (kind === 'bus') this.errorAt = base + busBytes * (at + random.below(sizes.beats));
    this.load(at, sizes, codeOf(kind), counts, kind === 'bus' || kind.includes('value'));
    if (kind === 'shape') for (const wrong of wrongSizes(sizes, shape)) this.load(at, wrong, completionCodes.coldShape, [0, 0, 0]);
  }

  /** Code words of each matrix, instructions, and whether there is a table. */
  private drawSizes(kind: string): { words: number[]; length: number; table: boolean } {
    const { random } = this;
    const { matrices, codeWords, instructions } = this.shape;
    const count = kind === 'full' ? matrices : kind === 'empty' ? 0 : 1 + random.below(matrices);
    const most = Math.floor(codeWords / count);
    const words = Array.from({ length: count }, (_, m) =>
      kind !== 'full' ? 1 + random.below(most) : m === 0 ? codeWords - most * (count - 1) : most,
    );
    const length = kind === 'full' ? instructions : kind === 'empty' ? 1 : 1 + random.below(instructions);
    return { words, length, table: kind === 'full' || (kind !== 'empty' && random.below(2) === 1) };
  }

  /** Program, codebooks, matrices and table; each word of them is a vector. */
  private region(kind: string, wide: boolean, words: readonly number[], length: number, table: boolean): number[] {
    const { random } = this;
    const { actBits, columns } = this.shape;
    // The last word of the program says 8 - actBits in the three bits from 117 on.
    const narrow = kind.startsWith('width') ? (8 - actBits) ^ (1 + random.below(7)) : 8 - actBits;
    const program = this.section(ports.program, length, 16, 0, narrow);
    const books = words.map(() => randomBook(random));
    books.forEach((book, m) => this.write(ports.books, m, book));
    let codeAt = 0;
    const matrices = words.map((n, m) => {
      const first = codeAt;
      codeAt += n;
      return wide ? this.numbers(n, books[m]!, first) : this.section(ports.codes, n, columns / 2, first);
    });
    const containers = words.map((n) => n * columns);
    if (kind.includes('value')) spoilNumber(random, matrices, containers, books);
    return [...program, ...this.padded(books.flat()), ...matrices.flat(), ...(table ? this.section(ports.table, 256, 1) : [])];
  }

  /** Random words of one section, which the loader writes to a port from `first` on; `narrow` goes into the last of a program. */
  private section(port: number, words: number, bytes: number, first = 0, narrow?: number): number[] {
    const { random } = this;
    return this.padded(
      Array.from({ length: words }, (_, n) => {
        const word = Array.from({ length: bytes }, () => random.below(256));
        if (narrow !== undefined && n === words - 1) word[14] = (word[14]! & 31) | (narrow << 5);
        this.write(port, first + n, word);
        return word;
      }).flat(),
    );
  }

  /** Numbers of one matrix in containers; the chip stores the lowest code of each. */
  private numbers(n: number, book: readonly number[], first: number): number[] {
    const { random } = this;
    const { columns } = this.shape;
    return this.padded(
      Array.from({ length: n }, (_, word) => {
        const numbers = Array.from({ length: columns }, () => book[random.below(16)]!);
        const codes = numbers.map((number) => book.indexOf(number));
        const stored = Array.from({ length: columns / 2 }, (_, i) => codes[2 * i]! + 16 * codes[2 * i + 1]!);
        this.write(ports.codes, first + word, stored);
        return numbers.flatMap((number) => [number, number > 127 ? 255 : 0]);
      }).flat(),
    );
  }

  private withCrc(region: readonly number[], kind: string): number[] {
    const { random } = this;
    const crc = crcOf(Uint8Array.from(region));
    const last = this.padded([0, 8, 16, 24].map((bit) => (crc >>> bit) & 255));
    if (kind.endsWith('crc')) last[random.below(this.shape.busBytes)]! ^= 1 << random.below(8);
    return [...region, ...last];
  }

  private padded(bytes: readonly number[]): number[] {
    return [...bytes, ...Array.from({ length: -bytes.length & (this.shape.busBytes - 1) }, () => 0)];
  }

  private write(port: number, at: number, bytes: readonly number[]): void {
    this.vectors.push(
      pack([
        [2, port],
        [widths.SIZE.bits, at],
        [128, join(bytes, 8)],
      ]),
    );
  }

  private load(at: number, sizes: Sizes, code: number, counts: readonly number[], unchecked = false): void {
    this.loads.push(
      pack([
        [32, this.vectors.length],
        [8, code],
        [1, unchecked],
        ...counts.map((count) => [32, count] as const),
        [32, base + this.shape.busBytes * at],
        [widths.SIZE.bits, sizes.beats],
        [widths.SIZE.bits, sizes.instructions],
        [4, sizes.words.length],
        [8 * widths.SIZE.bits, join(sizes.words, widths.SIZE.bits)],
        [1, sizes.table],
        [1, sizes.wide],
      ]),
    );
  }
}

/** Memories of core by their numbers in a vector. */
const ports = { program: 0, books: 1, codes: 2, table: 3 } as const;

/** Loads of every kind, in turn: good ones, ones with a wrong CRC or sizes, an unknown number, activations of another width, and one with a bus error. */
function loaderBench(shape: Shape, seed: number): Bench {
  const { columns, busBytes, codeWords, matrices, instructions, actBits, stall, extraStages } = shape;
  const runs = new LoaderRuns(shape, makeRandom(seed));
  // Coded and uncoded, each both ways round.
  loadKinds.forEach((kind, turn) => runs.add(kind, kind.includes('value') || (turn + seed) % 2 === 0));
  const { memory, vectors, loads, errorAt } = runs;
  const cycles = 60 * (vectors.length + memory.length) + 2000;
  return {
    unit: 'cold_loader',
    models: ['axi_memory.v'],
    vectors,
    cycles,
    files: render(makeParams({ port: { busBytes }, timing: { extraStages } }), coldLoader, axiRead, crc32, fifo, ram),
    macros: {
      COLUMNS: columns,
      BUS_BYTES: busBytes,
      CODE_WORDS: codeWords,
      MATRICES: matrices,
      INSTRUCTIONS: instructions,
      ACT_BITS: actBits,
      BURST_BEATS: 8,
      OUTSTANDING: 4,
      BEATS: memory.length,
      BASE: base,
      LOADS: loads.length,
      CYCLES: cycles,
    },
    inputs: { 'memory.hex': memory, 'loads.hex': loads },
    plusargs: { seed, stall, latency: 3, latency_random: stall, error_read_at: errorAt },
    variants: paces,
  };
}

describeUnit<Shape>({
  unit: 'cold_loader',
  shapes: [
    { columns: 8, busBytes: 16, codeWords: 60, matrices: 3, instructions: 21, actBits: 8, stall: 5, extraStages: 1 },
    { columns: 2, busBytes: 64, codeWords: 301, matrices: 7, instructions: 8, actBits: 5, stall: 0, extraStages: 0 },
    { columns: 32, busBytes: 4, codeWords: 17, matrices: 1, instructions: 9, actBits: 6, stall: 3, extraStages: 1 },
    { columns: 16, busBytes: 8, codeWords: 64, matrices: 8, instructions: 16, actBits: 4, stall: 6, extraStages: 0 },
    { columns: 4, busBytes: 32, codeWords: 50, matrices: 2, instructions: 33, actBits: 7, stall: 0, extraStages: 1 },
  ],
  makeBench: loaderBench,
  mutants: [
    { what: 'takes more code words than the memory holds', find: 'code_words_q > MOST_WORDS', put: "1'b0" },
    { what: 'takes one instruction too many', find: 'instructions_i > MOST_INSTRUCTIONS', put: "1'b0" },
    { what: 'takes a program of no instructions', find: "(instructions_i == {SIZE_BITS{1'b0}})", put: "1'b0" },
    { what: 'takes more matrices than there are codebooks', find: 'matrices_i > MOST_MATRICES', put: "1'b0" },
    { what: 'does not look at the size of the region', find: "(beats_q != { {(32-SIZE_BITS){1'b0}}, beats_i })", put: "1'b0" },
    { what: 'rounds a section down to beats', find: '(bytes_q + BEAT_LESS) >> BUS_SHIFT', put: 'bytes_q >> BUS_SHIFT' },
    {
      what: 'puts every matrix at the start of the store',
      find: "is_codes ? code_words_q[SIZE_BITS-1:0] : {SIZE_BITS{1'b0}}",
      put: "{SIZE_BITS{1'b0}}",
    },
    {
      what: 'begins a section in the beat of the one before',
      find: '            state_q   <= NEXT;',
      put: '            if (piece_q == last_piece) state_q <= NEXT; else begin left_q <= ONE; state_q <= PIECE; end',
    },
    { what: 'takes a matrix of no words', find: "is_codes && there && (words_q == {SIZE_BITS{1'b0}})", put: "1'b0" },
    { what: 'takes a program for activations of any width', find: 'word_q[117 +: 3] != NARROW_BITS[3-1:0]', put: "1'b0" },
    { what: 'looks for the width in every instruction', find: 'program_wr_en_o && last_q', put: 'program_wr_en_o' },
    { what: 'keeps the width of an earlier load', find: "        width_bad_q  <= 1'b0;\n", put: '' },
    {
      what: 'tells of the width when the whole region is damaged',
      find: '(crc_bad_q ? CODE_COLD_CRC',
      put: '(width_bad_q ? CODE_COLD_SHAPE : crc_bad_q ? CODE_COLD_CRC',
    },
    { what: 'accepts any CRC', find: 'crc_bad_q <= !crc_good', put: "crc_bad_q <= 1'b0" },
    { what: 'forgets the table', find: 'left_q    <= next_words', put: 'left_q    <= is_table ? ONE : next_words' },
    { what: 'forgets a bus error', find: 'if (error_i) bus_error_q', put: "if (1'b0) bus_error_q" },
    {
      what: 'takes a bus error for a wrong CRC',
      find: '(bus_error_q ? CODE_READ_COLD : (crc_bad_q ? CODE_COLD_CRC',
      put: '(crc_bad_q ? CODE_COLD_CRC : (bus_error_q ? CODE_READ_COLD',
    },
    { what: 'takes an uncoded region for one of the size of codes', find: '(wide_i ? WIDE_SHIFT[2:0] :', put: "(1'b0 ? WIDE_SHIFT[2:0] :" },
    { what: 'takes a number for another that is like it in its low byte', find: ' && (beat_q[15:8] == {8{beat_q[7]}})', put: '' },
    { what: 'takes any number', find: 'is_wide && !known', put: "1'b0" },
    {
      what: 'tells of a number when the whole region is damaged',
      find: '(crc_bad_q ? CODE_COLD_CRC',
      put: '(value_bad_q ? CODE_COLD_VALUE : crc_bad_q ? CODE_COLD_CRC',
    },
    { what: 'gives the code of another number', find: 'if (equal[n]) code = n[3:0]', put: 'if (equal[n]) code = code | n[3:0]' },
    {
      what: 'looks numbers up in the codebook of another matrix',
      find: ': matrix_q[MATRIX_BITS-1:0]',
      put: ': whole_at_q[MATRIX_BITS-1:0]',
    },
    { what: 'begins a wide word in the middle', find: '(wide_i ? WIDE_LAST[5:0] :', put: "(wide_i ? WIDE_LAST[5:0] - 6'd1 :" },
    { what: 'drops the last container of a beat', find: '(wide_i ? WIDES_BEAT[5:0] :', put: "(wide_i ? WIDES_BEAT[5:0] - 6'd1 :" },
    { what: 'keeps the fault of an earlier load', find: "        value_bad_q  <= 1'b0;\n", put: '' },
    { what: 'looks at containers in a coded region', find: '= is_codes && wide_i', put: '= is_codes' },
    {
      what: 'counts padding as codebooks',
      find: 'codebooks_q <= codebooks_q + bytes_q',
      put: 'codebooks_q <= codebooks_q + (beats << BUS_SHIFT)',
    },
  ],
});
