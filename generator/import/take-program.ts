/**
 * A program: imports a pretrained model as a checkpoint. A process of its own, since files are read asynchronously and tasks are read by
 * functions that wait for nothing.
 *
 *   stdin   { source, options, out } as JSON
 *   exit    2 with what is wrong on stderr
 */
import { readFileSync } from 'node:fs';
import { UserError } from '../util/errors.js';
import { importModel } from './import-model.js';
import type { ImportOptions } from './imported.js';
import { saveImport } from './save.js';

interface Job {
  readonly source: string;
  readonly options: ImportOptions;
  readonly out: string;
}

const { source, options, out } = JSON.parse(readFileSync(0, 'utf8')) as Job;
try {
  saveImport(out, await importModel(source, options));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
