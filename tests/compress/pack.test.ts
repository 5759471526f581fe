import { describe, expect, it } from 'vitest';
import { calibrate } from '../../generator/compress/calibrate.js';
import { embed } from '../../generator/compress/embed.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { codeShared, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import { forward } from '../../generator/compress/forward.js';
import { pack } from '../../generator/compress/pack.js';
import { chooseScales } from '../../generator/compress/scales.js';
import { requantFor, shiftedBytes } from '../../generator/compress/requant.js';
import type { Example } from '../../generator/data/dataset.js';
import { runGolden } from '../../generator/golden/run-program.js';
import type { ModelConfig } from '../../generator/model/config.js';
import type { Ranges } from '../../generator/model/ranges.js';
import { modelProblems } from '../../generator/program/check.js';
import { isNorm } from '../../generator/operations/norm/fields.js';
import { widened } from '../../generator/program/widen.js';
import { randomEncoder, randomExamples } from './random-encoder.js';

/** Root of the mean squared difference between float and integer logits, relative to the float logits' deviation. */
function disagreement(encoder: Encoder, examples: readonly Example[], banks = 4, activationBits = 8): number {
  const scales = chooseScales(encoder, calibrate(encoder, examples), activationBits);
  const model = pack(encoder, scales, { banks });
  expect(modelProblems(model, banks)).toEqual([]);
  const { outputs } = runGolden(
    model,
    examples.map((example) => embed(encoder, example, model)),
  );
  let error = 0;
  let squares = 0;
  let sum = 0;
  let count = 0;
  outputs.forEach((output, i) => {
    const wanted = forward(encoder, examples[i]!);
    expect(output.length).toBe(wanted.length);
    wanted.forEach((logit, at) => {
      const low = encoder.config.head === 'token' ? Math.max(logit, -(2 ** (activationBits - 1)) * scales.output) : logit;
      error += (low - output[at]! * scales.output) ** 2;
      squares += low * low;
      sum += low;
      count++;
    });
  });
  return Math.sqrt(error / count / (squares / count - (sum / count) ** 2));
}

/** Bound of 8 bits, mean over the encoders; features are not rows of a table, whose scale is their own. */
const wideBound = ({ input }: Partial<ModelConfig>): number => (input === 'features' ? 0.039 : 0.031);

const shapes: readonly (readonly [string, Partial<ModelConfig>])[] = [
  ['pre-norm tokens', {}],
  ['post-norm tokens', { norm: 'post' }],
  ['pre-norm patches, mean pooled', { input: 'patches', featureCount: 9, head: 'sequence' }],
  ['post-norm patches', { input: 'patches', featureCount: 9, norm: 'post', head: 'sequence' }],
  ['ReLU, causal', { activation: 'relu', causal: true }],
  ['SiLU', { activation: 'silu' }],
  ['widened, RMSNorm, no final norm, no head', { normKind: 'rms', finalNorm: false, head: 'none', classes: 32, inputWidth: 16 }],
  [
    'features, columns, epsilons',
    { input: 'features', vocabulary: 0, featureCount: 32, columnScales: true, normEpsilon: 1e-4, normEpsilons: { finalNorm: 1e-3 } },
  ],
];

