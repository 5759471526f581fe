/** What the tables of a sweep are made of, and the one as CSV. */
import { taskOf } from '../../data/load.js';
import { risingTitles } from '../../subject/metrics.js';
import { extentOf } from '../../util/extent.js';
import { grouped } from '../../util/table.js';
import { brokenRules, type BrokenRule } from './infeasible.js';
import { objectiveNames, objectives, type ObjectiveName, type Objectives } from './objectives.js';
import { sceneOf } from './promotion.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { namesOf, runDefaults, valueAt, type Point } from './space.js';
import type { Value } from './fields.js';

/** Sizes that some point has raised to what it needs. */
function derivedKeys({
  plan: {
    space: { base, open },
  },
  points,
}: Sweep): string[] {
  const before = { params: base, run: runDefaults };
  return open.filter((key) => points.some(({ point }) => valueAt(point, key) !== valueAt(before, key)));
}

/** Keys that take several values, or any that the sweep has set when none does. */
export function sweptKeys({ plan: { space } }: Pick<Sweep, 'plan'>): string[] {
  const several = space.axes.filter(({ values }) => values.length > 1);
  return (several.length > 0 ? several : space.axes).map(({ key }) => key);
}

/** The same, then what was derived. */
export function shownKeys(sweep: Sweep): string[] {
  return [...sweptKeys(sweep), ...derivedKeys(sweep)];
}

/** Axes, then what was derived. */
export function allKeys(sweep: Sweep): string[] {
  return [...sweep.plan.space.axes.map(({ key }) => key), ...derivedKeys(sweep)];
}

/** A scene by what differs between the scenes of this sweep. */
export function sceneLabel(sweep: Sweep, { point: { run } }: SweptPoint): string {
  const several = (key: string): boolean => sweep.plan.space.axes.some((axis) => axis.key === key && axis.values.length > 1);
  return [
    run.task,
    ...(several('run.latency') ? [`latency ${run.latency}`] : []),
    ...(several('run.bytesPerCycle') ? [`${run.bytesPerCycle} bytes a cycle`] : []),
  ].join(', ');
}

export function valuesOf(keys: readonly string[], point: Point): Record<string, Value> {
  const names = namesOf(point);
  return Object.fromEntries(keys.map((key) => [key, names[key]!]));
}

export function objectivesOf({ outcome }: Pick<SweptPoint, 'outcome'>): Objectives {
  return outcome.state === 'measured' ? outcome.objectives : {};
}

export function reasonText({ outcome }: Pick<SweptPoint, 'outcome'>): string | undefined {
  return outcome.state === 'failed' ? outcome.reason : undefined;
}

/** Value as people read it. */
export function shownObjective(name: ObjectiveName, value: number | undefined): string {
  if (value === undefined) return '-';
  // Cosines are shares of 1, all others percent.
  if (name === 'accuracy') return value.toFixed(Math.abs(value) <= 1 ? 4 : 2);
  if (name === 'utilization' || name === 'usefulUtilization') return (100 * value).toFixed(1);
  return name === 'emaRatio' ? value.toFixed(1) : grouped(value);
}

export const objectiveHeads: Readonly<Record<ObjectiveName, string>> = {
  accuracy: 'accuracy %',
  ema: 'bytes/input',
  emaRatio: 'x less',
  cycles: 'cycles',
  utilization: 'array util. %',
  usefulUtilization: 'useful util. %',
  area: 'logic gates',
  memoryBits: 'memory bits',
};

/** Whose accuracy a point has: that of training at the analytic level, above it that of the integer model on other inputs. */
export function isTrainedAccuracy({ fidelity }: Pick<SweptPoint, 'fidelity'>): boolean {
  return fidelity === 'analytic';
}

/** Whether the area of a point is counted in look-up tables: that of a synthesis for an FPGA; all others are in gates. */
export function isAreaInLuts({ outcome }: Pick<SweptPoint, 'outcome'>): boolean {
  const found = outcome.state === 'measured' ? outcome.detail.synthesis : undefined;
  return found !== undefined && found.gateEquivalents === undefined && found.lut !== undefined;
}

/** Note for tables and charts in which values that do not compare stand beside each other; nothing where one kind stands alone. */
export function mixedNote(sweep: Sweep): string {
  const { objectives: by } = sweep.plan;
  return `${by.includes('accuracy') ? accuracyNote(sweep) : ''}${by.includes('area') ? areaNote(sweep) : ''}`;
}

function areaNote({ points, plan }: Sweep): string {
  const withArea = points.filter((swept) => objectivesOf(swept).area !== undefined);
  const inLuts = withArea.filter(isAreaInLuts).length;
  if (inLuts === 0 || inLuts === withArea.length) return '';
  return ` An area at the level synthesis is in LUT of ${plan.measuring.target}, below it an estimate in gates: the two do not compare.`;
}

