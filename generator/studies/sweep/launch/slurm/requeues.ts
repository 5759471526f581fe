/** Runs of a task that Slurm ended to begin it anew: each is told once, by whichever process gathers. They cost a point no attempt. */
import type { Incident } from '../launcher.js';
import type { WatchedTask } from './arrays.js';
import type { SlurmCommands } from './commands.js';
import type { SlurmFolder } from './folder.js';

/** What Slurm writes into the log of a job that it ends, and the state that it means. */
const causes: Readonly<Record<string, string>> = {
  'NODE FAILURE': 'NODE_FAIL',
  PREEMPTION: 'PREEMPTED',
  'JOB REQUEUE': 'scontrol requeue',
};

export class Requeues {
  constructor(
    private readonly folder: SlurmFolder,
    private readonly commands: SlurmCommands,
  ) {}

  /**
   * @param restarts  as far as Slurm or the task itself have counted
   * @param state     in which the task was last seen to be over
   *
   * Errors   SlurmSilent: nothing has been told then
   */
  async untold(task: WatchedTask, restarts: number, state: string | undefined): Promise<Incident[]> {
    const { record, task: number } = task;
    const told = this.folder.readTold(record.name);
    const before = told.requeues[number] ?? 0;
    if (restarts <= before) return [];
    const job = `${this.folder.readJob(record.name) ?? record.name}_${number}`;
    const runs = await this.commands.earlierRuns(job);
    const words = this.folder.endsInLog(record.name, number);
    const ends = runs.length > 0 ? runs : words.map((one) => causes[one]!);
    const last = runs.length === 0 && state !== undefined ? state : ends.at(-1);
    const current = this.folder.readState(record.name, number);
    const log = this.folder.logOf(record.name, number);
    const incidents = Array.from({ length: restarts - before }, (_, i): Incident => {
      const restart = before + i;
      const run = current?.restarts === restart ? current : current?.earlier?.find((one) => one.restarts === restart);
      const cause = (restart === restarts - 1 ? (runs[restart] ?? last) : ends[restart]) ?? 'reason unknown';
      return { job, node: run?.node ?? '', state: `REQUEUED (${cause})`, key: run?.key, log };
    });
    this.folder.writeTold(record.name, { ...told, requeues: { ...told.requeues, [number]: restarts } });
    return incidents;
  }
}
