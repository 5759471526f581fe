/** What outputs are worth: every metric of docs/tasks.md, as sums over examples that a bootstrap may draw from. */
import type { Score } from '../compress/evaluate.js';
import type { Dataset, Example, MetricName } from '../data/dataset.js';
import { textOf } from '../data/spell.js';
import type { Encoder } from '../model/encoder.js';
import { hostValues, takesOneRow } from '../model/host-steps.js';
import type { OutputKind } from '../program/best.js';
import { cosine, rowCosines } from '../util/cosine.js';
import { editDistance } from '../util/edit-distance.js';

/** What a model says of examples. */
export interface Answers {
  /** Class of every output row of each example. */
  readonly classes: readonly (readonly number[])[];
  /** Numbers of its rows, one row after the other; undefined where the chip stores the index of the largest alone. */
  readonly outputs: readonly ArrayLike<number>[] | undefined;
  /** What one step of integers stands for; 1 where nothing is said. */
  readonly step?: number;
}

/** What each example scored, and could. Shapes: float64[examples]. */
export interface Tally {
  /** Right labels, cosines, neighbours kept, or edits. */
  readonly right: Float64Array;
  /** What `right` is a share of: labels, rows, inputs or characters. */
  readonly labels: Float64Array;
  /** Pairs of label and class, for f1. */
  readonly pairs?: readonly Int32Array[];
}

export type Measure = Pick<Dataset, 'metric' | 'labelNames' | 'spelling' | 'host'>;

/** Measure where nothing else is said. */
export const accuracyMeasure: Measure = { metric: 'accuracy', labelNames: [], spelling: { separator: '', merge: false } };

/** Metrics whose values are shares of 1 and not percent. */
const plain: readonly MetricName[] = ['cosine'];
const lessIsBetter: readonly MetricName[] = ['cer'];

export const metricTitles: Readonly<Record<MetricName, string>> = {
  accuracy: 'accuracy %',
  f1: 'F1 %',
  cosine: 'cosine to dense float',
  neighbour: 'nearest neighbour kept %',
  cer: 'character errors %',
};

/** The same as shares of what is right, for searches, in which higher is better. */
export const risingTitles: Readonly<Record<MetricName, string>> = { ...metricTitles, cer: 'characters right %' };

/** Value of a metric turned so that higher is better. */
export function risingValue(metric: MetricName, value: number): number {
  return lessIsBetter.includes(metric) ? 100 - value : value;
}

/** Digits behind the point that tell models apart. */
export function shownValue(metric: MetricName, value: number): string {
  return value.toFixed(plain.includes(metric) ? 4 : 2);
}

/** Whether the outputs themselves are compared, not their largest. */
export function needsOutputs(metric: MetricName): boolean {
  return metric === 'cosine' || metric === 'neighbour';
}

/** How answers to a task are measured where this model gives them: the task's own host side counts first. */
export function measureOf({ metric, labelNames, spelling, host }: Measure, encoder: Pick<Encoder, 'host'>): Measure {
  const behind = host ?? encoder.host;
  return { metric, labelNames, spelling, ...(behind && { host: behind }) };
}

/** The cosine of what a model gives, with what the host makes of it, to the float model's. */
export function cosineMeasure(encoder: Pick<Encoder, 'host'>): Measure {
  return measureOf({ ...accuracyMeasure, metric: 'cosine' }, encoder);
}

/** What keeps the chip from storing the index of the largest output alone; undefined where nothing does. */
export function needsAll({ metric, host }: Measure): string | undefined {
  if (needsOutputs(metric)) return `the metric ${metric} compares the outputs themselves`;
  return host === undefined || host.steps.length === 0 ? undefined : 'the host computes on the outputs themselves';
}

/** What the chip stores of a row where nothing is said: all of them where they are needed. */
export function usualOutputs(measure: Measure): OutputKind {
  return needsAll(measure) === undefined ? 'best' : 'all';
}

/** Whether answers are compared with those of the float model. */
export function needsReference({ metric }: Measure, examples: readonly Example[]): boolean {
  return needsOutputs(metric) || (metric === 'cer' && examples.some(({ answer }) => answer === undefined));
}

/** How much worse a value is than that of another model. */
export function lossOf(metric: MetricName, reference: number, value: number): number {
  return lessIsBetter.includes(metric) ? value - reference : reference - value;
}

/** `reference` is the float model, which `cosine` and `neighbour` need, and `cer` for inputs without an answer. */
export function tallyOf(measure: Measure, examples: readonly Example[], raw: Answers, rawReference?: Answers): Tally {
  const answers = finished(measure, raw);
  const reference = rawReference && finished(measure, rawReference);
  switch (measure.metric) {
    case 'accuracy':
      return accuracies(examples, answers);
    case 'f1':
      return {
        ...accuracies(examples, answers),
        pairs: examples.map(({ labels }, i) =>
          Int32Array.from([...labels].flatMap((label, at) => (label < 0 ? [] : [label, answers.classes[i]![at]!]))),
        ),
      };
    case 'cosine':
      return cosines(answers, reference!);
    case 'neighbour':
      return neighbours(answers, reference!);
    case 'cer':
      return characterErrors(measure, examples, answers, reference);
  }
}

function accuracies(examples: readonly Example[], { classes }: Answers): Tally {
  const right = new Float64Array(examples.length);
  const labels = new Float64Array(examples.length);
  examples.forEach((example, i) => {
    example.labels.forEach((label, at) => {
      // Labels below 0 are not scored.
      if (label < 0) return;
      labels[i]!++;
      if (classes[i]![at] === label) right[i]!++;
    });
  });
  return { right, labels };
}

