/**
 * W_S as 4-bit codes of a 16-entry int8 book.
 *
 *   minimise tr((W_S - scale * book[code]) H (W_S - scale * book[code])^T), H = W_D W_D^T over all users of the matrix
 *
 * Shapes   dictionary [inner, rank] -> codes uint8[inner * rank], book int8[16] rising, real weight = scale * book[code]
 */
import type { CodedMatrix } from '../model/coded-matrix.js';
import type { Matrix } from '../model/matrix.js';

export const levelCount = 16;

export interface Clusters {
  readonly levels: Float64Array;
  /** Squared error after each iteration, never rising. */
  readonly errors: readonly number[];
}

/** Lloyd's algorithm in one dimension, from quantiles. */
export function cluster(values: Float64Array, iterations = 30): Clusters {
  const sorted = Float64Array.from(values).sort();
  let levels = Float64Array.from({ length: levelCount }, (_, i) => sorted[Math.floor(((i + 0.5) / levelCount) * sorted.length)] ?? 0);
  const errors: number[] = [];
  for (let round = 0; round < iterations; round++) {
    const sums = new Float64Array(levelCount);
    const counts = new Float64Array(levelCount);
    let error = 0;
    let code = 0;
    for (const value of sorted) {
      while (code + 1 < levelCount && Math.abs(levels[code + 1]! - value) <= Math.abs(levels[code]! - value)) code++;
      sums[code] = sums[code]! + value;
      counts[code] = counts[code]! + 1;
      error += (value - levels[code]!) ** 2;
    }
    errors.push(error);
    const next = levels.map((level, i) => (counts[i]! > 0 ? sums[i]! / counts[i]! : level)).sort();
    if (next.every((level, i) => level === levels[i])) break;
    levels = next;
  }
  return { levels, errors };
}

export interface CodeOptions {
  /** H, [rank, rank], of the whole matrix or of each row; without it every entry weighs the same. */
  readonly weight?: Float64Array | ((row: number) => Float64Array);
  readonly sweeps?: number;
}

export function codeMatrix(dictionary: Matrix, options: CodeOptions = {}): CodedMatrix {
  const { rows: inner, columns: rank, data } = dictionary;
  const { levels } = cluster(data);
  const largest = levels.reduce((most, level) => Math.max(most, Math.abs(level)), 0);
  const scale = largest === 0 ? 1 : largest / 127;
  const book = Int8Array.from(levels, (level) => Math.round(level / scale));
  const exact = Float64Array.from(book, (entry) => entry * scale);
  const codes = Uint8Array.from(data, (value) => nearest(exact, value));
  const { weight, sweeps = 4 } = options;
  if (weight !== undefined) {
    for (let f = 0; f < inner; f++) descend(codes, data, f * rank, rank, exact, typeof weight === 'function' ? weight(f) : weight, sweeps);
  }
  return { inner, rank, codes, book, scale };
}

/** Coordinate descent over one row of W_S: every code in turn moves to the level that lowers the weighted error most. */
function descend(
  codes: Uint8Array,
  data: Float64Array,
  at: number,
  rank: number,
  levels: Float64Array,
  weight: Float64Array,
  sweeps: number,
): void {
  const error = new Float64Array(rank);
  for (let i = 0; i < rank; i++) error[i] = data[at + i]! - levels[codes[at + i]!]!;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = false;
    for (let i = 0; i < rank; i++) {
      const own = weight[i * rank + i]!;
      if (own <= 0) continue;
      let pull = 0;
      for (let p = 0; p < rank; p++) pull += weight[i * rank + p]! * error[p]!;
      const code = nearest(levels, data[at + i]! + pull / own - error[i]!);
      if (code === codes[at + i]) continue;
      codes[at + i] = code;
      error[i] = data[at + i]! - levels[code]!;
      moved = true;
    }
    if (!moved) return;
  }
}

/** Index of the nearest of rising levels; the upper one at a tie. */
function nearest(levels: Float64Array, value: number): number {
  let low = 0;
  let high = levels.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle]! <= value) low = middle;
    else high = middle;
  }
  return value - levels[low]! < levels[high]! - value ? low : high;
}
