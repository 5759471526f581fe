/** The report of a simulation: what ran, what agreed, what it cost. */
import type { Params } from '../params/fields.js';
import { peCycleCauses, type PeCycleCause } from '../contract/registers.js';
import { sumTraffic, trafficClasses, type Traffic, type TrafficClass } from '../contract/traffic-classes.js';
import { stackedBars, waterfall, type Bar } from './charts.js';
import type { Block, Card, Document, Section } from './document.js';
import { blockPicture } from './pictures.js';
import { similarityPicture } from './similarity-picture.js';
import { filledShare, windowPicture } from './window-picture.js';
import { grouped, percent } from '../util/table.js';
import { metricText, type Metric } from '../subject/predictions.js';
import type { ReadText } from '../subject/read-texts.js';
import type { Similarities } from '../subject/similarities.js';
import type { Summary } from '../sim/simulate.js';
import type { UnitResult } from '../sim/unit.js';

export interface SimulatedModel {
  /** Name of the task or of the image. */
  readonly name: string;
  /** Form of the weights that the chip was given. */
  readonly form: 'dense int8' | 'factorized';
  readonly summary: Summary;
  readonly units: readonly UnitResult[];
  /** Bytes of the same inputs on the baseline: generator/program/traffic.ts. */
  readonly baseline: number;
  /** Metric of the outputs; undefined when nothing is known that they should be. */
  readonly metric: Metric | undefined;
  /** Texts that the outputs mean, one an input. */
  readonly texts: readonly ReadText[] | undefined;
  /** Similarities of the vectors that the outputs mean. */
  readonly similarities: Similarities | undefined;
  readonly cards: readonly Card[];
  /** What is wrong, in words; empty when all agreed. */
  readonly divergence: readonly string[];
}

export interface SimulationReport {
  readonly title: string;
  readonly params: Params;
  readonly simulator: string;
  readonly policy: string;
  readonly seed: number;
  readonly clockMHz: number;
  readonly models: readonly SimulatedModel[];
}

export const causeNames: Readonly<Record<PeCycleCause, readonly [name: string, kind: string]>> = {
  dense: ['dense layers', 'work'],
  sparse: ['sparse layers', 'work'],
  attention: ['attention', 'work'],
  maskedKeys: ['keys of other inputs', 'padding'],
  paddingLanes: ['lanes without a token', 'padding'],
  paddingColumns: ['columns not in use', 'padding'],
  weightStream: ['waiting for weights', 'waiting'],
  activations: ['rows in and out', 'waiting'],
  vector: ['norm and softmax', 'waiting'],
  drain: ['draining accumulators', 'waiting'],
  dependency: ['fetch and hand-over', 'waiting'],
  noWindow: ['no window in work', 'waiting'],
};

export const classNames: Readonly<Record<TrafficClass, string>> = {
  program: 'program',
  codebooks: 'W_S with codebooks',
  sparseValues: 'W_D values',
  sparseIndices: 'W_D indices',
  parameters: 'biases, norms, padding',
  dense: 'dense weights',
  activationsIn: 'activations in',
  activationsOut: 'activations out',
  descriptors: 'descriptors',
};

/** Cycles a token at a clock, as time. */
export function microsecondsPerToken({ cycles, tokens }: Pick<Summary, 'cycles' | 'tokens'>, clockMHz: number): number {
  return cycles / tokens / clockMHz;
}

export function emaRatio({ summary: { emaBytes }, baseline }: Pick<SimulatedModel, 'summary' | 'baseline'>): number {
  return baseline / sumTraffic(emaBytes);
}

/** Inputs whose cosines a report has room for. */
const mostSimilar = 24;

function overview({ models, clockMHz, params, simulator, policy, seed }: SimulationReport): Section {
  const sum = (of: (summary: Summary) => number): number => models.reduce((total, { summary }) => total + of(summary), 0);
  const differ = sum(({ mismatches }) => mismatches);
  const good = differ === 0 && models.every(({ summary }) => summary.emaAgree);
  const values = grouped(sum(({ valuesCompared }) => valuesCompared));
  const blocks: Block[] = [
    {
      kind: 'note',
      tone: good ? 'good' : 'bad',
      text: good
        ? `All ${values} values that the Verilog stored equal the golden model's, bit for bit, and the bytes that it counted equal those of the golden ledger and of the analytic model.`
        : `${differ} of ${values} comparisons differ${models.every(({ summary }) => summary.emaAgree) ? '' : ', and the counted bytes do not agree'}.`,
    },
    {
      kind: 'facts',
      facts: [
        ['inputs', grouped(sum(({ inputs }) => inputs))],
        ['tokens', grouped(sum(({ tokens }) => tokens))],
        ['windows', grouped(sum(({ windows }) => windows))],
        ['cycles', grouped(sum(({ cycles }) => cycles))],
      ],
    },
    {
      kind: 'table',
      head: [
        'model',
        'inputs',
        'tokens',
        'windows',
        'inputs per window',
        'metric',
        `us/token at ${clockMHz} MHz`,
        'bytes',
        'less than baseline',
        'array utilization',
        'useful utilization',
      ],
      rows: models.map((model) => [
        model.name,
        grouped(model.summary.inputs),
        grouped(model.summary.tokens),
        grouped(model.summary.windows),
        `${model.summary.segments.mean.toFixed(1)}, at most ${model.summary.segments.most}`,
        model.metric === undefined ? '-' : metricText(model.metric),
        microsecondsPerToken(model.summary, clockMHz).toFixed(1),
        grouped(sumTraffic(model.summary.emaBytes)),
        `${emaRatio(model).toFixed(1)}x`,
        percent(model.summary.utilization.array),
        percent(model.summary.utilization.useful),
      ]),
      caption: `Whole runs, everything included, the model's own load too. Baseline: the same layers dense, weights and parameters of 16 bits fetched once an input, int8 activations. Simulator ${simulator}, policy ${policy}, seed ${seed}, prefix ${params.prefix}.`,
    },
  ];
  return { title: 'Result', blocks };
}

