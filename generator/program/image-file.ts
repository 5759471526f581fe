/** Images in files. */
import { readBytes } from '../input/bytes.js';
import { readImage, type Image } from './image.js';

/** Codes and sections of the largest model that a header can describe are below this. */
const mostBytes = 2 ** 31;

function imageBytes(path: string): Uint8Array {
  return readBytes({ path, option: 'image', advice: 'give the path of a *.tximg file', mostBytes });
}

/** Errors: UserError when the file cannot be read, or is no image. */
export function loadImage(path: string): Image {
  return readImage(imageBytes(path));
}
