/** The image and the inputs that a command runs: a task's, a file's, or random ones. */
import type { Encoder } from '../model/encoder.js';
import { randomFrom } from '../util/random.js';
import { taskNames, type Dataset, type Example } from '../data/dataset.js';
import { readRequests } from './requests-file.js';
import { refuse } from '../util/errors.js';
import { loadCheckpoint } from '../model/checkpoint.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { loadOf } from '../operations/load/fields.js';
import { requireFit } from '../program/fits.js';
import { imageBytes } from '../program/image-file.js';
import { readImage, type Image } from '../program/image.js';
import { encoderProblems } from './image-matches.js';
import { taskRun } from './task-run.js';
import { printable } from '../util/printable.js';
import { tokensOf } from '../host/memory-map.js';

export interface InputsRequest {
  readonly task?: string | undefined;
  /** File of an image. */
  readonly image?: string | undefined;
  /** Folder of the checkpoint whose embedding makes rows of the file's ids or features. */
  readonly checkpoint?: string | undefined;
  /** File with one input per line. */
  readonly inputsFile?: string | undefined;
  /** Number of inputs; 16, or all of the file, when not given. */
  readonly inputs?: number | undefined;
  readonly seed: number;
}

export interface ModelInputs {
  readonly name: string;
  readonly image: Image;
  /** Rows of LOAD's width. */
  readonly requests: readonly Int8Array[];
  /** Where labels may be known: one per request. */
  readonly examples: readonly Example[] | undefined;
  /** Where the inputs are a task's own. */
  readonly dataset: Dataset | undefined;
}

export const defaultInputs = 16;

/**
 * Chooses model and inputs.
 *
 * Errors   UserError when neither task nor image is given, files cannot be read, or the model does not fit the hardware
 */
export async function modelInputs(request: InputsRequest, params: Params): Promise<ModelInputs> {
  const { task, image: path, checkpoint, inputsFile, inputs, seed } = request;
  refuse([
    ...(task === undefined && path === undefined
      ? [`task, image: neither is given; use --task ${taskNames.join('|')} or --image FILE`]
      : []),
    ...(checkpoint !== undefined && inputsFile === undefined ? ['checkpoint: it embeds the inputs of a file; give --inputs-file too'] : []),
    ...(checkpoint !== undefined && task !== undefined ? ['checkpoint, task: both are given; the task has its own model'] : []),
  ]);
  const given = path === undefined ? undefined : readImage(imageBytes(path));
  if (task !== undefined) {
    const run = taskRun(task, params, inputsFile === undefined ? (inputs ?? defaultInputs) : 1, seed, given);
    if (inputsFile !== undefined) return fileInputs(task, run.image, params, inputsFile, run.encoder, inputs);
    return { name: task, image: run.image, requests: run.requests, examples: run.examples, dataset: run.dataset };
  }
  const image = given!;
  requireFit(image, params, []);
  if (inputsFile !== undefined) {
    const encoder = checkpoint === undefined ? undefined : loadCheckpoint(checkpoint).encoder;
    refuse(encoder === undefined ? [] : encoderProblems(image, encoder));
    return fileInputs(printable(image.model.task), image, params, inputsFile, encoder, inputs);
  }
  return {
    name: printable(image.model.task),
    image,
    requests: randomRows(image, params, inputs ?? defaultInputs, seed),
    examples: undefined,
    dataset: undefined,
  };
}

function fileInputs(
  name: string,
  image: Image,
  params: Params,
  file: string,
  encoder: Encoder | undefined,
  count: number | undefined,
): ModelInputs {
  const all = readRequests(file, image, encoder);
  refuse(count === undefined || count <= all.length ? [] : [`inputs = ${count}: ${file} has ${all.length}`]);
  const some = all.slice(0, count);
  const requests = some.map(({ request }) => request);
  requireFit(image, params, tokensOf(image, requests));
  return { name, image, requests, examples: some.map(({ example }) => example), dataset: undefined };
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
