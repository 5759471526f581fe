import { bytesOf } from '../../generator/operations/bytes.js';
import { makeParams } from '../../generator/params/params.js';
import { BitWriter } from '../../generator/contract/bits.js';
import { instructionOf } from '../../generator/program/instructions.js';
import { encodeInstruction } from '../../generator/contract/isa.js';
import type { Operation } from '../../generator/program/operation.js';
import { windowTraffic } from '../../generator/program/traffic.js';
import { streamItems, type StreamItem } from '../../generator/contract/codes.js';
import { codeBits } from '../../generator/rtl/verilog-codes.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { sectionDecoder } from '../../generator/rtl/section_decoder.js';
import type { LinearOperation } from '../../generator/operations/fields.js';
import { between, perColumn, randomDense, randomExpand, randomFrom, randomNorm } from '../support/random-model.js';
import { describeUnit, join, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly busBytes: number;
  readonly bankRows: number;
  readonly end?: 'short' | 'left';
  readonly abort?: boolean;
  /** Nothing stalls: an item, or a beat, goes through in every cycle; a wide step is two items of the stream. */
  readonly full?: boolean;
  readonly extraStages?: number;
}

/** A section of any kind; index codes as narrow as they can be, or wider, or none. */
function randomOperation(random: () => number, columns: number, bankRows: number): Operation {
  const outer = between(random, 1, (columns > 8 ? 2 : 5) * columns);
  const kind = between(random, 0, 3);
  if (kind === 0) return randomNorm(random, between(random, 1, 40));
  const target = { destination: 'X', outer } as const;
  const scaled = <O extends LinearOperation>(operation: O): O => (random() < 0.5 ? perColumn(random, operation) : operation);
  if (kind === 1) return scaled(randomDense(random, 'X', between(random, 1, 24), target, random() < 0.5));
  const rank = columns * bankRows;
  const expand = scaled(
    randomExpand(random, { k: between(random, 1, Math.min(rank, 6 * columns)), rank, banks: columns }, target, random() < 0.4),
  );
  if (expand.wide) return expand;
  const rowBits = Math.max(1, Math.ceil(Math.log2(bankRows)));
  return { ...expand, indexBits: between(random, expand.indexBits, rowBits) };
}

/** Items of a section: { kind, whether there are multipliers, multipliers, rows, bytes }. A column that is not used has zero bytes and the lowest rows. */
function itemsOf(operation: Operation, columns: number, rowBits: number): string[] {
  const items: string[] = [];
  const push = (kind: StreamItem, bytes: readonly number[], rows: readonly number[] = [], multipliers?: readonly number[]): void => {
    items.push(
      pack([
        [codeBits('ITEM'), streamItems.indexOf(kind)],
        [1, multipliers === undefined ? 0 : 1],
        [8 * columns, join(multipliers ?? [], 8)],
        [rowBits * columns, join(rows, rowBits)],
        [8 * columns, join(bytes, 8)],
      ]),
    );
  };
  if (operation.op === 'NORM') operation.gamma.forEach((gamma, f) => push('pair', [gamma, operation.beta[f] ?? 0]));
  if (operation.op !== 'EXPAND' && operation.op !== 'DENSE') return items;
  const { outer } = operation;
  for (let tile = 0; tile < outer; tile += columns) {
    const outputs = Array.from({ length: columns }, (_, c) => tile + c);
    push(
      'bias',
      outputs.map((j) => operation.bias[j] ?? 0),
      [],
      operation.multipliers && outputs.map((j) => operation.multipliers![j] ?? 0),
    );
    const steps = operation.op === 'EXPAND' ? operation.k : operation.inner;
    for (let n = 0; n < steps; n += 1) {
      const pick = (from: Int8Array | Int16Array | Int32Array, none: number): number[] =>
        outputs.map((j) => (j < outer ? (from[n * outer + j] ?? none) : none));
      if (operation.op === 'DENSE') push('dense', pick(operation.weights, 0));
      else
        push(
          'expand',
          pick(operation.values, 0),
          pick(operation.rows, operation.wide ? 0 : Math.floor(n / columns) * columns).map((row) => Math.floor(row / columns)),
        );
    }
  }
  return items;
}

/** Beats of a stream, the items in it and where its sections end. */
interface Sections {
  readonly beats: string[];
  readonly vectors: string[];
  readonly sections: string[];
}

