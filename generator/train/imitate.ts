/**
 * One pass without labels: outputs and hidden states of the network against those of its teacher.
 *
 *   loss = 1/2 |y - y'|^2 / |y'|^2 + 1/2 mean over states of |h - h'|^2 / |h'|^2, a mean over the tokens of a batch
 *
 * Shapes   y outputs [tokens or sequences, classes], h the residual after every sublayer [tokens, width]
 * Source   hidden states as targets: Jiao et al., TinyBERT, arXiv:1909.10351, eq. 8; relative, so that no state weighs more for its size
 */
import type { Example } from '../data/dataset.js';
import { rowCosines } from '../util/cosine.js';
import { packBatch } from './batch.js';
import type { Network } from './network.js';
import type { Outcome } from './step.js';
import { predict } from './step.js';
import { Tape, type Noise, type Tensor } from './tape.js';

/** Tokens of a batch: what losses are spread over where there are no labels. */
export function tokensOf(examples: readonly Example[]): number {
  return examples.reduce((sum, { length }) => sum + length, 0);
}

/** Adds the gradient of loss / `tokens` to the network's; both networks are prepared. `right` is the cosine of the outputs, by tokens. */
export function imitate(network: Network, teacher: Network, examples: readonly Example[], tokens: number, noise?: Noise): Outcome {
  const { engine } = network;
  const mark = engine.mark();
  const batch = packBatch(engine, examples);
  const wantedStates: Tensor[] = [];
  const wanted = teacher.forward(new Tape(engine), batch, undefined, wantedStates);
  const tape = new Tape(engine);
  const states: Tensor[] = [];
  const outputs = network.forward(tape, batch, noise, states);
  const pairs = [[outputs, wanted, 0.5] as const, ...states.map((state, i) => [state, wantedStates[i]!, 0.5 / states.length] as const)];
  let loss = 0;
  for (const [own, other, weight] of pairs) loss += weight * pull(tape, own, other, (weight * batch.tokens) / tokens);
  tape.backward();
  const values = (of: Tensor): Float32Array => engine.floats(of.at, of.rows * of.width);
  const right = (rowCosines(values(outputs), values(wanted), outputs.width) * batch.tokens) / outputs.rows;
  engine.release(mark);
  return { loss: loss * batch.tokens, right, labels: tokens };
}

/** Adds the gradient of scale x error to `own`; returns the error relative to the size of `wanted`. */
function pull(tape: Tape, own: Tensor, wanted: Tensor, scale: number): number {
  const { engine } = tape;
  const count = own.rows * own.width;
  const gradient = engine.floats(tape.gradOf(own), count);
  const [found, target] = [engine.floats(own.at, count), engine.floats(wanted.at, count)];
  let size = 1e-12;
  let error = 0;
  for (let i = 0; i < count; i++) {
    size += target[i]! ** 2;
    error += (found[i]! - target[i]!) ** 2;
  }
  const rate = (2 * scale) / size;
  for (let i = 0; i < count; i++) gradient[i] = gradient[i]! + rate * (found[i]! - target[i]!);
  return error / size;
}

/** Mean cosine of the output rows to those of the teacher. */
export function agreementOf(network: Network, teacher: Network, examples: readonly Example[]): number {
  return cosineOf(predict(network, examples), teacher, examples);
}

/** The same of outputs that are there already. */
export function cosineOf(found: readonly ArrayLike<number>[], teacher: Network, examples: readonly Example[]): number {
  const { classes } = teacher.encoder.config;
  const wanted = predict(teacher, examples);
  let sum = 0;
  let rows = 0;
  wanted.forEach((values, i) => {
    sum += rowCosines(values, found[i]!, classes);
    rows += values.length / classes;
  });
  return rows === 0 ? 0 : sum / rows;
}
