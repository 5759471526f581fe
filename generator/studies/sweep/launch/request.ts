/** What a folder of results was asked for, so that `--resume` needs nothing but the folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../util/errors.js';
import { replaceFile } from '../../../util/write-file.js';
import { keeps, type Keep } from '../kept-files.js';
import type { SweepFile } from '../plan.js';
import { launchers, onInterrupts, type LauncherName, type SlurmOptions } from './launcher.js';

/** A sweep file, so that it can also be run anew. */
export const requestName = 'sweep.json';
const launchName = 'launch.json';

export interface LaunchOptions extends SlurmOptions {
  readonly launcher?: LauncherName;
  /** Processes that measure, or tasks of a cluster at a time. */
  readonly jobs?: number;
  /** Points whose files of simulations and syntheses stay. */
  readonly keep?: Keep;
}

const launchSchema = z.strictObject({
  launcher: z.enum(launchers).optional(),
  jobs: z.number().optional(),
  keep: z.enum(keeps).optional(),
  partition: z.string().optional(),
  time: z.string().optional(),
  memory: z.string().optional(),
  slurmArgs: z.array(z.string()).optional(),
  jobRetries: z.number().optional(),
  onInterrupt: z.enum(onInterrupts).optional(),
});

export function launchOptions(given: LaunchOptions): LaunchOptions {
  const keys = Object.keys(launchSchema.shape) as (keyof LaunchOptions)[];
  return Object.fromEntries(keys.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));
}

const textOf = (request: SweepFile): string => `${JSON.stringify(request, null, 2)}\n`;

export function writeRequest(folder: string, request: SweepFile, launch: LaunchOptions): void {
  replaceFile(join(folder, requestName), textOf(request));
  replaceFile(join(folder, launchName), `${JSON.stringify(launchOptions(launch), null, 2)}\n`);
}

/** Note about the sweep that a folder holds when it is not the one that begins there; undefined otherwise. */
export function otherSweep(folder: string, request: SweepFile): string | undefined {
  const path = join(folder, requestName);
  if (!existsSync(path) || readFileSync(path, 'utf8') === textOf(request)) return undefined;
  return `sweep: ${folder} holds another sweep; points of both are taken from it, its tables are replaced`;
}

/** Errors: UserError when the folder holds no sweep. */
export function readRequest(out: string | undefined): { readonly file: string; readonly launch: LaunchOptions } {
  if (out === undefined) throw new UserError(['--resume: needs --out with the folder of the sweep that it continues']);
  const [file, path] = [join(out, requestName), join(out, launchName)];
  if (!existsSync(file)) throw new UserError([`out = ${out}: holds no sweep that could be resumed; start one with a sweep file or --set`]);
  try {
    return { file, launch: existsSync(path) ? (launchSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) as LaunchOptions) : {} };
  } catch {
    throw new UserError([`${path}: is not what a sweep has written; delete it, and say --launcher again`]);
  }
}
