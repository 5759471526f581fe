/** An imported model as a checkpoint, with what the host needs beside it. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../util/errors.js';
import { replaceFile } from '../util/write-file.js';
import { readBytes } from '../input/bytes.js';
import { readJson } from '../input/json.js';
import { saveEncoder } from '../model/checkpoint.js';
import type { Encoder } from '../model/encoder.js';
import { writeSafetensors } from '../model/safetensors.js';
import { floatTensor } from '../model/tensor-values.js';
import type { Imported } from './imported.js';
import { isSourceConfig } from './source-config.js';

export const hostTensorsName = 'host.safetensors';

/** A folder whose config.json is not a checkpoint's keeps it. */
export function requireOwnFolder(folder: string): void {
  const path = join(folder, 'config.json');
  if (existsSync(path) && isSourceConfig(readJson({ path, advice: 'give another --out' })))
    throw new UserError([`out = ${folder}: holds a model in Hugging Face's layout, which would be overwritten; give another folder`]);
}

/** The encoder of a source; all that is unsupported is an error. */
export function encoderOfImport({ encoder, report }: Imported): Encoder {
  if (encoder === undefined) throw new UserError(report.unsupported);
  return encoder;
}

export function saveImport(folder: string, imported: Imported): void {
  const encoder = encoderOfImport(imported);
  const { report, steps, hostTensors, hostFiles } = imported;
  const files = hostFiles.map((path) => ({ name: basename(path), bytes: readBytes({ path, advice: 'copy it again' }) }));
  saveEncoder(folder, encoder, { import: { architecture: report.architecture, mapped: report.mapped, host: report.host, steps } });
  for (const { name, bytes } of files) replaceFile(join(folder, name), bytes);
  if (hostTensors.size === 0) return;
  const tensors = new Map([...hostTensors].map(([name, { shape, values }]) => [name, floatTensor('exact', shape, values)]));
  replaceFile(join(folder, hostTensorsName), writeSafetensors(tensors, { format: 'pt' }));
}
