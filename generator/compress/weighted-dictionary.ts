/**
 * Factorization in the metric of activations: the error that counts is that of the outputs, not that of the weights.
 *
 *   minimise sum over groups g of tr((W_g - D S_g)^T C_g (W_g - D S_g)) = sum of |L_g^T (W_g - D S_g)|^2, C_g = L_g L_g^T
 *
 * Shapes   group g: covariance [inner, inner], targets [inner, columns_p] -> dictionary [inner, rank] shared by all groups
 * Source   generator/compress/dictionary.ts with pursuit on L^T W; as every group has its own C, the dictionary's normal
 *          equations sum_g C_g D G_g = sum_g C_g W_g S_g^T, G_g = S_g S_g^T, do not separate, and conjugate gradients solve them
 */
import { matrix, sideBySide, transposedProduct, type Matrix } from '../model/matrix.js';
import type { SparseColumns } from '../model/sparse-columns.js';
import { randomFrom, type Random } from '../util/random.js';
import { codeGram, firstDictionary, normalised, relativeError, split, takeColumn, type FactorizeOptions } from './dictionary.js';
import { pursue } from './omp.js';
import { refitBeforeCodes, type LayerColumns } from './rounded-fit.js';
import { checkShape, phasesOf } from './support.js';

export interface WeightedGroup {
  readonly covariance: Matrix;
  /** Matrices of the layers that read these activations. */
  readonly targets: readonly Matrix[];
}

export interface WeightedFactorization {
  readonly dictionary: Matrix;
  /** Parts of each group, one for each of its targets. */
  readonly parts: readonly (readonly SparseColumns[])[];
  /** Error of the outputs relative to the outputs after each iteration. */
  readonly errors: readonly number[];
}

interface Group {
  readonly covariance: Matrix;
  readonly targets: readonly Matrix[];
  readonly target: Matrix;
  /** C W. */
  readonly weighted: Matrix;
  readonly phases: Uint16Array;
  readonly layers: readonly LayerColumns[];
}

/** Steps of the conjugate gradients from the dictionary before; they only have to make it better. */
const solveSteps = 2;

export function factorizeWeighted(groups: readonly WeightedGroup[], options: FactorizeOptions): WeightedFactorization {
  checkShape(options);
  const { rank, banks, seed, iterations = 12 } = options;
  const all = groups.map(({ covariance, targets }): Group => {
    const target = sideBySide(targets);
    const phases = phasesOf(
      targets.map(({ columns }) => columns),
      banks,
    );
    const layers = targets.map((one) => ({ count: one.columns, size: weightedSize(one, transposedProduct(covariance, one)) }));
    return { covariance, targets, target, phases, layers, weighted: transposedProduct(covariance, target) };
  });
  const joined = sideBySide(all.map(({ target }) => target));
  const random = randomFrom(seed);
  let dictionary = firstDictionary(joined, rank, random);
  const errors: number[] = [];
  for (let i = 0; ; i++) {
    const coded = all.map((group) => codeGroup(group, dictionary, options));
    errors.push(meanError(all, coded));
    if (i === iterations) return { dictionary, parts: coded.map(({ sparse }, g) => split(sparse, all[g]!.targets)), errors };
    const next = bestDictionary(all, coded, dictionary);
    dictionary = normalised(withUsedColumns(next, coded, joined, random));
  }
}

interface Coded {
  readonly sparse: SparseColumns;
  readonly gram: Matrix;
  readonly correlations: Matrix;
  /** C D. */
  readonly weighted: Matrix;
}

/** D^T C D and D^T C W: all that pursuit and least squares need to know of the metric. */
export function weightedGrams(
  dictionary: Matrix,
  covariance: Matrix,
  target: Matrix,
): { readonly gram: Matrix; readonly correlations: Matrix; readonly weighted: Matrix } {
  const weighted = transposedProduct(covariance, dictionary);
  return { weighted, gram: transposedProduct(dictionary, weighted), correlations: transposedProduct(weighted, target) };
}

function codeGroup({ covariance, target, phases, layers }: Group, dictionary: Matrix, shape: FactorizeOptions): Coded {
  const { gram, correlations, weighted } = weightedGrams(dictionary, covariance, target);
  const lengths = Float64Array.from({ length: shape.rank }, (_, i) => Math.sqrt(Math.max(gram.data[i * shape.rank + i]!, 0)));
  const sparse = refitBeforeCodes(pursue(gram, correlations, phases, shape, lengths), gram, correlations, layers, shape);
  return { sparse, gram, correlations, weighted };
}

