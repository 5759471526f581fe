import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy, type Policy } from '../contract/codes.js';
import type { Simulator } from '../sim/build.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { diffConfigs, namedParams, type ConfigDiff, type Named } from '../studies/diff/compare-configs.js';
import { runFields } from '../studies/sweep/fields.js';
import { toolsFor } from '../synth/synthesize.js';
import type { TargetName } from '../synth/targets.js';
import { requireTools } from '../tools/find.js';

export interface DiffOptions {
  /** A preset, a configuration file, or parameters with a name. */
  readonly a: string | Named;
  readonly b: string | Named;
  /** Workloads to compare; the task of `runFields` when not given. */
  readonly tasks?: readonly string[];
  readonly policy?: Policy;
  /** Cycles from a request of memory to its answer. */
  readonly latency?: number;
  /** Inputs of a run; 4 when not given. */
  readonly inputs?: number;
  readonly seed?: number;
  /** Run both through the Verilog as well. */
  readonly simulate?: boolean;
  readonly simulator?: Simulator;
  /** Count the cells of both by yosys. */
  readonly synth?: boolean;
  readonly target?: TargetName;
}

/**
 * What changes from one configuration to another: parameters, Verilog, cycles and memory access. What cannot be measured stands in
 * the result with its reason.
 *
 * Errors   UserError for a configuration that is wrong; ToolError when a tool is missing or fails
 */
export async function diff(options: DiffOptions): Promise<ConfigDiff> {
  const { tasks = [runFields.task.initial], policy = defaultPolicy, latency = runFields.latency.initial, inputs = 4, seed = 1 } = options;
  const { simulate = false, simulator = 'verilator', synth = false, target = 'ecp5' } = options;
  const named = async (one: string | Named): Promise<Named> => (typeof one === 'string' ? namedParams(one) : one);
  const [a, b] = [await named(options.a), await named(options.b)];
  if (simulate) await requireSimulator(simulator);
  if (synth) await requireTools(toolsFor(target));
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-'));
  try {
    return await diffConfigs({
      a,
      b,
      tasks,
      run: { model: runFields.model.initial, policy, latency, bytesPerCycle: runFields.bytesPerCycle.initial },
      measuring: { inputs, accuracyInputs: 1, seed, target },
      simulate: simulate ? { simulator, folder } : undefined,
      synth: synth ? { target, folder } : undefined,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
