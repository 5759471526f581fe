/** The job arrays of one sweep that may still run: submitted, found again after a restart, watched until each task is over. */
import { ToolError } from '../../../../util/errors.js';
import type { SlurmCommands } from './commands.js';
import { SlurmSilent } from './commands.js';
import type { ArrayRecord, SlurmFolder } from './folder.js';
import { isOver, type TaskReport } from './states.js';

export interface WatchedTask {
  readonly record: ArrayRecord;
  readonly task: number;
  /** Keys of its points. */
  readonly keys: readonly string[];
}

interface Watched {
  readonly record: ArrayRecord;
  readonly job: number;
  readonly open: Map<number, WatchedTask>;
}

/** How a task ended without all of its results. */
export interface Ended {
  readonly task: WatchedTask;
  readonly report: TaskReport;
}

/** A task that Slurm has begun anew, so many times. */
export interface Requeued {
  readonly task: WatchedTask;
  readonly restarts: number;
  /** State in which its last run was seen to be over. */
  readonly state: string | undefined;
}

const lost: TaskReport = { state: 'LOST', exitCode: '', node: '', restarts: 0 };

export class SlurmArrays {
  private readonly watched = new Map<string, Watched>();
  /** Time at which a task was first seen to be over: its last files may still be on their way. */
  private readonly overSince = new Map<WatchedTask, number>();
  private readonly overState = new Map<WatchedTask, string>();

  constructor(
    private readonly folder: SlurmFolder,
    private readonly commands: SlurmCommands,
    private readonly options: readonly string[],
    private readonly script: string,
    private readonly graceMs: number,
  ) {}

  get jobs(): number[] {
    return [...this.watched.values()].map(({ job }) => job);
  }

  /** Tasks that are not over yet. */
  get open(): number {
    return [...this.watched.values()].reduce((sum, { open }) => sum + open.size, 0);
  }

  /** Keys that some task may still deliver. */
  keys(): Set<string> {
    return new Set([...this.watched.values()].flatMap(({ open }) => [...open.values()].flatMap(({ keys }) => keys)));
  }

  /** Watches an array that an earlier run has submitted, or submits it if Slurm never got it. Errors: SlurmSilent */
  async adopt(name: string): Promise<void> {
    const record = this.folder.readArray(name);
    const job = this.folder.readJob(name) ?? (await this.commands.find(name));
    if (job !== undefined) this.watch(record, job);
    // Else its points are submitted in an array of a new name.
  }

  /**
   * Errors   SlurmSilent when the controller does not answer: the caller tries again with the same record, and an array that was
   *          taken all the same is found by its name
   */
  async submit(record: ArrayRecord): Promise<number> {
    const { name, jobs } = record;
    this.folder.writeArray(record);
    const known = await this.commands.find(name);
    const log = `${this.folder.arrayFolder(name)}/%a.log`;
    const parallel = this.options.find((option) => option.startsWith('%')) ?? '';
    const options = this.options.filter((option) => option !== parallel);
    const job =
      known ??
      (await this.commands.submit(
        [
          `--job-name=${name}`,
          `--array=0-${jobs.length - 1}${parallel}`,
          `--output=${log}`,
          `--error=${log}`,
          '--open-mode=append',
          ...options,
        ],
        this.script,
      ));
    this.watch(record, job);
    return job;
  }

  private watch(record: ArrayRecord, job: number): void {
    this.folder.writeJob(record.name, job);
    const { ended } = this.folder.readTold(record.name);
    const tasks = record.jobs.map(({ items }, task): WatchedTask => ({ record, task, keys: items.map(({ key }) => key) }));
    const open = new Map(tasks.filter(({ task }) => !ended.includes(task)).map((one) => [one.task, one]));
    this.watched.set(record.name, { record, job, open });
  }

  /** Records that these points have their results: tasks of which all have come are no longer watched, and returned. */
  deliver(done: ReadonlySet<string>): WatchedTask[] {
    const delivered = [...this.watched.values()].flatMap(({ open }) =>
      [...open.values()].filter(({ keys }) => keys.every((key) => done.has(key))),
    );
    delivered.forEach((task) => this.watched.get(task.record.name)!.open.delete(task.task));
    this.forgetEmpty();
    return delivered;
  }

  private forgetEmpty(): void {
    for (const [name, { open }] of this.watched) if (open.size === 0) this.watched.delete(name);
  }

  /**
   * Tasks that are over, for a while now, without all of their results, which are no longer watched; and those that Slurm has begun
   * anew so far. Errors: SlurmSilent
   */
  async look(): Promise<{ readonly ended: readonly Ended[]; readonly requeued: readonly Requeued[] }> {
    const reports = await this.commands.reports(this.jobs);
    const ended: Ended[] = [];
    const requeued: Requeued[] = [];
    for (const { open, job } of this.watched.values()) {
      for (const [number, task] of open) {
        const report = reports.get(`${job}_${number}`) ?? lost;
        if (report.restarts > 0) requeued.push({ task, restarts: report.restarts, state: this.overState.get(task) });
        if (!isOver(report)) {
          this.overState.delete(task);
          this.overSince.delete(task);
          continue;
        }
        const since = this.overSince.get(task) ?? performance.now();
        this.overSince.set(task, since);
        this.overState.set(task, report.state);
        if (performance.now() - since < this.graceMs) continue;
        open.delete(number);
        ended.push({ task, report });
      }
    }
    this.forgetEmpty();
    return { ended, requeued };
  }

  async cancel(): Promise<void> {
    try {
      await this.commands.cancel(this.jobs);
    } catch (error) {
      if (!(error instanceof SlurmSilent)) throw error;
      throw new ToolError(`scancel ${this.jobs.join(' ')}: ${error.message}; cancel them by hand`);
    }
  }
}
