/** A sweep as a document: charts, one configuration in full, every point. */
import { derive } from '../../params/derived.js';
import { modelFormats } from '../evaluate/formats.js';
import { peCycleCauses, type PeCycleCause } from '../../contract/registers.js';
import { blocksSvg } from '../../report/blocks.js';
import { stackedBars, waterfall } from '../../report/charts.js';
import type { Block, Document, RowDetail, Section } from '../../report/document.js';
import { chartSvg } from '../../report/html.js';
import { causeNames } from '../../report/simulation.js';
import { grouped } from '../../util/table.js';
import { configHash } from '../../rtl/design.js';
import { answerBlocks } from './answer.js';
import { drawnPoint } from './drawn-point.js';
import { SubjectOnHardware } from './hardware.js';
import { parallelBlocks } from './parallel-block.js';
import { repeatCommand } from './repeat.js';
import { checkedParams, measureAnalytic } from './measure.js';
import { brokenRuleText } from './infeasible.js';
import { inputsOfLoad } from './objectives.js';
import type { Detail } from './outcome.js';
import type { Sweep, SweptPoint } from './run-sweep.js';
import { namesOf } from './space.js';
import { loadSubject } from './subject.js';
import { charts, type Chart } from './sweep-charts.js';
import {
  failures,
  frontPoints,
  listedPoints,
  headOf,
  mixedNote,
  objectivesOf,
  reasonText,
  sceneLabel,
  shownKeys,
  shownObjective,
  sweptKeys,
} from './table.js';

/** A file beside the report. */
export interface Picture {
  readonly name: string;
  readonly svg: string;
}

/** Every factor against the step before, docs/evaluation.md. */
function chain(on: SubjectOnHardware, swept: SweptPoint): Block | undefined {
  const {
    subject: { lengths, baseline },
  } = on;
  const params = checkedParams(swept.point);
  const { model } = on.ordered(params.array.columns);
  const { pass, cold, rows } = on.portBytes(params);
  const { ema } = objectivesOf(swept);
  if (ema === undefined) return undefined;
  const formats = modelFormats(model);
  const inputs = lengths.length;
  const activations = (baseline - inputs * formats.dense.pass) / inputs;
  const steps: readonly (readonly [string, number])[] = [
    ['dense, 16 bits', baseline / inputs],
    ['W_S and W_D apart, 16 bits', formats.factorizedUnshared.pass + activations],
    ['W_S once a model', formats.factorized.pass + formats.factorized.cold / inputsOfLoad + activations],
    ['coded, one input per window', pass + rows / inputs + cold / inputsOfLoad],
    ['as it ran, inputs share windows', ema],
  ];
  return {
    kind: 'table',
    head: ['bytes an input', 'bytes', 'factor', 'all together'],
    rows: steps.map(([name, bytes], i) => [
      name,
      grouped(bytes),
      i === 0 ? '' : `${(steps[i - 1]![1] / bytes).toFixed(2)}x`,
      i === 0 ? '' : `${(steps[0]![1] / bytes).toFixed(1)}x`,
    ]),
    caption: `Memory access step by step for the ${inputs} inputs of the run; W_S and program spread over ${grouped(inputsOfLoad)} inputs.`,
  };
}

function shares(causes: Readonly<Record<PeCycleCause, number>>): Record<PeCycleCause, number> {
  const all = peCycleCauses.reduce((sum, cause) => sum + causes[cause], 0);
  return Object.fromEntries(peCycleCauses.map((cause) => [cause, causes[cause] / all])) as Record<PeCycleCause, number>;
}

