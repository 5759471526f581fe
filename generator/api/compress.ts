import { basename } from 'node:path';
import { compressCheckpoint, type CompressRequest, type CompressResult } from '../subject/compress-checkpoint.js';
import { imageManifest } from '../subject/format-compression.js';
import { replaceFile } from '../util/write-file.js';
import { paramsOf, type HardwareOptions } from './hardware.js';
import { withOutFiles } from './out.js';

export interface CompressOptions extends HardwareOptions, Omit<CompressRequest, 'params' | 'mustFit'> {
  /** File of the image; its manifest stands beside it, with .json. */
  readonly out?: string;
}

/**
 * Makes a checkpoint small: the image that the accelerator runs, with what every step costs.
 *
 * Errors   UserError when options, checkpoint or inputs are wrong, or when the model does not fit the hardware; WriteError for a
 *          file that cannot be written
 */
export async function compress(options: CompressOptions): Promise<CompressResult> {
  const { out } = options;
  const params = await paramsOf(options);
  return withOutFiles(out === undefined ? [] : [out, `${out}.json`], 'compress', () => {
    const compressed = compressCheckpoint({ ...options, params, mustFit: true });
    if (out !== undefined) {
      replaceFile(out, compressed.image);
      replaceFile(`${out}.json`, `${JSON.stringify(imageManifest(compressed.image, basename(out)), null, 2)}\n`);
    }
    return compressed;
  });
}
