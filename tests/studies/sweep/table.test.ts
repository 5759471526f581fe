import { describe, expect, it } from 'vitest';
import { risingTitles, risingValue } from '../../../generator/subject/metrics.js';
import { parallelBlocks } from '../../../generator/studies/sweep/parallel-block.js';
import { frontsOf } from '../../../generator/studies/sweep/promotion.js';
import type { Sweep, SweptPoint } from '../../../generator/studies/sweep/run-sweep.js';
import { chosenPoint, headOf, shownObjective } from '../../../generator/studies/sweep/table.js';

type Points = Parameters<typeof headOf>[1];

function points(...tasks: readonly string[]): Points {
  return tasks.map((task) => ({
    point: { run: { task } },
    outcome: { state: 'measured', objectives: { accuracy: 1 } },
  })) as unknown as Points;
}

describe('the heading of what tasks score', () => {
  it('is the metric of the tasks', () => {
    expect(headOf('accuracy', points('mnist'))).toBe('accuracy %');
    expect(headOf('accuracy', points('ocr', 'ocr'))).toBe('cosine to dense float');
    expect(headOf('accuracy', points('mnist', 'use'))).toBe('accuracy % or nearest neighbour kept %');
    expect(headOf('accuracy', [])).toBe('accuracy %');
    expect(headOf('ema', points('ocr'))).toBe('bytes/input');
  });

  it('is of values of which more is better, also where a metric counts errors', () => {
    expect(risingTitles.cer).toBe('characters right %');
    expect(risingValue('cer', 12.5)).toBe(87.5);
    expect(risingValue('accuracy', 12.5)).toBe(12.5);
  });

  it('stands over values with digits enough', () => {
    expect(shownObjective('accuracy', 0.98765)).toBe('0.9877');
    expect(shownObjective('accuracy', 98.765)).toBe('98.77');
  });
});

describe('a sweep of very many points', () => {
  // More than a call takes as arguments.
  const count = 200_000;
  const run = { task: 'mnist', latency: 20, bytesPerCycle: 16 };
  const row = (number: number): SweptPoint =>
    ({
      number,
      point: { params: {}, run },
      fidelity: 'analytic',
      outcome: { state: 'measured', objectives: { cycles: 1 + number, ema: 1 + number }, detail: {} },
      feasible: true,
      front: true,
    }) as unknown as SweptPoint;
  const plan = { objectives: ['cycles', 'ema'], levels: ['analytic'], space: { axes: [], open: [] } };
  const sweep = { plan, points: Array.from({ length: count }, (_, number) => row(number)) } as unknown as Sweep;

  it('has a front, a chosen point and parallel coordinates', () => {
    expect(frontsOf(sweep.points, sweep.plan)).toEqual(new Set([0]));
    expect(chosenPoint(sweep)?.number).toBe(0);
    expect(parallelBlocks(sweep)).toMatchObject([{ kind: 'parallel', lines: { length: count } }]);
  });
});