function encodeSections(operations: readonly ReturnType<typeof randomOperation>[], { columns, busBytes, bankRows }: Shape): Sections {
  const rowBits = rowBitsOf(bankRows);
  const out = new BitWriter();
  const vectors: string[] = [];
  const sections = operations.map((operation) => {
    bytesOf(operation.op).write?.(out, operation, columns);
    out.align(busBytes);
    vectors.push(...itemsOf(operation, columns, rowBits));
    const traffic = windowTraffic([operation], [], { columns, busBytes });
    const word = encodeInstruction(instructionOf(operation, []));
    return pack([
      [32, vectors.length],
      [32, traffic.sparseValues],
      [32, traffic.sparseIndices],
      [32, traffic.dense],
      [32, traffic.parameters - busBytes],
      [128, join([...word], 8)],
    ]);
  });
  return { beats: beatsOf(out.finish(), busBytes), vectors, sections };
}

function beatsOf(bytes: Uint8Array, busBytes: number): string[] {
  return Array.from({ length: bytes.length / busBytes }, (_, n) =>
    join([...bytes.subarray(n * busBytes, (n + 1) * busBytes)], 8).toString(16),
  );
}

/** A NORM whose last beat, which holds its last pairs, does not come. */
function addShortNorm({ beats, vectors, sections }: Sections, { columns, busBytes, bankRows }: Shape, random: () => number): void {
  const norm = randomNorm(random, 8 * busBytes);
  const half = new BitWriter();
  bytesOf(norm.op).write?.(half, norm, columns);
  const content = half.finish().subarray(0, -busBytes);
  beats.push(...beatsOf(content, busBytes));
  vectors.push(...itemsOf(norm, columns, rowBitsOf(bankRows)).slice(0, content.length / 2));
  sections.push(
    pack([
      [32, vectors.length],
      [128, 0],
      [128, join([...encodeInstruction(instructionOf(norm, []))], 8)],
    ]),
  );
}

/** Cycles that the unit spends on what is no item: the first half of a wide step, the multipliers of a tile. */
function slotsWithoutItem(operation: ReturnType<typeof randomOperation>, columns: number): number {
  const split = operation.op === 'EXPAND' && operation.wide ? operation.k * Math.ceil(operation.outer / columns) : 0;
  return split + ('multipliers' in operation ? Math.ceil(operation.outer / columns) : 0);
}

const rowBitsOf = (bankRows: number): number => Math.max(1, Math.ceil(Math.log2(bankRows)));

function decoderBench(shape: Shape, seed: number): Bench {
  const { columns, busBytes, bankRows, end, abort = false, full = false, extraStages = 0 } = shape;
  const random = randomFrom(seed);
  const operations = Array.from({ length: 96 / Math.max(4, columns) + 8 }, () => randomOperation(random, columns, bankRows));
  const stream = encodeSections(operations, shape);
  const { beats, vectors, sections } = stream;
  if (end === 'left') beats.push('0');
  if (end === 'short') addShortNorm(stream, shape, random);
  const slots = vectors.length + operations.reduce((sum, operation) => sum + slotsWithoutItem(operation, columns), 0);
  const cycles = full ? Math.max(slots, beats.length) + 12 * sections.length : 40 * (vectors.length + beats.length);
  return {
    unit: 'section_decoder',
    vectors,
    cycles,
    files: render(
      makeParams({ array: { columns }, envelope: { rank: columns * bankRows }, port: { busBytes }, timing: { extraStages } }),
      sectionDecoder,
      ram,
    ),
    macros: {
      COLUMNS: columns,
      BUS_BYTES: busBytes,
      BANK_ROWS: bankRows,
      BEATS: beats.length,
      SECTIONS: sections.length,
      STALL: full ? 0 : 1,
      CYCLES: cycles,
      END: end === 'short' ? 1 : end === 'left' ? 2 : 0,
    },
    inputs: { 'beats.hex': beats, 'sections.hex': sections },
    plusargs: { seed, ...(abort ? { abort_at: between(random, 100, vectors.length) } : {}) },
  };
}

