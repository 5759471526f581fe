/** One task of a job array, whatever it works on. Arguments of the program are the shared folder, the sweep, the array and the number of the task. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { printable } from '../../../../util/printable.js';
import type { Outcome } from '../../outcome.js';
import type { WorkItem, WorkJob, SharedData } from '../work.js';
import { SlurmFolder, type ArrayRecord, type TaskState } from './folder.js';

/** Exit code of a task that cannot use the folder (EX_CANTCREAT of sysexits.h). */
const cannotWrite = 73;

export interface Task {
  /** The job without the items that have a result: a task that was requeued goes on where it ended. */
  readonly job: WorkJob;
  readonly items: readonly WorkItem[];
  readonly subjectOf: (id: string) => SharedData;
  /** Tells what is being worked on, before it is. */
  readonly begin: (key: string) => void;
  readonly done: (key: string, outcome: Outcome) => void;
}

export async function serveTask(work: (task: Task) => Promise<void>): Promise<void> {
  const [path = '', sweep = '', name = '', number = ''] = process.argv.slice(2);
  const task = Number(number);
  const folder = new SlurmFolder(path, sweep);
  const { SLURM_ARRAY_JOB_ID: job = '', SLURM_RESTART_COUNT: restarts = '0', SLURMD_NODENAME: node = hostname() } = process.env;
  let earlier: TaskState['earlier'];
  const state = (key: string | undefined, ended: boolean): void => {
    const run = { node, restarts: Number(restarts), ...(key !== undefined && { key }) };
    folder.writeState(name, task, { job: `${job}_${task}`, ...run, ended, ...(earlier !== undefined && { earlier }) });
  };
  const open = (): ArrayRecord | undefined => {
    try {
      const record = folder.readArray(name);
      earlier = runsBefore(folder.readState(name, task), Number(restarts));
      state(undefined, false);
      return record;
    } catch (error) {
      process.stderr.write(
        `${printable(path)}: cannot be used on node ${printable(node)} (${printable(error instanceof Error ? error.message : String(error))}); --out must be in a folder that all nodes share and can write\n`,
      );
      process.exitCode = cannotWrite;
      return undefined;
    }
  };
  const given = open()?.jobs[task];
  if (given === undefined) return;
  const items = given.items.filter(({ key }) => !folder.has(key));
  if (items.length > 0)
    await work({
      job: { ...given, items },
      items,
      subjectOf: (id) => folder.readSubject(id),
      begin: (key) => state(key, false),
      done: (key, outcome) => folder.writePoint(key, outcome),
    });
  // The folder goes when the last result has been gathered.
  if (existsSync(folder.arrayFolder(name))) state(undefined, true);
}

/** What the runs of a task that was begun anew have left of themselves. */
function runsBefore(found: TaskState | undefined, restarts: number): TaskState['earlier'] {
  if (found === undefined || found.restarts >= restarts) return found?.earlier;
  const { node, key } = found;
  return [...(found.earlier ?? []), { node, restarts: found.restarts, ...(key !== undefined && { key }) }];
}
