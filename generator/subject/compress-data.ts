/** Inputs that `compress` calibrates, fits and measures on: a task's, or those of a file. */
import { taskNames } from '../data/built-in.js';
import { hasLabels, type Dataset, type Example } from '../data/dataset.js';
import { lineShape, readExamples } from '../data/examples-file.js';
import { loadTask, taskOf } from '../data/load.js';
import { mismatches } from '../data/matches.js';
import { textEncoder } from '../data/tokenizer.js';
import type { Checkpoint } from '../model/checkpoint.js';
import type { Encoder } from '../model/encoder.js';
import { refuse, UserError } from '../util/errors.js';
import type { CompressRequest } from './compress-checkpoint.js';
import { accuracyMeasure, cosineMeasure, measureOf, needsOutputs, type Measure } from './metrics.js';

export interface CompressionData extends Pick<Dataset, 'together'> {
  readonly measure: Measure;
  readonly calibration: readonly Example[];
  /** What factors are fitted to. */
  readonly fitting: readonly Example[];
  readonly validation: readonly Example[];
  /** Whether the validation inputs are others than those that factors are fitted to. */
  readonly heldOut: boolean;
  /** Whether there is nothing to compare with but the float model. */
  readonly labelFree: boolean;
}

/** Inputs from which on some are held out, and how many at most. */
const fewestToHold = 8;
const mostHeld = 64;

/** A file without labels, measured by the cosine of what the model gives: at most every fourth input is held out from the factors, which the cosine is measured on. */
function unlabelled(examples: readonly Example[], encoder: Encoder): CompressionData {
  const every = Math.max(4, Math.ceil(examples.length / mostHeld));
  const heldOut = examples.length >= fewestToHold;
  const isHeld = (i: number): boolean => i % every === every - 1;
  return {
    measure: cosineMeasure(encoder),
    calibration: examples,
    fitting: heldOut ? examples.filter((_, i) => !isHeld(i)) : examples,
    validation: heldOut ? examples.filter((_, i) => isHeld(i)) : examples,
    heldOut,
    labelFree: true,
  };
}

/** The user's file serves for both; a task's data must fit the model. */
export function dataOf(
  { task, inputs, checkpoint }: Pick<CompressRequest, 'task' | 'inputs' | 'checkpoint'>,
  { encoder }: Omit<Checkpoint, 'meta'>,
): CompressionData {
  const own = encoder.task;
  if (inputs !== undefined) {
    refuse(
      task === undefined || taskOf(task).name === own
        ? []
        : [`task = ${task}: the checkpoint is of ${own}, and the inputs are a file's; leave --task out`],
    );
    const examples = readExamples(inputs, lineShape(encoder), checkpoint === undefined ? undefined : textEncoder(checkpoint));
    if (!hasLabels(examples)) return unlabelled(examples, encoder);
    return {
      measure: measureOf(accuracyMeasure, encoder),
      calibration: examples,
      fitting: examples,
      validation: examples,
      heldOut: false,
      labelFree: false,
    };
  }
  const name = task ?? own;
  if (task === undefined && !taskNames.some((known) => known === own)) {
    throw new UserError([
      `task = ${own}: trexgen has no data for it; give --inputs with inputs to calibrate on, or the path of its description as --task`,
    ]);
  }
  const data = loadTask(name);
  refuse(
    mismatches(encoder, data).map((problem) => (task === undefined ? `${problem}, or give --inputs with inputs of your own` : problem)),
  );
  return {
    measure: measureOf(data, encoder),
    calibration: data.splits.train,
    fitting: data.splits.train,
    validation: data.splits.validation,
    heldOut: true,
    labelFree: needsOutputs(data.metric),
    ...(data.together && { together: data.together }),
  };
}
