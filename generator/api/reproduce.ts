import { join } from 'node:path';
import { energyTable, readEnergyTable } from '../analytic/energy/table.js';
import { demoTaskNames } from '../data/built-in.js';
import { taskOf } from '../data/load.js';
import { requireTasks } from '../data/places.js';
import type { Params } from '../params/fields.js';
import { renderHtml } from '../report/html.js';
import type { Simulator } from '../sim/build.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { requirePorts } from '../studies/reproduce/bandwidth.js';
import { reproduceDocument, type ReproduceOutcome } from '../studies/reproduce/format-reproduction.js';
import { launchParts, type PartsLaunch } from '../studies/reproduce/launch.js';
import { fullGrid, isExact, reproduce as measureAll } from '../studies/reproduce/reproduce.js';
import { refuseUnfinished, slurmProblems, type LauncherName, type SlurmOptions } from '../studies/sweep/launch/launcher.js';
import { requireSlurm } from '../studies/sweep/launch/slurm/commands.js';
import { findTool } from '../tools/find.js';
import { refuse } from '../util/errors.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { commandLine } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { hardwareWords, paramsOf, type HardwareOptions } from './hardware.js';
import { inOutFolder, markReproduction, refuseForeign } from './out.js';

/** The hardware is that of the tasks; workloads run on the preset paper. */
export interface ReproduceOptions extends HardwareOptions, SlurmOptions {
  /** Names, or paths of descriptions; the three demo tasks when not given. */
  readonly tasks?: readonly string[];
  /** Names of published shapes; bertBase, vitBase and translation when not given, none with `quick`. */
  readonly workloads?: readonly string[];
  /** Inputs of each task; 16 when not given, with `quick` 4. */
  readonly inputs?: number;
  /** The tasks only, with few inputs and without the bandwidth curve. */
  readonly quick?: boolean;
  /** Cycles from a request of memory to its answer; 1, an ideal memory, when not given. */
  readonly latency?: number;
  /** Clock that times are computed for; 100 when not given. */
  readonly clockMhz?: number;
  /** JSON table of energies in place of the one that comes with trexgen. */
  readonly energy?: string;
  /** Seed of inputs and of random weights; 1 when not given. */
  readonly seed?: number;
  readonly simulator?: Simulator;
  /** Folder of results, with report.html; an interrupted run continues. For a cluster a folder that all nodes share. */
  readonly out: string;
  /** What simulates: processes of this machine, or jobs of a cluster. */
  readonly launcher?: LauncherName;
  /** Simulations at a time; one for each core, or as many as the cluster gives, when not given. */
  readonly jobs?: number;
  /** Ends a run on a cluster; its jobs go on or are cancelled, as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** What goes on, a line at a time, with the seconds since the start. */
  readonly onLine?: (line: string, seconds: number) => void;
}

export interface ReproduceResult extends ReproduceOutcome {
  /** Every bit and every byte of every run was right. */
  readonly good: boolean;
}

/** How much a run measures. */
export const reproduceExtent = {
  quick: { inputs: 4, fullInputs: 0, fullWindows: 0, grid: undefined },
  whole: { inputs: 16, fullInputs: 128, fullWindows: 4, grid: fullGrid },
} as const;

/** How much is measured. Errors: UserError for hardware that the curve cannot have with these parameters */
function extentOf(quick: boolean, tasks: readonly string[], params: Params) {
  const extent = quick ? reproduceExtent.quick : reproduceExtent.whole;
  // The curve of workloads alone is that of the preset paper.
  if (extent.grid !== undefined && tasks.length > 0) requirePorts(params, extent.grid);
  return extent;
}

/** One workload of the run again. */
function commandOf(options: ReproduceOptions, workload: string): string {
  const { quick = false, inputs, seed = 1, latency = 1, tasks = demoTaskNames } = options;
  const task = tasks.find((source) => taskOf(source).name === workload);
  return commandLine(
    ['trexgen', 'reproduce', ...(quick ? ['--quick'] : [])],
    [
      ['tasks', task ?? 'none'],
      ['workloads', task === undefined ? workload : 'none'],
      ['inputs', inputs],
      ...hardwareWords(options),
      ['latency', latency],
      ['seed', seed],
    ],
  );
}

function launchOf(options: ReproduceOptions, say: (text: string) => void): PartsLaunch {
  const { partition, time, memory, slurmArgs, jobRetries, onInterrupt, jobs, signal, out } = options;
  const given = { partition, time, memory, slurmArgs, jobRetries, onInterrupt };
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SlurmOptions),
    parallel: jobs,
    signal,
    say,
    again: `the same command with --out ${out}`,
  };
}

/** Errors: UserError for options of Slurm that cannot be, and for a folder of another command */
function checkLaunch({ launcher, out, ...options }: ReproduceOptions): void {
  refuse(slurmProblems(launcher, options));
  refuseForeign(out, 'reproduce');
}

/** Takes the folder, in which nobody else writes now. Errors: UserError for work of a cluster that has not ended */
function claim({ launcher, out }: ReproduceOptions): void {
  if (launcher !== 'slurm') refuseUnfinished(out, 'run', 'its own command and --launcher slurm');
  markReproduction(out);
}

/** Errors: MissingToolError */
async function versionOf(simulator: Simulator): Promise<string> {
  await requireSimulator(simulator);
  const { version = '' } = await findTool(simulator === 'icarus' ? 'iverilog' : 'verilator');
  return version;
}

/**
 * Measures every mechanism by itself in simulated hardware, beside the paper's figures.
 *
 * Errors   UserError for bad options, for missing models, data and packages, and for what Slurm refuses; ToolError when a tool is
 *          missing or fails; Interrupted when `signal` aborts it
 */
export async function reproduce(options: ReproduceOptions): Promise<ReproduceResult> {
  const {
    quick = false,
    latency = 1,
    clockMhz: clockMHz = 100,
    seed = 1,
    simulator = 'verilator',
    tasks = demoTaskNames,
    onLine,
  } = options;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  checkLaunch(options);
  const params = await paramsOf(options);
  const extent = extentOf(quick, tasks, params);
  const energy = options.energy === undefined ? energyTable : readEnergyTable(options.energy);
  requirePeers(chartPeers, 'trexgen reproduce');
  if (options.launcher === 'slurm') requireSlurm();
  const version = await versionOf(simulator);
  const workloads = options.workloads ?? (quick ? [] : ['bertBase', 'vitBase', 'translation']);
  refuse(tasks.length + workloads.length === 0 ? ['tasks, workloads: both are none; name at least one to measure'] : []);
  requireTasks(tasks, ['compressed', 'dense']);
  return inOutFolder(options.out, 'reproduce', async (out) => {
    claim(options);
    const say = (text: string): void => onLine?.(text, seconds());
    const request = {
      ...extent,
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
    };
    if (options.launcher === 'slurm') await launchParts(request, launchOf(options, say));
    // What jobs have simulated is found in the folder.
    const reproduction = await measureAll({
      ...request,
      ...(options.launcher !== 'slurm' && options.jobs !== undefined && { jobs: options.jobs }),
      command: (workload) => commandOf(options, workload),
      say,
    });
    const report = join(out, 'report.html');
    const outcome = {
      good: isExact(reproduction),
      reproduction,
      seed,
      simulator: `${simulator} ${version}`,
      clockMHz,
      latencyCycles: latency,
      seconds: seconds(),
      report,
    };
    replaceFile(report, await renderHtml(reproduceDocument(outcome)));
    return outcome;
  });
}
