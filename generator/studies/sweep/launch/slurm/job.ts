/** What runs in a job: one task of an array, point by point. Arguments are the shared folder, the sweep, the array and the number of the task. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { printable } from '../../../../util/printable.js';
import { Measurer } from '../../measure-job.js';
import { SlurmFolder, type ArrayRecord } from './folder.js';

/** Exit code of a task that cannot use the folder (EX_CANTCREAT of sysexits.h). */
const cannotWrite = 73;

const [path = '', sweep = '', name = '', number = ''] = process.argv.slice(2);
const task = Number(number);
const folder = new SlurmFolder(path, sweep);
const { SLURM_ARRAY_JOB_ID: job = '', SLURM_RESTART_COUNT: restarts = '0', SLURMD_NODENAME: node = hostname() } = process.env;
const state = (key: string | undefined, ended: boolean): void =>
  folder.writeState(name, task, { job: `${job}_${task}`, node, restarts: Number(restarts), ...(key !== undefined && { key }), ended });

function open(): ArrayRecord | undefined {
  try {
    const record = folder.readArray(name);
    state(undefined, false);
    return record;
  } catch (error) {
    process.stderr.write(
      `${printable(path)}: cannot be used on node ${printable(node)} (${printable(error instanceof Error ? error.message : String(error))}); --out must be in a folder that all nodes share and can write\n`,
    );
    return undefined;
  }
}

const record = open();
if (record === undefined) process.exitCode = cannotWrite;
else {
  const given = record.jobs[task]!;
  // A task that was requeued goes on where it ended.
  const items = given.items.filter(({ key }) => !folder.has(key));
  const measurer = new Measurer();
  for (const id of new Set(items.map(({ subject }) => subject))) measurer.addSubject(folder.readSubject(id));
  const keys = new Map(items.map((item) => [item.number, item.key]));
  if (items.length > 0)
    await measurer.run(
      { ...given, items },
      (results) => results.forEach(({ number: of, outcome }) => folder.writePoint(keys.get(of)!, outcome)),
      ({ key }) => state(key, false),
    );
  // The folder goes when the sweep has gathered the last point.
  if (existsSync(folder.arrayFolder(name))) state(undefined, true);
}
