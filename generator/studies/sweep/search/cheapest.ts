/**
 * The cheapest hardware that is nearly as good as the best: of all designs that can run every task and memory of the space the
 * one of least cost whose objectives are, in each of them, within so many percent of the best that any design reaches there.
 *
 * The analytic model predicts all points of the grid. Then, round by round, what the answer rests on is simulated: the best point
 * of every scene, and the cheapest design in all scenes. What was simulated corrects the predictions (surrogate.ts), and a point
 * that was not counts as good as the largest error seen in its scene allows. So when all that the answer rests on has been
 * simulated, another design is cheaper only where the model errs more than anywhere it was tried.
 */
import { groupBy } from '../../../util/groups.js';
import { parseFormula } from '../constraints.js';
import { cost, objectiveNames, objectives as known, type Objective, type ObjectiveName, type Objectives } from '../objectives.js';
import type { SweepPlan } from '../plan.js';
import { isFeasible, sceneOf } from '../promotion.js';
import { namesOf, valueAt, type CheapestSearch, type Point } from '../space.js';
import type { Choice } from './choices.js';
import type { Measures } from './run-search.js';
import { corrected, type Sample } from './surrogate.js';

/** Keys that come with a question, and are no part of its answer. */
export const givenKeys: readonly string[] = ['run.task', 'run.latency', 'run.bytesPerCycle'];

/** How an answer does in one task and memory. */
export interface AnswerScene {
  readonly scene: string;
  readonly point: number;
  readonly objectives: readonly AnswerObjective[];
}

interface AnswerObjective {
  readonly name: ObjectiveName;
  readonly value: number;
  readonly best: number;
  readonly bestPoint: number;
}

export interface Answer {
  readonly cost: number;
  readonly scenes: readonly AnswerScene[];
  /** Points at the last level, of so many in the grid. */
  readonly simulated: number;
  readonly of: number;
  /** All that the answer rests on was simulated; else the budget ended before. */
  readonly settled: boolean;
}

/** Measures also points that one hardware runs. */
export interface DesignMeasures extends Measures {
  /** Numbers of new points whose sizes are enough for all of them. */
  readonly addDesign: (points: readonly Point[]) => number[];
}

/** A point of every scene on one hardware. */
type Design = readonly number[];

interface Judgement {
  /** Predictions by point; undefined for a point that cannot be, or that breaks a constraint. */
  readonly guesses: readonly (Objectives | undefined)[];
  /** Best point of each scene and objective. */
  readonly best: ReadonlyMap<string, ReadonlyMap<ObjectiveName, number>>;
}

interface Priced {
  readonly design: Design;
  readonly cost: number;
  /** How far it is from the best, over all scenes and objectives: what decides between equal costs. */
  readonly excess: number;
}

export class CheapestRun {
  private readonly started = performance.now();
  private readonly simulated = new Set<number>();
  private designs: Design[] = [];
  private choices: Choice[] = [];
  private readonly by: readonly ObjectiveName[];
  private readonly costOf: (point: Point, found: Objectives) => number;

  constructor(
    private readonly measurement: DesignMeasures,
    private readonly plan: SweepPlan,
    private readonly search: CheapestSearch,
    private readonly drawn: readonly Point[],
  ) {
    const { minimise, within } = search;
    this.by = objectiveNames.filter((name) => within[name] !== undefined);
    const formula = parseFormula(minimise, [])!;
    this.costOf = (point, found) => formula({ ...namesOf(point), ...found }) ?? NaN;
  }

  /** Errors: those of measuring. */
  async run(): Promise<void> {
    const { axes } = this.plan.space;
    const own = axes.filter(({ key }) => !givenKeys.includes(key));
    const groups = groupBy(this.drawn, (point) => own.map(({ key }) => valueAt(point, key)).join());
    const scenes = new Set(this.drawn.map(sceneOf)).size;
    this.designs = groups.map((group) => this.measurement.addDesign(group)).filter((design) => design.length === scenes);
    const { points } = this.measurement;
    this.choices = points.map((point) => axes.map(({ key, values }) => values.indexOf(valueAt(point, key))));
    const all = points.map((_, number) => number);
    await this.measurement.measure('analytic', all);
    for (let next = this.next(); next.length > 0; next = this.next()) {
      for (const level of this.plan.levels.slice(1)) await this.measurement.measure(level, next);
      next.forEach((number) => this.simulated.add(number));
    }
  }

  /** Answer of the search; undefined when no design that was simulated is good enough. */
  answer(): Answer | undefined {
    const judged = this.judge();
    const { guesses, best } = judged;
    const found = this.cheapest(judged, (number) => this.isKnown(number));
    if (found === undefined) return undefined;
    const { points } = this.measurement;
    return {
      cost: found.cost,
      simulated: this.simulated.size,
      of: points.length,
      settled: this.foundation(judged).every((number) => this.isKnown(number)),
      scenes: found.design.map((point) => {
        const scene = sceneOf(points[point]!);
        const objectives = this.by.map((name): AnswerObjective => {
          const bestPoint = best.get(scene)!.get(name)!;
          return { name, value: guesses[point]![name]!, best: guesses[bestPoint]![name]!, bestPoint };
        });
        return { scene, point, objectives };
      }),
    };
  }

  /** Nothing is above the analytic level, or the point went there. */
  private isKnown(number: number): boolean {
    return this.plan.levels.length === 1 || this.simulated.has(number);
  }

