import { describe, expect, it } from 'vitest';
import { compress, ptc } from '../../generator/compress/pipeline.js';
import { entropyBits, log2Binomial, total } from '../../generator/compress/stats.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { randomEncoder, randomExamples } from './random-encoder.js';

const factor = { rank: 64, k: 4, banks: 4, seed: 1 };

describe('compress', () => {
  it('reports accuracy and bytes of every step and writes an image of the very bytes', () => {
    const encoder = randomEncoder(7);
    const examples = randomExamples(8, encoder.config, 8);
    const { reports, stats, model } = ptc(encoder, { factor, calibration: examples, validation: examples });
    expect(reports.map(({ step }) => step)).toEqual(['dense', 'factorized', 'coded', 'sixBit', 'integer']);
    expect(reports.every(({ score }) => score !== undefined && score.labels > 0)).toBe(true);
    const image = readImage(writeImage(model, { columns: 4, busBytes: 16 }));
    expect(image.cold.length).toBe(stats.coldBytes);
    expect(image.pass.length).toBe(stats.passBytes);
    expect(total(stats.pass)).toBe(stats.passBytes);
    expect(image.model.operations.length).toBe(model.operations.length);
  });

  it('leaves steps out on request and keeps a dense model dense', () => {
    const encoder = randomEncoder(7);
    const calibration = randomExamples(8, encoder.config, 4);
    const { reports, model } = compress(encoder, { factor, calibration, steps: { factorize: false } });
    expect(reports.map(({ step }) => step)).toEqual(['dense', 'integer']);
    expect(model.matrices).toEqual([]);
    expect(model.operations.some(({ op }) => op === 'EXPAND')).toBe(false);
  });

  it('codes a support with one row a bank at its bound', () => {
    const encoder = randomEncoder(7);
    const calibration = randomExamples(8, encoder.config, 4);
    const { stats } = ptc(encoder, { factor, calibration });
    expect(stats.sparse.indexBits.every((bits) => bits === 4)).toBe(true);
    expect(stats.sparse.supportEntropyBytes).toBeCloseTo(stats.sparse.indexBytes, 6);
    expect(stats.sparse.overBound).toBeLessThan(1.15);
  });

  it('measures entropy as a textbook does', () => {
    expect(entropyBits(Int8Array.from([0, 1, 2, 3]))).toBe(8);
    expect(log2Binomial(6, 3)).toBeCloseTo(Math.log2(20), 12);
  });
});
