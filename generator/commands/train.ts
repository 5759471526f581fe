import type { Command } from 'commander';
import { Diverged, Interrupted, taskNames, train, trainStages, type TrainOptions, type TrainReport } from '../index.js';
import { whole } from './parse.js';
import { print, printError } from './print.js';

/** Integer as every command takes it; narrower bounds of sizes and threads are checked where they are used. */
const integer = whole(2 ** 31 - 1);

export function addTrain(program: Command): void {
  program
    .command('train')
    .description(
      "train a task's encoder: the dense teacher, the factorized and quantised model from it, that from scratch, or a ternary one",
    )
    .option('--task <name>', `${taskNames.join(', ')}, or the path of a task of your own (docs/tasks.md)`)
    .option('--stage <name>', trainStages.join(', '), 'factorized')
    .requiredOption('--out <folder>', "the checkpoint's folder; its log is written beside it, and an interrupted run continues from it")
    .option('--inputs <file>', 'in place of a task: inputs without labels, one JSON object a line, on which the teacher is imitated')
    .option('--teacher <folder>', 'a dense checkpoint (default: for factorized the one of the repository)')
    .option('--seed <number>', 'of weights, batches and support', integer, 1)
    .option('--steps <number>', "of the whole command; the recipe's when not given", integer)
    .option('--config <file>', 'JSON with changes of the recipe: model, factor, dense, factorized, coded, quantised')
    .option('--nonzeros <k>', 'non-zeros a column of W_D', integer)
    .option('--rank <r>', 'rows of W_D', integer)
    .option('--banks <n>', 'banks that the support keeps to; 1 for an unbalanced one', integer)
    .option('--threads <n>', '1 or 2; the result has the same bits', integer, 2)
    .option('--json', 'print the report as JSON')
    .action(async ({ json = false, ...options }: TrainOptions & { readonly json?: boolean }) => {
      const stop = new AbortController();
      const interrupt = (): void => stop.abort();
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
      try {
        const report = await train({ ...options, signal: stop.signal, onLine: (line) => printError(`${line}\n`) });
        print(`${json ? JSON.stringify(report, null, 2) : textOf(report)}\n`);
      } catch (error) {
        if (!(error instanceof Interrupted || error instanceof Diverged)) throw error;
        printError(`${error.message}\n`);
        process.exitCode = error.exitCode;
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      }
    });
}

function textOf({ task, metric, stages, validation: { stored, integer }, out, log }: TrainReport): string {
  const shown = (value: number): string => (metric === 'cosine' ? `cosine ${value.toFixed(4)}` : `${value.toFixed(2)} %`);
  const lines = stages.map(
    ({ stage, steps, seconds, validationAccuracy }) =>
      `${task} ${stage}: ${steps} steps in ${seconds.toFixed(0)} s, validation ${shown(validationAccuracy)}`,
  );
  lines.push(`stored in ${out}: validation ${shown(stored)}; log in ${log}`);
  if (integer !== undefined)
    lines.push(
      `integer model on ${integer.inputs} validation inputs: ${shown(integer.accuracy)} (rounded floats ${shown(integer.rounded)})`,
    );
  return lines.join('\n');
}
