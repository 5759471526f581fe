/**
 * A search generation by generation: random points, Latin hypercubes, or NSGA-II (Deb et al., 2002): non-dominated sorting and
 * crowding over all that was measured, binary tournaments, uniform crossover, mutation to neighbours. The first generation of
 * NSGA-II is a Latin hypercube of two generations. Nothing is measured twice, so nothing that was measured need be dropped: all
 * of the front are parents, however many, where Deb's population has a fixed size. Small generations learn more often.
 *
 * Without a surrogate every point of a generation goes through all levels. With it generations cost nothing but predictions, and
 * the best predicted of them are measured; what was measured corrects the predictions of the next round.
 */
import { randomFrom } from '../../../util/random.js';
import { hypervolumes } from '../hypervolume.js';
import type { Fidelity } from '../key.js';
import type { Objectives } from '../objectives.js';
import type { Outcome } from '../outcome.js';
import type { SweepPlan } from '../plan.js';
import { frontSize, isFeasible, objectivesOf, rankedFirst, sceneOf, type Candidate } from '../promotion.js';
import type { GuidedSearch, Point } from '../space.js';
import { Proposer } from './propose.js';
import { subjectId } from '../subject.js';
import { corrected, type Predicted, type Sample } from './surrogate.js';

export interface Generation {
  /** Points at the last level after it. */
  readonly points: number;
  readonly seconds: number;
  /** Share of the box of all objectives that the measured points beat, in the bounds of all of them; mean of the scenes. */
  readonly hypervolume: number;
}

/** What a search needs of whoever measures. */
export interface Measures {
  readonly points: readonly Point[];
  /** Outcomes of each point, by level. */
  readonly found: readonly ReadonlyMap<Fidelity, Outcome>[];
  /** Numbers of new points. */
  readonly add: (points: readonly Point[]) => number[];
  readonly measure: (level: Fidelity, numbers: readonly number[]) => Promise<void>;
}

/** Generations of predictions before the best of them are measured, and how much larger they are than such as are measured. */
const roundsOfSurrogate = 8;
const predictionsPerPoint = 8;

type OutcomeOf = (number: number) => Outcome | undefined;

export class SearchRun {
  private readonly proposer: Proposer;
  private readonly last: Fidelity;
  private readonly started = performance.now();
  /** Generation of the points that have reached the last level. */
  private readonly generationOf = new Map<number, number>();
  private readonly marks: { readonly points: number; readonly seconds: number }[] = [];

  constructor(
    private readonly measurement: Measures,
    private readonly plan: SweepPlan,
    private readonly search: GuidedSearch,
  ) {
    this.proposer = new Proposer(plan.space, randomFrom(search.seed));
    this.last = plan.levels.at(-1)!;
  }

  /** Errors: those of measuring. */
  async run(): Promise<void> {
    for (let left = this.left(); left > 0; left = this.left()) {
      const before = this.generationOf.size;
      if (this.search.surrogate) await this.predictedRound(Math.min(left, this.plan.promote));
      else await this.measuredRound(Math.min(left, this.marks.length === 0 ? this.firstCount() : this.search.population));
      if (this.generationOf.size === before) break;
    }
  }

