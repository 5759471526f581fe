/** A checkpoint is a folder with `model.safetensors` and `config.json`, docs/checkpoint.md. */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Ranges } from './ranges.js';
import type { Encoder } from './encoder.js';
import { refuse } from '../util/errors.js';
import { makeFolder, replaceFile } from '../util/write-file.js';
import { readCheckpointConfig, type CheckpointConfig } from './checkpoint-config.js';
import { encoderFrom, factorsOf, tensorsOf } from './encoder-tensors.js';
import { expectedTensors, type ExpectedTensor } from './expected-tensors.js';
import { withOwnNames } from './names.js';
import { elementCount, writeSafetensors } from './safetensors.js';
import { withTensorFiles } from './tensor-files.js';
import { TensorReader } from './tensor-reader.js';
import type { Storage } from './tensor-values.js';

export interface SaveOptions {
  /** 'exact' loses nothing; 'F16' and 'BF16' round every float but the scales. */
  readonly storage?: Storage;
  /** Ranges of the sites that quantisation was trained with. */
  readonly ranges?: Ranges | undefined;
}

export interface Checkpoint {
  readonly encoder: Encoder;
  readonly ranges: Ranges | undefined;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Each file is replaced as a whole: whoever is stopped half-way leaves the last checkpoint readable. */
export function saveEncoder(
  folder: string,
  encoder: Encoder,
  meta: Readonly<Record<string, unknown>> = {},
  { storage = 'exact', ranges }: SaveOptions = {},
): void {
  const config: CheckpointConfig = {
    format: 'trexgen-checkpoint',
    version: 1,
    task: encoder.task,
    model: encoder.config,
    factorized: factorsOf(encoder),
    ...(ranges && { ranges: Object.fromEntries(ranges) }),
    meta,
  };
  makeFolder(folder);
  replaceFile(join(folder, 'model.safetensors'), writeSafetensors(tensorsOf(encoder, storage), { format: 'pt' }));
  replaceFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

export function loadEncoder(folder: string): Encoder {
  return loadCheckpoint(folder).encoder;
}

/**
 * Headers first: sizes that do not fit the configuration are refused before a tensor is read. Everything that is wrong with
 * headers is listed at once, then everything that is wrong with values.
 */
export function loadCheckpoint(folder: string): Checkpoint {
  const config = readCheckpointConfig(join(folder, 'config.json'));
  const encoder = withTensorFiles(folder, ({ path, tensors: stored }) => {
    const { tensors, problems } = withOwnNames(stored);
    const reader = new TensorReader(tensors);
    const refuseBad = (): void => refuse(reader.problems.map((problem) => `${path}: ${problem}`));
    for (const problem of problems) reader.problem(problem);
    const expected = expectedTensors(config, reader);
    reader.check(expected);
    refuseBad();
    refuse(memoryProblems(path, expected, totalmem()));
    const found = encoderFrom(config, reader);
    refuseBad();
    return found;
  });
  const ranges = config.ranges && new Map(Object.entries(config.ranges));
  return { encoder, ranges, meta: config.meta };
}

/** Weights are held in 32 bits, the tensor that is being read in 64. */
export function memoryProblems(path: string, expected: readonly ExpectedTensor[], memoryBytes: number): string[] {
  const counts = expected.map(({ shape }) => elementCount(shape));
  const needed = counts.reduce((sum, count) => sum + 4 * count, 0) + 8 * counts.reduce((most, count) => Math.max(most, count), 0);
  const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return needed <= memoryBytes
    ? []
    : [
        `${path}: its model needs ${gibibytes(needed)} GiB of memory, this machine has ${gibibytes(memoryBytes)}; choose a smaller model or a larger machine`,
      ];
}
