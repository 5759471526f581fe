/**
 * The tensors of a checkpoint's folder: those of `model.safetensors`, or of the files that `model.safetensors.index.json` lists.
 * Headers are read at once, tensors one by one when they are asked for, so that no file has to fit into memory.
 */
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { problemsOf, refuse, UserError } from '../util/errors.js';
import { readFully, unreadable, type FileSource } from '../input/bytes.js';
import { checked, readJson } from '../input/json.js';
import { readTensors, type StoredTensor } from './safetensors.js';

const singleName = 'model.safetensors';
const indexName = `${singleName}.index.json`;
const advice = 'a checkpoint is a folder with config.json and model.safetensors';

const indexSchema = z.object({
  weight_map: z.record(
    z.string(),
    z.string().regex(/^[^/\\]+\.safetensors$/, 'must be the name of a *.safetensors file in the same folder'),
  ),
});

export interface TensorFiles {
  /** Names the tensors' file in problems. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Tensors can be read until `use` returns. */
export function withTensorFiles<T>(folder: string, use: (files: TensorFiles) => T): T {
  const open: number[] = [];
  try {
    return use(openFolder(folder, open));
  } finally {
    for (const file of open) closeSync(file);
  }
}

/** Tensors of one file; they can be read until `use` returns. */
export function withTensorFile<T>(path: string, use: (tensors: ReadonlyMap<string, StoredTensor>) => T): T {
  const open: number[] = [];
  try {
    return use(openFile({ path, advice: 'copy it again' }, open));
  } finally {
    for (const file of open) closeSync(file);
  }
}

function openFolder(folder: string, open: number[]): TensorFiles {
  const index = join(folder, indexName);
  const single = join(folder, singleName);
  if (!existsSync(index)) return { path: single, tensors: openFile({ path: single, advice }, open) };
  if (existsSync(single))
    throw new UserError([`${index}: the folder holds ${singleName} too; remove the one that does not belong to the model`]);
  const data = checked(indexSchema, readJson({ path: index, advice: 'copy it again' }), index);
  const tensors = new Map<string, StoredTensor>();
  const listed = new Map(Object.entries(data.weight_map));
  const files = new Map<string, ReadonlyMap<string, StoredTensor>>();
  const listedAdvice = `${indexName} lists it; copy it too`;
  refuse(
    [...new Set(listed.values())].flatMap((name) =>
      problemsOf(() => files.set(name, openFile({ path: join(folder, name), advice: listedAdvice }, open))),
    ),
  );
  const problems: string[] = [];
  for (const [name, held] of files) {
    for (const [tensor, stored] of held) {
      if (listed.get(tensor) === name) tensors.set(tensor, stored);
      else
        problems.push(
          `${index}: weight_map.${tensor}: is ${listed.has(tensor) ? `in ${name} too` : `missing, ${name} holds it`}; write the index again`,
        );
    }
  }
  for (const [tensor, name] of listed)
    if (!tensors.has(tensor))
      problems.push(`${index}: weight_map.${tensor} = ${name}: that file has no such tensor; write the index again`);
  refuse(problems);
  return { path: index, tensors };
}

function openFile(source: FileSource, open: number[]): Map<string, StoredTensor> {
  const { path } = source;
  let file: number;
  let size: number;
  try {
    file = openSync(path, 'r');
    open.push(file);
    size = fstatSync(file).size;
  } catch (error) {
    throw unreadable(source, error);
  }
  const read = (begin: number, end: number): Uint8Array => {
    const bytes = new Uint8Array(end - begin);
    let count: number;
    try {
      count = readFully(file, bytes, begin);
    } catch (error) {
      throw unreadable(source, error);
    }
    if (count < bytes.length)
      throw new UserError([`${path}: ends at ${begin + count} bytes, ${end} were there before; something writes to it`]);
    return bytes;
  };
  return readTensors({ size, read }, path);
}
