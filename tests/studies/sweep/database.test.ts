import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, vi } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { openProblem, SweepDatabase, type Row } from '../../../generator/studies/sweep/database.js';
import { makeAxes } from '../../../generator/studies/sweep/axes.js';
import { planSweep } from '../../../generator/studies/sweep/plan.js';
import { sweep } from '../../../generator/studies/sweep/run-sweep.js';
import { drawPoints } from '../../../generator/studies/sweep/space.js';
import { problemsOf } from '../../support/problems.js';
import { temporaryFolder } from '../../support/temporary.js';

const { points } = drawPoints(
  { base: presetParams('small'), axes: makeAxes({ 'run.latency': [1, 2, 3] }), constraints: [] },
  { kind: 'grid' },
);

const rows: Row[] = [
  {
    key: 'a',
    fidelity: 'analytic',
    point: points[0]!,
    outcome: { state: 'measured', objectives: { cycles: 12, ema: 0.1 + 0.2 }, detail: {} },
  },
  {
    key: 'b',
    fidelity: 'synthesis',
    point: points[1]!,
    outcome: { state: 'measured', objectives: { area: 7 }, detail: { synthesis: { lut: 7, longestPathNs: 1.5 } } },
  },
  { key: 'c', fidelity: 'rtl', point: points[2]!, outcome: { state: 'failed', reason: 'does not fit: "x", y\nz' } },
];

async function withDatabase<T>(path: string, use: (database: SweepDatabase) => Promise<T>): Promise<T> {
  const database = await SweepDatabase.open(path);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

describe('the database of a sweep', () => {
  it('gives back what it was given, also when it is opened again', () =>
    temporaryFolder(async (folder) => {
      const path = join(folder, 'points.duckdb');
      const want = new Map(rows.map(({ key, outcome }) => [key, outcome]));
      await withDatabase(path, async (database) => {
        expect(await database.outcomes()).toEqual(new Map());
        await database.append(rows.slice(0, 2));
        await database.append(rows.slice(2));
        expect(await database.outcomes()).toEqual(want);
      });
      await withDatabase(path, async (database) => {
        expect(await database.outcomes()).toEqual(want);
        await database.forgetFailed();
        want.delete('c');
        expect(await database.outcomes()).toEqual(want);
      });
    }));

  it('of a newer version is refused by name', () =>
    temporaryFolder(async (folder) => {
      const path = join(folder, 'points.duckdb');
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      await connection.run("CREATE TABLE about (schema_version INTEGER, trexgen VARCHAR); INSERT INTO about VALUES (7, '9.1.0')");
      connection.closeSync();
      instance.closeSync();
      expect(await problemsOf(() => SweepDatabase.open(path))).toEqual([
        `out = ${path}: was written by trexgen 9.1.0 with tables of version 7, this trexgen knows 1; update trexgen, or give another --out`,
      ]);
    }));

  it('of a newer DuckDB, or one in use, is refused by what DuckDB says', () => {
    const newer =
      'IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.\nThe database file was created with a newer version of DuckDB.';
    expect(openProblem('x', new Error(newer)).problems).toEqual([
      'out = x: was written by a newer DuckDB (IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.); update trexgen, or give another --out',
    ]);
    expect(
      openProblem('x', new Error('IO Error: Could not set lock on file "x": Conflicting lock is held in node (PID 7)')).problems,
    ).toEqual(['out = x: is in use by another sweep; wait for it, or give another --out']);
  });

  it('that is none, or a folder, is refused', () =>
    temporaryFolder(async (folder) => {
      const path = join(folder, 'points.duckdb');
      writeFileSync(path, 'no database at all, but long enough to be looked at as one by whoever opens it'.repeat(200));
      expect((await problemsOf(() => SweepDatabase.open(path)))[0]).toMatch(
        /points\.duckdb: cannot be opened as a database \(.*\); give another --out, or remove the file$/,
      );
      mkdirSync(join(folder, 'folder'));
      expect((await problemsOf(() => SweepDatabase.open(join(folder, 'folder'))))[0]).toMatch(/folder: cannot be opened as a database/);
    }));

  it('is closed also when it cannot be written', () =>
    temporaryFolder(async (folder) => {
      const full = new Error('no space left on device');
      const append = vi.spyOn(SweepDatabase.prototype, 'append').mockRejectedValue(full);
      const close = vi.spyOn(SweepDatabase.prototype, 'close');
      // A point that fails before anything measures it.
      const plan = await planSweep({ space: { 'run.task': 'bertBase', 'run.model': 'banks16' } }, {});
      const settings = { out: folder, folder, keep: false, jobs: 1, retry: false, onLevel: () => undefined, onDone: () => undefined };
      try {
        await expect(sweep(plan, drawPoints(plan.space, { kind: 'grid' }), settings)).rejects.toBe(full);
        expect(close).toHaveBeenCalledOnce();
      } finally {
        append.mockRestore();
        close.mockRestore();
      }
    }));
});
