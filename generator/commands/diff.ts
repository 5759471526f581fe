import { Option, type Command } from 'commander';
import { defaultPolicy, diff, diffJson, diffText, policies, runFields, simulators, targetNames, type DiffOptions } from '../index.js';
import { addCacheOption } from './options.js';
import { listOf, ownTasks, whole } from './parse.js';
import { print } from './print.js';

interface Options extends Omit<DiffOptions, 'a' | 'b'> {
  readonly rtl?: boolean;
  readonly json?: boolean;
}

export function addDiff(program: Command): void {
  addCacheOption(program.command('diff'))
    .argument('<a>', 'a preset, a .json configuration, or a .ts one, which is run as a program')
    .argument('<b>', 'another one')
    .description('what changes from one configuration to another: parameters, Verilog, cycles and memory access')
    .option('--tasks <list>', 'workloads to compare, or none', listOf(runFields.task.choices, ownTasks), [runFields.task.initial])
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
    .action(async (a: string, b: string, { rtl = false, json = false, ...options }: Options) => {
      const found = await diff({ ...options, a, b });
      print(json ? `${JSON.stringify(diffJson(found, rtl), null, 2)}\n` : `${diffText(found, rtl)}\n`);
    });
}
