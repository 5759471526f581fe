/**
 * A float encoder and its scales to the machine's operations: every scale becomes a multiplier and a shift by the rules
 * of docs/numerics.md. Works for factorized and for dense blocks, the int8 baseline.
 */
import { refuse } from '../util/errors.js';
import { makeAttend } from '../operations/attend/fields.js';
import { makeDense } from '../operations/dense/fields.js';
import { makeExpand } from '../operations/expand/fields.js';
import { makeLoad } from '../operations/load/fields.js';
import { makeNorm } from '../operations/norm/fields.js';
import { makeProject } from '../operations/project/fields.js';
import { makeStore } from '../operations/store/fields.js';
import type { CodebookMatrix, Destination, Operation, PackedModel, Source } from '../program/operation.js';
import { widened } from '../program/widen.js';
import { chooseIndexBits } from '../operations/expand/supports.js';
import { codeGram } from './dictionary.js';
import { codeMatrix } from './codebook.js';
import type { CodedMatrix } from '../model/coded-matrix.js';
import {
  encoderGraph,
  layerAt,
  layersOf,
  noFinalNorm,
  normAt,
  type DenseLayer,
  type Encoder,
  type FactorizedLayer,
} from '../model/encoder.js';
import { ownEpsilon, rowBytes } from '../model/config.js';
import { ends, walk, type AttentionStep, type LinearOutput, type LinearStep, type NormStep } from '../model/graph.js';
import { activate } from '../model/activations.js';
import { destinationOf, sourceOf } from './machine-places.js';
import { withNormRounding } from './norm-rounding.js';
import { quantiseColumns, type ColumnTarget, type ColumnWeights } from './column-scales.js';
import { copyIntegers, epsilonIntegers, normIntegers, requantFor, shiftedBytes } from './requant.js';
import { loadsX, type Scales } from './scales.js';
import { bestScale, quantiseWith } from './values.js';
import { sparseLimit } from '../model/value-codes.js';

export interface PackOptions {
  /** Banks that the supports keep to; also of a dense model, where any number does. */
  readonly banks: number;
  /** Every weight in a 16-bit container: the same numbers uncoded. */
  readonly wide?: boolean;
}

interface Target {
  /** The layer, for errors. */
  readonly path: string;
  readonly destination: Destination;
  readonly scale: number;
  readonly activate?: boolean;
}

export function pack(given: Encoder, scales: Scales, { banks, wide = false }: PackOptions): PackedModel {
  const { config } = given;
  refuse(packProblems(given, banks));
  const encoder = withNormRounding(given, scales);
  const matrices = codedMatrices(encoder);
  const operations: Operation[] = [];
  let residual = scales.residual;
  const target = ({ part: { path }, to, site, activation, replaces }: LinearOutput): Target => ({
    path,
    destination: replaces === true ? 'Rset' : destinationOf[to],
    scale: site === undefined ? residual : scales.at(site),
    activate: activation !== undefined,
  });

  walk(encoderGraph(encoder), {
    embed: () => operations.push(...inputOperations(encoder, scales)),
    residual: () => undefined,
    norm: (step) => {
      const written = normOperation(encoder, scales, step, residual);
      operations.push(written.operation);
      residual = written.residual;
    },
    linear: (step) => operations.push(...linearOperations(encoder, { matrices, scales, banks }, step, step.outputs.map(target))),
    attention: (step) => operations.push(...attendOperations(step, scales)),
    copy: ({ site }) => operations.push(copyOperation(config.width, residual, scales.at(site))),
    output: () => operations.push(makeStore({ source: 'X', outer: config.width, base: 0, firstRow: false, best: false })),
    head: ({ reads }) => operations.push(...headOperations(encoder, scales, scales.at(reads))),
    // Part of the head's operations: logits that are pooled stand in another file.
    pool: () => undefined,
  });
  const model: PackedModel = {
    task: encoder.task,
    banks,
    activationBits: scales.activationBits,
    operations,
    table: activationTable(encoder, scales),
    matrices: matrices.map(({ inner, rank, codes, book }): CodebookMatrix => ({ inner, rank, codes, book })),
    wideMatrices: false,
    positionRows: config.input === 'patches' ? config.maxLength : 0,
    inputScale: scales.input,
    outputScale: scales.output,
  };
  return wide ? widened(model) : model;
}

