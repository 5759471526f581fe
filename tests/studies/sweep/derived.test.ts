import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeParams } from '../../../generator/params/params.js';
import type { PackedModel } from '../../../generator/program/operation.js';
import { makeAxes } from '../../../generator/studies/sweep/axes.js';
import { SubjectOnHardware } from '../../../generator/studies/sweep/hardware.js';
import { brokenRules, brokenRuleText } from '../../../generator/studies/sweep/infeasible.js';
import { measureAnalytic } from '../../../generator/studies/sweep/measure.js';
import { openKeys, settled, sizeKeys, withOpenSizes } from '../../../generator/studies/sweep/open-keys.js';
import { planSweep } from '../../../generator/studies/sweep/plan.js';
import { runDefaults, valueAt, type Point } from '../../../generator/studies/sweep/space.js';
import { buildWorkload } from '../../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../../generator/subject/workload/shapes.js';
import { trexgen } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-derived-'));
afterAll(() => rmSync(folder, { recursive: true }));

const model = buildWorkload(scaledDown(workloads.vitBase, 16, 1), { coding: 'factorized', banks: 8, seed: 1 });
const small = {
  array: { slices: 4 },
  envelope: { width: 8, hidden: 8, rank: 8, codeWords: 4, matrices: 1, instructions: 8 },
  port: { burstBeats: 64, prefetchBeats: 64 },
  batcher: { segments: 4 },
} as const;

describe('open sizes', () => {
  it.each([2, 4, 8])('are raised until the model just fits on %i columns, and no further', (columns) => {
    const params = makeParams({ ...small, array: { ...small.array, columns } });
    const point = { params, run: runDefaults };
    const on = new SubjectOnHardware({
      id: 'x',
      model,
      lengths: [4],
      requests: [],
      baseline: 1,
      trainedAccuracy: undefined,
      scored: undefined,
    });
    const sized = withOpenSizes(point, sizeKeys, model);
    expect(() => measureAnalytic(on, sized)).not.toThrow();
    for (const key of sizeKeys) {
      const value = Number(valueAt(sized, key));
      if (value === valueAt(point, key)) continue;
      const [group, name] = key.split('.') as ['envelope', 'codeWords'];
      // A rank is a whole number of banks.
      const less = { ...sized.params[group], [name]: value - (name.startsWith('rank') ? columns : 1) };
      expect(() => measureAnalytic(on, { ...sized, params: { ...sized.params, [group]: less } }), key).toThrow(`${key} = `);
    }
    expect(valueAt(sized, 'envelope.codeWords')).toBe(model.matrices.reduce((sum, { inner, rank }) => sum + (inner * rank) / columns, 0));
    expect(withOpenSizes(sized, sizeKeys, model)).toBe(sized);
    expect(withOpenSizes(point, [], model)).toBe(point);
  });

  it('follow the burst and the slices too', () => {
    const base = makeParams({ port: { burstBeats: 16, prefetchBeats: 16 }, batcher: { segments: 1 }, array: { slices: 1 } });
    const params = { ...base, port: { ...base.port, burstBeats: 128 }, array: { ...base.array, slices: 4 } };
    const { port, batcher } = withOpenSizes({ params, run: runDefaults }, ['port.prefetchBeats', 'batcher.segments'], model).params;
    expect([port.prefetchBeats, batcher.segments]).toEqual([128, 4]);
  });

  it('are those that nobody has fixed: in the space, in a configuration, in a constraint', async () => {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ envelope: { width: 256 } }));
    const { space } = await planSweep(
      { config, space: { 'envelope.codeWords': 4096, 'array.columns': 8 }, constraints: ['envelope.rank <= 512', 'cycles < 1e9'] },
      {},
    );
    const fixed = ['envelope.width', 'envelope.codeWords', 'envelope.rank'];
    expect(space.open).toEqual(openKeys.filter((key) => !fixed.includes(key)));
  });
});

describe('broken rules', () => {
  const axes = makeAxes({ 'array.columns': [4, 8], 'array.passes': '1..12' });
  const at = (columns: number, passes: number) => ({ params: makeParams({ array: { columns, passes } }), run: runDefaults });

  it('are told once each, with ranges of what differs and the values that set their points apart', () => {
    const failed = [
      { point: at(4, 2), reason: 'array: the window holds 16 tokens; raise array.passes' },
      {
        point: at(4, 3),
        reason: 'array: the window holds 24 tokens; raise array.passes; envelope.rank = 8: is 4 too small; raise it by 4, to 12',
      },
      { point: at(8, 3), reason: 'array: the window holds 24 tokens; raise array.passes' },
    ];
    expect(brokenRules(failed, axes)).toEqual([
      { rule: 'array: the window holds 16..24 tokens; raise array.passes', count: 3, where: 'array.passes = 2, 3' },
      { rule: 'envelope.rank = 8: is 4 too small; raise it by 4, to 12', count: 1, where: 'array.columns = 4; array.passes = 3' },
    ]);
    expect(brokenRuleText({ rule: 'a', where: '' })).toBe('a');
    // Something with the same values can be: the region says more than is true.
    expect(
      brokenRules(
        failed,
        axes,
        [at(4, 3).params, at(8, 2).params].map((params) => ({ params, run: runDefaults })),
      ),
    ).toMatchObject([{ where: 'some of array.passes = 2, 3' }, { where: 'some of array.columns = 4; array.passes = 3' }]);
    const many = axes[1]!.values.slice(0, 10).map((passes) => ({ point: at(4, Number(passes)), reason: 'x: y' }));
    expect(brokenRules(many, axes)[0]!.where).toBe('array.columns = 4; array.passes = 1, 2, 3, 4, 5, 6, 7, 8 and 2 more');
  });
});