  /** Points that constraints on parameters have kept out so far. */
  get excluded(): number {
    return this.proposer.excluded;
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** Points that the budget still allows. */
  private left(): number {
    const { budget } = this.search;
    if ('points' in budget) return budget.points - this.generationOf.size;
    return this.seconds() < 3600 * budget.hours ? Infinity : 0;
  }

  /** A Latin hypercube of all points where their number is known; what NSGA-II begins with. */
  private firstCount(): number {
    const { kind, budget, population } = this.search;
    if (kind === 'lhs' && 'points' in budget) return budget.points;
    return kind === 'nsga2' ? 2 * population : population;
  }

  private propose(count: number, ranked: readonly number[]): Point[] {
    const { kind } = this.search;
    if (kind === 'random') return this.proposer.anywhere(count);
    if (kind === 'lhs' || this.proposer.choices.length === 0) return this.proposer.latin(count);
    return this.proposer.children(count, ranked);
  }

  private known(outcomeOf: OutcomeOf, among?: readonly number[]): Candidate[] {
    const { points } = this.measurement;
    return (among ?? points.map((_, number) => number)).flatMap((number) => {
      const outcome = outcomeOf(number);
      return outcome?.state === 'measured' ? [{ number, point: points[number]!, outcome }] : [];
    });
  }

  private feasible(known: readonly Candidate[]): Candidate[] {
    return known.filter(({ point, outcome }) => isFeasible(this.plan, point, outcome));
  }

  /** The best of all points whose outcome is known, best first; such as meet the constraints come before the others. */
  private ranked(outcomeOf: OutcomeOf, count: number, among?: readonly number[]): number[] {
    const known = this.known(outcomeOf, among);
    const feasible = this.feasible(known);
    const ranked = rankedFirst(feasible, this.plan, count);
    if (ranked.length >= count) return ranked;
    const rest = known.filter((one) => !feasible.includes(one));
    return [...ranked, ...rankedFirst(rest, this.plan, count - ranked.length)];
  }

  /** The whole front, and the next best where it is smaller than a generation. */
  private parents(outcomeOf: OutcomeOf): number[] {
    const front = frontSize(this.feasible(this.known(outcomeOf)), this.plan);
    return this.ranked(outcomeOf, Math.max(front, this.search.population));
  }

  private async measuredRound(count: number): Promise<void> {
    const { found } = this.measurement;
    const parents = this.parents((number) => found[number]!.get(this.last));
    const numbers = this.measurement.add(this.propose(count, parents));
    await this.climb(numbers, numbers.length);
    // What fails below has had its try.
    numbers.forEach((number) => this.generationOf.set(number, this.marks.length));
    this.mark();
  }

  /** Every level, as many points going up; those that cannot be stay where they are. */
  private async climb(numbers: readonly number[], count: number): Promise<number[]> {
    const { levels } = this.plan;
    const { found } = this.measurement;
    let chosen = [...numbers];
    for (const [at, level] of levels.entries()) {
      const below = levels[at - 1];
      if (below !== undefined) chosen = this.ranked((number) => found[number]!.get(below), count, chosen).sort((a, b) => a - b);
      if (chosen.length > 0) await this.measurement.measure(level, chosen);
    }
    return chosen;
  }

  private samples(): Sample[] {
    const { found } = this.measurement;
    return [...this.generationOf.keys()].flatMap((number) => {
      const [analytic, simulated] = [found[number]!.get('analytic'), found[number]!.get(this.last)];
      if (analytic?.state !== 'measured' || simulated?.state !== 'measured') return [];
      return [{ ...this.predicted(number, analytic.objectives), simulated: simulated.objectives }];
    });
  }

  private predicted(number: number, analytic: Objectives): Predicted {
    const point = this.measurement.points[number]!;
    const subject = subjectId(point.run, point.params);
    return { scene: sceneOf(point), subject, choice: this.proposer.choices[number]!, analytic };
  }

  private async predictedRound(count: number): Promise<void> {
    const { found, points } = this.measurement;
    const samples = this.samples();
    const guess = (number: number): Outcome | undefined => {
      const analytic = found[number]!.get('analytic');
      if (analytic?.state !== 'measured') return analytic;
      const known = found[number]!.get(this.last);
      if (known?.state === 'measured') return known;
      return { ...analytic, objectives: corrected(this.predicted(number, analytic.objectives), samples) };
    };
    for (let round = 0; round < roundsOfSurrogate; round++) {
      const size = predictionsPerPoint * this.search.population;
      const fresh = this.measurement.add(this.propose(size, this.parents(guess)));
      if (fresh.length === 0) break;
      await this.measurement.measure('analytic', fresh);
    }
    const open = points.map((_, number) => number).filter((number) => found[number]!.size === 1);
    const best = this.ranked(guess, count, open).sort((a, b) => a - b);
    const generation = this.marks.length;
    for (const level of this.plan.levels.slice(1)) await this.measurement.measure(level, best);
    best.forEach((number) => this.generationOf.set(number, generation));
    this.mark();
  }

  private mark(): void {
    this.marks.push({ points: this.generationOf.size, seconds: this.seconds() });
  }

  /** Generations that have ended. */
  generations(): Generation[] {
    const { points, found } = this.measurement;
    const placed = [...this.generationOf].flatMap(([number, generation]) => {
      const outcome = found[number]!.get(this.last);
      const point = points[number]!;
      return outcome === undefined || !isFeasible(this.plan, point, outcome)
        ? []
        : [{ scene: sceneOf(point), generation, objectives: objectivesOf(outcome) }];
    });
    const volumes = hypervolumes(placed, this.plan.objectives, this.marks.length);
    return this.marks.map((mark, i) => ({ ...mark, hypervolume: volumes[i]! }));
  }
}
