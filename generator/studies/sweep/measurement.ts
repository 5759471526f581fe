/** What is known of the points of a sweep, and the ways to know more: the database, and whoever measures. */
import { createHash } from 'node:crypto';
import { configHash } from '../../rtl/design.js';
import { Interrupted } from '../../util/errors.js';
import { packageVersion } from '../../util/package.js';
import type { SweepDatabase } from './database.js';
import { groupBy } from '../../util/groups.js';
import { Memo } from './hardware.js';
import type { Item, Job, Result } from './jobs.js';
import { pointKey, type Fidelity } from './key.js';
import type { Incident, LaunchRecord } from './launch/launcher.js';
import { SlurmLauncher } from './launch/slurm/launcher.js';
import { reasonOf, type Outcome } from './outcome.js';
import type { SweepPlan } from './plan.js';
import { settled } from './open-keys.js';
import { Pool } from './pool.js';
import type { SweepSettings } from './run-sweep.js';
import type { Point } from './space.js';
import { loadSubject, modelHash, subjectId, type SweptModel } from './subject.js';

const largestChunk = { analytic: 1000, golden: 4 } as const;
/** Slots of a cluster whose width nobody has said. */
const manySlots = 16;

/** Neighbours share models and windows; for simulation and synthesis all points of one design share its build. */
function jobsOf(items: readonly Item[], fidelity: Fidelity, helpers: number, rest: Omit<Job, 'items' | 'fidelity'>): Job[] {
  const byDesign = fidelity === 'rtl' || fidelity === 'synthesis';
  // Several for each helper, so that all of them end together.
  const chunk = byDesign ? 1 : Math.min(largestChunk[fidelity], Math.ceil(items.length / (8 * helpers)));
  const groups = groupBy(items, ({ point }, i) => (byDesign ? configHash(point.params) : String(Math.floor(i / chunk))));
  return groups.map((group) => ({ ...rest, fidelity, items: group }));
}

/** The content of a sweep: what its jobs are asked to find. */
function sweepHash({ space: { base, axes, constraints, open }, ...rest }: SweepPlan): string {
  const { search, objectives, levels, promote, measuring } = rest;
  const text = [packageVersion(), base, axes, constraints.map((one) => one.text), open, search, objectives, levels, promote, measuring];
  return createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, 32);
}

export class Measurement {
  readonly points: Point[] = [];
  readonly found: Map<Fidelity, Outcome>[] = [];
  measured = 0;
  known = 0;
  private level: Fidelity = 'analytic';
  private waiting = new Map<number, string>();
  /** One after the other, whichever helper they come from. */
  private appended = Promise.resolve();
  private before: ReadonlyMap<string, Outcome> = new Map();
  private readonly hashes = new Memo<string>();
  private readonly subjects = new Map<string, SweptModel | string>();
  private stopped = false;
  private readonly pool: Pool;
  private readonly slurm: SlurmLauncher | undefined;

  constructor(
    private readonly plan: SweepPlan,
    private readonly settings: SweepSettings,
    private readonly database: SweepDatabase,
  ) {
    const { slurm, jobs } = settings;
    const hooks = {
      subjectOf: ({ point }: Item) => this.subjectAt(point),
      onResults: (results: readonly Result[]) => this.keep(results),
      onIncident: (incident: Incident) => (this.appended = this.appended.then(() => this.database.record(incident))),
    };
    this.pool = new Pool({ helpers: jobs, ...hooks });
    this.slurm = slurm && new SlurmLauncher({ ...slurm, signal: settings.signal, sweep: sweepHash(plan) }, hooks);
  }

  get launched(): LaunchRecord {
    return this.slurm?.record ?? { kind: 'local', jobs: [], incidents: [] };
  }

  async open(): Promise<void> {
    await this.slurm?.open();
    if (this.settings.retry) await this.database.forgetFailed();
    this.before = await this.database.outcomes();
  }

