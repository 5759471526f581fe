/** What is known of a point at one fidelity. */
import { ToolError, UserError, WriteError } from '../../util/errors.js';
import type { PeCycleCause } from '../../contract/registers.js';
import type { Traffic } from '../../contract/traffic-classes.js';
import type { Objectives } from './objectives.js';

export const synthesisCounts = ['cells', 'lut', 'ff', 'dsp', 'ramBlocks', 'gateEquivalents', 'memoryBits', 'longestPathNs'] as const;

/** Numbers beyond the objectives, where they were measured. */
export interface Detail {
  /** Share of each cause in all PE-cycles. */
  readonly causes?: Readonly<Record<PeCycleCause, number>>;
  readonly emaBytes?: Traffic;
  /** Counts of the synthesis, as far as the target has them. */
  readonly synthesis?: Readonly<Partial<Record<(typeof synthesisCounts)[number], number>>>;
}

export type Outcome =
  | { readonly state: 'measured'; readonly objectives: Objectives; readonly detail: Detail }
  /** Point that is not possible, or wrong; the reason says what. */
  | { readonly state: 'failed'; readonly reason: string };

const mostProblems = 4;

/** One problem of every parameter: the others would say the same again. */
function firstOfEach(problems: readonly string[]): string[] {
  const of = (problem: string): string => /^[^:=]+/.exec(problem)?.[0] ?? problem;
  const first = problems.filter((problem, i) => problems.findIndex((other) => of(other) === of(problem)) === i);
  return first.length <= mostProblems ? first : [...first.slice(0, mostProblems), `${first.length - mostProblems} more parameters`];
}

/** Reason in one line, without the paths of this run: the same at every run. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) return firstOfEach(error.problems).join('; ');
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split(/\r?\n|\r/);
  return error instanceof ToolError || error instanceof WriteError ? line : `unexpected error: ${line}`;
}
