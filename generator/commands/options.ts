import type { Command } from 'commander';
import { presets, useCacheFolder } from '../index.js';

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** --preset, --config and --set, alike in every command: the options are a ParamsSource of generator/params/load.ts. */
export function addParamsOptions(command: Command): Command {
  return command
    .option('--preset <name>', `start from a preset: ${Object.keys(presets).join(', ')}`)
    .option('--config <file>', 'a .json file, or a .ts file, which is run as a program, with any of the parameters; wins over the preset')
    .option('--set <field=value>', 'one parameter, as in array.columns=16; wins over both, may be repeated', collect);
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
