import { join } from 'node:path';
import type { Command } from 'commander';
import { taskNames, type TaskName } from '../data/dataset.js';
import { requireTasks } from '../data/places.js';
import { presetParams } from '../params/presets.js';
import { sumTraffic } from '../contract/traffic-classes.js';
import { renderHtml } from '../report/html.js';
import { predictionLine } from '../report/cards.js';
import { simulatedModel } from '../report/simulated-model.js';
import { emaRatio, microsecondsPerToken, simulationDocument, type SimulatedModel } from '../report/simulation.js';
import { formatTable, grouped } from '../util/table.js';
import { describeDivergence, shrink } from '../sim/divergence.js';
import { beatsFor, firstBad, simulate } from '../sim/simulate.js';
import { taskSubject, type TaskSubject } from '../subject/open.js';
import { predictionsOf } from '../subject/predictions.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { commandLine } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { addCacheOption } from './options.js';
import { inOutFolder } from './out.js';
import { print, printError } from './print.js';
import { exitCodes } from './report-error.js';
import { whole } from './simulate.js';
import { requireSimulator } from './simulator.js';

/** Together at least 32, of all lengths that the three tasks have. */
const inputs: Readonly<Record<TaskName, number>> = { mnist: 12, g2p: 16, brown: 12 };
const shown = 4;
const simulator = 'verilator';
const policy = 'packed';
const settings = { latency: 20, jitter: 0, stalls: 0, trace: true } as const;

interface StartOptions {
  readonly clockMhz: number;
  readonly seed: number;
  readonly out: string;
}

export function addStart(program: Command): void {
  addCacheOption(program.command('start'))
    .description('real inputs of three tasks through the small accelerator, every bit compared, with a report')
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--seed <n>', 'of the choice of inputs', whole(2 ** 31 - 1), 1)
    .option('--out <folder>', 'for the report', join('build', 'start'))
    .action(runStart);
}

async function runStart({ clockMhz, seed, out: folder }: StartOptions): Promise<void> {
  const started = performance.now();
  const say = (text: string): void => {
    printError(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  };
  requirePeers(chartPeers, 'trexgen start');
  requireTasks(taskNames, ['compressed']);
  await requireSimulator(simulator);
  const params = presetParams('small');
  await inOutFolder(folder, 'start', async (out) => {
    const runs: TaskSubject[] = [];
    for (const task of taskNames) {
      say(`${task}: data, and the trained model as an image of the small accelerator`);
      runs.push(taskSubject(task, params, { inputs: inputs[task], seed }));
    }
    const beats = Math.max(
      ...runs.map(({ image, requests }) =>
        beatsFor({ params, image, requests, settings: { ...settings, seed }, perUnit: requests.length }),
      ),
    );
    const models: SimulatedModel[] = [];
    const texts: string[] = [];
    say('Verilog of the small accelerator, built with Verilator: one build for all three');
    for (const run of runs) {
      const simulation = await simulate({
        params,
        image: run.image,
        requests: run.requests,
        simulator,
        policy,
        settings: { ...settings, seed },
        beats,
        perUnit: run.requests.length,
        out: join(out, run.name),
        onProgress: ({ inputs: done, of }) => say(`${run.name}: ${done} of ${of} inputs simulated and compared`),
      });
      const found = simulatedModel(run, simulation.units);
      const bad = firstBad(simulation);
      const divergence =
        bad < 0
          ? []
          : describeDivergence(
              await shrink(simulation.executable, simulation.cases[bad]!, simulation.units[bad]!, 0, join(out, `${run.name}-divergence`)),
              run.image,
              commandLine(
                ['trexgen', 'simulate'],
                [
                  ['task', run.name],
                  ['preset', 'small'],
                  ['inputs', run.requests.length],
                  ['seed', seed],
                ],
              ),
            );
      models.push({ ...found, divergence });
      const outputs = simulation.units.flatMap((unit) => unit.outputs);
      texts.push(
        ...run.examples
          .slice(0, shown)
          .map((example, i) => `  ${run.name} ${i}: ${predictionLine(run.dataset, example, predictionsOf(outputs[i]!, run.image))}`),
        ...divergence,
      );
    }
    const report = join(out, 'report.html');
    replaceFile(
      report,
      await renderHtml(
        simulationDocument({ title: 'Three tasks on one accelerator', params, simulator, policy, seed, clockMHz: clockMhz, models }),
      ),
    );
    say('done');
    print(`${startText(models, clockMhz, texts)}\n\nreport: ${report}\n`);
    if (models.some(({ summary }) => summary.mismatches > 0 || !summary.emaAgree)) process.exitCode = exitCodes.failed;
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
