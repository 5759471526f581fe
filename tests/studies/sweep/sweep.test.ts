import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planSweep } from '../../../generator/studies/sweep/plan.js';
import { trexgen } from '../../support/cli.js';
import { cpuSeconds } from '../../support/cpu.js';
import { killSweep } from '../../support/kill-sweep.js';
import { problemsOf } from '../../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Printed {
  readonly measured: number;
  readonly known: number;
  readonly space: { readonly size: number; readonly excluded: number; readonly points: number };
  readonly points: readonly {
    readonly parameters: Readonly<Record<string, number | string>>;
    readonly fidelity: string;
    readonly objectives?: Readonly<Record<string, number>>;
    readonly reason?: string;
    readonly front: boolean;
    readonly feasible: boolean;
    readonly levels: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
}

function json(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describe('a sweep', () => {
  const out = join(folder, 'out');
  const space = {
    'array.columns': [4, 8],
    'array.slices': [2, 4],
    'port.prefetchBeats': [8, 64],
    'port.burstBeats': 16,
    'envelope.codeWords': 32768,
    'run.task': 'mnist',
  };
  const file = json('sweep.json', {
    space,
    constraints: ['array.columns * array.slices < 32', 'ema < 1e6'],
    fidelity: 'golden',
    promote: 2,
    accuracyInputs: 40,
  });

  it('measures every point, promotes the best, records what cannot be, and is not measured again', async () => {
    const first = await trexgen('sweep', file, '--out', out, '--jobs', '1', '--json');
    expect({
      exitCode: first.exitCode,
      stderr: first.stderr.split('\n').filter((line) => !/^(analytic|golden): \d+ of \d+ points/.test(line)),
    }).toEqual({ exitCode: 0, stderr: [''] });
    const printed = JSON.parse(first.stdout) as Printed;
    expect(printed).toMatchObject({ measured: 8, known: 0, space: { size: 8, excluded: 2, points: 6 } });
    const failed = printed.points.filter(({ reason }) => reason !== undefined);
    expect(failed.map(({ parameters, reason, front }) => [parameters['port.prefetchBeats'], reason, front])).toEqual(
      Array.from({ length: 3 }, () => [8, 'port.prefetchBeats = 8 beats: must hold at least one burst of port.burstBeats = 16', false]),
    );
    const golden = printed.points.filter(({ fidelity }) => fidelity === 'golden');
    expect(golden).toHaveLength(2);
    for (const { objectives, levels, front } of golden) {
      expect(Object.keys(objectives!)).toEqual([
        'accuracy',
        'ema',
        'emaRatio',
        'cycles',
        'utilization',
        'usefulUtilization',
        'area',
        'memoryBits',
      ]);
      expect(objectives!['cycles']).toBe(levels['analytic']!['cycles']);
      expect(objectives!['accuracy']).not.toBe(levels['analytic']!['accuracy']);
      expect(front).toBe(true);
    }
    const csv = readFileSync(join(out, 'results.csv'), 'utf8');
    expect(csv.split('\n')[0]).toBe(
      'array.columns,array.slices,port.prefetchBeats,port.burstBeats,envelope.codeWords,run.task,fidelity,accuracy,ema,emaRatio,cycles,utilization,usefulUtilization,area,memoryBits,front,feasible,reason,key',
    );
    expect(csv.trimEnd().split('\n')).toHaveLength(7);

    const second = await trexgen('sweep', file, '--out', out, '--jobs', '1');
    expect(second.exitCode).toBe(0);
    expect(second.stderr).not.toContain('another sweep');
    expect(second.stdout).toMatch(/^6 points of 8, 2 kept out by constraints; 0 measured now, 8 known before, /);
    expect(second.stdout).toContain('3 failed: port.prefetchBeats = 8 beats: must hold at least one burst of port.burstBeats = 16');
    expect(readFileSync(join(out, 'results.csv'), 'utf8')).toBe(csv);
  });

  it('leaves a report that needs no other file, with pictures beside it', () => {
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('<table class="sortable">');
    expect(html).toContain('Memory access step by step');
    expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(5);
    expect(html).not.toMatch(/(src|href)="(?!#)/);
    for (const name of ['blocks', 'waterfall', 'accuracy-bytes', 'front-area-cycles'])
      expect(readFileSync(join(out, `${name}.svg`), 'utf8')).toMatch(/^<svg[^]*<\/svg>\s*$/);
    for (const name of ['blocks', 'waterfall'])
      expect(
        readFileSync(join(out, `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    // Units of the design, by the names that the Verilog gives its instances.
    for (const unit of ['section_decoder', 'rank_banks', 'key_value', 'window_control'])
      expect(readFileSync(join(out, 'blocks.svg'), 'utf8')).toContain(unit);
  });

  it('says so when another sweep is in its folder, and goes on', async () => {
    const { exitCode, stderr } = await trexgen('sweep', '--set', 'run.task=mnist', '--fidelity', 'analytic', '--jobs', '1', '--out', out);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`sweep: ${out} holds another sweep; points of both are taken from it, its tables are replaced\n`);
  });

  it('in Verilog agrees with the golden model, on one build for all points of a design, and leaves its files where they are kept', async () => {
    const args = [
      'sweep',
      '--set',
      'run.task=mnist',
      '--set',
      'run.latency=10,50',
      '--fidelity',
      'rtl',
      '--promote',
      '2',
      '--accuracy-inputs',
      '20',
      '--jobs',
      '1',
      '--json',
    ];
    const { exitCode, stdout } = await trexgen(...args, '--keep', 'front', '--out', join(folder, 'rtl'));
    expect(exitCode).toBe(0);
    const { points } = JSON.parse(stdout) as Printed;
    expect(points.map(({ fidelity, reason }) => [fidelity, reason])).toEqual([
      ['rtl', undefined],
      ['rtl', undefined],
    ]);
    for (const { objectives, levels } of points) {
      expect(Math.abs(objectives!['cycles']! / levels['analytic']!['cycles']! - 1)).toBeLessThan(0.05);
      expect(objectives!['ema']).toBe(levels['golden']!['ema']);
    }
    const report = (): string => readFileSync(join(folder, 'rtl', 'report.html'), 'utf8');
    expect(report()).toContain('counted by the chip');
    const links = [...report().matchAll(/data-links="([^"]*)"/g)].map(([, path = '']) => path);
    expect(links).toHaveLength(2);
    for (const path of links) expect(existsSync(join(folder, 'rtl', path, 'unit-0'))).toBe(true);
    // Known points are not simulated again, so files that are gone stay gone, and the report says so.
    rmSync(join(folder, 'rtl', 'runs'), { recursive: true });
    expect((await trexgen('sweep', '--resume', '--out', join(folder, 'rtl'), '--jobs', '1')).exitCode).toBe(0);
    expect(report().match(/The files of its simulation were not kept/g)).toHaveLength(2);
    expect(report()).not.toContain('data-links');
  });

  const seed = 1 + Math.floor(Math.random() * 1e6);
  it(`killed at a random moment ends in the same table, and has lost nothing that it had reported (seed ${seed})`, async () => {
    const path = json('killed.json', {
      space: { ...space, 'array.columns': 8, 'array.passes': '4..20', 'run.latency': '10..60:2' },
      fidelity: 'golden',
      promote: 2,
      accuracyInputs: 5,
    });
    expect(await killSweep(join(folder, 'kill'), path, { points: 2 * 17 * 26 * 2, kills: 1, jobs: 1, seed })).toEqual({
      kills: 1,
      lost: 0,
      same: true,
    });
  }, 600_000);
});

describe('a sweep without one feasible point', () => {
  it('says so and exits with 1', async () => {
    const { exitCode, stdout } = await trexgen(
      'sweep',
      '--set',
      'array.columns=4',
      '--preset',
      'small',
      '--constraint',
      'cycles < 1',
      '--jobs',
      '1',
    );
    expect({ exitCode, said: stdout.includes('no point is feasible: none of 1 keeps cycles < 1\n') }).toEqual({ exitCode: 1, said: true });
  });
});

describe('what a sweep refuses', () => {
  it.each([
    [['--set', 'array.colums=4'], 'array.colums: unknown key; nearest known ones are array.columns, array.slices, array.passes\n'],
    [[], 'space: has no key; give parameters with their values in a sweep file or with --set array.columns=4,8,16\n'],
    [
      ['--set', 'array.columns=4,8', '--constraint', 'array.columns > 8'],
      'constraint array.columns > 8: holds for none of 2 points; loosen it or widen the axes\n',
    ],
    [['--set', 'array.columns=4', '--keep', 'front'], 'keep = front: needs --out with the folder to keep them in\n'],
    [
      ['--set', 'array.columns=4', '--keep', 'all', '--out', join(folder, 'kept')],
      'keep = all: has no effect at fidelity analytic, which makes no files; leave it out, or give --fidelity rtl or synthesis\n',
    ],
    [['--set', 'array.columns=4', '--point', '3', '--out', join(folder, 'pointless')], '--point 3: the sweep has points 0 .. 0\n'],
    [['--set', 'array.columns=4', '--preset', 'smal'], 'preset = "smal": must be one of small, tiny, edge, paper, medium\n'],
  ])('%j', async (argv, text) => {
    const { exitCode, stdout, stderr } = await trexgen('sweep', ...argv);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: text });
  });

  it('a file whose values are of the wrong kind', async () => {
    const refusal = async (value: unknown) => trexgen('sweep', json('bad.json', value));
    expect(await refusal({ objectives: [1] })).toEqual({ exitCode: 2, stdout: '', stderr: 'objectives = [1]: must be a list of names\n' });
    expect(await refusal({ space: { 'run.latency': '1..9999,1..9999' } })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^run\.latency: has more than 10000 values; give fewer$/m) as string,
    });
  });

  it('a key of a megabyte, and thousands of keys, in no time', async () => {
    const longKey = json('long-key.json', { space: { ['x'.repeat(1e6)]: 4 } });
    const keys = Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [`k${i}`, 1]));
    const manyKeys = json('many-keys.json', { ...keys, space: keys });
    expect(await cpuSeconds(() => problemsOf(() => planSweep(longKey, {})))).toBeLessThan(2);
    expect(await cpuSeconds(() => problemsOf(() => planSweep(manyKeys, {})))).toBeLessThan(2);
    const long = await trexgen('sweep', longKey);
    expect(long).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^x{1900} \.\. \(996\d{3} characters\) \.\. x*: unknown key; nearest known ones are .*\n$/) as string,
    });
    const many = await trexgen('sweep', manyKeys);
    expect(many.stderr).toMatch(/^k0: unknown key;.*\n(.*\n){19}9980 more keys are unknown\n$/);
  });

  it('a folder that cannot be written', async () => {
    const path = json('file', {});
    const { exitCode, stderr } = await trexgen('sweep', '--set', 'array.columns=4', '--out', join(path, 'out'));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `out = ${join(path, 'out')}: cannot be written (ENOTDIR); give another path\n`,
    });
  });

  it('a simulator that is not there, before anything is measured', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      const out = join(folder, 'missing');
      const { exitCode, stderr } = await trexgen('sweep', '--set', 'array.columns=4', '--fidelity', 'rtl', '--out', out);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^verilator: not found/);
      expect(existsSync(out)).toBe(false);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
