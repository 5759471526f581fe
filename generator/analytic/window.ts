/** One window from its start to its end. */
import type { Ahead, Part } from './walk.js';
import { Walk } from './walk.js';
import type { Plan } from './steps.js';
import type { Memory } from './read-port.js';
import { timing } from './timing.js';

/** Evaluates windows of one plan; the tally of the last one stands in `walk`. */
export class WindowModel {
  readonly walk: Walk;

  /** `streamOffset`: beats from a burst boundary to the pass region. */
  constructor(
    readonly plan: Plan,
    readonly memory: Memory,
    private readonly streamOffset = 0,
  ) {
    this.walk = new Walk(plan);
  }

  /**
   * Cycles from window_start to window_done, as the bench counts them; parts in any order. The batcher
   * fetches so many descriptors meanwhile, and may do something for the next window.
   */
  cycles(parts: readonly Part[], descriptors = 0, ahead?: Ahead): number {
    const {
      walk,
      plan: { steps },
    } = this;
    walk.begin(parts, this.memory, descriptors, this.streamOffset, ahead);
    for (const step of steps) walk.step(step);
    walk.end();
    return Math.max(walk.now, walk.writes.idleAt) + timing.windowEnd;
  }
}