function trafficSection({ models }: SimulationReport): Section {
  const bars = models.flatMap(({ name, summary: { emaBytes } }): Bar[] =>
    trafficClasses.filter((key) => emaBytes[key] > 0).map((key) => ({ label: name, value: emaBytes[key], series: classNames[key] })),
  );
  const against = models.flatMap(({ name, summary, baseline }): Bar[] => [
    { label: `${name}, baseline`, value: baseline, series: 'baseline' },
    { label: `${name}, chip`, value: sumTraffic(summary.emaBytes), series: 'chip' },
  ]);
  const total = (bytes: Traffic): string => grouped(sumTraffic(bytes));
  return {
    title: 'External memory access',
    blocks: [
      { kind: 'chart', spec: stackedBars(against, 'bytes'), caption: 'Bytes over the memory port for the same inputs.' },
      { kind: 'chart', spec: stackedBars(bars, 'bytes'), caption: 'Bytes of the chip by class.' },
      {
        kind: 'table',
        head: ['class', ...models.map(({ name }) => name)],
        rows: [
          ...trafficClasses.map((key) => [classNames[key], ...models.map(({ summary }) => grouped(summary.emaBytes[key]))]),
          ['sum', ...models.map(({ summary }) => total(summary.emaBytes))],
          ['of it once a model', ...models.map(({ summary }) => total(summary.coldBytes))],
        ],
        caption: 'Counted three times, by the chip, by the golden model and from shapes.',
      },
    ],
  };
}

function cycleSection({ models }: SimulationReport): Section {
  return {
    title: 'Where the PE-cycles go',
    blocks: models.flatMap(({ name, summary }): Block[] => [
      {
        kind: 'chart',
        caption: `${name}: every PE-cycle of ${grouped(summary.cycles)} cycles has one cause.`,
        spec: waterfall(
          peCycleCauses.map((cause) => ({ label: causeNames[cause][0], kind: causeNames[cause][1], share: summary.causes[cause] })),
          'share of all PE-cycles',
        ),
      },
    ]),
  };
}

function modelSection({ name, summary, units, similarities, cards, divergence }: SimulatedModel, params: Params): Section {
  const blocks: Block[] = [];
  if (divergence.length > 0) blocks.push({ kind: 'code', text: divergence.join('\n') });
  const [first] = units;
  if (first !== undefined) {
    blocks.push({
      kind: 'picture',
      svg: windowPicture([{ windows: first.windows }], params),
      caption: `Windows in the order in which they ran, their slices as rows of token places; the number is that of the input. Hatched places hold no token: ${percent(1 - filledShare(first.windows, params))}. Array utilization ${percent(summary.utilization.array)}, useful utilization ${percent(summary.utilization.useful)}.`,
    });
  }
  if (similarities !== undefined) {
    const { titles, matrix } = similarities;
    const shown = { titles: titles.slice(0, mostSimilar), matrix: matrix.slice(0, mostSimilar).map((row) => row.slice(0, mostSimilar)) };
    blocks.push({
      kind: 'picture',
      svg: similarityPicture(shown),
      caption: 'Cosines of the vectors that the host makes of the outputs of the chip.',
    });
  }
  if (cards.length > 0) blocks.push({ kind: 'cards', cards, caption: 'Inputs with the predictions of the chip.' });
  return { title: name, blocks };
}

export function simulationDocument(report: SimulationReport): Document {
  const { title, params, models } = report;
  return {
    title,
    subtitle: `configuration ${models[0]?.summary.configHash ?? ''}`,
    sections: [
      overview(report),
      ...models.map((model) => modelSection(model, params)),
      trafficSection(report),
      cycleSection(report),
      {
        title: 'The design',
        blocks: [
          {
            kind: 'picture',
            svg: blockPicture(params),
            caption: 'Units of the chip with the sizes of this configuration; arrows show the way of data.',
          },
        ],
      },
    ],
  };
}
