/**
 * A question that a user has, answered with few simulations and judged against the full grid: npm run bench:question.
 *
 * The question is examples/cheapest.json: the cheapest hardware that is within 20 % of the least memory traffic on three tasks. After
 * the search all points of its grid are measured at the same level too, golden, where the bytes of every image are counted, and the
 * answer is looked up there, without any model of the hardware. The same for other bounds.
 */
import { availableParallelism, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseFormula } from '../generator/studies/sweep/constraints.js';
import { SweepDatabase } from '../generator/studies/sweep/database.js';
import { Measurement } from '../generator/studies/sweep/measurement.js';
import { planSweep, type SweepPlan } from '../generator/studies/sweep/plan.js';
import { CheapestRun, type Answer } from '../generator/studies/sweep/search/cheapest.js';
import { drawBefore, namesOf, type CheapestSearch } from '../generator/studies/sweep/space.js';
import { groupBy } from '../generator/util/groups.js';

const file = fileURLToPath(new URL('../examples/cheapest.json', import.meta.url));
const share = 0.1;
const bounds = [0, 5, 10, 20, 50];

/** The least cost in the grid, written without the search. */
function leastCost({ points, found }: Measurement, { minimise, within }: CheapestSearch): number | undefined {
  const costOf = parseFormula(minimise, [])!;
  const measured = points.flatMap((point, number) => {
    const outcome = found[number]!.get('golden');
    return outcome?.state === 'measured' ? [{ point, found: outcome.objectives }] : [];
  });
  const tasks = groupBy(measured, ({ point }) => point.run.task);
  const least = new Map(tasks.map((group) => [group[0]!.point.run.task, Math.min(...group.map((one) => one.found.ema!))]));
  const most = 1 + within.ema! / 100;
  const good = groupBy(measured, ({ point: { params, run } }) => JSON.stringify([params, run.policy])).filter(
    (group) => group.length === tasks.length && group.every((one) => one.found.ema! <= most * least.get(one.point.run.task)!),
  );
  const costs = good.map(([one]) => costOf({ ...namesOf(one!.point), ...one!.found })!);
  return costs.length === 0 ? undefined : Math.min(...costs);
}

async function ask(
  plan: SweepPlan,
  measurement: Measurement,
): Promise<{ answer: Answer | undefined; search: CheapestSearch; all: number[] }> {
  const { search, space } = plan;
  if (search.kind !== 'cheapest') throw new Error(`${file}: is not a question`);
  const run = new CheapestRun(measurement, plan, search, drawBefore(space, search)!.points);
  await run.run();
  return { answer: run.answer(), search, all: measurement.points.map((_, number) => number) };
}

/** Whether the answer is as cheap as the grid's, with few enough simulations. */
async function judge(percent: number, database: SweepDatabase): Promise<boolean> {
  const plan = await planSweep(file, { within: { ema: percent } });
  const nothing = (): void => undefined;
  const settings = {
    out: undefined,
    folder: tmpdir(),
    keep: false,
    jobs: availableParallelism(),
    retry: false,
    onLevel: nothing,
    onDone: nothing,
  };
  const measurement = new Measurement(plan, settings, database);
  await measurement.open();
  const { answer, search, all } = await ask(plan, measurement);
  await measurement.measure('golden', all);
  await measurement.stop();
  const least = leastCost(measurement, search);
  if (answer === undefined || least === undefined) {
    console.log(`within ${percent} %: ${answer === undefined ? 'no answer' : answer.cost}, in the grid ${least ?? 'none'}`);
    return answer === undefined && least === undefined;
  }
  const good = answer.cost === least && answer.simulated <= share * answer.of;
  console.log(
    `within ${percent} %: cost ${answer.cost} after ${answer.simulated} of ${answer.of} simulations, in the grid ${least}: regret ${(100 * (answer.cost / least - 1)).toFixed(1)} %${good ? '' : ' BAD'}`,
  );
  return good;
}

let bad = 0;
const database = await SweepDatabase.open(':memory:');
for (const percent of bounds) if (!(await judge(percent, database))) bad++;
database.close();
console.log(`answers that are dearer than the grid's, or took more than a tenth of its simulations: ${bad} of ${bounds.length}`);
process.exitCode = bad > 0 ? 1 : 0;
