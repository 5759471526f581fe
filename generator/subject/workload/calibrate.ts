/**
 * Multipliers and shifts of a model with arbitrary weights, so that every tensor uses its numbers well: a few random
 * tokens run through the golden kernels, and each result is brought to a given root mean square.
 */
import { requantFor } from '../../compress/requant.js';
import { randomFrom } from '../../util/random.js';
import { attend } from '../../golden/attention.js';
import { accumulateDense } from '../../golden/dense.js';
import { createState, planeWidths, type State } from '../../golden/state.js';
import { decodeCodebook } from '../../golden/project.js';
import { isAttend, type AttendOperation } from '../../operations/attend/fields.js';
import { isLinear, type LinearOperation, type Operation } from '../../operations/fields.js';
import { goldenOf, type GoldenRunContext } from '../../operations/golden.js';
import { loadOf } from '../../operations/load/fields.js';
import { bufferOf } from '../../operations/types.js';
import type { PackedModel } from '../../program/operation.js';

/** Root mean squares: activations of 8 bits, what is added to the residual stream, scores (Q6.5 in units of log2). */
const targets = { activation: 26, residual: 1024, score: 48 } as const;
/** Number of tokens: enough that other tokens of the same kind saturate less than 2 % of any tensor, in each of 2,160 models tried. */
const sampleTokens = 32;

function rms(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}

const storedTarget = ({ activationBits }: State): number => targets.activation / 2 ** (8 - activationBits);

export function setRequants(model: PackedModel, seed: number): PackedModel {
  const { outer } = loadOf(model);
  const random = randomFrom(seed);
  const rows = Int8Array.from({ length: sampleTokens * outer }, () =>
    Math.round((100 / 2 ** (8 - model.activationBits)) * (random() + random() - 1)),
  );
  const state = createState(sampleTokens, planeWidths(model.operations), model.activationBits);
  const run: GoldenRunContext = { model, weights: model.matrices.map(decodeCodebook), request: rows, denseProducts: accumulateDense };
  const operations = model.operations.map((operation): Operation => {
    const set = scaled(state, operation, run);
    goldenOf(set.op).execute(state, set, run);
    return set;
  });
  return { ...model, operations };
}

/** The operation with scales for the state that it meets; the same when it has none. */
function scaled(state: State, operation: Operation, run: GoldenRunContext): Operation {
  if (isAttend(operation)) return attention(state, operation);
  const { accumulate } = goldenOf(operation.op);
  if (accumulate === undefined || !('requant' in operation)) return operation;
  const acc = new Int32Array(sampleTokens * operation.outer);
  accumulate(acc, state, operation, run);
  if (isLinear(operation)) return linear(state, operation, rms(acc));
  return { ...operation, requant: requantFor(storedTarget(state) / rms(acc)) };
}

/** Biases are brought to about a quarter of the sums that they are added to, whose root mean square is `size`. */
function linear(state: State, operation: LinearOperation, size: number): Operation {
  const { bias, destination } = operation;
  const biasShift = Math.max(0, Math.min(16, Math.round(Math.log2(size / 4 / Math.max(1, rms(bias))))));
  // What the table takes has 8 bits.
  const target = bufferOf(destination) === 'R' ? targets.residual : operation.activate ? targets.activation : storedTarget(state);
  return { ...operation, biasShift, requant: requantFor(target / size) };
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
  return { ...set, valueShift: Math.max(5, Math.min(9, 9 - Math.floor(Math.log2(storedTarget(state) / Math.max(1, rms(result)))))) };
}
