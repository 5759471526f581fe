/** First difference of a run from the golden model: shrunk to the least that still differs, and said in words. */
import { disassemble } from '../program/disassemble.js';
import type { Image } from '../program/image.js';
import type { Executable } from './build.js';
import type { Difference } from './differences.js';
import { isGood, runUnit, tagOf, type Unit, type UnitResult } from './unit.js';

export interface Divergence {
  /** Numbers of the requests, in the whole list, that suffice to show it. */
  readonly requests: readonly number[];
  /** The first difference there, by the trace when it has one. */
  readonly difference: Difference | undefined;
  readonly problems: readonly string[];
  /** The least run that shows it; its folder holds all files. */
  readonly unit: Unit;
  readonly result: UnitResult;
  readonly folder: string;
}

/** The requests to try, from the least to all. */
function candidates({ windows, differences, inputs }: UnitResult): number[][] {
  const all = Array.from({ length: inputs }, (_, i) => i);
  const [first] = differences;
  if (first === undefined) return [all];
  const window = (windows[first.window] ?? []).map(({ index }) => index).sort((a, b) => a - b);
  return [...window.map((request) => [request]), window, all].filter((list) => list.length > 0);
}

/** Run less and less of a unit that went wrong, with a trace, in `folder`; `offset` is the number of its first request. */
export async function shrink(executable: Executable, unit: Unit, result: UnitResult, offset: number, folder: string): Promise<Divergence> {
  const traced = { ...unit, settings: { ...unit.settings, trace: true } };
  for (const requests of candidates(result)) {
    const part = { ...traced, requests: requests.map((request) => unit.requests[request]!) };
    const run = await runUnit(executable, part, folder);
    if (isGood(run)) continue;
    return {
      requests: requests.map((request) => request + offset),
      difference: run.differences[0],
      problems: run.problems,
      unit: part,
      result: run,
      folder,
    };
  }
  // With the same seed all of it must differ again; a run that does not is a fault of the simulator.
  return {
    requests: Array.from({ length: result.inputs }, (_, i) => i + offset),
    difference: result.differences[0],
    problems: [...result.problems, 'the same run, with a trace, does not differ'],
    unit,
    result,
    folder,
  };
}

/** Lines for a person: instruction, place, values, cycle. */
export function describeDivergence(
  { requests, difference, problems, result, folder }: Divergence,
  image: Image,
  command: string,
): string[] {
  const lines: string[] = [];
  if (difference !== undefined) {
    const { window, instruction, plane, request, token, feature, got, want, cycle } = difference;
    const line = disassemble(image)[instruction];
    lines.push(
      `first difference: instruction ${instruction}, ${line?.op ?? '?'} ${line?.shape ?? ''} ${line?.detail ?? ''}`.trimEnd(),
      `  window ${window}, input ${requests[request]} (tag ${tagOf(request).toString(16)}, ${result.lengths[request]} tokens), token ${token}, feature ${feature} of ${plane}`,
      `  chip ${got}, golden ${want}${cycle === 0 ? '' : `, stored in cycle ${cycle}`}`,
      `  ${result.mismatches} values differ in this run`,
    );
  }
  lines.push(...problems.map((problem) => `  ${problem}`));
  lines.push(
    `  least that shows it: ${requests.length === 1 ? `input ${requests[0]} alone` : `inputs ${requests.join(', ')}`}; files in ${folder}`,
    `  repeat: ${command} --only ${requests.join(',')} --trace`,
  );
  return lines;
}
