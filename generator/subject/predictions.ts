/** What outputs say: the class of every row, and the share of labels that are right. */
import type { Example } from '../data/dataset.js';
import { predictions as rowPredictions } from '../golden/load-store.js';
import { storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';

/** Predicted class of every row of an output. */
export function predictionsOf(output: ArrayLike<number>, image: Image): number[] {
  return rowPredictions(storeOf(image.model), Int8Array.from(output));
}

export interface Metric {
  readonly name: string;
  readonly right: number;
  readonly labels: number;
  /** Percent. */
  readonly value: number;
}

/** Share of scored labels that are right. */
export function metricOf(examples: readonly Example[], predictions: readonly (readonly number[])[]): Metric {
  let right = 0;
  let labels = 0;
  examples.forEach((example, i) =>
    example.labels.forEach((label, at) => {
      if (label < 0) return;
      labels++;
      if (predictions[i]![at] === label) right++;
    }),
  );
  return { name: 'accuracy', right, labels, value: labels === 0 ? 0 : (100 * right) / labels };
}
