/** What was reproduced: for a terminal, as JSON, as a document. */
import { defaultPolicy, policies } from '../../contract/codes.js';
import { derive } from '../../params/derived.js';
import { sumTraffic, trafficClasses } from '../../contract/traffic-classes.js';
import { lines, stackedBars, type Bar } from '../../report/charts.js';
import type { Block, Document, Section } from '../../report/document.js';
import { classNames } from '../../report/simulation.js';
import { formatTable, grouped, percent } from '../../util/table.js';
import { configHash } from '../../rtl/design.js';
import { load, policyLines } from './ablation.js';
import type { SubjectMeasurements, VariantName } from './measure.js';
import { variants } from './measure.js';
import type { Row } from './rows.js';
import { isExact, type BandwidthCurve, type Reproduction } from './reproduce.js';
import { byInstruction, byLayer, profileCauses, sumOf, type Group } from './waterfall.js';

export interface ReproduceOutcome {
  readonly reproduction: Reproduction;
  readonly seed: number;
  /** Name and version. */
  readonly simulator: string;
  readonly clockMHz: number;
  readonly latencyCycles: number;
  readonly seconds: number;
  readonly report: string | undefined;
}

const variantNames: Readonly<Record<VariantName, string>> = {
  dense16: 'dense, 16 bits',
  uncoded: 'factorized, uncoded',
  dense8: 'dense, 8 bits',
  single: 'compressed, single',
  uniform: 'compressed, uniform',
  packed: 'compressed, packed',
  tokens: 'compressed, tokens',
  oneDirection: 'packed, one direction',
  lateTurns: 'packed, one direction, turned late',
};

const figure = ({ measured, unit }: Row): string => `${measured >= 100 ? measured.toFixed(0) : measured.toFixed(2)} ${unit}`;

function hashes({ subjects }: Reproduction): Record<string, string> {
  return Object.fromEntries(subjects.map(({ name, params }) => [name, configHash(params)]));
}

export function reproduceJson({ reproduction, seed, simulator, clockMHz, latencyCycles, seconds, report }: ReproduceOutcome) {
  const { rows, chain, subjects, bandwidth } = reproduction;
  const all = hashes(reproduction);
  return {
    rows,
    chain,
    configHash: Object.values(all)[0] ?? '',
    configHashes: all,
    seed,
    simulator,
    clockMHz,
    latencyCycles,
    exact: isExact(reproduction),
    seconds,
    variants: Object.fromEntries(
      subjects.map(({ name, variants: of }) => [
        name,
        Object.fromEntries(
          variants.map((variant) => {
            const {
              summary: { inputs, tokens, windows, cycles, valuesCompared, mismatches, emaAgree, emaBytes, coldBytes, utilization, causes },
            } = of[variant.name];
            return [
              variant.name,
              {
                inputs,
                tokens,
                windows,
                cycles,
                valuesCompared,
                mismatches,
                emaAgree,
                emaBytes,
                emaTotal: sumTraffic(emaBytes),
                coldTotal: sumTraffic(coldBytes),
                utilization,
                causes,
              },
            ];
          }),
        ),
      ]),
    ),
    waterfall: Object.fromEntries(
      subjects.map(({ name, params, variants: { [defaultPolicy]: measured } }) => [
        name,
        { instructions: byInstruction(measured, params), layers: byLayer(measured, params) },
      ]),
    ),
    bandwidth: bandwidth ?? null,
    report: report ?? null,
  };
}

const policyHead = ['policy', 'windows', 'bytes', 'less EMA', 'throughput', 'array util.', 'useful util.', 'p50 us', 'p99 us'];

function policyCells({ variants: of, waits }: SubjectMeasurements, clockMHz: number): string[][] {
  const microseconds = (value: number | undefined): string => (value === undefined ? '-' : grouped(value));
  return policyLines(of, waits, clockMHz).map(
    ({ policy, windows, bytes, lessBytes, throughput, arrayUtilization, usefulUtilization, p50, p99 }) => [
      policy,
      grouped(windows),
      grouped(bytes),
      `${lessBytes.toFixed(2)}x`,
      `${throughput.toFixed(2)}x`,
      percent(arrayUtilization),
      percent(usefulUtilization),
      microseconds(p50),
      microseconds(p99),
    ],
  );
}

