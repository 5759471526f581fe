import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { taskNames, type TaskName } from '../data/dataset.js';
import { energyTable, readEnergyTable } from '../analytic/energy/table.js';
import { refuse } from '../util/errors.js';
import { requireTasks } from '../data/places.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { renderHtml } from '../report/html.js';
import { fullGrid, isExact, reproduce } from '../studies/reproduce/reproduce.js';
import { reproduceDocument, reproduceJson, reproduceText } from '../studies/reproduce/format-reproduction.js';
import { simulators, type Simulator } from '../sim/build.js';
import { findTool } from '../tools/find.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { workloadChoices } from '../subject/workload/shapes.js';
import { commandLine } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { inOutFolder } from './out.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';
import { whole } from './simulate.js';
import { requireSimulator } from './simulator.js';

interface ReproduceOptions extends ParamsSource {
  readonly tasks: readonly TaskName[];
  readonly workloads?: readonly string[];
  readonly inputs?: number;
  readonly quick?: boolean;
  readonly latency: number;
  readonly clockMhz: number;
  readonly energy?: string;
  readonly seed: number;
  readonly simulator: Simulator;
  readonly json?: boolean;
  readonly out: string;
}

function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text === 'none'
      ? []
      : text.split(',').map((name) => {
          const found = known.find((one) => one === name);
          if (found === undefined) throw new InvalidArgumentError(`${name} must be one of ${known.join(', ')}, or the list none.`);
          return found;
        });
}

/** How much a run measures. */
const extent = {
  quick: { inputs: 4, fullInputs: 0, fullWindows: 0, grid: undefined },
  whole: { inputs: 16, fullInputs: 128, fullWindows: 4, grid: fullGrid },
} as const;

export function addReproduce(program: Command): void {
  addCacheOption(addParamsOptions(program.command('reproduce')))
    .description("measure every mechanism by itself in simulated hardware, beside the paper's figures")
    .option('--tasks <list>', 'tasks with their trained models, or none', listOf(taskNames), [...taskNames])
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
    .action(run);
}

/** One workload of the run again. */
function commandOf({ quick = false, inputs, seed, latency, preset, config, set = [] }: ReproduceOptions, workload: string): string {
  const task = taskNames.some((name) => name === workload);
  const words: (readonly [string, string | number | undefined])[] = [
    ['tasks', task ? workload : 'none'],
    ['workloads', task ? 'none' : workload],
    ['inputs', inputs],
    ['preset', preset],
    ['config', config],
    ...set.map((one) => ['set', one] as const),
    ['latency', latency],
    ['seed', seed],
  ];
  return commandLine(['trexgen', 'reproduce', ...(quick ? ['--quick'] : [])], words);
}

async function run(options: ReproduceOptions): Promise<void> {
  const { quick = false, latency, clockMhz: clockMHz, seed, simulator, json = false, tasks } = options;
  const started = performance.now();
  const params = await loadParams(options);
  const energy = options.energy === undefined ? energyTable : readEnergyTable(options.energy);
  requirePeers(chartPeers, 'trexgen reproduce');
  await requireSimulator(simulator);
  const { version = '' } = await findTool(simulator === 'icarus' ? 'iverilog' : 'verilator');
  const measure = quick ? extent.quick : extent.whole;
  const workloads = options.workloads ?? (quick ? [] : ['bertBase', 'vitBase', 'translation']);
  refuse(tasks.length + workloads.length === 0 ? ['tasks, workloads: both are none; name at least one to measure'] : []);
  requireTasks(tasks, ['compressed', 'dense']);
  await inOutFolder(options.out, 'reproduce', async (out) => {
    const reproduction = await reproduce({
      ...measure,
      ...(options.inputs !== undefined && { inputs: options.inputs }),
      tasks,
      workloads,
      params,
      simulator,
      latencyCycles: latency,
      seed,
      energy,
      out,
      clockMHz,
      command: (workload) => commandOf(options, workload),
      say: (text) => printError(`${((performance.now() - started) / 1000).toFixed(0).padStart(6)} s  ${text}\n`),
    });
    const report = join(out, 'report.html');
    const outcome = {
      reproduction,
      seed,
      simulator: `${simulator} ${version}`,
      clockMHz,
      latencyCycles: latency,
      seconds: (performance.now() - started) / 1000,
      report,
    };
    replaceFile(report, await renderHtml(reproduceDocument(outcome)));
    print(json ? `${JSON.stringify(reproduceJson(outcome), null, 2)}\n` : `${reproduceText(outcome)}\n`);
    if (!isExact(reproduction)) process.exitCode = exitCodes.failed;
  });
}
