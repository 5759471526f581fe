import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { taskNames } from '../data/dataset.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { renderHtml } from '../report/html.js';
import { simulators, type Simulator } from '../sim/build.js';
import { checkWindows, isChecked } from '../studies/requests/check.js';
import { traceDocument, traceJson, traceText } from '../studies/requests/format-requests.js';
import { runTrace } from '../studies/requests/measure-requests.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { openSubject, type SubjectSource } from '../subject/open.js';
import { workloadChoices } from '../subject/workload/shapes.js';
import { refuse } from '../util/errors.js';
import { replaceFile } from '../util/write-file.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { inOutFolder } from './out.js';
import { print } from './print.js';
import { exitCodes } from './report-error.js';
import { whole } from './simulate.js';
import { requireSimulator } from './simulator.js';

interface TraceOptions extends ParamsSource, Pick<SubjectSource, 'task' | 'image' | 'workload'> {
  readonly trace?: string;
  readonly requests: number;
  readonly rate?: number;
  readonly windows: readonly number[];
  readonly seed: number;
  readonly latency: number;
  readonly cyclesPerBeat: number;
  readonly clockMhz: number;
  readonly check: number;
  readonly simulator: Simulator;
  readonly json?: boolean;
  readonly out?: string;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('must be a number above 0.');
  return value;
}

function tokenCounts(text: string): number[] {
  return text.split(',').map(whole(1024, 1));
}

export function addTrace(program: Command): void {
  addCacheOption(addParamsOptions(program.command('trace')))
    .description(
      'what dynamic batching brings for requests that arrive over time: bytes, utilization, throughput and latency of every policy',
    )
    .option('--trace <file>', 'CSV with a request a line: length in tokens, arrival in microseconds')
    .option(
      '--task <name>',
      `the trained model of the repository, and without --trace the lengths of its test split: ${taskNames.join(', ')}`,
    )
    .option('--image <file>', 'a *.tximg file as the model')
    .option('--workload <name>', `a published shape with random weights as the model: ${workloadChoices.join(', ')}`)
    .option('--requests <n>', 'of a trace that is drawn', whole(1e6, 1), 2000)
    .option('--rate <n>', 'requests a second of a trace that is drawn (default: what the policy single could just serve)', positive)
    .option('--windows <list>', 'windows to be tried, in tokens: 64,128 (default: that of the hardware)', tokenCounts, [])
    .option('--seed <n>', 'of what is drawn', whole(2 ** 31 - 1), 1)
    .option('--latency <cycles>', 'from a request of memory to its answer', whole(10_000), 20)
    .option('--cycles-per-beat <n>', 'cycles of a read beat; 1 is the full width of the port', whole(1000, 1), 1)
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--check <n>', 'so many windows of the trace through the Verilog as well', whole(1000), 0)
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default('verilator'))
    .option('--json', 'print JSON')
    .option('--out <folder>', 'for report.html')
    .action(run);
}

async function run(options: TraceOptions): Promise<void> {
  const { seed, latency, cyclesPerBeat, clockMhz: clockMHz, check, simulator, json = false } = options;
  const params = await loadParams(options);
  if (options.out !== undefined) requirePeers(chartPeers, 'trexgen trace --out');
  if (check > 0) await requireSimulator(simulator);
  const { task, image, workload } = options;
  const given = [task, image, workload].filter((name) => name !== undefined).length;
  refuse(
    given === 1
      ? []
      : [
          `task, image, workload: ${given === 0 ? 'none is given' : 'only one may be given'}; use --task ${taskNames.join('|')}, --image FILE or --workload ${workloadChoices.join('|')}`,
        ],
  );
  // Nothing but their lengths is used of a task's inputs.
  const subject = openSubject({ task, image, workload, inputs: task === undefined ? 0 : 1, seed: 1 }, params);
  const memory = { latencyCycles: latency, cyclesPerBeat };
  await inOutFolder(options.out, 'trace', async (out) => {
    const measured = runTrace({
      subject,
      file: options.trace,
      requests: options.requests,
      rate: options.rate,
      seed,
      windows: options.windows,
      memory,
      clockMHz,
    });
    const checks =
      check === 0
        ? []
        : await checkWindows({
            image: subject.image,
            rows: measured.rows,
            requests: measured.requests,
            memory,
            count: check,
            seed,
            simulator,
            out,
          });
    const report = options.out === undefined ? undefined : join(out, 'report.html');
    const outcome = {
      ...measured,
      name: subject.name,
      params,
      clockMHz,
      latencyCycles: latency,
      cyclesPerBeat,
      seed,
      checks,
      simulator,
      report,
    };
    if (report !== undefined) {
      replaceFile(report, await renderHtml(traceDocument(outcome)));
    }
    print(json ? `${JSON.stringify(traceJson(outcome), null, 2)}\n` : `${traceText(outcome)}\n`);
    if (checks.every(isChecked)) {
      if (options.out === undefined) await rm(out, { recursive: true });
    } else process.exitCode = exitCodes.failed;
  });
}
