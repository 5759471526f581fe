/** Texts that the host makes of outputs, where a task has networks behind its model. */
import { storeOf } from '../operations/store/fields.js';
import type { Subject } from './subject.js';

export interface ReadText {
  /** What the input shows. */
  readonly written: string;
  readonly read: string;
}

/** Texts that outputs mean; undefined where they mean none. Shapes: outputs int8[inputs][rows * outputs of a row]. */
export function readOutputs(
  { dataset, examples, image }: Pick<Subject, 'dataset' | 'examples' | 'image'>,
  outputs: readonly ArrayLike<number>[],
): ReadText[] | undefined {
  if (dataset?.readTexts === undefined || examples === undefined || storeOf(image.model).best === true) return undefined;
  const { outputScale } = image.model;
  const values = outputs.map((output) => Float32Array.from(output, (value) => value * outputScale));
  const [texts = []] = dataset.readTexts(examples, [values]);
  return texts.map((read, i) => ({ written: dataset.describe(examples[i]!), read }));
}

/** `0: Such is life. -> Such is lite.` */
export function readTextLine({ written, read }: ReadText, input: number): string {
  return `${input}: ${written} -> ${read}`;
}
