import { Option, type Command } from 'commander';
import { launchers, onInterrupts, presets, useCacheFolder } from '../index.js';
import { whole } from './parse.js';
import { exitCodes } from './report-error.js';

/** Values of an option that may be repeated. */
export function more(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** --preset, --config and --set, alike in every command: the options are a ParamsSource of generator/params/load.ts. */
export function addParamsOptions(command: Command): Command {
  return command
    .option('--preset <name>', `start from a preset: ${Object.keys(presets).join(', ')}`)
    .option('--config <file>', 'a .json file, or a .ts file, which is run as a program, with any of the parameters; wins over the preset')
    .option('--set <field=value>', 'one parameter, as in array.columns=16; wins over both, may be repeated', more);
}

/** --cache, alike in every command that builds simulations. */
export function addCacheOption(command: Command): Command {
  return command
    .option('--cache <folder>', 'keep built simulations here (default: TREXGEN_CACHE, or trexgen/ in your cache folder)')
    .hook('preAction', (_, acting) => {
      const { cache } = acting.opts<{ cache?: string }>();
      if (cache !== undefined) useCacheFolder(cache);
    });
}

/** Options of a launcher, alike in every command that has one. */
export function addLaunchOptions(command: Command): Command {
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

/** Runs something that Ctrl-C or SIGTERM aborts through a signal; who asks twice does not wait for the end. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
    interruption.abort();
  };
  // Not once: a signal without a listener left would end the process as tools are ended with it.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
