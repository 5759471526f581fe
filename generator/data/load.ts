import { UserError } from '../util/errors.js';
import { loadBrown } from './brown.js';
import { taskNames, type Dataset, type TaskName } from './dataset.js';
import { loadG2p } from './g2p.js';
import { loadMnist } from './mnist.js';

const loaders: Readonly<Record<TaskName, () => Dataset>> = { mnist: loadMnist, g2p: loadG2p, brown: loadBrown };
const loaded = new Map<TaskName, Dataset>();

/** The data of a task, read once a process; an unknown task or a missing package is a UserError. */
export function loadTask(name: string): Dataset {
  const task = taskOf(name);
  const known = loaded.get(task);
  if (known !== undefined) return known;
  const dataset = loaders[task]();
  loaded.set(task, dataset);
  return dataset;
}

export function taskOf(name: string): TaskName {
  const task = taskNames.find((known) => known === name);
  if (task === undefined) throw new UserError([`task = ${name}: unknown; known tasks are ${taskNames.join(', ')}`]);
  return task;
}
