/**
 * The shared folder through which a sweep and its jobs speak. Every file is written whole and renamed.
 *
 *   sweep.json               which sweep it belongs to
 *   subjects/HASH            models with their inputs
 *   arrays/NAME/tasks.json   what the tasks of one job array measure
 *   arrays/NAME/job.json     its number, once Slurm has given one
 *   arrays/NAME/N.json       what task N is doing
 *   arrays/NAME/N.log        what it printed
 *   arrays/NAME/told.json    ends and requeues of its tasks that have been recorded
 *   points/KEY.json          the result of one point
 *
 * A point is named by its content, so a result is right whichever job wrote it, however late.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { UserError } from '../../../../util/errors.js';
import { makeFolder, replaceFile } from '../../../../util/write-file.js';
import type { Outcome } from '../../outcome.js';
import type { WorkJob, SharedData } from '../work.js';

/** Tasks of one job array: a job each. */
export interface ArrayRecord {
  readonly name: string;
  readonly sweep: string;
  readonly jobs: readonly WorkJob[];
  /** Attempts of each point before this one, by its key. */
  readonly attempts: Readonly<Record<string, number>>;
}

const sweepSchema = z.object({ sweep: z.string() });
const jobSchema = z.object({ job: z.number() });
const runSchema = z.object({
  node: z.string(),
  /** Times that Slurm had begun the task anew. */
  restarts: z.number(),
  /** Key of the point that is being measured. */
  key: z.string().optional(),
});
const stateSchema = runSchema.extend({
  job: z.string(),
  ended: z.boolean(),
  /** Runs before this one, as they were left. */
  earlier: z.array(runSchema).optional(),
});
const toldSchema = z.object({ requeues: z.record(z.string(), z.number()), ended: z.array(z.number()) });
export type Told = z.infer<typeof toldSchema>;
export type TaskState = z.infer<typeof stateSchema>;
const pointSchema = z.object({ sweep: z.string(), key: z.string(), outcome: z.looseObject({ state: z.enum(['measured', 'failed']) }) });

/** Contents of a file as they should be; undefined when they are not. */
function parsed<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Contents of a file, which is whole when it is there; undefined when it is not there yet. */
function read<T>(path: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(path)) return undefined;
  const data = parsed(path, schema);
  if (data === undefined) throw new UserError([`${path}: is not a file of a sweep's jobs; delete it and run the sweep with --resume`]);
  return data;
}

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

export class SlurmFolder {
  constructor(
    readonly path: string,
    private readonly sweep: string,
  ) {}

  /** Errors: UserError when it is full of another sweep's jobs. */
  claim(): void {
    const file = join(this.path, 'sweep.json');
    const found = read(file, sweepSchema);
    if (found !== undefined && found.sweep !== this.sweep) {
      throw new UserError([
        `out = ${this.path}: holds jobs and results of another sweep that has not ended; finish it with --resume, give another --out, or delete that folder`,
      ]);
    }
    for (const name of ['subjects', 'arrays', 'points']) makeFolder(join(this.path, name));
    if (found === undefined) replaceFile(file, JSON.stringify({ sweep: this.sweep }));
  }

  /** Removes the folder, when all has been gathered. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private subjectPath(id: string): string {
    return join(this.path, 'subjects', createHash('sha256').update(id).digest('hex').slice(0, 16));
  }

  writeSubject(subject: SharedData): void {
    const path = this.subjectPath(subject.id);
    if (!existsSync(path)) replaceFile(path, serialize(subject));
  }

  /** What was written under this name. */
  readSubject(id: string): SharedData {
    return deserialize(readFileSync(this.subjectPath(id))) as SharedData;
  }

  arrayFolder(name: string): string {
    return join(this.path, 'arrays', name);
  }

  arrays(): string[] {
    return names(join(this.path, 'arrays')).filter((name) => existsSync(join(this.arrayFolder(name), 'tasks.json')));
  }

  /** An array that Slurm has not taken. */
  removeArray(name: string): void {
    rmSync(this.arrayFolder(name), { recursive: true, force: true });
  }

  writeArray(record: ArrayRecord): void {
    makeFolder(this.arrayFolder(record.name));
    replaceFile(join(this.arrayFolder(record.name), 'tasks.json'), JSON.stringify(record));
  }

  /** Errors: those of reading a file, when the folder is not the one that the jobs were started with. */
  readArray(name: string): ArrayRecord {
    return JSON.parse(readFileSync(join(this.arrayFolder(name), 'tasks.json'), 'utf8')) as ArrayRecord;
  }

  writeJob(name: string, job: number): void {
    replaceFile(join(this.arrayFolder(name), 'job.json'), JSON.stringify({ job }));
  }

  readJob(name: string): number | undefined {
    return read(join(this.arrayFolder(name), 'job.json'), jobSchema)?.job;
  }

  writeState(name: string, task: number, state: TaskState): void {
    replaceFile(join(this.arrayFolder(name), `${task}.json`), JSON.stringify(state));
  }

  readState(name: string, task: number): TaskState | undefined {
    return read(join(this.arrayFolder(name), `${task}.json`), stateSchema);
  }

  /** Requeues of each task, and tasks that ended without their results. */
  readTold(name: string): Told {
    return read(join(this.arrayFolder(name), 'told.json'), toldSchema) ?? { requeues: {}, ended: [] };
  }

  writeTold(name: string, told: Told): void {
    replaceFile(join(this.arrayFolder(name), 'told.json'), JSON.stringify(told));
  }

  private log(name: string, task: number): string {
    const path = join(this.arrayFolder(name), `${task}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Why Slurm ended runs of a task to begin it anew, as far as it wrote that into its log. */
  endsInLog(name: string, task: number): string[] {
    return [...this.log(name, task).matchAll(/ DUE TO (NODE FAILURE|PREEMPTION|JOB REQUEUE)\b/g)].map(([, why]) => why!);
  }

  /** The end of what a task has printed. */
  logOf(name: string, task: number): string {
    return this.log(name, task).trim().split('\n').slice(-5).join('\n').slice(-2000);
  }

  has(key: string): boolean {
    return existsSync(join(this.path, 'points', `${key}.json`));
  }

  writePoint(key: string, outcome: Outcome): void {
    replaceFile(join(this.path, 'points', `${key}.json`), JSON.stringify({ sweep: this.sweep, key, outcome }));
  }

  /** Keys of the points that have a result; drafts of writers that were killed are none. */
  pointKeys(): string[] {
    return names(join(this.path, 'points')).flatMap((name) => /^([0-9a-f]+)\.json$/.exec(name)?.[1] ?? []);
  }

  /**
   * The result of a point; `broken` when its file says nothing: a disk that was full leaves such. It is deleted then.
   *
   * Errors   UserError for the result of another sweep or another point
   */
  readPoint(key: string): Outcome | 'broken' | undefined {
    const path = join(this.path, 'points', `${key}.json`);
    if (!existsSync(path)) return undefined;
    const found = parsed(path, pointSchema);
    if (found === undefined) {
      rmSync(path, { force: true });
      return 'broken';
    }
    if (found.sweep !== this.sweep || found.key !== key)
      throw new UserError([`${path}: is the result of another sweep; delete it and run the sweep with --resume`]);
    return found.outcome as unknown as Outcome;
  }
}
