import type { Simulator } from './build.js';
import { requireTools } from '../tools/find.js';
import type { ToolName } from '../tools/versions.js';

const needed: Readonly<Record<Simulator, readonly ToolName[]>> = { verilator: ['verilator', 'g++'], icarus: ['iverilog'] };

/** Does as requireTools, for all that a simulator needs. */
export async function requireSimulator(simulator: Simulator): Promise<void> {
  await requireTools(needed[simulator]);
}
