/** A sweep from its plan to the table: level by level, the best of each going up, what is known already not measured again. */
import { join } from 'node:path';
import { configHash } from '../../rtl/design.js';
import { namesOf, type Drawn, type Point } from './space.js';
import { SweepDatabase, type Row } from './database.js';
import { groupBy } from './groups.js';
import type { Item, Job } from './jobs.js';
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

/** Errors: UserError for a database that cannot be used; a point that fails is recorded. */
export async function sweep(plan: SweepPlan, { points, size, excluded }: Drawn, settings: SweepSettings): Promise<Sweep> {
  const started = performance.now();
  const {
    space: { constraints },
    levels,
    measuring,
    simulator,
  } = plan;
  const database = await SweepDatabase.open(settings.out === undefined ? ':memory:' : join(settings.out, databaseName));
  const hashes = new Memo<string>();
  const keyOf = (point: Point, fidelity: Fidelity): string =>
    pointKey(
      point,
      fidelity,
      measuring,
      hashes.get(`${point.run.task}/${point.run.model}`, () => modelHash(point.run)),
    );
  const held = (point: Point, outcome: Outcome): boolean =>
    outcome.state === 'measured' &&
    constraints.every(({ measured, holds }) => !measured || holds({ ...namesOf(point), ...objectivesOf(outcome) }));
  const found = points.map((): Map<Fidelity, Outcome> => new Map());
  let measured = 0;
  let known = 0;
  let level: Fidelity = 'analytic';
  let waiting = new Map<number, Row['key']>();
  // One after the other, whichever helper they come from.
  let appended = Promise.resolve();
  const pool = new Pool({
    helpers: settings.jobs,
    subjectOf: ({ point }) => {
      try {
        return loadSubject(point.run, point.params, measuring);
      } catch (error) {
        return reasonOf(error);
      }
    },
    onResults: async (results) => {
      appended = appended.then(() =>
        database.append(
          results.map(({ number, outcome }) => ({ key: waiting.get(number)!, fidelity: level, point: points[number]!, outcome })),
        ),
      );
      await appended;
      for (const { number, outcome } of results) {
        found[number]!.set(level, outcome);
        settings.onDone(outcome.state === 'failed');
      }
      measured += results.length;
    },
  });
  try {
    if (settings.retry) await database.forgetFailed();
    const before = await database.outcomes();
    let numbers = points.map((_, number) => number);
    for (const fidelity of levels) {
      const lower = level;
      level = fidelity;
      if (fidelity !== 'analytic') {
        numbers = promoted(
          numbers
            .map((number) => ({ number, point: points[number]!, outcome: found[number]!.get(lower)! }))
            .filter(({ point, outcome }) => held(point, outcome)),
          plan,
        );
      }
      waiting = new Map();
      const items: Item[] = [];
      for (const number of numbers) {
        const point = points[number]!;
        const key = keyOf(point, fidelity);
        const outcome = before.get(key);
        if (outcome !== undefined) {
          found[number]!.set(fidelity, outcome);
          known++;
        } else {
          waiting.set(number, key);
          items.push({ number, key, point, subject: subjectId(point.run, point.params), lower: found[number]!.get(lower) });
        }
      }
      settings.onLevel(fidelity, numbers.length - items.length, numbers.length);
      await pool.run(jobsOf(items, fidelity, settings.jobs, { measuring, simulator, folder: settings.folder }));
    }
  } finally {
    pool.stop();
    database.close();
  }
  const table = points.map((point, number) => {
    const outcomes = found[number]!;
    const fidelity = [...outcomes.keys()].at(-1)!;
    const outcome = outcomes.get(fidelity)!;
    return { number, point, key: keyOf(point, fidelity), fidelity, outcome, levels: outcomes, feasible: held(point, outcome) };
  });
  const fronts = frontsOf(table, plan);
  return {
    plan,
    size,
    excluded,
    points: table.map((row) => ({ ...row, front: fronts.has(row.number) })),
    measured,
    known,
    seconds: (performance.now() - started) / 1000,
  };
}
