import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { policies, type Policy } from '../contract/codes.js';
import { taskNames } from '../data/dataset.js';
import { refuse, UserError } from '../util/errors.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { renderHtml } from '../report/html.js';
import { simulatedModel } from '../report/simulated-model.js';
import { simulationDocument } from '../report/simulation.js';
import { simulators, type Simulator } from '../sim/build.js';
import { describeDivergence, shrink } from '../sim/divergence.js';
import { defaultInputs, openSubject } from '../subject/open.js';
import { withInputs, type Subject } from '../subject/subject.js';
import { firstBad, simulate, type Simulation } from '../sim/simulate.js';
import { recordWindow } from '../sim/waves.js';
import { chartPeers, requirePeers } from '../util/peers.js';
import { commandLine, shellCommand } from '../util/shell.js';
import { replaceFile } from '../util/write-file.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { inOutFolder } from './out.js';
import { print, printOver } from './print.js';
import { exitCodes } from './report-error.js';
import { simulationJson, simulationText } from './simulate-text.js';
import { requireSimulator } from './simulator.js';

interface SimulateOptions extends ParamsSource {
  readonly task?: string;
  readonly image?: string;
  readonly inputsFile?: string;
  readonly checkpoint?: string;
  readonly inputs?: number;
  readonly only?: readonly number[];
  readonly simulator: Simulator;
  readonly policy: Policy;
  readonly seed: number;
  readonly latency: number;
  readonly jitter: number;
  readonly stalls: number;
  readonly trace?: boolean;
  readonly waves?: boolean | number;
  readonly clockMhz: number;
  readonly json?: boolean;
  readonly out?: string;
}

export function whole(most: number, least = 0): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || Number(text) > most || Number(text) < least)
      throw new InvalidArgumentError(`must be an integer in ${least} .. ${most}.`);
    return Number(text);
  };
}

function numbers(text: string): number[] {
  return text.split(',').map(whole(1e9));
}

export function addSimulate(program: Command): void {
  addCacheOption(addParamsOptions(program.command('simulate')))
    .description('run whole inferences through the generated Verilog and compare every bit with the golden model')
    .option('--task <name>', `real inputs and the trained model of the repository: ${taskNames.join(', ')}`)
    .option('--image <file>', 'a *.tximg file; without --task its inputs are random')
    .option('--inputs-file <file>', 'inputs of your own, one JSON object per line: rows of bytes, or ids or features')
    .option('--checkpoint <folder>', 'with --image and --inputs-file: the checkpoint that embeds ids or features')
    .option('--inputs <n>', `number of inputs (default: ${defaultInputs}, or all of the file)`, whole(1e6, 1))
    .option('--only <list>', 'of these inputs only some, by number: 3,7', numbers)
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators).default('verilator'))
    .addOption(new Option('--policy <name>', 'how inputs share a window').choices(policies).default('packed'))
    .option('--seed <n>', "of the choice of inputs and of the memory's behaviour", whole(2 ** 31 - 1), 1)
    .option('--latency <cycles>', 'from a request of memory to its answer', whole(10_000), 20)
    .option('--jitter <cycles>', 'random addition to the latency', whole(10_000), 0)
    .option('--stalls <n>', 'each memory channel stalls in n of 16 cycles', whole(15), 0)
    .option('--trace', 'compare what every instruction stores, not only the outputs')
    .option('--waves [window]', 'record the signals of the window that differs, or of this one, for GTKWave', whole(1e6))
    .option('--clock-mhz <f>', 'clock for times', whole(10_000, 1), 100)
    .option('--json', 'print JSON')
    .option('--out <folder>', 'keep results here, with report.html; an interrupted run continues')
    .action(runSimulate);
}

async function runSimulate(options: SimulateOptions): Promise<void> {
  const { seed, simulator, policy, latency, jitter, stalls, trace = false } = options;
  const params = await loadParams(options);
  if (options.out !== undefined) requirePeers(chartPeers, 'trexgen simulate --out');
  await requireSimulator(simulator);
  const inputs = openSubject(options, params);
  const chosen = options.only ?? inputs.requests.map((_, i) => i);
  refuse(
    chosen
      .filter((i) => i >= inputs.requests.length)
      .map((i) => `--only ${i}: there are inputs 0 .. ${inputs.requests.length - 1}; raise --inputs`),
  );
  const subject = withInputs(inputs, chosen);
  await inOutFolder(options.out, 'simulate', async (out) => {
    const simulation = await simulate({
      ...subject,
      simulator,
      policy,
      settings: { seed, latency, jitter, stalls, trace },
      out,
      onProgress: ({ inputs: done, of }) => {
        if (process.stderr.isTTY) printOver(`simulating: ${done} of ${of} inputs${done === of ? '\n' : ''}`);
      },
    });
    await finish(options, subject, chosen, simulation, out);
  });
}

/** The command that repeats this run, without the choice of inputs and the trace. */
function commandOf({
  task,
  image,
  inputsFile,
  checkpoint,
  preset,
  config,
  set = [],
  inputs,
  simulator,
  policy,
  seed,
  latency,
  jitter,
  stalls,
}: SimulateOptions): string {
  const words: (readonly [string, string | number | undefined])[] = [
    ['task', task],
    ['image', image],
    ['inputs-file', inputsFile],
    ['checkpoint', checkpoint],
    ['preset', preset],
    ['config', config],
    ...set.map((one) => ['set', one] as const),
    ['inputs', inputs],
    ['simulator', simulator],
    ['policy', policy],
    ['seed', seed],
    ['latency', latency],
    ['jitter', jitter],
    ['stalls', stalls],
  ];
  return commandLine(['trexgen', 'simulate'], words);
}

/** What differs, in words, with waves when they are wanted. */
async function explain(
  options: SimulateOptions,
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
  options: SimulateOptions,
  subject: Subject,
  chosen: readonly number[],
  simulation: Simulation,
  out: string,
): Promise<void> {
  const { simulator, policy, seed, json = false, clockMhz } = options;
  const found = simulatedModel(subject, simulation.units);
  const lines = await explain(options, subject, chosen, simulation, out);
  const good = found.summary.mismatches === 0 && found.summary.emaAgree;
  const model = { ...found, divergence: good ? [] : lines };
  let report: string | undefined;
  if (options.out !== undefined) {
    report = join(out, 'report.html');
    const title = `${subject.name}: ${model.summary.inputs} inputs through the chip`;
    replaceFile(
      report,
      await renderHtml(simulationDocument({ title, params: subject.params, simulator, policy, seed, clockMHz: clockMhz, models: [model] })),
    );
  }
  const result = { model, simulator, policy, clockMHz: clockMhz, buildSeconds: simulation.buildSeconds, report, lines };
  print(json ? `${JSON.stringify(simulationJson(result), null, 2)}\n` : `${simulationText(result)}\n`);
  if (options.out === undefined && good && options.waves === undefined) await rm(out, { recursive: true });
  if (!good) process.exitCode = exitCodes.failed;
}
