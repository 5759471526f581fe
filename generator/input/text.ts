/** Text files of the user: UTF-8, with or without a byte order mark at the start. */
import { UserError } from '../util/errors.js';
import { nameOf, readBytes, type FileSource } from './bytes.js';

// Both leave out a leading byte order mark.
const lenient = new TextDecoder('utf-8');
const strict = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are not UTF-8 become U+FFFD: comments may hold any. */
export function readText(source: FileSource): string {
  return lenient.decode(readBytes(source));
}

/** The text of a file whose every character counts. */
export function readStrictText(source: FileSource): string {
  const bytes = readBytes(source);
  try {
    return strict.decode(bytes);
  } catch {
    throw new UserError([`${nameOf(source)}: is not UTF-8 text; save it as UTF-8`]);
  }
}
