/** A sweep from its plan to the table: level by level, the best of each going up, what is known already not measured again. */
import { join } from 'node:path';
import { configHash } from '../../rtl/design.js';
import { namesOf, type Drawn, type Point } from './space.js';
import { SweepDatabase, type Row } from './database.js';
import { groupBy } from './groups.js';
import type { Item, Job, Result } from './jobs.js';
import { pointKey, type Fidelity } from './key.js';
import { reasonOf, type Outcome } from './outcome.js';
import type { Objectives } from './objectives.js';
import { bestFirst, paretoFront } from './pareto.js';
import type { SweepPlan } from './plan.js';
import { Pool } from './pool.js';
import { loadSubject, modelHash, subjectId } from './subject.js';
import { Memo } from './hardware.js';

/** One point with all that is known of it. */
export interface SweptPoint {
  readonly number: number;
  readonly point: Point;
  readonly key: string;
  /** The highest that was tried. */
  readonly fidelity: Fidelity;
  readonly outcome: Outcome;
  readonly levels: ReadonlyMap<Fidelity, Outcome>;
  /** Meets the constraints on objectives. */
  readonly feasible: boolean;
  /** No other point of the same task and memory that went as high is at least as good in every objective; of equal ones the first is. */
  readonly front: boolean;
}

export interface Sweep {
  readonly plan: SweepPlan;
  readonly size: number;
  readonly excluded: number;
  readonly points: readonly SweptPoint[];
  /** Points measured by this run, and those that an earlier one had measured. */
  readonly measured: number;
  readonly known: number;
  readonly seconds: number;
}

export interface SweepSettings {
  /** Of points.duckdb and of simulations; undefined: nothing is kept. */
  readonly out: string | undefined;
  /** For the files of simulations. */
  readonly folder: string;
  readonly jobs: number;
  /** Measure what has failed before again. */
  readonly retry: boolean;
  readonly onLevel: (fidelity: Fidelity, done: number, of: number) => void;
  readonly onDone: (failed: boolean) => void;
}

export const databaseName = 'points.duckdb';

/** Points of one task under one memory compete with each other; a memory is given, not chosen. */
export function sceneOf({ run: { task, latency, bytesPerCycle } }: Point): string {
  return `${task}, latency ${latency}, ${bytesPerCycle} bytes a cycle`;
}

const largestChunk = { analytic: 1000, golden: 4 } as const;

/** Neighbours share models and windows; for simulation and synthesis all points of one design share its build. */
function jobsOf(items: readonly Item[], fidelity: Fidelity, helpers: number, rest: Omit<Job, 'items' | 'fidelity'>): Job[] {
  const byDesign = fidelity === 'rtl' || fidelity === 'synthesis';
  // Several for each helper, so that all of them end together.
  const chunk = byDesign ? 1 : Math.min(largestChunk[fidelity], Math.ceil(items.length / (8 * helpers)));
  const groups = groupBy(items, ({ point }, i) => (byDesign ? configHash(point.params) : String(Math.floor(i / chunk))));
  return groups.map((group) => ({ ...rest, fidelity, items: group }));
}

function objectivesOf(outcome: Outcome): Objectives {
  return outcome.state === 'measured' ? outcome.objectives : {};
}

interface Candidate {
  readonly number: number;
  readonly point: Point;
  readonly outcome: Outcome;
}

/** Numbers of the points that go up: the best of every scene in turn, all of one design and scene counted each. */
function promoted(candidates: readonly Candidate[], { objectives, promote }: SweepPlan): number[] {
  const scenes = groupBy(candidates, ({ point }) => sceneOf(point));
  const orders = scenes.map((group) =>
    bestFirst(
      group.map(({ outcome }) => objectivesOf(outcome)),
      objectives,
      promote,
    ).map((i) => group[i]!.number),
  );
  const best: number[] = [];
  for (let round = 0; best.length < promote && orders.some((order) => round < order.length); round++) {
    best.push(...orders.flatMap((order) => order.slice(round, round + 1)));
  }
  return best.slice(0, promote).sort((a, b) => a - b);
}

/** Of every scene, among the points that went highest in it: a prediction does not compete with a measurement. */
function frontsOf(table: readonly Omit<SweptPoint, 'front'>[], { objectives, levels }: SweepPlan): Set<number> {
  const fronts = new Set<number>();
  for (const scene of groupBy(
    table.filter(({ feasible }) => feasible),
    ({ point }) => sceneOf(point),
  )) {
    const highest = Math.max(...scene.map(({ fidelity }) => levels.indexOf(fidelity)));
    const group = scene.filter(({ fidelity }) => levels.indexOf(fidelity) === highest);
    for (const i of paretoFront(
      group.map(({ outcome }) => objectivesOf(outcome)),
      objectives,
    ))
      fronts.add(group[i]!.number);
  }
  return fronts;
}

