import { describe, expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { makeAxes } from '../../../generator/studies/sweep/axes.js';
import { parseConstraint } from '../../../generator/studies/sweep/constraints.js';
import { boundsOf, hypervolume } from '../../../generator/studies/sweep/hypervolume.js';
import type { Fidelity } from '../../../generator/studies/sweep/key.js';
import type { Outcome } from '../../../generator/studies/sweep/outcome.js';
import type { Objectives } from '../../../generator/studies/sweep/objectives.js';
import { planSweep, type SweepFile } from '../../../generator/studies/sweep/plan.js';
import { latinHypercube } from '../../../generator/studies/sweep/search/choices.js';
import { Proposer } from '../../../generator/studies/sweep/search/propose.js';
import { CheapestRun, type DesignMeasures } from '../../../generator/studies/sweep/search/cheapest.js';
import { drawBefore, type Point } from '../../../generator/studies/sweep/space.js';
import { SearchRun } from '../../../generator/studies/sweep/search/run-search.js';
import { corrected } from '../../../generator/studies/sweep/search/surrogate.js';
import { randomFrom } from '../../../generator/util/random.js';
import { trexgen } from '../../support/cli.js';

const by = ['ema', 'cycles'] as const;

describe('the hypervolume', () => {
  it('is the share of the box that points beat, in logarithms', () => {
    const corners = [
      { ema: 1, cycles: 100 },
      { ema: 10, cycles: 10 },
      { ema: 100, cycles: 1 },
    ];
    const bounds = boundsOf(corners, by);
    // Of a box of 1.1 x 1.1: strips of 0.5, 0.5 and 0.1, as high as the reference is above each point.
    expect(hypervolume(corners, by, bounds)).toBeCloseTo((0.5 * 0.1 + 0.5 * 0.6 + 0.1 * 1.1) / 1.21, 12);
    expect(hypervolume([...corners, { ema: 100, cycles: 100 }], by, bounds)).toBe(hypervolume(corners, by, bounds));
    expect(hypervolume([], by, bounds)).toBe(0);
  });

  it('of three objectives agrees with a count of cells', () => {
    const random = randomFrom(7);
    const names = ['ema', 'cycles', 'area'] as const;
    const draw = () => ({ ema: 10 ** random(), cycles: 10 ** random(), area: 10 ** random() });
    const all = Array.from({ length: 12 }, draw);
    const { low, high } = boundsOf(all, names);
    const cells = 60;
    let beaten = 0;
    for (let i = 0; i < cells ** 3; i++) {
      const at = [i % cells, Math.floor(i / cells) % cells, Math.floor(i / cells ** 2)].map((one) => (1.1 * (one + 0.5)) / cells);
      if (all.some((one) => names.every((name, axis) => (Math.log(one[name]) - low[axis]!) / (high[axis]! - low[axis]!) <= at[axis]!)))
        beaten++;
    }
    expect(Math.abs(hypervolume(all, names, { low, high }) - beaten / cells ** 3)).toBeLessThan(0.01);
  });
});

describe('proposals', () => {
  const axes = makeAxes({ 'array.passes': '4..13', 'array.slices': [1, 2], 'run.policy': ['single', 'packed'] });

  it('of a Latin hypercube take every value equally often', () => {
    const choices = latinHypercube(axes, 20, randomFrom(3));
    axes.forEach(({ values }, axis) => {
      for (const value of values.keys()) expect(choices.filter((choice) => choice[axis] === value)).toHaveLength(20 / values.length);
    });
  });

  it('never repeat, keep to the constraints, and end with the space', () => {
    const constraint = parseConstraint('array.slices <= 1', [])!;
    const proposer = new Proposer({ base: presetParams('small'), axes, constraints: [constraint] }, randomFrom(1));
    const points = [...proposer.latin(10), ...proposer.children(10, [0, 1, 2]), ...proposer.anywhere(100)];
    expect(points).toHaveLength(10 * 2);
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
    expect(points.every(({ params }) => params.array.slices === 1)).toBe(true);
  });
});

/** Cycles that the analytic model gets wrong by a factor that depends on the point. */
function place(
  more: (point: Point, level: Fidelity) => Objectives = () => ({}),
): DesignMeasures & { readonly count: (level: Fidelity) => number } {
  const [points, found]: [Point[], Map<Fidelity, Outcome>[]] = [[], []];
  const measured = (point: Point, level: Fidelity): Outcome => {
    const { passes, slices } = point.params.array;
    const factor = level === 'analytic' ? 1 : 1 + slices;
    const objectives = { ema: passes * slices, cycles: (1000 / passes) * factor, area: 100 * slices, ...more(point, level) };
    return { state: 'measured', objectives, detail: {} };
  };
  const add = (more: readonly Point[]): number[] => more.map((point) => found.push(new Map()) && points.push(point) - 1);
  return {
    points,
    found,
    add,
    addDesign: add,
    measure: async (level, numbers) => numbers.forEach((number) => found[number]!.set(level, measured(points[number]!, level))),
    count: (level) => found.filter((levels) => levels.has(level)).length,
  };
}

async function searched(more: SweepFile) {
  const plan = await planSweep(
    { space: { 'array.passes': '4..31', 'array.slices': '1..4' }, objectives: ['ema', 'cycles', 'area'], ...more },
    {},
  );
  const at = place();
  if (!('population' in plan.search)) throw new Error('not a search');
  const search = new SearchRun(at, plan, plan.search);
  await search.run();
  return { at, generations: search.generations(), excluded: search.excluded };
}

describe('a search', () => {
  it.each(['random', 'lhs', 'nsga2'] as const)('by %s keeps to its budget, repeats for a seed and never loses volume', async (search) => {
    const one = await searched({ search, budget: 40, seed: 5 });
    expect(one.at.points).toHaveLength(40);
    const volumes = one.generations.map(({ hypervolume: volume }) => volume);
    expect(volumes).toEqual([...volumes].sort((a, b) => a - b));
    expect((await searched({ search, budget: 40, seed: 5 })).at.points).toEqual(one.at.points);
    expect((await searched({ search, budget: 40, seed: 6 })).at.points).not.toEqual(one.at.points);
  });

  it('by NSGA-II begins with a Latin hypercube of two generations and finds more than as many random points', async () => {
    const volume = async (search: 'nsga2' | 'random', seed: number): Promise<number> => {
      const { at } = await searched({ search, budget: 30, seed, ...(search === 'nsga2' && { population: 4 }) });
      const all = at.found.flatMap((levels) => {
        const outcome = levels.get('analytic');
        return outcome?.state === 'measured' ? [outcome.objectives] : [];
      });
      return hypervolume(all, ['ema', 'cycles', 'area'], { low: [1, 3.4, 4.6], high: [4.9, 5.6, 6] });
    };
    const { generations } = await searched({ search: 'nsga2', budget: 30, seed: 1, population: 4 });
    expect(generations.map(({ points }) => points)).toEqual([8, 12, 16, 20, 24, 28, 30]);
    const seeds = [1, 2, 3, 4, 5];
    const [evolved, drawn] = await Promise.all(
      (['nsga2', 'random'] as const).map((search) => Promise.all(seeds.map((seed) => volume(search, seed)))),
    );
    const mean = (list: readonly number[] = []): number => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(mean(evolved)).toBeGreaterThan(mean(drawn));
  });

  it('with a surrogate simulates its budget, and predicts far more', async () => {
    const { at, generations } = await searched({ search: 'nsga2', budget: 12, promote: 4, fidelity: 'golden' });
    expect([at.count('golden'), generations.map(({ points }) => points)]).toEqual([12, [4, 8, 12]]);
    expect(at.count('analytic')).toBeGreaterThan(50);
    const { at: without } = await searched({ search: 'nsga2', budget: 12, surrogate: 'none', fidelity: 'golden' });
    expect([without.count('golden'), without.count('analytic')]).toEqual([12, 12]);
  });

  it('corrects the surrogate by what is near', () => {
    const sample = (choice: number[], factor: number) => ({
      scene: 's',
      subject: 'model',
      choice,
      analytic: { cycles: 10 },
      simulated: { cycles: 10 * factor },
    });
    const samples = [sample([0, 0], 2), sample([5, 5], 4), { ...sample([1, 1], 100), scene: 'other' }];
    const guess = (scene: string, choice: number[], analytic: Objectives) =>
      corrected({ scene, subject: 'model', choice, analytic }, samples);
    expect(guess('s', [0, 0], { cycles: 30 }).cycles).toBeCloseTo(60, -1);
    expect(guess('s', [5, 5], { cycles: 30 }).cycles).toBeCloseTo(120, -1);
    expect(guess('s', [9, 9], { cycles: 30 }).cycles).toBeCloseTo(90, 6);
    expect(guess('none', [0, 0], { cycles: 30, ema: 1 })).toEqual({ cycles: 30, ema: 1 });
  });

  it('takes the accuracy from the same model, to the last bit, and that of others by its ratio', () => {
    const analytic = { accuracy: 98.59, ema: 1234.567 };
    const near = { scene: 's', subject: 'a', choice: [0], analytic, simulated: { accuracy: 97.3, ema: 1234.567 } };
    const samples = [near, { ...near, choice: [2] }, { ...near, choice: [3] }];
    const guess = (subject: string) => corrected({ scene: 's', subject, choice: [1], analytic }, samples);
    expect(guess('a')).toEqual({ accuracy: 97.3, ema: 1234.567 });
    expect(guess('b').accuracy).toBeCloseTo(97.3, 9);
  });

  it('prints the volume of each generation, and refuses a budget that is none', async () => {
    const args = [
      'sweep',
      '--set',
      'run.task=g2p',
      '--set',
      'array.passes=8..20',
      '--search',
      'nsga2',
      '--population',
      '4',
      '--json',
      '--jobs',
      '1',
    ];
    const { exitCode, stdout } = await trexgen(...args, '--budget', '12');
    expect(exitCode).toBe(0);
    const { hypervolume: printed, points } = JSON.parse(stdout) as { hypervolume: { points: number }[]; points: unknown[] };
    expect([printed.map((one) => one.points), points.length]).toEqual([[8, 12], 12]);
    expect(await trexgen(...args, '--budget', '2x')).toMatchObject({
      exitCode: 2,
      stderr: 'budget = 2x: must be a number of points up to a million, or hours as in 2h\n',
    });
    expect(await trexgen(...args, '--budget', '8', '--search', 'grid')).toMatchObject({
      exitCode: 2,
      stderr:
        'budget = 8: a grid measures all points; give --search nsga2, lhs, random or cheapest with it\n' +
        'population = 4: belongs to --search nsga2; give that too\n',
    });
  });
});

describe('the search for the cheapest', () => {
  const space = { 'array.passes': '4..31', 'array.slices': '1..4', 'run.task': ['mnist', 'g2p'] };
  const question = { search: 'cheapest', within: { cycles: 30 }, fidelity: 'golden' } as const;

  async function answered(more: SweepFile, at = place()) {
    const minimise = 'area + array.passes';
    const plan = await planSweep({ space, ...question, minimise, budget: 1000, ...more }, {});
    const { search } = plan;
    if (search.kind !== 'cheapest') throw new Error('not the cheapest');
    const run = new CheapestRun(at, plan, search, drawBefore(plan.space, search)!.points);
    await run.run();
    return { at, answer: run.answer() };
  }

  /** Least cost by what is simulated alone. */
  function cheapestOf(percent: number): number {
    const all = Array.from({ length: 28 }, (_, i) => i + 4).flatMap((passes) => [1, 2, 4].map((slices) => ({ passes, slices })));
    const cycles = ({ passes, slices }: (typeof all)[number]): number => (1000 / passes) * (1 + slices);
    const best = Math.min(...all.map(cycles));
    return Math.min(...all.filter((one) => cycles(one) <= best * (1 + percent / 100)).map(({ passes, slices }) => 100 * slices + passes));
  }

  it.each([0, 30, 200])('finds the one of the grid within %i %, with few simulations, though the model is wrong', async (percent) => {
    const { at, answer } = await answered({ within: { cycles: percent } });
    expect(answer).toMatchObject({ cost: cheapestOf(percent), found: true, settled: true, of: 2 * 28 * 3, measured: at.count('golden') });
    if (!answer.found) throw new Error('no answer');
    expect(answer.measured).toBeLessThan(0.2 * answer.of);
    expect(answer.scenes.map(({ scene }) => scene.split(',')[0])).toEqual(['mnist', 'g2p']);
    const hardware = answer.scenes.map(({ point }) => at.points[point]!.params);
    expect(hardware[0]).toEqual(hardware[1]);
  });

  it('tells a budget that is spent from a question without an answer', async () => {
    const { at, answer } = await answered({ budget: 3 });
    expect([at.count('golden'), answer]).toMatchObject([
      3,
      { found: false, settled: false, measured: 3, predicted: { points: [expect.any(Number), expect.any(Number)] } },
    ]);
    expect((await answered({ constraints: ['cycles < 1'] })).answer).toMatchObject({ found: false, settled: true });
    // Bytes want few passes and slices, cycles many: no design is the best in both.
    const none = await answered({ within: { ema: 0, cycles: 0 } });
    expect(none.answer).toMatchObject({ found: false, settled: true, measured: none.at.count('golden') });
    expect((await answered({ fidelity: 'analytic' })).answer).toMatchObject({ settled: true, measured: 0 });
  });

  it.each([0.987, 0.99, 1.013])('knows that an accuracy is the model’s, whatever measuring makes of it (factor %f)', async (factor) => {
    const at = place((point, level) => ({ accuracy: (point.run.task === 'mnist' ? 98.59 : 92.36) * (level === 'golden' ? factor : 1) }));
    const { answer } = await answered({ within: { accuracy: 0 }, budget: 20 }, at);
    expect(answer).toMatchObject({ found: true, settled: true, cost: 104 });
    expect(answer.measured).toBeLessThanOrEqual(4);
  });

  it('refuses a cost that some point does not have', async () => {
    await expect(answered({ minimise: 'area / (array.slices - 2)' })).rejects.toThrow(
      /^minimise area \/ \(array.slices - 2\): is infinite for point \d+ \(mnist\); name what every point has as a number, /,
    );
    await expect(answered({ minimise: 'accuracy + area' })).rejects.toThrow(
      /^minimise accuracy \+ area: has no value for point 0 \(mnist\); /,
    );
  });

  it('says in text and JSON that the budget is spent, with the design that was to be measured', async () => {
    const argv = ['sweep', '--set', 'run.task=mnist,g2p', '--set', 'array.columns=4,8', '--search', 'cheapest', '--minimise', 'area'];
    const ask = (...more: string[]) =>
      trexgen(...argv, '--within', 'ema=100', '--fidelity', 'golden', '--accuracy-inputs', '10', '--jobs', '1', ...more);
    const [text, json, whole] = [await ask('--budget', '1'), await ask('--budget', '1', '--json'), await ask('--budget', '8')];
    expect([text.exitCode, json.exitCode, whole.exitCode]).toEqual([1, 1, 0]);
    expect(text.stdout).toMatch(
      /the budget of 1 point is spent before it was found out whether a design is good enough; give more with --budget/,
    );
    expect(text.stdout).toMatch(/1 of the 4 points of the grid measured by the golden model; the budget was spent before/);
    const { answer } = JSON.parse(json.stdout) as { answer: object };
    expect(answer).toMatchObject({
      found: false,
      settled: false,
      measured: 1,
      of: 4,
      reason: expect.stringMatching(/^the budget of 1 point is spent/) as string,
      predicted: { parameters: { 'array.columns': 4 } },
    });
    expect(whole.stdout).toMatch(/all that this rests on was measured by the golden model/);
    expect(whole.stdout).not.toMatch(/simulated/);
  });

  it('on real tasks answers with one hardware that is large enough for all', async () => {
    const keys = ['run.task=mnist,g2p,brown', 'array.columns=4,8', 'array.lanesPerSlice=1,2'].flatMap((one) => ['--set', one]);
    const { exitCode, stdout } = await trexgen(
      ...['sweep', ...keys, '--search', 'cheapest', '--minimise', 'area', '--within', 'ema=20', '--jobs', '1', '--json'],
    );
    expect(exitCode).toBe(0);
    const { answer, points } = JSON.parse(stdout) as {
      answer: { configHash: string; cost: number; parameters: Record<string, number>; scenes: { point: number }[] };
      points: { configHash: string; objectives: { area: number } }[];
    };
    expect(answer.scenes.map(({ point }) => points[point]!.configHash)).toEqual(Array.from({ length: 3 }, () => answer.configHash));
    expect(answer.cost).toBe(points[answer.scenes[0]!.point]!.objectives.area);
    expect(Object.keys(answer.parameters)).not.toContain('run.task');
  });

  it.each([
    [
      ['--search', 'cheapest'],
      [
        'search = cheapest: needs minimise, as in --minimise "area + memoryBits / 4"',
        'search = cheapest: needs within, as in --within ema=20',
      ],
    ],
    [
      ['--minimise', 'area', '--within', 'ema=20'],
      ['minimise = area: belongs to --search cheapest; give that too', 'within = {"ema":20}: belongs to --search cheapest; give that too'],
    ],
    [
      ['--search', 'cheapest', '--minimise', 'area < 3', '--within', 'ems=-1'],
      [
        'minimise area < 3: must be a number, as in area + memoryBits / 4, and no comparison',
        expect.stringMatching(/^within = ems: must be one of ema, /),
        'within ems = -1 %: must be a number in 0 .. 1000',
      ],
    ],
    [
      ['--search', 'cheapest', '--minimise', 'gates', '--within', 'ema=1'],
      [expect.stringMatching(/^minimise gates: gates: unknown key; nearest known ones are /)],
    ],
    [
      ['--search', 'cheapest', '--minimise', 'area / 0', '--within', 'ema=1'],
      ['minimise area / 0: must be a finite number; divide by nothing that is always 0'],
    ],
    [['--search', 'cheapest', '--minimise', '3', '--within', 'ema=1'], ['minimise 3: names no parameter and no objective']],
  ])('refuses %j', async (argv, problems) => {
    const { exitCode, stderr } = await trexgen('sweep', '--set', 'array.columns=4', ...argv);
    expect([exitCode, stderr.trimEnd().split('\n')]).toEqual([2, problems]);
  });
});
