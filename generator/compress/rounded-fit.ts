/**
 * Least squares on a support, for values that will be stored in 6 bits. Atoms that nearly depend on each other let large values of both
 * signs cancel; the one step of a layer then rounds away what the small ones say, and so the error grows with more non-zeros. Where
 * rounding costs a layer more than the fit itself leaves, a ridge keeps its values small: of several the one that loses least.
 *
 *   minimise |target_j - D x|^2 + ridge * mean_i(gram_ii) * |x|^2 on the support
 *
 * Shapes   gram [rank, rank], correlations [rank, columns]; a layer is a range of columns with one step
 * Exact    a layer that rounding costs less keeps the plain fit, to the bit
 */
import { sparseLimit } from '../model/value-codes.js';
import type { Matrix } from '../model/matrix.js';
import type { SparseColumns } from '../model/sparse-columns.js';
import { meanDiagonal, refit } from './omp.js';
import { slice } from './support.js';
import { bestScale, quantiseWith } from './values.js';

/** Columns of one layer, which share a step. */
export interface LayerColumns {
  readonly count: number;
  /** |target|^2 in the metric of the correlations, summed over the columns. */
  readonly size: number;
}

/** What rounding may cost, as a share of the error that the fit leaves, before a ridge is looked for. */
const mostCost = 1;
const ridges = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
/** Share of the targets' size that is too little to look for a ridge. */
const negligible = 1e-4;

/** Error that 4 bits leave of the square of an atom (Lloyd's 16 levels of a normal distribution); each value carries it into its column. */
const codeNoise = 0.01;

/** Values on a W_S that will still be coded; with `exact` they stay floats: plain least squares. */
export function refitBeforeCodes(
  sparse: SparseColumns,
  gram: Matrix,
  correlations: Matrix,
  layers: readonly LayerColumns[],
  { exact = false }: { readonly exact?: boolean },
): SparseColumns {
  return exact ? refit(sparse, gram, correlations) : refitForCodes(sparse, gram, correlations, layers, codeNoise);
}

/** `noise`: codeNoise where W_S will still be coded, 0 where it is. */
export function refitForCodes(
  sparse: SparseColumns,
  gram: Matrix,
  correlations: Matrix,
  layers: readonly LayerColumns[],
  noise = 0,
): SparseColumns {
  const plain = refit(sparse, gram, correlations);
  const values = plain.values.slice();
  let first = 0;
  for (const { count, size } of layers) {
    const own = slice(plain, first, count);
    const metric = { gram, correlations: columnsOf(correlations, first, count), size, atomNoise: noise * meanDiagonal(gram) };
    const fitted = leastRounded(own, metric);
    if (fitted !== own) {
      for (let n = 0; n < sparse.k; n++) values.set(fitted.values.subarray(n * count, (n + 1) * count), n * sparse.columns + first);
    }
    first += count;
  }
  return { ...plain, values };
}

interface Metric {
  readonly gram: Matrix;
  readonly correlations: Matrix;
  /** |target|^2. */
  readonly size: number;
  /** Error that a value of 1 carries from its atom into its column. */
  readonly atomNoise: number;
}

function leastRounded(plain: SparseColumns, metric: Metric): SparseColumns {
  const allowed = (1 + mostCost) * squaredError(plain, plain.values, metric) + negligible * metric.size;
  let best = plain;
  let least = roundedError(plain, metric);
  if (least <= allowed) return plain;
  for (const ridge of ridges) {
    const tried = refit(plain, metric.gram, metric.correlations, ridge);
    const error = roundedError(tried, metric);
    if (error < least) [best, least] = [tried, error];
  }
  return best;
}

function roundedError(sparse: SparseColumns, metric: Metric): number {
  const scale = bestScale(sparse.values, sparseLimit);
  const rounded = Float64Array.from(quantiseWith(sparse.values, scale, sparseLimit), (code) => code * scale);
  const carried = metric.atomNoise * sparse.values.reduce((sum, value) => sum + value * value, 0);
  return squaredError(sparse, rounded, metric) + carried;
}

/** |w - D x|^2 = |w|^2 - 2 x.c + x.G x, from correlations alone. */
function squaredError({ k, columns, rows }: SparseColumns, x: Float64Array, { gram, correlations, size }: Metric): number {
  let error = size;
  for (let a = 0; a < k; a++) {
    for (let j = 0; j < columns; j++) {
      const at = a * columns + j;
      const row = rows[at]! * gram.columns;
      let sum = -2 * correlations.data[rows[at]! * columns + j]!;
      for (let b = 0; b < k; b++) sum += x[b * columns + j]! * gram.data[row + rows[b * columns + j]!]!;
      error += x[at]! * sum;
    }
  }
  return Math.max(0, error);
}

function columnsOf({ rows, columns, data }: Matrix, first: number, count: number): Matrix {
  if (first === 0 && count === columns) return { rows, columns, data };
  const out = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) out.set(data.subarray(i * columns + first, i * columns + first + count), i * count);
  return { rows, columns: count, data: out };
}