async function chosenSection(sweep: Sweep, swept: SweptPoint, isWanted: boolean, pictures: Picture[]): Promise<Section> {
  const { point, outcome, fidelity } = swept;
  const params = checkedParams(point);
  const on = new SubjectOnHardware(loadSubject(point.run, params, sweep.plan.measuring));
  const detail: Detail = outcome.state === 'measured' ? outcome.detail : {};
  const predicted = measureAnalytic(on, point);
  const causes = detail.causes ?? shares(predicted.causes);
  const bars = waterfall(
    peCycleCauses.map((cause) => ({ label: causeNames[cause][0], kind: causeNames[cause][1], share: causes[cause] })),
    'share of all PE-cycles',
  );
  const blocks = await blocksSvg(params);
  pictures.push({ name: 'blocks', svg: blocks }, { name: 'waterfall', svg: await chartSvg(bars) });
  const { run } = point;
  const names = namesOf(point);
  const bytes = chain(on, swept);
  const lower = [...swept.levels].map(([level, found]) => [
    level,
    found.state === 'measured' ? grouped(found.objectives.cycles ?? 0) : found.reason,
  ]);
  return {
    title: `Point ${swept.number} in full`,
    blocks: [
      {
        kind: 'text',
        text: `${isWanted ? 'The point that was asked for' : 'Of the front the point nearest to the best of every objective at once'} (${sceneLabel(sweep, swept)}). Configuration ${configHash(params)}, model ${run.model}, policy ${run.policy}, measured by ${fidelity}.`,
      },
      {
        kind: 'facts',
        facts: [
          ...shownKeys(sweep).map((key) => [key, String(names[key])] as const),
          ['multipliers', grouped(derive(params).multipliers)],
          ...sweep.plan.objectives.map((name) => [headOf(name, sweep.points), shownObjective(name, objectivesOf(swept)[name])] as const),
        ],
      },
      { kind: 'table', head: ['fidelity', 'cycles'], rows: lower, caption: 'The same point at every level that it went through.' },
      ...(bytes === undefined ? [] : [bytes]),
      {
        kind: 'chart',
        spec: bars,
        caption: `Where the PE-cycles go, ${detail.causes === undefined ? 'by the analytic model' : 'counted by the chip'}.`,
      },
      {
        kind: 'picture',
        svg: blocks,
        caption: 'Instances of the generated Verilog and the nets between them, thicker for more; the frame is the core.',
      },
    ],
  };
}

/** Folders of the files that a point has left, from the report. */
export type FoldersOf = (swept: SweptPoint) => readonly string[];

function detailOf({ plan }: Sweep, swept: SweptPoint, foldersOf: FoldersOf): RowDetail {
  const { number, key, simulation } = swept;
  const links = foldersOf(swept);
  const reason = reasonText(swept);
  const text = [
    `point ${number}, key ${key}`,
    ...(reason === undefined ? [] : [reason]),
    '',
    repeatCommand(plan, swept),
    ...(reason === undefined ? ['', 'in the folder of this report:', `trexgen explain ${number} --sweep .`] : []),
  ];
  if (simulation !== undefined && links.length === 0)
    text.push('', 'The files of its simulation were not kept; the command with --out FOLDER --keep all makes them again.');
  return { row: String(number), text: text.join('\n'), links };
}

function pointTable(sweep: Sweep, foldersOf: FoldersOf): Section {
  const { points, plan } = sweep;
  const keys = shownKeys(sweep);
  const shown = listedPoints(sweep);
  const rows = shown.map((swept) => {
    const names = namesOf(swept.point);
    const state = swept.front ? 'front' : reasonText(swept) !== undefined ? 'failed' : swept.feasible ? '' : 'constraint';
    return [
      String(swept.number),
      ...keys.map((key) => String(names[key])),
      ...plan.objectives.map((name) => shownObjective(name, objectivesOf(swept)[name])),
      swept.fidelity,
      state,
    ];
  });
  return {
    title: 'All points',
    blocks: [
      {
        kind: 'table',
        sortable: true,
        head: ['point', ...keys, ...plan.objectives.map((name) => headOf(name, sweep.points)), 'fidelity', 'state'],
        rows,
        details: shown.map((swept) => detailOf(sweep, swept, foldersOf)),
        caption: `${
          shown.length < points.length ? `${grouped(shown.length)} of ${grouped(points.length)} points; all are in results.csv. ` : ''
        }A click on a head sorts; one on a row or on a dot of a chart shows the command that measures the point again, and its files where they were kept (--keep). The number of a point is the address of its row.${mixedNote(sweep)}`,
      },
    ],
  };
}

