/** Shapes of sparse columns and their places under the bank rule of docs/numerics.md eq. 5. */
import { refuse } from '../util/errors.js';
import type { SparseColumns } from '../model/sparse-columns.js';
import { distinct, type Random } from '../util/random.js';

export interface SparseShape {
  readonly k: number;
  readonly rank: number;
  readonly banks: number;
}

export function checkShape({ k, rank, banks }: SparseShape): void {
  const problems: string[] = [];
  if (!Number.isInteger(banks) || banks < 1) problems.push(`banks = ${banks}: must be an integer of at least 1`);
  else if (!Number.isInteger(rank) || rank < 1 || rank % banks !== 0) {
    problems.push(`rank = ${rank}: must be a multiple of ${banks} banks`);
  }
  if (!Number.isInteger(k) || k < 1 || k > rank) problems.push(`k = ${k}: must be 1 .. rank = ${rank}`);
  refuse(problems);
}

/** Non-zeros that a column may have in the bank `offset` steps after its own. */
export function bankCapacity(k: number, banks: number, offset: number): number {
  return offset < k ? Math.ceil((k - offset) / banks) : 0;
}

/** Phases of matrices of these widths side by side. */
export function phasesOf(widths: readonly number[], banks: number): Uint16Array {
  const phases = new Uint16Array(widths.reduce((sum, width) => sum + width, 0));
  let at = 0;
  for (const width of widths) for (let j = 0; j < width; j++) phases[at++] = j % banks;
  return phases;
}

/** Write chosen atoms (exactly `capacity` a bank) of column j into their steps. */
export function placeColumn(to: SparseColumns, j: number, phase: number, atoms: ArrayLike<number>, values: ArrayLike<number>): void {
  const { k, banks, columns } = to;
  const order = Array.from({ length: k }, (_, i) => i).sort((a, b) => atoms[a]! - atoms[b]!);
  const used = new Uint16Array(banks);
  for (const i of order) {
    const atom = atoms[i]!;
    const offset = (((atom - phase) % banks) + banks) % banks;
    const step = offset + banks * used[offset]!;
    used[offset] = used[offset]! + 1;
    to.rows[step * columns + j] = atom;
    to.values[step * columns + j] = values[i]!;
  }
}

export function emptyColumns(shape: SparseShape, columns: number): SparseColumns {
  const length = shape.k * columns;
  return { k: shape.k, rank: shape.rank, banks: shape.banks, columns, rows: new Int32Array(length), values: new Float64Array(length) };
}

/** A support chosen before training: random rows in every bank, normally distributed values of the given deviation. */
export function randomColumns(random: Random, shape: SparseShape, phases: Uint16Array, deviation: number): SparseColumns {
  checkShape(shape);
  const { k, rank, banks } = shape;
  const out = emptyColumns(shape, phases.length);
  for (let j = 0; j < phases.length; j++) {
    const atoms: number[] = [];
    for (let offset = 0; offset < Math.min(k, banks); offset++) {
      const bank = (phases[j]! + offset) % banks;
      atoms.push(...distinct(random, bankCapacity(k, banks, offset), rank / banks).map((a) => a * banks + bank));
    }
    const values = atoms.map(() => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    placeColumn(out, j, phases[j]!, atoms, values);
  }
  return out;
}

/** Columns first .. first + count of a wider set, in the same order. */
export function slice(from: SparseColumns, first: number, count: number): SparseColumns {
  const out = emptyColumns(from, count);
  for (let n = 0; n < from.k; n++) {
    const at = n * from.columns + first;
    out.rows.set(from.rows.subarray(at, at + count), n * count);
    out.values.set(from.values.subarray(at, at + count), n * count);
  }
  return out;
}
