/** Points as tasks of Slurm job arrays; their results come back as files, which this process alone puts into the database. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, ToolError } from '../../../../util/errors.js';
import { programArguments } from '../../../../util/own-program.js';
import { shellCommand } from '../../../../util/shell.js';
import { makeFolder, replaceFile } from '../../../../util/write-file.js';
import type { Item, Result } from '../../jobs.js';
import type { Outcome } from '../../outcome.js';
import type { Incident, Launcher, LaunchHooks, LaunchRecord, SlurmOptions } from '../launcher.js';
import type { WorkItem, WorkJob, SharedData } from '../work.js';
import { SlurmArrays, type Ended, type WatchedTask } from './arrays.js';
import { SlurmCommands, SlurmFull, SlurmSilent, SlurmTooLarge } from './commands.js';
import { SlurmFolder, type ArrayRecord } from './folder.js';
import { Queue } from './queue.js';
import { Requeues } from './requeues.js';

export interface SlurmSettings extends SlurmOptions {
  /** Shared with the nodes. */
  readonly folder: string;
  /** Name of the sweep by its content. */
  readonly sweep: string;
  /** Tasks at a time; undefined: as many as Slurm gives. */
  readonly parallel: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: ((text: string) => void) | undefined;
  /** Module of the job's program, without its extension; that of sweeps when not given. */
  readonly module?: URL;
  /** Command that goes on after an interruption, where that is not the sweep's own. */
  readonly again?: string;
  /** What is interrupted then; a sweep when not given. */
  readonly name?: string;
  /** Times that tests set. */
  readonly pollMs?: number;
  readonly graceMs?: number;
  readonly silenceMs?: number;
}

const defaults = { pollMs: 500, graceMs: 10_000, silenceMs: 30 * 60_000, jobRetries: 2 } as const;
/** Asking Slurm costs its controller more than looking into a folder costs us. */
const pollsPerReport = 4;
/** Time until a full queue is tried again of which no task of ours has gone. */
const pollsPerTry = 20;

/** What to ask for when a job ended so. */
const remedies: Readonly<Record<string, string>> = { OUT_OF_MEMORY: '; give more with --memory', TIMEOUT: '; give more with --time' };

interface Wanted {
  readonly item: WorkItem;
  readonly job: WorkJob;
}

function sbatchOptions({ partition, time, memory, slurmArgs = [], parallel }: SlurmSettings): string[] {
  return [
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(memory === undefined ? [] : [`--mem=${memory}`]),
    ...slurmArgs,
    ...(parallel === undefined ? [] : [`%${parallel}`]),
  ];
}

export class SlurmLauncher<I extends WorkItem = Item> implements Launcher<WorkJob<I>> {
  private readonly folder: SlurmFolder;
  private readonly commands: SlurmCommands;
  private readonly arrays: SlurmArrays;
  private readonly requeues: Requeues;
  private readonly queue: Queue;
  private readonly script: string;
  private readonly wanted = new Map<string, Wanted>();
  /** Attempts that have failed, by key. */
  private readonly attempts = new Map<string, number>();
  private readonly numbers = new Set<number>();
  private readonly incidents: Incident[] = [];
  private silentSince: number | undefined;
  private most = 1000;

  constructor(
    private readonly settings: SlurmSettings,
    private readonly hooks: LaunchHooks<I, SharedData>,
  ) {
    const { folder, sweep, graceMs = defaults.graceMs, pollMs = defaults.pollMs } = settings;
    this.folder = new SlurmFolder(folder, sweep);
    this.script = join(folder, 'job.sh');
    this.commands = new SlurmCommands(join(folder, 'commands'));
    this.arrays = new SlurmArrays(this.folder, this.commands, sbatchOptions(settings), this.script, graceMs);
    this.requeues = new Requeues(this.folder, this.commands);
    this.queue = new Queue(pollsPerReport * pollMs, pollsPerTry * pollMs);
  }

  get record(): LaunchRecord {
    return { kind: 'slurm', jobs: [...this.numbers], incidents: this.incidents };
  }

  /**
   * Prepares the launch, before anything is measured.
   *
   * Errors   UserError for a folder of another sweep and for options that sbatch refuses; MissingToolError without Slurm;
   *          ToolError when the controller does not answer
   */
  async open(): Promise<void> {
    const { folder, sweep, module = new URL('./job', import.meta.url) } = this.settings;
    const words = [process.execPath, ...programArguments(module), folder, sweep];
    const isNew = !existsSync(folder);
    this.folder.claim();
    makeFolder(join(folder, 'commands'));
    replaceFile(this.script, `#!/bin/sh\nexec ${shellCommand(words)} "$SLURM_JOB_NAME" "$SLURM_ARRAY_TASK_ID"\n`);
    const options = sbatchOptions(this.settings).filter((option) => !option.startsWith('%'));
    try {
      await this.patiently(() => this.commands.check(options, this.script));
    } catch (error) {
      // Nothing has been submitted from it.
      if (isNew) rmSync(folder, { recursive: true });
      throw error;
    }
    this.most = await this.patiently(() => this.commands.mostTasks());
    for (const name of this.folder.arrays()) {
      await this.patiently(() => this.arrays.adopt(name));
      for (const [key, count] of Object.entries(this.folder.readArray(name).attempts)) {
        this.attempts.set(key, Math.max(count, this.attempts.get(key) ?? 0));
      }
    }
    this.arrays.jobs.forEach((job) => this.numbers.add(job));
  }