function accuracyNote({ points, plan }: Sweep): string {
  const withAccuracy = points.filter((swept) => objectivesOf(swept).accuracy !== undefined);
  const trained = withAccuracy.filter(isTrainedAccuracy).length;
  if (trained === 0 || trained === withAccuracy.length) return '';
  return ` An accuracy at the level analytic is that of training, above it that of the integer model on ${grouped(plan.measuring.accuracyInputs)} validation inputs: the two do not compare.`;
}

/** Title of an objective's values; the share of right labels is the metric of the tasks, whatever it is, and logic has two units. */
export function headOf(name: ObjectiveName, points: readonly Pick<SweptPoint, 'point' | 'outcome'>[]): string {
  if (name === 'area') {
    const withArea = points.filter((swept) => objectivesOf(swept).area !== undefined);
    const heads = new Set(withArea.map((swept) => (isAreaInLuts(swept) ? 'LUT' : objectiveHeads.area)));
    return heads.size === 0 ? objectiveHeads.area : [...heads].sort().reverse().join(' or ');
  }
  if (name !== 'accuracy') return objectiveHeads[name];
  const scored = points.filter((swept) => objectivesOf(swept).accuracy !== undefined);
  const titles = new Set(scored.map(({ point: { run } }) => risingTitles[taskOf(run.task).metric]));
  return titles.size === 0 ? objectiveHeads.accuracy : [...titles].join(' or ');
}

function csvCell(value: string | number | boolean | undefined): string {
  const text = String(value ?? '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvHead(sweep: Sweep): string[] {
  return [...allKeys(sweep), 'fidelity', ...objectiveNames, 'front', 'feasible', 'reason', 'key'];
}

/** A line for each point in the order of the space: equal sweeps give equal bytes. */
export function sweepCsv(sweep: Sweep): string {
  const keys = allKeys(sweep);
  const head = csvHead(sweep);
  const lines = sweep.points.map((swept) => {
    const values = valuesOf(keys, swept.point);
    const measured = objectivesOf(swept);
    return [
      ...keys.map((key) => values[key]),
      swept.fidelity,
      ...objectiveNames.map((name) => measured[name]),
      swept.front,
      swept.feasible,
      reasonText(swept),
      swept.key,
    ];
  });
  return [head, ...lines].map((line) => `${line.map(csvCell).join(',')}\n`).join('');
}

/** Each rule once for each advice, however many points break it. */
export function failures({ points, plan }: Sweep): BrokenRule[] {
  const failed = points.flatMap((swept) => {
    const reason = reasonText(swept);
    return reason === undefined ? [] : [{ point: swept.point, reason }];
  });
  const possible = points.filter((swept) => reasonText(swept) === undefined).map(({ point }) => point);
  return brokenRules(failed, plan.space.axes, possible);
}

/** Points of the fronts, scene by scene, by the first objective. */
export function frontPoints({
  points,
  plan: {
    objectives: [first = 'cycles'],
  },
}: Sweep): SweptPoint[] {
  const sign = objectives[first].better === 'lower' ? 1 : -1;
  return points
    .filter(({ front }) => front)
    .sort((a, b) => {
      const [sceneA, sceneB] = [sceneOf(a.point), sceneOf(b.point)];
      return sceneA !== sceneB ? (sceneA < sceneB ? -1 : 1) : sign * ((objectivesOf(a)[first] ?? 0) - (objectivesOf(b)[first] ?? 0));
    });
}

/**
 * The point that a report draws whole: of the front the one with the smallest sum of distances to the best value of each
 * objective, each in the range that the front spans.
 */
export function chosenPoint({ points, plan: { objectives: by } }: Sweep): SweptPoint | undefined {
  const front = points.filter(({ front: on }) => on);
  const [scene] = front.map(({ point }) => sceneOf(point));
  const candidates = front.filter(({ point }) => sceneOf(point) === scene);
  const all = candidates.map(objectivesOf);
  const extents = by.map((name) => extentOf(all.flatMap((one) => one[name] ?? [])));
  const distance = (row: Objectives): number =>
    by.reduce((sum, name, i) => {
      const value = row[name];
      const [low, high] = extents[i]!;
      if (value === undefined || high === low) return sum;
      return sum + (objectives[name].better === 'lower' ? value - low : high - value) / (high - low);
    }, 0);
  const best = candidates.map((swept, i) => ({ swept, d: distance(all[i]!) })).sort((a, b) => a.d - b.d || a.swept.number - b.swept.number);
  return best[0]?.swept;
}

const mostListed = 2000;

/** Points that the report has a row of: all, or else the front and as many others as there is room for. */
export function listedPoints({ points }: Sweep): readonly SweptPoint[] {
  if (points.length <= mostListed) return points;
  return [...points.filter(({ front }) => front), ...points.filter(({ front }) => !front)].slice(0, mostListed);
}
