/** What the process that keeps the books and the helpers that measure say to each other. */
import type { Simulator } from '../../sim/build.js';
import type { Fidelity, Measuring } from './key.js';
import type { WorkItem, WorkJob } from './launch/work.js';
import type { Outcome } from './outcome.js';
import type { Point } from './space.js';
import type { SweptModel } from './subject.js';

export interface Item extends WorkItem {
  readonly point: Point;
  /** The same point one fidelity below. */
  readonly lower: Outcome | undefined;
}

/** Points to measure; for rtl and synthesis all of one design. */
export interface Job extends WorkJob<Item> {
  readonly fidelity: Fidelity;
  readonly measuring: Measuring;
  readonly simulator: Simulator;
  /** Folder for the files of simulations. */
  readonly folder: string;
  /** Leave them there when all is well. */
  readonly keep: boolean;
}

export type ToHelper = { readonly kind: 'subject'; readonly subject: SweptModel } | { readonly kind: 'job'; readonly job: Job };

export interface Result {
  readonly number: number;
  readonly outcome: Outcome;
}

export type FromHelper = { readonly kind: 'results'; readonly results: readonly Result[] } | { readonly kind: 'done' };
