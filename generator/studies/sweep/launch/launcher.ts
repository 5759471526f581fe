/** Who measures the points of a sweep: processes of this machine, or jobs of a cluster. Another scheduler fits behind the same two calls. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../util/errors.js';
import type { Item, Job, Result } from '../jobs.js';
import type { SweptModel } from '../subject.js';
import type { WorkItem, WorkJob, SharedData } from './work.js';

export interface LaunchHooks<I extends WorkItem = Item, S extends SharedData = SweptModel> {
  /** Subject of an item, made when the first one needs it; a text says why it cannot be made. */
  readonly subjectOf: (item: I) => S | string;
  /** Every point has one result; it is kept when the promise is. */
  readonly onResults: (results: readonly Result[]) => Promise<void>;
  /** Callback with every incident, which is recorded when the promise is kept. */
  readonly onIncident?: (incident: Incident) => Promise<void>;
}

export interface Launcher<J extends WorkJob = Job> {
  /** Returns when every point of every job has its result. */
  readonly run: (jobs: readonly J[]) => Promise<void>;
  /** Lets go of what is running; how, the launcher decides. */
  readonly stop: () => void;
}

/** Something that happened to a job of a cluster: it ended without its results, or was begun anew. */
export interface Incident {
  /** Job as the scheduler names it. */
  readonly job: string;
  readonly node: string;
  /** State in the scheduler's words, `LOST`, `REQUEUED` with the reason, or `BROKEN RESULT`, where nobody knows the job. */
  readonly state: string;
  /** Key of the point that was being measured, where that is known. */
  readonly key: string | undefined;
  /** Last lines that the job has printed. */
  readonly log: string;
}

/** How a sweep was launched, for its table. */
export interface LaunchRecord {
  readonly kind: 'local' | 'slurm';
  /** Numbers of the job arrays. */
  readonly jobs: readonly number[];
  readonly incidents: readonly Incident[];
}

export const launchers = ['local', 'slurm'] as const;
export type LauncherName = (typeof launchers)[number];

export const onInterrupts = ['leave', 'cancel'] as const;

/** What is asked of Slurm; what is left out is the cluster's default. */
export interface SlurmOptions {
  readonly partition?: string;
  /** Time as sbatch takes it: minutes, or hours:minutes:seconds. */
  readonly time?: string;
  readonly memory?: string;
  /** Further arguments of sbatch, as they are. */
  readonly slurmArgs?: readonly string[];
  /** Attempts after the first one of a point whose job has failed. */
  readonly jobRetries?: number;
  readonly onInterrupt?: (typeof onInterrupts)[number];
}

/** Folder beside the results that holds what goes to Slurm and comes back, until all of it has come. */
export const slurmFolder = 'slurm';

/** Errors: UserError when a folder holds work of a cluster that has not ended: what measures here would get in its way. */
export function refuseUnfinished(out: string, what: string, how: string): void {
  const path = join(out, slurmFolder);
  if (existsSync(path))
    throw new UserError([
      `out = ${out}: holds jobs and results of a ${what} through Slurm that has not ended; finish it with ${how}, give another --out, or delete ${path}`,
    ]);
}

/** Options of sbatch by which jobs find their work and their logs. */
const ownOptions: Readonly<Record<string, string>> = { J: 'job-name', a: 'array', o: 'output', e: 'error', D: 'chdir' };
const ownNames = [...Object.values(ownOptions), 'open-mode', 'parsable', 'wrap', 'test-only'];
/** Options with which sbatch prints something and submits nothing. */
const printing: Readonly<Record<string, string>> = { V: 'version', h: 'help', u: 'usage' };

/** Whether an argument is one of these options. sbatch takes the beginning of a name for the name, and letters without values in one word. */
function isOneOf(argument: string, letters: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  const [, name] = /^--([a-z-]+)/.exec(argument) ?? [];
  const [, letter = ''] = /^-[HkOQsvW]*([A-Za-z])/.exec(argument) ?? [];
  return (name !== undefined && names.some((own) => own.startsWith(name))) || letters[letter] !== undefined;
}

function argumentProblem(argument: string): string[] {
  if (isOneOf(argument, ownOptions, ownNames))
    return [`slurmArgs = ${argument}: trexgen gives that to sbatch itself, so that jobs find their work; leave it out`];
  if (isOneOf(argument, printing, Object.values(printing)))
    return [`slurmArgs = ${argument}: makes sbatch print something and submit nothing; leave it out`];
  return [];
}

/** Options of Slurm that are given where nothing reads them, and arguments that would take a job away from its work. */
export function slurmProblems(launcher: LauncherName | undefined, given: SlurmOptions): string[] {
  if (launcher === 'slurm') return (given.slurmArgs ?? []).flatMap(argumentProblem);
  const { partition, time, memory, slurmArgs, jobRetries, onInterrupt } = given;
  const all: Required<{ [K in keyof SlurmOptions]: unknown }> = { partition, time, memory, slurmArgs, jobRetries, onInterrupt };
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${String(value)}: only Slurm reads it; add --launcher slurm, or leave it out`],
  );
}
