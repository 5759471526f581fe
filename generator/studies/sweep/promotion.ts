/** Which points go up a level, and which are on a front: points of one scene compete, and no others. */
import { extentOf } from '../../util/extent.js';
import { groupBy } from '../../util/groups.js';
import type { Objectives } from './objectives.js';
import type { Outcome } from './outcome.js';
import { bestFirst, paretoFront } from './pareto.js';
import type { SweepPlan } from './plan.js';
import { namesOf, type Point } from './space.js';
import type { Fidelity } from './key.js';

/** Points of one task under one memory compete with each other; a memory is given, not chosen. */
export function sceneOf({ run: { task, latency, bytesPerCycle } }: Point): string {
  return `${task}, latency ${latency}, ${bytesPerCycle} bytes a cycle`;
}

export function objectivesOf(outcome: Outcome): Objectives {
  return outcome.state === 'measured' ? outcome.objectives : {};
}

export interface Candidate {
  readonly number: number;
  readonly point: Point;
  readonly outcome: Outcome;
}

/** Numbers of the `count` best, best first: those of every scene in turn, all of one design and scene counted each. */
export function rankedFirst(candidates: readonly Candidate[], { objectives }: Pick<SweepPlan, 'objectives'>, count: number): number[] {
  const scenes = groupBy(candidates, ({ point }) => sceneOf(point));
  const orders = scenes.map((group) =>
    bestFirst(
      group.map(({ outcome }) => objectivesOf(outcome)),
      objectives,
      count,
    ).map((i) => group[i]!.number),
  );
  const best: number[] = [];
  for (let round = 0; best.length < count && orders.some((order) => round < order.length); round++) {
    for (const order of orders) if (round < order.length) best.push(order[round]!);
  }
  return best.slice(0, count);
}

/** Points that no other one of their scene beats. */
export function frontSize(candidates: readonly Candidate[], { objectives }: Pick<SweepPlan, 'objectives'>): number {
  return groupBy(candidates, ({ point }) => sceneOf(point)).reduce(
    (sum, group) =>
      sum +
      paretoFront(
        group.map(({ outcome }) => objectivesOf(outcome)),
        objectives,
      ).length,
    0,
  );
}

/** Meets the constraints on objectives. */
export function isFeasible({ space: { constraints } }: Pick<SweepPlan, 'space'>, point: Point, outcome: Outcome): boolean {
  return (
    outcome.state === 'measured' &&
    constraints.every(({ measured, holds }) => !measured || holds({ ...namesOf(point), ...objectivesOf(outcome) }))
  );
}

interface Row extends Candidate {
  readonly fidelity: Fidelity;
  readonly feasible: boolean;
}

/** Fronts of every scene, among the points that went highest in it: a prediction does not compete with a measurement. */
export function frontsOf(table: readonly Row[], { objectives, levels }: Pick<SweepPlan, 'objectives' | 'levels'>): Set<number> {
  const fronts = new Set<number>();
  for (const scene of groupBy(
    table.filter(({ feasible }) => feasible),
    ({ point }) => sceneOf(point),
  )) {
    const highest = extentOf(scene.map(({ fidelity }) => levels.indexOf(fidelity)))[1];
    const group = scene.filter(({ fidelity }) => levels.indexOf(fidelity) === highest);
    for (const i of paretoFront(
      group.map(({ outcome }) => objectivesOf(outcome)),
      objectives,
    ))
      fronts.add(group[i]!.number);
  }
  return fronts;
}
