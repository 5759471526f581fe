/**
 * Orthogonal matching pursuit restricted to the banks that a column may still use, and least squares on a support.
 *
 *   min over x of |target_j - D x|^2, x with `capacity` non-zeros in each bank
 *
 * Shapes   gram [rank, rank] = D^T D, correlations [rank, columns] = D^T target; atoms of unit length for OMP
 * Source   Rubinstein et al., Efficient implementation of the K-SVD algorithm using batch OMP, 2008: residuals are
 *          never formed, correlations follow from the Gram matrix
 */
import { choleskyInPlace, choleskySolve, type Matrix } from '../model/matrix.js';
import { bankCapacity, checkShape, emptyColumns, placeColumn, type SparseShape } from './support.js';
import type { SparseColumns } from '../model/sparse-columns.js';

/** `lengths` of atoms that are not of unit length: a correlation counts by what its atom can explain. */
export function pursue(gram: Matrix, correlations: Matrix, phases: Uint16Array, shape: SparseShape, lengths?: Float64Array): SparseColumns {
  checkShape(shape);
  const { k, rank, banks } = shape;
  const columns = correlations.columns;
  const out = emptyColumns(shape, columns);
  const start = new Float64Array(rank);
  const current = new Float64Array(rank);
  const atoms = new Int32Array(k);
  const taken = new Uint8Array(rank);
  const free = new Int32Array(banks);
  const factor = new Float64Array(k * k);
  const solution = new Float64Array(k);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rank; i++) start[i] = correlations.data[i * columns + j]!;
    current.set(start);
    taken.fill(0);
    for (let bank = 0; bank < banks; bank++) {
      free[bank] = bankCapacity(k, banks, (bank - phases[j]! + banks) % banks);
    }
    for (let n = 0; n < k; n++) {
      const atom = strongest(current, taken, free, banks, lengths);
      atoms[n] = atom;
      taken[atom] = 1;
      free[atom % banks]!--;
      extendFactor(factor, k, gram, atoms, n);
      solveFactor(factor, k, start, atoms, n + 1, solution);
      if (n + 1 < k) updateCorrelations(current, start, gram, atoms, solution, n + 1);
    }
    placeColumn(out, j, phases[j]!, atoms, solution);
  }
  return out;
}

function strongest(current: Float64Array, taken: Uint8Array, free: Int32Array, banks: number, lengths: Float64Array | undefined): number {
  let best = -1;
  let size = -1;
  for (let i = 0; i < current.length; i++) {
    if (taken[i] === 1 || free[i % banks]! <= 0) continue;
    const value = lengths === undefined ? Math.abs(current[i]!) : Math.abs(current[i]!) / (lengths[i]! || 1);
    if (value > size) {
      size = value;
      best = i;
    }
  }
  return best;
}

/** One more row of the lower Cholesky factor of the atoms' Gram matrix. */
function extendFactor(factor: Float64Array, k: number, gram: Matrix, atoms: Int32Array, n: number): void {
  const atom = atoms[n]! * gram.columns;
  const row = n * k;
  let rest = gram.data[atom + atoms[n]!]!;
  for (let i = 0; i < n; i++) {
    let sum = gram.data[atom + atoms[i]!]!;
    for (let p = 0; p < i; p++) sum -= factor[row + p]! * factor[i * k + p]!;
    const value = sum / factor[i * k + i]!;
    factor[row + i] = value;
    rest -= value * value;
  }
  factor[row + n] = Math.sqrt(Math.max(rest, 1e-10));
}

function solveFactor(factor: Float64Array, k: number, start: Float64Array, atoms: Int32Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = start[atoms[i]!]!;
    for (let p = 0; p < i; p++) sum -= factor[i * k + p]! * x[p]!;
    x[i] = sum / factor[i * k + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let p = i + 1; p < n; p++) sum -= factor[p * k + i]! * x[p]!;
    x[i] = sum / factor[i * k + i]!;
  }
}

function updateCorrelations(
  current: Float64Array,
  start: Float64Array,
  gram: Matrix,
  atoms: Int32Array,
  solution: Float64Array,
  n: number,
): void {
  current.set(start);
  for (let p = 0; p < n; p++) {
    const row = atoms[p]! * gram.columns;
    const x = solution[p]!;
    for (let i = 0; i < current.length; i++) current[i] = current[i]! - x * gram.data[row + i]!;
  }
}

/** The same support with the values that fit the targets best; `ridge`, a share of the mean square of an atom, keeps them small. */
export function refit(sparse: SparseColumns, gram: Matrix, correlations: Matrix, ridge = 0): SparseColumns {
  const { k, columns } = sparse;
  const lift = ridge === 0 ? 0 : ridge * meanDiagonal(gram);
  const values = new Float64Array(k * columns);
  const normal = new Float64Array(k * k);
  const right = new Float64Array(k);
  for (let j = 0; j < columns; j++) {
    for (let a = 0; a < k; a++) {
      const atom = sparse.rows[a * columns + j]!;
      right[a] = correlations.data[atom * columns + j]!;
      for (let b = 0; b < k; b++) normal[a * k + b] = gram.data[atom * gram.columns + sparse.rows[b * columns + j]!]!;
      // A filler repeats no atom, yet an all-zero atom would make the system singular.
      normal[a * k + a] = normal[a * k + a]! * (1 + 1e-9) + 1e-12 + lift;
    }
    choleskyInPlace(normal, k);
    choleskySolve(normal, k, right);
    for (let a = 0; a < k; a++) values[a * columns + j] = right[a]!;
  }
  return { ...sparse, values };
}

export function meanDiagonal({ rows, columns, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * columns + i]!;
  return sum / rows;
}
