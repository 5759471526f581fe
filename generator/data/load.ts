/** Tasks by the name or the path that a user gives. */
import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { UserError } from '../util/errors.js';
import { builtInTasks, taskNames } from './built-in.js';
import type { Dataset } from './dataset.js';
import type { TaskDescription } from './description.js';
import { readDescription } from './task-file.js';

/** The task of commands that are told none. */
export const defaultTask = 'mnist';

/** Read once a process: commands ask again and again. */
const described = new Map<string, TaskDescription>();
const loaded = new Map<TaskDescription, Dataset>();

/** Whether it names a description of the user's own. */
export function isTaskPath(name: string): boolean {
  return !taskNames.includes(name) && (/[\\/]/.test(name) || ['.json', '.ts'].includes(extname(name)) || existsSync(name));
}

/**
 * The task that a user names: a built-in one, or the path of a description.
 *
 * Errors   UserError when it is unknown, or with everything that is wrong with its description
 */
export function taskOf(name: string): TaskDescription {
  const known = builtInTasks.find((task) => task.name === name);
  if (known !== undefined) return known;
  if (!isTaskPath(name))
    throw new UserError([
      `task = ${name}: unknown; known tasks are ${taskNames.join(', ')}; one of your own is a folder with task.json, or a .json or .ts file`,
    ]);
  const place = resolve(name);
  const description = described.get(place) ?? readDescription(name);
  described.set(place, description);
  return description;
}

/** The data of a task, read once a process; a missing package is a UserError. */
export function loadTask(name: string): Dataset {
  const description = taskOf(name);
  const known = loaded.get(description);
  if (known !== undefined) return known;
  const dataset = description.read();
  loaded.set(description, dataset);
  return dataset;
}
