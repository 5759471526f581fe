import { basename } from 'node:path';
import type { Form } from '../compress/factorize-encoder.js';
import { defaultPolicy } from '../contract/codes.js';
import { parseBudget } from '../studies/budget/parse-budget.js';
import { searchForms, type FormCurve, type FormRequest } from '../studies/budget/search-forms.js';
import { compressCheckpoint, type CompressRequest, type CompressResult, type FormChoice } from '../subject/compress-checkpoint.js';
import { imageManifest } from '../subject/format-compression.js';
import { hostDigest } from '../data/host-digest.js';
import { refuse } from '../util/errors.js';
import { replaceFile } from '../util/write-file.js';
import { paramsOf, type HardwareOptions } from './hardware.js';
import { withOutFiles } from './out.js';

export interface CompressOptions extends HardwareOptions, Omit<CompressRequest, 'params' | 'mustFit' | 'chooseForms'> {
  /** Bytes of the blocks' weights or cycles that the forms of a dense checkpoint's layers are chosen for, as in `150kB`, `400kcycles`. */
  readonly budget?: string;
  /** 1 - mean cosine of the outputs that its forms may lose. */
  readonly loss?: number;
  readonly onProgress?: (line: string) => void;
  /** File of the image; its manifest stands beside it, with .json. */
  readonly out?: string;
}

/**
 * Makes a checkpoint small: the image that the accelerator runs, with what every step costs.
 *
 * Errors   UserError when options, checkpoint or inputs are wrong, or when the model does not fit the hardware; WriteError for a
 *          file that cannot be written
 */
export async function compress(options: CompressOptions): Promise<CompressResult & { readonly curve?: FormCurve }> {
  const { out } = options;
  const search = searchOf(options);
  const params = await paramsOf(options);
  return withOutFiles(out === undefined ? [] : [out, `${out}.json`], 'compress', () => {
    let curve: FormCurve | undefined;
    const chooseForms = (choice: FormChoice): readonly Form[] => {
      curve = searchForms({ ...choice, ...search, params, policy: defaultPolicy, onProgress: options.onProgress });
      return curve.chosen.forms;
    };
    const compressed = compressCheckpoint({ ...options, params, mustFit: true, ...(search !== undefined && { chooseForms }) });
    if (out !== undefined) {
      replaceFile(out, compressed.image);
      replaceFile(
        `${out}.json`,
        `${JSON.stringify({ ...imageManifest(compressed.image, basename(out)), hostDigest: hostDigest(compressed.encoder) }, null, 2)}\n`,
      );
    }
    return curve === undefined ? compressed : { ...compressed, curve };
  });
}

/** What forms are searched for; undefined where they are given. */
function searchOf({ budget, loss, k, rank, steps }: CompressOptions): Pick<FormRequest, 'budget' | 'mostLoss'> | undefined {
  if (budget === undefined && loss === undefined) return undefined;
  refuse([
    ...(loss === undefined || (loss > 0 && loss < 1) ? [] : [`loss = ${loss}: must be above 0 and below 1`]),
    ...(k === undefined ? [] : [`k = ${k}: is chosen where --budget or --loss is given; leave it out`]),
    ...(rank === undefined ? [] : [`rank = ${rank}: is chosen where --budget or --loss is given; leave it out`]),
    ...(steps?.factorize === false
      ? ['factorize = false: there are no forms to choose; leave out --no-factorize, or --budget and --loss']
      : []),
    ...(steps?.activations === false
      ? ['weights only: forms are chosen by their outputs; leave out --weights-only, or --budget and --loss']
      : []),
  ]);
  return { budget: budget === undefined ? undefined : parseBudget(budget), mostLoss: loss };
}
