/** An explanation as people and as programs read it. */
import { formatTable, grouped, percent } from '../../util/table.js';
import { packageVersion } from '../../util/package.js';
import { objectives as objectiveDocs, type ObjectiveName, type Objectives } from '../sweep/objectives.js';
import { runDefaults } from '../sweep/space.js';
import { product, type Change } from './changes.js';
import type { Explanation } from './explain.js';
import { limits } from './limits.js';

/** Change of an objective, in percent with its sign. */
function relative(after: Objectives, before: Objectives, name: ObjectiveName): string {
  const [a, b] = [after[name], before[name]];
  if (a === undefined || b === undefined || b === 0) return '-';
  const change = 100 * (a / b - 1);
  return `${change > 0 ? '+' : ''}${change.toFixed(1)} %`;
}

function changeText({ key, from, to, raised }: Change): string {
  const more = Object.entries(raised).map(([size, value]) => `${size} = ${value}`);
  return `${key} ${from} -> ${to}${more.length > 0 ? ` (with ${more.join(', ')})` : ''}`;
}

const mostShown = 5;

function gainTable(title: string, changes: readonly Change[], before: Objectives): string[] {
  if (changes.length === 0) return ['', `${title}: no change of one parameter`];
  const rows = changes
    .slice(0, mostShown)
    .map((change) => [
      changeText(change),
      grouped(change.objectives.cycles ?? 0),
      ...(['cycles', 'ema', 'area', 'memoryBits'] as const).map((name) => relative(change.objectives, before, name)),
    ]);
  const more = changes.length - mostShown;
  return [
    '',
    formatTable([title, 'cycles', 'change', 'bytes/input', 'logic gates', 'memory bits'], rows),
    ...(more > 0 ? [`and ${more} more, see --json`] : []),
  ];
}

/** Parts that take less are summed. */
const leastShown = 0.02;

function areaLines({ objectives, synthesis, areaParts }: Explanation): string[] {
  const counts = Object.entries(synthesis ?? {}).map(([name, value]) => `${name} ${grouped(value)}`);
  const shown = areaParts.filter(({ share }) => share >= leastShown);
  const rest = areaParts.filter(({ share }) => share < leastShown);
  const sum = rest.reduce((all, { gates, share }) => ({ gates: all.gates + gates, share: all.share + share }), { gates: 0, share: 0 });
  const [largest] = areaParts;
  return [
    '',
    formatTable(
      ['logic, estimated', 'gates', 'share'],
      [...shown, ...(rest.length > 0 ? [{ part: 'all else', ...sum }] : [])].map(({ part, gates, share }) => [
        part,
        grouped(gates),
        percent(share),
      ]),
    ),
    '',
    `area: ${grouped(objectives.area ?? 0)} gates of logic (estimated), limited by ${largest!.part} (${percent(largest!.share)}); ${grouped(objectives.memoryBits ?? 0)} bits of memory`,
    ...(counts.length > 0 ? [`area by synthesis: ${counts.join(', ')}`] : []),
  ];
}

/** What the fastest change costs, and which one gains most for its gates. */
function priceLines({ fewerCycles: [best], perArea, objectives }: Explanation): string[] {
  if (best === undefined) return [];
  const cost = (change: Change): string =>
    `${relative(change.objectives, objectives, 'cycles')} cycles for ${relative(change.objectives, objectives, 'area')} gates`;
  const work = (change: Change): string => percent(Math.abs(product(objectives) / product(change.objectives) - 1));
  return [
    '',
    `Most cycles: ${changeText(best)}, ${cost(best)}.`,
    perArea === undefined
      ? 'Per area: every one of them costs more than it gains, in cycles times gates.'
      : `Per area: ${changeText(perArea)}, ${cost(perArea)}: ${work(perArea)} more work a gate, the most of all.`,
  ];
}

/** What was chosen where nobody named a model. */
function modelLines({ usualModel, point, possible }: Explanation): string[] {
  const { task, model } = point.run;
  const other = possible.some(({ raised }) => raised['run.model'] !== undefined);
  if (!usualModel || (model === runDefaults.model && !other)) return [];
  return [
    model === runDefaults.model
      ? `No model was named: changes with other columns take the model of ${task} for their banks, as a sweep does.`
      : `No model was named: ${runDefaults.model} does not run with ${point.params.array.columns} columns, ${model} of ${task} does; so it is with each change, as in a sweep.`,
  ];
}

