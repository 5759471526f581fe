/** More non-zeros never make a compressed model noticeably worse, up to as many as there are rows. */
import { describe, expect, it } from 'vitest';
import { compress } from '../../generator/compress/pipeline.js';
import { accuracyMeasure, tallyOf, valueOf } from '../../generator/subject/metrics.js';
import { floatAnswers, goldenAnswers } from '../../generator/subject/tally.js';
import { layersOf } from '../../generator/model/encoder.js';
import type { Example } from '../../generator/data/dataset.js';
import { randomFrom } from '../../generator/util/random.js';
import { randomEncoder } from './random-encoder.js';

const width = 24;
const banks = 4;
const encoder = randomEncoder(3, { width, heads: 4, hidden: 48, vocabulary: 40, maxLength: 12, classes: width, norm: 'post' });
const random = randomFrom(5);
const inputs = Array.from({ length: 48 }, (): Example => {
  const length = 3 + Math.floor(random() * 9);
  return { length, ids: Int32Array.from({ length }, () => Math.floor(random() * 40)), labels: new Int32Array(length).fill(-1) };
});
const [calibration, held] = [inputs.slice(0, 32), inputs.slice(32)];
const reference = floatAnswers(encoder, held);

function cosineWith(k: number, activations: boolean): { readonly cosine: number; readonly largest: number } {
  const made = compress(encoder, { factor: { k, rank: 2 * width, banks, seed: 1 }, steps: { activations }, columns: banks, calibration });
  const answers = goldenAnswers(made.model, made.encoder, held);
  const values = layersOf(made.encoder).flatMap((layer) => (layer.kind === 'factorized' ? [...layer.sparse.values] : []));
  return {
    cosine: valueOf('cosine', tallyOf({ ...accuracyMeasure, metric: 'cosine' }, held, answers, reference)),
    largest: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

describe('more non-zeros', () => {
  for (const activations of [true, false]) {
    it(`never make the integers noticeably worse, fitted to ${activations ? 'outputs' : 'weights'}`, () => {
      let best = 0;
      for (const k of [8, 16, 24, 36, 48]) {
        const { cosine, largest } = cosineWith(k, activations);
        expect(cosine, `k = ${k}, best before ${best}, largest value ${largest}`).toBeGreaterThan(best - 0.01);
        best = Math.max(best, cosine);
      }
      expect(best).toBeGreaterThan(0.98);
    });
  }
});