/** What is known of the points of a sweep while its levels are measured one after the other. */
class Measurement {
  readonly found: readonly Map<Fidelity, Outcome>[];
  measured = 0;
  known = 0;
  private level: Fidelity = 'analytic';
  private waiting = new Map<number, Row['key']>();
  /** One after the other, whichever helper they come from. */
  private appended = Promise.resolve();
  private readonly hashes = new Memo<string>();

  constructor(
    private readonly plan: SweepPlan,
    private readonly points: readonly Point[],
    private readonly settings: SweepSettings,
    private readonly database: SweepDatabase,
  ) {
    this.found = points.map(() => new Map<Fidelity, Outcome>());
  }

  keyOf(point: Point, fidelity: Fidelity): string {
    const { task, model } = point.run;
    const hash = this.hashes.get(`${task}/${model}`, () => modelHash(point.run));
    return pointKey(point, fidelity, this.plan.measuring, hash);
  }

  async levels(): Promise<void> {
    const { measuring } = this.plan;
    const pool = new Pool({
      helpers: this.settings.jobs,
      subjectOf: ({ point }) => {
        try {
          return loadSubject(point.run, point.params, measuring);
        } catch (error) {
          return reasonOf(error);
        }
      },
      onResults: (results) => this.keep(results),
    });
    try {
      if (this.settings.retry) await this.database.forgetFailed();
      const before = await this.database.outcomes();
      let numbers = this.points.map((_, number) => number);
      for (const fidelity of this.plan.levels) {
        const lower = this.level;
        this.level = fidelity;
        if (fidelity !== 'analytic') numbers = this.promoted(numbers, lower);
        await this.measure(pool, numbers, lower, before);
      }
    } finally {
      pool.stop();
    }
  }

  /** Measures those points of a level that are not known from an earlier run. */
  private async measure(pool: Pool, numbers: readonly number[], lower: Fidelity, before: ReadonlyMap<string, Outcome>): Promise<void> {
    const { level, settings } = this;
    const { measuring, simulator } = this.plan;
    this.waiting = new Map();
    const items: Item[] = [];
    for (const number of numbers) {
      const point = this.points[number]!;
      const key = this.keyOf(point, level);
      const outcome = before.get(key);
      if (outcome !== undefined) {
        this.found[number]!.set(level, outcome);
        this.known++;
      } else {
        this.waiting.set(number, key);
        items.push({ number, key, point, subject: subjectId(point.run, point.params), lower: this.found[number]!.get(lower) });
      }
    }
    settings.onLevel(level, numbers.length - items.length, numbers.length);
    await pool.run(jobsOf(items, level, settings.jobs, { measuring, simulator, folder: settings.folder }));
  }

  private promoted(numbers: readonly number[], lower: Fidelity): number[] {
    const candidates = numbers.map((number) => ({ number, point: this.points[number]!, outcome: this.found[number]!.get(lower)! }));
    return promoted(
      candidates.filter(({ point, outcome }) => isFeasible(this.plan, point, outcome)),
      this.plan,
    );
  }

  private async keep(results: readonly Result[]): Promise<void> {
    const { level, waiting } = this;
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

/** Meets the constraints on objectives. */
function isFeasible({ space: { constraints } }: SweepPlan, point: Point, outcome: Outcome): boolean {
  return (
    outcome.state === 'measured' &&
    constraints.every(({ measured, holds }) => !measured || holds({ ...namesOf(point), ...objectivesOf(outcome) }))
  );
}

/** Errors: UserError for a database that cannot be used; a point that fails is recorded. */
export async function sweep(plan: SweepPlan, { points, size, excluded }: Drawn, settings: SweepSettings): Promise<Sweep> {
  const started = performance.now();
  const database = await SweepDatabase.open(settings.out === undefined ? ':memory:' : join(settings.out, databaseName));
  const measurement = new Measurement(plan, points, settings, database);
  try {
    await measurement.levels();
  } finally {
    database.close();
  }
  const table = points.map((point, number) => {
    const levels = measurement.found[number]!;
    const fidelity = [...levels.keys()].at(-1)!;
    const outcome = levels.get(fidelity)!;
    const key = measurement.keyOf(point, fidelity);
    return { number, point, key, fidelity, outcome, levels, feasible: isFeasible(plan, point, outcome) };
  });
  const fronts = frontsOf(table, plan);
  return {
    plan,
    size,
    excluded,
    points: table.map((row) => ({ ...row, front: fronts.has(row.number) })),
    measured: measurement.measured,
    known: measurement.known,
    seconds: (performance.now() - started) / 1000,
  };
}