describeUnit<Shape>({
  unit: 'section_decoder',
  shapes: [
    { columns: 4, busBytes: 8, bankRows: 6, abort: true },
    { columns: 8, busBytes: 16, bankRows: 16, full: true },
    { columns: 2, busBytes: 64, bankRows: 1024, end: 'left' },
    { columns: 32, busBytes: 4, bankRows: 3, end: 'short', abort: true },
    { columns: 16, busBytes: 4, bankRows: 1 },
    { columns: 8, busBytes: 32, bankRows: 32, full: true },
    { columns: 4, busBytes: 16, bankRows: 5, extraStages: 1, abort: true },
    { columns: 8, busBytes: 16, bankRows: 16, extraStages: 1, full: true },
  ],
  makeBench: decoderBench,
  mutants: [
    { what: 'forgets the multipliers of later tiles', find: 'scale_q <= scaled_q && !bias_q && last_step_q;', put: '' },
    { what: 'takes multipliers for biases', find: 'take && bias_q && !scale_q', put: 'take && bias_q' },
    {
      what: 'keeps the multipliers of the first tile',
      find: 'multipliers_q <= weights;',
      put: 'if (left_q == ins_outer) multipliers_q <= weights;',
    },
    { what: 'takes a bias over the one that waits', find: '(out_ready || kept_item)', put: '(out_ready || bias_q)' },
    { what: 'takes the next multipliers before the bias has gone', find: '(out_ready || split)', put: '(out_ready || kept_item)' },
    {
      what: 'takes an item over the one in the spare place',
      find: 'out_ready      = !spare_q',
      put: 'out_ready      = !spare_q || out_free',
    },
    { what: 'loses an item that core does not take at once', find: 'spare_q <= !out_free &&', put: 'spare_q <= out_free &&' },
    { what: 'hands the item of the spare place on twice', find: 'spare_q <= !out_free && (spare_q', put: 'spare_q <= (spare_q' },
    { what: 'takes newer rows than the weights of the spare place', find: 'spare_q ? spare_rows_q : rows', put: 'rows' },
    { what: 'keeps the spare place through an abort', find: "spare_q    <= 1'b0;", put: '' },
    { what: 'begins a section where the one before ended', find: 'padding ? {PLACE_BITS', put: "1'b0 ? {PLACE_BITS" },
    { what: 'takes an item that is not all there', find: '(item_end_q <= present)', put: '(item_place_q < present)' },
    { what: 'loads a beat into the wrong place', find: 'load && (kept == ME)', put: 'load && (count_q == ME)' },
    { what: 'forgets the sign of a sparse value', find: '{ {(8-VALUE_BITS){value[VALUE_BITS-1]}}, value }', put: "{ 2'd0, value }" },
    { what: 'takes bits of the next value into a code', find: '&& (index_bits_q > BIT)', put: '' },
    {
      what: 'counts a code from the step before',
      find: 'keep_at_q   <= step_q[COLUMN_BITS-1:0]',
      put: "keep_at_q   <= step_q[COLUMN_BITS-1:0] + 1'b1",
    },
    { what: 'counts codes without the one between', find: "+ 1'b1 : {ROW_BITS", put: ': {ROW_BITS' },
    { what: 'keeps predecessors from tile to tile', find: 'followed = |step_q[FEATURE_BITS-1:COLUMN_BITS]', put: 'followed = items_q > 3' },
    { what: 'reads the bias as sparse', find: "(norm_q || bias_q) ? 5'd8", put: "norm_q ? 5'd8" },
    {
      what: 'takes a bias for as long as a step',
      find: 'step_next ? behind + steps_units : behind + first_units_q',
      put: 'behind + steps_units',
    },
    { what: 'hands one item on twice', find: '|| (out_item_q && item_ready_i)', put: '|| (out_item_q && item_ready_i && !bias_ready_i)' },
    { what: 'drops an item that is not taken', find: '|| (out_bias_q && bias_ready_i)', put: '|| out_bias_q' },
    { what: 'leaves out the last tile', find: 'left_q <= TILE_COLUMNS', put: 'left_q <= TILE_COLUMNS + TILE_COLUMNS' },
    { what: 'counts beats of the next section', find: 'if (drop) beats_q', put: 'if (load) beats_q' },
    {
      what: 'rounds the bytes of codes up',
      find: "({ {(32-INDEX_SUM_BITS){1'b0}}, index_units_q } << COLUMN_BITS) >> 3",
      put: "(({ {(32-INDEX_SUM_BITS){1'b0}}, index_units_q } << COLUMN_BITS) + 32'd7) >> 3",
    },
    { what: 'keeps beats through an abort', find: "count_q    <= {COUNT_BITS{1'b0}};", put: '' },
    { what: 'looks at an instruction after the hand-over', find: "5'd8 : stride_q", put: "5'd8 : ins_wide ? 5'd16 : stride_q" },
    { what: 'hands the values of a wide step on as a step', find: '&& !norm_q && !split', put: '&& !norm_q' },
    {
      what: 'takes the values of a wide step twice',
      find: 'wire                   split     = coded && wide && !half_q',
      put: 'wire                   split     = coded && wide && (!half_q || items_q[3])',
    },
    { what: 'adds the predecessor to a plain row index', find: '(followed && !wide)', put: 'followed' },
    { what: 'takes the bank for the row', find: 'wide ? field[COLUMN_BITS+r]', put: 'wide ? field[r]' },
    {
      what: 'counts values of a wide step as coded',
      find: '(wide ? entries << 1 : (entries + (entries << 1)) >> 2)',
      put: '((entries + (entries << 1)) >> 2)',
    },
  ],
});