  async run(jobs: readonly WorkJob<I>[]): Promise<void> {
    const impossible: Result[] = [];
    for (const job of jobs) {
      for (const item of job.items) {
        const subject = this.hooks.subjectOf(item);
        if (typeof subject === 'string') impossible.push({ number: item.number, outcome: { state: 'failed', reason: subject } });
        else {
          this.folder.writeSubject(subject);
          this.wanted.set(item.key, { item, job });
        }
      }
    }
    if (impossible.length > 0) await this.hooks.onResults(impossible);
    await this.gather();
    for (let poll = 0; this.wanted.size > 0; poll++) {
      await this.submitMissing();
      await this.pause();
      await this.gather();
      if (poll % pollsPerReport !== pollsPerReport - 1 || this.wanted.size === 0) continue;
      const { ended, requeued } = await this.patiently(() => this.arrays.look());
      for (const { task, restarts, state } of requeued) await this.tellRequeues(task, restarts, state);
      // What they wrote last may have come between.
      await this.gather();
      for (const one of ended) await this.conclude(one);
    }
  }

  /** All has been gathered: what still runs, nobody waits for. The folder of jobs that cannot be cancelled stays. */
  async finish(): Promise<void> {
    try {
      await this.arrays.cancel();
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      this.settings.onNote?.(error.message);
      return;
    }
    this.folder.remove();
  }

  stop(): void {
    // Jobs outlive this process; an interruption has seen to them already.
  }

  private get again(): string {
    const { folder, again = `trexgen sweep --resume --out ${join(folder, '..')}` } = this.settings;
    return again;
  }

  private async pause(): Promise<void> {
    const { signal, pollMs = defaults.pollMs } = this.settings;
    try {
      await sleep(pollMs, undefined, signal && { signal });
    } catch {
      await this.interrupted();
    }
  }

  private async interrupted(): Promise<never> {
    const { onInterrupt = 'leave', name = 'sweep' } = this.settings;
    const jobs = this.arrays.jobs;
    if (onInterrupt === 'cancel') await this.arrays.cancel();
    const left =
      jobs.length === 0 ? 'no job was running' : `job arrays ${jobs.join(', ')} ${onInterrupt === 'cancel' ? 'are cancelled' : 'go on'}`;
    throw new Interrupted(`${name}: interrupted; ${left}; ${this.again} gathers what they find and continues`);
  }

  /** Waits while the controller does not answer, for as long as jobs may be running without it. */
  private async patiently<T>(ask: () => Promise<T>): Promise<T> {
    const { silenceMs = defaults.silenceMs, onNote } = this.settings;
    for (;;) {
      try {
        const answer = await ask();
        this.silentSince = undefined;
        return answer;
      } catch (error) {
        if (!(error instanceof SlurmSilent)) throw error;
        if (this.silentSince === undefined)
          onNote?.(`slurm: the controller does not answer (${error.message.split('\n').at(-1)}); waiting`);
        this.silentSince ??= performance.now();
        if (performance.now() - this.silentSince > silenceMs)
          throw new ToolError(
            `slurm: the controller has not answered for ${Math.round(silenceMs / 1000)} s (${error.message}); continue later with ${this.again}`,
          );
        await this.pause();
        await this.gather();
      }
    }
  }

  /** New results into the database. */
  private async gather(): Promise<void> {
    const results: Result[] = [];
    const keys = new Set(this.folder.pointKeys());
    for (const key of keys) {
      const one = this.wanted.get(key);
      const outcome = one === undefined ? undefined : this.folder.readPoint(key);
      if (outcome === 'broken') {
        // Whoever was to deliver it has not: its point is measured again.
        keys.delete(key);
        const log = `${this.settings.folder}/points/${key}.json could not be read and was deleted`;
        await this.tell(
          { job: '', node: '', state: 'BROKEN RESULT', key, log },
          `has left a result that cannot be read; point ${key} is measured again`,
        );
        continue;
      }
      if (one === undefined || outcome === undefined) continue;
      results.push({ number: one.item.number, outcome });
      this.wanted.delete(key);
    }
    if (results.length > 0) await this.hooks.onResults(results);
    // Between two looks a task may be begun anew and end.
    for (const task of this.arrays.deliver(keys)) await this.tellRequeues(task);
  }

  /** Tasks with all points that none is working on. */
  private missing(): WorkJob[] {
    const working = this.arrays.keys();
    const missing = [...this.wanted.values()].filter(({ item }) => !working.has(item.key));
    const items = new Map<WorkJob, WorkItem[]>();
    for (const { job, item } of missing) items.set(job, [...(items.get(job) ?? []), item]);
    return [...items].map(([job, some]): WorkJob => ({ ...job, items: some }));
  }