function outputsOf({ outputs }: Answers): readonly ArrayLike<number>[] {
  if (outputs === undefined) throw new Error('the outputs themselves are needed, not the index of the largest');
  return outputs;
}

/** Answers with the values that the host makes of outputs, and their classes; one row an input where it takes one. */
function finished({ host }: Measure, answers: Answers): Answers {
  if (host === undefined || host.steps.length === 0) return answers;
  const { step = 1, classes } = answers;
  const values = outputsOf(answers).map((own, i) => hostValues(host, own, own.length / classes[i]!.length, step));
  return { outputs: values, classes: values.map((own, i) => rowClasses(own, takesOneRow(host) ? 1 : classes[i]!.length)) };
}

/** Index of the largest value of each row; ties to the lowest. */
export function rowClasses(values: ArrayLike<number>, rows: number): number[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    let best = row * width;
    for (let at = best + 1; at < (row + 1) * width; at++) if (values[at]! > values[best]!) best = at;
    return best - row * width;
  });
}

function cosines(answers: Answers, reference: Answers): Tally {
  const wanted = outputsOf(reference);
  const found = outputsOf(answers);
  const rows = Float64Array.from(wanted, (_, i) => reference.classes[i]!.length);
  const right = Float64Array.from(wanted, (values, i) => rowCosines(values, found[i]!, values.length / rows[i]!));
  return { right, labels: rows };
}

/** The mean row of each example. */
function means(answers: Answers): Float64Array[] {
  return outputsOf(answers).map((values, i) => {
    const rows = answers.classes[i]!.length;
    const width = values.length / rows;
    const mean = new Float64Array(width);
    for (let at = 0; at < values.length; at++) mean[at % width] = mean[at % width]! + values[at]! / rows;
    return mean;
  });
}

/** Number of the other example that is most similar, for each; the first of equal ones. */
function nearest(vectors: readonly Float64Array[]): Int32Array {
  return Int32Array.from(vectors, (vector, i) => {
    let best = -1;
    let most = -Infinity;
    vectors.forEach((other, j) => {
      if (i === j) return;
      const similar = cosine(vector, other);
      if (similar > most) [best, most] = [j, similar];
    });
    return best;
  });
}

function neighbours(answers: Answers, reference: Answers): Tally {
  const [found, wanted] = [nearest(means(answers)), nearest(means(reference))];
  return { right: Float64Array.from(found, (one, i) => (one === wanted[i] ? 1 : 0)), labels: new Float64Array(found.length).fill(1) };
}

function characterErrors(measure: Measure, examples: readonly Example[], answers: Answers, reference: Answers | undefined): Tally {
  const right = new Float64Array(examples.length);
  const labels = new Float64Array(examples.length);
  examples.forEach(({ answer, labels: own }, i) => {
    const known = own.some((label) => label >= 0) ? textOf([...own], measure) : undefined;
    const wanted = answer ?? known ?? (reference && textOf(reference.classes[i]!, measure));
    if (wanted === undefined) return;
    const characters = [...wanted];
    // Rows that are not scored spell nothing where labels say what is right.
    const counts = answer === undefined && known !== undefined;
    const spelt = answers.classes[i]!.map((label, at) => (counts && own[at]! < 0 ? -1 : label));
    right[i] = editDistance(characters, [...textOf(spelt, measure)]);
    labels[i] = characters.length;
  });
  return { right, labels };
}

/** The metric over all examples. */
export function valueOf(metric: MetricName, { right, labels, pairs }: Tally): number {
  if (metric === 'f1') return meanF1(pairs!);
  const of = sumOf(labels);
  return of === 0 ? 0 : ((plain.includes(metric) ? 1 : 100) * sumOf(right)) / of;
}

function sumOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** How much worse the second is on a draw; where both are shares of the same sums, from the difference of what they count. */
export function lossOnDraw(metric: MetricName, first: Tally, second: Tally, draw: Int32Array): number {
  if (metric === 'f1') return lossOf(metric, meanF1(first.pairs!, draw), meanF1(second.pairs!, draw));
  let difference = 0;
  let labels = 0;
  for (const at of draw) {
    difference += first.right[at]! - second.right[at]!;
    labels += first.labels[at]!;
  }
  return labels === 0 ? 0 : lossOf(metric, ((plain.includes(metric) ? 1 : 100) * difference) / labels, 0);
}

/** Percent: the mean over all classes that occur, of 2 x right / (labels + predictions). */
function meanF1(pairs: readonly Int32Array[], draw?: Int32Array): number {
  const right = new Map<number, number>();
  const all = new Map<number, number>();
  const add = (to: Map<number, number>, key: number): void => void to.set(key, (to.get(key) ?? 0) + 1);
  const count = draw?.length ?? pairs.length;
  for (let i = 0; i < count; i++) {
    const own = pairs[draw === undefined ? i : draw[i]!]!;
    for (let at = 0; at < own.length; at += 2) {
      const [label, predicted] = [own[at]!, own[at + 1]!];
      add(all, label);
      add(all, predicted);
      if (label === predicted) add(right, label);
    }
  }
  let sum = 0;
  for (const [label, size] of all) sum += (2 * (right.get(label) ?? 0)) / size;
  return all.size === 0 ? 0 : (100 * sum) / all.size;
}

export function scoreOf(tally: Tally, metric: MetricName = 'accuracy'): Score {
  return { right: sumOf(tally.right), labels: sumOf(tally.labels), accuracy: valueOf(metric, tally) };
}
