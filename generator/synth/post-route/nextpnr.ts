/**
 * Reports of nextpnr: the JSON that `--report` writes, and the log of versions that write none.
 *
 * Source   common/kernel/report.cc and timing_log.cc of YosysHQ/nextpnr: `utilization` and `fmax` of the JSON; lines
 *          `Info: NAME: used/available percent` below `Info: Device utilisation:`, `Max frequency for clock 'NAME': N MHz`.
 *          openXC7/nextpnr-xilinx prints the same lines, of kinds of cells that the design has.
 */
import { UserError } from '../../util/errors.js';
import { hundredths, type PostRouteCounts, type Resource } from './table.js';

/** Names of cells, and what one counts for. */
type Kinds = readonly (readonly [RegExp, number])[];

export interface NextpnrFamily {
  readonly lut: Kinds;
  /** Kinds of flip-flops; left out where a logic cell holds both. */
  readonly ff?: Kinds;
  readonly dsp: Kinds;
  readonly bram: Kinds;
}

export const nextpnrFamilies = {
  'nextpnr-ecp5': { lut: [[/^TRELLIS_COMB$/, 1]], ff: [[/^TRELLIS_FF$/, 1]], dsp: [[/^MULT18X18D$/, 1]], bram: [[/^DP16KD$/, 1]] },
  'nextpnr-xilinx': {
    lut: [[/^SLICE_LUTX$/, 1]],
    ff: [[/^SLICE_FFX$/, 1]],
    dsp: [[/^DSP48E1/, 1]],
    bram: [
      [/^RAMB(FIFO)?36E1/, 1],
      [/^RAMB18E1/, 0.5],
    ],
  },
  'nextpnr-ice40': { lut: [[/^ICESTORM_LC$/, 1]], dsp: [[/^ICESTORM_DSP$/, 1]], bram: [[/^ICESTORM_RAM$/, 1]] },
} as const satisfies Record<string, NextpnrFamily>;

export type NextpnrName = keyof typeof nextpnrFamilies;

type Cells = ReadonlyMap<string, Resource>;

function unreadable(file: string, expected: string): UserError {
  return new UserError([`${file}: ${expected}`]);
}

/** How many cells of these kinds are used. There is always some logic, so its lines must be there; of a kind without a line there is none. */
function sum(cells: Cells, kinds: Kinds, file: string, always: boolean): Resource {
  const found = [...cells].flatMap(([name, { used, available }]) => {
    const weight = kinds.find(([pattern]) => pattern.test(name))?.[1];
    return weight === undefined ? [] : [{ used: used * weight, available: available === null ? null : available * weight }];
  });
  if (found.length === 0 && always)
    throw unreadable(
      file,
      `says nothing of ${kinds.map(([pattern]) => pattern.source.replace(/[\^$]/g, '')).join(', ')}; expected how many are used`,
    );
  if (found.length === 0) return { used: 0, available: null };
  // Kinds of one memory share their sites: there are as many as of the largest kind.
  const places = found.map(({ available }) => available ?? 0);
  return { used: found.reduce((all, { used }) => all + used, 0), available: Math.max(...places) };
}

function counts(family: NextpnrFamily, cells: Cells, frequencies: readonly number[], file: string): PostRouteCounts {
  return {
    fmaxMhz: hundredths(Math.min(...frequencies)),
    lut: sum(cells, family.lut, file, true),
    ff: family.ff === undefined ? null : sum(cells, family.ff, file, true),
    dsp: sum(cells, family.dsp, file, false),
    bram: sum(cells, family.bram, file, false),
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

function entriesOf(report: unknown, key: string, file: string): [string, Record<string, unknown>][] {
  const value = typeof report === 'object' && report !== null ? (report as Record<string, unknown>)[key] : undefined;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    throw unreadable(file, `has no "${key}"; expected the report of nextpnr --report`);
  return Object.entries(value).map(([name, entry]: [string, unknown]) => [
    name,
    typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : {},
  ]);
}

/** Errors: UserError for what is not the report of nextpnr, with what was expected. */
export function parseNextpnrReport(text: string, name: NextpnrName, file: string): PostRouteCounts {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw unreadable(file, 'is not valid JSON; expected the report of nextpnr --report');
  }
  const cells = new Map(
    entriesOf(report, 'utilization', file).map(([cell, { used, available }]) => {
      if (!isNumber(used) || !isNumber(available))
        throw unreadable(file, `utilization.${cell}: expected the numbers "used" and "available"`);
      if (used > available) throw unreadable(file, `utilization.${cell}: used = ${used} exceeds available = ${available}`);
      return [cell, { used, available }] as const;
    }),
  );
  const frequencies = entriesOf(report, 'fmax', file).map(([clock, { achieved }]) => {
    if (!isNumber(achieved) || achieved === 0) throw unreadable(file, `fmax.${clock}: expected "achieved" in MHz, above 0`);
    return achieved;
  });
  return counts(nextpnrFamilies[name], cells, frequencies, file);
}

/** Errors: UserError for a log without the lines that are expected. */
export function parseNextpnrLog(text: string, name: NextpnrName, file: string): PostRouteCounts {
  const [failure] = /^ERROR: .*$/m.exec(text) ?? [];
  if (failure !== undefined) throw unreadable(file, `${failure}: place and route has failed`);
  // What is printed in front of it may be of a design that is placed alone.
  if (!/^Info: Program finished normally\.$/m.test(text))
    throw unreadable(file, 'has no line "Info: Program finished normally."; expected the whole log of place and route');
  const [, utilisation] = /^Info: Device utilisation:\s*\n((?:Info:\s+\w+:.*\n?)+)/m.exec(text) ?? [];
  if (utilisation === undefined) throw unreadable(file, 'has no line "Info: Device utilisation:" with "Info: NAME: USED/AVAILABLE" below');
  const cells = new Map(
    [...utilisation.matchAll(/^Info:\s+(\w+):\s*(\d+)\/\s*(\d+)\s/gm)].map(
      ([, cell, used, available]) => [cell!, { used: Number(used), available: Number(available) }] as const,
    ),
  );
  // Printed once after placement and once after routing: the last of each clock counts.
  const last = new Map(
    [...text.matchAll(/Max frequency for clock +'([^']*)': (\d+(?:\.\d+)?) MHz/g)].map(([, clock, mhz]) => [clock!, Number(mhz)]),
  );
  if (last.size === 0) throw unreadable(file, `has no line "Max frequency for clock 'NAME': NUMBER MHz"; expected it after routing`);
  return counts(nextpnrFamilies[name], cells, [...last.values()], file);
}