  /** Everything that was asked for is known. */
  async finish(): Promise<void> {
    await this.slurm?.finish();
  }

  /** What is measured from now on is not kept; what has been is on the disk when this returns. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.pool.stop();
    await this.appended;
  }

  keyOf(point: Point, fidelity: Fidelity): string {
    const { task, model } = point.run;
    const hash = this.hashes.get(`${task}/${model}`, () => modelHash(point.run));
    return pointKey(point, fidelity, this.plan.measuring, hash);
  }

  /** Numbers of new points. */
  add(points: readonly Point[]): number[] {
    return points.map((point) => {
      this.found.push(new Map());
      return this.points.push(this.settled(point)) - 1;
    });
  }

  /** Numbers of new points that one hardware runs: sizes that are left open are enough for all of them. */
  addDesign(points: readonly Point[]): number[] {
    const { params } = points.reduce(({ params: raised }, { run }) => this.settled({ params: raised, run }), points[0]!);
    return this.add(points.map(({ run }) => ({ params, run })));
  }

  /** A point whose model cannot be loaded stays as it is, and fails with that reason. */
  private settled(point: Point): Point {
    return settled(point, this.plan.space.open, (one) => {
      const subject = this.subjectAt(one);
      return typeof subject === 'object' ? subject.model : undefined;
    });
  }

  /** Measures those points at a level that are not known from an earlier run. */
  async measure(level: Fidelity, numbers: readonly number[]): Promise<void> {
    const { settings } = this;
    const { measuring, simulator, levels } = this.plan;
    const lower = levels[levels.indexOf(level) - 1];
    this.level = level;
    this.waiting = new Map();
    const items: Item[] = [];
    for (const number of numbers) {
      if (this.found[number]!.has(level)) continue;
      const point = this.points[number]!;
      const key = this.keyOf(point, level);
      const outcome = this.before.get(key);
      if (outcome !== undefined) {
        this.found[number]!.set(level, outcome);
        this.known++;
      } else {
        this.waiting.set(number, key);
        const below = lower === undefined ? undefined : this.found[number]!.get(lower);
        items.push({ number, key, point, subject: subjectId(point.run, point.params), lower: below });
      }
    }
    settings.onLevel(level, numbers.length - items.length, numbers.length);
    const slurm = level === 'analytic' ? undefined : this.slurm;
    const helpers = slurm === undefined ? settings.jobs : (settings.slurm?.parallel ?? manySlots);
    const jobs = jobsOf(items, level, helpers, { measuring, simulator, folder: settings.folder, keep: settings.keep });
    await (slurm === undefined ? this.interruptible(this.pool.run(jobs)) : slurm.run(jobs));
  }

  /** Processes of this machine are ended; a cluster has jobs to leave or to cancel and sees to the signal itself. */
  private async interruptible(work: Promise<void>): Promise<void> {
    const { signal } = this.settings;
    if (signal === undefined) return work;
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(new Interrupted('sweep: interrupted; what is measured is kept in --out, and the same command continues'));
    });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    try {
      await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private subjectAt(point: Point): SweptModel | string {
    const subject = subjectId(point.run, point.params);
    const known = this.subjects.get(subject);
    if (known !== undefined) return known;
    let made: SweptModel | string;
    try {
      made = loadSubject(point.run, point.params, this.plan.measuring);
    } catch (error) {
      made = reasonOf(error);
    }
    this.subjects.set(subject, made);
    return made;
  }

  private async keep(results: readonly Result[]): Promise<void> {
    const { level, waiting } = this;
    if (this.stopped) return;
    this.appended = this.appended.then(() =>
      this.database.append(
        results.map(({ number, outcome }) => ({ key: waiting.get(number)!, fidelity: level, point: this.points[number]!, outcome })),
      ),
    );
    await this.appended;
    for (const { number, outcome } of results) {
      this.found[number]!.set(level, outcome);
      this.settings.onDone(outcome.state === 'failed');
    }
    this.measured += results.length;
  }
}