function checkLines({ fewerCycles: [best], check, objectives, counted }: Explanation): string[] {
  if (best === undefined) return ['', 'No change of one parameter is predicted to take fewer cycles.'];
  if (check === undefined) return ['', `Best: ${changeText(best)}; not checked.`];
  const cycles = check.objectives.cycles ?? 0;
  const predicted = best.objectives.cycles ?? 0;
  const before = counted?.objectives.cycles ?? objectives.cycles ?? 0;
  return [
    '',
    `Checked: ${changeText(best)} takes ${grouped(cycles)} cycles in ${check.simulator}, every value as in the golden model; predicted were ${grouped(predicted)} (${relative(check.objectives, best.objectives, 'cycles')}).`,
    `That is ${percent(1 - cycles / before)} fewer than the ${grouped(before)} ${counted === undefined ? 'predicted' : 'counted'} for the point itself.`,
  ];
}

export function explainText(explanation: Explanation): string {
  const { point, inputs, objectives, shares, counted, loss, fewerCycles, fewerBytes, possible, impossible } = explanation;
  const { task, model, policy, latency, bytesPerCycle } = point.run;
  const rows = shares.map(({ limit, share }, i) => [
    `${limit}: ${limits[limit].doc}`,
    percent(share),
    ...(counted?.shares === undefined ? [] : [percent(counted.shares[i]!.share)]),
  ]);
  const idle = possible.filter(({ objectives: one }) => one.cycles === objectives.cycles && one.ema === objectives.ema).length;
  return [
    `${task} (${model}), policy ${policy}, ${inputs} inputs, latency ${latency}, memory of ${bytesPerCycle} bytes a cycle: ${grouped(objectives.cycles ?? 0)} cycles predicted${counted === undefined ? '' : `, ${grouped(counted.objectives.cycles ?? 0)} counted`}, ${grouped(objectives.ema ?? 0)} bytes per input`,
    ...modelLines(explanation),
    '',
    formatTable(['PE-cycles', 'predicted', ...(counted?.shares === undefined ? [] : ['counted'])], rows),
    '',
    loss.share < 0.1
      ? `The array limits it: ${percent(1 - shares.reduce((sum, one) => sum + (one.limit === 'array' ? 0 : one.share), 0))} of all PE-cycles multiply; most of the rest is ${loss.limit} (${percent(loss.share)}).`
      : `It is limited by ${loss.limit} (${percent(loss.share)} of all PE-cycles): ${limits[loss.limit].doc}.`,
    ...areaLines(explanation),
    ...gainTable('fewer cycles', fewerCycles, objectives),
    ...gainTable('fewer bytes', fewerBytes, objectives),
    '',
    `${possible.length} changes of one parameter are possible, ${idle} of them change neither cycles nor bytes${impossible.length > 0 ? '; not possible:' : ''}`,
    ...impossible.map(({ key, from, to, reason }) => `  ${key} ${from} -> ${to}: ${reason}`),
    ...priceLines(explanation),
    ...checkLines(explanation),
  ].join('\n');
}

function changeJson({ key, from, to, raised, objectives }: Change, before: Objectives) {
  const gain = (name: 'cycles' | 'ema'): number => (before[name] ?? 0) - (objectives[name] ?? 0);
  return { key, from, to, raised, objectives, gains: { cycles: gain('cycles'), ema: gain('ema') } };
}

export function explainJson(explanation: Explanation) {
  const { point, inputs, objectives, shares, counted, synthesis, loss, fewerCycles, fewerBytes, impossible, possible, check } = explanation;
  const { areaParts, perArea } = explanation;
  const [best] = fewerCycles;
  const names = (changes: readonly Change[]): string[] => changes.map(({ key, to }) => `${key}=${to}`);
  return {
    trexgen: packageVersion(),
    parameters: point.params,
    run: point.run,
    inputs,
    objectives,
    units: Object.fromEntries(Object.entries(objectiveDocs).map(([name, { unit }]) => [name, unit])),
    limitedBy: loss.share < 0.1 ? 'array' : loss.limit,
    shares,
    areaParts,
    ...(counted !== undefined && { counted }),
    ...(synthesis !== undefined && { synthesis }),
    changes: possible.map((change) => changeJson(change, objectives)),
    fewerCycles: names(fewerCycles),
    fewerBytes: names(fewerBytes),
    ...(perArea !== undefined && { perArea: `${perArea.key}=${perArea.to}` }),
    impossible,
    ...(best !== undefined && check !== undefined && { checked: { change: `${best.key}=${best.to}`, ...check } }),
  };
}
