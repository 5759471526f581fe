/** An imported model as a checkpoint, with what the host needs beside it. */
import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { makeFolder, replaceFile } from '../util/write-file.js';
import { readBytes } from '../input/bytes.js';
import { readJson } from '../input/json.js';
import { saveEncoder } from '../model/checkpoint.js';
import type { Encoder } from '../model/encoder.js';
import { writeSafetensors } from '../model/safetensors.js';
import { floatTensor } from '../model/tensor-values.js';
import type { Imported } from './imported.js';
import { hostRecord, hostSideOf, hostTensorsName } from './host-side.js';
import { isSourceConfig } from './source-config.js';

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

/** Names of the files beside an imported checkpoint, as its config.json records them; of a folder without one nothing is known. */
const recordSchema = z.object({ meta: z.object({ import: z.object({ files: z.array(z.string()) }) }) });

function filesBeside(folder: string): readonly string[] {
  const path = join(folder, 'config.json');
  if (!existsSync(path)) return [];
  const { data } = recordSchema.safeParse(readJson({ path, advice: 'give another --out' }));
  return data?.meta.import.files.filter((name) => name === basename(name)) ?? [];
}

/**
 * Files of an earlier import that this one does not have are removed: another model's tokenizer would give wrong ids. config.json goes
 * first and comes last, so that a folder that is not whole is no checkpoint.
 */
export function saveImport(folder: string, imported: Imported): void {
  const encoder = encoderOfImport(imported);
  const { report, hostTensors, hostFiles } = imported;
  const files = new Map<string, Uint8Array>(hostFiles.map((path) => [basename(path), readBytes({ path, advice: 'copy it again' })]));
  if (hostTensors.size > 0) {
    const tensors = new Map([...hostTensors].map(([name, { shape, values }]) => [name, floatTensor('exact', shape, values)]));
    files.set(hostTensorsName, writeSafetensors(tensors, { format: 'pt' }));
  }
  for (const name of filesBeside(folder)) if (!files.has(name)) rmSync(join(folder, name), { force: true });
  rmSync(join(folder, 'config.json'), { force: true });
  makeFolder(folder);
  for (const [name, content] of files) replaceFile(join(folder, name), content);
  const { architecture, mapped, host } = report;
  saveEncoder(folder, encoder, {
    import: { architecture, mapped, host, ...hostRecord(hostSideOf(imported, encoder.config)), files: [...files.keys()] },
  });
}
