/** A checkpoint is a folder with `model.safetensors` and `config.json`, docs/checkpoint.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ranges } from '../compress/calibrate.js';
import type { Encoder } from '../compress/encoder.js';
import { UserError } from '../errors.js';
import { makeFolder, replaceFile } from '../util/write-file.js';
import { parseCheckpointConfig, type CheckpointConfig } from './checkpoint-config.js';
import { encoderFrom, factorsOf, tensorsOf } from './encoder-tensors.js';
import { withOwnNames } from './names.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { TensorReader } from './tensor-reader.js';
import type { Storage } from './tensor-values.js';

export interface SaveOptions {
  /** 'exact' loses nothing; 'F16' and 'BF16' round every float but the scales. */
  readonly storage?: Storage;
  /** Of the sites that quantisation was trained with. */
  readonly ranges?: Ranges | undefined;
}

export interface Checkpoint {
  readonly encoder: Encoder;
  readonly ranges: Ranges | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Each file is replaced as a whole: whoever is stopped half-way leaves the last checkpoint readable. */
export function saveEncoder(folder: string, encoder: Encoder, meta: Readonly<Record<string, unknown>> = {}, { storage = 'exact', ranges }: SaveOptions = {}): void {
  const config: CheckpointConfig = {
    format: 'trexgen-checkpoint', version: 1, task: encoder.task, model: encoder.config, factorized: factorsOf(encoder), ...(ranges && { ranges: Object.fromEntries(ranges) }), meta,
  };
  makeFolder(folder);
  replaceFile(join(folder, 'model.safetensors'), writeSafetensors(tensorsOf(encoder, storage), { format: 'pt' }));
  replaceFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

export function loadEncoder(folder: string): Encoder {
  return loadCheckpoint(folder).encoder;
}

/** Everything that is wrong with a checkpoint's tensors is listed at once. */
export function loadCheckpoint(folder: string): Checkpoint {
  const configPath = join(folder, 'config.json');
  const tensorPath = join(folder, 'model.safetensors');
  const config = parseCheckpointConfig(new TextDecoder().decode(readBytes(configPath)), configPath);
  const { tensors, problems } = withOwnNames(readSafetensors(readBytes(tensorPath), tensorPath));
  const reader = new TensorReader(tensors);
  for (const problem of problems) reader.problem(problem);
  const encoder = encoderFrom(config, reader);
  reader.finish();
  if (reader.problems.length > 0) throw new UserError(reader.problems.map((problem) => `${tensorPath}: ${problem}`));
  const ranges = config.ranges && new Map(Object.entries(config.ranges));
  return { encoder, ranges, meta: config.meta };
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UserError([`${path}: cannot be read (${code}); a checkpoint is a folder with config.json and model.safetensors`]);
  }
}
