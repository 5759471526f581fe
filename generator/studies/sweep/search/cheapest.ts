/**
 * The cheapest hardware that is nearly as good as the best: of all designs that can run every task and memory of the space the
 * one of least cost whose objectives are, in each of them, within so many percent of the best that any design reaches there.
 *
 * The analytic model predicts all points of the grid. Then, round by round, what the answer rests on is measured: the best point
 * of every scene, and the cheapest design in all scenes. What was measured corrects the predictions (surrogate.ts), and a point
 * that was not counts as good as the largest error seen in its scene allows. So when all that the answer rests on has been
 * measured, another design is cheaper only where the model errs more than anywhere it was tried. Likewise for the answer that
 * there is none: the best of every scene were measured, and no design is predicted to come near enough to them.
 */
import { UserError } from '../../../util/errors.js';
import { groupBy } from '../../../util/groups.js';
import { parseFormula } from '../constraints.js';
import { cost, objectiveNames, objectives as known, type Objective, type ObjectiveName, type Objectives } from '../objectives.js';
import type { SweepPlan } from '../plan.js';
import { isFeasible, sceneOf } from '../promotion.js';
import { namesOf, valueAt, type CheapestSearch, type Point } from '../space.js';
import { subjectId } from '../subject.js';
import type { Choice } from './choices.js';
import type { Measures } from './run-search.js';
import { accuracyOfModel, corrected, type Predicted, type Sample } from './surrogate.js';

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

/** What was done for an answer. */
interface Effort {
  /** Points that went to the last level, which is above the analytic one; of so many in the grid. */
  readonly measured: number;
  readonly of: number;
  /** All that the answer rests on was measured; else the budget was spent before. */
  readonly settled: boolean;
  /** The search still goes on. */
  readonly running: boolean;
}

/** The cheapest of the designs that were measured and are good enough. */
export interface Answer extends Effort {
  readonly found: true;
  readonly cost: number;
  readonly scenes: readonly AnswerScene[];
}

/** No design that was measured is good enough: settled, there is none; else it is not known yet. */
export interface NoAnswer extends Effort {
  readonly found: false;
  /** The cheapest by what is known and predicted, one point for each scene. */
  readonly predicted: { readonly cost: number; readonly points: readonly number[]; readonly measured: number } | undefined;
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
  private readonly measured = new Set<number>();
  private running = true;
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
    this.requireCosts();
    for (let next = this.next(); next.length > 0; next = this.next()) {
      for (const level of this.plan.levels.slice(1)) await this.measurement.measure(level, next);
      next.forEach((number) => this.measured.add(number));
    }
    this.running = false;
  }

  /** Errors: UserError when the formula has no finite value for some point, so that nothing is dearer or cheaper than it. */
  private requireCosts(): void {
    const { points, found } = this.measurement;
    const { minimise } = this.search;
    points.forEach((point, number) => {
      const outcome = found[number]!.get('analytic');
      if (outcome?.state !== 'measured') return;
      const value = this.costOf(point, outcome.objectives);
      if (Number.isFinite(value)) return;
      const what = Number.isNaN(value) ? 'has no value' : 'is infinite';
      throw new UserError([
        `minimise ${minimise}: ${what} for point ${number} (${point.run.task}); name what every point has as a number, and divide by nothing that can be 0`,
      ]);
    });
  }

  /** What is known so far; in the end the answer of the search. */
  answer(): Answer | NoAnswer {
    const judged = this.judge();
    const { guesses, best } = judged;
    const { points } = this.measurement;
    const found = this.cheapest(judged, (number) => this.isKnown(number));
    const settled = !this.running && this.foundation(judged).every((number) => this.isKnown(number));
    const effort: Effort = { measured: this.measured.size, of: points.length, settled, running: this.running };
    if (found === undefined) {
      const next = this.cheapest(judged);
      const measured = next?.design.filter((number) => this.isKnown(number)).length ?? 0;
      return { ...effort, found: false, predicted: next && { cost: next.cost, points: next.design, measured } };
    }
    return {
      ...effort,
      found: true,
      cost: found.cost,
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
    return this.plan.levels.length === 1 || this.measured.has(number);
  }

  /** What the answer rests on and nobody has measured, as far as the budget goes. */
  private next(): number[] {
    const { budget } = this.search;
    const hours = (performance.now() - this.started) / 3_600_000;
    const left = 'points' in budget ? budget.points - this.measured.size : hours < budget.hours ? Infinity : 0;
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
      const predicted = this.predicted(number, highest.objectives);
      const [ofScene, error] = [samples.get(predicted.scene) ?? [], errors.get(predicted.scene) ?? {}];
      const isExact = accuracyOfModel(predicted, ofScene) !== undefined;
      return atBest(corrected(predicted, ofScene), isExact ? { ...error, accuracy: 0 } : error);
    });
    return { guesses, best: this.bests(guesses) };
  }

  private predicted(number: number, analytic: Objectives): Predicted {
    const point = this.measurement.points[number]!;
    return { scene: sceneOf(point), subject: subjectId(point.run, point.params), choice: this.choices[number]!, analytic };
  }

  private samples(): Map<string, Sample[]> {
    const { found } = this.measurement;
    const samples = new Map<string, Sample[]>();
    for (const number of this.measured) {
      const [analytic, simulated] = [found[number]!.get('analytic'), found[number]!.get(this.plan.levels.at(-1)!)];
      if (analytic?.state !== 'measured' || simulated?.state !== 'measured') continue;
      const sample = { ...this.predicted(number, analytic.objectives), simulated: simulated.objectives };
      samples.set(sample.scene, [...(samples.get(sample.scene) ?? []), sample]);
    }
    return samples;
  }

  /** Best points; among equally good ones such as were measured. */
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
        if (!(factor <= this.search.within[name]! / 100 + rounding)) return undefined;
        excess += factor;
      }
      most = Math.max(most, this.costOf(point, guess));
    }
    return Number.isNaN(most) ? undefined : { design, cost: most, excess };
  }
}

/** What quotients of equal values may differ by. */
const rounding = 1e-12;

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
    const { simulated } = sample;
    const others = samples.toSpliced(i, 1);
    // Points of one model say nothing about how wrong the accuracy of another one is.
    const { accuracy } = corrected(
      sample,
      others.filter(({ subject }) => subject !== sample.subject),
    );
    const guess: Objectives = { ...corrected(sample, others), ...(accuracy !== undefined && { accuracy }) };
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