describe('pack', () => {
  for (const [name, part] of shapes) {
    it(`agrees with the float model, dense int8: ${name}`, () => {
      const encoder = randomEncoder(3, part);
      expect(disagreement(encoder, randomExamples(5, encoder.config, 24))).toBeLessThan(0.12);
    });

    it(`agrees with the float model about half as well with each bit less of activations: ${name}`, () => {
      // One small model alone may round luckily, or not.
      const encoders = [3, 4, 5, 6].map((seed) => randomEncoder(seed, part));
      const examples = randomExamples(5, encoders[0]!.config, 24);
      const found = [8, 7, 6, 5].map(
        (bits) => encoders.reduce((sum, encoder) => sum + disagreement(encoder, examples, 4, bits), 0) / encoders.length,
      );
      found.forEach((error, i) => {
        expect(error).toBeLessThan(wideBound(part) * 2 ** i);
        expect(error).toBeGreaterThan(found[i - 1] ?? 0);
      });
    });

    it(`agrees with the float model, factorized and coded: ${name}`, () => {
      const dense = randomEncoder(3, part);
      const encoder = quantiseValues(codeShared(factorizeEncoder(dense, { rank: 32, k: 4, banks: 4, seed: 1 })));
      expect(disagreement(encoder, randomExamples(5, encoder.config, 24))).toBeLessThan(0.12);
    });
  }

  it('adds to var what each norm names, and nothing where the model names none', () => {
    const added = (part: Partial<ModelConfig>): number[] => {
      const encoder = randomEncoder(3, part);
      const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 8)));
      const unit = (encoder.config.width / scales.residual) ** 2;
      const { operations } = pack(encoder, scales, { banks: 4 });
      const norms = operations.filter(isNorm);
      expect(norms.length).toBeGreaterThan(0);
      return norms.map(({ epsilon: { digits, shift } }) => (digits * 2 ** shift) / unit);
    };
    const own = added({ normEpsilon: 1e-3, normEpsilons: { finalNorm: 0.25 } });
    own.forEach((value, i) => expect(value / (i === own.length - 1 ? 0.25 : 1e-3)).toBeCloseTo(1, 2));
    expect(added({}).every((value) => value === 0)).toBe(true);
  });

  it('takes features of any magnitude: scaled against the first weights they give the same answers', () => {
    const encoder = randomEncoder(3, { input: 'patches', featureCount: 9, head: 'sequence' });
    const examples = randomExamples(5, encoder.config, 24);
    const found = disagreement(encoder, examples);
    for (const factor of [0.01, 0.37, 255, 1e4]) {
      const weights = { ...encoder, embedding: encoder.embedding.map((weight) => weight / factor) };
      const scaled = examples.map((example) => ({ ...example, features: example.features!.map((value) => value * factor) }));
      const scales = chooseScales(weights, calibrate(weights, scaled));
      expect(scales.input / factor).toBeCloseTo(chooseScales(encoder, calibrate(encoder, examples)).input, 4);
      expect(disagreement(weights, scaled), `features x ${factor}`).toBeCloseTo(found, 2);
      const [example] = scaled;
      const row = embed(weights, example!, { inputScale: scales.input, activationBits: 8 });
      expect([...row.subarray(9, 25)]).toEqual(Array.from({ length: 16 }, (_, position) => (position === 0 ? 127 : 0)));
    }
  });

  it('refuses activations that are not finite, with their site', () => {
    const encoder = randomEncoder(3, { input: 'patches', featureCount: 9, head: 'sequence' });
    const [example] = randomExamples(5, encoder.config, 1);
    const calibrated = (weight: number, feature: number): Ranges =>
      calibrate({ ...encoder, embedding: encoder.embedding.map(() => weight) }, [
        { ...example!, features: example!.features!.map(() => feature) },
      ]);
    expect(() => calibrated(1e30, 1e30)).toThrowErrorMatchingInlineSnapshot(
      `[UserError: input = Infinity: an activation on the calibration inputs must be a finite number; give inputs of smaller values, or weights that do not overflow 32 bits]`,
    );
    expect(() => calibrated(1, NaN)).toThrowErrorMatchingInlineSnapshot(
      `[UserError: features = NaN: an activation on the calibration inputs must be a finite number; give inputs of smaller values, or weights that do not overflow 32 bits]`,
    );
  });

  it('keeps the step of features that are zero almost everywhere', () => {
    const encoder = randomEncoder(3, { input: 'patches', featureCount: 9, head: 'sequence' });
    const examples = randomExamples(5, encoder.config, 24).map((example, i) => ({
      ...example,
      features: example.features!.map((_, f) => (i === 7 && f === 4 ? 8 : 0)),
    }));
    expect(chooseScales(encoder, calibrate(encoder, examples)).input).toBeCloseTo(8 / 127, 12);
  });

  it('puts every weight of either kind of model into 16 bits on request, and nothing else', () => {
    for (const encoder of [randomEncoder(3), factorizeEncoder(randomEncoder(3), { rank: 32, k: 4, banks: 4, seed: 1, iterations: 1 })]) {
      const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 2)));
      expect(pack(encoder, scales, { banks: 4, wide: true })).toEqual(widened(pack(encoder, scales, { banks: 4 })));
    }
  });

  it('refuses a model that is balanced for other banks and a role map that does not fit', () => {
    const encoder = randomEncoder(3);
    const examples = randomExamples(5, encoder.config, 2);
    const scales = chooseScales(encoder, calibrate(encoder, examples));
    const factorized = factorizeEncoder(encoder, { rank: 32, k: 4, banks: 4, seed: 1, iterations: 1 });
    expect(() => pack(factorized, scales, { banks: 8 })).toThrowErrorMatchingInlineSnapshot(
      `[UserError: banks = 8: the model is balanced for 4]`,
    );
    const roles = { attentionIn: 0, attentionOut: 0, hiddenIn: 1, hiddenOut: 1 };
    expect(() => factorizeEncoder(encoder, { rank: 32, k: 4, banks: 4, seed: 1, roles })).toThrowErrorMatchingInlineSnapshot(
      `[UserError: roles.hiddenOut = 1: that matrix has 32 features, this role needs 64; give it its own]`,
    );
  });
});

describe('requantFor', () => {
  it('is within a thousandth of any factor that the machine can need', () => {
    for (let exponent = -30; exponent < 8; exponent += 0.37) {
      const { m, s } = requantFor(2 ** exponent);
      expect(m).toBeGreaterThanOrEqual(512);
      expect(m).toBeLessThanOrEqual(1023);
      expect(Math.abs(m / 2 ** s / 2 ** exponent - 1)).toBeLessThan(0.001);
    }
  });

  it('refuses a factor that is larger than any multiplier and shift, and takes the smallest as 0', () => {
    expect(requantFor(1023.5)).toEqual({ m: 2047, s: 1 });
    expect(requantFor(2 ** -45)).toEqual({ m: 0, s: 40 });
    const encoder = randomEncoder(3);
    const scales = chooseScales(encoder, calibrate(encoder, randomExamples(5, encoder.config, 2)));
    const loud = { ...encoder, head: { ...encoder.head, weights: encoder.head.weights.map((weight) => weight * 2e6) } };
    expect(() => pack(loud, scales, { banks: 4 })).toThrow(
      /^head: scale = \d{4,}[.\d]*: must be above 0 and at most 1023.5 steps of the result for one of the sum; calibrate on inputs/,
    );
    const byColumn = { ...loud, config: { ...loud.config, columnScales: true } };
    expect(() => pack(byColumn, scales, { banks: 4 })).toThrow(
      /^head: a column of weights = [\d.]+ a step: is the largest step for results of this scale, and too small for its weights; calibrate/,
    );
  });

  it('shifts biases no further than the largest needs', () => {
    expect(shiftedBytes(Float32Array.from([1, -3]), 0.01)).toEqual({ bytes: Int8Array.from([25, -75]), shift: 2 });
  });
});
