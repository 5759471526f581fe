/** Folder that a command writes: checked before its work, and its own while it runs. */
import { statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockBeside, lockFolder } from '../util/lock.js';
import { requireWritable } from '../util/write-file.js';

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
