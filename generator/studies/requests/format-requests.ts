/** What was measured of a trace, for a terminal, as JSON and as a document. */
import { policies } from '../../contract/codes.js';
import type { Params } from '../../params/fields.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { lines, stackedBars, type Point } from '../../report/charts.js';
import type { Document, Section } from '../../report/document.js';
import { formatTable, grouped, percent } from '../../util/table.js';
import { configHash } from '../../rtl/design.js';
import { checkTolerance, isChecked, type CheckedWindow } from './check.js';
import type { TraceRow } from './measure.js';
import type { TracedRequest } from './trace-file.js';

export interface TraceOutcome {
  readonly name: string;
  /** Source of the requests, in words. */
  readonly source: string;
  readonly requests: readonly TracedRequest[];
  readonly params: Params;
  readonly clockMHz: number;
  readonly latencyCycles: number;
  readonly cyclesPerBeat: number;
  readonly seed: number;
  readonly rows: readonly TraceRow[];
  readonly checks: readonly CheckedWindow[];
  readonly simulator: string;
  readonly report: string | undefined;
}

const errorOf = ({ predicted, simulated }: CheckedWindow): number => predicted / simulated - 1;

export function traceJson({
  name,
  source,
  requests,
  params,
  clockMHz,
  latencyCycles,
  cyclesPerBeat,
  seed,
  rows,
  checks,
  simulator,
  report,
}: TraceOutcome) {
  return {
    model: name,
    source,
    requests: requests.length,
    tokens: tokensOf(requests),
    clockMHz,
    latencyCycles,
    cyclesPerBeat,
    configHash: configHash(params),
    seed,
    rows: rows.map(
      ({
        policy,
        windowTokens,
        windows,
        emaBytes,
        emaBytesPerToken,
        utilization,
        busy,
        requestsPerSecond,
        tokensPerSecond,
        latencyMicroseconds,
      }) => ({
        policy,
        windowTokens,
        windows,
        emaBytes,
        emaTotal: sumTraffic(emaBytes),
        emaBytesPerToken,
        utilization,
        busy,
        requestsPerSecond,
        tokensPerSecond,
        latencyMicroseconds,
      }),
    ),
    checks: checks.map((check) => ({ ...check, error: errorOf(check), good: isChecked(check) })),
    simulator: checks.length === 0 ? null : simulator,
    report: report ?? null,
  };
}

function tokensOf(requests: readonly TracedRequest[]): number {
  return requests.reduce((sum, { tokens }) => sum + tokens, 0);
}

const head = [
  'window',
  'policy',
  'windows',
  'bytes/token',
  'array util.',
  'useful util.',
  'busy',
  'requests/s',
  'tokens/s',
  'p50 us',
  'p99 us',
];

function cells(rows: readonly TraceRow[]): string[][] {
  return rows.map(
    ({
      policy,
      windowTokens,
      windows,
      emaBytesPerToken,
      utilization,
      busy,
      requestsPerSecond,
      tokensPerSecond,
      latencyMicroseconds: { p50, p99 },
    }) => [
      `${windowTokens} tokens`,
      policy,
      grouped(windows),
      grouped(emaBytesPerToken),
      percent(utilization.array),
      percent(utilization.useful),
      percent(busy),
      grouped(requestsPerSecond),
      grouped(tokensPerSecond),
      grouped(p50),
      grouped(p99),
    ],
  );
}

function checkLine(checks: readonly CheckedWindow[], simulator: string): string {
  const worst = Math.max(...checks.map((check) => Math.abs(errorOf(check))));
  const bad = checks.filter((check) => !isChecked(check)).length;
  return `${checks.length} windows of the trace simulated with ${simulator}: ${bad === 0 ? 'every bit as golden' : `${bad} BAD`}, cycles at most ${percent(worst)} from the model (${percent(checkTolerance)} are allowed)`;
}

