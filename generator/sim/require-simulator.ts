import type { Simulator } from './build.js';
import { requireTools } from '../tools/find.js';
import type { ToolName } from '../tools/versions.js';

const needed: Readonly<Record<Simulator, readonly ToolName[]>> = { verilator: ['verilator', 'g++'], icarus: ['iverilog'] };

/** Requires all tools that a simulator needs, as requireTools does. */
export async function requireSimulator(simulator: Simulator): Promise<void> {
  await requireTools(needed[simulator]);
}
