import { Option, type Command } from 'commander';
import { defaultInputs, defaultPolicy, policies, run, runJson, runText, taskNames, type RunOptions } from '../index.js';
import { addParamsOptions } from './options.js';
import { whole } from './parse.js';
import { print, printOver } from './print.js';
import { exitCodes } from './report-error.js';

export function addRun(program: Command): void {
  addParamsOptions(program.command('run'))
    .description('run an image on inputs through the golden model, without any simulator: outputs, predictions, bytes at the port')
    .option(
      '--task <name>',
      `real inputs and the trained model of the repository: ${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md)`,
    )
    .option('--image <file>', 'a *.tximg file; without --task and --inputs-file its inputs are random')
    .option('--inputs-file <file>', 'inputs of your own, one JSON object per line: rows of bytes, or ids or features')
    .option('--checkpoint <folder>', 'with --image and --inputs-file: the checkpoint that embeds ids or features')
    .option('--inputs <n>', `number of inputs (default: ${defaultInputs}, or all of the file)`, whole(1e6, 1))
    .addOption(new Option('--policy <name>', 'how inputs share a window').choices(policies).default(defaultPolicy))
    .option('--seed <n>', 'of the choice of inputs', whole(2 ** 31 - 1), 1)
    .option('--dump <folder>', 'write the bytes of every input and every word that an instruction stores, as .npy and JSON')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...options }: RunOptions & { readonly json?: boolean }) => {
      const result = await run({ ...options, onProgress: progress });
      print(`${json ? JSON.stringify(runJson(result), null, 2) : runText(result)}\n`);
      if (!result.booksAgree) process.exitCode = exitCodes.failed;
    });
}

function progress({ inputs, of }: { readonly inputs: number; readonly of: number }): void {
  if (process.stderr.isTTY) printOver(`running: ${inputs} of ${of} inputs${inputs === of ? '\n' : ''}`);
}
