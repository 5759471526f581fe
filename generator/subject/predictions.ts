/** What outputs say: the class of every row, and the share of labels that are right. */
import type { Example, MetricName } from '../data/dataset.js';
import { predictions as rowPredictions } from '../golden/load-store.js';
import { hostValues, takesOneRow, type HostSide } from '../model/host-steps.js';
import { storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';
import { grouped } from '../util/table.js';
import { accuracyMeasure, metricTitles, needsOutputs, rowClasses, scoreOf, tallyOf, type Measure } from './metrics.js';
import type { Subject } from './subject.js';

type Answered = Pick<Subject, 'image' | 'encoder' | 'dataset'>;

/** What the host computes of the outputs, where it computes anything. */
export function hostOf({ image, encoder, dataset }: Answered): HostSide | undefined {
  const host = dataset?.host ?? encoder?.host;
  return host === undefined || host.steps.length === 0 || storeOf(image.model).best === true ? undefined : host;
}

/** Whether outputs, or what the host makes of them, are classes; where they are features the largest of them says nothing. */
export function hasClasses({ encoder, dataset }: Answered): boolean {
  if (dataset !== undefined) return dataset.labelNames.length > 0;
  return encoder?.host === undefined ? encoder?.config.head !== 'none' : encoder.host.classes > 0;
}

/** Values that the host makes of an output; undefined where the outputs themselves are meant. */
export function valuesOf(subject: Answered, output: ArrayLike<number>): Float64Array | undefined {
  const { model } = subject.image;
  const host = hostOf(subject);
  return host && hostValues(host, output, storeOf(model).outer, model.outputScale);
}

/** Class of every row of an output, behind what the host computes. */
export function classesOf(subject: Answered, output: ArrayLike<number>): number[] {
  const values = valuesOf(subject, output);
  if (values === undefined) return predictionsOf(output, subject.image);
  return rowClasses(values, takesOneRow(hostOf(subject)!) ? 1 : output.length / storeOf(subject.image.model).outer);
}

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
  const { labelNames, spelling } = measure;
  const metric = needsOutputs(measure.metric) ? 'accuracy' : measure.metric;
  const own = { metric, labelNames, spelling };
  const tally = tallyOf(own, examples, { classes: predictions, outputs: undefined });
  const { right, labels, accuracy } = scoreOf(tally, own.metric);
  return labels === 0 ? undefined : { name: own.metric, right, labels, value: accuracy };
}

/** `94.12 % of 1,017 labels right`, or the metric by its name. */
export function metricText({ name, value, labels }: Pick<Metric, 'name' | 'value' | 'labels'>): string {
  if (name === 'accuracy') return `${value.toFixed(2)} % of ${grouped(labels)} labels right`;
  return `${metricTitles[name]}: ${value.toFixed(2)}, over ${grouped(labels)} ${name === 'cer' ? 'characters' : 'labels'}`;
}
