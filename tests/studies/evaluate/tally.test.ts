import { describe, expect, it } from 'vitest';
import { calibrate } from '../../../generator/compress/calibrate.js';
import { chooseScales } from '../../../generator/compress/scales.js';
import { floatScore, integerScore } from '../../../generator/compress/evaluate.js';
import { pack } from '../../../generator/compress/pack.js';
import { randomFrom } from '../../../generator/util/random.js';
import { pairedDifference } from '../../../generator/studies/evaluate/bootstrap.js';
import { hashSubset } from '../../../generator/studies/evaluate/subset.js';
import { scoreOf, type Tally } from '../../../generator/subject/metrics.js';
import { floatTally, goldenTally } from '../../../generator/subject/tally.js';
import { randomEncoder, randomExamples } from '../../compress/random-encoder.js';

const labelled = (seed: number, config: Parameters<typeof randomExamples>[1], count: number) => {
  const random = randomFrom(seed);
  return randomExamples(seed, config, count).map((example) => ({
    ...example,
    labels: example.labels.map(() => Math.floor(random() * 4) - 1),
  }));
};

describe('right answers of every example', () => {
  it.each(['token', 'sequence'] as const)('add up to the scores of the plain references, head %s', (head) => {
    const encoder = randomEncoder(4, { head });
    const examples = labelled(5, encoder.config, 70);
    const floats = floatTally(encoder, examples);
    expect(scoreOf(floats)).toEqual(floatScore(encoder, examples));
    expect([...floats.labels]).toEqual(examples.map(({ labels }) => labels.filter((label) => label >= 0).length));
    const model = pack(encoder, chooseScales(encoder, calibrate(encoder, examples)), { banks: 4 });
    const done: number[] = [];
    expect(scoreOf(goldenTally(model, encoder, examples, (count) => done.push(count)))).toEqual(integerScore(encoder, model, examples));
    expect(done).toEqual([70]);
  });

  it('of no label at all are no accuracy', () => {
    expect(scoreOf({ right: Float64Array.of(0), labels: Float64Array.of(0) })).toEqual({ right: 0, labels: 0, accuracy: 0 });
  });
});

describe('the difference of two models', () => {
  const random = randomFrom(9);
  const count = 1000;
  const labels = new Float64Array(count).fill(1);
  const better: Tally = { labels, right: Float64Array.from({ length: count }, () => (random() < 0.9 ? 1 : 0)) };
  const worse: Tally = { labels, right: better.right.map((right) => (random() < 0.05 ? 0 : right)) };

  it('has an interval of the width that theory gives, the same for the same seed', () => {
    const { points, low, high } = pairedDifference(better, worse, 1);
    const changed = better.right.reduce((sum, right, i) => sum + (right - worse.right[i]!), 0) / count;
    expect(points).toBeCloseTo(100 * changed, 10);
    const half = 196 * Math.sqrt((changed * (1 - changed)) / count);
    expect(high - low).toBeGreaterThan(1.7 * half);
    expect(high - low).toBeLessThan(2.3 * half);
    expect(low).toBeLessThan(points);
    expect(high).toBeGreaterThan(points);
    expect(pairedDifference(better, worse, 1)).toEqual({ points, low, high });
    const intervals = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => JSON.stringify(pairedDifference(better, worse, seed)));
    expect(new Set(intervals).size).toBeGreaterThan(1);
  });

  it('is none between a model and itself, and turns its sign with the order', () => {
    expect(pairedDifference(better, better, 1)).toEqual({ points: 0, low: 0, high: 0 });
    expect(pairedDifference(worse, better, 1).points).toBeCloseTo(-pairedDifference(better, worse, 1).points, 10);
  });
});

describe('the quick subset', () => {
  it('depends on the contents alone, not on their order', () => {
    const examples = randomExamples(6, randomEncoder(1).config, 50);
    const subset = hashSubset(examples, 10);
    expect(subset.length).toBe(10);
    expect(hashSubset([...examples].reverse(), 10).map(({ ids }) => ids)).toEqual(subset.map(({ ids }) => ids));
    expect(hashSubset(examples, 100).length).toBe(50);
  });
});
