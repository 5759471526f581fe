/** A source of any kind: a folder in Hugging Face's layout, or an ONNX file. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, UserError } from '../util/errors.js';
import type { Imported, ImportOptions } from './imported.js';
import { importFolder } from './read-folder.js';
import { importOnnx } from './read-onnx.js';

function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

export async function importModel(source: string, options: ImportOptions = {}): Promise<Imported> {
  if (!existsSync(source)) throw new UserError([`source = ${source}: does not exist; give a Hugging Face folder or an ONNX file`]);
  const cut = [['from', options.from] as const, ['to', options.to] as const].filter(([, name]) => name !== undefined);
  if (!isFile(source))
    refuse(cut.map(([option, name]) => `${option} = ${name}: tensors of an ONNX file are named so; ${source} is a folder`));
  return isFile(source) ? importOnnx(source, options) : importFolder(source, options);
}

/** The ONNX file that a source is verified with: given, the source itself, or where exporters put it. */
export function onnxOf(source: string, given: string | true): string {
  if (typeof given === 'string') return given;
  const places = isFile(source) ? [source] : ['model.onnx', join('onnx', 'model.onnx')].map((name) => join(source, name));
  const found = places.find(isFile);
  if (found === undefined)
    throw new UserError([`verify: ${source} has no model.onnx, nor onnx/model.onnx; name the ONNX file of the model, --verify FILE`]);
  return found;
}
