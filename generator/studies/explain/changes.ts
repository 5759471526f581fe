/** Every parameter one step up and one step down, predicted by the analytic model. */
import { fields, type Field } from '../../params/fields.js';
import { UserError } from '../../util/errors.js';
import { runFields, type Value } from '../sweep/fields.js';
import type { SubjectOnHardware } from '../sweep/hardware.js';
import { measureAnalytic } from '../sweep/measure.js';
import type { Objectives } from '../sweep/objectives.js';
import { settled, sizeKeys, withOpenSizes, type OpenKey } from '../sweep/open-keys.js';
import { reasonOf } from '../sweep/outcome.js';
import { pointAt, runDefaults, valueAt, type Point } from '../sweep/space.js';

/** Neighbours of a value: half and double of powers of two, one less and one more of other numbers, every other choice. */
export function stepsOf(field: Field, value: Value): Value[] {
  if ('choices' in field) return field.choices.filter((choice) => choice !== value);
  const number = Number(value);
  const near = field.powerOfTwo === true ? [number / 2, 2 * number] : [number - 1, number + 1];
  return near.filter((one) => one >= field.min && one <= field.max);
}

export interface Change {
  readonly key: string;
  readonly from: Value;
  readonly to: Value;
  /** Sizes that the point needs larger with it, and `run.model` where it takes another. */
  readonly raised: Readonly<Record<string, Value>>;
  readonly point: Point;
  readonly objectives: Objectives;
}

export interface Impossible extends Pick<Change, 'key' | 'from' | 'to'> {
  readonly reason: string;
}

/** The hardware but for numerics, whose change would be another model; how inputs share a window. The memory is given. */
const changeable: readonly (readonly [key: string, field: Field])[] = [
  ...Object.entries(fields)
    .filter(([group]) => group !== 'numerics')
    .flatMap(([group, members]) => Object.entries(members).map(([name, field]) => [`${group}.${name}`, field] as const)),
  ['run.policy', runFields.policy],
];

/** Gives the model of a point. */
export type SubjectOf = (point: Point) => SubjectOnHardware;

/** Whether a point has the model that a sweep gives it where nobody names one, so that other hardware may take another. */
export function takesUsualModel(point: Point, open: readonly OpenKey[], on: SubjectOf): boolean {
  return open.includes('run.model') && withUsualModel(point, on).run.model === point.run.model;
}

function withUsualModel(point: Point, on: SubjectOf): Point {
  return settled({ ...point, run: { ...point.run, model: runDefaults.model } }, ['run.model'], (one) => on(one).subject.model);
}

/** The same point with one value changed, and the sizes that follow from it; with `anyModel` the model too, as a sweep chooses it. */
function changed({ params, run }: Point, key: string, to: Value, on: SubjectOf, anyModel: boolean): Point {
  const { params: hardware, run: set } = pointAt({ base: params, axes: [{ key, values: [to] }] }, [0]);
  const point = { params: hardware, run: key === 'run.policy' ? { ...run, policy: set.policy } : run };
  const chosen = anyModel ? withUsualModel(point, on) : point;
  const sizes = sizeKeys.filter((size) => size !== key);
  return withOpenSizes(chosen, sizes, on(chosen).subject.model);
}

export interface Changes {
  readonly possible: readonly Change[];
  readonly impossible: readonly Impossible[];
}

/** Errors of one change are recorded with it. */
export function oneParameterChanges(point: Point, on: SubjectOf, open: readonly OpenKey[]): Changes {
  const anyModel = takesUsualModel(point, open, on);
  const followers = [...sizeKeys, ...(anyModel ? (['run.model'] as const) : [])];
  const [possible, impossible]: [Change[], Impossible[]] = [[], []];
  for (const [key, field] of changeable) {
    const from = valueAt(point, key);
    for (const to of stepsOf(field, from)) {
      try {
        const next = changed(point, key, to, on, anyModel);
        const raised = followers.filter((size) => size !== key && valueAt(next, size) !== valueAt(point, size));
        const { objectives } = measureAnalytic(on(next), next);
        possible.push({
          key,
          from,
          to,
          raised: Object.fromEntries(raised.map((size) => [size, valueAt(next, size)])),
          point: next,
          objectives,
        });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        impossible.push({ key, from, to, reason: reasonOf(error) });
      }
    }
  }
  return { possible, impossible };
}

/** Changes that lower an objective, the largest gain first; of equal ones the smaller hardware. */
export function gainsOf(changes: readonly Change[], name: 'cycles' | 'ema', before: Objectives): Change[] {
  const value = ({ objectives }: Change, of: keyof Objectives): number => objectives[of] ?? Infinity;
  return changes
    .filter((change) => value(change, name) < (before[name] ?? 0))
    .sort(
      (a, b) => value(a, name) - value(b, name) || value(a, 'area') - value(b, 'area') || value(a, 'memoryBits') - value(b, 'memoryBits'),
    );
}

/** Cycles times gates: what a cycle saved must not cost more than. */
export function product({ cycles = Infinity, area = Infinity }: Objectives): number {
  return cycles * area;
}

/** The change after which each gate does most work; undefined when every one leaves it doing less. */
export function bestPerArea(changes: readonly Change[], before: Objectives): Change | undefined {
  const [best] = gainsOf(changes, 'cycles', before)
    .filter(({ objectives }) => product(objectives) < product(before))
    .sort((a, b) => product(a.objectives) - product(b.objectives));
  return best;
}
