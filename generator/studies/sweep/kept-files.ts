/** Files that simulations and syntheses of a sweep leave: a folder each, below one folder. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Params } from '../../params/fields.js';
import { configHash } from '../../rtl/design.js';
import type { TargetName } from '../../synth/targets.js';
import { checkedParams } from './measure.js';
import type { Sweep, SweptPoint } from './run-sweep.js';

/** Which points keep them; those of simulations that have failed stay in any case. */
export const keeps = ['none', 'front', 'all'] as const;
export type Keep = (typeof keeps)[number];

/** Folder in which they lie, beside the results. */
export const runsFolder = 'runs';

export function synthesisFolder(params: Params, target: TargetName): string {
  return `${configHash(params)}-${target}`;
}

/** Folders that the files of a point have, or would have. */
function foldersOf({ plan }: Sweep, { simulation, levels, point }: SweptPoint): string[] {
  const synthesis = levels.has('synthesis') ? [synthesisFolder(checkedParams(point), plan.measuring.target)] : [];
  return [...(simulation === undefined ? [] : [simulation]), ...synthesis];
}

/** Folders of a point that are there, from the folder of the results. */
export function keptFolders(sweep: Sweep, swept: SweptPoint, results: string): string[] {
  return foldersOf(sweep, swept)
    .map((name) => `${runsFolder}/${name}/`)
    .filter((path) => existsSync(join(results, path)));
}

/** Deletes the files of measured points that are on no front. */
export function keepFront(sweep: Sweep, results: string): void {
  const wanted = new Set(
    sweep.points.filter(({ front, outcome }) => front || outcome.state === 'failed').flatMap((one) => foldersOf(sweep, one)),
  );
  for (const name of sweep.points.flatMap((one) => foldersOf(sweep, one)))
    if (!wanted.has(name)) rmSync(join(results, runsFolder, name), { recursive: true, force: true });
}

/** Removes the folder of all of them where none stayed. */
export function removeEmptyRuns(results: string): void {
  const path = join(results, runsFolder);
  if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
}
