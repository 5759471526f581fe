/**
 * A question that a user has, answered with few simulations and judged against the full grid:
 * npm run bench:question [-- --simulate] [PERCENT ..]
 *
 * The question is examples/cheapest.json: the cheapest hardware that is within 20 % of the least memory traffic on three tasks. After
 * the search all points of its grid are measured at the same level too, golden, where the bytes of every image are counted, and the
 * answer is looked up there, without any model of the hardware. The same for other bounds. With --simulate the search also takes
 * every point that it measures through the Verilog, every bit compared, and its answer, bytes and cycles are held against golden's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
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
const given = process.argv.slice(2).filter((one) => /^\d+$/.test(one));
const bounds = given.length > 0 ? given.map(Number) : [0, 5, 10, 20, 50];
const simulates = process.argv.includes('--simulate');
const folder = mkdtempSync(join(tmpdir(), 'trexgen-question-'));

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
  const answer = run.answer();
  if (!answer.found && !answer.settled) throw new Error(`${file}: the budget is too small for an answer`);
  return { answer: answer.found ? answer : undefined, search, all: measurement.points.map((_, number) => number) };
}

async function openMeasurement(plan: SweepPlan, database: SweepDatabase): Promise<Measurement> {
  const nothing = (): void => undefined;
  const jobs = availableParallelism();
  const settings = { out: undefined, folder, keep: false, jobs, retry: false, onLevel: nothing, onDone: nothing };
  const measurement = new Measurement(plan, settings, database);
  await measurement.open();
  return measurement;
}

/** The same question with every measured point in simulated hardware: whether answer and bytes are those of golden. */
async function simulate(percent: number, database: SweepDatabase, expected: number | undefined): Promise<boolean> {
  const plan = await planSweep(file, { within: { ema: percent }, fidelity: 'rtl' });
  const started = performance.now();
  const measurement = await openMeasurement(plan, database);
  const { answer } = await ask(plan, measurement);
  await measurement.stop();
  const simulated = measurement.points.flatMap((point, number) => {
    const [golden, rtl] = [measurement.found[number]!.get('golden'), measurement.found[number]!.get('rtl')];
    if (rtl === undefined) return [];
    if (golden?.state !== 'measured' || rtl.state !== 'measured')
      throw new Error(`point ${number}: ${rtl.state === 'failed' ? rtl.reason : 'golden has failed'}`);
    return [{ point, golden: golden.objectives, rtl: rtl.objectives }];
  });
  const sameBytes = simulated.filter(({ golden, rtl }) => golden.ema === rtl.ema).length;
  const furthest = Math.max(...simulated.map(({ golden, rtl }) => Math.abs(golden.cycles! / rtl.cycles! - 1)));
  const designs = new Set(simulated.map(({ point }) => JSON.stringify(point.params))).size;
  const good = answer?.cost === expected && sameBytes === simulated.length && answer?.measured === simulated.length;
  console.log(
    `within ${percent} %, through the Verilog: cost ${answer?.cost}, golden's is ${expected}; ${simulated.length} of ${measurement.points.length} points simulated on ${designs} designs in ${((performance.now() - started) / 1000).toFixed(0)} s, every bit compared; bytes as golden in ${sameBytes}, cycles at most ${(100 * furthest).toFixed(3)} % from the predicted ones${good ? '' : ' BAD'}`,
  );
  for (const { scene, objectives } of answer?.scenes ?? [])
    console.log(
      `  ${scene}: ${objectives.map(({ name, value, best }) => `${name} ${value.toFixed(0)}, best ${best.toFixed(0)}`).join('; ')}`,
    );
  return good;
}

/** Whether the answer is as cheap as the grid's, with few enough simulations. */
async function judge(percent: number, database: SweepDatabase): Promise<boolean> {
  const plan = await planSweep(file, { within: { ema: percent } });
  const measurement = await openMeasurement(plan, database);
  const { answer, search, all } = await ask(plan, measurement);
  const simulatedWell = !simulates || (await simulate(percent, database, answer?.cost));
  await measurement.measure('golden', all);
  await measurement.stop();
  const least = leastCost(measurement, search);
  if (answer === undefined || least === undefined) {
    console.log(`within ${percent} %: ${answer === undefined ? 'no answer' : answer.cost}, in the grid ${least ?? 'none'}`);
    return answer === undefined && least === undefined;
  }
  const good = answer.cost === least && answer.measured <= share * answer.of;
  console.log(
    `within ${percent} %: cost ${answer.cost} after ${answer.measured} of ${answer.of} measured points, in the grid ${least}: regret ${(100 * (answer.cost / least - 1)).toFixed(1)} %${good ? '' : ' BAD'}`,
  );
  return good && simulatedWell;
}

let bad = 0;
const database = await SweepDatabase.open(':memory:');
for (const percent of bounds) if (!(await judge(percent, database))) bad++;
database.close();
rmSync(folder, { recursive: true });
console.log(`answers that are dearer than the grid's, or took more than a tenth of its points: ${bad} of ${bounds.length}`);
process.exitCode = bad > 0 ? 1 : 0;
