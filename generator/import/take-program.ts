/**
 * A program: imports a pretrained model as a checkpoint. A process of its own, since files are read asynchronously and tasks are read by
 * functions that wait for nothing.
 *
 *   stdin   { source, options, out } as JSON
 *   exit    as reportingErrors of generator/util/child-program.ts
 */
import { readFileSync } from 'node:fs';
import { reportingErrors } from '../util/child-program.js';
import { importModel } from './import-model.js';
import type { ImportOptions } from './imported.js';
import { saveImport } from './save.js';

interface Job {
  readonly source: string;
  readonly options: ImportOptions;
  readonly out: string;
}

const { source, options, out } = JSON.parse(readFileSync(0, 'utf8')) as Job;
await reportingErrors(async () => saveImport(out, await importModel(source, options)));
