import { describe, expect, it } from 'vitest';
import { calibrate } from '../../generator/compress/calibrate.js';
import { forward } from '../../generator/compress/forward.js';
import { factorizeEncoder } from '../../generator/compress/factorize-encoder.js';
import { withNormRounding } from '../../generator/compress/norm-rounding.js';
import { normIntegers } from '../../generator/compress/requant.js';
import { chooseScales } from '../../generator/compress/scales.js';
import { encoderGraph, normAt, type Encoder, type Norm } from '../../generator/model/encoder.js';
import type { ModelConfig } from '../../generator/model/config.js';
import { normsIn } from '../../generator/model/graph.js';
import { randomEncoder, randomExamples } from './random-encoder.js';

/** Beta of a feature far beyond the others, as pretrained models have it: a byte is coarse for the others. */
function encoderOf(part: Partial<ModelConfig>): Encoder {
  const encoder = randomEncoder(3, { columnScales: true, ...part });
  for (const norm of normsIn(encoderGraph(encoder))) normAt(encoder, norm).beta[0] = 20;
  return encoder;
}

/** The encoder with gamma and beta as the machine has them. */
function roundedNorms(encoder: Encoder, of: Encoder, scaleAt: (site: string) => number): Encoder {
  const rounded = structuredClone(encoder);
  for (const step of encoderGraph(of).steps) {
    if (step.kind !== 'norm') continue;
    const integers = normIntegers(normAt(of, step.part).gamma, normAt(of, step.part).beta, scaleAt(step.site));
    const norm: Norm = normAt(rounded, step.part);
    integers.gamma.forEach((code, f) => (norm.gamma[f] = code * 1024 * integers.unit));
    integers.beta.forEach((code, f) => (norm.beta[f] = code * 2 ** integers.biasShift * integers.unit));
  }
  return rounded;
}

describe('rounding of norms', () => {
  it.each<[string, Partial<ModelConfig>]>([
    ['pre-norm', { norm: 'pre' }],
    ['pre-norm, mean pooled', { norm: 'pre', head: 'sequence' }],
    ['widened', { norm: 'pre', inputWidth: 16 }],
    ['no final norm', { norm: 'pre', finalNorm: false }],
  ])('is given back by the layers that read them: %s', (_, part) => {
    const encoder = encoderOf(part);
    const examples = randomExamples(5, encoder.config, 8);
    const scales = chooseScales(encoder, calibrate(encoder, examples));
    const difference = (other: Encoder): number =>
      Math.max(
        ...examples.map((example) => {
          const wanted = forward(encoder, example);
          return Math.max(...forward(other, example).map((value, at) => Math.abs(value - wanted[at]!)));
        }),
      );
    expect(difference(roundedNorms(encoder, encoder, scales.at))).toBeGreaterThan(0.01);
    expect(difference(roundedNorms(withNormRounding(encoder, scales), encoder, scales.at))).toBeLessThan(1e-4);
  });

  it('leaves models alone whose weights have one step a tensor, or whose blocks are all factorized', () => {
    const factors = { rank: 32, k: 8, banks: 8, seed: 1 };
    for (const encoder of [encoderOf({ columnScales: false }), factorizeEncoder(encoderOf({}), factors)]) {
      const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 2)));
      expect(withNormRounding(encoder, scales)).toBe(encoder);
    }
  });

  it('corrects the dense layers of a model that is factorized in part', () => {
    const encoder = factorizeEncoder(encoderOf({}), { rank: 32, k: 8, banks: 8, seed: 1, forms: ['dense', { rank: 32, k: 8 }, 'dense'] });
    const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 2)));
    const [before, after] = [encoder, withNormRounding(encoder, scales)].map(({ blocks }) => blocks[0]!);
    expect(after!.hiddenIn).toBe(before!.hiddenIn);
    expect(after!.query).not.toEqual(before!.query);
  });
});
