/** The points of a design space: all of a grid, or some drawn at random. */
import { randomFrom } from '../../util/random.js';
import { UserError, refuse } from '../../util/errors.js';
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { spaceSize, type Axis } from './axes.js';
import { derivedNames, type Constraint, type Names } from './constraints.js';
import { runFields, type RunPoint, type Value } from './fields.js';
import type { ObjectiveName } from './objectives.js';
import type { OpenKey } from './open-keys.js';

/** What makes a point; the hardware is not checked yet. */
export interface Point {
  readonly params: Params;
  readonly run: RunPoint;
}

export interface Space {
  readonly base: Params;
  readonly axes: readonly Axis[];
  readonly constraints: readonly Constraint[];
  /** Sizes that points take from their models. */
  readonly open: readonly OpenKey[];
}

/** What decides which points there are. */
export type Drawable = Omit<Space, 'open'>;

export interface Drawn {
  readonly points: readonly Point[];
  /** Points of the whole space. */
  readonly size: number;
  /** Points that a constraint on parameters has kept out. */
  readonly excluded: number;
}

const mostPoints = 1_000_000;

export const runDefaults: RunPoint = {
  task: runFields.task.initial,
  model: runFields.model.initial,
  policy: runFields.policy.initial,
  latency: runFields.latency.initial,
  bytesPerCycle: runFields.bytesPerCycle.initial,
};

export function pointAt({ base, axes }: Pick<Space, 'base' | 'axes'>, choice: readonly number[]): Point {
  const changed: Record<string, Record<string, Value>> = {};
  axes.forEach(({ key, values }, axis) => {
    const [group = '', name = ''] = key.split('.');
    (changed[group] ??= {})[name] = values[choice[axis]!]!;
  });
  const { run, ...hardware } = changed;
  const params: Record<string, unknown> = { ...base };
  for (const [group, values] of Object.entries(hardware)) params[group] = { ...(params[group] as object), ...values };
  return { params: params as unknown as Params, run: { ...runDefaults, ...run } as RunPoint };
}

/** All that points of a space may run. */
export function tasksOf({ axes }: Space): string[] {
  return axes.find(({ key }) => key === 'run.task')?.values.map(String) ?? [runDefaults.task];
}

export function valueAt({ params, run }: Point, key: string): Value {
  const [group = '', name = ''] = key.split('.');
  const groups = params as unknown as Readonly<Record<string, Readonly<Record<string, Value>>>>;
  const values = group === 'run' ? (run as unknown as Readonly<Record<string, Value>>) : groups[group]!;
  return values[name]!;
}

/** All that a constraint may name before the point is measured. */
export function namesOf({ params, run }: Point): Names {
  const derived = derive(params);
  const names: Record<string, Value> = {};
  for (const [group, values] of Object.entries({ ...params, run })) {
    if (typeof values === 'string') continue;
    for (const [name, value] of Object.entries(values as Readonly<Record<string, Value>>)) names[`${group}.${name}`] = value;
  }
  for (const name of derivedNames) names[name] = derived[name];
  return names;
}

/** Meets the constraints that are known before it is measured. */
export function keptIn({ constraints }: Pick<Space, 'constraints'>, point: Point): boolean {
  const known = constraints.filter(({ measured }) => !measured);
  if (known.length === 0) return true;
  const names = namesOf(point);
  return known.every(({ holds }) => holds(names));
}

function digits(index: number, axes: readonly Axis[]): number[] {
  const choice = new Array<number>(axes.length);
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { length } = axes[axis]!.values;
    choice[axis] = index % length;
    index = Math.floor(index / length);
  }
  return choice;
}

/** Which constraints alone leave nothing, or that only all together do. */
function contradiction(constraints: readonly Constraint[], size: number, alone: readonly number[]): UserError {
  const empty = constraints.filter((_, i) => alone[i] === 0);
  return new UserError(
    empty.length > 0
      ? empty.map(({ text }) => `constraint ${text}: holds for none of ${size} points; loosen it or widen the axes`)
      : [`constraints: together they leave none of ${size} points; loosen one of ${constraints.map(({ text }) => text).join(', ')}`],
  );
}

/** Budget of points at the last level; or of time. */
export type Budget = { readonly points: number } | { readonly hours: number };

export type Search =
  | { readonly kind: 'grid' }
  | { readonly kind: 'random'; readonly samples: number; readonly seed: number }
  | {
      readonly kind: 'cheapest';
      readonly budget: Budget;
      /** Formula of the cost. */
      readonly minimise: string;
      /** Percent that an objective may be worse than the best. */
      readonly within: Readonly<Partial<Record<ObjectiveName, number>>>;
    }
  | {
      readonly kind: 'random' | 'lhs' | 'nsga2';
      readonly seed: number;
      readonly budget: Budget;
      /** Points of a generation. */
      readonly population: number;
      /** The analytic model proposes what the levels above measure. */
      readonly surrogate: boolean;
    };

/** Points come generation by generation. */
export type GuidedSearch = Extract<Search, { readonly population: number }>;
export type CheapestSearch = Extract<Search, { readonly kind: 'cheapest' }>;
export type FixedSearch = Exclude<Search, GuidedSearch | CheapestSearch>;

/** The points of a space, where a search does not draw them as it goes. Errors: those of drawing. */
export function drawBefore(space: Drawable, search: Search): Drawn | undefined {
  if (search.kind === 'cheapest') return drawPoints(space, { kind: 'grid' });
  return 'population' in search ? undefined : drawPoints(space, search);
}

/** Errors: UserError when the space is too large for a grid, or when constraints leave nothing. */
export function drawPoints(space: Drawable, search: FixedSearch): Drawn {
  const { axes } = space;
  const constraints = space.constraints.filter(({ measured }) => !measured);
  const size = spaceSize(axes);
  const alone = constraints.map(() => 0);
  const points: Point[] = [];
  let excluded = 0;
  const consider = (choice: readonly number[]): void => {
    const point = pointAt(space, choice);
    const names = constraints.length > 0 ? namesOf(point) : {};
    const held = constraints.map(({ holds }) => holds(names));
    held.forEach((good, i) => {
      if (good) alone[i]!++;
    });
    if (held.every(Boolean)) points.push(point);
    else excluded++;
  };
  if (search.kind === 'grid' || search.samples >= size) {
    refuse(
      size > mostPoints
        ? [`space = ${size} points: a grid holds at most ${mostPoints}; leave values out, or use --search random --samples n`]
        : [],
    );
    for (let index = 0; index < size; index++) consider(digits(index, axes));
  } else {
    const random = randomFrom(search.seed);
    const seen = new Set<string>();
    for (let tries = 0; points.length < search.samples && tries < 100 * search.samples + 1000; tries++) {
      const choice = axes.map(({ values }) => Math.floor(random() * values.length));
      const name = choice.join();
      if (seen.has(name)) continue;
      seen.add(name);
      consider(choice);
    }
  }
  if (points.length === 0) throw contradiction(constraints, excluded, alone);
  return { points, size, excluded };
}
