import { defaultPolicy } from '../contract/codes.js';
import { join } from 'node:path';
import { demoTaskNames, demoTasks } from '../data/built-in.js';
import { requireTasks } from '../data/places.js';
import { defaultPreset, presetParams } from '../params/presets.js';
import { predictionLine } from '../report/cards.js';
import { renderHtml } from '../report/html.js';
import { simulatedModel } from '../report/simulated-model.js';
import { simulationDocument, type SimulatedModel } from '../report/simulation.js';
import type { StartResult } from '../report/start-text.js';
import { describeDivergence, shrink } from '../sim/divergence.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { beatsFor, firstBad, simulate, type Simulation } from '../sim/simulate.js';
import { taskSubject, type TaskSubject } from '../subject/open.js';
import { predictionsOf } from '../subject/predictions.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { commandLine } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { inOutFolder, refuseForeign } from './out.js';

const shown = 4;
const simulator = 'verilator';
const policy = defaultPolicy;
const settings = { latency: 20, jitter: 0, stalls: 0, trace: true } as const;

export interface StartOptions {
  /** Clock that times are computed for; 100 when not given. */
  readonly clockMhz?: number;
  /** Seed of the choice of inputs; 1 when not given. */
  readonly seed?: number;
  /** Folder of the report. */
  readonly out: string;
  /** What goes on, a line at a time, with the seconds since the start. */
  readonly onLine?: (line: string, seconds: number) => void;
}

/**
 * Sends real inputs of the three tasks through the small accelerator and compares every bit.
 *
 * Errors   UserError for missing models, data and packages; ToolError when a tool is missing or fails
 */
export async function start({ clockMhz: clockMHz = 100, seed = 1, out: folder, onLine }: StartOptions): Promise<StartResult> {
  const started = performance.now();
  const say = (text: string): void => onLine?.(text, (performance.now() - started) / 1000);
  refuseForeign(folder, 'start');
  requirePeers(chartPeers, 'trexgen start');
  requireTasks(demoTaskNames, ['compressed']);
  await requireSimulator(simulator);
  const params = presetParams(defaultPreset);
  return inOutFolder(folder, 'start', async (out) => {
    const runs: TaskSubject[] = [];
    for (const { name: task, startInputs: inputs } of demoTasks) {
      say(`${task}: data, and the trained model as an image of the small accelerator`);
      runs.push(taskSubject(task, params, { inputs, seed }));
    }
    const seeded = { ...settings, seed };
    const beats = Math.max(...runs.map((run) => beatsFor({ ...run, settings: seeded, perUnit: run.requests.length })));
    const models: SimulatedModel[] = [];
    const lines: string[] = [];
    say('Verilog of the small accelerator, built with Verilator: one build for all three');
    for (const run of runs) {
      const simulation = await simulate({
        ...run,
        simulator,
        policy,
        settings: seeded,
        beats,
        perUnit: run.requests.length,
        out: join(out, run.name),
        onProgress: ({ inputs: done, of }) => say(`${run.name}: ${done} of ${of} inputs simulated and compared`),
      });
      const divergence = await explain(run, simulation, seed, join(out, `${run.name}-divergence`));
      models.push({ ...simulatedModel(run, simulation.units), divergence });
      const outputs = simulation.units.flatMap((unit) => unit.outputs);
      lines.push(
        ...run.examples
          .slice(0, shown)
          .map((example, i) => `  ${run.name} ${i}: ${predictionLine(run.dataset, example, predictionsOf(outputs[i]!, run.image))}`),
        ...divergence,
      );
    }
    const report = join(out, 'report.html');
    const title = 'Three tasks on one accelerator';
    replaceFile(report, await renderHtml(simulationDocument({ title, params, simulator, policy, seed, clockMHz, models })));
    say('done');
    const good = models.every(({ summary }) => summary.mismatches === 0 && summary.emaAgree);
    return { good, models, lines, clockMHz, report };
  });
}

/** What differs, in words; nothing when nothing does. */
async function explain({ name, image, requests }: TaskSubject, simulation: Simulation, seed: number, folder: string): Promise<string[]> {
  const bad = firstBad(simulation);
  if (bad < 0) return [];
  const found = await shrink(simulation.executable, simulation.cases[bad]!, simulation.units[bad]!, 0, folder);
  const command = commandLine(
    ['trexgen', 'simulate'],
    [
      ['task', name],
      ['preset', defaultPreset],
      ['inputs', requests.length],
      ['seed', seed],
    ],
  );
  return describeDivergence(found, image, command);
}
