/**
 * Factors or dense int8, where nobody trains: both are made and measured against the float model, and factors must earn their place.
 *
 * Cosine   mean over the output rows of the integers, from the image, or what the host makes of them, to those of the float model
 */
import type { Example } from '../data/dataset.js';
import type { Compressed } from '../compress/pipeline.js';
import type { Encoder } from '../model/encoder.js';
import { cosineMeasure, tallyOf, valueOf } from './metrics.js';
import { floatAnswers, goldenAnswers } from './tally.js';

/** Factors without training are taken from this cosine on: below it the outputs are others, however few bytes they take. */
export const leastCosine = 0.98;

export interface MeasuredForm {
  readonly cosine: number;
  /** Bytes of the whole image: once a model and every window. */
  readonly bytes: number;
}

export interface FormComparison {
  readonly inputs: number;
  /** Whether factors were fitted to other inputs. */
  readonly heldOut: boolean;
  /** Whether the user has asked for factors, which are kept then. */
  readonly asked: boolean;
  readonly factorized: MeasuredForm;
  readonly dense8: MeasuredForm;
  readonly taken: 'factorized' | 'dense8';
  /** What the rule says. */
  readonly better: 'factorized' | 'dense8';
}

export interface FormCandidates {
  readonly encoder: Encoder;
  readonly factorized: Compressed;
  readonly dense8: Compressed;
}

export function compareForms(
  { encoder, factorized, dense8 }: FormCandidates,
  { inputs, heldOut, asked }: { readonly inputs: readonly Example[]; readonly heldOut: boolean; readonly asked: boolean },
): FormComparison {
  const reference = floatAnswers(encoder, inputs);
  const measured = ({ model, encoder: made, stats }: Compressed): MeasuredForm => ({
    cosine: valueOf('cosine', tallyOf(cosineMeasure(encoder), inputs, goldenAnswers(model, made, inputs), reference)),
    bytes: stats.coldBytes + stats.passBytes,
  });
  const forms = { factorized: measured(factorized), dense8: measured(dense8) };
  const better = isBetter(forms) ? 'factorized' : 'dense8';
  return { inputs: inputs.length, heldOut, asked, ...forms, taken: asked ? 'factorized' : better, better };
}

/** Fewer bytes, and near enough to the float model, or no further from it than int8 is. */
function isBetter({ factorized, dense8 }: Pick<FormComparison, 'factorized' | 'dense8'>): boolean {
  return factorized.bytes < dense8.bytes && (factorized.cosine >= leastCosine || factorized.cosine >= dense8.cosine);
}
