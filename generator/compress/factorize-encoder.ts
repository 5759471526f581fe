/**
 * Post-training compression: dense blocks to W_S W_D, then codes and 6-bit values, each step by itself. With activations of
 * calibration inputs every step lowers the error of outputs, and biases take what is left of its mean; without, that of weights.
 */
import { refuse } from '../util/errors.js';
import { codeMatrix } from './codebook.js';
import { decodeMatrix } from '../model/coded-matrix.js';
import type { Activations } from './activations.js';
import { codeGram, columnNorms, factorize, normalised } from './dictionary.js';
import { encoderGraph, layerAt, layersOf, mapLayers, type Encoder, type Layer } from '../model/encoder.js';
import type { LayerPart, Role } from '../model/graph.js';
import { matrix, transposedProduct, type Matrix } from '../model/matrix.js';
import { refitForCodes } from './rounded-fit.js';
import { usersGram } from './pack.js';
import { phasesOf, randomColumns, type SparseShape } from './support.js';
import type { SparseColumns } from '../model/sparse-columns.js';
import { groupBy } from '../util/groups.js';
import { randomFrom } from '../util/random.js';
import { bestScale, quantiseWith } from './values.js';
import { factorizeWeighted, weightedGrams, weightedSize } from './weighted-dictionary.js';
import { sparseLimit } from '../model/value-codes.js';

/** Number of the shared matrix of each role. */
export type RoleMap = Readonly<Record<Role, number>>;

/** Three matrices: Q, K, V and the attention's output share one. */
export const defaultRoles: RoleMap = { attentionIn: 0, attentionOut: 0, hiddenIn: 1, hiddenOut: 2 };

/** What becomes of the layers of one shared matrix: int8 weights as they are, or factors of this shape. */
export type Form = 'dense' | Pick<SparseShape, 'rank' | 'k'>;

export interface FactorOptions extends SparseShape {
  readonly seed: number;
  /** Forms by the number of the shared matrix, in place of `rank` and `k`. */
  readonly forms?: readonly Form[] | undefined;
  readonly iterations?: number;
  readonly roles?: RoleMap;
  /** Activations of the dense encoder. */
  readonly activations?: Activations | undefined;
}

export interface LayerPlace {
  readonly part: LayerPart;
  readonly matrix: number;
}

/** All block layers in the order of the blocks, with the shared matrix that each one uses. */
export function placesOf(encoder: Encoder, roles: RoleMap = defaultRoles): LayerPlace[] {
  const { blocks } = encoderGraph(encoder);
  const { inputWidth } = encoder.config;
  // Layers of block 0 that read embeddings of another width share a matrix of their own.
  const narrow = blocks[0]!.layers.some(({ name }) => name === 'widen') ? inputWidth : undefined;
  const extra = Math.max(...Object.values(roles)) + 1;
  const matrixOf = ({ block, inner, role }: LayerPart): number => (block === 0 && inner === narrow ? extra : roles[role]);
  const places = blocks.flatMap(({ layers }) => layers.map((part) => ({ part, matrix: matrixOf(part) })));
  const inner = new Map<number, number>();
  const problems: string[] = [];
  for (const {
    part: { role, inner: own },
    matrix: number,
  } of places) {
    const first = inner.get(number) ?? own;
    inner.set(number, first);
    if (first !== own)
      problems.push(`roles.${role} = ${number}: that matrix has ${first} features, this role needs ${own}; give it its own`);
  }
  for (let i = 0; i < inner.size; i++) if (!inner.has(i)) problems.push(`roles: matrix ${i} has no role; number them from 0 without gaps`);
  refuse([...new Set(problems)]);
  return places;
}

export function matrixCount(places: readonly LayerPlace[]): number {
  return Math.max(...places.map((place) => place.matrix)) + 1;
}

/** Every block layer as W_S W_D, or those that `forms` names: OMP and dictionary learning over all layers of a shared matrix side by side. */
export function factorizeEncoder(encoder: Encoder, options: FactorOptions): Encoder {
  const places = placesOf(encoder, options.roles);
  const dictionaries = new Map<number, Matrix>();
  const sparse = new Map<string, SparseColumns>();
  for (let number = 0; number < matrixCount(places); number++) {
    const form = options.forms?.[number] ?? options;
    if (form === 'dense') continue;
    const members = places.filter((place) => place.matrix === number);
    const targets = members.map(({ part }) => denseWeights(encoder, layerAt(encoder, part)));
    const { rank, k } = form;
    const seeded = { ...options, rank, k, seed: options.seed + number };
    const { activations } = options;
    const { dictionary, parts } =
      activations === undefined ? factorize(targets, seeded) : factorizeOutputs(members, targets, activations, seeded);
    dictionaries.set(number, dictionary);
    members.forEach(({ part }, i) => sparse.set(part.path, parts[i]!));
  }
  return withMeans(withFactors(encoder, places, dictionaries, sparse), encoder, options.activations);
}

