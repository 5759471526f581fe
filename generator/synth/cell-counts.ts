/** What a synthesis found. */
import type { DumpedMemory, UnitCells } from './stat.js';
import type { CellWeight, TargetName } from './targets.js';

export interface UnitCounts {
  /** Name of the unit without the prefix. */
  readonly unit: string;
  readonly instances: number;
  /** Leaf cells of all instances, without what they instantiate. */
  readonly cells: number;
  readonly lut?: number;
  readonly ff?: number;
  readonly dsp?: number;
  readonly ramBlocks?: number;
  readonly gateEquivalents?: number;
  /** Buffers (asic), added to nets of large fan-out before the paths were timed; in no other count. */
  readonly buffers?: number;
  /** Delay (asic) of the longest path that ends in an instance. */
  readonly pathNs?: number;
  /** LUTs, or gate equivalents of asic, with everything that the instances hold. */
  readonly within: number;
}

export interface TimingPath {
  readonly from: string;
  readonly to: string;
  readonly ns: number;
}

export interface SynthReport {
  readonly target: TargetName;
  readonly family: string;
  readonly top: string;
  readonly configHash: string;
  readonly tool: string;
  readonly version: string;
  readonly cells: number;
  readonly lut?: number;
  readonly ff?: number;
  readonly dsp?: number;
  readonly ramBlocks?: number;
  /** Command of yosys (FPGA) that all was counted by, and what maps look-up tables where not that; the hierarchy is gone, that of `byUnit` is kept. */
  readonly mapping?: string;
  /** Multipliers (whole chip on an FPGA) of the array, and look-up tables of everything by each of them. */
  readonly multipliers?: number;
  readonly lutPerMac?: number;
  /** Longest path (FPGA) of the flat netlist before placement, by assumed nets and the delays of that device. */
  readonly estimatedPeriodNs?: number;
  readonly delays?: string;
  /** Flip-flops (asic) before the library's are chosen, and how many of them have an enable. */
  readonly ffWithEnable?: { readonly count: number; readonly of: number };
  /** Area in two-input NAND gates of the library, memories left out. */
  readonly gateEquivalents?: number;
  /** What the memories would add as flip-flops: an estimate, from a piece of each. */
  readonly memoryGateEquivalents?: number;
  /** Memories that are black boxes, all instances. */
  readonly memories?: readonly DumpedMemory[];
  readonly memoryBits?: number;
  /** Buffers (asic) as in UnitCounts, and the cell; null where the library has none and nothing was buffered. */
  readonly buffers?: number;
  readonly bufferCell?: string | null;
  readonly longestPathNs?: number;
  readonly paths?: readonly TimingPath[];
  /** What was placed and routed, where not everything was. */
  readonly placed?: { readonly device: string; readonly unit: string; readonly tool: string; readonly version: string };
  readonly byUnit: Readonly<Record<string, Omit<UnitCounts, 'unit'>>>;
}

const kinds = ['lut', 'ff', 'dsp', 'ramBlocks'] as const;

/** Counts of units by the weights of a family. */
export function countUnits(units: readonly UnitCells[], prefix: string, weight: (cell: string) => CellWeight): UnitCounts[] {
  return units.map(({ unit, instances, cells, within }) => {
    const inside = Object.entries(within.cells).reduce((sum, [type, count]) => sum + count * (weight(type).lut ?? 0), 0);
    const sums = { cells: 0, lut: 0, ff: 0, dsp: 0, ramBlocks: 0 };
    for (const [type, count] of Object.entries(cells)) {
      sums.cells += count;
      const each = weight(type);
      for (const kind of kinds) sums[kind] += count * (each[kind] ?? 0);
    }
    return { unit: withoutPrefix(unit, prefix), instances, ...sums, within: inside };
  });
}

export function withoutPrefix(unit: string, prefix: string): string {
  return unit.startsWith(`${prefix}_`) ? unit.slice(prefix.length + 1) : unit;
}

export function total(units: readonly UnitCounts[], kind: 'cells' | 'gateEquivalents' | 'buffers' | (typeof kinds)[number]): number {
  return units.reduce((sum, unit) => sum + (unit[kind] ?? 0), 0);
}

export function byUnit(units: readonly UnitCounts[]): SynthReport['byUnit'] {
  return Object.fromEntries(units.map(({ unit, ...counts }) => [unit, counts]));
}

const grouped = (value: number | undefined): string =>
  value === undefined ? '' : value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** Rows of a table, largest unit first. */
export function tableOf(report: SynthReport): string[][] {
  const asic = report.gateEquivalents !== undefined;
  const size = (counts: Omit<UnitCounts, 'unit'>): number => (asic ? counts.gateEquivalents : counts.lut) ?? 0;
  const columns = asic
    ? (['cells', 'ff', 'gateEquivalents', 'within', 'buffers', 'pathNs'] as const)
    : (['cells', ...kinds, 'within'] as const);
  const { bufferCell } = report;
  const row = (name: string, counts: Partial<UnitCounts>): string[] => [
    name,
    grouped(counts.instances),
    ...columns.map((column) => grouped(counts[column])),
  ];
  const names: Readonly<Record<string, string>> = {
    ramBlocks: 'RAM blocks',
    gateEquivalents: 'gate equivalents',
    lut: 'LUT',
    ff: 'FF',
    dsp: 'DSP',
    pathNs: 'longest path to it, ns',
    buffers: bufferCell === null ? 'no buffer in the library' : `${bufferCell} added for timing`,
    within: asic ? 'with all inside' : 'LUT with all inside',
  };
  return [
    ['unit', 'instances', ...columns.map((column) => names[column] ?? column)],
    ...Object.entries(report.byUnit)
      .sort(([, a], [, b]) => size(b) - size(a))
      .map(([unit, counts]) => row(unit, counts)),
    row('all', { ...report, ...(report.longestPathNs !== undefined && { pathNs: report.longestPathNs }) }),
  ];
}
