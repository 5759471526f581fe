import { join } from 'node:path';
import type { Command } from 'commander';
import { sumTraffic } from '../contract/traffic-classes.js';
import { start, type SimulatedModel, type StartOptions } from '../index.js';
import { emaRatio, microsecondsPerToken } from '../report/simulation.js';
import { formatTable, grouped } from '../util/table.js';
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
      const { good, models, lines, clockMHz, report } = await start({ ...options, onLine });
      print(`${startText(models, clockMHz, lines)}\n\nreport: ${report}\n`);
      if (!good) process.exitCode = exitCodes.failed;
    });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function startText(models: readonly SimulatedModel[], clockMHz: number, texts: readonly string[]): string {
  const sum = (of: (model: SimulatedModel) => number): number => models.reduce((total, model) => total + of(model), 0);
  const differ = sum(({ summary }) => summary.mismatches);
  return [
    '',
    'predictions of the chip; [what the label says where it differs]',
    ...texts,
    '',
    formatTable(
      [
        'task',
        'inputs',
        'tokens',
        'labels right',
        'cycles',
        `us/token at ${clockMHz} MHz`,
        'EMA bytes',
        'baseline',
        'ratio',
        'array util.',
        'useful util.',
      ],
      models.map((model) => {
        const { name, summary, metric, baseline } = model;
        return [
          name,
          grouped(summary.inputs),
          grouped(summary.tokens),
          metric === undefined ? '-' : `${metric.value.toFixed(1)} %`,
          grouped(summary.cycles),
          microsecondsPerToken(summary, clockMHz).toFixed(1),
          grouped(sumTraffic(summary.emaBytes)),
          grouped(baseline),
          `${emaRatio(model).toFixed(1)}x`,
          percent(summary.utilization.array),
          percent(summary.utilization.useful),
        ];
      }),
    ),
    '',
    `${grouped(sum(({ summary }) => summary.valuesCompared))} values of ${grouped(sum(({ summary }) => summary.inputs))} inputs compared with the golden model, ${differ} differ; ` +
      `bytes of chip, golden ledger and analytic model ${models.every(({ summary }) => summary.emaAgree) ? 'agree' : 'DO NOT AGREE'}`,
  ].join('\n');
}