/** A norm of the residual stream of this scale, and the scale of the stream behind it. */
function normOperation(
  encoder: Encoder,
  scales: Scales,
  { part, normKind, to, site, replacesResidual }: NormStep,
  residual: number,
): { operation: Operation; residual: number } {
  const of = normAt(encoder, part);
  const { config } = encoder;
  const { gamma, beta, biasShift, shift, unit } = normIntegers(of.gamma, of.beta, scales.at(site));
  const writeBackShift = replacesResidual ? Math.max(1, Math.ceil(Math.log2(scales.residual / unit))) : undefined;
  const operation = makeNorm({
    kind: normKind,
    destination: to === 'hidden' ? 'H' : 'X',
    inner: part.width,
    gamma,
    beta,
    biasShift,
    shift,
    writeBackShift,
    epsilon: epsilonIntegers(ownEpsilon(config, part.path), part.width, residual),
  });
  return { operation, residual: writeBackShift === undefined ? residual : unit * 2 ** writeBackShift };
}

function copyOperation(inner: number, residual: number, scale: number): Operation {
  const { gamma, shift } = copyIntegers(residual, scale);
  const [gammas, beta] = [new Int8Array(inner).fill(gamma), new Int8Array(inner)];
  return makeNorm({ kind: 'plain', inner, gamma: gammas, beta, biasShift: 0, shift, writeBackShift: undefined });
}

interface LinearContext {
  readonly matrices: readonly CodedMatrix[];
  readonly scales: Scales;
  readonly banks: number;
}

/** Layers that read the same features: those of one W_S share its projection when they follow each other. */
function linearOperations(
  encoder: Encoder,
  { matrices, scales, banks }: LinearContext,
  { from, reads, projection, outputs }: LinearStep,
  targets: readonly Target[],
): Operation[] {
  const source = sourceOf[from];
  const inputScale = scales.at(reads);
  const projectedScale = scales.at(projection);
  const operations: Operation[] = [];
  let projected = -1;
  for (const [i, { part }] of outputs.entries()) {
    const layer = layerAt(encoder, part);
    if (layer.kind === 'dense') {
      operations.push(denseOperation(layer, source, inputScale, targets[i]!, encoder.config.columnScales));
      continue;
    }
    const { inner, outer: rank, matrix } = { inner: layer.inner, outer: layer.sparse.rank, matrix: layer.matrix };
    if (projected !== matrix) {
      const requant = requantFor((inputScale * matrices[matrix]!.scale) / projectedScale, projection);
      operations.push(makeProject({ source, matrix, inner, outer: rank, requant }));
      projected = matrix;
    }
    operations.push(expandOperation(layer, projectedScale, targets[i]!, banks, encoder.config.columnScales));
  }
  return operations;
}

/** One operation per head. */
function attendOperations(step: AttentionStep, scales: Scales): Operation[] {
  const {
    heads,
    inner,
    causal,
    reads: { query, key },
  } = step;
  const score = requantFor((scales.at(query) * scales.at(key) * Math.LOG2E * 32) / Math.sqrt(inner), step.site);
  const valueShift = scales.valueShift(step);
  return Array.from({ length: heads }, (_, h) => makeAttend({ inner, base: h * inner, causal, uniform: false, score, valueShift }));
}

function packProblems(encoder: Encoder, banks: number): string[] {
  const { config } = encoder;
  const problems: string[] = [];
  if (config.width % config.heads !== 0) problems.push(`width = ${config.width}: must be a multiple of ${config.heads} heads`);
  const { finalNorm, steps } = encoderGraph(encoder);
  if (config.input === 'patches' && steps.some((step) => step.kind === 'embed' && step.alsoX)) {
    problems.push('norm = post: patches need a norm after the embedding, which fills X; use norm = pre');
  }
  if (finalNorm !== undefined && encoder.finalNorm === undefined) problems.push(noFinalNorm);
  for (const layer of layersOf(encoder)) {
    if (layer.kind === 'factorized' && layer.sparse.banks !== banks) {
      problems.push(`banks = ${banks}: the model is balanced for ${layer.sparse.banks}`);
      break;
    }
  }
  return problems;
}

/** Codes of every shared matrix, weighted by all its users where they are not given. */
export function codedMatrices(encoder: Encoder): CodedMatrix[] {
  return encoder.shared.map(({ coded, dictionary }, number) => coded ?? codeMatrix(dictionary, { weight: usersGram(encoder, number) }));
}

/** H = W_D W_D^T over all layers that use the matrix. */
export function usersGram(encoder: Encoder, number: number): Float64Array {
  const rank = encoder.shared[number]!.dictionary.columns;
  const sum = new Float64Array(rank * rank);
  for (const layer of layersOf(encoder)) {
    if (layer.kind !== 'factorized' || layer.matrix !== number) continue;
    const gram = codeGram(layer.sparse);
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + gram[i]!;
  }
  return sum;
}

