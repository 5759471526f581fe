import { describe, expect, it } from 'vitest';
import { risingTitles, risingValue } from '../../../generator/subject/metrics.js';
import { headOf, shownObjective } from '../../../generator/studies/sweep/table.js';

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
