/** A finished point in the folder of a sweep, with all that the sweep has measured of it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../util/errors.js';
import { SweepDatabase } from '../sweep/database.js';
import { resultNames } from '../sweep/derived-files.js';
import { fidelities, pointKey, type Fidelity, type Measuring } from '../sweep/key.js';
import { readRequest, requestName } from '../sweep/launch/request.js';
import type { OpenKey } from '../sweep/open-keys.js';
import type { Outcome } from '../sweep/outcome.js';
import { planSweep } from '../sweep/plan.js';
import { databaseName } from '../sweep/run-sweep.js';
import type { Point } from '../sweep/space.js';
import { modelHash } from '../sweep/subject.js';

export interface FoundPoint {
  readonly point: Point;
  readonly measuring: Measuring;
  /** What the sweep has left open. */
  readonly open: readonly OpenKey[];
  readonly known: ReadonlyMap<Fidelity, Outcome>;
}

/** Lines of results.csv stand in the order of the points, each with its key at its end. */
function keyAt(folder: string, number: number): string {
  const path = join(folder, resultNames.csv);
  if (!existsSync(path)) throw new UserError([`${path}: is not there; end the sweep with --resume, or give the key of the point`]);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1);
  const line = lines[number];
  if (line === undefined) throw new UserError([`point = ${number}: the sweep in ${folder} has points 0 .. ${lines.length - 1}`]);
  return line.slice(line.lastIndexOf(',') + 1);
}

/**
 * @param id  number of the point in the tables of the sweep, or the beginning of its key, at least 8 digits
 *
 * Errors   UserError when the folder holds no sweep, or the sweep no such point
 */
export async function findSweepPoint(folder: string, id: string): Promise<FoundPoint> {
  const path = join(folder, databaseName);
  if (!existsSync(join(folder, requestName)))
    throw new UserError([`sweep = ${folder}: holds no sweep; give the folder that was its --out`]);
  const { file } = readRequest(folder);
  const isNumber = /^\d{1,7}$/.test(id);
  if (!isNumber && !/^[0-9a-f]{8,32}$/.test(id))
    throw new UserError([`point = ${id}: must be the number of a point, or at least 8 digits of its key in results.csv`]);
  if (!existsSync(path)) throw new UserError([`sweep = ${folder}: has no ${databaseName}; end the sweep with --resume`]);
  const key = isNumber ? keyAt(folder, Number(id)) : id;
  const { measuring, space } = await planSweep(file, {});
  const database = await SweepDatabase.open(path);
  try {
    const rows = await database.find(key);
    const [row, other] = rows;
    if (row === undefined) throw new UserError([`point = ${id}: the sweep in ${folder} has no such point; keys stand in results.csv`]);
    if (other !== undefined) throw new UserError([`point = ${id}: ${rows.length} keys begin so; give more digits`]);
    const { point } = row;
    const hash = modelHash(point.run);
    const known = new Map<Fidelity, Outcome>();
    for (const fidelity of fidelities) {
      const [found] = await database.find(pointKey(point, fidelity, measuring, hash));
      if (found !== undefined) known.set(fidelity, found.outcome);
    }
    return { point, measuring, open: space.open, known };
  } finally {
    database.close();
  }
}