function subjectText(subject: SubjectMeasurements, rows: readonly Row[], clockMHz: number): string[] {
  const { name, params, variants: of } = subject;
  const { windowTokens } = derive(params);
  const { summary } = of[defaultPolicy];
  return [
    `${name}: ${summary.inputs} inputs, ${grouped(summary.tokens)} tokens, windows of ${windowTokens}, configuration ${configHash(params)}`,
    formatTable(
      ['', 'windows', 'bytes', 'cycles', 'array util.', 'useful util.', 'bits'],
      variants.map(({ name: variant }) => {
        const {
          summary: { windows, emaBytes, cycles, utilization, mismatches, emaAgree },
        } = of[variant];
        return [
          variantNames[variant],
          grouped(windows),
          grouped(sumTraffic(emaBytes)),
          grouped(cycles),
          percent(utilization.array),
          percent(utilization.useful),
          mismatches === 0 && emaAgree ? 'equal' : 'DIFFER',
        ];
      }),
    ),
    '',
    formatTable(policyHead, policyCells(subject, clockMHz)),
    '',
    formatTable(
      ['mechanism', 'paper', 'measured'],
      rows.filter(({ workload }) => workload === name).map((row) => [row.mechanism, row.paper, figure(row)]),
    ),
    '',
  ];
}

export function reproduceText({ reproduction, seed, simulator, clockMHz, latencyCycles, report }: ReproduceOutcome): string {
  const { subjects, rows, bandwidth } = reproduction;
  return [
    `${simulator}, seed ${seed}, memory latency ${latencyCycles}, ${clockMHz} MHz; every run ${isExact(reproduction) ? 'equals the golden model bit for bit' : 'DOES NOT EQUAL THE GOLDEN MODEL'}`,
    '',
    ...subjects.flatMap((subject) => subjectText(subject, rows, clockMHz)),
    ...(bandwidth === undefined ? [] : [...bandwidthText(bandwidth), '']),
    ...(report === undefined ? [] : [`report: ${report}`]),
  ].join('\n');
}

function bandwidthText({ name, points, prefetch }: BandwidthCurve): string[] {
  return [
    `${name} against the memory`,
    formatTable(
      ['port', 'latency', 'cycles a beat', 'cycles', 'array util.', 'useful util.', 'model'],
      points.map(({ busBytes, latencyCycles, cyclesPerBeat, cycles, arrayUtilization, usefulUtilization, predictedCycles }) => [
        `${8 * busBytes} bits`,
        String(latencyCycles),
        String(cyclesPerBeat),
        grouped(cycles),
        percent(arrayUtilization),
        percent(usefulUtilization),
        percent(predictedCycles / cycles - 1),
      ]),
    ),
    `prefetch that suffices, by the analytic model: ${prefetch.map(({ latencyCycles, prefetchBeats }) => `latency ${latencyCycles}: ${prefetchBeats} beats`).join(', ')}`,
  ];
}

function bars(groups: readonly Group[]): Bar[] {
  const all = groups.reduce((sum, group) => sum + sumOf(group), 0);
  return groups.flatMap((group) =>
    profileCauses.map((cause) => ({ label: group.label, value: (100 * group.causes[cause]) / all, series: cause as string })),
  );
}