  /** What the answer rests on and nobody has simulated, as far as the budget goes. */
  private next(): number[] {
    const { budget } = this.search;
    const hours = (performance.now() - this.started) / 3_600_000;
    const left = 'points' in budget ? budget.points - this.simulated.size : hours < budget.hours ? Infinity : 0;
    return this.foundation(this.judge())
      .filter((number) => !this.isKnown(number))
      .slice(0, left);
  }

  /** Points that the answer rests on: the best of all scenes, and those of the cheapest design. */
  private foundation(judged: Judgement): number[] {
    const best = [...judged.best.values()].flatMap((ofScene) => [...ofScene.values()]);
    return [...new Set([...best, ...(this.cheapest(judged)?.design ?? [])])];
  }

  private judge(): Judgement {
    const { points, found } = this.measurement;
    const last = this.plan.levels.at(-1)!;
    const samples = this.samples();
    const errors = new Map([...samples].map(([scene, list]) => [scene, largestErrors(list)]));
    const guesses = points.map((point, number): Objectives | undefined => {
      const highest = found[number]!.get(last) ?? [...found[number]!.values()].at(-1);
      if (highest === undefined || !isFeasible(this.plan, point, highest) || highest.state === 'failed') return undefined;
      if (this.isKnown(number)) return highest.objectives;
      const scene = sceneOf(point);
      const guess = corrected(scene, this.choices[number]!, highest.objectives, samples.get(scene) ?? []);
      return atBest(guess, errors.get(scene) ?? {});
    });
    return { guesses, best: this.bests(guesses) };
  }

  private samples(): Map<string, Sample[]> {
    const { found, points } = this.measurement;
    const samples = new Map<string, Sample[]>();
    for (const number of this.simulated) {
      const [analytic, simulated] = [found[number]!.get('analytic'), found[number]!.get(this.plan.levels.at(-1)!)];
      if (analytic?.state !== 'measured' || simulated?.state !== 'measured') continue;
      const scene = sceneOf(points[number]!);
      const sample = { scene, choice: this.choices[number]!, analytic: analytic.objectives, simulated: simulated.objectives };
      samples.set(scene, [...(samples.get(scene) ?? []), sample]);
    }
    return samples;
  }

  /** Best points; among equally good ones such as were simulated. */
  private bests(guesses: readonly (Objectives | undefined)[]): Map<string, Map<ObjectiveName, number>> {
    const best = new Map<string, Map<ObjectiveName, number>>();
    guesses.forEach((guess, number) => {
      if (guess === undefined) return;
      const scene = sceneOf(this.measurement.points[number]!);
      const ofScene = best.get(scene) ?? new Map<ObjectiveName, number>();
      best.set(scene, ofScene);
      for (const name of this.by) {
        const before = ofScene.get(name);
        const less = before === undefined ? -1 : cost(name, guess) - cost(name, guesses[before]!);
        if (less < 0 || (less === 0 && !this.isKnown(before!) && this.isKnown(number))) ofScene.set(name, number);
      }
    });
    return best;
  }

  /** The least cost of those that are good enough in all scenes. */
  private cheapest(judged: Judgement, among: (number: number) => boolean = () => true): Priced | undefined {
    let found: Priced | undefined;
    for (const design of this.designs) {
      if (!design.every(among)) continue;
      const priced = this.price(design, judged);
      if (priced === undefined) continue;
      if (found === undefined || priced.cost < found.cost || (priced.cost === found.cost && priced.excess < found.excess)) found = priced;
    }
    return found;
  }

  /** Price of a design; undefined when it is not good enough somewhere. */
  private price(design: Design, { guesses, best }: Judgement): Priced | undefined {
    const { points } = this.measurement;
    let [most, excess] = [-Infinity, 0];
    for (const number of design) {
      const [point, guess] = [points[number]!, guesses[number]];
      if (guess === undefined) return undefined;
      for (const name of this.by) {
        const factor = lossOf(name, guess, guesses[best.get(sceneOf(point))!.get(name)!]!);
        if (!(factor <= this.search.within[name]! / 100)) return undefined;
        excess += factor;
      }
      most = Math.max(most, this.costOf(point, guess));
    }
    return Number.isNaN(most) ? undefined : { design, cost: most, excess };
  }
}

/** Share by which a value is worse than the best. */
function lossOf(name: ObjectiveName, { [name]: value }: Objectives, { [name]: best }: Objectives): number {
  if (value === undefined || best === undefined) return Infinity;
  if (value === best) return 0;
  return known[name].better === 'lower' ? value / best - 1 : 1 - value / best;
}

type Errors = Readonly<Partial<Record<ObjectiveName, number>>>;

/** How wrong each sample would have been guessed from all the others, at most. */
function largestErrors(samples: readonly Sample[]): Errors {
  const errors: Partial<Record<ObjectiveName, number>> = {};
  samples.forEach((sample, i) => {
    const { scene, choice, analytic, simulated } = sample;
    const guess = corrected(scene, choice, analytic, samples.toSpliced(i, 1));
    for (const name of objectiveNames) {
      const [guessed, true_] = [guess[name], simulated[name]];
      if (guessed === undefined || true_ === undefined || true_ === 0) continue;
      errors[name] = Math.max(errors[name] ?? 0, Math.abs(guessed / true_ - 1));
    }
  });
  return errors;
}

/** Guess that is as good as such errors allow. */
function atBest(guess: Objectives, errors: Errors): Objectives {
  return Object.fromEntries(
    objectiveNames.flatMap((name) => {
      const [value, { better, most = Infinity }] = [guess[name], known[name] as Objective];
      if (value === undefined) return [];
      const factor = 1 + (errors[name] ?? 0);
      return [[name, better === 'lower' ? value / factor : Math.min(most, value * factor)]];
    }),
  );
}
