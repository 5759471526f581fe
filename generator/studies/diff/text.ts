/** A difference for people and for programs. */
import { alignColumns } from '../../util/aligned.js';
import { shownObjective, objectiveHeads } from '../sweep/table.js';
import type { ObjectiveName } from '../sweep/objectives.js';
import type { Change } from './params.js';
import type { ConfigDiff } from './compare-configs.js';
import type { Side, WorkloadDiff } from './workloads.js';

const shown: readonly ObjectiveName[] = ['cycles', 'ema', 'emaRatio', 'utilization', 'usefulUtilization'];

function ratio(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined || a === 0 ? '' : `${(b / a).toFixed(2)}x`;
}

const cell = (value: string | number | undefined): string =>
  value === undefined ? '-' : typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 2 }) : value;

function changeRows(changes: readonly Change[]): string[] {
  return alignColumns(
    changes.map(({ name, unit, a, b }) => [
      `  ${name}`,
      cell(a),
      '->',
      cell(b),
      unit,
      typeof a === 'number' && typeof b === 'number' ? ratio(a, b) : '',
    ]),
    'lrlrll',
  );
}

/** `told`: reasons that have been given. */
function sideRows(what: string, a: Side, b: Side, told: readonly Side[] = []): string[] {
  const known = told.map((side) => ('reason' in side ? side.reason : ''));
  const reasons = [['A', a] as const, ['B', b] as const].flatMap(([name, side]) =>
    'reason' in side && !known.includes(side.reason) ? [`  ${what}, ${name}: ${side.reason}`] : [],
  );
  const [x, y] = [a, b].map((side) => ('reason' in side ? {} : side));
  const rows = shown
    .filter((name) => x![name] !== undefined || y![name] !== undefined)
    .map((name) => [
      `  ${objectiveHeads[name]}, ${what}`,
      shownObjective(name, x![name]),
      '->',
      shownObjective(name, y![name]),
      ratio(x![name], y![name]),
    ]);
  return [...reasons, ...(rows.length > 0 ? alignColumns(rows, 'lrlrl') : [])];
}

function workloadLines({ task, predicted, measured }: WorkloadDiff): string[] {
  return [
    '',
    `${task}:`,
    ...sideRows('predicted', predicted.a, predicted.b),
    ...(measured === undefined ? [] : sideRows('simulated', measured.a, measured.b, [predicted.a, predicted.b])),
  ];
}

function cellLines({ cells }: ConfigDiff): string[] {
  if (cells === undefined) return [];
  const { a, b } = cells;
  const kinds = ['cells', 'lut', 'ff', 'dsp', 'ramBlocks', 'gateEquivalents', 'memoryBits', 'longestPathNs'] as const;
  const size = (report: typeof a, unit: string): number | undefined =>
    report.byUnit[unit]?.gateEquivalents ?? report.byUnit[unit]?.lut ?? report.byUnit[unit]?.cells;
  const row = (name: string, x: number | undefined, y: number | undefined): string[] => [`  ${name}`, cell(x), '->', cell(y), ratio(x, y)];
  const units = [...new Set([...Object.keys(a.byUnit), ...Object.keys(b.byUnit)])].filter((unit) => size(a, unit) !== size(b, unit));
  return [
    '',
    `Synthesis for ${a.family} by ${a.tool} ${a.version}:`,
    ...alignColumns(
      kinds.filter((kind) => a[kind] !== undefined || b[kind] !== undefined).map((kind) => row(kind, a[kind], b[kind])),
      'lrlrl',
    ),
    ...(units.length > 0
      ? [
          `Units of another size, in ${a.gateEquivalents === undefined ? 'LUT' : 'gate equivalents'}:`,
          ...alignColumns(
            units.map((unit) => row(unit, size(a, unit), size(b, unit))),
            'lrlrl',
          ),
        ]
      : []),
  ];
}

/** `rtl`: the whole unified difference of every unit. */
export function diffText(diff: ConfigDiff, rtl: boolean): string {
  const { a, b, changes, units, workloads } = diff;
  const changed = units.filter(({ state }) => state !== 'same');
  return [
    `A: ${a.name}, configuration ${a.configHash}`,
    `B: ${b.name}, configuration ${b.configHash}`,
    '',
    changes.length === 0 ? 'No parameter differs.' : 'Parameters:',
    ...(changes.length > 0 ? changeRows(changes) : []),
    '',
    'Sizes:',
    ...changeRows(diff.sizes),
    '',
    changed.length === 0
      ? 'The Verilog is the same.'
      : `Verilog: ${changed.length} of ${units.length} units differ${rtl ? '' : '; --rtl shows them'}`,
    ...(changed.length > 0
      ? alignColumns(
          changed.map(({ unit, state, added, removed }) => [`  ${unit}`, `+${added}`, `-${removed}`, state === 'changed' ? '' : state]),
          'lrrl',
        )
      : []),
    ...workloads.flatMap(workloadLines),
    ...cellLines(diff),
    ...(rtl ? ['', ...changed.map(({ patch }) => patch.trimEnd())] : []),
  ].join('\n');
}

export function diffJson({ a, b, changes, sizes, units, workloads, cells }: ConfigDiff, rtl: boolean) {
  const named = ({ name, configHash, params }: ConfigDiff['a']) => ({ name, configHash, params });
  return {
    a: named(a),
    b: named(b),
    changes,
    sizes,
    workloads,
    ...(cells && { cells }),
    units: units.map(({ unit, state, added, removed, patch }) => ({ unit, state, added, removed, ...(rtl && { patch }) })),
  };
}
