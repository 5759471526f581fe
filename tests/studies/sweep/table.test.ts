import { describe, expect, it } from 'vitest';
import { risingTitles, risingValue } from '../../../generator/subject/metrics.js';
import { drawnPoint } from '../../../generator/studies/sweep/drawn-point.js';
import { parallelBlocks } from '../../../generator/studies/sweep/parallel-block.js';
import { frontsOf } from '../../../generator/studies/sweep/promotion.js';
import type { Sweep, SweptPoint } from '../../../generator/studies/sweep/run-sweep.js';
import { charts } from '../../../generator/studies/sweep/sweep-charts.js';
import { chosenPoint, headOf, mixedNote, shownObjective } from '../../../generator/studies/sweep/table.js';

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

function measured(number: number): SweptPoint {
  return {
    number,
    point: { params: {}, run: { task: 'mnist', latency: 20, bytesPerCycle: 16 } },
    fidelity: 'analytic',
    outcome: { state: 'measured', objectives: { cycles: 1 + number, ema: 1 + number }, detail: {} },
    feasible: true,
    front: true,
  } as unknown as SweptPoint;
}

function sweepOf(points: readonly SweptPoint[]): Sweep {
  const plan = { objectives: ['cycles', 'ema'], levels: ['analytic'], space: { axes: [], open: [] } };
  return { plan, points } as unknown as Sweep;
}

describe('the point that a report draws in full', () => {
  const failed: SweptPoint = { ...measured(1), outcome: { state: 'failed', reason: 'does not fit' }, feasible: false, front: false };
  const sweep = sweepOf([measured(0), failed, measured(2)]);
  const textOf = (wanted: number): unknown => {
    const { swept, isWanted, notes } = drawnPoint(sweep, wanted);
    return [swept?.number, isWanted, ...notes.map((note) => (note.kind === 'note' ? note.text : note.kind))];
  };

  it('is the one that was asked for, or says why it is not', () => {
    expect(drawnPoint(sweep, undefined)).toMatchObject({ swept: { number: 0 }, isWanted: false, notes: [] });
    expect(textOf(2)).toEqual([2, true]);
    expect(textOf(1)).toEqual([
      0,
      false,
      '--point = 1: was not measured (does not fit); give a point that was. Point 0 is drawn in its place.',
    ]);
    expect(textOf(40)).toEqual([0, false, '--point = 40: the sweep has points 0 .. 2; give one of them. Point 0 is drawn in its place.']);
  });
});

describe('logic in gates and in look-up tables', () => {
  const withArea = (number: number, synthesis?: object): SweptPoint => ({
    ...measured(number),
    fidelity: synthesis === undefined ? 'rtl' : 'synthesis',
    outcome: {
      state: 'measured',
      objectives: { cycles: 9 - number, area: 10 + number },
      detail: synthesis === undefined ? {} : { synthesis },
    },
  });
  const [estimated, gates, luts] = [withArea(1), withArea(2, { gateEquivalents: 12 }), withArea(3, { lut: 13 })];
  const of = (...points: readonly SweptPoint[]): Sweep => {
    const plan = { ...sweepOf([]).plan, objectives: ['area', 'cycles'], measuring: { target: 'ecp5' } };
    return { plan, points } as unknown as Sweep;
  };

  it('has the heading of its unit, and a note where both stand beside each other', () => {
    expect([[], [estimated, gates], [luts], [luts, estimated]].map((points) => headOf('area', points))).toEqual([
      'logic gates',
      'logic gates',
      'LUT',
      'logic gates or LUT',
    ]);
    expect([of(estimated, gates), of(luts), of(estimated, luts)].map(mixedNote)).toEqual([
      '',
      '',
      ' An area at the level synthesis is in LUT of ecp5, below it an estimate in gates: the two do not compare.',
    ]);
  });

  it('stands in charts of one unit', () => {
    const chartOf = (...points: readonly SweptPoint[]): unknown[] => {
      const { spec, caption } = charts(of(...points))[0]!;
      const text = JSON.stringify(spec);
      return [
        /"title":"(logic, [^"]+)"/.exec(text)?.[1],
        points.filter(({ number }) => text.includes(`#point-${number}"`)).length,
        caption.startsWith('Points of the level synthesis alone. '),
      ];
    };
    expect(chartOf(estimated, gates)).toEqual(['logic, gate equivalents', 2, false]);
    expect(chartOf(luts, { ...luts, number: 4 })).toEqual(['logic, LUT', 2, false]);
    expect(chartOf(estimated, luts)).toEqual(['logic, LUT', 1, true]);
  });
});

describe('a sweep of very many points', () => {
  // More than a call takes as arguments.
  const count = 200_000;
  const sweep = sweepOf(Array.from({ length: count }, (_, number) => measured(number)));

  it('has a front, a chosen point and parallel coordinates', () => {
    expect(frontsOf(sweep.points, sweep.plan)).toEqual(new Set([0]));
    expect(chosenPoint(sweep)?.number).toBe(0);
    expect(parallelBlocks(sweep)).toMatchObject([{ kind: 'parallel', lines: { length: count } }]);
  });
});
