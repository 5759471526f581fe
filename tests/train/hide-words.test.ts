import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../generator/util/random.js';
import { plainSpelling, type Dataset, type Example } from '../../generator/data/dataset.js';
import { hideWords } from '../../generator/train/hide-words.js';

/** Row 0 a thousand times, row 1 once; row 2 is the row of rare words, row 3 another id of every token. */
const train: Example[] = [
  { length: 1000, ids: Int32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 0 : 3)), labels: new Int32Array(1000) },
  { length: 1, ids: Int32Array.of(1, 3), labels: new Int32Array(1) },
];
const data: Dataset = {
  task: 'brown',
  metric: 'accuracy',
  display: 'tags',
  spelling: plainSpelling,
  idsPerToken: 2,
  rareRow: 2,
  vocabulary: 4,
  featureCount: 0,
  maxLength: 1000,
  labelNames: ['a'],
  head: 'token',
  licence: '',
  splits: { train, validation: [], test: [] },
  describe: () => '',
};

describe('hiding words', () => {
  const hide = hideWords(data);

  test('a word seen once is hidden half of the time, one seen a thousand times almost never', () => {
    const random = randomFrom(7);
    const hidden = Array.from({ length: 2000 }, () => hide(train[1]!, random).ids![0] === 2).filter(Boolean).length;
    expect(hidden).toBeGreaterThan(900);
    expect(hidden).toBeLessThan(1100);
    const often = hide(train[0]!, random).ids!.filter((id) => id === 2).length;
    expect(often).toBeLessThan(10);
  });

  test('other ids, labels and the example itself stay as they are', () => {
    const random = randomFrom(8);
    for (let i = 0; i < 50; i++) {
      const { ids, labels, length } = hide(train[1]!, random);
      expect([ids![1], labels, length]).toEqual([3, train[1]!.labels, 1]);
    }
    expect(train[1]!.ids).toEqual(Int32Array.of(1, 3));
  });

  test('the same random numbers hide the same words', () => {
    expect(hide(train[1]!, randomFrom(3))).toEqual(hide(train[1]!, randomFrom(3)));
  });

  test('a task without a row of rare words is refused', () => {
    const { rareRow, ...without } = data;
    expect(rareRow).toBe(2);
    expect(() => hideWords(without)).toThrow('brown has no row of rare words');
  });
});