/** Layers that read the same activations are one group. */
function factorizeOutputs(
  members: readonly LayerPlace[],
  targets: readonly Matrix[],
  activations: Activations,
  options: FactorOptions,
): { readonly dictionary: Matrix; readonly parts: readonly SparseColumns[] } {
  const places = members.map(({ part: { path } }, i) => ({ path, i, step: activations.stepOf(path) }));
  const groups = groupBy(places, ({ step }) => step);
  const { dictionary, parts } = factorizeWeighted(
    groups.map((group) => ({ covariance: activations.of(group[0]!.path).covariance, targets: group.map(({ i }) => targets[i]!) })),
    options,
  );
  const ordered: SparseColumns[] = [];
  groups.forEach((group, g) => group.forEach(({ i }, n) => (ordered[i] = parts[g]![n]!)));
  return { dictionary, parts: ordered };
}

/** Biases with the mean error of the outputs taken out: b + mean (W - W_S W_D). */
function withMeans(encoder: Encoder, dense: Encoder, activations: Activations | undefined): Encoder {
  if (activations === undefined) return encoder;
  return mapLayers(encoder, (layer, part) => {
    const { mean } = activations.of(part.path);
    const wanted = denseWeights(dense, layerAt(dense, part)).data;
    const found = denseWeights(encoder, layer).data;
    const bias = layerAt(dense, part).bias.map((value, j) => {
      let sum = value;
      for (let f = 0; f < layer.inner; f++) sum += mean[f]! * (wanted[f * layer.outer + j]! - found[f * layer.outer + j]!);
      return sum;
    });
    return { ...layer, bias };
  });
}

/** Random support under the bank rule, chosen before training and then fixed. */
export function randomFactors(encoder: Encoder, options: FactorOptions): Encoder {
  const places = placesOf(encoder, options.roles);
  const random = randomFrom(options.seed);
  const dictionaries = new Map<number, Matrix>();
  const sparse = new Map<string, SparseColumns>();
  for (const {
    part: { path, inner, outer },
    matrix: number,
  } of places) {
    const form = options.forms?.[number] ?? options;
    if (form === 'dense') continue;
    const { rank, k } = form;
    if (!dictionaries.has(number)) {
      const values = Float64Array.from({ length: inner * rank }, () => random() + random() + random() - 1.5);
      dictionaries.set(number, normalised(matrix(inner, rank, values)));
    }
    // Unit columns of W_S and k values of this deviation give weights of the usual size 1 / sqrt(inner).
    sparse.set(path, randomColumns(random, { ...options, rank, k }, phasesOf([outer], options.banks), Math.sqrt(1 / k)));
  }
  return withFactors(encoder, places, dictionaries, sparse);
}

function withFactors(
  encoder: Encoder,
  places: readonly LayerPlace[],
  dictionaries: ReadonlyMap<number, Matrix>,
  sparse: ReadonlyMap<string, SparseColumns>,
): Encoder {
  // Those that stay dense leave no gap in the numbers.
  const indices = new Map([...dictionaries.keys()].sort((a, b) => a - b).map((number, index) => [number, index]));
  const numbers = new Map(places.map(({ part, matrix: number }) => [part.path, indices.get(number)]));
  const changed = mapLayers(encoder, (layer, { path }): Layer => {
    const columns = sparse.get(path);
    const index = numbers.get(path);
    if (columns === undefined || index === undefined) return layer;
    const { inner, outer, bias } = layer;
    return { kind: 'factorized', inner, outer, bias, matrix: index, sparse: columns };
  });
  return { ...changed, shared: [...indices.keys()].map((number) => ({ dictionary: dictionaries.get(number)! })) };
}

/** The layer's weights as they act, W_S W_D multiplied out. */
export function denseWeights({ shared }: Encoder, layer: Layer): Matrix {
  if (layer.kind === 'dense') return matrix(layer.inner, layer.outer, layer.weights);
  const { dictionary, coded } = shared[layer.matrix]!;
  const weights = coded === undefined ? dictionary : decodeMatrix(coded);
  const out = matrix(layer.inner, layer.outer);
  const { k, rank, rows, values } = layer.sparse;
  for (let f = 0; f < layer.inner; f++) {
    for (let at = 0; at < k * layer.outer; at++) {
      const to = f * layer.outer + (at % layer.outer);
      out.data[to] = out.data[to]! + weights.data[f * rank + rows[at]!]! * values[at]!;
    }
  }
  return out;
}

/** Unit columns of W_S; their lengths go into W_D. */
export function normaliseShared(encoder: Encoder): Encoder {
  const norms = encoder.shared.map(({ dictionary }) => columnNorms(dictionary));
  const changed = mapLayers(encoder, (layer) => {
    if (layer.kind === 'dense') return layer;
    const { sparse } = layer;
    const values = sparse.values.map((value, at) => value * norms[layer.matrix]![sparse.rows[at]!]!);
    return { ...layer, sparse: { ...sparse, values } };
  });
  return { ...changed, shared: encoder.shared.map(({ dictionary }) => ({ dictionary: normalised(dictionary) })) };
}

