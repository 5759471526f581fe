/** The cheapest hardware that a search has found, for people and as JSON. */
import { configHash } from '../../rtl/design.js';
import type { Block } from '../../report/document.js';
import { formatTable, grouped } from '../../util/table.js';
import type { Value } from './fields.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { givenKeys, type Answer } from './search/cheapest.js';
import { namesOf } from './space.js';
import { allKeys, objectiveHeads, sceneLabel, shownObjective } from './table.js';

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
function designOf(sweep: Sweep, { scenes: [first] }: Answer): (readonly [key: string, value: Value])[] {
  const names = namesOf(pointOf(sweep, first!.point).point);
  return allKeys(sweep)
    .filter((key) => !givenKeys.includes(key))
    .map((key) => [key, names[key]!] as const);
}

const titleOf = ({ minimise, within }: Question): string =>
  `Cheapest by ${minimise}, ${Object.entries(within)
    .map(([name, percent]) => `${name} within ${percent} % of the best`)
    .join(', ')}`;

const none = 'no design is good enough in every task and memory; allow more with --within, or widen the axes';

function effort({ simulated, of, settled }: Answer): string {
  if (simulated === 0) return `predicted from all ${grouped(of)} points of the grid`;
  const rest = settled ? 'all that this rests on was simulated' : 'the budget ended before all that this rests on was simulated';
  return `${grouped(simulated)} of the ${grouped(of)} points of the grid simulated; ${rest}`;
}

const head = ['task', 'point', 'objective', 'value', 'best', 'of point', 'worse by'];

function rowsOf(sweep: Sweep, { scenes }: Answer): string[][] {
  return scenes.flatMap(({ point, objectives }) =>
    objectives.map(({ name, value, best, bestPoint }) => [
      sceneLabel(sweep, pointOf(sweep, point)),
      String(point),
      objectiveHeads[name],
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
  if (question === undefined) return [];
  if (answer === undefined) return [`${titleOf(question)}: ${none}`, ''];
  const design = designOf(sweep, answer).map(([key, value]) => `${key}=${value}`);
  return [
    `${titleOf(question)}: ${grouped(answer.cost)}`,
    design.join(' '),
    '',
    formatTable(head, rowsOf(sweep, answer)),
    '',
    effort(answer),
    '',
  ];
}

export function answerBlocks(sweep: Sweep): Block[] {
  const [question, { answer }] = [questionOf(sweep), sweep];
  if (question === undefined) return [];
  if (answer === undefined) return [{ kind: 'note', tone: 'bad', text: `${titleOf(question)}: ${none}.` }];
  const facts = designOf(sweep, answer).map(([key, value]) => [key, String(value)] as const);
  return [
    { kind: 'facts', facts: [['cost', grouped(answer.cost)], ...facts] },
    { kind: 'table', head, rows: rowsOf(sweep, answer), caption: `${titleOf(question)}; ${effort(answer)}.` },
  ];
}

export function answerJson(sweep: Sweep) {
  const { answer } = sweep;
  if (answer === undefined) return undefined;
  const { point } = pointOf(sweep, answer.scenes[0]!.point);
  return { ...answer, configHash: configHash(point.params), parameters: Object.fromEntries(designOf(sweep, answer)) };
}
