/**
 * The only code of this program that writes files; a test looks for others.
 *
 * Errors   UserError for a path that cannot be written, WriteError when the disk is full or fails: both name the path
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createWriteStream,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
  type WriteStream,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError, WriteError } from './errors.js';

export type Content = string | Uint8Array | Iterable<string | Uint8Array>;

/** What the user can change about a path; anything else is the disk's fault. */
const pathFaults = new Set([
  'EACCES',
  'EEXIST',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ETXTBSY',
]);
const diskFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  EFBIG: 'the file is too large for the disk',
};

/** What a failed write is reported as; errors of others, such as of an iterable's own code, stay as they are. */
function writeFault(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  const code = String(error.code);
  if (pathFaults.has(code))
    return new UserError([`${path}: cannot be written (${code}); give another path, or check its permissions`], { cause: error });
  return new WriteError(
    `${path}: cannot be written: ${diskFaults[code] ?? error.message} (${code}); make room or give another path, and run this again`,
  );
}

/** One call takes at most 2 GiB; smaller pieces lose no time. */
const largestPiece = 2 ** 26;

/** Write all bytes: one call may take fewer than it was given. */
function writeAll(file: number, path: string, bytes: Uint8Array): number {
  for (let done = 0; done < bytes.length;) {
    const count = writeSync(file, bytes, done, Math.min(largestPiece, bytes.length - done));
    if (count <= 0)
      throw new WriteError(
        `${path}: cannot be written: only ${done} of ${bytes.length} bytes were taken; make room or give another path, and run this again`,
      );
    done += count;
  }
  return bytes.length;
}

function writeContent(file: number, path: string, content: Content): number {
  let total = 0;
  for (const part of typeof content === 'string' || content instanceof Uint8Array ? [content] : content) {
    total += writeAll(file, path, typeof part === 'string' ? Buffer.from(part) : part);
  }
  return total;
}

/**
 * Makes a folder and those above it that are missing, one by one: Node's recursive call never returns where a folder that is
 * there refuses new ones with ENOENT, as /proc does.
 *
 * Returns  the topmost folder that was made, undefined when all were there
 * Errors   those of mkdir
 */
export function createFolders(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = resolve(path); statOf(at)?.isDirectory() !== true && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (statOf(folder)?.isDirectory() !== true) throw error;
    }
  }
  return missing[0];
}

/** Folders of a path, made where they are missing. */
export function makeFolder(path: string): void {
  try {
    createFolders(path);
  } catch (error) {
    throw writeFault(path, error);
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** A renamed file is safe only when its folder is too; not every file system can do that. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
  } finally {
    closeSync(file);
  }
}

/** Files of this pattern are drafts; the number is that of the process that writes them. */
export const draftPattern = /^\.trexgen-(\d+)-[0-9a-f]{8}\.draft$/;

function draftBeside(path: string): string {
  return join(dirname(path), `.trexgen-${process.pid}-${randomBytes(4).toString('hex')}.draft`);
}

/** Rights and owner of the file that is replaced. */
function takeAfter(file: number, old: Stats): void {
  fchmodSync(file, old.mode & 0o7777);
  const own = fstatSync(file);
  if (own.uid !== old.uid || own.gid !== old.gid) {
    try {
      fchownSync(file, old.uid, old.gid);
    } catch (error) {
      // Only root may give files away: others own what they write.
      if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
    }
  }
}

function writeDraft(draft: string, path: string, content: Content, old: Stats | undefined): void {
  const file = openSync(draft, 'wx');
  try {
    if (old !== undefined) takeAfter(file, old);
    const total = writeContent(file, path, content);
    fsyncSync(file);
    const { size } = fstatSync(file);
    if (size !== total)
      throw new WriteError(
        `${path}: cannot be written: only ${size} of ${total} bytes arrived; make room or give another path, and run this again`,
      );
  } finally {
    closeSync(file);
  }
}

/**
 * Write a file that appears, or is replaced, as a whole: draft, sync, rename. A link stays a link; a device is written directly.
 * Whatever goes wrong, the old file is as it was and no draft is left. `shown` is the path that messages name.
 */
export function replaceFile(path: string, content: Content, shown = path): void {
  try {
    const old = statOf(path);
    if (old !== undefined && !old.isFile() && !old.isDirectory()) return writeDirectly(path, content, shown);
    const target = old === undefined ? path : realpathSync(path);
    const draft = draftBeside(target);
    try {
      writeDraft(draft, shown, content, old);
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
    syncFolder(dirname(target));
  } catch (error) {
    throw writeFault(shown, error);
  }
}

function writeDirectly(path: string, content: Content, shown = path): void {
  const file = openSync(path, 'w');
  try {
    writeContent(file, shown, content);
  } finally {
    closeSync(file);
  }
}

/** Write an input of a tool in a folder that nobody reads after a crash: every byte is counted, nothing is synced or renamed. */
export function writeScratch(path: string, content: Content): void {
  try {
    writeDirectly(path, content);
  } catch (error) {
    throw writeFault(path, error);
  }
}

/** Open a file for what a tool prints into it by itself. */
export function openLog(path: string): { readonly stream: WriteStream; readonly close: () => void } {
  makeFolder(dirname(path));
  try {
    const fd = openSync(path, 'w');
    return { stream: createWriteStream(path, { fd, autoClose: false }), close: () => closeSync(fd) };
  } catch (error) {
    throw writeFault(path, error);
  }
}

/** Make sure that a file can be written before the work that fills it: its folders are made, and a draft is written and removed. */
export function requireWritable(path: string): void {
  try {
    const old = statOf(path);
    if (old?.isDirectory() === true) throw new UserError([`${path}: is a folder; give a file`]);
    if (old !== undefined && !old.isFile()) return;
    const target = old === undefined ? path : realpathSync(path);
    makeFolder(dirname(target));
    const draft = draftBeside(target);
    try {
      writeDraft(draft, path, '', old);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    throw writeFault(path, error);
  }
}
