/**
 * Factorization of several matrices side by side: W ~ W_S W_D, W_S shared, W_D sparse under the bank rule.
 *
 * Shapes   targets [inner, columns_p] -> dictionary [inner, rank] of unit columns, one SparseColumns a target
 * Source   alternates OMP with MOD, the method of optimal directions (Engan et al., 1999); deterministic for a seed
 */
import { refuse } from '../util/errors.js';
import { choleskyInPlace, choleskySolve, matrix, sideBySide, transposedProduct, type Matrix } from '../model/matrix.js';
import { pursue } from './omp.js';
import { refitBeforeCodes } from './rounded-fit.js';
import { randomFrom, type Random } from '../util/random.js';
import { checkShape, phasesOf, slice, type SparseShape } from './support.js';
import type { SparseColumns } from '../model/sparse-columns.js';

export interface FactorizeOptions extends SparseShape {
  readonly seed: number;
  readonly iterations?: number;
  /** Values stay floats: plain least squares, whatever rounding would do to them. */
  readonly exact?: boolean;
}

export interface Factorization {
  readonly dictionary: Matrix;
  readonly parts: readonly SparseColumns[];
  /** |W - W_S W_D|^2 / |W|^2 after each iteration. */
  readonly errors: readonly number[];
}

export function factorize(targets: readonly Matrix[], options: FactorizeOptions): Factorization {
  checkShape(options);
  const inner = targets[0]?.rows ?? 0;
  refuse(targets.flatMap(({ rows }, i) => (rows === inner ? [] : [`targets[${i}] = ${rows} rows: must be ${inner} as the first`])));
  const target = sideBySide(targets);
  const phases = phasesOf(
    targets.map(({ columns }) => columns),
    options.banks,
  );
  const random = randomFrom(options.seed);
  let dictionary = firstDictionary(target, options.rank, random);
  const layers = targets.map((one) => ({ count: one.columns, size: sumOfSquares(one) }));
  const errors: number[] = [];
  const iterations = options.iterations ?? 12;
  for (let i = 0; ; i++) {
    const gram = transposedProduct(dictionary, dictionary);
    const correlations = transposedProduct(dictionary, target);
    const sparse = refitBeforeCodes(pursue(gram, correlations, phases, options), gram, correlations, layers, options);
    errors.push(relativeError(sumOfSquares(target), sparse, gram, correlations));
    if (i === iterations) return { dictionary, parts: split(sparse, targets), errors };
    dictionary = optimalDirections(target, sparse, dictionary, random);
  }
}

export function split(sparse: SparseColumns, targets: readonly Matrix[]): SparseColumns[] {
  let first = 0;
  return targets.map(({ columns }) => {
    first += columns;
    return slice(sparse, first - columns, columns);
  });
}

/** Random columns of the target, each a little perturbed so that no two are the same. */
export function firstDictionary(target: Matrix, rank: number, random: Random): Matrix {
  const out = matrix(target.rows, rank);
  for (let i = 0; i < rank; i++) takeColumn(out, i, target, Math.floor(random() * target.columns), random);
  return normalised(out);
}

export function takeColumn(to: Matrix, i: number, target: Matrix, j: number, random: Random): void {
  let squares = 0;
  for (let f = 0; f < target.rows; f++) squares += target.data[f * target.columns + j]! ** 2;
  const spread = 0.1 * Math.sqrt(squares / target.rows) + 1e-6;
  for (let f = 0; f < target.rows; f++) {
    to.data[f * to.columns + i] = target.data[f * target.columns + j]! + spread * (2 * random() - 1);
  }
}

/** Unit columns; a zero column stays zero. */
export function normalised(of: Matrix): Matrix {
  const norms = columnNorms(of);
  const data = of.data.map((value, at) => value / (norms[at % of.columns]! || 1));
  return { ...of, data };
}