  /** Arrays of what is missing, as much as the queue takes. */
  private async submitMissing(): Promise<void> {
    const room = this.queue.room(this.arrays.open);
    if (room === 0) return;
    const { onNote } = this.settings;
    const jobs = this.missing();
    let at = 0;
    for (let size = Math.min(room, this.most); at < jobs.length && size > 0;) {
      const some = jobs.slice(at, at + size);
      try {
        await this.submit(some);
        at += some.length;
      } catch (error) {
        if (error instanceof SlurmTooLarge && some.length > 1) size = this.most = Math.floor(some.length / 2);
        else if (error instanceof SlurmFull) {
          size = this.queue.refused(some.length, this.arrays.open);
          if (size === 0 && this.queue.isTimeToSay())
            onNote?.(
              `slurm: the queue takes no more jobs now (${error.message}); ${jobs.length - at} of ${this.arrays.open + jobs.length - at} tasks wait until others end`,
            );
        } else throw error instanceof SlurmTooLarge ? new ToolError(`sbatch refuses an array of one task: ${error.message}`) : error;
      }
    }
    if (at === jobs.length && this.queue.emptied()) onNote?.('slurm: the queue has taken all tasks');
  }

  /** Errors: SlurmFull, SlurmTooLarge; ToolError */
  private async submit(jobs: readonly WorkJob[]): Promise<void> {
    const { sweep } = this.settings;
    const keys = jobs.flatMap((job) => job.items.map(({ key }) => key));
    const record: ArrayRecord = {
      name: `trexgen-${sweep.slice(0, 8)}-${randomBytes(4).toString('hex')}`,
      sweep,
      jobs,
      attempts: Object.fromEntries(keys.map((key) => [key, this.attempts.get(key) ?? 0])),
    };
    try {
      this.numbers.add(await this.patiently(() => this.arrays.submit(record)));
    } catch (error) {
      if (error instanceof SlurmFull || error instanceof SlurmTooLarge) this.folder.removeArray(record.name);
      throw error;
    }
  }

  /** A task that is over without all of its results: the point that it worked on has lost an attempt. */
  private async conclude({ task, report }: Ended): Promise<void> {
    const left = task.keys.filter((key) => this.wanted.has(key));
    await this.tellRequeues(task);
    if (left.length === 0) return;
    const state = this.folder.readState(task.record.name, task.task);
    const blamed = state?.key !== undefined && left.includes(state.key) ? [state.key] : left;
    const cause = causeOf(report, state?.ended === true);
    await this.tellEnd(task, cause, state?.node ?? report.node, blamed.length === 1 ? blamed[0] : undefined);
    const { jobRetries = defaults.jobRetries } = this.settings;
    const failed: Result[] = [];
    for (const key of blamed) {
      const attempts = (this.attempts.get(key) ?? 0) + 1;
      this.attempts.set(key, attempts);
      if (attempts <= jobRetries) continue;
      const times = attempts === 1 ? 'once' : `${attempts} times`;
      const outcome: Outcome = {
        state: 'failed',
        reason: `Slurm ended its job ${times}, in the end with ${cause}${remedies[report.state] ?? ''}`,
      };
      failed.push({ number: this.wanted.get(key)!.item.number, outcome });
      this.wanted.delete(key);
    }
    if (failed.length > 0) await this.hooks.onResults(failed);
  }

  private async tellEnd({ record, task }: WatchedTask, state: string, node: string, key: string | undefined): Promise<void> {
    const job = `${this.folder.readJob(record.name) ?? record.name}_${task}`;
    await this.tell({ job, node, state, key, log: this.folder.logOf(record.name, task) }, `ended without its results: ${state}`);
    const told = this.folder.readTold(record.name);
    this.folder.writeTold(record.name, { ...told, ended: [...told.ended, task] });
  }

  /** Slurm goes on with such a task by itself. */
  private async tellRequeues(task: WatchedTask, restarts?: number, state?: string): Promise<void> {
    const counted = Math.max(restarts ?? 0, this.folder.readState(task.record.name, task.task)?.restarts ?? 0);
    if (counted === 0) return;
    for (const one of await this.patiently(() => this.requeues.untold(task, counted, state)))
      await this.tell(one, `is begun anew: ${one.state}`);
  }

  private async tell(incident: Incident, what: string): Promise<void> {
    const { job, node } = incident;
    this.incidents.push(incident);
    await this.hooks.onIncident?.(incident);
    this.settings.onNote?.(`slurm: ${job === '' ? 'a job' : `job ${job}`}${node === '' ? '' : ` on ${node}`} ${what}`);
  }
}

/** Cause in one line, for the table. */
function causeOf({ state, exitCode }: Ended['report'], ended: boolean): string {
  if (exitCode === '73:0') return 'exit code 73: the folder of --out cannot be used from its node';
  if (state === 'FAILED') return `FAILED (exit code and signal ${exitCode})`;
  if (state === 'COMPLETED') return 'COMPLETED, but its result never came';
  return state === 'LOST' && ended ? 'LOST after its end' : state;
}
