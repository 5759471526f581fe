/** Folders of unfinished work that carry their process in their name, so that what a killed one left can be told and removed. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { machine, runs } from './lock.js';

/** Numbers of processes mean something on one machine only. */
const host = createHash('sha256').update(machine()).digest('hex').slice(0, 8);

/** How this process signs what it owns. */
export const ownerName = `${process.pid}-${host}`;
const ownerPattern = /^(\d+)-([0-9a-f]{8})$/;

export type OwnerState = 'alive' | 'dead' | 'elsewhere';

/** State of the owner that a name stands for; undefined for a name that is no owner's. */
export function ownerState(name: string): OwnerState | undefined {
  const [, pid, where] = ownerPattern.exec(name) ?? [];
  if (pid === undefined) return undefined;
  if (where !== host) return 'elsewhere';
  return runs(Number(pid)) ? 'alive' : 'dead';
}

export async function makeOwnedFolder(parent: string, prefix: string): Promise<string> {
  return mkdtemp(join(parent, `${prefix}${ownerName}-`));
}

/** State of the owner of a folder that makeOwnedFolder has named; undefined for any other name. */
export function folderOwner(name: string, prefix: string): OwnerState | undefined {
  const [, owner] = /^(.*)-[A-Za-z0-9]{6}$/.exec(name) ?? [];
  return owner?.startsWith(prefix) === true ? ownerState(owner.slice(prefix.length)) : undefined;
}

/** Owned folders of processes that have ended. */
export async function abandonedFolders(parent: string, prefix: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  return names.filter((name) => folderOwner(name, prefix) === 'dead').map((name) => join(parent, name));
}

/** What a stage holds while its folder is replaced. */
export const stageParts = { fresh: 'new', old: 'old' } as const;

const stagePrefix = (out: string): string => `.${basename(out)}-`;

/** A folder beside `out` in which its new content is made. */
export async function makeStage(out: string): Promise<string> {
  return makeOwnedFolder(dirname(out), stagePrefix(out));
}

/**
 * Remove the stages that killed runs have left beside `out`. One that was killed between its two renames holds the only copy of
 * the folder as it was, which gets its place back.
 */
export async function clearStages(out: string): Promise<void> {
  const [parent, prefix] = [dirname(out), stagePrefix(out)];
  for (const stage of await abandonedFolders(parent, prefix)) {
    const old = join(stage, stageParts.old);
    if (existsSync(old) && !existsSync(out)) await rename(old, out);
    await rm(stage, { recursive: true, force: true });
  }
}
