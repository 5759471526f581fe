/** What the mechanisms are measured on: one workload as an uncompressed and as a compressed model, with the same inputs. */
import { embed } from '../../compress/embed.js';
import { compressCheckpoint } from '../../subject/compress-checkpoint.js';
import type { TaskName } from '../../data/dataset.js';
import { loadTask } from '../../data/load.js';
import { modelFolder } from '../../data/places.js';
import type { Params } from '../../params/fields.js';
import { requireFit } from '../../program/fits.js';
import { readImage, writeImage, type Image } from '../../program/image.js';
import { widened } from '../../program/widen.js';
import type { PackedModel } from '../../program/operation.js';
import { drawExamples } from '../../subject/task-run.js';
import { buildWorkload, workloadRequests, type Coding } from '../../subject/workload/build.js';
import type { WorkloadShape } from '../../subject/workload/shapes.js';

export interface CodedModel {
  readonly image: Image;
  /** The inputs as rows of this model. */
  readonly requests: readonly Int8Array[];
}

export interface Subject {
  readonly name: string;
  readonly lengths: readonly number[];
  /** Made when it is needed: an uncompressed model of a published shape is large. */
  model(coding: Coding): CodedModel;
}

function imageOf(model: PackedModel, params: Params, lengths: readonly number[]): Image {
  const image = readImage(writeImage(model, { columns: params.array.columns, busBytes: params.port.busBytes }));
  requireFit(image, params, lengths);
  return image;
}

/** A task's trained models with inputs of its test split. */
export function taskSubject(task: TaskName, params: Params, count: number, seed: number): Subject {
  const examples = drawExamples(loadTask(task), count, seed);
  const lengths = examples.map(({ length }) => length);
  const checkpoints = { factorized: modelFolder(task, 'compressed'), dense8: modelFolder(task, 'dense') };
  const made = new Map<Coding, CodedModel>();
  const make = (coding: 'factorized' | 'dense8'): CodedModel => {
    const compressed = compressCheckpoint({
      checkpoint: checkpoints[coding],
      task,
      params,
      validationInputs: 0,
      steps: { factorize: coding === 'factorized' },
    });
    const image = imageOf(compressed.model, params, lengths);
    return { image, requests: examples.map((example) => embed(compressed.encoder, example, image.model)) };
  };
  const model = (coding: Coding): CodedModel => {
    const known = made.get(coding);
    if (known !== undefined) return known;
    const wide = (of: CodedModel): CodedModel => ({ ...of, image: imageOf(widened(of.image.model), params, lengths) });
    const found = coding === 'dense16' ? wide(model('dense8')) : coding === 'uncoded' ? wide(model('factorized')) : make(coding);
    made.set(coding, found);
    return found;
  };
  return { name: task, lengths, model };
}

/** A published shape with random weights and inputs of these lengths. */
export function workloadSubject(shape: WorkloadShape, params: Params, lengths: readonly number[], seed: number): Subject {
  const model = (coding: Coding): CodedModel => {
    const packed = buildWorkload(shape, { coding, banks: params.array.columns, ...params.numerics, seed });
    return { image: imageOf(packed, params, lengths), requests: workloadRequests(packed, lengths, seed) };
  };
  return { name: shape.name, lengths, model };
}
