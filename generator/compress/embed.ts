/** The host's part: an example to the int8 rows that LOAD reads. */
import type { Example } from '../data/dataset.js';
import { refuse } from '../util/errors.js';
import type { PackedModel } from '../program/operation.js';
import { topOf } from './calibrate.js';
import type { Encoder } from '../model/encoder.js';
import { embedFloat } from './forward.js';

/**
 * Shapes   int8[length * width] for ids and features; int8[length * (featureCount + maxLength)] for patches, positions one-hot: their one
 *          is the largest number of A bits, whatever the features' step
 */
export function embed(
  encoder: Encoder,
  example: Example,
  { inputScale, activationBits }: Pick<PackedModel, 'inputScale' | 'activationBits'>,
): Int8Array {
  const {
    config: { input, featureCount, maxLength },
  } = encoder;
  const { length } = example;
  refuse(length >= 1 && length <= maxLength ? [] : [`length = ${length} tokens: must be 1 .. ${maxLength}`]);
  if (input !== 'patches') return Int8Array.from(embedFloat(encoder, example), (value) => toByte(value / inputScale));
  const width = featureCount + maxLength;
  const rows = new Int8Array(length * width);
  for (let t = 0; t < length; t++) {
    for (let f = 0; f < featureCount; f++) rows[t * width + f] = toByte(example.features![t * featureCount + f]! / inputScale);
    rows[t * width + featureCount + t] = topOf(activationBits);
  }
  return rows;
}

function toByte(value: number): number {
  return Math.max(-128, Math.min(127, Math.floor(value + 0.5)));
}
