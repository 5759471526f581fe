import { derive } from './derived.js';
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

const log2 = (n: number): number => Math.ceil(Math.log2(n));

/** Banks of one register file of `rows` x `cols` elements: diagonal, or a grid of cells. */
function registerFile({ registerFile: { kind } }: Params, rows: number, cols: number, banks: number): { instances: number; words: number } {
  const entries = Math.ceil(rows / banks) * Math.ceil(cols / banks);
  return kind === 'grid' ? { instances: banks * banks, words: entries } : { instances: banks, words: entries * banks };
}

function coreMemories(p: Params): MemorySize[] {
  const { columns, slices, lanesPerSlice, passes } = p.array;
  const { codeWords, matrices, instructions, width } = p.envelope;
  const { lanes, wordBits, accBits, xWords, hWords, bankRows, sliceTokens } = derive(p);
  const file = registerFile(p, sliceTokens, width, Math.max(lanesPerSlice, columns));
  const keys = slices * Math.ceil(sliceTokens / columns) * columns;
  return [
    { name: 'x', instances: 1, words: xWords, wordBits, holds: 'activations X' },
    { name: 'h', instances: 1, words: hWords, wordBits, holds: 'hidden activations H' },
    { name: 'q', instances: 1, words: xWords, wordBits, holds: 'queries Q' },
    { name: 'r', instances: 1, words: xWords, wordBits: 2 * wordBits, holds: 'residual stream R' },
    { name: 'p', instances: columns, words: bankRows * passes, wordBits, holds: 'banks of P' },
    { name: 'k', instances: slices * file.instances, words: file.words, wordBits: 8, holds: 'keys K, register files' },
    { name: 'v', instances: slices * file.instances, words: file.words, wordBits: 8, holds: 'values V, register files' },
    { name: 'scores', instances: 1, words: keys * passes, wordBits: 12 * lanes, holds: 'attention scores' },
    { name: 'codes', instances: 1, words: codeWords, wordBits: 4 * columns, holds: 'W_S codes' },
    { name: 'books', instances: 1, words: matrices, wordBits: 128, holds: 'codebooks' },
    { name: 'program', instances: 1, words: instructions, wordBits: 128, holds: 'program' },
    { name: 'accumulators', instances: lanes * columns, words: 2 * passes, wordBits: accBits, holds: 'accumulators, two sets' },
    { name: 'activation table', instances: lanes, words: 256, wordBits: 8, holds: 'activation function, one a lane' },
    { name: 'norm sums', instances: lanes, words: passes, wordBits: 16 + log2(width) + 31 + log2(width) + 17, holds: 'sums and scale of LayerNorm' },
    { name: 'softmax sums', instances: lanes, words: passes, wordBits: 12 + 7 + log2(keys) + 17, holds: 'maximum, sum and reciprocal of softmax' },
  ];
}

function portMemories(p: Params): MemorySize[] {
  const { columns, lanesPerSlice } = p.array;
  const { busBytes, addressBits, prefetchBeats } = p.port;
  const stage = registerFile(p, lanesPerSlice, Math.max(p.envelope.width, p.envelope.hidden), Math.max(lanesPerSlice, busBytes));
  return [
    { name: 'stage', ...stage, wordBits: 8, holds: 'token rows of one slice, a register file' },
    { name: 'stream', instances: 1, words: prefetchBeats, wordBits: 8 * busBytes, holds: 'prefetched weight stream' },
    { name: 'previous rows', instances: 1, words: columns, wordBits: columns * Math.max(1, log2(derive(p).bankRows)), holds: 'predecessors of row indices' },
    { name: 'queue', instances: 1, words: p.batcher.lookahead, wordBits: 8 + 16 + 12 + 2 * addressBits + 32, holds: 'requests looked ahead' },
  ];
}

/** Memories of the chip and their sizes, in the words of docs/architecture.md; bookkeeping of bursts in flight is left out. */
export function memories(p: Params): readonly MemorySize[] {
  return [...coreMemories(p), ...portMemories(p)];
}

/** Multipliers by unit. */
export function multipliers(p: Params): readonly MultiplierSize[] {
  const { lanes, multipliers: array } = derive(p);
  return [
    { name: 'array', count: array },
    { name: 'epilogue', count: lanes },
    { name: 'norm', count: 3 * lanes + 2 },
    { name: 'meter', count: p.array.slices },
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