export interface SweepReport {
  readonly document: Document;
  readonly pictures: readonly Picture[];
}

function overview(sweep: Sweep, drawn: readonly Chart[], notes: readonly Block[] = []): Section {
  const { points, plan, size, excluded } = sweep;
  const count = (reached: string): number => points.filter(({ levels }) => [...levels.keys()].some((level) => level === reached)).length;
  return {
    title: 'Result',
    blocks: [
      {
        kind: 'facts',
        facts: [
          ['points', grouped(points.length)],
          ['of the space', grouped(size)],
          ['kept out by constraints', grouped(excluded)],
          ['on the front', grouped(frontPoints(sweep).length)],
          ['failed', grouped(points.filter((one) => reasonText(one) !== undefined).length)],
          ...plan.levels.slice(1).map((level) => [level, grouped(count(level))] as const),
        ],
      },
      ...notes,
      ...answerBlocks(sweep),
      ...drawn.map(({ spec, caption }): Block => ({ kind: 'chart', spec, caption })),
      ...parallelBlocks(sweep),
    ],
  };
}

/** None for a point whose bytes nobody has counted. */
function byteSections({ number, outcome }: SweptPoint): Section[] {
  if (outcome.state === 'failed' || outcome.detail.emaBytes === undefined) return [];
  const bars = Object.entries(outcome.detail.emaBytes).map(([series, value]) => ({ label: `point ${number}`, value, series }));
  return [
    { title: 'Bytes of the run', blocks: [{ kind: 'chart', spec: stackedBars(bars, 'bytes'), caption: 'By class, counted by the chip.' }] },
  ];
}

function failureSections(sweep: Sweep): Section[] {
  const failed = failures(sweep);
  if (failed.length === 0) return [];
  const text = failed.map((one) => `${grouped(one.count)} x ${brokenRuleText(one)}`).join('\n');
  return [{ title: 'What failed', blocks: [{ kind: 'code', text }] }];
}

/** Title and subtitle. */
export function reportTitle(sweep: Sweep): Pick<Document, 'title' | 'subtitle'> {
  const { points, plan } = sweep;
  return {
    title: `Sweep of ${sweptKeys(sweep).join(', ')}`,
    subtitle: `${plan.space.axes.length} keys, ${grouped(points.length)} points, ${plan.measuring.inputs} inputs a run, objectives ${plan.objectives.join(', ')}`,
  };
}

/** The report of a sweep that still runs. */
export function runningSections(sweep: Sweep): Section[] {
  return [overview(sweep, charts(sweep)), ...failureSections(sweep), pointTable(sweep, () => [])];
}

/** A picture stands beside the report. */
function linkedToReport(svg: string): string {
  return svg.replaceAll('href="#', 'href="report.html#');
}

/** `wanted`: number of the point to be drawn in full; by default the report chooses. */
export async function sweepReport(sweep: Sweep, wanted: number | undefined, foldersOf: FoldersOf): Promise<SweepReport> {
  const pictures: Picture[] = [];
  const drawn = charts(sweep);
  for (const { name, spec } of drawn) pictures.push({ name, svg: linkedToReport(await chartSvg(spec)) });
  const { swept: chosen, isWanted, notes } = drawnPoint(sweep, wanted);
  const none: Block = { kind: 'note', tone: 'bad', text: 'No point is feasible: see the reasons below, or loosen the constraints.' };
  const sections = [
    overview(sweep, drawn, [...(frontPoints(sweep).length === 0 ? [none] : []), ...notes]),
    ...(chosen === undefined ? [] : [await chosenSection(sweep, chosen, isWanted, pictures), ...byteSections(chosen)]),
    ...failureSections(sweep),
    pointTable(sweep, foldersOf),
  ];
  return { document: { ...reportTitle(sweep), sections }, pictures };
}
