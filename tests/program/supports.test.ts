import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExpandOperation } from '../../generator/operations/expand/fields.js';
import { chooseIndexBits, rebalance, supportProblems } from '../../generator/operations/expand/supports.js';
import { randomExpand, randomFrom } from '../support/random-model.js';

function columnsOf({ rows, values, k, outer }: ExpandOperation): string[] {
  return Array.from({ length: outer }, (_, j) =>
    Array.from({ length: k }, (__, n) => `${rows[n * outer + j]}:${values[n * outer + j]}`)
      .sort()
      .join(' '),
  );
}

test('a support for fewer banks computes the same function and keeps the contract', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 32 }),
      fc.integer({ min: 1, max: 37 }),
      fc.constantFrom(1, 2, 4, 8, 16),
      (seed, k, outer, banks) => {
        const expand = randomExpand(randomFrom(seed), { k, rank: 32, banks: 16 }, { destination: 'X', outer });
        const ordered = rebalance(expand, 16, banks);
        expect(supportProblems(ordered, banks, 'ordered')).toEqual([]);
        expect(columnsOf(ordered)).toEqual(columnsOf(expand));
      },
    ),
  );
});

test('banks that do not divide are refused', () => {
  const expand = randomExpand(randomFrom(1), { k: 4, rank: 16, banks: 4 }, { destination: 'X', outer: 5 });
  expect(() => rebalance(expand, 4, 3)).toThrow(
    'array.columns = 3: must divide the 4 banks that the model is made for; make one by train or compress with --banks 3, or choose 2, 4',
  );
});

test('the chosen index width is the smallest that fits', () => {
  const bits = (rows: number[]): number => chooseIndexBits({ rows: Int32Array.from(rows), outer: 1, k: rows.length }, 1);
  expect([bits([0, 1]), bits([0, 2]), bits([0, 3]), bits([3]), bits([4]), bits([255])]).toEqual([1, 1, 2, 2, 3, 8]);
});
