/** What the walk reads of a program and its chip; plan.ts makes it. */
import type { Operation } from '../operations/fields.js';
import type { ReadPortShape } from './read-port.js';
import type { UnitTiming } from './timing.js';
import type { Walk } from './walk.js';

export interface Step {
  readonly operation: Operation;
  /** What walks it: adds its cycles to their causes and moves the walk on. */
  readonly entry: { cycles(walk: Walk, operation: Operation, step: Step): void };
  /** Index of the first such instruction in the program. */
  readonly index: number;
  readonly repeat: number;
  /** Beats of its section. */
  readonly beats: number;
  /** The sums over R that it needs are there. */
  readonly summed: boolean;
  /** Begins only when all results of the instruction before are in their memory. */
  readonly needsResults: boolean;
  /** Reads X behind a head of one tile, which drains when its reciprocals are there. */
  readonly needsReciprocals: boolean;
  /** Keeps behind the norm before it. */
  readonly followsNorm: boolean;
}

/** What turners cost in a register file of one direction; docs/architecture.md, "One direction". */
export interface Turns {
  /** Cycles of the N rows of a pass, in LOAD and in STORE. */
  readonly rowsCycles: number;
  /** STORE gathers a multiple of so many features. */
  readonly rowBlock: number;
  /** Cycles that the array waits for a block of keys, when values are turned late. */
  readonly valueCycles: number;
  /** Keys of a block. */
  readonly keyBlock: number;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Beats of the whole pass region, CRC included. */
  readonly beats: number;
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly lanes: number;
  readonly sliceTokens: number;
  readonly busBytes: number;
  readonly burstBeats: number;
  readonly lookahead: number;
  /** Beats with a CRC behind the rows of a request. */
  readonly rowCrc: number;
  /** The rows of the next window are loaded while one computes. */
  readonly ahead: boolean;
  readonly turns: Turns;
  readonly units: UnitTiming;
  readonly port: ReadPortShape;
}
