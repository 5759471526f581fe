/** What every command works on: a model with inputs, as an image for given hardware. generator/subject/open.ts makes them. */
import { embed } from '../compress/embed.js';
import type { Dataset, Example } from '../data/dataset.js';
import { tokensOf } from '../host/memory-map.js';
import { rowBytes } from '../model/config.js';
import type { Encoder } from '../model/encoder.js';
import { loadOf } from '../operations/load/fields.js';
import { storeOf } from '../operations/store/fields.js';
import type { Params } from '../params/fields.js';
import { requireFit } from '../program/fits.js';
import { readImage, writeImage, type Image } from '../program/image.js';
import type { PackedModel } from '../program/operation.js';

/** Rows that a model reads, and what is known of them. */
export interface Inputs {
  /** Rows of LOAD's width. */
  readonly requests: readonly Int8Array[];
  /** Lengths in tokens. */
  readonly lengths: readonly number[];
  /** Labels that may be known, one per request. */
  readonly examples: readonly Example[] | undefined;
}

/** A model with inputs before there is hardware. */
export interface ModelWithInputs extends Inputs {
  readonly name: string;
  readonly model: PackedModel;
  /** What embeds examples; undefined for an image alone and for random weights. */
  readonly encoder: Encoder | undefined;
  /** Data set that the inputs come from, where they are a task's own. */
  readonly dataset: Dataset | undefined;
}

export interface Subject extends ModelWithInputs {
  /** Hardware that the image is made for. */
  readonly params: Params;
  readonly image: Image;
}

/** Examples as rows of this model. */
export function embedded(encoder: Encoder, examples: readonly Example[], model: PackedModel): Inputs {
  return { requests: examples.map((example) => embed(encoder, example, model)), lengths: examples.map(({ length }) => length), examples };
}

/**
 * The image of a model; `given` in its place when there is one already.
 *
 * Errors   UserError when the given image is not of this model, or when model or inputs do not fit the hardware
 */
export function onHardware(subject: ModelWithInputs, params: Params, given?: Image): Subject {
  const { array, port } = params;
  const image = given ?? readImage(writeImage(subject.model, { columns: array.columns, busBytes: port.busBytes }));
  requireFit(image, params, subject.lengths);
  return { ...subject, model: image.model, image, params };
}

/** Some of the inputs, by number. */
export function withInputs(subject: Subject, numbers: readonly number[]): Subject {
  const pick = <T>(list: readonly T[]): T[] => numbers.map((number) => list[number]!);
  const { requests, lengths, examples } = subject;
  return { ...subject, requests: pick(requests), lengths: pick(lengths), examples: examples && pick(examples) };
}

/** Rows without examples. */
export function rowInputs(image: Image, requests: readonly Int8Array[], examples?: readonly Example[]): Inputs {
  return { requests, lengths: tokensOf(image, requests), examples };
}

/** What keeps an image from taking the inputs of a task; empty when nothing does. */
export function taskProblems({ manifest }: Image, task: string): string[] {
  return manifest.task === task
    ? []
    : [`task = ${task}: the image is of the task ${JSON.stringify(manifest.task)}; give an image of ${task}, or leave --task out`];
}

/** Whether an image was made of another checkpoint than the one that embeds its inputs, as far as names tell. */
export function nameProblems({ manifest }: Image, { task }: Encoder, checkpoint: string): string[] {
  return manifest.task === task
    ? []
    : [
        `checkpoint = ${checkpoint}: is of ${JSON.stringify(task)}, the image of ${JSON.stringify(manifest.task)}; give the checkpoint that the image was made of`,
      ];
}

/** What keeps an image from taking the rows of a model's embedding; `inputScale`, where it is known, is that of this very encoder. */
export function encoderProblems(image: Image, { config, task }: Encoder, inputScale?: number): string[] {
  const { input, classes, head } = config;
  const problems: string[] = [];
  const equal = (what: string, has: number | string, wanted: number | string): void => {
    if (has !== wanted) problems.push(`image: ${what} ${has}, the model of ${task} needs ${wanted}; give an image of that model`);
  };
  const load = loadOf(image.model);
  const store = storeOf(image.model);
  equal('bytes of an input row are', load.outer, rowBytes(config));
  equal('bytes of an output row are', store.outer, classes);
  equal('output rows are', store.firstRow ? 'one per input' : 'one per token', head === 'sequence' ? 'one per input' : 'one per token');
  // Features have any step; ids become sums of this model's own table.
  if (input === 'ids' && inputScale !== undefined) equal('inputScale is', image.model.inputScale, inputScale);
  return problems;
}
