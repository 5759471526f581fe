/** Place of built simulations: how many are kept, and who uses which. */
import { readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../util/errors.js';
import { makeOwnedFolder, ownerName, ownerState } from '../util/owned-folder.js';
import { cacheFolder } from '../util/cache-folder.js';
import { writeScratch } from '../util/write-file.js';

export const cachePrefixes = { building: '.building-', removing: '.removing-' } as const;
/** Sizes and hashes of the files of an entry; its time is that of the last use. */
export const recordName = 'entry.json';
/** File in the folder of a build that failed: it stays for its log. */
export const failedName = 'failed';
const userPrefix = 'user-';

const mebibyte = 2 ** 20;
const defaultMebibytes = 1024;

/** TREXGEN_CACHE_MB, in bytes. */
export function cacheLimitBytes(): number {
  const text = process.env['TREXGEN_CACHE_MB'] ?? '';
  if (text === '') return defaultMebibytes * mebibyte;
  if (!/^\d{1,9}$/.test(text))
    throw new UserError([`TREXGEN_CACHE_MB = ${text} MB: must be an integer from 0 to 999999999; leave it out for ${defaultMebibytes}`]);
  return Number(text) * mebibyte;
}

/** Whether a running process of this machine has used an entry; files of those that have ended go. */
export async function isInUse(folder: string): Promise<boolean> {
  let used = false;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(userPrefix)) continue;
    const state = ownerState(name.slice(userPrefix.length));
    if (state === 'alive') used = true;
    if (state === 'dead') await rm(join(folder, name), { force: true });
  }
  return used;
}

/** Sign an entry as used by this process, now. What cannot be signed, as in a cache that is only read, may be used all the same. */
export async function sign(folder: string): Promise<void> {
  try {
    writeScratch(join(folder, `${userPrefix}${ownerName}`), '');
    const now = new Date();
    await utimes(join(folder, recordName), now, now);
    await isInUse(folder);
  } catch {
    // The next line of the caller reads the entry, and finds out whether it is good.
  }
}

/** Remove a folder of the cache: its name goes at once, so that nobody meets half of it. */
export async function discard(folder: string): Promise<void> {
  const grave = await makeOwnedFolder(cacheFolder(), cachePrefixes.removing);
  await rename(folder, join(grave, 'entry')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(grave, { recursive: true, force: true });
}
