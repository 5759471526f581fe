/** Accuracy of float encoders and of the integer model on the same examples. */
import type { Example } from '../data/dataset.js';
import { predictedClass, runGolden } from '../golden/run-program.js';
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
  return score(examples, encoder.config.classes, (example) => forward(encoder, example, undefined, weights), largestFloat);
}

/** `encoder` only embeds: table and positions are the host's. */
export function integerScore(encoder: Encoder, model: PackedModel, examples: readonly Example[]): Score {
  const { outputs } = runGolden(
    model,
    examples.map((example) => embed(encoder, example, model)),
  );
  let next = 0;
  return score(examples, encoder.config.classes, () => outputs[next++]!, predictedClass);
}

function score<Logits extends Float32Array | Int8Array>(
  examples: readonly Example[],
  classes: number,
  run: (example: Example) => Logits,
  best: (row: Logits) => number,
): Score {
  let right = 0;
  let labels = 0;
  for (const example of examples) {
    const logits = run(example);
    example.labels.forEach((label, at) => {
      // Labels below 0 are not scored.
      if (label < 0) return;
      labels++;
      if (best(logits.subarray(at * classes, (at + 1) * classes) as Logits) === label) right++;
    });
  }
  return { right, labels, accuracy: labels === 0 ? 0 : (100 * right) / labels };
}

function largestFloat(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}
