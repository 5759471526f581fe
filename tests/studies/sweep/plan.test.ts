import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planSweep } from '../../../generator/studies/sweep/plan.js';
import { problemsOf } from '../../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const json = (name: string, value: unknown): string => file(name, JSON.stringify(value));

describe('a sweep file', () => {
  it('holds all of a sweep, and options win over it', async () => {
    json('base.json', { array: { passes: 8 } });
    const path = json('all.json', {
      $schema: 'x',
      preset: 'small',
      config: 'base.json',
      space: { 'array.columns': [4, 8], 'run.latency': '10..30:10' },
      constraints: ['multipliers < 65', { accuracy: { '>': 50 } }],
      search: 'random',
      samples: 3,
      seed: 9,
      objectives: ['cycles', 'ema', 'cycles'],
      fidelity: 'rtl',
      promote: 2,
      inputs: 6,
      accuracyInputs: 50,
      simulator: 'icarus',
    });
    const plan = await planSweep(path, {});
    expect(plan.space.base.array.passes).toBe(8);
    expect(plan).toMatchObject({
      search: { kind: 'random', samples: 3, seed: 9 },
      objectives: ['cycles', 'ema'],
      levels: ['analytic', 'golden', 'rtl'],
      promote: 2,
      simulator: 'icarus',
      measuring: { inputs: 6, accuracyInputs: 50, seed: 9 },
    });
    expect(plan.space.constraints.map(({ text }) => text)).toEqual(['multipliers < 65', 'accuracy > 50']);
    const over = await planSweep(path, {
      search: 'grid',
      fidelity: 'golden',
      promote: 5,
      set: ['run.latency=7', 'run.task=g2p'],
      constraints: ['lanes > 1'],
      objectives: ['area'],
    });
    expect(over).toMatchObject({ search: { kind: 'grid' }, levels: ['analytic', 'golden'], promote: 5, objectives: ['area'] });
    expect(over.space.axes.map(({ key, values }) => [key, values])).toEqual([
      ['array.columns', [4, 8]],
      ['run.latency', [7]],
      ['run.task', ['g2p']],
    ]);
    expect(over.space.constraints).toHaveLength(3);
  });

  it('may be a TypeScript module', async () => {
    const path = file('sweep.ts', 'const passes = [4, 8] as const;\nexport default { space: { "array.passes": passes } };\n');
    expect((await planSweep(path, {})).space.axes).toEqual([{ key: 'array.passes', values: [4, 8] }]);
  });

  it('says how many points in one way; either one on the command line wins over either in the file', async () => {
    const sampled = { space: { 'array.columns': [4, 8] }, search: 'random', samples: 5 } as const;
    const both = { ...sampled, budget: 7 };
    const text = 'samples = 5, budget = 7: both say how many points are measured; leave one out';
    expect(await problemsOf(() => planSweep(both, {}))).toEqual([text]);
    expect(await problemsOf(() => planSweep(sampled, { samples: 5, budget: 7 }))).toEqual([text]);
    expect((await planSweep(sampled, { budget: 2, search: 'lhs' })).search).toMatchObject({ budget: { points: 2 } });
    const { request, search } = await planSweep({ ...sampled, samples: 3 }, { samples: 4 });
    expect([search, request.samples]).toMatchObject([{ samples: 4 }, 4]);
    const { request: budgeted } = await planSweep(sampled, { budget: 2 });
    expect([budgeted.samples, (await planSweep(budgeted, {})).search]).toMatchObject([undefined, { budget: { points: 2 } }]);
    const whole = ['samples = 5: a grid measures all points; give --search random with it'];
    expect(await problemsOf(() => planSweep({ space: sampled.space }, { samples: 5 }))).toEqual(whole);
    expect(await problemsOf(() => planSweep({ space: sampled.space, samples: 5 }, {}))).toEqual(whole);
    expect(await problemsOf(() => planSweep({ ...sampled, search: 'grid' }, { seed: 2 }))).toEqual(whole);
    const { request: grid } = await planSweep(sampled, { search: 'grid' });
    expect([grid.samples, (await planSweep(grid, {})).search]).toEqual([undefined, { kind: 'grid' }]);
  });

  it('refuses options that the last level has no use for, and lets keys of a file stay', async () => {
    const space = { 'array.columns': [4, 8] };
    const options = { promote: 2, accuracyInputs: 50, simulator: 'icarus', target: 'ecp5' } as const;
    const text = (field: string, last: string, levels: string) =>
      `${field}: has no effect at fidelity ${last}; leave it out, or give --fidelity ${levels}`;
    const below = [text('simulator = icarus', 'golden', 'rtl or synthesis'), text('target = ecp5', 'golden', 'synthesis')];
    expect(await problemsOf(() => planSweep({ space }, options))).toEqual([
      text('promote = 2', 'analytic', 'golden or rtl or synthesis'),
      text('accuracyInputs = 50', 'analytic', 'golden or rtl or synthesis'),
      text('simulator = icarus', 'analytic', 'rtl or synthesis'),
      text('target = ecp5', 'analytic', 'synthesis'),
    ]);
    expect(await problemsOf(() => planSweep({ space, fidelity: 'synthesis' }, { ...options, fidelity: 'golden' }))).toEqual(below);
    const bred = { search: 'nsga2', budget: 4 } as const;
    expect(await problemsOf(() => planSweep({ space }, { ...bred, surrogate: 'none' }))).toEqual([
      text('surrogate = none', 'analytic', 'golden or rtl or synthesis'),
    ]);
    expect(await problemsOf(() => planSweep({ space }, { ...bred, surrogate: 'none', fidelity: 'golden', promote: 1 }))).toEqual([
      'promote = 1: has no effect with surrogate = none; leave it out',
    ]);
    expect((await planSweep({ space }, { ...bred, fidelity: 'golden', promote: 1 })).promote).toBe(1);
    const { levels } = await planSweep({ space, ...options }, { fidelity: 'golden' });
    expect(levels).toEqual(['analytic', 'golden']);
    expect((await planSweep({ space }, { ...options, fidelity: 'synthesis' })).promote).toBe(2);
  });

  it('takes a key once from --set', async () => {
    const set = ['array.columns=4', 'array.passes=8', 'array.columns=8'];
    expect(await problemsOf(() => planSweep(undefined, { set }))).toEqual([
      '--set array.columns: is given twice; give all its values at once, as in --set array.columns=4,8',
    ]);
  });

  it('is not needed: --set is enough', async () => {
    expect((await planSweep(undefined, { set: ['array.columns=4,8'] })).space.axes).toEqual([{ key: 'array.columns', values: [4, 8] }]);
  });

  it.each([
    [
      { axes: {} },
      [
        'axes: unknown key; known keys are seed, preset, space, target, samples, search, budget, inputs, config, within, fidelity, minimise, promote, objectives, simulator, surrogate, constraints, population, accuracyInputs',
      ],
    ],
    [{ 'array.columns': [4] }, ['array.columns: is a key of space; move it there']],
    [
      { space: [], samples: 0.5, promote: 'all', constraints: 'x' },
      [
        'space = []: must be an object of keys such as "array.columns" with their values',
        'samples = 0.5: must be an integer in 1 .. 1000000',
        'promote = "all": must be an integer in 1 .. 1000000',
        'constraints = "x": must be a list',
      ],
    ],
    [{ space: {} }, ['space: has no key; give parameters with their values in a sweep file or with --set array.columns=4,8,16']],
    [
      {
        space: { 'array.collumns': 4 },
        constraints: ['x > 1'],
        fidelity: 'gold',
        search: 'best',
        objectives: ['cycle'],
        simulator: 'vcs',
        target: 'ecp',
      },
      [
        'array.collumns: unknown key; nearest known ones are array.columns, array.slices, array.passes',
        expect.stringMatching(/^constraint x > 1: x: unknown key; nearest known ones are /),
        'fidelity = gold: must be one of golden, rtl, analytic, synthesis',
        'search = best: must be one of lhs, grid, nsga2, cheapest, random',
        expect.stringMatching(/^objectives = cycle: must be one of cycles, /),
        expect.stringMatching(/^simulator = vcs: must be one of /),
        expect.stringMatching(/^target = ecp: must be one of ecp5, /),
      ],
    ],
    [{ space: { 'array.columns': 4 }, objectives: [] }, [expect.stringMatching(/^objectives: has none; give some of accuracy, ema, /)]],
  ])('that is wrong says all that is: %j', async (given, problems) => {
    expect(await problemsOf(() => planSweep(json('bad.json', given), {}))).toEqual(problems);
  });

  it('that cannot be read is named', async () => {
    expect(await problemsOf(() => planSweep(join(folder, 'none.json'), {}))).toEqual([
      `sweep = ${join(folder, 'none.json')}: cannot be read (ENOENT); give the path of a .ts or .json file`,
    ]);
    expect(await problemsOf(() => planSweep('sweep.yaml', {}))).toEqual(['sweep = sweep.yaml: must be a .ts or .json file']);
    expect((await problemsOf(() => planSweep(file('no.json', '{'), {})))[0]).toMatch(/no\.json: is not valid JSON \(.*\); fix it$/);
  });
});
