import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { markReproduction } from '../../../generator/api/out.js';
import { fittedScale } from '../../../generator/report/charts.js';
import { resumedPlan } from '../../../generator/studies/sweep/resume.js';
import { trexgen } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Printed {
  readonly points: readonly { readonly key: string; readonly objectives?: Readonly<Record<string, number>>; readonly reason?: string }[];
}

describe('results of a sweep', () => {
  const out = join(folder, 'out');

  it('are one table as CSV, JSON and Parquet, and a report whose points tell how to measure them again', async () => {
    const space = ['array.columns=4,8', 'array.passes=1,16', 'run.task=mnist'].flatMap((text) => ['--set', text]);
    const search = ['--search', 'nsga2', '--budget', '4', '--population', '4', '--seed', '3', '--inputs', '2'];
    const { exitCode, stdout } = await trexgen('sweep', ...space, ...search, '--jobs', '1', '--json', '--out', out);
    expect(exitCode).toBe(0);
    const { points } = JSON.parse(stdout) as Printed;
    expect((JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')) as Printed).points).toEqual(points);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(`SELECT key, ema, reason, "array.columns" + 0 FROM '${join(out, 'results.parquet')}'`);
    expect(read.getRows().map(([key, ema, reason]) => [key, ema, reason])).toEqual(
      points.map((one) => [one.key, one.objectives?.['ema'] ?? null, one.reason ?? null]),
    );
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html.match(/<path data-row=/g)).toHaveLength(points.filter(({ reason }) => reason === undefined).length);
    const [, key, command] = /data-detail="point \d+, key (\w+)\n\n(trexgen sweep [^\n]*)\n/.exec(html)!;
    const again = await trexgen(...command!.split(' ').slice(1), '--jobs', '1', '--json');
    expect((JSON.parse(again.stdout) as Printed).points.map((one) => one.key)).toEqual([key]);
    // Every measured point leads to its row, from its dot and from its own number.
    for (const [number, { reason }] of points.entries()) {
      expect(html).toContain(`<td><a href="#point-${number}">${number}</a></td>`);
      expect(html.includes(`xlink:href="#point-${number}"`)).toBe(reason === undefined);
    }
    expect(html).toContain('<title>Sweep of array.columns, array.passes</title>');
    expect(html).toMatch(/\nin the folder of this report:\ntrexgen explain \d+ --sweep \.\n?"/);
    expect(readdirSync(out)).not.toContain('runs');
    // Points with one pass cannot be: they have no line, and no place on any axis of an objective.
    const others = /data-others="([^"]*)"/
      .exec(html)![1]!
      .split(';')
      .filter((one) => one !== '');
    const failed = [...points.entries()].filter(([, one]) => one.reason !== undefined).map(([number]) => String(number));
    expect(others.map((one) => one.split(':')[0])).toEqual(failed);
    expect(failed.length).toBeGreaterThan(0);
    for (const one of others) expect(one).toMatch(/( -){4}$/);
    const pictures = readdirSync(out).filter((name) => /^front-.*\.svg$/.test(name));
    expect(pictures.length).toBeGreaterThan(0);
    for (const name of pictures) expect(readFileSync(join(out, name), 'utf8')).toMatch(/xlink:href="report\.html#point-\d/);
  });

  it('and those of a reproduction never replace each other', async () => {
    const before = readFileSync(join(out, 'report.html'), 'utf8');
    const argv = ['reproduce', '--quick', '--tasks', 'g2p', '--simulator', 'icarus', '--out', out];
    const advice = 'whose report would be lost; give another --out, or delete it\n';
    expect(await trexgen(...argv)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `out = ${out}: holds the results of trexgen sweep, ${advice}`,
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toBe(before);
    const other = join(folder, 'reproduced');
    mkdirSync(other);
    markReproduction(other);
    const names = readdirSync(other);
    expect(await trexgen('sweep', '--set', 'run.task=g2p', '--out', other)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `out = ${other}: holds the results of trexgen reproduce, ${advice}`,
    });
    expect(readdirSync(other)).toEqual(names);
  });

  it('never show the accuracy of training beside that of the integer model without saying so', async () => {
    const mixed = join(folder, 'mixed');
    const argv = ['sweep', '--set', 'array.passes=8,12,16', '--set', 'run.task=mnist', '--fidelity', 'golden', '--promote', '1'];
    const { exitCode, stdout } = await trexgen(...argv, '--accuracy-inputs', '20', '--jobs', '1', '--json', '--out', mixed);
    expect(exitCode).toBe(0);
    const { points } = JSON.parse(stdout) as { points: { fidelity: string }[] };
    expect(points.map(({ fidelity }) => fidelity).sort()).toEqual(['analytic', 'analytic', 'golden']);
    const html = readFileSync(join(mixed, 'report.html'), 'utf8');
    const note = 'An accuracy at the level analytic is that of training, above it that of the integer model on 20 validation inputs';
    expect(html.split(note)).toHaveLength(3);
    expect(html).toContain(
      'What a model answers right, by the integer model, on 20 validation inputs, of the points above the level analytic,',
    );
    const chart = readFileSync(join(mixed, 'accuracy-bytes.svg'), 'utf8');
    expect(chart.match(/href="report\.html#point-/g)).toHaveLength(1);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('What a model answers right, as training has written it down,');
  });

  it('need a folder for the point that a report draws', async () => {
    expect(await trexgen('sweep', '--set', 'run.task=mnist', '--point', '0')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'point = 0: is drawn in the report; needs --out with the folder of the report\n',
    });
  });

  it('are gone on with by --resume as they were asked for, and never as another sweep', async () => {
    const recorded = join(out, 'sweep.json');
    const before = readFileSync(recorded, 'utf8');
    expect(await trexgen('sweep', '--resume', '--out', out, '--set', 'array.columns=4', '--set', 'run.latency=9', '--seed', '5')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [
        `seed = 5: the sweep in ${out} was asked for with 3`,
        `array.columns = 4: the sweep in ${out} was asked for with 4,8`,
        `run.latency = 9: the sweep in ${out} was asked for without it`,
      ]
        .map((line) => `${line}; leave it out, or run without --resume for another sweep\n`)
        .join(''),
    });
    const other = { space: { 'array.columns': [4, 8] }, search: 'nsga2', budget: 4, population: 4, seed: 3, inputs: 2 } as const;
    await expect(resumedPlan(recorded, other, {}, out)).rejects.toThrow(
      `array.passes: the sweep in ${out} was asked for with 1,16, and what is given with --resume has none`,
    );
    expect(readFileSync(recorded, 'utf8')).toBe(before);
    // What says the same, and what only spells out a default, changes nothing.
    const same = await resumedPlan(
      recorded,
      undefined,
      { set: ['array.columns=4,8'], seed: 3, fidelity: 'analytic', preset: 'small' },
      out,
    );
    expect(same.request).toEqual(JSON.parse(before));
  });

  it('stand on axes that end near the least and the greatest value', () => {
    const { domain, nice } = fittedScale([110, 230, 190], true) as { readonly domain: readonly number[]; readonly nice: boolean };
    expect([nice, domain[0]! < 110 && domain[0]! > 100, domain[1]! > 230 && domain[1]! < 250]).toEqual([false, true, true]);
    // Without a point, too, nothing that vega would drop with a warning.
    expect([fittedScale([], true), fittedScale([], false)]).toEqual([{ type: 'log' }, { type: 'linear', zero: false }]);
    expect(fittedScale([7, 7], false)).toMatchObject({ domain: [7 - 0.7, 7 + 0.7] });
    expect(fittedScale([84, 100], false, 100)).toMatchObject({ domain: [84 - 0.06 * 16, 100] });
  });
});
