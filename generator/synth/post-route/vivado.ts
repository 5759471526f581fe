/**
 * Reports of Vivado after routing: `report_utilization` and `report_timing_summary`, as text.
 *
 * Source   AMD UG906, "Report Utilization" and "Report Timing Summary"; tables of litex issue 132 (xc7a35t): rows
 *          `| Slice LUTs | Used | Fixed | Available | Util% |`; from 2021 on with a column Prohibited, and `CLB LUTs` on UltraScale.
 */
import { UserError } from '../../util/errors.js';
import { hundredths, type PostRouteCounts, type Resource } from './table.js';

const fraction = /^\d+(\.\d+)?$/;

/** A row of a table by its name and the columns `Used` and `Available` of the header above it. */
function row(text: string, names: readonly string[], file: string): Resource {
  let header: string[] = [];
  for (const line of text.split('\n')) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.includes('Used')) header = cells;
    // A star says that the count may go down in a later step.
    if (!names.includes(cells[0]?.replace(/\*$/, '') ?? '')) continue;
    const [used, available] = ['Used', 'Available'].map((column) => cells[header.indexOf(column)] ?? '');
    if (fraction.test(used ?? '') && fraction.test(available ?? '')) return { used: Number(used), available: Number(available) };
    throw new UserError([`${file}: ${line.trim()}: expected numbers in the columns Used and Available of its table`]);
  }
  throw new UserError([
    `${file}: has no row "| ${names[0]} | Used | Fixed | Available | Util% |"; expected the text of report_utilization`,
  ]);
}

/** Period of the slowest clock, nanoseconds, in the clock summary: name, waveform in braces, period, frequency. */
function periodOf(text: string, file: string): number {
  const part = /^\| Clock Summary$([\s\S]*?)^\| (?!-)/m.exec(`${text}\n| end`)?.[1] ?? '';
  const periods = [...part.matchAll(/^\S+ +\{[^}]*\} +(\d+(?:\.\d+)?) +\d/gm)].map(([, period]) => Number(period));
  if (periods.length === 1 && periods[0]! > 0) return periods[0]!;
  throw new UserError([
    `${file}: Clock Summary has ${periods.length} lines "NAME {RISE FALL} PERIOD FREQUENCY"; expected one, of the one clock of the chip`,
  ]);
}

/** Setup slack of the whole design: the first number below the header `WNS(ns)`. */
function slackOf(text: string, file: string): number {
  const slack = /^\| Design Timing Summary$[\s\S]*?^ *WNS\(ns\).*\n[ -]+\n *(\S+)/m.exec(text)?.[1];
  if (slack === undefined)
    throw new UserError([`${file}: has no table "Design Timing Summary" with WNS(ns); expected the text of report_timing_summary`]);
  if (slack === 'NA') throw new UserError([`${file}: WNS(ns) = NA: expected a number; the design has no path that a clock constrains`]);
  if (!/^[-+]?\d+(\.\d+)?$/.test(slack)) throw new UserError([`${file}: WNS(ns) = ${slack}: expected a number`]);
  return Number(slack);
}

const routedStates = ['routed', 'fully routed', 'physopt postroute'];

/** The header of a report says how far the design had come; some versions leave it out. */
function checkRouted({ file, text }: { file: string; text: string }): void {
  const state = /^\| Design State *: *(.*?) *\|?$/m.exec(text)?.[1];
  if (state !== undefined && !routedStates.includes(state.toLowerCase()))
    throw new UserError([`${file}: Design State : ${state}: expected Routed, a report of after route_design`]);
}

/** Errors: UserError for a report without the lines that are expected. */
export function parseVivado(utilization: { file: string; text: string }, timing: { file: string; text: string }): PostRouteCounts {
  checkRouted(utilization);
  checkRouted(timing);
  const count = (...names: string[]): Resource => row(utilization.text, names, utilization.file);
  const [period, slack] = [periodOf(timing.text, timing.file), slackOf(timing.text, timing.file)];
  if (slack >= period) throw new UserError([`${timing.file}: WNS(ns) = ${slack}: must be less than the period, ${period} ns`]);
  return {
    fmaxMhz: hundredths(1000 / (period - slack)),
    lut: count('Slice LUTs', 'CLB LUTs'),
    ff: count('Slice Registers', 'CLB Registers'),
    dsp: count('DSPs'),
    bram: count('Block RAM Tile'),
  };
}
