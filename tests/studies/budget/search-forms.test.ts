import { beforeAll, describe, expect, it } from 'vitest';
import { hasFactors } from '../../../generator/compress/factorize-encoder.js';
import { compress } from '../../../generator/compress/pipeline.js';
import type { Encoder } from '../../../generator/model/encoder.js';
import { makeParams } from '../../../generator/params/params.js';
import { presetParams } from '../../../generator/params/presets.js';
import { compressCheckpoint, type FormChoice } from '../../../generator/subject/compress-checkpoint.js';
import { groupsOf } from '../../../generator/compress/groups.js';
import { candidatesOf } from '../../../generator/studies/budget/forms.js';
import { parseBudget } from '../../../generator/studies/budget/parse-budget.js';
import { searchForms, type FormCurve, type FormRequest } from '../../../generator/studies/budget/search-forms.js';
import { randomEncoder, randomExamples } from '../../compress/random-encoder.js';

describe('a search of forms', () => {
  let encoder: Encoder;
  let request: FormRequest;
  let curve: FormCurve;
  beforeAll(() => {
    encoder = randomEncoder(61);
    request = {
      encoder,
      params: makeParams({ envelope: { rank: 32 } }),
      banks: 8,
      seed: 1,
      calibration: randomExamples(62, encoder.config, 24),
      inputs: randomExamples(63, encoder.config, 12),
      policy: 'tokens',
    };
    curve = searchForms({ ...request, budget: { of: 'bytes', most: 12_000 } });
  });

  it('has a curve on which more bytes lose less, from factors alone to int8 alone', () => {
    expect(curve.groups).toEqual(['attentionIn, attentionOut', 'hiddenIn', 'hiddenOut']);
    expect(curve.points.length).toBeGreaterThan(4);
    curve.points.slice(1).forEach(({ bytes, loss }, i) => {
      expect(bytes).toBeGreaterThan(curve.points[i]!.bytes);
      expect(loss).toBeLessThan(curve.points[i]!.loss);
    });
    expect(curve.points[0]!.forms).not.toContain('dense');
    const last = curve.points.at(-1)!;
    expect([last.forms, last.loss]).toEqual([['dense', 'dense', 'dense'], 0]);
    // Four layers of 32 x 32 and two of 32 x 64 in each of two blocks.
    expect([last.bytes, last.streamed]).toEqual([16_384, 16_384]);
  });

  it('takes the least loss within the bytes, and the fewest bytes within the loss', () => {
    const { chosen, points } = curve;
    expect(chosen.bytes).toBeLessThanOrEqual(12_000);
    expect(chosen.loss).toBe(Math.min(...points.filter(({ bytes }) => bytes <= 12_000).map(({ loss }) => loss)));
    const mostLoss = points[2]!.loss;
    const cheapest = searchForms({ ...request, mostLoss }).chosen;
    expect(cheapest.loss).toBeLessThanOrEqual(mostLoss);
    expect(cheapest.bytes).toBeLessThanOrEqual(points[2]!.bytes);
  });

  it('keeps to cycles as well', () => {
    const dense = curve.points.at(-1)!;
    const { chosen } = searchForms({ ...request, budget: { of: 'cycles', most: dense.cycles - 1 } });
    expect(chosen.cycles).toBeLessThan(dense.cycles);
    expect(chosen.forms).not.toEqual(dense.forms);
  });

  it('measures what compression makes of the chosen forms', () => {
    const { chosen } = curve;
    expect(chosen.forms.some((form) => form !== 'dense')).toBe(true);
    const { banks, seed, calibration } = request;
    const { encoder: made, stats } = compress(encoder, { factor: { banks, seed, rank: 32, k: 8, forms: chosen.forms }, calibration });
    const rows = [made.shared.length, ...made.shared.map(({ dictionary }) => dictionary.columns)];
    const factored = chosen.forms.flatMap((form) => (form === 'dense' ? [] : [form.rank]));
    expect(rows).toEqual([factored.length, ...factored]);
    const { dense } = stats.pass;
    // The head is dense, too.
    const head = encoder.config.width * encoder.config.classes;
    const streamed = stats.pass.sparseValues + stats.pass.sparseIndices + (chosen.forms.includes('dense') ? dense : 0);
    expect(streamed - chosen.streamed).toBeLessThan(head + 512);
    expect(streamed).toBeGreaterThanOrEqual(chosen.streamed);
  });

  it('says what cannot be had', () => {
    expect(() => searchForms({ ...request, budget: { of: 'bytes', most: 100 } })).toThrow(
      /^budget = 100 bytes: the smallest form takes [\d,]+ bytes with a loss of 0\.\d{4}; raise it$/,
    );
    expect(() => searchForms({ ...request, budget: { of: 'bytes', most: 4_000 }, mostLoss: 1e-6 })).toThrow(
      /^budget, loss = 4,000 bytes, 0\.000001: no form keeps both; the cheapest takes /,
    );
  });

  it('has no factors that take as much as int8, nor more rows than the hardware', () => {
    const [attention] = groupsOf(encoder);
    const forms = candidatesOf(attention!, { banks: 8, mostRank: 20 });
    expect(forms[0]).toBe('dense');
    expect(forms.slice(1)).toEqual([
      { rank: 16, k: 4 },
      { rank: 16, k: 6 },
      { rank: 16, k: 8 },
    ]);
  });
});

it("is of a task's dense model, also where the task has a compressed one", () => {
  const seen: boolean[] = [];
  const stop = new Error('seen');
  const chooseForms = ({ encoder }: FormChoice): never => {
    seen.push(hasFactors(encoder));
    throw stop;
  };
  expect(() => compressCheckpoint({ task: 'g2p', params: presetParams('small'), chooseForms })).toThrow(stop);
  expect(seen).toEqual([false]);
});

describe('a budget', () => {
  it.each([
    ['58000', { of: 'bytes', most: 58_000 }],
    ['150kB', { of: 'bytes', most: 150_000 }],
    ['1.05MB', { of: 'bytes', most: 1_050_000 }],
    ['400kcycles', { of: 'cycles', most: 400_000 }],
  ])('is read from %s', (text, budget) => {
    expect(parseBudget(text)).toEqual(budget);
  });

  it.each(['', '0', '-3kB', '12 apples', '1GB'])('refuses %s', (text) => {
    expect(() => parseBudget(text)).toThrow(`budget = ${text}: must be bytes of the blocks' weights`);
  });
});