function subjectSection(subject: SubjectMeasurements, rows: readonly Row[], clockMHz: number): Section {
  const { name, params, variants: of } = subject;
  const measured = of[defaultPolicy];
  const { inputs, tokens } = measured.summary;
  const own = rows.filter(({ workload }) => workload === name);
  const traffic = variants.flatMap(({ name: variant }): Bar[] =>
    trafficClasses
      .filter((key) => of[variant].summary.emaBytes[key] > 0)
      .map((key) => ({ label: variantNames[variant], value: of[variant].summary.emaBytes[key], series: classNames[key] })),
  );
  return {
    title: name,
    blocks: [
      {
        kind: 'table',
        head: ['mechanism', 'paper', 'measured'],
        rows: own.map((row) => [row.mechanism, row.paper, figure(row)]),
        caption: `${inputs} inputs, ${grouped(tokens)} tokens; configuration ${configHash(params)}; ${own[0]?.command ?? ''}`,
      },
      {
        kind: 'table',
        head: policyHead,
        rows: policyCells(subject, clockMHz),
        caption: `How inputs share windows, all else equal: ${policies.join(', then ')}. Latency from arrival to completion at ${100 * load} % of the load that single could just serve, by the request model.`,
      },
      {
        kind: 'table',
        head: ['mechanism', "what the figure is, and why it differs from the paper's"],
        rows: own.map((row) => [`${row.mechanism}, ${row.unit}`, row.why]),
      },
      {
        kind: 'chart',
        spec: stackedBars(traffic, 'bytes'),
        caption: 'Bytes over the memory port for the same inputs, the load of the model included.',
      },
      {
        kind: 'chart',
        spec: stackedBars(bars(byInstruction(measured, params)), '% of the PE-cycles of all windows'),
        caption: 'Every PE-cycle of the windows has one cause: by kind of instruction.',
      },
      {
        kind: 'chart',
        spec: stackedBars(bars(byLayer(measured, params)), '% of the PE-cycles of all windows'),
        caption: 'The same by layer.',
      },
    ],
  };
}

function bandwidthSection({ name, points, prefetch }: BandwidthCurve): Section {
  const even = points.filter(({ cyclesPerBeat }) => cyclesPerBeat === 1);
  const blocks: Block[] = [
    {
      kind: 'chart',
      caption: `${name}: array utilization against the latency of the memory, for ports of several widths.`,
      spec: lines(
        even.map(({ busBytes, latencyCycles, arrayUtilization }) => ({
          x: latencyCycles,
          y: arrayUtilization,
          series: `${8 * busBytes} bits`,
        })),
        { x: 'latency in cycles', y: 'array utilization', share: true },
      ),
    },
    {
      kind: 'table',
      head: ['port', 'latency', 'cycles a beat', 'cycles', 'array utilization', 'useful utilization', 'analytic model'],
      rows: points.map(({ busBytes, latencyCycles, cyclesPerBeat, cycles, arrayUtilization, usefulUtilization, predictedCycles }) => [
        `${8 * busBytes} bits`,
        String(latencyCycles),
        String(cyclesPerBeat),
        grouped(cycles),
        percent(arrayUtilization),
        percent(usefulUtilization),
        percent(predictedCycles / cycles - 1),
      ]),
    },
    {
      kind: 'table',
      head: ['latency', 'prefetch that suffices'],
      rows: prefetch.map(({ latencyCycles, prefetchBeats }) => [String(latencyCycles), `${prefetchBeats} beats`]),
      caption: 'Smallest buffer within a percent of the deepest one, by the analytic model.',
    },
  ];
  return { title: 'Against the memory', blocks };
}

export function reproduceDocument({ reproduction, seed, simulator, clockMHz, latencyCycles }: ReproduceOutcome): Document {
  const { subjects, rows, bandwidth } = reproduction;
  const exact = isExact(reproduction);
  return {
    title: 'The mechanisms, one by one',
    subtitle: `${simulator}, seed ${seed}, memory latency ${latencyCycles} cycles, ${clockMHz} MHz`,
    sections: [
      {
        title: 'Runs',
        blocks: [
          {
            kind: 'note',
            tone: exact ? 'good' : 'bad',
            text: exact
              ? 'Every run equals the golden model bit for bit, and the bytes of chip, golden ledger and analytic model agree.'
              : 'Some runs differ from the golden model.',
          },
          {
            kind: 'table',
            head: ['workload', 'model and policy', 'windows', 'bytes', 'cycles', 'array utilization', 'useful utilization'],
            rows: subjects.flatMap(({ name, variants: of }) =>
              variants.map(({ name: variant }) => {
                const {
                  summary: { windows, emaBytes, cycles, utilization },
                } = of[variant];
                return [
                  name,
                  variantNames[variant],
                  grouped(windows),
                  grouped(sumTraffic(emaBytes)),
                  grouped(cycles),
                  percent(utilization.array),
                  percent(utilization.useful),
                ];
              }),
            ),
          },
        ],
      },
      ...subjects.map((subject) => subjectSection(subject, rows, clockMHz)),
      ...(bandwidth === undefined ? [] : [bandwidthSection(bandwidth)]),
    ],
  };
}
