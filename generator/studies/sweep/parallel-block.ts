/** A sweep in parallel coordinates: every parameter that varies, then every objective. */
import type { Block, ParallelAxis } from '../../report/document.js';
import { extentOf } from '../../util/extent.js';
import type { Value } from './fields.js';
import { objectives, scaledCost, type ObjectiveName } from './objectives.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { valueAt } from './space.js';
import { headOf, listedPoints, mixedNote, objectivesOf, shownKeys, shownObjective } from './table.js';

/** A browser moves so many lines while a pointer is dragged. */
const mostLines = 1500;
const mostLabels = 12;
const marks = [0, 0.25, 0.5, 0.75, 1];

type Placed = { readonly axis: ParallelAxis; readonly at: (swept: SweptPoint) => number | undefined };

/** Values at equal distances, in their order: sizes mostly grow by factors. */
function parameterAxis(key: string, points: readonly SweptPoint[]): Placed {
  const values = [...new Set(points.map(({ point }) => valueAt(point, key)))].sort((a, b) => (a < b ? -1 : 1));
  const place = (value: Value): number => (values.length === 1 ? 0.5 : values.indexOf(value) / (values.length - 1));
  // A value with which nothing could be measured is not on the axis.
  const at = ({ point }: SweptPoint): number | undefined => (values.includes(valueAt(point, key)) ? place(valueAt(point, key)) : undefined);
  const step = Math.ceil(values.length / mostLabels);
  const ticks = values.filter((_, i) => i % step === 0).map((value) => ({ at: place(value), label: String(value) }));
  return { axis: { title: key.split('.').at(-1)!, ticks }, at };
}

/** Logarithms of what is better lower, as in the hypervolume; the greatest value is above. */
function objectiveAxis(name: ObjectiveName, points: readonly SweptPoint[]): Placed {
  const sign = objectives[name].better === 'lower' ? 1 : -1;
  const scaled = (swept: SweptPoint): number => sign * scaledCost(name, objectivesOf(swept));
  const all = points.map(scaled);
  const [low, high] = extentOf(all);
  const log = sign === 1 && points.every((swept) => objectivesOf(swept)[name]! > 0);
  const valueOf = (at: number): number => {
    const value = low + at * (high - low);
    return log ? Math.exp(value) : value;
  };
  const ticks = (high > low ? marks : [0.5]).map((at) => ({ at, label: shownObjective(name, Number(valueOf(at).toPrecision(3))) }));
  const at = (swept: SweptPoint): number | undefined => {
    if (objectivesOf(swept)[name] === undefined) return undefined;
    return high > low ? (scaled(swept) - low) / (high - low) : 0.5;
  };
  return { axis: { title: headOf(name, points), ticks }, at };
}

/** Nothing when no two points can be compared. */
export function parallelBlocks(sweep: Sweep): Block[] {
  const by = sweep.plan.objectives;
  const whole = sweep.points.filter((swept) => swept.feasible && by.every((name) => objectivesOf(swept)[name] !== undefined));
  const step = Math.ceil(whole.length / mostLines);
  const points = whole.filter(({ front }, i) => front || i % step === 0);
  if (points.length < 2) return [];
  const placed = [...shownKeys(sweep).map((key) => parameterAxis(key, points)), ...by.map((name) => objectiveAxis(name, points))];
  const lines = points.map((swept) => ({ row: String(swept.number), at: placed.map(({ at }) => at(swept)!), front: swept.front }));
  const drawn = new Set(points);
  const others = listedPoints(sweep)
    .filter((swept) => !drawn.has(swept))
    .map((swept) => ({ row: String(swept.number), at: placed.map(({ at }) => at(swept)) }));
  const left = step > 1 ? ` One of ${step} points is drawn, and the whole front.` : '';
  return [
    {
      kind: 'parallel',
      axes: placed.map(({ axis }) => axis),
      lines,
      others,
      caption: `A line for each point, dark on the front. Drag along an axis to keep a range, here and in the table below; a click on the axis frees it.${left}${mixedNote(sweep)}`,
    },
  ];
}
