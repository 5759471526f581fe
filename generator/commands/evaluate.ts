import { Option, type Command } from 'commander';
import { outputKinds, evaluate, evaluationJson, evaluationText, taskNames, type EvaluateOptions } from '../index.js';
import { addParamsOptions } from './options.js';
import { whole } from './parse.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

export function addEvaluate(program: Command): void {
  addParamsOptions(program.command('evaluate'))
    .description("measure accuracy and memory access of a task's model on its test split, step by step")
    .requiredOption('--task <name>', `${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md)`)
    .option(
      '--checkpoint <folder>',
      'a factorized checkpoint, or a dense one that is compressed without training (default: the one of the repository)',
    )
    .option('--dense <folder>', 'the dense checkpoint that all is compared with (default: the one of the repository)')
    .addOption(
      new Option('--outputs <kind>', 'what the chip stores of a row: all its outputs, or the index of the largest (default: best)').choices(
        outputKinds,
      ),
    )
    .option('--quick', 'a fixed subset of the test split, under 30 s')
    .option('--seed <number>', 'of the confidence intervals, and of a compression without training', whole(2 ** 31 - 1), 1)
    .option('--out <file>', 'write the JSON report')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...options }: EvaluateOptions & { readonly json?: boolean }) => {
      const evaluation = await evaluate({ ...options, onProgress: (what) => printError(`${options.task}: ${what} ...\n`) });
      print(`${json ? JSON.stringify(evaluationJson(evaluation), null, 2) : evaluationText(evaluation)}\n`);
      if (!evaluation.ema.booksAgree) process.exitCode = exitCodes.failed;
    });
}
