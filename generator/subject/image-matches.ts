/** What keeps an image from taking the inputs of a task, or the rows that a model's embedding makes; empty when nothing does. */
import type { Encoder } from '../model/encoder.js';
import { loadOf } from '../operations/load/fields.js';
import { storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';

export function taskProblems({ manifest }: Image, task: string): string[] {
  return manifest.task === task
    ? []
    : [`task = ${task}: the image is of the task ${JSON.stringify(manifest.task)}; give an image of ${task}, or leave --task out`];
}

/** `inputScale`, where it is known, is that of an image of this very encoder. */
export function encoderProblems(image: Image, { config, task }: Encoder, inputScale?: number): string[] {
  const { input, width, featureCount, maxLength, classes, head } = config;
  const problems: string[] = [];
  const equal = (what: string, has: number | string, wanted: number | string): void => {
    if (has !== wanted) problems.push(`image: ${what} ${has}, the model of ${task} needs ${wanted}; give an image of that model`);
  };
  const load = loadOf(image.model);
  const store = storeOf(image.model);
  equal('bytes of an input row are', load.outer, input === 'ids' ? width : featureCount + maxLength);
  equal('bytes of an output row are', store.outer, classes);
  equal('output rows are', store.firstRow ? 'one per input' : 'one per token', head === 'sequence' ? 'one per input' : 'one per token');
  // Features have any step; ids become sums of this model's own table.
  if (input === 'ids' && inputScale !== undefined) equal('inputScale is', image.model.inputScale, inputScale);
  return problems;
}
