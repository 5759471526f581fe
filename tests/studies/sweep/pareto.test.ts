import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../generator/util/random.js';
import { cost, type Objectives } from '../../../generator/studies/sweep/objectives.js';
import { bestFirst, paretoFront } from '../../../generator/studies/sweep/pareto.js';

const by = ['accuracy', 'cycles', 'area'] as const;

function dominates(a: Objectives, b: Objectives): boolean {
  const pairs = by.map((name) => [cost(name, a), cost(name, b)] as const);
  return pairs.every(([x, y]) => x <= y) && pairs.some(([x, y]) => x < y);
}

describe('a Pareto front', () => {
  const seed = 1 + Math.floor(Math.random() * 1e6);
  it(`is what no other point dominates, of equal points the first (seed ${seed})`, () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 20; round++) {
      const draw = (): number => Math.floor(random() * 6);
      const rows = Array.from({ length: 1 + Math.floor(random() * 60) }, (): Objectives => ({
        ...(random() < 0.9 && { accuracy: draw() }),
        cycles: draw(),
        area: draw(),
      }));
      const same = (a: Objectives, b: Objectives): boolean => by.every((name) => cost(name, a) === cost(name, b));
      const naive = rows.flatMap((row, i) =>
        rows.some((other) => dominates(other, row)) || rows.slice(0, i).some((other) => same(other, row)) ? [] : [i],
      );
      expect(paretoFront(rows, by)).toEqual(naive);
    }
  });

  it('knows which way is better', () => {
    expect(
      paretoFront(
        [
          { accuracy: 90, cycles: 5 },
          { accuracy: 91, cycles: 5 },
          { accuracy: 90, cycles: 4 },
        ],
        ['accuracy', 'cycles'],
      ),
    ).toEqual([1, 2]);
  });

  it('of points without values is empty of none of them: what is missing is worst', () => {
    expect(paretoFront([{}, { cycles: 3 }], ['accuracy', 'cycles'])).toEqual([1]);
  });
});

describe('the order of promotion', () => {
  it('is front after front, within one the ends before the middle, the crowded last', () => {
    const rows = [
      [1, 9],
      [2, 8],
      [2.1, 7.9],
      [5, 5],
      [9, 1],
      [6, 6],
      [9, 9],
    ].map(([cycles, area]) => ({ cycles: cycles!, area: area! }));
    const order = bestFirst(rows, ['cycles', 'area']);
    expect(order.slice(0, 2)).toEqual([0, 4]);
    expect(order[2]).toBe(3);
    expect(new Set(order.slice(3, 5))).toEqual(new Set([1, 2]));
    expect(order.slice(5)).toEqual([5, 6]);
  });

  it('does not take a point twice, and stops where it should', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ cycles: i % 7, area: (i * 5) % 11 }));
    expect(new Set(bestFirst(rows, ['cycles', 'area']))).toEqual(new Set(rows.keys()));
    expect(bestFirst(rows, ['cycles', 'area'], 4)).toEqual(bestFirst(rows, ['cycles', 'area']).slice(0, 4));
  });
});
