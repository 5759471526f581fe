/** The fewest cycles that windows could take on this array and port: of each instruction the longer of its steps and its bytes. */
import { outlineOf, planOf } from '../../analytic/plan.js';
import type { Params } from '../../params/fields.js';
import { Walk, type Part } from '../../analytic/walk.js';
import { fieldsOf, type Operation } from '../../operations/fields.js';
import { rowBeats } from '../../program/traffic.js';

export function leastCycles(operations: readonly Operation[], params: Params, windows: readonly (readonly Part[])[]): number {
  const plan = planOf(outlineOf(operations), params);
  const walk = new Walk(plan);
  let sum = 0;
  for (const parts of windows) {
    walk.begin(parts, { latencyCycles: 1, cyclesPerBeat: 1 });
    const lengths = parts.map(({ length }) => length);
    for (const step of plan.steps) {
      const before = walk.tally.issue;
      walk.step(step);
      const rows = fieldsOf(step.operation).rows?.(step.operation);
      const beats = rows === undefined ? 0 : rowBeats(rows, lengths, plan.busBytes) + parts.length * plan.rowCrc;
      sum += Math.max(walk.tally.issue - before, step.beats + beats);
    }
  }
  return sum;
}
