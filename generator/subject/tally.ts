/** Right answers of every example: what accuracies, intervals and comparisons are made of. */
import type { Score } from '../compress/evaluate.js';
import { embed } from '../compress/embed.js';
import type { Encoder } from '../model/encoder.js';
import type { Example } from '../data/dataset.js';
import { storeOf } from '../operations/store/fields.js';
import { runGolden } from '../golden/run-program.js';
import { predictions } from '../golden/load-store.js';
import type { PackedModel } from '../program/operation.js';
import { Network } from '../train/network.js';
import { predict } from '../train/step.js';
import { Engine } from '../train/wasm.js';
import { exactProducts } from './exact-products.js';

/** Shapes: both int32[examples]. */
export interface Tally {
  readonly right: Int32Array;
  readonly labels: Int32Array;
}

/** The float encoder on the training engine, an order of magnitude faster than generator/compress/forward.ts. */
export function floatTally(encoder: Encoder, examples: readonly Example[]): Tally {
  const logits = predict(new Network(new Engine(), encoder), examples);
  const { classes } = encoder.config;
  return tally(examples, (i) =>
    Array.from({ length: logits[i]!.length / classes }, (_, row) => largest(logits[i]!.subarray(row * classes, (row + 1) * classes))),
  );
}

/** Requests a call: weights are decoded once for all of them, outputs are kept for all of them. */
const chunk = 512;

/** The integer model; `encoder` only embeds, as the host does. */
export function goldenTally(
  model: PackedModel,
  encoder: Encoder,
  examples: readonly Example[],
  onExamples?: (done: number) => void,
): Tally {
  const store = storeOf(model);
  let outputs: readonly Int8Array[] = [];
  return tally(examples, (i) => {
    if (i % chunk === 0) {
      outputs = runGolden(
        model,
        examples.slice(i, i + chunk).map((example) => embed(encoder, example, model)),
        { denseProducts: exactProducts() },
      ).outputs;
      onExamples?.(Math.min(examples.length, i + chunk));
    }
    return predictions(store, outputs[i % chunk]!);
  });
}

/** `classesOf`: classes of an example, one a label. */
function tally(examples: readonly Example[], classesOf: (example: number) => readonly number[]): Tally {
  const right = new Int32Array(examples.length);
  const labels = new Int32Array(examples.length);
  examples.forEach((example, i) => {
    const classes = classesOf(i);
    example.labels.forEach((label, at) => {
      // Labels below 0 are not scored.
      if (label < 0) return;
      labels[i]!++;
      if (classes[at] === label) right[i]!++;
    });
  });
  return { right, labels };
}

function largest(row: Float32Array): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

export function scoreOf({ right, labels }: Tally): Score {
  const sum = (values: Int32Array): number => values.reduce((total, value) => total + value, 0);
  const [hits, all] = [sum(right), sum(labels)];
  return { right: hits, labels: all, accuracy: all === 0 ? 0 : (100 * hits) / all };
}

export function scoreFloats(encoder: Encoder, examples: readonly Example[]): Score {
  return scoreOf(floatTally(encoder, examples));
}
