import { widths } from '../contract/widths.js';
import { derive, loadsAhead } from './derived.js';
import type { Params } from './fields.js';

/** A memory of the design: `instances` copies of `words` words of `wordBits`. */
export interface MemorySize {
  readonly name: string;
  readonly instances: number;
  readonly words: number;
  readonly wordBits: number;
  readonly holds: string;
}

/** Multipliers of two variables; the ones that a constant feeds are not counted. */
export interface MultiplierSize {
  readonly name: string;
  readonly count: number;
}

export function memoryBits({ instances, words, wordBits }: MemorySize): number {
  return instances * words * wordBits;
}

/** A reciprocal with its shift, a scale of a norm with its shift (docs/numerics.md, eq. 18, 12). */
const reciprocalBits = widths.MULTIPLIER.bits + widths.SHIFT.bits;
const normScaleBits = widths.RSQRT.bits + widths.NORM_SHIFT.bits;

const log2 = (n: number): number => Math.ceil(Math.log2(n));

/** Size of one register file of `rows` tokens by `cols` features: diagonal banks, a grid of cells, or one memory whose words lie along tokens. */
function registerFile(
  { registerFile: { kind, directions } }: Params,
  rows: number,
  cols: number,
  banks: number,
  dataBits: number,
): { instances: number; words: number; wordBits: number } {
  const blocks = Math.ceil(rows / banks);
  if (directions === 1) return { instances: 1, words: blocks * cols, wordBits: dataBits * banks };
  const entries = blocks * Math.ceil(cols / banks);
  return kind === 'grid'
    ? { instances: banks * banks, words: entries, wordBits: dataBits }
    : { instances: banks, words: entries * banks, wordBits: dataBits };
}

/** Flip-flops of the tiles that are turned when register files have one direction: of V of every slice, of rows that arrive and rows that leave. */
export function turnerBits({
  array: { columns, slices, lanesPerSlice },
  numerics: { activationBits },
  port: { busBytes },
}: Params): number {
  const values = slices * columns * Math.max(lanesPerSlice, columns);
  const rows = lanesPerSlice * Math.max(lanesPerSlice, busBytes);
  // Each has a tile that fills and one that is given out; rows are bytes.
  return 2 * (activationBits * values + 8 * 2 * rows);
}

/** K or V: a file for each slice, or with two directions half of one whose elements are those of all slices. */
function keyFile(p: Params): { instances: number; words: number; wordBits: number } {
  const { columns, slices, lanesPerSlice } = p.array;
  const file = registerFile(p, derive(p).sliceTokens, p.envelope.width, Math.max(lanesPerSlice, columns), p.numerics.activationBits);
  return p.registerFile.directions === 1 ? { ...file, instances: slices * file.instances } : { ...file, wordBits: slices * file.wordBits };
}

function coreMemories(p: Params): MemorySize[] {
  const { columns, slices, passes } = p.array;
  const { codeWords, matrices, instructions } = p.envelope;
  const { activationBits } = p.numerics;
  const { windowBuffers } = p.batcher;
  const { lanes, wordBits, accBits, xWords, hWords, bankRows, sliceTokens, normSumBits } = derive(p);
  const half = keyFile(p);
  const keys = slices * Math.ceil(sliceTokens / columns) * columns;
  return [
    { name: 'x', instances: windowBuffers, words: xWords, wordBits, holds: 'activations X' },
    { name: 'h', instances: 1, words: hWords, wordBits, holds: 'hidden activations H' },
    { name: 'q', instances: 1, words: xWords, wordBits, holds: 'queries Q' },
    { name: 'r', instances: windowBuffers, words: xWords, wordBits: widths.RESIDUAL.bits * lanes, holds: 'residual stream R' },
    { name: 'p', instances: columns, words: bankRows * passes, wordBits, holds: 'banks of P' },
    {
      name: 'k',
      ...half,
      holds: p.registerFile.directions === 1 ? 'keys K, a file a slice' : 'keys K of all slices, half of a register file',
    },
    { name: 'v', ...half, holds: p.registerFile.directions === 1 ? 'values V, a file a slice' : 'values V of all slices, the other half' },
    { name: 'scores', instances: 1, words: keys * passes, wordBits: widths.SCORE.bits * lanes, holds: 'attention scores' },
    { name: 'codes', instances: 1, words: codeWords, wordBits: widths.WEIGHT_CODE.bits * columns, holds: 'W_S codes' },
    { name: 'books', instances: 1, words: matrices, wordBits: widths.BOOK.bits, holds: 'codebooks' },
    { name: 'program', instances: 1, words: instructions, wordBits: widths.INSTRUCTION.bits, holds: 'program' },
    { name: 'accumulators', instances: lanes * columns, words: 2 * passes, wordBits: accBits, holds: 'accumulators, two sets' },
    { name: 'activation table', instances: lanes, words: 256, wordBits: activationBits, holds: 'activation function, one a lane' },
    { name: 'norm sums', instances: lanes, words: passes, wordBits: normSumBits + normScaleBits, holds: 'sums and scale of LayerNorm' },
    {
      name: 'softmax sums',
      instances: lanes,
      words: passes,
      wordBits: widths.SCORE.bits + widths.PROBABILITY.bits + log2(keys) + reciprocalBits,
      holds: 'maximum, sum and reciprocal of softmax',
    },
  ];
}

