/** A task's model on given hardware with real inputs of its test split. */
import { embed } from '../compress/embed.js';
import type { Encoder } from '../model/encoder.js';
import { randomFrom } from '../util/random.js';
import { compressCheckpoint } from './compress-checkpoint.js';
import type { Dataset, Example, TaskName } from '../data/dataset.js';
import { loadTask, taskOf } from '../data/load.js';
import { refuse } from '../util/errors.js';
import { modelFolder, requireTasks } from '../data/places.js';
import { predictions } from '../golden/load-store.js';
import { storeOf } from '../operations/store/fields.js';
import type { Params } from '../params/fields.js';
import { readImage, type Image } from '../program/image.js';
import { requireFit } from '../program/fits.js';
import { encoderProblems, taskProblems } from './image-matches.js';

export interface TaskRun {
  readonly task: TaskName;
  readonly dataset: Dataset;
  readonly encoder: Encoder;
  readonly image: Image;
  readonly examples: readonly Example[];
  readonly requests: readonly Int8Array[];
}

/** Inputs of the test split in a random order. */
export function drawExamples({ splits: { test } }: Dataset, count: number, seed: number): Example[] {
  refuse(
    Number.isInteger(count) && count >= 1 && count <= test.length
      ? []
      : [`inputs = ${count}: must be an integer in 1 .. ${test.length}, the inputs of the test split`],
  );
  const random = randomFrom(seed);
  const order = test.map((example) => ({ example, key: random() })).sort((a, b) => a.key - b.key);
  return order.slice(0, count).map(({ example }) => example);
}

/**
 * The compressed model that comes with the package, or an image of it, made for this hardware.
 *
 * Errors   UserError when the model or its data is missing, or model or inputs do not fit the hardware
 */
export function taskRun(name: string, params: Params, count: number, seed: number, given?: Image): TaskRun {
  const task = taskOf(name);
  requireTasks([task], ['compressed'], 'give --image FILE without --task');
  const checkpoint = modelFolder(task, 'compressed');
  const dataset = loadTask(task);
  const examples = drawExamples(dataset, count, seed);
  refuse(given === undefined ? [] : taskProblems(given, task));
  const compressed = compressCheckpoint({
    checkpoint,
    task,
    params,
    validationInputs: 0,
    ...(given && { activationBits: given.model.activationBits }),
  });
  const image = given ?? readImage(compressed.image);
  refuse(given === undefined ? [] : encoderProblems(given, compressed.encoder, compressed.model.inputScale));
  requireFit(
    image,
    params,
    examples.map(({ length }) => length),
  );
  const requests = examples.map((example) => embed(compressed.encoder, example, image.model));
  return { task, dataset, encoder: compressed.encoder, image, examples, requests };
}

/** Predicted class of every row of an output. */
export function predictionsOf(output: ArrayLike<number>, image: Image): number[] {
  return predictions(storeOf(image.model), Int8Array.from(output));
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
