import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  axisKeys,
  fidelities,
  keeps,
  launchers,
  objectiveNames,
  onInterrupts,
  searches,
  simulators,
  sweep,
  sweepJson,
  sweepProgress,
  sweepText,
  targetNames,
  type SweepOptions,
} from '../index.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { parseNumber, whole } from './parse.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

interface Options extends Omit<SweepOptions, 'file' | 'constraints' | 'slurmArgs'> {
  readonly slurmArg?: readonly string[];
  readonly constraint?: readonly string[];
  readonly json?: boolean;
}

const list = (text: string): string[] => text.split(',');
const more = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

function bounds(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name = '', percent = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('must be an objective and percents, as in ema=20.');
  return { ...before, [name]: parseNumber(percent) };
}

function port(text: string): number {
  try {
    return whole(65_535, 1)(text);
  } catch {
    throw new InvalidArgumentError('must be a port in 1 .. 65535; a sweep file stands before --watch.');
  }
}

/** How points are chosen. */
function addSearchOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--search <how>',
        'all points, some at random, in a Latin hypercube, by NSGA-II, or the cheapest design that is good enough (default: grid)',
      ).choices(searches),
    )
    .option('--budget <n>', 'points of a search at the last level, or hours as in 2h (default: --samples)')
    .option('--population <n>', 'points of a generation of NSGA-II, of whose first there are twice as many (default: 8)', whole(10_000, 4))
    .addOption(
      new Option(
        '--surrogate <model>',
        'NSGA-II above the analytic level proposes by this model, or measures all it proposes (default: analytic)',
      ).choices(['analytic', 'none']),
    )
    .option('--minimise <formula>', 'what the cheapest design is cheapest in, as in "area + memoryBits / 4"')
    .option('--within <objective=percent>', 'how much worse than the best it may be, as in ema=20; may be repeated', bounds)
    .option('--samples <n>', 'points of a random search (default: 256)', whole(1e6, 1));
}

/** Where points are measured. */
function addLaunchOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--launcher <name>', 'what measures: processes of this machine, or jobs of a cluster (default: local)').choices(launchers),
    )
    .option(
      '--jobs <n>',
      'processes that measure, or tasks of Slurm at a time (default: one for each core, or as many as Slurm gives)',
      whole(1024, 1),
    )
    .option('--partition <name>', 'of Slurm')
    .option('--time <limit>', 'of a job of Slurm, as sbatch takes it')
    .option('--memory <size>', 'of a job of Slurm, as sbatch --mem takes it')
    .option('--slurm-arg <argument>', 'one more argument of sbatch, such as --slurm-arg=--account=x; may be repeated', more)
    .option('--job-retries <n>', 'attempts after the first of a point whose job fails (default: 2)', whole(1000))
    .addOption(
      new Option('--on-interrupt <what>', 'Ctrl-C leaves the jobs of Slurm or cancels them (default: leave)').choices(onInterrupts),
    );
}

export function addSweep(program: Command): void {
  const command = program.command('sweep').argument('[file]', 'a .json sweep file, or a .ts one, which is run as a program, docs/sweep.md');
  addLaunchOptions(addSearchOptions(addCacheOption(addParamsOptions(command))))
    .description('measure many configurations, the best of them ever more exactly, and find the Pareto front')
    .addHelpText('after', `\n--set takes lists and ranges here: array.columns=4,8,16 array.passes=4..16:4\nKeys: ${axisKeys.join(' ')}`)
    .option('--seed <n>', 'of the search and of the choice of inputs (default: 1)', whole(2 ** 31 - 1))
    .option(
      '--constraint <expression>',
      'keep only points for which it holds, as in "multipliers <= 128 && accuracy > 90"; may be repeated',
      more,
    )
    .option('--objectives <list>', `what the front is made of: ${objectiveNames.join(',')}`, list)
    .addOption(new Option('--fidelity <level>', 'how exactly the best are measured in the end (default: analytic)').choices(fidelities))
    .option('--promote <n>', 'points that go one level up (default: 8)', whole(1e6, 1))
    .option('--inputs <n>', 'inputs of a run (default: 4)', whole(10_000, 1))
    .option('--accuracy-inputs <n>', 'validation inputs that the integer model answers (default: 200)', whole(100_000, 1))
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators))
    .addOption(new Option('--target <name>', 'of the synthesis (default: asic)').choices(targetNames))
    .option('--resume', 'continue the sweep of --out, as it was asked for')
    .option('--point <n>', 'draw this point in full in the report (default: one of the front)', whole(1e6))
    .option('--watch [port]', 'a page that follows the sweep, for browsers of this machine (default port: a free one)', port)
    .option('--retry', 'measure points that have failed before again')
    .option('--json', 'print the points as JSON')
    .addOption(
      new Option(
        '--keep <which>',
        'files of simulations and syntheses that stay in --out: of no point, of the front, of all (default: none)',
      ).choices(keeps),
    )
    .option('--out <folder>', 'keep points, results.csv and report.html here; an interrupted sweep continues')
    .action(run);
}

async function run(file: string | undefined, { json = false, constraint, slurmArg, ...options }: Options): Promise<void> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    // Whoever asks twice does not wait for the cluster.
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
    interruption.abort();
  };
  // Not once: a signal without a listener left would end the process as tools are ended with it.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const { stop, ...progress } = sweepProgress(process.stderr);
  try {
    const swept = await sweep({
      ...options,
      ...progress,
      signal: interruption.signal,
      onNote: (text) => printError(`${text}\n`),
      ...(slurmArg !== undefined && { slurmArgs: slurmArg }),
      ...(file !== undefined && { file }),
      ...(constraint !== undefined && { constraints: constraint }),
    });
    stop();
    const { out } = options;
    const opened =
      out === undefined
        ? []
        : [
            swept.files
              .slice(0, 2)
              .map((name) => join(out, name))
              .join(', '),
          ];
    print(json ? `${JSON.stringify(sweepJson(swept), null, 2)}\n` : `${sweepText(swept, opened)}\n`);
    if (!swept.good) process.exitCode = exitCodes.failed;
  } finally {
    stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
