/** The fewest cycles that windows could take on this array and port: of each instruction the longer of its steps and its bytes. */
import type { Part } from '../../analytic/instructions.js';
import { Walk } from '../../analytic/instructions.js';
import { outlineOf, planOf } from '../../analytic/plan.js';
import type { Params } from '../../params/fields.js';
import type { Operation } from '../../program/operation.js';

export function leastCycles(operations: readonly Operation[], params: Params, windows: readonly (readonly Part[])[]): number {
  const plan = planOf(outlineOf(operations), params);
  const walk = new Walk(plan);
  let sum = 0;
  for (const parts of windows) {
    walk.begin(parts, { latencyCycles: 1, cyclesPerBeat: 1 });
    for (const step of plan.steps) {
      const before = walk.tally.issue;
      walk.step(step);
      const rows = step.op === 'LOAD' ? walk.tokens : step.op === 'STORE' ? (step.firstRow ? parts.length : walk.tokens) : 0;
      sum += Math.max(walk.tally.issue - before, step.beats + rows * Math.ceil(step.outer / plan.busBytes) + (rows > 0 ? parts.length * plan.rowCrc : 0));
    }
  }
  return sum;
}