function inputOperations(encoder: Encoder, scales: Scales): Operation[] {
  const {
    config: { input, width, featureCount, maxLength, columnScales },
    embedding,
    positions,
    embeddingBias,
  } = encoder;
  if (input !== 'patches') {
    return [makeLoad({ outer: rowBytes(encoder.config), base: 0, destination: 'Rset', shift: scales.inputShift, alsoX: loadsX(encoder) })];
  }
  const inner = featureCount + maxLength;
  const weights = new Float32Array(inner * width);
  weights.set(embedding);
  weights.set(
    positions.map((value) => value / scales.position),
    featureCount * width,
  );
  const layer: DenseLayer = { kind: 'dense', inner, outer: width, weights, bias: embeddingBias };
  return [
    makeLoad({ outer: inner, base: 0, destination: 'X', shift: 0, alsoX: false }),
    denseOperation(layer, 'X', scales.input, { path: ends.embedding, destination: 'Rset', scale: scales.residual }, columnScales),
  ];
}

function headOperations({ config, head }: Encoder, scales: Scales, inputScale: number): Operation[] {
  const perToken = config.head === 'token';
  const dense = denseOperation(
    head,
    'X',
    inputScale,
    { path: ends.head, destination: perToken ? 'H' : 'V', scale: scales.logits },
    config.columnScales,
  );
  if (perToken) return [dense, makeStore({ source: 'H', outer: config.classes, base: 0, firstRow: false, best: false })];
  return [
    dense,
    makeAttend({ inner: config.classes, base: 0, causal: false, uniform: true, score: { m: 0, s: 1 }, valueShift: scales.pooledShift }),
    makeStore({ source: 'X', outer: config.classes, base: 0, firstRow: true, best: false }),
  ];
}

function denseOperation(layer: DenseLayer, source: Source, inputScale: number, target: Target, perColumn = false): Operation {
  const { inner, outer, weights, bias } = layer;
  if (perColumn) {
    const columns = columnsOf(weights, bias, { input: inputScale, target: target.scale, limit: 127 }, target.path);
    const codes = Int16Array.from(columns.weights);
    return makeDense({ source, inner, outer, base: 0, wide: false, weights: codes, ...columnFields(columns, target) });
  }
  const weightScale = bestScale(weights, 127);
  const accumulated = inputScale * weightScale;
  return makeDense({
    source,
    inner,
    outer,
    base: 0,
    wide: false,
    weights: Int16Array.from(quantiseWith(weights, weightScale, 127)),
    ...linearFields(bias, accumulated, target),
  });
}

/** Errors: UserError with the layer whose weights would be saturated */
function columnsOf(weights: Float32Array | Float64Array, bias: Float32Array, scales: ColumnTarget, layer: string): ColumnWeights {
  const columns = quantiseColumns(weights, bias, scales);
  if (columns.saturated)
    refuse([
      `${layer}: a column of weights = ${Math.max(...columns.steps)} a step: is the largest step for results of this scale, and too small for its weights; calibrate on inputs that are like those in use, or train again`,
    ]);
  return columns;
}

function expandOperation(
  { outer, sparse, valueScale, bias }: FactorizedLayer,
  inputScale: number,
  target: Target,
  banks: number,
  perColumn = false,
): Operation {
  const { k, rank, rows, values } = sparse;
  const indexBits = chooseIndexBits({ rows, outer, k }, banks);
  // Values that have been quantised with one step keep it.
  if (perColumn && valueScale === undefined) {
    const columns = columnsOf(values, bias, { input: inputScale, target: target.scale, limit: sparseLimit }, target.path);
    return makeExpand({ k, rank, outer, base: 0, wide: false, rows, values: columns.weights, indexBits, ...columnFields(columns, target) });
  }
  const scale = valueScale ?? bestScale(values, sparseLimit);
  return makeExpand({
    k,
    rank,
    outer,
    base: 0,
    wide: false,
    rows,
    values: quantiseWith(values, scale, sparseLimit),
    indexBits,
    ...linearFields(bias, inputScale * scale, target),
  });
}

function linearFields(bias: Float32Array, accumulated: number, { path, destination, scale, activate: active = false }: Target) {
  const { bytes, shift } = shiftedBytes(bias, accumulated);
  return { bias: bytes, biasShift: shift, requant: requantFor(accumulated / scale, path), destination, activate: active };
}

function columnFields({ bias, biasShift, multipliers, shift }: ColumnWeights, { destination, activate: active = false }: Target) {
  return { bias, biasShift, multipliers, requant: { m: 0, s: shift }, destination, activate: active };
}

function activationTable({ config }: Encoder, { activation, hidden }: Scales): Int8Array {
  return Int8Array.from({ length: 256 }, (_, i) => {
    const y = Math.floor(activate(config.activation, (i - 128) * activation) / hidden + 0.5);
    return Math.max(-128, Math.min(127, y));
  });
}
