/** Files that a sweep makes of its points at its end. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const resultNames = { csv: 'results.csv', json: 'results.json', parquet: 'results.parquet', report: 'report.html' } as const;

const names: readonly string[] = Object.values(resultNames);
/** Charts, and the pictures of the point that the report draws in full. */
const picture = /^(front-[A-Za-z]+-[A-Za-z]+|accuracy-bytes|hypervolume|hypervolume-time|blocks|waterfall)\.(svg|png)$/;

/** Removes them from a folder in which another sweep begins: the number of a point would name one of the sweep before. */
export function removeDerived(folder: string): void {
  for (const name of readdirSync(folder)) if (names.includes(name) || picture.test(name)) rmSync(join(folder, name));
}
