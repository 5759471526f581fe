/** Charts of a sweep: the fronts, accuracy against bytes, what a search has reached. */
import { frontChart, lines, type Dot } from '../../report/charts.js';
import { rowAnchor, type ChartSpec } from '../../report/document.js';
import { groupBy } from '../../util/groups.js';
import { objectives, type Objective, type ObjectiveName } from './objectives.js';
import { paretoFront } from './pareto.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { grouped } from '../../util/table.js';
import { headOf, isAreaInLuts, isTrainedAccuracy, listedPoints, objectivesOf, sceneLabel } from './table.js';

const mostDots = 5000;

export interface Chart {
  readonly name: string;
  readonly spec: ChartSpec;
  readonly caption: string;
}

/** Every n-th of too many, fronts whole. */
function thinned(points: readonly SweptPoint[]): readonly SweptPoint[] {
  const step = Math.ceil(points.length / mostDots);
  return points.filter(({ front }, i) => front || i % step === 0);
}

type Listed = ReadonlySet<SweptPoint>;

/** Dots of points; those that the report has a row of lead to it. */
function dots(
  points: readonly SweptPoint[],
  [x, y]: readonly [ObjectiveName, ObjectiveName],
  seriesOf: (swept: SweptPoint) => string,
  listed: Listed,
): Dot[] {
  const found = thinned(points).flatMap((swept) => {
    const values = objectivesOf(swept);
    const [dx, dy] = [values[x], values[y]];
    return dx === undefined || dy === undefined ? [] : [{ x: dx, y: dy, series: seriesOf(swept), front: swept.front, swept }];
  });
  return groupBy(found, (dot) => dot.series).flatMap((group) => {
    const full = group.filter(({ front }) => front);
    // The line is the front of these two objectives alone.
    const line = new Set(
      paretoFront(
        full.map(({ swept }) => objectivesOf(swept)),
        [x, y],
      ).map((i) => full[i]),
    );
    return group.map((dot): Dot => {
      const { swept, ...drawn } = dot;
      return { ...drawn, line: line.has(dot), ...(listed.has(swept) && { href: `#${rowAnchor(String(swept.number))}` }) };
    });
  });
}

function mostOf(name: ObjectiveName): number | undefined {
  const objective: Objective = objectives[name];
  return objective.most;
}

/** Titles of axes: what, and in which unit. */
const titles: Readonly<Record<ObjectiveName, string>> = {
  accuracy: 'accuracy, %',
  ema: 'bytes an input',
  emaRatio: 'times less than dense',
  cycles: 'cycles',
  utilization: 'array utilization, share',
  usefulUtilization: 'useful utilization, share',
  area: 'logic, gate equivalents',
  memoryBits: 'memory, bits',
};

export function charts(sweep: Sweep): Chart[] {
  const measured = sweep.points.filter(({ outcome, feasible }) => outcome.state === 'measured' && feasible);
  const listed = new Set(listedPoints(sweep));
  const by = sweep.plan.objectives;
  // One against another, the cheap one along x.
  const pairs: (readonly [ObjectiveName, ObjectiveName])[] = [
    ['area', 'cycles'],
    ['ema', 'cycles'],
    ['memoryBits', 'utilization'],
  ];
  const wanted = pairs.filter(([x, y]) => by.includes(x) && by.includes(y));
  const shown = wanted.length > 0 ? wanted : by.length > 1 ? [[by[0]!, by[1]!] as const] : [];
  const inLuts = measured.filter(isAreaInLuts);
  const fronts = shown.map(([x, y]): Chart => {
    // Gates and look-up tables do not stand on one axis.
    const counted = inLuts.length > 0 && (x === 'area' || y === 'area');
    const title = (name: ObjectiveName): string => (name === 'area' && counted ? 'logic, LUT' : titles[name]);
    const whose = counted && inLuts.length < measured.length ? 'Points of the level synthesis alone. ' : '';
    return {
      name: `front-${x}-${y}`,
      spec: frontChart(
        dots(counted ? inLuts : measured, [x, y], (swept) => sceneLabel(sweep, swept), listed),
        { x: title(x), y: title(y), logX: true, logY: y === 'cycles', mostY: mostOf(y) },
      ),
      caption: `${whose}Full dots are on the Pareto front of ${by.join(', ')}, the line joins those that these two alone would keep; faint ones are beaten by another point of the same task and memory.`,
    };
  });
  // Training and the integer model answer other inputs: only one of them stands in a chart.
  const answered = measured.filter((swept) => !isTrainedAccuracy(swept) && objectivesOf(swept).accuracy !== undefined);
  const [shownPoints, whose] =
    answered.length > 0
      ? [
          answered,
          `by the integer model, on ${grouped(sweep.plan.measuring.accuracyInputs)} validation inputs, of the points above the level analytic`,
        ]
      : [measured, 'as training has written it down'];
  const withAccuracy = dots(shownPoints, ['ema', 'accuracy'], ({ point: { run } }) => `${run.task}, ${run.model}`, listed);
  const accuracy: Chart[] =
    withAccuracy.length === 0
      ? []
      : [
          {
            name: 'accuracy-bytes',
            spec: frontChart(
              withAccuracy.map((dot) => ({ ...dot, front: false, line: false })),
              { x: titles.ema, y: headOf('accuracy', measured), logX: true, mostY: mostOf('accuracy') },
            ),
            caption: `What a model answers right, ${whose}, against the bytes that an input costs.`,
          },
        ];
  return [...fronts, ...accuracy, ...volumeCharts(sweep)];
}

/** What a search has reached, generation by generation. */
function volumeCharts({ generations }: Sweep): Chart[] {
  const last = generations?.at(-1);
  if (generations === undefined || last === undefined) return [];
  const over = (x: 'points' | 'seconds', title: string) =>
    lines(
      generations.map((generation) => ({ x: generation[x], y: generation.hypervolume, series: 'hypervolume' })),
      { x: title, y: 'hypervolume', share: true, fitted: true },
    );
  return [
    {
      name: 'hypervolume',
      spec: over('points', 'points at the last level'),
      caption: `Share of the box of all objectives that the points beat after each of ${generations.length} generations, in ${last.seconds.toFixed(1)} s.`,
    },
    { name: 'hypervolume-time', spec: over('seconds', 'seconds since the search began'), caption: 'The same over time.' },
  ];
}