/** What later steps may lower the error of: the outputs of the dense encoder. */
export interface OutputTargets {
  readonly dense: Encoder;
  readonly activations: Activations;
}

/**
 * W_S to 4-bit codes, then W_D again by least squares on its support, towards the weights that the layers had before, or the
 * outputs of the dense encoder.
 */
export function codeShared(encoder: Encoder, outputs?: OutputTargets): Encoder {
  const before = normaliseShared(encoder);
  const shared = before.shared.map(({ dictionary }, number) => ({
    dictionary,
    coded: codeMatrix(dictionary, { weight: outputs === undefined ? usersGram(before, number) : outputsGram(before, number, outputs) }),
  }));
  const decoded = shared.map(({ coded }) => decodeMatrix(coded));
  const grams = decoded.map((weights) => transposedProduct(weights, weights));
  const changed = mapLayers(before, (layer, part) => {
    if (layer.kind === 'dense') return layer;
    if (outputs !== undefined) {
      const { covariance } = outputs.activations.of(part.path);
      const target = denseWeights(outputs.dense, layerAt(outputs.dense, part));
      const { gram, correlations } = weightedGrams(decoded[layer.matrix]!, covariance, target);
      const size = weightedSize(target, transposedProduct(covariance, target));
      return { ...layer, sparse: refitForCodes(layer.sparse, gram, correlations, [{ count: layer.outer, size }]) };
    }
    const target = denseWeights(before, layer);
    const correlations = transposedProduct(decoded[layer.matrix]!, target);
    const layers = [{ count: layer.outer, size: weightedSize(target, target) }];
    return { ...layer, sparse: refitForCodes(layer.sparse, grams[layer.matrix]!, correlations, layers) };
  });
  return withMeans({ ...changed, shared }, outputs?.dense ?? encoder, outputs?.activations);
}

/** Sums, for each row of W_S, the H of its users, each by the variance of the feature that the row belongs to. */
function outputsGram(encoder: Encoder, number: number, { activations }: OutputTargets): (row: number) => Float64Array {
  const users = encoderGraph(encoder).blocks.flatMap(({ layers }) =>
    layers.flatMap((part) => {
      const layer = layerAt(encoder, part);
      return layer.kind === 'factorized' && layer.matrix === number
        ? [{ gram: codeGram(layer.sparse), covariance: activations.of(part.path).covariance }]
        : [];
    }),
  );
  const rank = encoder.shared[number]!.dictionary.columns;
  return (row) => {
    const sum = new Float64Array(rank * rank);
    for (const { gram, covariance } of users) {
      const variance = covariance.data[row * covariance.columns + row]!;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + variance * gram[i]!;
    }
    return sum;
  };
}

/** W_D values to 6 bits, one scale a matrix. */
export function quantiseValues(encoder: Encoder, outputs?: OutputTargets): Encoder {
  const changed = mapLayers(encoder, (layer, part) => {
    if (layer.kind === 'dense') return layer;
    const valueScale = layer.valueScale ?? bestScale(layer.sparse.values, sparseLimit);
    const codes = quantiseWith(layer.sparse.values, valueScale, sparseLimit);
    if (outputs !== undefined) {
      const { dictionary, coded } = encoder.shared[layer.matrix]!;
      const { covariance } = outputs.activations.of(part.path);
      const weights = coded === undefined ? dictionary : decodeMatrix(coded);
      const gram = transposedProduct(weights, transposedProduct(covariance, weights));
      descendCodes(codes, layer.sparse, valueScale, gram);
    }
    const values = Float64Array.from(codes, (code) => code * valueScale);
    return { ...layer, valueScale, sparse: { ...layer.sparse, values } };
  });
  return withMeans(changed, outputs?.dense ?? encoder, outputs?.activations);
}

const sweeps = 3;

/** Coordinate descent over each column: every code in turn moves to the integer that lowers the error of the outputs most. */
function descendCodes(codes: Int8Array, { k, columns, rows, values }: SparseColumns, scale: number, gram: Matrix): void {
  for (let j = 0; j < columns; j++) {
    for (let sweep = 0; sweep < sweeps; sweep++) {
      for (let a = 0; a < k; a++) {
        const at = a * columns + j;
        const row = rows[at]! * gram.columns;
        const own = gram.data[row + rows[at]!]!;
        if (own <= 0) continue;
        let pull = 0;
        for (let b = 0; b < k; b++) {
          const other = b * columns + j;
          if (b !== a) pull += gram.data[row + rows[other]!]! * (values[other]! - codes[other]! * scale);
        }
        codes[at] = Math.max(-sparseLimit, Math.min(sparseLimit, Math.round((values[at]! + pull / own) / scale)));
      }
    }
  }
}

/** Whether the blocks are factorized; some of their layers may be dense, by their forms. */
export function hasFactors(encoder: Encoder): boolean {
  return layersOf(encoder).some((layer) => layer.kind === 'factorized');
}
