/** Post-training compression without data: dense blocks to W_S W_D, then codes and 6-bit values, each step by itself. */
import { refuse } from '../util/errors.js';
import { codeMatrix } from './codebook.js';
import { decodeMatrix } from '../model/coded-matrix.js';
import { columnNorms, factorize, normalised } from './dictionary.js';
import { encoderGraph, layerAt, layersOf, mapLayers, type Encoder, type FactorizedLayer, type Layer } from '../model/encoder.js';
import type { LayerPart, Role } from '../model/graph.js';
import { matrix, transposedProduct, type Matrix } from '../model/matrix.js';
import { refit } from './omp.js';
import { usersGram } from './pack.js';
import { phasesOf, randomColumns, type SparseShape } from './support.js';
import type { SparseColumns } from '../model/sparse-columns.js';
import { randomFrom } from '../util/random.js';
import { bestScale, quantiseWith } from './values.js';
import { sparseLimit } from '../model/value-codes.js';

/** Number of the shared matrix of each role. */
export type RoleMap = Readonly<Record<Role, number>>;

/** Three matrices: Q, K, V and the attention's output share one. */
export const defaultRoles: RoleMap = { attentionIn: 0, attentionOut: 0, hiddenIn: 1, hiddenOut: 2 };

export interface FactorOptions extends SparseShape {
  readonly seed: number;
  readonly iterations?: number;
  readonly roles?: RoleMap;
}

export interface LayerPlace {
  readonly part: LayerPart;
  readonly matrix: number;
}

/** All block layers in the order of the blocks, with the shared matrix that each one uses. */
export function placesOf(encoder: Encoder, roles: RoleMap = defaultRoles): LayerPlace[] {
  const { blocks } = encoderGraph(encoder);
  const places = blocks.flatMap(({ layers }) => layers.map((part) => ({ part, matrix: roles[part.role] })));
  const inner = new Map<number, number>();
  const problems: string[] = [];
  for (const {
    part: { role, inner: own },
    matrix: number,
  } of places.slice(0, blocks[0]!.layers.length)) {
    const first = inner.get(number) ?? own;
    inner.set(number, first);
    if (first !== own)
      problems.push(`roles.${role} = ${number}: that matrix has ${first} features, this role needs ${own}; give it its own`);
  }
  for (let i = 0; i < inner.size; i++) if (!inner.has(i)) problems.push(`roles: matrix ${i} has no role; number them from 0 without gaps`);
  refuse([...new Set(problems)]);
  return places;
}

/** Every block layer as W_S W_D: OMP and dictionary learning over all layers of a shared matrix side by side. */
export function factorizeEncoder(encoder: Encoder, options: FactorOptions): Encoder {
  const places = placesOf(encoder, options.roles);
  const count = Math.max(...places.map((place) => place.matrix)) + 1;
  const dictionaries: Matrix[] = [];
  const sparse = new Map<string, SparseColumns>();
  for (let number = 0; number < count; number++) {
    const members = places.filter((place) => place.matrix === number);
    const targets = members.map(({ part }) => denseWeights(encoder, layerAt(encoder, part)));
    const { dictionary, parts } = factorize(targets, { ...options, seed: options.seed + number });
    dictionaries.push(dictionary);
    members.forEach(({ part }, i) => sparse.set(part.path, parts[i]!));
  }
  return withFactors(encoder, places, dictionaries, sparse);
}

/** Random support under the bank rule, chosen before training and then fixed. */
export function randomFactors(encoder: Encoder, options: FactorOptions): Encoder {
  const places = placesOf(encoder, options.roles);
  const random = randomFrom(options.seed);
  const dictionaries: Matrix[] = [];
  const sparse = new Map<string, SparseColumns>();
  for (const {
    part: { path, inner, outer },
    matrix: number,
  } of places) {
    if (dictionaries[number] === undefined) {
      dictionaries[number] = normalised(
        matrix(
          inner,
          options.rank,
          Float64Array.from({ length: inner * options.rank }, () => random() + random() + random() - 1.5),
        ),
      );
    }
    // Unit columns of W_S and k values of this deviation give weights of the usual size 1 / sqrt(inner).
    sparse.set(path, randomColumns(random, options, phasesOf([outer], options.banks), Math.sqrt(1 / options.k)));
  }
  return withFactors(encoder, places, dictionaries, sparse);
}

function withFactors(
  encoder: Encoder,
  places: readonly LayerPlace[],
  dictionaries: readonly Matrix[],
  sparse: ReadonlyMap<string, SparseColumns>,
): Encoder {
  const numbers = new Map(places.map(({ part, matrix: number }) => [part.path, number]));
  const changed = mapLayers(encoder, (layer, { path }): FactorizedLayer => ({
    kind: 'factorized',
    inner: layer.inner,
    outer: layer.outer,
    bias: layer.bias,
    matrix: numbers.get(path)!,
    sparse: sparse.get(path)!,
  }));
  return { ...changed, shared: dictionaries.map((dictionary) => ({ dictionary })) };
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

/** W_S to 4-bit codes, then W_D again by least squares on its support, towards the weights that the layers had before. */
export function codeShared(encoder: Encoder): Encoder {
  const before = normaliseShared(encoder);
  const shared = before.shared.map(({ dictionary }, number) => ({
    dictionary,
    coded: codeMatrix(dictionary, { weight: usersGram(before, number) }),
  }));
  const decoded = shared.map(({ coded }) => decodeMatrix(coded));
  const grams = decoded.map((weights) => transposedProduct(weights, weights));
  const changed = mapLayers(before, (layer) => {
    if (layer.kind === 'dense') return layer;
    const correlations = transposedProduct(decoded[layer.matrix]!, denseWeights(before, layer));
    return { ...layer, sparse: refit(layer.sparse, grams[layer.matrix]!, correlations) };
  });
  return { ...changed, shared };
}

/** W_D values to 6 bits, one scale a matrix. */
export function quantiseValues(encoder: Encoder): Encoder {
  return mapLayers(encoder, (layer) => {
    if (layer.kind === 'dense') return layer;
    const valueScale = layer.valueScale ?? bestScale(layer.sparse.values, sparseLimit);
    const values = Float64Array.from(quantiseWith(layer.sparse.values, valueScale, sparseLimit), (code) => code * valueScale);
    return { ...layer, valueScale, sparse: { ...layer.sparse, values } };
  });
}

/** Whether every layer of the blocks is factorized. */
export function isFactorized(encoder: Encoder): boolean {
  return layersOf(encoder).every((layer) => layer.kind === 'factorized');
}
