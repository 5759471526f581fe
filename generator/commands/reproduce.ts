import { join } from 'node:path';
import { Option, type Command } from 'commander';
import {
  reproduce,
  reproduceExtent as extent,
  reproduceJson,
  reproduceText,
  simulators,
  demoTaskNames,
  taskNames,
  workloadChoices,
  type ReproduceOptions,
} from '../index.js';
import { addCacheOption, addLaunchOptions, addParamsOptions, untilInterrupted } from './options.js';
import { listOf, ownTasks, whole } from './parse.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

interface Options extends ReproduceOptions {
  readonly slurmArg?: readonly string[];
  readonly json?: boolean;
}

export function addReproduce(program: Command): void {
  addLaunchOptions(addCacheOption(addParamsOptions(program.command('reproduce'))))
    .addHelpText('after', '\nThe same command continues a run that has ended early, wherever it was: there is no --resume.')
    .description("measure every mechanism by itself in simulated hardware, beside the paper's figures")
    .option(
      '--tasks <list>',
      'tasks with their trained models, by name or by the path of their description, or none',
      listOf(taskNames, ownTasks),
      [...demoTaskNames],
    )
    .option(
      '--workloads <list>',
      `published shapes on the preset paper, or none: ${workloadChoices.join(', ')} (default: bertBase,vitBase,translation; none with --quick)`,
      listOf(workloadChoices),
    )
    .option('--inputs <n>', `inputs of each task (default: ${extent.whole.inputs}, with --quick ${extent.quick.inputs})`, whole(10_000, 1))
    .option('--quick', 'the tasks only, with few inputs and without the bandwidth curve')
    .option('--latency <cycles>', 'from a request of memory to its answer; 1 is an ideal memory', whole(10_000), 1)
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--energy <file>', 'JSON table of energies in place of the one that comes with trexgen')
    .option('--seed <n>', 'of inputs and of random weights', whole(2 ** 31 - 1), 1)
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default('verilator'))
    .option('--json', 'print JSON')
    .option('--out <folder>', 'keep results here, with report.html; an interrupted run continues', join('build', 'reproduce'))
    .action(async ({ json = false, slurmArg, ...options }: Options) => {
      const onLine = (line: string, seconds: number): void => printError(`${seconds.toFixed(0).padStart(6)} s  ${line}\n`);
      const given = { ...options, onLine, ...(slurmArg !== undefined && { slurmArgs: slurmArg }) };
      // Simulations of this machine end with it; jobs of a cluster are left or cancelled.
      const result =
        options.launcher === 'slurm' ? await untilInterrupted((signal) => reproduce({ ...given, signal })) : await reproduce(given);
      print(json ? `${JSON.stringify(reproduceJson(result), null, 2)}\n` : `${reproduceText(result)}\n`);
      if (!result.good) process.exitCode = exitCodes.failed;
    });
}
