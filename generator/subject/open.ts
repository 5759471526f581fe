/** Subjects of every kind: a task's trained model, a checkpoint or an image with inputs of a file, a published shape with random weights. */
import { taskNames } from '../data/built-in.js';
import type { Dataset, Example } from '../data/dataset.js';
import { loadTask, taskOf } from '../data/load.js';
import { modelFolder, requireTasks, usualModel } from '../data/places.js';
import { loadAnyCheckpoint } from '../import/load-any.js';
import { textEncoder } from '../data/tokenizer.js';
import type { Encoder } from '../model/encoder.js';
import { loadOf } from '../operations/load/fields.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { requireFit } from '../program/fits.js';
import type { OutputKind } from '../program/best.js';
import { loadImage } from '../program/image-file.js';
import { readImage, type Image } from '../program/image.js';
import { refuse } from '../util/errors.js';
import { printable } from '../util/printable.js';
import { randomFrom } from '../util/random.js';
import { compressCheckpoint } from './compress-checkpoint.js';
import { sourceProblems } from '../data/host-digest.js';
import { readRequests } from './requests-file.js';
import {
  embedded,
  encoderProblems,
  nameProblems,
  onHardware,
  rowInputs,
  taskProblems,
  type ModelWithInputs,
  type Subject,
} from './subject.js';
import { buildWorkload, workloadRequests, type Coding } from './workload/build.js';
import { workloadShape, type WorkloadShape } from './workload/shapes.js';

export interface SubjectSource {
  /** Trained model of a task, and inputs of its test split. */
  readonly task?: string | undefined;
  /** File of an image; in place of the one that would be made of the task's model. */
  readonly image?: string | undefined;
  /** Folder of the checkpoint whose embedding makes rows of the file's ids or features; without an image the model itself. */
  readonly checkpoint?: string | undefined;
  /** File with one input per line. */
  readonly inputsFile?: string | undefined;
  /** Name of a published shape. */
  readonly workload?: string | undefined;
  /** What the chip stores of the outputs of a row of a task's model; the index of the largest when not given. */
  readonly outputs?: OutputKind | undefined;
  /** Number of inputs; 16, or all of the file, when not given. */
  readonly inputs?: number | undefined;
  /** Seed of the choice of inputs, and of what is random; 1 when not given. */
  readonly seed?: number | undefined;
}

export const defaultInputs = 16;

/**
 * The subject that a user names.
 *
 * Errors   UserError when the names do not go together, files cannot be read, or model or inputs do not fit the hardware
 */
export function openSubject(source: SubjectSource, params: Params): Subject {
  const { task, image: path, checkpoint, inputsFile, workload, outputs, inputs, seed = 1 } = source;
  const own = checkpoint !== undefined && inputsFile !== undefined;
  refuse([
    ...(task === undefined && path === undefined && workload === undefined && !own
      ? [`task, image: neither is given; use --task ${taskNames.join('|')}|PATH or --image FILE`]
      : []),
    ...(checkpoint !== undefined && inputsFile === undefined ? ['checkpoint: it embeds the inputs of a file; give --inputs-file too'] : []),
    ...(checkpoint !== undefined && task !== undefined ? ['checkpoint, task: both are given; the task has its own model'] : []),
    ...(outputs !== undefined && (task === undefined || path !== undefined)
      ? [`outputs = ${outputs}: only of a model that is made of --task; an image has its own`]
      : []),
    ...(workload !== undefined && [task, path, checkpoint, inputsFile].some((other) => other !== undefined)
      ? ['workload: it has weights and inputs of its own; leave --task, --image, --checkpoint and --inputs-file out']
      : []),
  ]);
  if (workload !== undefined) {
    const shape = workloadShape(workload);
    const tokens = Math.min(shape.tokens, derive(params).windowTokens);
    const lengths = Array.from({ length: inputs ?? defaultInputs }, () => tokens);
    return workloadSubject(shape, params, { coding: 'factorized', lengths, seed });
  }
  const given = path === undefined ? undefined : loadImage(path);
  if (task !== undefined) {
    const count = inputsFile === undefined ? (inputs ?? defaultInputs) : 1;
    const subject = taskSubject(task, params, { inputs: count, seed, ...(outputs && { outputs }), ...(given && { image: given }) });
    return inputsFile === undefined ? subject : fromFile(subject, inputsFile, inputs);
  }
  const subject = given === undefined ? checkpointSubject(checkpoint!, inputsFile!, params) : imageSubject(given, params);
  if (inputsFile === undefined) {
    const requests = randomRows(subject.image, params, inputs ?? defaultInputs, seed);
    return { ...subject, ...rowInputs(subject.image, requests) };
  }
  const encoder = given === undefined || checkpoint === undefined ? subject.encoder : loadAnyCheckpoint(checkpoint).encoder;
  const named = given === undefined || checkpoint === undefined ? [] : nameProblems(given, encoder!, checkpoint);
  const other = path === undefined || checkpoint === undefined || named.length > 0 ? [] : sourceProblems(path, encoder!, checkpoint);
  refuse([...named, ...other, ...(encoder === undefined ? [] : encoderProblems(subject.image, encoder))]);
  return fromFile({ ...subject, encoder }, inputsFile, inputs, checkpoint);
}

