/** What Slurm says about tasks of job arrays, read from the output of scontrol and sacct. */

export interface TaskReport {
  /** PENDING, RUNNING, COMPLETED, TIMEOUT, .. */
  readonly state: string;
  /** Exit code of the process, and the signal that ended it. */
  readonly exitCode: string;
  readonly node: string;
  /** Times that Slurm has begun it anew. */
  readonly restarts: number;
}

/** Reports by `JOB_TASK`. */
export type TaskReports = Map<string, TaskReport>;

const running = new Set([
  'PENDING',
  'CONFIGURING',
  'RUNNING',
  'SUSPENDED',
  'COMPLETING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'SPECIAL_EXIT',
  'RESIZING',
  'SIGNALING',
  'STAGE_OUT',
  'STOPPED',
]);

/** Nothing more comes of the task. */
export function isOver({ state }: TaskReport): boolean {
  return !running.has(state);
}

/** `0,2-4%2` as numbers. */
export function taskNumbers(text: string): number[] {
  return text
    .replace(/%\d+$/, '')
    .split(',')
    .flatMap((part) => {
      const [, from, to = from, step = '1'] = /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(part) ?? [];
      if (from === undefined) return [];
      return Array.from({ length: Math.floor((Number(to) - Number(from)) / Number(step)) + 1 }, (_, i) => Number(from) + i * Number(step));
    });
}

/** `scontrol show job -o`: a record for each task that has begun, one for all that wait. */
export function readScontrol(output: string): TaskReports {
  const reports: TaskReports = new Map();
  for (const line of output.split('\n')) {
    const field = (name: string): string | undefined => new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1];
    const job = field('ArrayJobId');
    const state = field('JobState');
    if (job === undefined || state === undefined) continue;
    const report = { state, exitCode: field('ExitCode') ?? '', node: field('NodeList') ?? '', restarts: Number(field('Restarts') ?? 0) };
    for (const task of taskNumbers(field('ArrayTaskId') ?? '')) reports.set(`${job}_${task}`, report);
  }
  return reports;
}

/** `sacct -X -n -P -o JobID,State,ExitCode,NodeList`. */
export function readSacct(output: string): TaskReports {
  const reports: TaskReports = new Map();
  for (const line of output.split('\n')) {
    const [id = '', state = '', exitCode = '', node = ''] = line.split('|');
    const [, job, tasks] = /^(\d+)_\[?([\d,:%-]+)\]?$/.exec(id) ?? [];
    if (job === undefined || tasks === undefined) continue;
    // Such as "CANCELLED by 1000".
    const report = { state: state.split(' ')[0]!, exitCode, node, restarts: 0 };
    for (const task of taskNumbers(tasks)) reports.set(`${job}_${task}`, report);
  }
  return reports;
}

/** States of a run that Slurm ended to begin the task anew, in order: `sacct -D -X -n -P -o Submit,State`. */
export function readEarlierRuns(output: string): string[] {
  const runs = output
    .split('\n')
    .filter((line) => line.includes('|'))
    .sort();
  return runs.slice(0, -1).map((line) => line.split('|')[1]!.split(' ')[0]!);
}
