/** What outputs say: the class of every row, and the share of labels that are right. */
import type { Example, MetricName } from '../data/dataset.js';
import { predictions as rowPredictions } from '../golden/load-store.js';
import { storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';
import { grouped } from '../util/table.js';
import { accuracyMeasure, metricTitles, needsOutputs, scoreOf, tallyOf, type Measure } from './metrics.js';

/** Predicted class of every row of an output. */
export function predictionsOf(output: ArrayLike<number>, image: Image): number[] {
  return rowPredictions(storeOf(image.model), Int8Array.from(output));
}

export interface Metric {
  readonly name: MetricName;
  readonly right: number;
  readonly labels: number;
  /** Percent. */
  readonly value: number;
}

/** The task's metric where it needs nothing but labels or answers, and the share of right labels otherwise; undefined without any. */
export function metricOf(
  examples: readonly Example[],
  predictions: readonly (readonly number[])[],
  measure: Measure = accuracyMeasure,
): Metric | undefined {
  const own = needsOutputs(measure.metric) ? accuracyMeasure : measure;
  const tally = tallyOf(own, examples, { classes: predictions, outputs: undefined });
  const { right, labels, accuracy } = scoreOf(tally, own.metric);
  return labels === 0 ? undefined : { name: own.metric, right, labels, value: accuracy };
}

/** `94.12 % of 1,017 labels right`, or the metric by its name. */
export function metricText({ name, value, labels }: Pick<Metric, 'name' | 'value' | 'labels'>): string {
  if (name === 'accuracy') return `${value.toFixed(2)} % of ${grouped(labels)} labels right`;
  return `${metricTitles[name]}: ${value.toFixed(2)}, over ${grouped(labels)} ${name === 'cer' ? 'characters' : 'labels'}`;
}
