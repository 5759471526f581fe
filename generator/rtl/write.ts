import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { refuse } from '../errors.js';
import { replaceFile } from '../util/write-file.js';
import { manifestName, type Design } from './manifest.js';

/** Names that an earlier run has written there, by its manifest; none when there is no manifest of ours. */
async function writtenBefore(folder: string): Promise<ReadonlySet<string>> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, manifestName), 'utf8'));
    const { generator, files } = manifest as { generator?: unknown; files?: readonly { name: string }[] };
    return new Set(generator === 'trexgen' && Array.isArray(files) ? [manifestName, ...files.map(({ name }) => name)] : []);
  } catch {
    return new Set();
  }
}

/** What stands in the way at a destination; only an empty folder, or one that an earlier run made, is replaced. */
async function obstacles(out: string): Promise<string[]> {
  const found = await lstat(out).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [`out = ${out}: is a file; give a folder`];
  const ours = await writtenBefore(out);
  const foreign = (await readdir(out)).filter((name) => !ours.has(name)).sort();
  if (foreign.length === 0) return [];
  const shown = [...foreign.slice(0, 5), ...(foreign.length > 5 ? [`${foreign.length - 5} more`] : [])].join(', ');
  return [`out = ${out}: holds ${shown}, not written by trexgen generate; give an empty or a new folder`];
}

/**
 * Write a design into a folder that appears, or is replaced, as a whole.
 *
 * Errors   UserError when the folder holds anything that an earlier run did not write
 */
export async function writeDesign(design: Design, folder: string): Promise<void> {
  const out = await realpath(folder).catch(() => resolve(folder));
  refuse(await obstacles(out));
  await mkdir(dirname(out), { recursive: true });
  const stage = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    const fresh = join(stage, 'new');
    await mkdir(fresh);
    for (const { name, text } of design.files) replaceFile(join(fresh, name), text);
    await replaceFolder(out, fresh, join(stage, 'old'));
  } finally {
    await rm(stage, { recursive: true });
  }
}

/** Put `fresh` in the place of `out`; when that fails, `out` is as it was. */
export async function replaceFolder(out: string, fresh: string, old: string): Promise<void> {
  const existed = await rename(out, old).then(() => true, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return false;
    throw error;
  });
  try {
    await rename(fresh, out);
  } catch (error) {
    if (existed) await rename(old, out);
    throw error;
  }
}
