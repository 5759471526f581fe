import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { sweep } from '../../../generator/api/sweep.js';
import { removeDerived } from '../../../generator/studies/sweep/derived-files.js';
import { findSweepPoint } from '../../../generator/studies/explain/sweep-point.js';
import { SweepDatabase } from '../../../generator/studies/sweep/database.js';
import { problemsOf } from '../../support/problems.js';
import { temporaryFolder } from '../../support/temporary.js';

/** Points that fail before anything measures them. */
const file = (latency: number) => ({ space: { 'run.task': 'bertBase', 'run.model': 'banks16', 'run.latency': latency } });
const derived = ['report.html', 'results.csv', 'results.json', 'results.parquet'];

it('another sweep in a folder removes the tables of the one before when it begins, and an equal one does not', () =>
  temporaryFolder(async (out) => {
    await sweep({ file: file(5), out, jobs: 1 });
    const own = ['notes.svg', 'blocks'];
    writeFileSync(join(out, own[0]!), '');
    mkdirSync(join(out, own[1]!));
    writeFileSync(join(out, 'blocks.svg'), '');
    const csv = readFileSync(join(out, 'results.csv'), 'utf8');
    const append = vi.spyOn(SweepDatabase.prototype, 'append').mockRejectedValue(new Error('interrupted'));
    try {
      await sweep({ file: file(5), out, jobs: 1 });
      expect(readFileSync(join(out, 'results.csv'), 'utf8')).toBe(csv);
      writeFileSync(join(out, 'blocks.svg'), '');
      await expect(sweep({ file: file(6), out, jobs: 1 })).rejects.toThrow('interrupted');
    } finally {
      append.mockRestore();
    }
    const left = readdirSync(out);
    expect([...derived, 'blocks.svg'].filter((name) => left.includes(name))).toEqual([]);
    expect(left).toEqual(expect.arrayContaining([...own, 'sweep.json', 'points.duckdb']));
    expect(await problemsOf(() => findSweepPoint(out, '0'))).toEqual([
      `${join(out, 'results.csv')}: is not there; end the sweep with --resume, or give the key of the point`,
    ]);
    await sweep({ file: file(6), out, jobs: 1 });
    expect(readdirSync(out)).toEqual(expect.arrayContaining(derived));
  }));

it('every picture that a search draws is among the files that are removed', () =>
  temporaryFolder(async (out) => {
    const space = { 'run.task': 'g2p', 'array.passes': [8, 16, 32], 'array.lanesPerSlice': [1, 2], 'run.latency': [10, 20] };
    await sweep({ file: { space, search: 'nsga2', budget: 10, population: 4, inputs: 1, accuracyInputs: 1 }, out, jobs: 1 });
    const pictures = (): string[] => readdirSync(out).filter((name) => /\.(svg|png)$/.test(name));
    expect(pictures().length).toBeGreaterThan(8);
    removeDerived(out);
    expect(pictures()).toEqual([]);
  }));
