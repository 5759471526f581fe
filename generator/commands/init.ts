import type { Command } from 'commander';
import { init, type InitOptions } from '../index.js';
import { addParamsOptions } from './options.js';
import { print } from './print.js';

export function addInit(program: Command): void {
  addParamsOptions(program.command('init'))
    .description('write a configuration file with every parameter, its meaning, range and default')
    .option('--out <file>', 'the file to write (default: trexgen.config.ts)')
    .option('--json-config', 'write JSON, with its schema beside it')
    .option('--force', 'overwrite what is there')
    .action(async (options: InitOptions) => print(`${(await init(options)).join('\n')}\n`));
}
