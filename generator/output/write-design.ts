import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse } from '../util/errors.js';
import { lockFolder } from '../util/lock.js';
import { replaceFile } from '../util/write-file.js';
import { manifestName, type Design } from './design-manifest.js';
import { examineFolder, ownNames, readManifest, type Folder, type FoundManifest } from './owned.js';

export interface WriteOptions {
  /** Replace files that are in the way, whoever wrote them. */
  readonly force?: boolean;
}

export interface Written {
  /** The file of the memory macro when it was there before and is not what generate would write: it is the user's. */
  readonly kept: string | undefined;
}

const few = 5;

function obstacles(out: string, { ours, names, changed, folders, macro }: Folder, force: boolean): string[] {
  const list = (all: readonly string[]): string => all.join(', ');
  const problems = folders.length === 0 ? [] : [`out = ${out}: ${list(folders)}: a folder in the place of a file; move it away`];
  if (force) return problems;
  if (changed.length > 0) {
    const how = ours ? 'not as trexgen generate wrote it' : 'not written by trexgen generate';
    problems.push(`out = ${out}: ${list(changed)}: ${how}; move it away, give another folder, or --force to replace it`);
  }
  const others = ours ? [] : names.filter((name) => !changed.includes(name) && !folders.includes(name) && name !== macro);
  if (others.length > 0) {
    problems.push(
      `out = ${out}: holds ${list([...others.slice(0, few), ...(others.length > few ? [`${others.length - few} more`] : [])])}, not written by trexgen generate; give an empty or a new folder, or --force to write beside that`,
    );
  }
  return problems;
}

const stagePattern = /^\.trexgen-\d+-[0-9a-f]{8}\.stage$/;

/** Folders of runs that were killed; the lock says that nobody uses them. */
function stagesIn(out: string): string[] {
  return readdirSync(out)
    .filter((name) => stagePattern.test(name) && lstatSync(join(out, name)).isDirectory())
    .map((name) => join(out, name));
}

/** Remove a stage with what generate puts there, and nothing else. */
function removeStage(stage: string, names: ReadonlySet<string>): void {
  for (const name of readdirSync(stage)) if (names.has(name) && lstatSync(join(stage, name)).isFile()) rmSync(join(stage, name));
  if (readdirSync(stage).length === 0) rmdirSync(stage);
}

/** All files are written before the first takes its place; the manifest moves last, so that the stage of a killed run tells what it did. */
function place(out: string, design: Design, { equal, stale, macro }: Folder): void {
  const files = design.files.filter(({ name }) => !equal.has(name) && name !== macro);
  const stage = join(out, `.trexgen-${process.pid}-${randomBytes(4).toString('hex')}.stage`);
  mkdirSync(stage);
  try {
    for (const { name, text } of files) replaceFile(join(stage, name), text, join(out, name));
    for (const { name } of files.filter((file) => file.name !== manifestName)) renameSync(join(stage, name), join(out, name));
    for (const name of stale) rmSync(join(out, name));
    for (const { name } of files.filter((file) => file.name === manifestName)) renameSync(join(stage, name), join(out, name));
  } finally {
    removeStage(stage, new Set(files.map(({ name }) => name)));
  }
}

/**
 * Write a design into a folder. Only what generate has written, and nobody has changed since, is replaced or deleted; the file of
 * the memory macro is written once.
 *
 * Errors   UserError that names every file in the way, when nothing has been written
 */
export function writeDesign(design: Design, folder: string, { force = false }: WriteOptions = {}): Written {
  const out = existsSync(folder) ? realpathSync(folder) : resolve(folder);
  refuse(existsSync(out) && !lstatSync(out).isDirectory() ? [`out = ${out}: is a file; give a folder`] : []);
  const release = lockFolder(out, 'generate');
  try {
    const stages = stagesIn(out);
    const killed = stages.map(readManifest).filter((manifest): manifest is FoundManifest => manifest !== undefined);
    const found = examineFolder(out, design, killed);
    refuse(obstacles(out, found, force));
    place(out, design, found);
    for (const stage of stages) removeStage(stage, new Set([...design.files.map(({ name }) => name), ...killed.flatMap(ownNames)]));
    return { kept: found.macro !== undefined && !found.equal.has(found.macro) ? found.macro : undefined };
  } finally {
    release();
  }
}
