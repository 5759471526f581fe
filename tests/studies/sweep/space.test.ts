import { describe, expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { makeAxes, parseSetting, spaceSize } from '../../../generator/studies/sweep/axes.js';
import { parseConstraint, type Constraint } from '../../../generator/studies/sweep/constraints.js';
import { drawPoints, namesOf } from '../../../generator/studies/sweep/space.js';
import { problemsOf } from '../../support/problems.js';

const base = presetParams('small');

function constraint(given: unknown): Constraint {
  const problems: string[] = [];
  const found = parseConstraint(given, problems);
  if (found === undefined) throw new Error(problems.join('\n'));
  return found;
}

function constraintProblem(given: unknown): string {
  const problems: string[] = [];
  expect(parseConstraint(given, problems)).toBeUndefined();
  return problems.join('\n');
}

describe('axes', () => {
  it('take a value, a list, a range with a step, and a range of all that the field allows', () => {
    const axes = makeAxes({
      'array.columns': '2..16',
      'array.passes': '4..16:4',
      'port.busBytes': [8, 16],
      'run.latency': '10,100..102',
      'memory.kind': 'macro',
      'batcher.segments': '4..16',
    });
    expect(Object.fromEntries(axes.map(({ key, values }) => [key, values]))).toEqual({
      'array.columns': [2, 4, 8, 16],
      'array.passes': [4, 8, 12, 16],
      'port.busBytes': [8, 16],
      'run.latency': [10, 100, 101, 102],
      'memory.kind': ['macro'],
      'batcher.segments': [4, 8, 16],
    });
    expect(spaceSize(axes)).toBe(4 * 4 * 2 * 4 * 3);
  });

  it('of the run come last, so that neighbours share a design', () => {
    expect(makeAxes({ 'run.task': 'mnist', 'array.columns': [4, 8] }).map(({ key }) => key)).toEqual(['array.columns', 'run.task']);
  });

  it('that are wrong are named all at once, with the nearest known key', async () => {
    expect(
      await problemsOf(() =>
        makeAxes({
          'array.colums': [4],
          columns: [4],
          'port.busBytes': [3],
          'array.passes': '9..3',
          'batcher.passOver': '1..5:0',
          'run.policy': 'packd',
          'registerFile.turn': '1..3',
          'array.slices': [],
          'run.latency': [5, 5],
          'envelope.rank': [{}],
        }),
      ),
    ).toEqual([
      'array.colums: unknown key; nearest known ones are array.columns, array.slices, array.passes',
      'columns: unknown key; nearest known ones are array.columns, array.pairedColumns, run.task',
      'port.busBytes = 3 bytes: must be a power of two from 4 to 64',
      'array.passes = 9..3: the range begins above its end; write 3..9',
      'batcher.passOver = 1..5:0: the step of a range must be an integer of at least 1',
      'run.policy = "packd": must be one of packed, single, tokens, uniform',
      'registerFile.turn = 1..3: is no value of a field without numbers; give a list of ahead, late',
      'array.slices: has no values; give at least one or leave the key out',
      'run.latency = 5: is given twice',
      'envelope.rank = {}: must be a value, a list of values or a range such as "4..16:4"',
    ]);
  });

  it('are set by key=values', async () => {
    expect(parseSetting('array.columns = 4,8')).toEqual(['array.columns', ' 4,8']);
    expect(await problemsOf(() => parseSetting('array.columns'))).toEqual([
      '--set array.columns: must be key=value, key=4,8,16 or key=4..16:4',
    ]);
  });
});

describe('constraints', () => {
  it('compute with parameters, with what follows from them, and with texts', () => {
    const [point] = drawPoints({ base, axes: makeAxes({ 'run.latency': 50 }), constraints: [] }, { kind: 'grid' }).points;
    const names = namesOf(point!);
    expect(constraint('array.columns * array.slices - 2 <= 30 && !(multipliers > 64)').holds(names)).toBe(true);
    expect(constraint('memory.kind == "macro" || windowTokens % 100 == 28').holds(names)).toBe(true);
    expect(constraint({ 'run.latency': { '>=': 10, '<': 50 } }).holds(names)).toBe(false);
    expect(constraint({ 'run.task': 'mnist' }).holds(names)).toBe(true);
    expect(constraint('-array.columns / 2 != -4').holds(names)).toBe(false);
  });

  it('on an objective are known only when it is', () => {
    const { measured, holds } = constraint('accuracy > 90 && cycles < 10');
    expect(measured).toBe(true);
    expect(holds({ accuracy: 91, cycles: 9 })).toBe(true);
    expect(holds({ cycles: 9 })).toBe(false);
  });

  it.each([
    ['array.columns', 'constraint array.columns: must be a comparison, as in array.columns <= 16'],
    ['1 < 2', 'constraint 1 < 2: names no parameter and no objective'],
    ['acuracy > 3', 'constraint acuracy > 3: acuracy: unknown key; nearest known ones are accuracy, area, ema'],
    ['array.columns <', 'constraint array.columns <: a value is missing after < (after 15 characters); write it as in array.columns <= 16'],
    ['1 < array.columns < 9', 'constraint 1 < array.columns < 9: a comparison cannot stand beside <; join comparisons with &&'],
    ['array.columns && array.slices', 'constraint array.columns && array.slices: both sides of && must be comparisons'],
    ['array.columns ^ 3 == 1', 'constraint array.columns ^ 3 == 1: operator ^ is unknown; use < <= > >= == != + - * / % && || !'],
    ['process.exit() > 1', 'constraint process.exit() > 1: only names, numbers, texts and operators are understood'],
    ['array["columns"] > 1', 'constraint array["columns"] > 1: only names, numbers, texts and operators are understood'],
    [{ accuracy: { above: 3 } }, 'constraint {"accuracy":{"above":3}}: "above" is no comparison; use < <= > >= == !='],
    [{}, 'constraint {}: compares nothing'],
    [7, 'constraint 7: must be an expression or an object such as { "accuracy": { ">=": 90 } }'],
  ])('that mean nothing say why: %j', (given, problem) => {
    expect(constraintProblem(given)).toBe(problem);
  });
});

describe('points', () => {
  const axes = makeAxes({ 'array.columns': [4, 8], 'array.passes': [4, 8, 16], 'run.latency': [10, 20] });

  it('of a grid are all of it, in the order of the axes', () => {
    const { points, size, excluded } = drawPoints({ base, axes, constraints: [] }, { kind: 'grid' });
    expect({ size, excluded }).toEqual({ size: 12, excluded: 0 });
    expect(points.map(({ params, run }) => [params.array.columns, params.array.passes, run.latency])).toEqual(
      [4, 8].flatMap((columns) => [4, 8, 16].flatMap((passes) => [10, 20].map((latency) => [columns, passes, latency]))),
    );
    expect(points[0]!.params.array.slices).toBe(base.array.slices);
  });

  it('that a constraint on parameters excludes are not there', () => {
    const { points, excluded } = drawPoints(
      { base, axes, constraints: [constraint('array.columns * array.passes <= 32'), constraint('cycles < 1')] },
      { kind: 'grid' },
    );
    expect(points).toHaveLength(6);
    expect(excluded).toBe(6);
  });

  it('at random are different ones, the same for the same seed, and all of a small space', () => {
    const draw = (seed: number, samples: number) => drawPoints({ base, axes, constraints: [] }, { kind: 'random', samples, seed }).points;
    const some = draw(3, 5);
    expect(new Set(some.map((point) => JSON.stringify(point))).size).toBe(5);
    expect(draw(3, 5)).toEqual(some);
    expect(draw(4, 5)).not.toEqual(some);
    expect(draw(3, 500)).toHaveLength(12);
  });

  it('that contradict each other name the constraint that alone leaves nothing, or all of them', async () => {
    const of = (...texts: string[]) => problemsOf(() => drawPoints({ base, axes, constraints: texts.map(constraint) }, { kind: 'grid' }));
    expect(await of('array.columns > 8', 'array.passes > 4')).toEqual([
      'constraint array.columns > 8: holds for none of 12 points; loosen it or widen the axes',
    ]);
    expect(await of('array.columns > 4', 'array.columns < 8')).toEqual([
      'constraints: together they leave none of 12 points; loosen one of array.columns > 4, array.columns < 8',
    ]);
  });

  it('of a grid beyond all measure are refused, at random they are not', async () => {
    const huge = makeAxes({ 'run.latency': '1..5000', 'envelope.width': '4..500', 'batcher.passOver': '1..50' });
    expect(await problemsOf(() => drawPoints({ base, axes: huge, constraints: [] }, { kind: 'grid' }))).toEqual([
      'space = 124250000 points: a grid holds at most 1000000; leave values out, or use --search random --samples n',
    ]);
    expect(drawPoints({ base, axes: huge, constraints: [] }, { kind: 'random', samples: 20, seed: 1 }).points).toHaveLength(20);
  });
});
