/** The cheapest hardware that a search has found, for people and as JSON. */
import { configHash } from '../../rtl/design.js';
import type { Block } from '../../report/document.js';
import { formatTable, grouped } from '../../util/table.js';
import type { Value } from './fields.js';
import type { Fidelity } from './key.js';
import type { SweepPlan } from './plan.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { givenKeys, type Answer, type NoAnswer } from './search/cheapest.js';
import { namesOf } from './space.js';
import { allKeys, headOf, sceneLabel, shownObjective } from './table.js';

interface Question {
  readonly minimise: string;
  readonly within: Readonly<Record<string, number>>;
}

function questionOf({ plan: { search } }: Sweep): Question | undefined {
  return search.kind === 'cheapest' ? search : undefined;
}

function pointOf({ points }: Sweep, number: number): SweptPoint {
  return points.find((swept) => swept.number === number)!;
}

/** Keys that were free, with the sizes that follow. */
function designOf(sweep: Sweep, point: number): (readonly [key: string, value: Value])[] {
  const names = namesOf(pointOf(sweep, point).point);
  return allKeys(sweep)
    .filter((key) => !givenKeys.includes(key))
    .map((key) => [key, names[key]!] as const);
}

const wordsOf = (sweep: Sweep, point: number): string =>
  designOf(sweep, point)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const titleOf = ({ minimise, within }: Question): string =>
  `Cheapest by ${minimise}, ${Object.entries(within)
    .map(([name, percent]) => `${name} within ${percent} % of the best`)
    .join(', ')}`;

const settledNone = 'no design is good enough in every task and memory; allow more with --within, or widen the axes';

/** Why there is no answer: because none exists, or because nobody knows yet. */
function reasonOf({ plan }: Sweep, { settled, running, predicted }: NoAnswer): string {
  if (settled) return settledNone;
  if (running) return 'not found yet';
  const spent = `the budget of ${budgetText(plan)} is spent before it was found out whether a design is good enough; give more with --budget`;
  if (predicted === undefined) return `${spent}; by what is known and predicted none is`;
  const { cost, points, measured } = predicted;
  return `${spent}; predicted is ${grouped(cost)}, ${measured} of ${points.length} points of that design measured`;
}

function budgetText({ search }: SweepPlan): string {
  if (search.kind !== 'cheapest') return '';
  return 'points' in search.budget
    ? `${grouped(search.budget.points)} point${search.budget.points === 1 ? '' : 's'}`
    : `${search.budget.hours} h`;
}

/** What measures points at a level above the analytic one. */
const means: Readonly<Record<Exclude<Fidelity, 'analytic'>, string>> = {
  golden: 'measured by the golden model',
  rtl: 'simulated',
  synthesis: 'simulated and synthesised',
};

function effort({ plan: { levels } }: Sweep, { measured, of, settled, running }: Answer | NoAnswer): string {
  const level = levels.at(-1)!;
  if (level === 'analytic') return `predicted from all ${grouped(of)} points of the grid`;
  const how = means[level];
  const rest = settled
    ? `all that this rests on was ${how}`
    : `${running ? 'not yet' : 'the budget was spent before'} all that this rests on was ${how}`;
  return `${grouped(measured)} of the ${grouped(of)} points of the grid ${how}; ${rest}`;
}

const head = ['task', 'point', 'objective', 'value', 'best', 'of point', 'worse by'];

function rowsOf(sweep: Sweep, { scenes }: Answer): string[][] {
  return scenes.flatMap(({ point, objectives }) =>
    objectives.map(({ name, value, best, bestPoint }) => [
      sceneLabel(sweep, pointOf(sweep, point)),
      String(point),
      headOf(name, [pointOf(sweep, point)]),
      shownObjective(name, value),
      shownObjective(name, best),
      String(bestPoint),
      `${(100 * Math.abs(value / best - 1)).toFixed(1)} %`,
    ]),
  );
}

/** Nothing for a sweep that was not asked for the cheapest. */
export function answerLines(sweep: Sweep): string[] {
  const [question, { answer }] = [questionOf(sweep), sweep];
  if (question === undefined || answer === undefined) return [];
  if (!answer.found) {
    const next = answer.predicted?.points[0];
    const design = answer.settled || next === undefined ? [] : [wordsOf(sweep, next)];
    return [`${titleOf(question)}: ${reasonOf(sweep, answer)}`, ...design, effort(sweep, answer), ''];
  }
  return [
    `${titleOf(question)}: ${grouped(answer.cost)}`,
    wordsOf(sweep, answer.scenes[0]!.point),
    '',
    formatTable(head, rowsOf(sweep, answer)),
    '',
    effort(sweep, answer),
    '',
  ];
}

export function answerBlocks(sweep: Sweep): Block[] {
  const [question, { answer }] = [questionOf(sweep), sweep];
  if (question === undefined || answer === undefined) return [];
  if (!answer.found) {
    const tone = answer.running ? 'plain' : 'bad';
    return [{ kind: 'note', tone, text: `${titleOf(question)}: ${reasonOf(sweep, answer)}. ${effort(sweep, answer)}.` }];
  }
  const facts = designOf(sweep, answer.scenes[0]!.point).map(([key, value]) => [key, String(value)] as const);
  return [
    { kind: 'facts', facts: [['cost', grouped(answer.cost)], ...facts] },
    { kind: 'table', head, rows: rowsOf(sweep, answer), caption: `${titleOf(question)}; ${effort(sweep, answer)}.` },
  ];
}

export function answerJson(sweep: Sweep) {
  const { answer } = sweep;
  if (answer === undefined) return undefined;
  const hardware = (number: number) => ({
    configHash: configHash(pointOf(sweep, number).point.params),
    parameters: Object.fromEntries(designOf(sweep, number)),
  });
  const { found, settled, measured, of } = answer;
  const effort = { found, settled, measured, of };
  if (answer.found) return { ...effort, cost: answer.cost, scenes: answer.scenes, ...hardware(answer.scenes[0]!.point) };
  const { predicted } = answer;
  return {
    ...effort,
    reason: reasonOf(sweep, answer),
    ...(!settled && predicted !== undefined && { predicted: { ...predicted, ...hardware(predicted.points[0]!) } }),
  };
}
