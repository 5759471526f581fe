/** The programs of Slurm, as far as a sweep needs them. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MissingToolError, runTool, TimeoutError } from '../../../../tools/run-tool.js';
import { ToolError, UserError } from '../../../../util/errors.js';
import { readEarlierRuns, readSacct, readScontrol, type TaskReports } from './states.js';

/** The controller does not answer now, and may later. */
export class SlurmSilent extends Error {}
/** The queue takes no more jobs now; the message is the limit. */
export class SlurmFull extends Error {}
/** Refusal of an array with too many tasks. */
export class SlurmTooLarge extends Error {}

const silence =
  /unable to contact slurm controller|socket timed out|connection refused|zero bytes were transmitted|communication connection failure|slurm_load|unable to establish control/i;
/** Message about nodes that a controller that has just started does not know yet, as about wishes that none can fulfil. */
const notNow = /requested node configuration is not available/i;
/** Limits of jobs that wait and run, of a user, an account or the cluster; other limits of accounting are refused for good. */
const full = /\b(?:QOS|Assoc)\w*Submit\w*|temporarily unable to accept job|resource temporarily unavailable/i;
const policy = /violates accounting\/QOS policy/i;
const limit = /\b(?:QOS|Assoc)[A-Z]\w+/;
const tooLarge = /invalid job array specification/i;
const unknownJob = /invalid job id/i;
/** Answers of scancel for a job that is over. */
const isOver = /invalid job id|already completing or completed/i;
const patienceMs = 60_000;
const triesForNodes = 20;

interface Answer {
  readonly exitCode: number;
  readonly output: string;
}

/** Limit that keeps jobs out until others end. */
function fullBy(output: string): string | undefined {
  return full.exec(output)?.[0] ?? (limit.test(output) ? undefined : policy.exec(output)?.[0]);
}

/** What a program of Slurm has said, without its name. */
function linesOf(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.replace(/^s[a-z]+: (error: )?/, '').trim())
    .filter((line) => line !== '');
}

function missing(command: string): MissingToolError {
  return new MissingToolError(
    `launcher = slurm: ${command} is not found; run on a machine that submits to the cluster, or use --launcher local`,
  );
}

