/** One pass over a batch: logits, loss, gradients, accuracy. */
import type { Example } from '../data/dataset.js';
import { checkInputs, packBatch } from './batch.js';
import type { Network } from './network.js';
import { Tape, type Noise } from './tape.js';

export interface Distillation {
  readonly teacher: Network;
  /** Share of the teacher's loss. */
  readonly alpha: number;
  readonly temperature: number;
  /** Match its outputs and hidden states, without labels, in place of its distribution over classes. */
  readonly imitate: boolean;
}

export interface Outcome {
  /** Sum over the scored labels. */
  readonly loss: number;
  readonly right: number;
  readonly labels: number;
}

/** Adds the gradient of loss / `labels` to the network's; both networks are prepared. */
export function learn(network: Network, examples: readonly Example[], labels: number, distillation?: Distillation, noise?: Noise): Outcome {
  const {
    engine,
    encoder: {
      config: { classes },
    },
  } = network;
  const mark = engine.mark();
  const batch = packBatch(engine, examples);
  let teacher = 0;
  if (distillation !== undefined) {
    teacher = engine.allocate(batch.labelCount * classes);
    const inner = engine.mark();
    const logits = distillation.teacher.forward(new Tape(engine), batch);
    engine.floats(teacher, batch.labelCount * classes).set(engine.floats(logits.at, batch.labelCount * classes));
    engine.release(inner);
  }
  const tape = new Tape(engine);
  const logits = network.forward(tape, batch, noise);
  const scratch = engine.allocate(2 * classes + 8);
  const loss = engine.kernels.loss(
    logits.at,
    batch.labels,
    teacher,
    tape.gradOf(logits),
    scratch,
    batch.labelCount,
    classes,
    distillation?.alpha ?? 0,
    distillation?.temperature ?? 1,
    1 / labels,
  );
  tape.backward();
  const { right } = count(network, logits.at, batch.labels, batch.labelCount);
  engine.release(mark);
  return { loss, right, labels };
}

/** Right predictions, ties to the first class; labels below 0 are not scored. */
function count({ engine, encoder }: Network, logits: number, labels: number, rows: number): { right: number; labels: number } {
  const { classes } = encoder.config;
  const values = engine.floats(logits, rows * classes);
  const wanted = engine.ints(labels, rows);
  let right = 0;
  let scored = 0;
  for (let r = 0; r < rows; r++) {
    if (wanted[r]! < 0) continue;
    let best = 0;
    for (let c = 1; c < classes; c++) if (values[r * classes + c]! > values[r * classes + best]!) best = c;
    scored++;
    if (best === wanted[r]) right++;
  }
  return { right, labels: scored };
}

/** Logits of every example in turn, [1 or tokens, classes]. */
export function predict(network: Network, examples: readonly Example[], batchSize = 64): Float32Array[] {
  const {
    engine,
    encoder: { config },
  } = network;
  checkInputs(config, examples, 'examples');
  network.prepare();
  const out: Float32Array[] = [];
  for (let first = 0; first < examples.length; first += batchSize) {
    const part = examples.slice(first, first + batchSize);
    const mark = engine.mark();
    const logits = network.forward(new Tape(engine), packBatch(engine, part));
    const values = engine.floats(logits.at, logits.rows * config.classes);
    let row = 0;
    for (const { length } of part) {
      const rows = config.head === 'sequence' ? 1 : length;
      out.push(values.slice(row * config.classes, (row + rows) * config.classes));
      row += rows;
    }
    engine.release(mark);
  }
  return out;
}

/** Percent of scored labels that are right. */
export function accuracyOf(network: Network, examples: readonly Example[], batchSize = 64): number {
  const { engine } = network;
  network.prepare();
  let right = 0;
  let labels = 0;
  for (let first = 0; first < examples.length; first += batchSize) {
    const mark = engine.mark();
    const batch = packBatch(engine, examples.slice(first, first + batchSize));
    const logits = network.forward(new Tape(engine), batch);
    const part = count(network, logits.at, batch.labels, batch.labelCount);
    right += part.right;
    labels += part.labels;
    engine.release(mark);
  }
  return (100 * right) / Math.max(1, labels);
}
