/** What is known of a point at one fidelity. */
import { UserError } from '../errors.js';
import type { PeCycleCause } from '../params/registers.js';
import type { Traffic } from '../program/traffic-classes.js';
import { ToolError } from '../tools/run.js';
import type { Objectives } from './objectives.js';

/** Beyond the objectives, where it was measured. */
export interface Detail {
  /** Share of each cause in all PE-cycles. */
  readonly causes?: Readonly<Record<PeCycleCause, number>>;
  readonly emaBytes?: Traffic;
  /** Of the synthesis. */
  readonly cells?: number;
  readonly longestPathNs?: number;
}

export type Outcome =
  | { readonly state: 'measured'; readonly objectives: Objectives; readonly detail: Detail }
  /** Not possible, or wrong; the reason says what. */
  | { readonly state: 'failed'; readonly reason: string };

/** In one line, without the paths of this run: the same at every run. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.problems.join('; ');
  if (error instanceof ToolError) return error.message.split('\n')[0]!;
  return `unexpected error: ${error instanceof Error ? error.message : String(error)}`;
}
