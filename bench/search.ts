/**
 * Searches against the full grid, on the analytic model: npm run bench:search.
 *
 * Hypervolume of the front that a search finds with 15 % of the points, as a share of the grid's, over five seeds; what random
 * points and a Latin hypercube find with as many.
 */
import { SubjectOnHardware } from '../generator/studies/sweep/hardware.js';
import { boundsOf, hypervolume } from '../generator/studies/sweep/hypervolume.js';
import type { Fidelity } from '../generator/studies/sweep/key.js';
import { measureAnalytic } from '../generator/studies/sweep/measure.js';
import type { Objectives } from '../generator/studies/sweep/objectives.js';
import { reasonOf, type Outcome } from '../generator/studies/sweep/outcome.js';
import { paretoFront } from '../generator/studies/sweep/pareto.js';
import { planSweep, type SweepFile, type SweepPlan } from '../generator/studies/sweep/plan.js';
import { runSearch, type Measures } from '../generator/studies/sweep/search/run-search.js';
import { drawPoints, tasksOf, type Point } from '../generator/studies/sweep/space.js';
import { loadSubject } from '../generator/studies/sweep/subject.js';
import { UserError } from '../generator/util/errors.js';

const spaces: Readonly<Record<string, SweepFile>> = {
  'hardware of mnist': {
    space: {
      'array.columns': [4, 8],
      'array.slices': '1..4',
      'array.lanesPerSlice': '1..8',
      'array.passes': '4..20:4',
      'port.busBytes': [8, 16, 32],
      'port.prefetchBeats': [32, 64, 128],
      'envelope.codeWords': 32768,
      'run.task': 'mnist',
    },
    objectives: ['ema', 'cycles', 'area', 'memoryBits'],
    inputs: 8,
  },
  'hardware and batching of g2p': {
    space: {
      'array.slices': '1..4',
      'array.lanesPerSlice': '1..8',
      'array.passes': [8, 16, 32],
      'port.busBytes': '8..32',
      'port.prefetchBeats': [32, 64],
      'run.policy': ['single', 'packed'],
      'run.task': 'g2p',
    },
    objectives: ['ema', 'cycles', 'area'],
    inputs: 16,
  },
};

type Found = Measures & { readonly best: () => Objectives[] };

/** Looks points up, so that a search costs no more than its own work. */
function lookUp(measured: (point: Point) => Outcome): Found {
  const [points, found]: [Point[], Map<Fidelity, Outcome>[]] = [[], []];
  return {
    points,
    found,
    add: (more) =>
      more.map((point) => {
        found.push(new Map());
        return points.push(point) - 1;
      }),
    measure: async (level, numbers) => numbers.forEach((number) => found[number]!.set(level, measured(points[number]!))),
    best: () =>
      found.flatMap((levels) => [...levels.values()].flatMap((outcome) => (outcome.state === 'measured' ? [outcome.objectives] : []))),
  };
}

function measurer(plan: SweepPlan): (point: Point) => Outcome {
  const on = new SubjectOnHardware(loadSubject({ task: tasksOf(plan.space)[0]!, model: 'compressed' }, plan.space.base, plan.measuring));
  const known = new Map<string, Outcome>();
  return (point) => {
    const key = JSON.stringify(point);
    const outcome = known.get(key) ?? attempt(() => ({ state: 'measured', objectives: measureAnalytic(on, point).objectives, detail: {} }));
    known.set(key, outcome);
    return outcome;
  };
}

function attempt(measure: () => Outcome): Outcome {
  try {
    return measure();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: 'failed', reason: reasonOf(error) };
  }
}

let bad = 0;
for (const [name, file] of Object.entries(spaces)) {
  const plan = await planSweep(file, {});
  const measured = measurer(plan);
  const { points } = drawPoints(plan.space, { kind: 'grid' });
  const by = plan.objectives;
  const all = points.map(measured).flatMap((outcome) => (outcome.state === 'measured' ? [outcome.objectives] : []));
  const bounds = boundsOf(all, by);
  const share = (values: readonly Objectives[]): number =>
    hypervolume(
      paretoFront(values, by).map((i) => values[i]!),
      by,
      bounds,
    );
  const whole = share(all);
  const budget = Math.floor(0.15 * points.length);
  console.log(`${name}: ${points.length} points, ${all.length} possible, budget ${budget}`);
  for (let seed = 1; seed <= 5; seed++) {
    const found = async (search: 'nsga2' | 'lhs' | 'random'): Promise<number> => {
      const asked = await planSweep({ ...file, search, budget, seed }, {});
      const place = lookUp(measured);
      if ('budget' in asked.search) await runSearch(place, asked, asked.search);
      return share(place.best()) / whole;
    };
    const [evolved, latin, drawn] = [await found('nsga2'), await found('lhs'), await found('random')];
    const good = evolved >= 0.95 && evolved > drawn;
    if (!good) bad++;
    const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
    console.log(
      `  seed ${seed}: nsga2 ${percent(evolved)}, Latin hypercube ${percent(latin)}, random ${percent(drawn)}${good ? '' : ' BELOW'}`,
    );
  }
}
process.exitCode = bad > 0 ? 1 : 0;