/** Checks, before anything is written, that this machine can submit. Errors: MissingToolError */
export function requireSlurm(): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const command of ['sbatch', 'squeue', 'scontrol', 'scancel']) {
    const found = folders.map((folder) => join(folder, command)).filter((path) => existsSync(path));
    if (found.length === 0) throw missing(command);
    if (!found.some(mayRun))
      throw new MissingToolError(`launcher = slurm: ${found[0]!} may not be executed by this user; allow it, or use --launcher local`);
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class SlurmCommands {
  private accounting: boolean | undefined;
  private calls = 0;

  /** `folder`: where their logs lie. */
  constructor(private readonly folder: string) {}

  /** Errors: SlurmSilent, ToolError; MissingToolError when Slurm is not installed. */
  private async call(command: string, given: readonly string[]): Promise<Answer> {
    const accepted = Array.from({ length: 256 }, (_, code) => code);
    try {
      const logFile = join(this.folder, `${command}-${this.calls++ % 8}.log`);
      const answer = await runTool({ command, arguments: given, folder: this.folder, logFile, timeoutMs: patienceMs, accepted });
      if (answer.exitCode !== 0 && silence.test(answer.output) && !unknownJob.test(answer.output))
        throw new SlurmSilent(answer.output.trim());
      return answer;
    } catch (error) {
      if (error instanceof MissingToolError) throw missing(command);
      if (error instanceof TimeoutError) throw new SlurmSilent(`${command} does not answer`);
      throw error;
    }
  }

  /** Errors: UserError with what sbatch says against these arguments; SlurmSilent; MissingToolError */
  async check(options: readonly string[], script: string): Promise<void> {
    let { exitCode, output } = await this.call('sbatch', ['--test-only', ...options, script]);
    for (let tries = 0; notNow.test(output) && tries < triesForNodes; tries++) {
      await sleep(1000);
      ({ exitCode, output } = await this.call('sbatch', ['--test-only', ...options, script]));
    }
    // A full queue says nothing against the options.
    if (exitCode === 0 || fullBy(output) !== undefined) return;
    const said = linesOf(output);
    throw new UserError([
      `launcher = slurm: ${['sbatch', ...options].join(' ')} is refused (${said.join('; ')}); change ${options.length === 0 ? 'what Slurm is configured to, or give --partition and the like' : 'the options'}`,
    ]);
  }

  /** Number of the new array. Errors: SlurmSilent, also when nobody knows whether it was taken; SlurmFull; SlurmTooLarge; ToolError */
  async submit(options: readonly string[], script: string): Promise<number> {
    const { exitCode, output } = await this.call('sbatch', ['--parsable', ...options, script]);
    const job = /^(\d+)(;|$)/m.exec(output)?.[1];
    if (exitCode === 0 && job !== undefined) return Number(job);
    if (notNow.test(output)) throw new SlurmSilent(output.trim());
    const by = fullBy(output);
    if (by !== undefined) throw new SlurmFull(by);
    if (tooLarge.test(output)) throw new SlurmTooLarge(output.trim());
    throw new ToolError(`sbatch ${options.join(' ')} ended with exit code ${exitCode}: ${output.trim()}`);
  }

  /** The array of this name, when Slurm knows one. */
  async find(name: string): Promise<number | undefined> {
    const { exitCode, output } = await this.call('squeue', ['-h', '-r', '-t', 'all', '-n', name, '-o', '%F']);
    if (exitCode !== 0) throw new SlurmSilent(output.trim());
    const job = /^(\d+)/m.exec(output)?.[1];
    return job === undefined ? undefined : Number(job);
  }

  /** Reports from scontrol, which knows a task that waits again; where accounting is on, sacct knows what the controller has forgotten. */
  async reports(jobs: readonly number[]): Promise<TaskReports> {
    const reports: TaskReports = new Map();
    for (const job of jobs) {
      const { exitCode, output } = await this.call('scontrol', ['show', 'job', '-o', String(job)]);
      if (exitCode === 0) readScontrol(output).forEach((report, task) => reports.set(task, report));
      else if (!unknownJob.test(output)) throw new SlurmSilent(output.trim());
    }
    if (this.accounting !== false && jobs.length > 0) {
      const { exitCode, output } = await this.call('sacct', ['-X', '-n', '-P', '-o', 'JobID,State,ExitCode,NodeList', '-j', jobs.join()]);
      this.accounting = exitCode === 0;
      if (this.accounting) readSacct(output).forEach((report, task) => reports.has(task) || reports.set(task, report));
    }
    return reports;
  }

  /** States of the runs of a task before its present one, where accounting is on. Errors: SlurmSilent */
  async earlierRuns(task: string): Promise<string[]> {
    if (this.accounting !== true) return [];
    const { exitCode, output } = await this.call('sacct', ['-D', '-X', '-n', '-P', '-o', 'Submit,State', '-j', task]);
    return exitCode === 0 ? readEarlierRuns(output) : [];
  }

  /** Largest number of tasks in one array. */
  async mostTasks(): Promise<number> {
    const { output } = await this.call('scontrol', ['show', 'config']);
    return Math.max(1, Number(/MaxArraySize\s*=\s*(\d+)/.exec(output)?.[1] ?? 1001) - 1);
  }

  /** Errors: SlurmSilent; ToolError with what scancel says against a job that is not over */
  async cancel(jobs: readonly number[]): Promise<void> {
    if (jobs.length === 0) return;
    const { exitCode, output } = await this.call('scancel', jobs.map(String));
    const said = linesOf(output);
    const refused = said.filter((line) => !isOver.test(line));
    // A job that is over says nothing about the others.
    if (exitCode === 0 || (said.length > 0 && refused.length === 0)) return;
    const reason = refused.length === 0 ? 'no reason given' : refused.join('; ');
    throw new ToolError(`scancel ${jobs.join(' ')} ended with exit code ${exitCode} (${reason}); cancel them by hand`);
  }
}
