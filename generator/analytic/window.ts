/** One window from its start to its end. */
import type { Part } from './instructions.js';
import { Walk } from './instructions.js';
import type { Plan } from './plan.js';
import type { Memory } from './read-port.js';
import { timing } from './timing.js';

/** Evaluates windows of one plan; the tally of the last one stands in `walk`. */
export class WindowModel {
  readonly walk: Walk;

  constructor(readonly plan: Plan, private readonly memory: Memory) {
    this.walk = new Walk(plan);
  }

  /** Cycles from window_start to window_done, as the bench counts them; parts in the order of their slices. */
  cycles(parts: readonly Part[]): number {
    const { walk, plan: { steps } } = this;
    walk.begin(parts, this.memory);
    for (const step of steps) walk.step(step);
    walk.end();
    return Math.max(walk.now, walk.writes.idleAt) + timing.windowEnd;
  }
}
