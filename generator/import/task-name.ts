/** Names of tasks that checkpoints of imported models may bear. */
import { basename, resolve } from 'node:path';
import { taskNames } from '../data/built-in.js';
import { taskOf } from '../data/load.js';
import { taskNameSchema } from '../data/task-schema.js';
import { peerProblems } from '../util/peers.js';

/** What is wrong with a name that the user gives; that of a built-in task is its own model's alone. */
export function taskNameProblems(task: string | undefined, source: string): string[] {
  if (task === undefined) return [];
  const { error } = taskNameSchema.safeParse(task);
  if (error !== undefined) return [`task = ${task}: ${error.issues[0]!.message}`];
  if (!taskNames.includes(task)) return [];
  const { pretrained, packages } = taskOf(task);
  const problem = `task = ${task}: is the name of a built-in task; choose another`;
  if (pretrained === undefined) return [problem];
  if (peerProblems(packages, `task ${task}`).length > 0) return [`${problem}, or install the packages of that task`];
  const own = pretrained().source;
  return basename(resolve(source)) === basename(own) ? [] : [`${problem}, or import its model, ${own}`];
}