describe('what to do about a broken rule', () => {
  const axes = makeAxes({ 'array.columns': [4, 8], 'array.passes': '1..12' });
  const at = (columns: number, passes: number) => ({ params: makeParams({ array: { columns, passes } }), run: runDefaults });

  it('stands as it can be typed, once for each advice', () => {
    const failed = [4, 8].map((columns) => ({
      point: at(columns, 2),
      reason: `array.columns = ${columns}: must divide the 2 banks; make one with --banks ${columns}, or choose 2`,
    }));
    expect(brokenRules(failed, axes).map(({ rule, where }) => [rule, where])).toEqual([
      ['array.columns = 4: must divide the 2 banks; make one with --banks 4, or choose 2', 'array.columns = 4; array.passes = 2'],
      ['array.columns = 8: must divide the 2 banks; make one with --banks 8, or choose 2', 'array.columns = 8; array.passes = 2'],
    ]);
  });

  it('is that of the first point where there would be many', () => {
    const failed = [1, 2, 3, 4, 5].map((passes) => ({
      point: at(4, passes),
      reason: `a.b = ${passes}: is too small; raise it to ${passes + 9}`,
    }));
    expect(brokenRules(failed, axes)).toMatchObject([{ rule: 'a.b = 1..5: is too small; of the first: raise it to 10', count: 5 }]);
  });
});

describe('an open model', () => {
  const wide = buildWorkload(scaledDown(workloads.vitBase, 16, 1), { coding: 'factorized', banks: 16, seed: 1 });
  const modelAt = ({ run }: Point): PackedModel | undefined => ({ compressed: model, banks16: wide })[run.model];
  const at = (columns: number): Point => ({
    params: makeParams({ ...small, array: { ...small.array, columns }, envelope: { ...small.envelope, rank: 32 } }),
    run: runDefaults,
  });

  it('is the usual one where its banks allow, the one for more banks where they do not, with the sizes that it needs', () => {
    const chosen = [4, 8, 16].map((columns) => settled(at(columns), openKeys, modelAt));
    expect(chosen.map(({ run }) => run.model)).toEqual(['compressed', 'compressed', 'banks16']);
    expect(chosen.map((point) => withOpenSizes(point, sizeKeys, modelAt(point)!))).toEqual(chosen);
  });

  it('is the one for the most banks where none fits, so that the reason names all columns that run', () => {
    expect(settled(at(32), openKeys, modelAt).run.model).toBe('banks16');
  });

  it('stays where it is fixed, and where the task has no other', () => {
    expect(settled(at(16), sizeKeys, modelAt).run.model).toBe('compressed');
    const ocr = { ...at(16), run: { ...runDefaults, task: 'ocr' } };
    expect(settled(ocr, openKeys, modelAt).run.model).toBe('compressed');
  });
});

describe('a sweep over columns', () => {
  const sweep = (...more: string[]) =>
    trexgen('sweep', '--set', 'array.columns=4,8,16', '--set', 'run.latency=5,20', '--jobs', '1', ...more);
  const rowsOf = (stdout: string): string[][] =>
    stdout
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .filter(([number]) => /^\d+$/.test(number!));

  it('orders the model, derives its store, and takes the one for 16 banks on 16 columns', async () => {
    const { exitCode, stdout } = await sweep();
    expect({ exitCode, failed: stdout.match(/failed:.*/g) }).toEqual({ exitCode: 0, failed: null });
    const found = rowsOf(stdout).map(([, columns, , words, name]) => [columns, words, name]);
    expect(new Set(found.map(String))).toEqual(new Set(['4,24576,compressed', '8,16384,compressed', '16,16384,banks16']));
  });

  it('says in a line why 32 columns need another model, with all columns that run', async () => {
    const { exitCode, stdout } = await trexgen('sweep', '--set', 'array.columns=8,16,32', '--set', 'run.task=g2p,mnist', '--jobs', '1');
    expect(exitCode).toBe(0);
    expect(stdout.match(/failed:.*/g)).toEqual([
      'failed: array.columns = 32: must divide the 16 banks that the model is made for; make one by train or compress with --banks 32, or choose 2, 4, 8, 16 (array.columns = 32)',
    ]);
    expect(stdout).toContain('2 failed:');
    const { stdout: fixed } = await sweep('--set', 'run.task=g2p', '--set', 'run.model=compressed');
    expect(fixed.match(/failed:.*/g)).toEqual([
      'failed: array.columns = 16: must divide the 8 banks that the model is made for; make one by train or compress with --banks 16, or choose 2, 4, 8 (array.columns = 16)',
    ]);
    expect(new Set(rowsOf(fixed).map(([, columns]) => columns))).toEqual(new Set(['4', '8']));
    const { stdout: both } = await trexgen(
      'sweep',
      '--set',
      'array.columns=8,16,32',
      '--set',
      'run.model=compressed,banks16',
      '--jobs',
      '1',
    );
    const rule = (columns: number, banks: number, choices: string) =>
      `failed: array.columns = ${columns}: must divide the ${banks} banks that the model is made for; make one by train or compress with --banks ${columns}, or choose ${choices}`;
    expect(both.match(/failed:.*/g)!.sort()).toEqual([
      `${rule(16, 8, '2, 4, 8')} (array.columns = 16; run.model = compressed)`,
      `${rule(32, 16, '2, 4, 8, 16')} (array.columns = 32; run.model = banks16)`,
      `${rule(32, 8, '2, 4, 8')} (array.columns = 32; run.model = compressed)`,
    ]);
  });
});
