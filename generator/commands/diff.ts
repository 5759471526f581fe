import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultPolicy, policies, type Policy } from '../contract/codes.js';
import { diffConfigs, namedParams } from '../studies/diff/compare-configs.js';
import { diffJson, diffText } from '../studies/diff/text.js';
import { simulators, type Simulator } from '../sim/build.js';
import { runFields } from '../studies/sweep/fields.js';
import { targetNames, type TargetName } from '../synth/targets.js';
import { addCacheOption } from './options.js';
import { print } from './print.js';
import { whole } from './simulate.js';
import { requireSimulator } from './simulator.js';

interface DiffOptions {
  readonly tasks: readonly string[];
  readonly policy: Policy;
  readonly latency: number;
  readonly inputs: number;
  readonly seed: number;
  readonly rtl?: boolean;
  readonly simulate?: boolean;
  readonly simulator: Simulator;
  readonly synth?: boolean;
  readonly target: TargetName;
  readonly json?: boolean;
}

function taskList(text: string): string[] {
  const known: readonly string[] = runFields.task.choices;
  return text === 'none'
    ? []
    : text.split(',').map((name) => {
        if (!known.includes(name)) throw new InvalidArgumentError(`${name} must be one of ${known.join(', ')}, or the list none.`);
        return name;
      });
}

export function addDiff(program: Command): void {
  addCacheOption(program.command('diff'))
    .argument('<a>', 'a preset, a .json configuration, or a .ts one, which is run as a program')
    .argument('<b>', 'another one')
    .description('what changes from one configuration to another: parameters, Verilog, cycles and memory access')
    .option('--tasks <list>', 'workloads to compare, or none', taskList, ['mnist'])
    .addOption(new Option('--policy <name>', 'how inputs share a window').choices(policies).default(defaultPolicy))
    .option('--latency <cycles>', 'from a request of memory to its answer', whole(10_000, 1), runFields.latency.initial)
    .option('--inputs <n>', 'inputs of a run', whole(10_000, 1), 4)
    .option('--seed <n>', 'of the choice of inputs', whole(2 ** 31 - 1), 1)
    .option('--rtl', 'show how the Verilog differs, whole')
    .option('--simulate', 'run both through the Verilog as well')
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default('verilator'))
    .option('--synth', 'count the cells of both by yosys')
    .addOption(new Option('--target <name>', 'of the synthesis').choices(targetNames).default('ecp5'))
    .option('--json', 'print JSON')
    .action(run);
}

async function run(nameA: string, nameB: string, options: DiffOptions): Promise<void> {
  const { tasks, policy, latency, inputs, seed, rtl = false, simulate = false, simulator, synth = false, target, json = false } = options;
  const [a, b] = [await namedParams(nameA), await namedParams(nameB)];
  if (simulate) await requireSimulator(simulator);
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-'));
  try {
    const diff = await diffConfigs({
      a,
      b,
      tasks,
      run: { model: runFields.model.initial, policy, latency, bytesPerCycle: runFields.bytesPerCycle.initial },
      measuring: { inputs, accuracyInputs: 1, seed, target },
      simulate: simulate ? { simulator, folder } : undefined,
      synth: synth ? { target, folder } : undefined,
    });
    print(json ? `${JSON.stringify(diffJson(diff, rtl), null, 2)}\n` : `${diffText(diff, rtl)}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
