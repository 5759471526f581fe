import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPolicy, type Policy } from '../contract/codes.js';
import { renderHtml } from '../report/html.js';
import { simulatedModel } from '../report/simulated-model.js';
import type { SimulationOutcome } from '../report/simulation-text.js';
import { simulationDocument } from '../report/simulation.js';
import type { Simulator } from '../sim/build.js';
import { describeDivergence, shrink } from '../sim/divergence.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { firstBad, simulate as simulateRequests, type Simulation } from '../sim/simulate.js';
import { recordWindow } from '../sim/waves.js';
import { openSubject, type SubjectSource } from '../subject/open.js';
import { withInputs, type Subject } from '../subject/subject.js';
import { refuse, UserError } from '../util/errors.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { commandLine, shellCommand } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { hardwareWords, paramsOf, type HardwareOptions } from './hardware.js';
import { inOutFolder, refuseForeign } from './out.js';

export interface SimulateOptions extends HardwareOptions, SubjectSource {
  /** Numbers of the inputs that are run; all where it is left out. */
  readonly only?: readonly number[];
  readonly simulator?: Simulator;
  /** How inputs share a window. */
  readonly policy?: Policy;
  /** Cycles from a request of memory to its answer. */
  readonly latency?: number;
  /** Cycles that are added to the latency at most, at random. */
  readonly jitter?: number;
  /** Each memory channel stalls in so many of 16 cycles. */
  readonly stalls?: number;
  /** Compare what every instruction stores, not only the outputs. */
  readonly trace?: boolean;
  /** Record the signals of the window that differs, or of this one. */
  readonly waves?: boolean | number;
  /** Clock that times are computed for. */
  readonly clockMhz?: number;
  /** Keep results here, with report.html; an interrupted run continues. */
  readonly out?: string;
  readonly onProgress?: (progress: { readonly inputs: number; readonly of: number }) => void;
}

/** What options are when they are not given. */
export const simulateDefaults = {
  simulator: 'verilator',
  policy: defaultPolicy,
  seed: 1,
  latency: 20,
  jitter: 0,
  stalls: 0,
  clockMhz: 100,
} as const satisfies SimulateOptions;

type Settled = Omit<SimulateOptions, keyof typeof simulateDefaults> & {
  readonly [name in keyof typeof simulateDefaults]-?: NonNullable<SimulateOptions[name]>;
};

/**
 * Runs whole inferences through the generated Verilog and compares every bit with the golden model. Bits or bytes that differ
 * make `good` false; `lines` say where the first one is.
 *
 * Errors   UserError as openSubject, and for missing packages; ToolError when a tool is missing or fails; WriteError for a file
 *          that cannot be written
 */
export async function simulate(given: SimulateOptions): Promise<SimulationOutcome> {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SimulateOptions;
  const options = { ...simulateDefaults, ...set } as Settled;
  const { simulator, policy, seed, latency, jitter, stalls, trace = false, onProgress } = options;
  refuseForeign(options.out, 'simulate');
  const params = await paramsOf(options);
  if (options.out !== undefined) requirePeers(chartPeers, 'trexgen simulate --out');
  await requireSimulator(simulator);
  const all = openSubject(options, params);
  const chosen = options.only ?? all.requests.map((_, i) => i);
  refuse(
    chosen
      .filter((i) => i >= all.requests.length)
      .map((i) => `--only ${i}: there are inputs 0 .. ${all.requests.length - 1}; raise --inputs`),
  );
  const subject = withInputs(all, chosen);
  const settings = { seed, latency, jitter, stalls, trace };
  return inOutFolder(options.out, 'simulate', async (out) => {
    const simulation = await simulateRequests({ ...subject, simulator, policy, settings, out, ...(onProgress && { onProgress }) });
    return finish(options, subject, chosen, simulation, out);
  });
}

/** The command that repeats this run, without the choice of inputs and the trace. */
function commandOf(options: Settled): string {
  const { task, image, outputs, inputsFile, checkpoint, workload, inputs, simulator, policy, seed, latency, jitter, stalls } = options;
  return commandLine(
    ['trexgen', 'simulate'],
    [
      ['task', task],
      ['image', image],
      ['outputs', outputs],
      ['inputs-file', inputsFile],
      ['checkpoint', checkpoint],
      ['workload', workload],
      ...hardwareWords(options),
      ['inputs', inputs],
      ['simulator', simulator],
      ['policy', policy],
      ['seed', seed],
      ['latency', latency],
      ['jitter', jitter],
      ['stalls', stalls],
    ],
  );
}

/** What differs, in words, with waves when they are wanted. */
async function explain(
  options: Settled,
  subject: Subject,
  chosen: readonly number[],
  simulation: Simulation,
  out: string,
): Promise<string[]> {
  const { waves } = options;
  const bad = firstBad(simulation);
  const lines: string[] = [];
  if (bad >= 0) {
    const offset = simulation.cases.slice(0, bad).reduce((sum, { requests }) => sum + requests.length, 0);
    const found = await shrink(simulation.executable, simulation.cases[bad]!, simulation.units[bad]!, offset, join(out, 'divergence'));
    const numbered = { ...found, requests: found.requests.map((request) => chosen[request]!) };
    lines.push(...describeDivergence(numbered, subject.image, commandOf(options)));
    const window = found.result.windowLog[found.difference?.window ?? 0];
    if (waves !== undefined && window !== undefined) {
      const { file, saveFile } = await recordWindow(found.unit, options.simulator, window, out, 'divergence');
      lines.push(`  signals of window ${window.window}: ${shellCommand(['gtkwave', file, saveFile])}`);
    }
    return lines;
  }
  const [unit, result] = [simulation.cases[0], simulation.units[0]];
  if (waves === undefined || unit === undefined || result === undefined) return lines;
  const number = typeof waves === 'number' ? waves : 0;
  const window = result.windowLog[number];
  if (window === undefined) throw new UserError([`--waves ${number}: the first unit has windows 0 .. ${result.windowLog.length - 1}`]);
  const { file, saveFile } = await recordWindow(unit, options.simulator, window, out, `window-${number}`);
  return [`signals of window ${number}: ${shellCommand(['gtkwave', file, saveFile])}`];
}

async function finish(
  options: Settled,
  subject: Subject,
  chosen: readonly number[],
  simulation: Simulation,
  out: string,
): Promise<SimulationOutcome> {
  const { simulator, policy, seed, clockMhz: clockMHz } = options;
  const found = simulatedModel(subject, simulation.units);
  const lines = await explain(options, subject, chosen, simulation, out);
  const good = found.summary.mismatches === 0 && found.summary.emaAgree;
  const model = { ...found, divergence: good ? [] : lines };
  const report = options.out === undefined ? undefined : join(out, 'report.html');
  if (report !== undefined) {
    const title = `${subject.name}: ${model.summary.inputs} inputs through the chip`;
    replaceFile(
      report,
      await renderHtml(simulationDocument({ title, params: subject.params, simulator, policy, seed, clockMHz, models: [model] })),
    );
  }
  if (options.out === undefined && good && options.waves === undefined) await rm(out, { recursive: true });
  const outputs = simulation.units.flatMap((unit) => unit.outputs);
  return { good, outputs, model, simulator, policy, clockMHz, buildSeconds: simulation.buildSeconds, report, lines };
}
