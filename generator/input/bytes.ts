/** Files of the user as bytes: of any kind that can be read to its end, none larger than its reader can use. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../util/errors.js';

const mebibyte = 2 ** 20;
export const defaultMostBytes = 256 * mebibyte;

export interface FileSource {
  readonly path: string;
  /** Names the file in problems, `config = a.json`; its path alone when left out. */
  readonly option?: string;
  /** What to do when it cannot be read. */
  readonly advice: string;
  readonly mostBytes?: number;
}

export function nameOf({ path, option }: Pick<FileSource, 'path' | 'option'>): string {
  return option === undefined ? path : `${option} = ${path}`;
}

/** The error of a system call as a problem of its file; other errors are thrown again. */
export function unreadable(source: FileSource, error: unknown): UserError {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return new UserError([`${nameOf(source)}: cannot be read (${String(error.code)}); ${source.advice}`]);
}

/** Fill `into` from `at` of an open file; the bytes read, fewer only at its end. */
export function readFully(file: number, into: Uint8Array, at: number | null): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(file, into, done, into.length - done, at === null ? null : at + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Pipes and devices have no size beforehand, so the file is read piece by piece until it ends. */
export function readBytes(source: FileSource): Buffer {
  const { path, mostBytes = defaultMostBytes } = source;
  const pieces: Buffer[] = [];
  let file: number | undefined;
  let size = 0;
  try {
    file = openSync(path, 'r');
    // One more byte than it has now shows its end.
    const pieceBytes = Math.min(mebibyte, Math.max(4096, fstatSync(file).size + 1));
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const count = readFully(file, piece, null);
      pieces.push(piece.subarray(0, count));
      size += count;
      if (count < piece.length || size > mostBytes) break;
    }
  } catch (error) {
    throw unreadable(source, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (size > mostBytes)
    throw new UserError([`${nameOf(source)}: exceeds ${mostBytes / mebibyte} MiB, the most that is read; ${source.advice}`]);
  return Buffer.concat(pieces);
}
