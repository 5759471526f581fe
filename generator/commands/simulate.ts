import { Option, type Command } from 'commander';
import {
  defaultInputs,
  outputKinds,
  policies,
  simulate,
  simulateDefaults as usual,
  simulationJson,
  simulationText,
  simulators,
  taskNames,
  type SimulateOptions,
} from '../index.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { whole, wholes } from './parse.js';
import { print, printOver } from './print.js';
import { exitCodes } from './report-error.js';

export function addSimulate(program: Command): void {
  addCacheOption(addParamsOptions(program.command('simulate')))
    .description('run whole inferences through the generated Verilog and compare every bit with the golden model')
    .option(
      '--task <name>',
      `real inputs and the trained model of the repository: ${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md)`,
    )
    .option('--image <file>', 'a *.tximg file; without --task its inputs are random')
    .option('--inputs-file <file>', 'inputs of your own, one JSON object per line: rows of bytes, or ids or features')
    .option('--checkpoint <folder>', 'with --image and --inputs-file: the checkpoint that embeds ids or features')
    .option('--inputs <n>', `number of inputs (default: ${defaultInputs}, or all of the file)`, whole(1e6, 1))
    .addOption(
      new Option(
        '--outputs <kind>',
        'what the chip stores of a row: all its outputs, or the index of the largest; of a model made of --task (default: best)',
      ).choices(outputKinds),
    )
    .option('--only <list>', 'of these inputs only some, by number: 3,7', wholes(1e9))
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default(usual.simulator))
    .addOption(new Option('--policy <name>', 'how inputs share a window').choices(policies).default(usual.policy))
    .option('--seed <n>', "of the choice of inputs and of the memory's behaviour", whole(2 ** 31 - 1), usual.seed)
    .option('--latency <cycles>', 'from a request of memory to its answer', whole(10_000), usual.latency)
    .option('--jitter <cycles>', 'random addition to the latency', whole(10_000), usual.jitter)
    .option('--stalls <n>', 'each memory channel stalls in n of 16 cycles', whole(15), usual.stalls)
    .option('--trace', 'compare what every instruction stores, not only the outputs')
    .option('--waves [window]', 'record the signals of the window that differs, or of this one, for GTKWave', whole(1e6))
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), usual.clockMhz)
    .option('--json', 'print JSON')
    .option('--out <folder>', 'keep results here, with report.html; an interrupted run continues')
    .action(async ({ json = false, ...options }: SimulateOptions & { readonly json?: boolean }) => {
      const result = await simulate({ ...options, onProgress: progress });
      print(json ? `${JSON.stringify(simulationJson(result), null, 2)}\n` : `${simulationText(result)}\n`);
      if (!result.good) process.exitCode = exitCodes.failed;
    });
}

function progress({ inputs, of }: { readonly inputs: number; readonly of: number }): void {
  if (process.stderr.isTTY) printOver(`simulating: ${inputs} of ${of} inputs${inputs === of ? '\n' : ''}`);
}