/** tr(W^T C W), from W and C W. */
export function weightedSize(target: Matrix, weighted: Matrix): number {
  return target.data.reduce((sum, value, at) => sum + value * weighted.data[at]!, 0);
}

/** Mean over the groups, each by its columns; |L^T W|^2 = tr(W^T C W). */
function meanError(groups: readonly Group[], coded: readonly Coded[]): number {
  let error = 0;
  let total = 0;
  groups.forEach(({ target, weighted }, g) => {
    const size = weightedSize(target, weighted);
    const { sparse, gram, correlations } = coded[g]!;
    error += relativeError(size, sparse, gram, correlations) * size;
    total += size;
  });
  return total === 0 ? 0 : error / total;
}

function bestDictionary(groups: readonly Group[], coded: readonly Coded[], before: Matrix): Matrix {
  const { rows, columns: rank } = before;
  const grams = coded.map(({ sparse }) => matrix(rank, rank, codeGram(sparse)));
  const ridge = (1e-6 * grams.reduce((sum, { data }) => sum + diagonal(data, rank), 0)) / rank;
  /** Sum of C X G and of the ridge, from X and every C X. */
  const sumOf = (x: Float64Array, weighted: (group: number) => Matrix): Float64Array => {
    const out = x.map((value) => value * ridge);
    groups.forEach((_, g) => addTo(out, product(weighted(g), grams[g]!)));
    return out;
  };
  const apply = (x: Float64Array): Float64Array => sumOf(x, (g) => transposedProduct(groups[g]!.covariance, matrix(rows, rank, x)));
  const residual = new Float64Array(rows * rank);
  groups.forEach(({ weighted }, g) => addCoded(residual, weighted, coded[g]!.sparse));
  addTo(
    residual,
    sumOf(before.data, (g) => coded[g]!.weighted),
    -1,
  );
  return matrix(rows, rank, conjugateGradients(apply, residual, before.data.slice()));
}

function diagonal(data: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += data[i * n + i]!;
  return sum;
}

/** += W S^T. */
function addCoded(to: Float64Array, { rows: inner, columns, data }: Matrix, { k, rank, rows, values }: SparseColumns): void {
  for (let f = 0; f < inner; f++) {
    for (let at = 0; at < k * columns; at++) {
      const place = f * rank + rows[at]!;
      to[place] = to[place]! + values[at]! * data[f * columns + (at % columns)]!;
    }
  }
}

function product(a: Matrix, b: Matrix): Float64Array {
  const out = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let p = 0; p < a.columns; p++) {
      const value = a.data[i * a.columns + p]!;
      if (value === 0) continue;
      for (let j = 0; j < b.columns; j++) out[i * b.columns + j] = out[i * b.columns + j]! + value * b.data[p * b.columns + j]!;
    }
  }
  return out;
}

function addTo(to: Float64Array, values: Float64Array, scale = 1): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + scale * values[i]!;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Solves in place from x on, whose residual is given. */
function conjugateGradients(apply: (x: Float64Array) => Float64Array, residual: Float64Array, x: Float64Array): Float64Array {
  const direction = residual.slice();
  let size = inner(residual, residual);
  for (let step = 0; step < solveSteps && size > 0; step++) {
    const moved = apply(direction);
    const rate = size / inner(direction, moved);
    addTo(x, direction, rate);
    addTo(residual, moved, -rate);
    const next = inner(residual, residual);
    for (let i = 0; i < direction.length; i++) direction[i] = residual[i]! + (next / size) * direction[i]!;
    size = next;
  }
  return x;
}

/** Atoms that nobody uses take a random column of the targets. */
function withUsedColumns(dictionary: Matrix, coded: readonly Coded[], joined: Matrix, random: Random): Matrix {
  const used = new Uint8Array(dictionary.columns);
  for (const { sparse } of coded) sparse.rows.forEach((row, at) => (used[row] = sparse.values[at] === 0 ? used[row]! : 1));
  used.forEach((one, i) => {
    if (one === 0) takeColumn(dictionary, i, joined, Math.floor(random() * joined.columns), random);
  });
  return dictionary;
}
