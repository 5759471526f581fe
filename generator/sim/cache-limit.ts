/** What goes when the cache of built simulations holds more than it may. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOwner } from '../util/owned-folder.js';
import { writeScratch } from '../util/write-file.js';
import { cacheLimitBytes, cachePrefixes, discard, failedName, isInUse, recordName } from './cache-place.js';
import { cacheFolder } from '../util/cache-folder.js';

interface Kept {
  readonly folder: string;
  readonly bytes: number;
  readonly lastUsedMs: number;
  readonly inUse: boolean;
}

/** No build takes longer. */
const elsewhereMs = 60 * 60_000;

const entryPattern = /^\w+-(?:icarus|verilator)-[0-9a-f]{24}$/;

async function bytesIn(folder: string): Promise<number> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    found
      .filter((file) => file.isFile())
      .map(async (file) => (await stat(join(file.parentPath, file.name)).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Builds, finished, failed or on their way; nothing else that may lie in the folder. */
async function keptBuilds(): Promise<Kept[]> {
  const cache = cacheFolder();
  const kept: Kept[] = [];
  for (const name of await readdir(cache).catch(() => [])) {
    const folder = join(cache, name);
    const owner = folderOwner(name, cachePrefixes.building) ?? folderOwner(name, cachePrefixes.removing);
    if (owner === undefined && !entryPattern.test(name)) continue;
    const record = join(folder, owner === undefined ? recordName : failedName);
    try {
      const { mtimeMs } = await stat(record).catch(() => stat(folder));
      // Nobody here can ask for a process on another machine: what it builds counts as in use until it has had time to end.
      const building = owner === 'alive' || (owner === 'elsewhere' && Date.now() - mtimeMs < elsewhereMs);
      const inUse = owner === undefined ? await isInUse(folder) : building && !existsSync(record);
      kept.push({ folder, bytes: await bytesIn(folder), lastUsedMs: mtimeMs, inUse });
    } catch (error) {
      // Another process may have removed it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return kept;
}

const sumBytes = (kept: readonly Kept[]): number => kept.reduce((sum, { bytes }) => sum + bytes, 0);

/** Remove builds until the rest is within the limit, those first that nobody has used for longest; none that a running process has used. */
export async function enforceLimit(): Promise<void> {
  const limit = cacheLimitBytes();
  const kept = await keptBuilds();
  let bytes = sumBytes(kept);
  for (const build of kept.filter(({ inUse }) => !inUse).sort((a, b) => a.lastUsedMs - b.lastUsedMs)) {
    if (bytes <= limit) return;
    await discard(build.folder);
    bytes -= build.bytes;
  }
}

/**
 * Bytes that builds have added since the last look at all of them. Of two that add at the same moment one may be lost: the look comes
 * a little later then.
 */
const addedName = '.added';
/** Looking at everything takes longer than a small build: only when about so much of the limit may have been added. */
const lookEvery = 32;

export async function limitAfterAdding(bytes: number): Promise<void> {
  const ledger = join(cacheFolder(), addedName);
  const before = Number(await readFile(ledger, 'utf8').catch(() => '0'));
  const added = bytes + (Number.isFinite(before) ? before : Infinity);
  if (added <= cacheLimitBytes() / lookEvery) return writeScratch(ledger, String(added));
  await rm(ledger, { force: true });
  await enforceLimit();
}

export interface CacheState {
  readonly folder: string;
  readonly builds: number;
  readonly bytes: number;
  readonly limitBytes: number;
}

export async function cacheState(): Promise<CacheState> {
  const kept = await keptBuilds();
  return { folder: cacheFolder(), builds: kept.length, bytes: sumBytes(kept), limitBytes: cacheLimitBytes() };
}

/** Remove every build that no running process uses. */
export async function emptyCache(): Promise<{ readonly builds: number; readonly bytes: number }> {
  const free = (await keptBuilds()).filter(({ inUse }) => !inUse);
  for (const { folder } of free) await discard(folder);
  return { builds: free.length, bytes: sumBytes(free) };
}
