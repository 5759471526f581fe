/** The models that come with the package: models/<task>/<name>, each a checkpoint. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskName } from './dataset.js';
import { UserError } from '../util/errors.js';
import { packageRoot } from '../util/package.js';

export const modelNames = ['dense', 'compressed'] as const;
export type ModelName = (typeof modelNames)[number];

export function modelsFolder(task: TaskName): string {
  return join(packageRoot(), 'models', task);
}

export function hasModel(folder: string, name: string): boolean {
  return existsSync(join(folder, name, 'config.json'));
}

/** The checkpoint's folder; a UserError says how to make one that is missing. */
export function modelFolder(folder: string, name: ModelName): string {
  if (hasModel(folder, name)) return join(folder, name);
  throw new UserError([`checkpoint = ${join(folder, name)}: is not there; make it with trexgen train --out ${join(folder, name)}`]);
}

/** Smaller dense models beside the reference: folders named dense-*. */
export function otherDenseModels(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith('dense-') && hasModel(folder, name)).sort();
}
