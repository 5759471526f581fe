import { Option, type Command } from 'commander';
import {
  explain,
  explainJson,
  explainText,
  policies,
  runFields,
  simulators,
  taskNames,
  workloadChoices,
  type ExplainOptions,
} from '../index.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { whole } from './parse.js';
import { print } from './print.js';

interface Options extends ExplainOptions {
  readonly json?: boolean;
}

export function addExplain(program: Command): void {
  addCacheOption(
    addParamsOptions(
      program
        .command('explain')
        .argument('[point]', 'with --sweep: number of a point in the tables of a sweep, or the beginning of its key'),
    ),
  )
    .description('what limits a configuration, and which change of one parameter would help most, checked by running it')
    .option('--sweep <folder>', 'the sweep that has measured the point')
    .option(
      '--task <name>',
      `in place of a point: ${[...taskNames, ...workloadChoices].join(', ')}, or the path of a task of your own (docs/tasks.md)`,
    )
    .option(
      '--model <name>',
      `checkpoint of the task, kept whatever the columns are (default: ${runFields.model.initial}, or the one for more banks that the columns need)`,
    )
    .addOption(new Option('--policy <name>', `how inputs share a window (default: ${runFields.policy.initial})`).choices(policies))
    .option('--latency <cycles>', `from a request of memory to its answer (default: ${runFields.latency.initial})`, whole(10_000, 1))
    .option('--bytes-per-cycle <n>', `what the memory can give (default: ${runFields.bytesPerCycle.initial})`, whole(64, 1))
    .option('--inputs <n>', 'inputs of a run (default: 4)', whole(10_000, 1))
    .option('--seed <n>', 'of the choice of inputs (default: 1)', whole(2 ** 31 - 1))
    .option('--no-check', 'predict alone: do not run the best change')
    .addOption(new Option('--simulator <name>', 'what runs the Verilog (default: verilator)').choices(simulators))
    .option('--json', 'print JSON')
    .action(async (point: string | undefined, { json = false, ...options }: Options) => {
      const found = await explain({ ...options, ...(point !== undefined && { point }) });
      print(`${json ? JSON.stringify(explainJson(found), null, 2) : explainText(found)}\n`);
    });
}
