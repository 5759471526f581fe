/** Folder that a command writes: checked before its work, and its own while it runs. */
import { existsSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { requestName } from '../studies/sweep/launch/request.js';
import { databaseName } from '../studies/sweep/run-sweep.js';
import { UserError } from '../util/errors.js';
import { lockBeside, lockFolder } from '../util/lock.js';
import { packageVersion } from '../util/package.js';
import { replaceFile, requireWritable } from '../util/write-file.js';

/** Files by which a folder of results says whose it is. */
const marks = { sweep: [requestName, databaseName], reproduce: ['reproduce.json', 'launched.json'] } as const satisfies Readonly<
  Record<string, readonly string[]>
>;

/** Errors: UserError when a folder holds the results of another command, whose report would be replaced. */
export function refuseForeign(out: string | undefined, command: keyof typeof marks | 'simulate' | 'start' | 'trace'): void {
  if (out === undefined) return;
  for (const [owner, names] of Object.entries(marks)) {
    if (owner === command || !names.some((name) => existsSync(join(out, name)))) continue;
    throw new UserError([
      `out = ${out}: holds the results of trexgen ${owner}, whose report would be lost; give another --out, or delete it`,
    ]);
  }
}

/** Marks a folder as that of a reproduction, before the first result. */
export function markReproduction(folder: string): void {
  replaceFile(join(folder, marks.reproduce[0]), `${JSON.stringify({ trexgen: packageVersion(), command: 'reproduce' })}\n`);
}

/** Run something in the folder of --out, locked until it ends, or in a temporary one, which stays. */
export async function inOutFolder<T>(out: string | undefined, command: string, work: (folder: string) => Promise<T>): Promise<T> {
  if (out === undefined) return work(await mkdtemp(join(tmpdir(), 'trexgen-')));
  const release = lockFolder(out, command);
  try {
    return await work(resolve(out));
  } finally {
    release();
  }
}

/** Whether a path is a device such as /dev/stdout, whose folder is nobody's to lock. */
function isDevice(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false;
  }
}

/** Run something that writes these files in the end, the first of which is that of --out. */
export async function withOutFiles<T>(files: readonly string[], command: string, work: () => T | Promise<T>): Promise<T> {
  const [out] = files;
  if (out === undefined || isDevice(out)) return work();
  const release = lockBeside(out, command);
  try {
    files.forEach(requireWritable);
    return await work();
  } finally {
    release();
  }
}
