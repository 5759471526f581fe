/** Simulations that were built, kept for later runs of this user: a folder each, with a record of the files that make it whole. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../util/errors.js';
import { abandonedFolders, makeOwnedFolder } from '../util/owned-folder.js';
import { createFolders, writeScratch } from '../util/write-file.js';
import { limitAfterAdding } from './cache-limit.js';
import { cachePrefixes, discard, failedName, recordName, sign } from './cache-place.js';
import { cacheFolder } from '../util/cache-folder.js';

interface KeptFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function describeFile(folder: string, name: string): Promise<KeptFile> {
  const bytes = await readFile(join(folder, name));
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Whether an entry holds every byte that it was made with: a full disk or a crash may have cut it. */
async function isWhole(folder: string, names: readonly string[]): Promise<boolean> {
  try {
    const record = await readFile(join(folder, recordName), 'utf8');
    return record === recordText(await Promise.all(names.map((name) => describeFile(folder, name))));
  } catch {
    return false;
  }
}

function recordText(files: readonly KeptFile[]): string {
  return `${JSON.stringify({ files })}\n`;
}

const tidied = new Set<string>();

/** Removes, once in a process and folder, what killed ones have left; a failed build stays for its log until the space is needed. */
async function removeAbandoned(): Promise<void> {
  const cache = cacheFolder();
  if (tidied.has(cache)) return;
  tidied.add(cache);
  const left = [...(await abandonedFolders(cache, cachePrefixes.building)), ...(await abandonedFolders(cache, cachePrefixes.removing))];
  for (const folder of left) if (!existsSync(join(folder, failedName))) await rm(folder, { recursive: true, force: true });
}

/** Give finished work its name, unless another builder was first: his has the same content, if it is whole. */
async function publish(work: string, folder: string, names: readonly string[]): Promise<void> {
  try {
    await rename(work, folder);
  } catch (error) {
    if (!(await isWhole(folder, names))) {
      if (!existsSync(folder)) throw error;
      await discard(folder);
      return publish(work, folder, names);
    }
    await rm(work, { recursive: true });
  }
}

export interface CachedBuild {
  readonly folder: string;
  /** Whether an earlier run has built it. */
  readonly cached: boolean;
}

/**
 * A folder with files of these names: as it was kept, when every byte is there, or made by `build`, of which nothing else is kept.
 * Builders of one name do not disturb each other: the folder appears by one rename.
 *
 * Errors   those of `build`, whose folder then stays for its log; UserError when the cache cannot be written
 */
export async function buildCached(name: string, names: readonly string[], build: (folder: string) => Promise<void>): Promise<CachedBuild> {
  const cache = cacheFolder();
  try {
    createFolders(cache);
    await removeAbandoned();
    const folder = join(cache, name);
    if (existsSync(folder)) {
      await sign(folder);
      if (await isWhole(folder, names)) return { folder, cached: true };
      await discard(folder);
    }
  } catch (error) {
    throw unwritable(cache, error);
  }
  const folder = join(cache, name);
  const work = await makeOwnedFolder(cache, cachePrefixes.building).catch((error: unknown) => {
    throw unwritable(cache, error);
  });
  try {
    await build(work);
  } catch (error) {
    writeScratch(join(work, failedName), '');
    throw error;
  }
  for (const other of await readdir(work)) if (!names.includes(other)) await rm(join(work, other), { recursive: true });
  const files = await Promise.all(names.map((one) => describeFile(work, one)));
  writeScratch(join(work, recordName), recordText(files));
  await publish(work, folder, names);
  await sign(folder);
  await limitAfterAdding(files.reduce((sum, { bytes }) => sum + bytes, 0));
  return { folder, cached: false };
}

function unwritable(cache: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === ''
    ? error
    : new UserError([`cache = ${cache}: cannot be written (${code}); give another folder by --cache or TREXGEN_CACHE`]);
}