export function traceText(outcome: TraceOutcome): string {
  const { name, source, requests, rows, checks, simulator, report, clockMHz, params, latencyCycles } = outcome;
  return [
    `${name} on ${configHash(params)}: ${grouped(requests.length)} requests, ${grouped(tokensOf(requests))} tokens, ${source}; ${clockMHz} MHz, memory latency ${latencyCycles} cycles`,
    '',
    formatTable(head, cells(rows)),
    ...(checks.length === 0 ? [] : ['', checkLine(checks, simulator)]),
    ...checks
      .filter((check) => !isChecked(check))
      .map(
        ({ policy, lengths, predicted, simulated, exact }) =>
          `  ${policy}, ${lengths.join(' + ')} tokens: model ${predicted} cycles, simulation ${simulated}${exact ? '' : ', and its results differ'}`,
      ),
    ...(report === undefined ? [] : ['', `report: ${report}`]),
  ].join('\n');
}

/** Share of requests that were completed within a time. */
function latencyPoints({ policy, windowTokens, service }: TraceRow, requests: readonly TracedRequest[], clockMHz: number): Point[] {
  const sorted = Float64Array.from(requests, ({ arrival }, i) => service.done[i]! / clockMHz - arrival).sort();
  const steps = Math.min(100, sorted.length);
  return Array.from({ length: steps }, (_, i) => {
    const part = (i + 1) / steps;
    return { x: sorted[Math.ceil(part * sorted.length) - 1]!, y: part, series: `${policy}, ${windowTokens} tokens` };
  });
}

function policySection({ requests, rows, clockMHz }: TraceOutcome): Section {
  const label = ({ policy, windowTokens }: TraceRow): string => `${policy}, ${windowTokens} tokens`;
  return {
    title: 'Policies and windows',
    blocks: [
      {
        kind: 'facts',
        facts: [
          ['requests', grouped(requests.length)],
          ['tokens', grouped(tokensOf(requests))],
          ['clock', `${clockMHz} MHz`],
        ],
      },
      {
        kind: 'table',
        head,
        rows: cells(rows),
        caption:
          'Bytes, the load of the model included; utilization while a request is under way; latency from arrival to completion. Cycles of the analytic model.',
      },
      {
        kind: 'chart',
        spec: lines(
          rows.flatMap((row) => latencyPoints(row, requests, clockMHz)),
          { x: 'latency in us', y: 'requests completed', logX: true, share: true },
        ),
        caption: 'Share of requests that were completed within a latency.',
      },
      {
        kind: 'chart',
        spec: stackedBars(
          rows.map((row) => ({ label: label(row), value: row.emaBytesPerToken, series: row.policy })),
          'bytes a token over the memory port',
        ),
        caption: `Every pass over the weights is shared by the requests of a window; policies ${policies.join(', ')}.`,
      },
    ],
  };
}

function checkSection({ checks, simulator }: TraceOutcome): Section {
  return {
    title: 'Against the Verilog',
    blocks: [
      { kind: 'note', tone: checks.every(isChecked) ? 'good' : 'bad', text: checkLine(checks, simulator) },
      {
        kind: 'table',
        head: ['window', 'policy', 'lengths', 'model', 'simulation', 'error', 'bits'],
        rows: checks.map((check) => [
          `${check.windowTokens} tokens`,
          check.policy,
          check.lengths.join(' + '),
          grouped(check.predicted),
          grouped(check.simulated),
          percent(errorOf(check)),
          check.exact ? 'equal' : 'DIFFER',
        ]),
      },
    ],
  };
}

export function traceDocument(outcome: TraceOutcome): Document {
  const { name, source, checks, params, seed } = outcome;
  return {
    title: `${name}: requests that arrive over time`,
    subtitle: `configuration ${configHash(params)}, ${source}, seed ${seed}`,
    sections: [policySection(outcome), ...(checks.length === 0 ? [] : [checkSection(outcome)])],
  };
}
