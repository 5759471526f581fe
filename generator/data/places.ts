/** Trained models of tasks, each a checkpoint. Those of the built-in tasks are in the repository, not in its npm package. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { peerProblems } from '../util/peers.js';
import { taskNames } from './built-in.js';
import { taskOf } from './load.js';
import { refuse } from '../util/errors.js';
import { packageRoot } from '../util/package.js';
import { commandLine } from '../util/shell.js';

export const modelNames = ['dense', 'compressed'] as const;
export type ModelName = (typeof modelNames)[number];

export function modelsFolder(task: string): string {
  return taskOf(task).models;
}

/** One line with what to install for the data of tasks; none when all is there. */
export function dataProblems(tasks: readonly string[]): string[] {
  const descriptions = tasks.map(taskOf);
  return peerProblems(
    descriptions.flatMap(({ packages }) => packages),
    `task ${descriptions.map(({ name }) => name).join(', ')}`,
  );
}

export function hasModel(folder: string, name: string): boolean {
  return existsSync(join(folder, name, 'config.json'));
}

/** Whether trained models can be here at all: they are in the repository only. */
export function inRepository(): boolean {
  return existsSync(join(packageRoot(), 'models'));
}

/**
 * What is missing of trained models; none when all are there.
 *
 * @param instead  how the user's own model is given, as in `give --checkpoint FOLDER`
 */
export function modelProblems(tasks: readonly string[], names: readonly ModelName[], instead?: string): string[] {
  const missing = tasks.flatMap((task) => names.filter((name) => !hasModel(modelsFolder(task), name)).map((name) => ({ task, name })));
  if (missing.length === 0) return [];
  const otherwise = instead === undefined ? '' : `, or ${instead}`;
  const builtIn = inRepository() ? [] : missing.filter(({ task }) => taskNames.includes(task));
  const models = builtIn.map(({ task, name }) => `models/${task}/${name}`).join(', ');
  const problems =
    builtIn.length === 0
      ? []
      : [`model = ${models}: trained models are in the repository of trexgen, not in its npm package; work in a clone${otherwise}`];
  const own = missing.filter((one) => !builtIn.includes(one));
  return problems.concat(
    own.map(({ task, name }) => {
      const folder = join(modelsFolder(task), name);
      const stage = name === 'dense' ? 'dense' : 'factorized';
      return `model = ${folder}: is not there; make it with ${commandLine(
        ['trexgen', 'train'],
        [
          ['task', task],
          ['stage', stage],
          ['out', folder],
        ],
      )}${otherwise}`;
    }),
  );
}

/** The checkpoint's folder; a UserError says where to get one that is missing. */
export function modelFolder(task: string, name: ModelName, instead?: string): string {
  refuse(modelProblems([task], [name], instead));
  return join(modelsFolder(task), name);
}

/** Refuses tasks whose data or trained models are missing, naming all of them. */
export function requireTasks(tasks: readonly string[], models: readonly ModelName[], instead?: string): void {
  refuse([...dataProblems(tasks), ...modelProblems(tasks, models, instead)]);
}

/** Smaller dense models beside the reference: folders named dense-*. */
export function otherDenseModels(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('dense-') && hasModel(folder, name))
    .sort();
}
