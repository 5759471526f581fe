/** Synthesis with or without its scripts, netlists and logs kept. */
import { lstat, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ToolError, UserError } from '../util/errors.js';
import { clearStages, makeStage, stageParts } from '../util/owned-folder.js';
import { lockBeside } from '../util/lock.js';
import { replaceFile } from '../util/write-file.js';
import type { SynthReport } from './cell-counts.js';
import { synthesize, type SynthRequest } from './synthesize.js';

/** What a report says of itself, so that its folder is known for one that may be replaced. */
interface Kept {
  readonly tool: string;
  readonly configHash: string;
}

const reportName = 'report.json';

async function isOurs(folder: string): Promise<boolean> {
  try {
    const report = JSON.parse(await readFile(join(folder, reportName), 'utf8')) as Partial<Kept>;
    return typeof report.tool === 'string' && typeof report.configHash === 'string';
  } catch {
    return false;
  }
}

/** Refuses a folder that is neither empty nor made by an earlier run of synth or place. */
async function refuseForeign(out: string, command: string): Promise<void> {
  const found = await lstat(out).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw new UserError([`out = ${out}: is a file; give a folder`]);
  const names = (await readdir(out)).sort();
  if (names.length === 0 || (await isOurs(out))) return;
  const shown = [...names.slice(0, 5), ...(names.length > 5 ? [`${names.length - 5} more`] : [])].join(', ');
  throw new UserError([`out = ${out}: holds ${shown}, not written by trexgen ${command}; give an empty or a new folder`]);
}

/** Put `fresh` in the place of `out`; when that fails, `out` is as it was. */
async function replaceFolder(out: string, fresh: string, old: string): Promise<void> {
  const existed = await rename(out, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(fresh, out);
  } catch (error) {
    if (existed) await rename(old, out);
    throw error;
  }
}

/** Do something in a temporary folder that goes when that ends well, or by the user's fault; after a ToolError it stays, for its log. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  let failed = false;
  try {
    return await work();
  } catch (error) {
    failed = error instanceof ToolError;
    throw error;
  } finally {
    if (!failed) await rm(folder, { recursive: true, force: true });
  }
}

/** Work in a temporary folder, of which only the report is kept. */
export async function reportOnly<T>(command: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `trexgen-${command}-`));
  return inFolder(folder, () => work(folder));
}

/**
 * Work in a folder that appears, or is replaced, as a whole, the report in it.
 *
 * Errors   those of the work; UserError when the folder holds what no such work has written
 */
export async function reportInto<T extends Kept>(command: string, folder: string, work: (folder: string) => Promise<T>): Promise<T> {
  const out = resolve(folder);
  const release = lockBeside(folder, command);
  try {
    await clearStages(out);
    await refuseForeign(out, command);
    const stage = await makeStage(out);
    return await inFolder(stage, async () => {
      const fresh = join(stage, stageParts.fresh);
      const report = await work(fresh);
      replaceFile(join(fresh, reportName), `${JSON.stringify(report, null, 2)}\n`);
      await replaceFolder(out, fresh, join(stage, stageParts.old));
      return report;
    });
  } finally {
    release();
  }
}

/** Synthesise and keep only the report. */
export function synthesizeOnly(request: Omit<SynthRequest, 'folder'>): Promise<SynthReport> {
  return reportOnly('synth', (folder) => synthesize({ ...request, folder }));
}

/** Synthesise into a folder. */
export function synthesizeInto(folder: string, request: Omit<SynthRequest, 'folder'>): Promise<SynthReport> {
  return reportInto('synth', folder, (fresh) => synthesize({ ...request, folder: fresh }));
}
