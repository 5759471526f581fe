/** A source of any kind: a folder in Hugging Face's layout, an ONNX file, or a graph model of TensorFlow.js. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, UserError } from '../util/errors.js';
import type { Imported, ImportOptions, Verification } from './imported.js';
import { importFolder } from './read-folder.js';
import { importOnnx } from './read-onnx.js';
import { importTfjs, isTfjs } from './read-tfjs.js';
import { verifyOnnx } from './verify.js';
import { verifyTfjs } from './verify-tfjs.js';

function isFile(path: string): boolean {
  return existsSync(path) && !statSync(path).isDirectory();
}

function requireSource(source: string): void {
  if (!existsSync(source))
    throw new UserError([`source = ${source}: does not exist; give a Hugging Face folder, an ONNX file or a TensorFlow.js graph model`]);
}

export async function importModel(source: string, options: ImportOptions = {}): Promise<Imported> {
  requireSource(source);
  const cut = [['from', options.from] as const, ['to', options.to] as const].filter(([, name]) => name !== undefined);
  if (!isFile(source) || isTfjs(source))
    refuse(cut.map(([option, name]) => `${option} = ${name}: tensors of an ONNX file are named so; ${source} is no such file`));
  if (isTfjs(source)) return importTfjs(source, options);
  return isFile(source) ? importOnnx(source, options) : importFolder(source, options);
}

/** What a source is verified with: a graph of TensorFlow.js by itself, all others by an ONNX file, whose inputs must be those of the encoder. */
export function verifierOf(
  source: string,
  given: string | true,
  { from, to }: ImportOptions = {},
): (imported: Imported) => Promise<Verification> {
  requireSource(source);
  if (from !== undefined)
    throw new UserError([`verify: from = ${from}: an ONNX file can be run only from its own inputs; leave --verify out`]);
  if (!isTfjs(source)) {
    const onnx = onnxOf(source, given);
    return (imported) => verifyOnnx(onnx, imported, to);
  }
  if (given !== true) throw new UserError([`verify = ${given}: ${source} is run itself; give --verify without a file`]);
  return (imported) => verifyTfjs(source, imported);
}

/** Given, the source itself, or where exporters put it. */
function onnxOf(source: string, given: string | true): string {
  if (typeof given === 'string') return given;
  const places = isFile(source) ? [source] : ['model.onnx', join('onnx', 'model.onnx')].map((name) => join(source, name));
  const found = places.find(isFile);
  if (found === undefined)
    throw new UserError([`verify: ${source} has no model.onnx, nor onnx/model.onnx; name the ONNX file of the model, --verify FILE`]);
  return found;
}
