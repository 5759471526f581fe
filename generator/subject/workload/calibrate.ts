/**
 * Multipliers and shifts of a model with arbitrary weights, so that every tensor uses its numbers well: a few random
 * tokens run through the golden kernels, and each result is brought to a given root mean square.
 */
import { requantFor } from '../../compress/requant.js';
import { randomFrom } from '../../util/random.js';
import { attend } from '../../golden/attention.js';
import { accumulateDense } from '../../golden/dense.js';
import { startFromBias, writeBack } from '../../golden/epilogue.js';
import { accumulateSparse } from '../../golden/expand.js';
import { layerNorm } from '../../golden/layer-norm.js';
import { load } from '../../golden/load-store.js';
import { decodeCodebook, project } from '../../golden/project.js';
import { createState, planeWidths, type State } from '../../golden/state.js';
import type { AttendOperation, DenseOperation, ExpandOperation, Operation, PackedModel } from '../../program/operation.js';

/** Root mean squares: activations of 8 bits, what is added to the residual stream, scores (Q6.5 in units of log2). */
const targets = { activation: 26, residual: 1024, score: 48 } as const;
/** Enough that other tokens of the same kind saturate less than 2 % of any tensor, in each of 2,160 models tried. */
const sampleTokens = 32;

function rms(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}

const storedTarget = ({ activationBits }: State): number => targets.activation / 2 ** (8 - activationBits);

export function setRequants(model: PackedModel, seed: number): PackedModel {
  const { outer } = model.operations.find((operation) => operation.op === 'LOAD')!;
  const random = randomFrom(seed);
  const rows = Int8Array.from({ length: sampleTokens * outer }, () => Math.round((100 / 2 ** (8 - model.activationBits)) * (random() + random() - 1)));
  const state = createState(sampleTokens, planeWidths(model.operations), model.activationBits);
  const weights = model.matrices.map(decodeCodebook);
  const operations = model.operations.map((operation): Operation => {
    switch (operation.op) {
      case 'LOAD':
        load(state, operation, rows);
        return operation;
      case 'NORM':
        layerNorm(state, operation);
        return operation;
      case 'PROJECT': {
        const acc = new Int32Array(sampleTokens * operation.outer);
        accumulateDense(acc, state[operation.source], sampleTokens, weights[operation.matrix]!, operation.inner, operation.outer);
        const set = { ...operation, requant: requantFor(storedTarget(state) / rms(acc)) };
        project(state, set, weights[operation.matrix]!);
        return set;
      }
      case 'EXPAND':
      case 'DENSE':
        return linear(state, operation, model.table);
      case 'ATTEND':
        return attention(state, operation);
      case 'STORE':
        return operation;
    }
  });
  return { ...model, operations };
}

/** Biases are brought to about a quarter of the sums that they are added to. */
function linear(state: State, operation: ExpandOperation | DenseOperation, table: Int8Array | undefined): Operation {
  const { bias, outer, destination } = operation;
  const acc = new Int32Array(sampleTokens * outer);
  if (operation.op === 'EXPAND') accumulateSparse(acc, state.P, sampleTokens, operation.rows, operation.values, operation.k, outer);
  else accumulateDense(acc, state[operation.source], sampleTokens, operation.weights, operation.inner, outer);
  const size = rms(acc);
  const biasShift = Math.max(0, Math.min(16, Math.round(Math.log2(size / 4 / Math.max(1, rms(bias))))));
  const start = startFromBias(sampleTokens, bias, biasShift);
  for (let i = 0; i < acc.length; i++) acc[i] = acc[i]! + start[i]!;
  const residual = destination === 'Rset' || destination === 'Radd';
  // What the table takes has 8 bits.
  const target = residual ? targets.residual : operation.activate ? targets.activation : storedTarget(state);
  const set = { ...operation, biasShift, requant: requantFor(target / size) };
  writeBack(state, acc, { ...set, table: set.activate ? table : undefined });
  return set;
}

function attention(state: State, operation: AttendOperation): Operation {
  const { inner, base } = operation;
  const { Q, K, X } = state;
  const dots = Float64Array.from({ length: sampleTokens ** 2 }, (_, at) => {
    const [query, key] = [Math.floor(at / sampleTokens) * Q.width + base, (at % sampleTokens) * K.width + base];
    let dot = 0;
    for (let f = 0; f < inner; f++) dot += Q.data[query + f]! * K.data[key + f]!;
    return dot;
  });
  const set = { ...operation, score: requantFor(targets.score / rms(dots)), valueShift: 9 };
  attend(state, set);
  const result = Array.from({ length: sampleTokens * inner }, (_, at) => X.data[Math.floor(at / inner) * X.width + base + (at % inner)]!);
  const narrowed = { ...set, valueShift: Math.max(5, Math.min(9, 9 - Math.floor(Math.log2(storedTarget(state) / Math.max(1, rms(result)))))) };
  attend(state, narrowed);
  return narrowed;
}
