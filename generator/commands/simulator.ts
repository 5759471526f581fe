import { refuse } from '../errors.js';
import type { Simulator } from '../sim/build.js';
import { findTool, toolProblem } from '../tools/find.js';
import { installHint, type ToolName } from '../tools/versions.js';

const needed: Readonly<Record<Simulator, readonly ToolName[]>> = { verilator: ['verilator', 'g++'], icarus: ['iverilog'] };

/** A simulator that is missing or too old is for the user to mend: a UserError that says how. */
export async function requireSimulator(simulator: Simulator): Promise<void> {
  const bad = (await Promise.all(needed[simulator].map(findTool))).filter(({ state }) => state !== 'good');
  if (bad.length > 0) refuse([...bad.flatMap((tool) => toolProblem(tool) ?? []), ...installHint(bad.map(({ tool }) => tool))]);
}
