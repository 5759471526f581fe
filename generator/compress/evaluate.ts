/** Accuracy of float encoders and of the integer model on the same examples. */
import type { Example } from '../data/dataset.js';
import { runGolden } from '../golden/run-program.js';
import { predictions } from '../golden/load-store.js';
import { storeOf } from '../operations/store/fields.js';
import type { PackedModel } from '../program/operation.js';
import { embed } from './embed.js';
import type { Encoder } from '../model/encoder.js';
import { forward, sharedWeights } from './forward.js';

export interface Score {
  readonly right: number;
  readonly labels: number;
  /** right / labels in percent. */
  readonly accuracy: number;
}

export function floatScore(encoder: Encoder, examples: readonly Example[]): Score {
  const weights = sharedWeights(encoder);
  const { classes } = encoder.config;
  return score(examples, (example) => {
    const logits = forward(encoder, example, undefined, weights);
    return Array.from({ length: logits.length / classes }, (_, row) => largestFloat(logits.subarray(row * classes, (row + 1) * classes)));
  });
}

/** `encoder` only embeds: table and positions are the host's. */
export function integerScore(encoder: Encoder, model: PackedModel, examples: readonly Example[]): Score {
  const outputs = integerOutputs(encoder, model, examples);
  const store = storeOf(model);
  let next = 0;
  return score(examples, () => predictions(store, outputs[next++]!));
}

/** All outputs of the integer model. */
export function integerOutputs(encoder: Encoder, model: PackedModel, examples: readonly Example[]): readonly Int8Array[] {
  return runGolden(
    model,
    examples.map((example) => embed(encoder, example, model)),
  ).outputs;
}

/** `classesOf`: classes of an example, one a label. */
function score(examples: readonly Example[], classesOf: (example: Example) => readonly number[]): Score {
  let right = 0;
  let labels = 0;
  for (const example of examples) {
    const classes = classesOf(example);
    example.labels.forEach((label, at) => {
      // Labels below 0 are not scored.
      if (label < 0) return;
      labels++;
      if (classes[at] === label) right++;
    });
  }
  return { right, labels, accuracy: labels === 0 ? 0 : (100 * right) / labels };
}

function largestFloat(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
