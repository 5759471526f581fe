import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  axisKeys,
  fidelities,
  keeps,
  objectiveNames,
  searches,
  simulators,
  sweep,
  sweepJson,
  sweepProgress,
  sweepText,
  targetNames,
  type SweepOptions,
} from '../index.js';
import { addCacheOption, addLaunchOptions, addParamsOptions, more, untilInterrupted } from './options.js';
import { parseNumber, whole } from './parse.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

interface Options extends Omit<SweepOptions, 'file' | 'constraints' | 'slurmArgs'> {
  readonly slurmArg?: readonly string[];
  readonly constraint?: readonly string[];
  readonly json?: boolean;
}

const list = (text: string): string[] => text.split(',');

function bounds(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name = '', percent = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('must be an objective and percents, as in ema=20.');
  if (before[name] !== undefined) throw new InvalidArgumentError(`${name} stands there twice.`);
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
    .option('--resume', 'continue the sweep of --out, as it was asked for; only options of the launcher may change')
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

async function run(file: string | undefined, given: Options): Promise<void> {
  await untilInterrupted((signal) => runUntil(signal, file, given));
}

async function runUntil(
  signal: AbortSignal,
  file: string | undefined,
  { json = false, constraint, slurmArg, ...options }: Options,
): Promise<void> {
  const { stop, ...progress } = sweepProgress(process.stderr);
  try {
    const swept = await sweep({
      ...options,
      ...progress,
      signal,
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
  }
}