function portMemories(p: Params): MemorySize[] {
  const { columns, lanesPerSlice } = p.array;
  const { busBytes, prefetchBeats } = p.port;
  const rowBytes = Math.max(p.envelope.width, p.envelope.hidden);
  const banks = Math.max(lanesPerSlice, busBytes);
  // Rows lie along features when there is but one direction.
  const stage =
    p.registerFile.directions === 1
      ? registerFile(p, rowBytes, lanesPerSlice, banks, 8)
      : lanesPerSlice < busBytes
        ? { instances: lanesPerSlice, words: Math.ceil(rowBytes / busBytes), wordBits: 8 * busBytes }
        : registerFile(p, lanesPerSlice, rowBytes, banks, 8);
  return [
    { name: 'stage', ...stage, holds: 'token rows of one slice' },
    { name: 'stream', instances: 1, words: prefetchBeats, wordBits: 8 * busBytes, holds: 'prefetched weight stream' },
    {
      name: 'previous rows',
      instances: 1,
      words: columns,
      wordBits: columns * Math.max(1, log2(derive(p).bankRows)),
      holds: 'predecessors of row indices',
    },
  ];
}

function requestMemories(p: Params): MemorySize[] {
  const { slices } = p.array;
  const { addressBits } = p.port;
  const { sliceTokens, windowTokens, segmentBits } = derive(p);
  const sides = loadsAhead(p) ? 2 : 1;
  const lengthBits = Math.ceil(Math.log2(windowTokens + 1));
  const positionBits = Math.max(1, log2(sliceTokens));
  return [
    {
      name: 'queue',
      instances: 1,
      words: p.batcher.lookahead,
      wordBits: widths.PASSED.bits + widths.SLOT.bits + lengthBits + 2 * addressBits + widths.REQUEST_TAG.bits,
      holds: 'requests looked ahead',
    },
    { name: 'counters', instances: 2, words: 32, wordBits: 32, holds: 'low and high halves of the counters' },
    { name: 'places', instances: sides, words: slices * 2 ** positionBits, wordBits: segmentBits, holds: 'which segment begins where' },
    {
      name: 'segments',
      instances: sides,
      words: 2 ** segmentBits,
      wordBits: lengthBits + 2 * addressBits,
      holds: 'length and rows of each',
    },
    {
      name: 'requests',
      instances: sides,
      words: 2 ** segmentBits,
      wordBits: widths.REQUEST_TAG.bits + widths.SLOT.bits,
      holds: 'tag and place in the ring of each',
    },
    {
      name: 'map',
      instances: 2 * sides * slices,
      words: sliceTokens,
      wordBits: segmentBits,
      holds: 'segment of every place, twice by key and by lane',
    },
    {
      name: 'picked',
      instances: 1,
      words: 2,
      wordBits: segmentBits + widths.POSITION.bits + 2 + positionBits,
      holds: 'segments whose rows were asked for',
    },
  ];
}

/** Memories of the chip and their sizes, in the words of docs/architecture.md; bookkeeping of bursts in flight is left out. */
export function memories(p: Params): readonly MemorySize[] {
  return [...coreMemories(p), ...portMemories(p), ...requestMemories(p)];
}

/** Multipliers by unit; with two stages behind them, those of halves. */
export function multipliers(p: Params): readonly MultiplierSize[] {
  const { lanes, vectorLanes, multipliers: array } = derive(p);
  const halves = p.timing.multiplierStages;
  return [
    // A pair of lanes in each paired column.
    { name: 'array', count: array - (p.array.pairedColumns * lanes) / 2 },
    { name: 'epilogue', count: halves * lanes },
    // Sums of every lane, two multiplications of a datapath, of which z times gamma is never cut; two more for all.
    { name: 'norm', count: halves * lanes + (halves + 1) * vectorLanes + 2 * halves },
    { name: 'meter', count: p.array.slices },
    { name: 'squares', count: 1 },
    { name: 'addresses', count: 2 },
  ];
}

/** Bits that the weight stream must bring for one step of the array, and what the port can bring meanwhile. */
export interface StreamRate {
  readonly stepCycles: number;
  readonly portBits: number;
  /** Six-bit values with the widest index that the envelope's rank needs. */
  readonly expandBits: number;
  readonly denseBits: number;
}

/** Every weight is held for all passes of a full window: that long has the port for the next one. */
export function streamRate(p: Params): StreamRate {
  const { columns, passes } = p.array;
  const indexBits = Math.max(1, log2(derive(p).bankRows));
  return { stepCycles: passes, portBits: 8 * p.port.busBytes * passes, expandBits: columns * (6 + indexBits), denseBits: 8 * columns };
}