export function columnNorms({ rows, columns, data }: Matrix): Float64Array {
  const squares = new Float64Array(columns);
  for (let f = 0; f < rows; f++) for (let i = 0; i < columns; i++) squares[i] = squares[i]! + data[f * columns + i]! ** 2;
  return squares.map(Math.sqrt);
}

/** W_S = W W_D^T (W_D W_D^T)^-1; atoms that nobody uses take a random column. */
function optimalDirections(target: Matrix, sparse: SparseColumns, before: Matrix, random: Random): Matrix {
  const { rank } = sparse;
  const { rows: inner, columns } = target;
  const normal = codeGram(sparse);
  const right = new Float64Array(rank * inner);
  for (let n = 0; n < sparse.k; n++) {
    for (let j = 0; j < columns; j++) {
      const at = sparse.rows[n * columns + j]! * inner;
      const value = sparse.values[n * columns + j]!;
      for (let f = 0; f < inner; f++) right[at + f] = right[at + f]! + value * target.data[f * columns + j]!;
    }
  }
  const unused: number[] = [];
  let trace = 0;
  for (let i = 0; i < rank; i++) trace += normal[i * rank + i]!;
  for (let i = 0; i < rank; i++) {
    if (normal[i * rank + i]! <= (1e-9 * trace) / rank) unused.push(i);
    normal[i * rank + i] = normal[i * rank + i]! + (1e-6 * trace) / rank + 1e-30;
  }
  choleskyInPlace(normal, rank);
  const out = matrix(inner, rank);
  const column = new Float64Array(rank);
  for (let f = 0; f < inner; f++) {
    for (let i = 0; i < rank; i++) column[i] = right[i * inner + f]!;
    choleskySolve(normal, rank, column);
    for (let i = 0; i < rank; i++) out.data[f * rank + i] = column[i]!;
  }
  for (const i of unused) takeColumn(out, i, target, Math.floor(random() * columns), random);
  const norms = columnNorms(out);
  for (let i = 0; i < rank; i++) {
    if (norms[i]! > 0) continue;
    for (let f = 0; f < inner; f++) out.data[f * rank + i] = before.data[f * rank + i]!;
  }
  return normalised(out);
}

/** W_D W_D^T, [rank, rank]. */
export function codeGram({ k, columns, rank, rows, values }: SparseColumns): Float64Array {
  const out = new Float64Array(rank * rank);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      for (let j = 0; j < columns; j++) {
        const at = rows[a * columns + j]! * rank + rows[b * columns + j]!;
        out[at] = out[at]! + values[a * columns + j]! * values[b * columns + j]!;
      }
    }
  }
  return out;
}

function sumOfSquares({ data }: Matrix): number {
  return data.reduce((sum, value) => sum + value * value, 0);
}

/** Computes the error from correlations alone: |w - D x|^2 = |w|^2 - 2 x.c + x.G x; `total` = |W|^2. */
export function relativeError(total: number, sparse: SparseColumns, gram: Matrix, correlations: Matrix): number {
  const { k, columns, rows, values } = sparse;
  let error = total;
  for (let j = 0; j < columns; j++) {
    for (let a = 0; a < k; a++) {
      const atom = rows[a * columns + j]!;
      const value = values[a * columns + j]!;
      error -= 2 * value * correlations.data[atom * columns + j]!;
      for (let b = 0; b < k; b++) {
        error += value * values[b * columns + j]! * gram.data[atom * gram.columns + rows[b * columns + j]!]!;
      }
    }
  }
  return total === 0 ? 0 : Math.max(0, error) / total;
}

/** W_S W_D as a dense matrix. */
export function multiply(dictionary: Matrix, { k, columns, rows, values }: SparseColumns): Matrix {
  const out = matrix(dictionary.rows, columns);
  for (let f = 0; f < dictionary.rows; f++) {
    for (let n = 0; n < k; n++) {
      for (let j = 0; j < columns; j++) {
        const at = n * columns + j;
        out.data[f * columns + j] = out.data[f * columns + j]! + dictionary.data[f * dictionary.columns + rows[at]!]! * values[at]!;
      }
    }
  }
  return out;
}
