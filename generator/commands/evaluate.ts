import type { Command } from 'commander';
import { evaluateTask } from '../studies/evaluate/evaluate.js';
import { evaluationJson, evaluationText } from '../studies/evaluate/format-evaluation.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { replaceFile } from '../util/write-file.js';
import { parseNumber } from './compress.js';
import { addParamsOptions } from './options.js';
import { withOutFiles } from './out.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';

interface EvaluateOptions extends ParamsSource {
  readonly task: string;
  readonly checkpoint?: string;
  readonly dense?: string;
  readonly quick?: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

export function addEvaluate(program: Command): void {
  addParamsOptions(program.command('evaluate'))
    .description("measure accuracy and memory access of a task's model on its test split, step by step")
    .requiredOption('--task <name>', 'mnist, g2p or brown')
    .option(
      '--checkpoint <folder>',
      'a factorized checkpoint, or a dense one that is compressed without training (default: the one of the repository)',
    )
    .option('--dense <folder>', 'the dense checkpoint that all is compared with (default: the one of the repository)')
    .option('--quick', 'a fixed subset of the test split, under 30 s')
    .option('--seed <number>', 'of the confidence intervals, and of a compression without training', parseNumber, 1)
    .option('--out <file>', 'write the JSON report')
    .option('--json', 'print JSON')
    .action(async ({ out, json = false, preset, config, set, ...request }: EvaluateOptions) => {
      const params = await loadParams({
        ...(preset !== undefined && { preset }),
        ...(config !== undefined && { config }),
        ...(set && { set }),
      });
      const { evaluation, text } = await withOutFiles(out === undefined ? [] : [out], 'evaluate', () => {
        const measured = evaluateTask({ ...request, params, onProgress: (what) => printError(`${request.task}: ${what} ...\n`) });
        const report = JSON.stringify(evaluationJson(measured), null, 2);
        if (out !== undefined) replaceFile(out, `${report}\n`);
        return { evaluation: measured, text: report };
      });
      print(`${json ? text : evaluationText(evaluation)}\n`);
      if (!evaluation.ema.booksAgree) process.exitCode = exitCodes.failed;
    });
}
