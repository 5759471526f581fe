/** Cycles of every operation, and what the chip does in them. */
import type { Results } from '../analytic/results.js';
import type { Step } from '../analytic/steps.js';
import type { Walk } from '../analytic/walk.js';
import type { ActivityCount } from '../analytic/energy/activity-count.js';
import type { Params } from '../params/fields.js';
import { attendCycles } from './attend/cycles.js';
import { denseCycles } from './dense/cycles.js';
import { expandCycles } from './expand/cycles.js';
import type { Operation, OperationName, OperationNamed } from './fields.js';
import { loadCycles } from './load/cycles.js';
import { normCycles } from './norm/cycles.js';
import { projectCycles } from './project/cycles.js';
import { storeCycles } from './store/cycles.js';

export interface Cycles<O> {
  /** Adds the cycles to their causes and moves the walk on. */
  cycles(walk: Walk, operation: O, step: Step): void;
  /** Adds multiplies, results and accesses to memories, of one window. */
  activity(count: ActivityCount, operation: O): void;
  /** The operation before has the same shape: both are walked as one that repeats. */
  repeats?(operation: O, before: Operation): boolean;
  /** Results that are under way behind it; absent when none are. */
  results?(operation: O, columns: number): Results;
  /** Begins only when all results of the instruction before are in their memory, as it does when this is absent. templates/sequencer.v.hbs: needs_older */
  needsResults?(operation: O, older: Results, params: Params): boolean;
  /** Reads X, which a head of one tile writes only when its reciprocals are there. */
  readonly waitsForReciprocals?: true;
  /** A head of one tile. */
  holdsDrain?(operation: O, columns: number): boolean;
  /** Whether its results may be read while it computes, by an operation that keeps behind it. */
  readonly mayBeFollowed?: true;
  followsNorm?(operation: O): boolean;
  /** The sums over R that it needs have been made while R was written. */
  summed?(operation: O, summedTo: number): boolean;
  /** Features that the sums are over behind it; absent: as before. */
  sumsAfter?(operation: O, summedTo: number): number;
}

const table: { readonly [N in OperationName]: Cycles<OperationNamed<N>> } = {
  LOAD: loadCycles,
  NORM: normCycles,
  PROJECT: projectCycles,
  EXPAND: expandCycles,
  DENSE: denseCycles,
  ATTEND: attendCycles,
  STORE: storeCycles,
};

export function cyclesOf(op: OperationName): Cycles<Operation> {
  return table[op];
}
