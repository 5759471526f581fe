/** An image's file as bytes. */
import { readBytes } from '../input/bytes.js';

/** Codes and sections of the largest model that a header can describe are below this. */
const mostBytes = 2 ** 31;

export function imageBytes(path: string): Uint8Array {
  return readBytes({ path, option: 'image', advice: 'give the path of a *.tximg file', mostBytes });
}
