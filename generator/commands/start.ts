import { join } from 'node:path';
import type { Command } from 'commander';
import { start, startText, type StartOptions } from '../index.js';
import { addCacheOption } from './options.js';
import { whole } from './parse.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

export function addStart(program: Command): void {
  addCacheOption(program.command('start'))
    .description('real inputs of three tasks through the small accelerator, every bit compared, with a report')
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--seed <n>', 'of the choice of inputs', whole(2 ** 31 - 1), 1)
    .option('--out <folder>', 'for the report', join('build', 'start'))
    .action(async (options: StartOptions) => {
      const onLine = (line: string, seconds: number): void => printError(`${seconds.toFixed(1).padStart(6)} s  ${line}\n`);
      const result = await start({ ...options, onLine });
      print(`${startText(result)}\n`);
      if (!result.good) process.exitCode = exitCodes.failed;
    });
}
