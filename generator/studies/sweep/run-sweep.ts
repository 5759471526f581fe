/** A sweep from its plan to the table: level by level, the best of each going up, what is known already not measured again. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SweepDatabase } from './database.js';
import type { Fidelity } from './key.js';
import type { LaunchRecord } from './launch/launcher.js';
import type { SlurmSettings } from './launch/slurm/launcher.js';
import { Measurement } from './measurement.js';
import type { Outcome } from './outcome.js';
import type { SweepPlan } from './plan.js';
import { frontsOf, isFeasible, rankedFirst } from './promotion.js';
import { CheapestRun, type Answer, type NoAnswer } from './search/cheapest.js';
import { SearchRun, type Generation } from './search/run-search.js';
import { spaceSize } from './axes.js';
import type { Drawn, Point } from './space.js';

/** One point with all that is known of it. */
export interface SweptPoint {
  readonly number: number;
  readonly point: Point;
  readonly key: string;
  /** Key at which it was simulated, which names the folder of its files. */
  readonly simulation: string | undefined;
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
  readonly launch: LaunchRecord;
  /** Generations of a search that goes on from what it has found. */
  readonly generations: readonly Generation[] | undefined;
  /** What a search for the cheapest hardware has found. */
  readonly answer: Answer | NoAnswer | undefined;
}

export interface SweepSettings {
  /** Folder of points.duckdb and of simulations; undefined: nothing is kept. */
  readonly out: string | undefined;
  /** Folder for the files of simulations. */
  readonly folder: string;
  /** Leave the files of simulations and syntheses there. */
  readonly keep: boolean;
  readonly jobs: number;
  /** Measure what has failed before again. */
  readonly retry: boolean;
  /** Jobs of a cluster measure all levels above the analytic one, of which a job would cost more than its points. */
  readonly slurm?: Omit<SlurmSettings, 'sweep' | 'signal'> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onLevel: (fidelity: Fidelity, done: number, of: number) => void;
  readonly onDone: (failed: boolean) => void;
  /** Callback, once, with a way to see the points that are known by then, at any time until the sweep ends. */
  readonly onBegin?: (now: () => Sweep) => void;
}

export const databaseName = 'points.duckdb';

/** All points at the first level, and the best of each level at the next. */
async function climb(measurement: Measurement, plan: SweepPlan, numbers: readonly number[]): Promise<void> {
  let chosen = [...numbers];
  let lower: Fidelity | undefined;
  for (const level of plan.levels) {
    if (lower !== undefined) {
      const below = lower;
      const candidates = chosen
        .map((number) => ({ number, point: measurement.points[number]!, outcome: measurement.found[number]!.get(below)! }))
        .filter(({ point, outcome }) => isFeasible(plan, point, outcome));
      chosen = rankedFirst(candidates, plan, plan.promote).sort((a, b) => a - b);
    }
    await measurement.measure(level, chosen);
    lower = level;
  }
}

/** All points that are known at some level. */
function tableOf(measurement: Measurement, plan: SweepPlan): SweptPoint[] {
  const table = measurement.points.flatMap((point, number) => {
    const levels = new Map(measurement.found[number]!);
    const highest = [...levels].at(-1);
    if (highest === undefined) return [];
    const [fidelity, outcome] = highest;
    const key = measurement.keyOf(point, fidelity);
    const simulation = levels.has('rtl') ? measurement.keyOf(point, 'rtl') : undefined;
    return [{ number, point, key, simulation, fidelity, outcome, levels, feasible: isFeasible(plan, point, outcome) }];
  });
  const fronts = frontsOf(table, plan);
  return table.map((row) => ({ ...row, front: fronts.has(row.number) }));
}

/** Errors: UserError for a database that cannot be used; Interrupted; a point that fails is recorded. */
export async function sweep(plan: SweepPlan, drawn: Drawn | undefined, settings: SweepSettings): Promise<Sweep> {
  const { space } = plan;
  const started = performance.now();
  const path = settings.out === undefined ? ':memory:' : join(settings.out, databaseName);
  const isNew = settings.out !== undefined && !existsSync(path);
  let opened = false;
  const database = await SweepDatabase.open(path);
  const measurement = new Measurement(plan, settings, database);
  const points = drawn?.points ?? [];
  const guided = 'population' in plan.search ? new SearchRun(measurement, plan, plan.search) : undefined;
  const cheapest = plan.search.kind === 'cheapest' ? new CheapestRun(measurement, plan, plan.search, points) : undefined;
  const now = (): Sweep => ({
    plan,
    size: spaceSize(space.axes),
    excluded: guided?.excluded ?? drawn?.excluded ?? 0,
    points: tableOf(measurement, plan),
    measured: measurement.measured,
    known: measurement.known,
    seconds: (performance.now() - started) / 1000,
    launch: measurement.launched,
    generations: guided?.generations(),
    answer: cheapest?.answer(),
  });
  try {
    await measurement.open();
    opened = true;
    settings.onBegin?.(now);
    await (guided?.run() ?? cheapest?.run() ?? climb(measurement, plan, measurement.add(points)));
    await measurement.finish();
  } finally {
    try {
      await measurement.stop();
    } finally {
      database.close();
      // What is refused leaves nothing behind.
      if (isNew && !opened) rmSync(path);
    }
  }
  return now();
}
