import { InvalidArgumentError, Option, type Command } from 'commander';
import { simulators, taskNames, trace, traceJson, traceText, workloadChoices, type TraceOptions } from '../index.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { whole, wholes } from './parse.js';
import { print } from './print.js';
import { exitCodes } from './report-error.js';

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number above 0.');
  return value;
}

export function addTrace(program: Command): void {
  addCacheOption(addParamsOptions(program.command('trace')))
    .description(
      'what dynamic batching brings for requests that arrive over time: bytes, utilization, throughput and latency of every policy',
    )
    .option('--trace <file>', 'CSV with a request a line: length in tokens, arrival in microseconds')
    .option(
      '--task <name>',
      `the trained model of the repository, and without --trace the lengths of its test split: ${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md)`,
    )
    .option('--image <file>', 'a *.tximg file as the model')
    .option('--workload <name>', `a published shape with random weights as the model: ${workloadChoices.join(', ')}`)
    .option('--requests <n>', 'of a trace that is drawn', whole(1e6, 1), 2000)
    .option('--rate <n>', 'requests a second of a trace that is drawn (default: what the policy single could just serve)', positive)
    .option('--windows <list>', 'windows to be tried, in tokens: 64,128 (default: that of the hardware)', wholes(1024, 1), [])
    .option('--seed <n>', 'of what is drawn', whole(2 ** 31 - 1), 1)
    .option('--latency <cycles>', 'from a request of memory to its answer', whole(10_000), 20)
    .option('--cycles-per-beat <n>', 'cycles of a read beat; 1 is the full width of the port', whole(1000, 1), 1)
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--check <n>', 'so many windows of the trace through the Verilog as well', whole(1000), 0)
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default('verilator'))
    .option('--json', 'print JSON')
    .option('--out <folder>', 'for report.html')
    .action(async ({ json = false, ...options }: TraceOptions & { readonly json?: boolean }) => {
      const result = await trace(options);
      print(json ? `${JSON.stringify(traceJson(result), null, 2)}\n` : `${traceText(result)}\n`);
      if (!result.good) process.exitCode = exitCodes.failed;
    });
}
