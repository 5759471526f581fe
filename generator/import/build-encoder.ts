/** The encoder of tensors under our names; values that are wrong are named as the source names them. */
import { totalmem } from 'node:os';
import { refuse } from '../util/errors.js';
import { taskNames } from '../data/built-in.js';
import type { CheckpointConfig } from '../model/checkpoint-config.js';
import { memoryProblems } from '../model/checkpoint.js';
import type { ModelConfig } from '../model/config.js';
import type { Encoder } from '../model/encoder.js';
import { encoderFrom } from '../model/encoder-tensors.js';
import { expectedTensors } from '../model/expected-tensors.js';
import type { StoredTensor } from '../model/safetensors.js';
import { TensorReader } from '../model/tensor-reader.js';
import type { ImportOptions } from './imported.js';

export interface EncoderSource {
  /** Path of the file with the tensors. */
  readonly path: string;
  readonly task: string;
  readonly model: ModelConfig;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Names of the source to ours. */
  readonly mapped: ReadonlyMap<string, string>;
}

export function buildEncoder({ path, task, model, tensors, mapped }: EncoderSource): Encoder {
  const config: CheckpointConfig = { format: 'trexgen-checkpoint', version: 1, task, model, factorized: {}, meta: {} };
  const reader = new TensorReader(tensors);
  const expected = expectedTensors(config, reader);
  reader.check(expected);
  const names = new Map([...mapped].flatMap(([from, to]) => to.split(', ').map((one): [string, string] => [one, from])));
  const refuseBad = (): void =>
    refuse(reader.problems.map((problem) => `${path}: ${problem.replace(/^[\w.]+(?=[[.:])/, (name) => names.get(name) ?? name)}`));
  refuseBad();
  refuse(memoryProblems(path, expected, totalmem()));
  const encoder = encoderFrom(config, reader);
  refuseBad();
  return encoder;
}

/** Names of the built-in tasks stand for their data. */
export function taskName(source: string, { task }: ImportOptions): string {
  if (task !== undefined) return task;
  return taskNames.some((known) => known === source) ? `${source}-imported` : source || 'imported';
}