export interface TaskModelOptions {
  /** How many inputs of the test split, drawn at random. */
  readonly inputs: number;
  readonly seed: number;
  /** Folder of its checkpoint; the usual model of the task when not given. */
  readonly checkpoint?: string;
  /** False keeps dense layers dense, as those of a usual model that is dense are kept when nothing is given. */
  readonly factorize?: boolean;
  readonly activationBits?: number;
  /** What the chip stores of the outputs of a row; the index of the largest when not given. */
  readonly outputs?: OutputKind;
}

/** What is known where model and inputs are a task's own. */
interface OfTask {
  readonly encoder: Encoder;
  readonly dataset: Dataset;
  readonly examples: readonly Example[];
}

export type TaskSubject = Subject & OfTask;

/** A task's model with inputs of its test split. */
export function taskModel(name: string, params: Params, options: TaskModelOptions): ModelWithInputs & OfTask {
  const task = name;
  const usual = usualModel(task);
  const { inputs, seed, activationBits } = options;
  const { checkpoint = modelFolder(task, usual), factorize = options.checkpoint !== undefined || usual !== 'dense' } = options;
  const dataset = loadTask(task);
  const examples = drawExamples(dataset, inputs, seed);
  dataset.together?.(examples);
  const { model, encoder } = compressCheckpoint({
    checkpoint,
    task,
    params,
    validationInputs: 0,
    steps: { factorize },
    activationBits,
    outputs: options.outputs ?? 'usual',
  });
  return { name: dataset.task, model, encoder, dataset, ...embedded(encoder, examples, model), examples };
}

/** A task's model as an image, or an image of it that is there already. */
export function taskSubject(name: string, params: Params, options: TaskModelOptions & { readonly image?: Image }): TaskSubject {
  const { image: given } = options;
  if (options.checkpoint === undefined) requireTasks([name], [usualModel(name)], 'give --image FILE without --task');
  refuse(given === undefined ? [] : taskProblems(given, taskOf(name).name));
  // Beside an image only the task's embedding counts, which its own model has for any columns: two divide its banks.
  const beside = given === undefined ? params : { ...params, array: { ...params.array, columns: 2 } };
  const found = taskModel(name, beside, { ...options, ...(given && { activationBits: given.model.activationBits }) });
  const { encoder, dataset, examples, model } = found;
  if (given === undefined) return { ...onHardware(found, params), encoder, dataset, examples };
  refuse(encoderProblems(given, encoder, model.inputScale));
  const inputs = embedded(encoder, examples, given.model);
  return { ...onHardware({ ...found, ...inputs }, params, given), encoder, dataset, examples };
}

/** An image without inputs. */
export function imageSubject(image: Image, params: Params): Subject {
  const name = printable(image.model.task);
  return onHardware(
    { name, model: image.model, encoder: undefined, dataset: undefined, requests: [], lengths: [], examples: undefined },
    params,
    image,
  );
}

/** A checkpoint as an image whose scales are calibrated on the inputs of a file; without inputs. */
function checkpointSubject(checkpoint: string, inputs: string, params: Params): Subject {
  const { image, encoder } = compressCheckpoint({ checkpoint, inputs, params, validationInputs: 0, mustFit: true });
  return { ...imageSubject(readImage(image), params), encoder };
}

export interface WorkloadOptions {
  readonly coding: Coding;
  readonly lengths: readonly number[];
  readonly seed: number;
}

/** A published shape with random weights, made for columns and widths of the hardware, and random inputs. */
export function workloadModel(
  shape: WorkloadShape,
  { array: { columns }, numerics }: Pick<Params, 'array' | 'numerics'>,
  { coding, lengths, seed }: WorkloadOptions,
): ModelWithInputs {
  const model = buildWorkload(shape, { coding, banks: columns, ...numerics, seed });
  const requests = workloadRequests(model, lengths, seed);
  return { name: shape.name, model, encoder: undefined, dataset: undefined, requests, lengths, examples: undefined };
}

export function workloadSubject(shape: WorkloadShape, params: Params, options: WorkloadOptions): Subject {
  return onHardware(workloadModel(shape, params, options), params);
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

/** Texts are encoded by the tokenizer in the checkpoint's folder. */
function fromFile(subject: Subject, file: string, count: number | undefined, checkpoint?: string): Subject {
  const { image, params, encoder } = subject;
  const all = readRequests(file, image, encoder, checkpoint === undefined ? undefined : textEncoder(checkpoint));
  refuse(count === undefined || count <= all.length ? [] : [`inputs = ${count}: ${file} has ${all.length}`]);
  const some = all.slice(0, count);
  const requests = some.map(({ request }) => request);
  const inputs = rowInputs(
    image,
    requests,
    some.map(({ example }) => example),
  );
  requireFit(image, params, inputs.lengths);
  return { ...subject, ...inputs, dataset: undefined };
}

/** Random rows of every length that the window holds. */
function randomRows(image: Image, params: Params, count: number, seed: number): Int8Array[] {
  const random = randomFrom(seed);
  const { outer } = loadOf(image.model);
  const { windowTokens } = derive(params);
  return Array.from({ length: count }, () =>
    Int8Array.from({ length: (1 + Math.floor(random() * windowTokens)) * outer }, () => Math.floor(random() * 256) - 128),
  );
}
