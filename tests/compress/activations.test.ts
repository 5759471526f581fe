import { describe, expect, it } from 'vitest';
import { measureActivations } from '../../generator/compress/activations.js';
import { codeShared, denseWeights, factorizeEncoder, quantiseValues } from '../../generator/compress/factorize-encoder.js';
import { forward } from '../../generator/compress/forward.js';
import { factorizeWeighted } from '../../generator/compress/weighted-dictionary.js';
import { compress } from '../../generator/compress/pipeline.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { matrix } from '../../generator/model/matrix.js';
import { randomFrom } from '../../generator/util/random.js';
import { rowCosines } from '../../generator/util/cosine.js';
import { randomEncoder, randomExamples } from './random-encoder.js';

/** Few words: what is read has far fewer directions than features. */
const dense = randomEncoder(1, { vocabulary: 6, classes: 24 });
const examples = randomExamples(2, dense.config, 40);
const unseen = randomExamples(3, dense.config, 40);
const activations = measureActivations(dense, examples);
const shape = { rank: 32, k: 4, banks: 4, seed: 1, iterations: 6 };

function cosineTo(encoder: Encoder): number {
  let sum = 0;
  let rows = 0;
  for (const example of unseen) {
    const wanted = forward(dense, example);
    sum += rowCosines(wanted, forward(encoder, example), dense.config.classes);
    rows += example.length;
  }
  return sum / rows;
}

describe('activations', () => {
  it('are mean and covariance of what a layer reads, of every block by itself', () => {
    const seen = new Map<string, number[][]>();
    const { hidden } = dense.config;
    for (const example of examples) {
      let block = 0;
      forward(dense, example, (site, values) => {
        if (site !== 'hidden') return;
        const rows = seen.get(String(block)) ?? [];
        for (let at = 0; at < values.length; at += hidden) rows.push([...values.subarray(at, at + hidden)]);
        seen.set(String(block++), rows);
      });
    }
    for (const block of [0, 1]) {
      const rows = seen.get(String(block))!;
      const { mean, covariance } = activations.of(`layers.${block}.hiddenOut`);
      const average = (of: (row: number[]) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      const wanted = Array.from({ length: hidden }, (_, i) => average((row) => row[i]!));
      mean.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
      const of = (i: number, j: number): number => average((row) => (row[i]! - wanted[i]!) * (row[j]! - wanted[j]!));
      const trace = wanted.reduce((sum, _, i) => sum + of(i, i), 0);
      expect(covariance.data[1]).toBeCloseTo((of(0, 1) * hidden) / trace, 5);
      // The diagonal is lifted by a hundredth of its mean.
      expect(covariance.data[0]).toBeCloseTo((of(0, 0) * hidden) / trace + 0.01, 5);
    }
    expect(activations.stepOf('layers.1.query')).toBe(activations.stepOf('layers.1.value'));
  });

  it('make factors, codes and 6-bit values that keep outputs better than the weights alone do', () => {
    const outputs = { dense, activations };
    const blind = factorizeEncoder(dense, shape);
    const aware = factorizeEncoder(dense, { ...shape, activations });
    const steps = [
      [blind, aware],
      [codeShared(blind), codeShared(aware, outputs)],
      [quantiseValues(codeShared(blind)), quantiseValues(codeShared(aware, outputs), outputs)],
    ] as const;
    // Half of what is lost at least comes back.
    for (const [without, with_] of steps) expect(1 - cosineTo(with_)).toBeLessThan(0.5 * (1 - cosineTo(without)));
  });

  it('are used where factors are made, unless it is asked otherwise', () => {
    const options = { factor: shape, calibration: examples, busBytes: 8 };
    const [aware, blind] = [compress(dense, options), compress(dense, { ...options, steps: { activations: false } })];
    expect(cosineTo(aware.encoder)).toBeGreaterThan(cosineTo(blind.encoder));
    expect(blind.encoder).toEqual(quantiseValues(codeShared(factorizeEncoder(dense, shape))));
  });
});

describe('pursuit in the metric of activations', () => {
  const random = randomFrom(9);
  const normal = (rows: number, columns: number) =>
    matrix(
      rows,
      columns,
      Float64Array.from({ length: rows * columns }, () => random() + random() - 1),
    );
  const group = (columns: readonly number[]) => {
    const root = normal(12, 12).data;
    const data = new Float64Array(144);
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++)
        for (let p = 0; p < 12; p++) data[i * 12 + j] = data[i * 12 + j]! + root[i * 12 + p]! * root[j * 12 + p]!;
    return { covariance: matrix(12, 12, data), targets: columns.map((count) => normal(12, count)) };
  };

  it('lowers the error of the outputs from iteration to iteration, and ends at none where every column may use all atoms', () => {
    const groups = [group([10, 6]), group([20])];
    const { errors } = factorizeWeighted(groups, { rank: 16, k: 4, banks: 4, seed: 1, iterations: 10 });
    expect(errors.at(-1)).toBeLessThan(0.8 * errors[0]!);
    const exact = factorizeWeighted(groups, { rank: 16, k: 16, banks: 4, seed: 1, iterations: 2, exact: true });
    expect(exact.errors.at(-1)).toBeLessThan(1e-6);
  });

  it('takes the mean of what is left out of the outputs', () => {
    const aware = factorizeEncoder(dense, { ...shape, activations });
    const { mean } = activations.of('layers.0.query');
    const at = (encoder: Encoder): number[] => {
      const layer = encoder.blocks[0]!.query;
      const { data } = denseWeights(encoder, layer);
      return [...layer.bias].map((value, j) => value + mean.reduce((sum, one, f) => sum + one * data[f * layer.outer + j]!, 0));
    };
    at(aware).forEach((value, j) => expect(value).toBeCloseTo(at(dense)[j]!, 4));
  });
});
