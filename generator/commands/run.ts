import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { policies, type Policy } from '../contract/codes.js';
import { taskNames } from '../data/dataset.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { sumTraffic, trafficClasses } from '../contract/traffic-classes.js';
import { classNames } from '../report/simulation.js';
import { formatTable, grouped } from '../util/table.js';
import { lockFolder } from '../util/lock.js';
import { RunDump } from '../subject/dump-run.js';
import { defaultInputs, openSubject, type SubjectSource } from '../subject/open.js';
import type { Subject } from '../subject/subject.js';
import { runInputs, type GoldenInputs, type RunInput } from '../subject/run-inputs.js';
import { addParamsOptions } from './options.js';
import { print, printOver } from './print.js';
import { exitCodes } from './report-error.js';
import { whole } from './simulate.js';

interface RunOptions extends ParamsSource, Omit<SubjectSource, 'workload'> {
  readonly policy: Policy;
  readonly dump?: string;
  readonly json?: boolean;
}

export function addRun(program: Command): void {
  addParamsOptions(program.command('run'))
    .description('run an image on inputs through the golden model, without any simulator: outputs, predictions, bytes at the port')
    .option('--task <name>', `real inputs and the trained model of the repository: ${taskNames.join(', ')}`)
    .option('--image <file>', 'a *.tximg file; without --task and --inputs-file its inputs are random')
    .option('--inputs-file <file>', 'inputs of your own, one JSON object per line: rows of bytes, or ids or features')
    .option('--checkpoint <folder>', 'with --image and --inputs-file: the checkpoint that embeds ids or features')
    .option('--inputs <n>', `number of inputs (default: ${defaultInputs}, or all of the file)`, whole(1e6, 1))
    .addOption(new Option('--policy <name>', 'how inputs share a window').choices(policies).default('packed'))
    .option('--seed <n>', 'of the choice of inputs', whole(2 ** 31 - 1), 1)
    .option('--dump <folder>', 'write the bytes of every input and every word that an instruction stores, as .npy and JSON')
    .option('--json', 'print JSON')
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const params = await loadParams(options);
  const source = openSubject(options, params);
  const folder = options.dump === undefined ? undefined : resolve(options.dump);
  const release = options.dump === undefined ? undefined : lockFolder(options.dump, 'run', 'dump');
  try {
    const dump = folder === undefined ? undefined : new RunDump(folder, source);
    const result = runInputs(source, {
      policy: options.policy,
      ...(dump !== undefined && { trace: dump.trace }),
      finished: (input) => {
        dump?.writeInput(input);
        progress(input + 1, source.requests.length);
      },
    });
    dump?.finish();
    print(
      options.json === true
        ? `${JSON.stringify(runJson(source, options.policy, result, folder), null, 2)}\n`
        : `${runText(source, options.policy, result, folder)}\n`,
    );
    if (!result.booksAgree) process.exitCode = exitCodes.failed;
  } finally {
    release?.();
  }
}

function progress(done: number, of: number): void {
  if (process.stderr.isTTY) printOver(`running: ${done} of ${of} inputs${done === of ? '\n' : ''}`);
}

function runJson({ name, image }: Subject, policy: Policy, result: GoldenInputs, dump: string | undefined) {
  const { inputs, windows, emaBytes, coldBytes, booksAgree, baselineBytes, emaRatio, metric } = result;
  return {
    model: name,
    columns: image.columns,
    busBytes: image.busBytes,
    policy,
    windows,
    emaBytes,
    emaTotal: sumTraffic(emaBytes),
    coldBytes: sumTraffic(coldBytes),
    emaAgree: booksAgree,
    baselineBytes,
    emaRatio,
    metric: metric === undefined ? null : { name: metric.name, percent: metric.value, labels: metric.labels },
    dump: dump ?? null,
    inputs: inputs.map((input) => ({ ...input, labels: input.labels ?? null })),
  };
}

const shownInputs = 20;

function runText({ name }: Subject, policy: Policy, result: GoldenInputs, dump: string | undefined): string {
  const { inputs, windows, emaBytes, coldBytes, booksAgree, baselineBytes, emaRatio, metric } = result;
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0);
  const classes = trafficClasses.filter((key) => emaBytes[key] > 0);
  return [
    `${name}, policy ${policy}: ${grouped(inputs.length)} inputs, ${grouped(tokens)} tokens in ${grouped(windows)} windows; golden model, no simulator`,
    `bytes counted in the image and predicted from shapes ${booksAgree ? 'agree' : 'DO NOT AGREE'}`,
    ...(metric === undefined ? [] : [`${metric.value.toFixed(2)} % of ${grouped(metric.labels)} labels right`]),
    '',
    ...inputs.slice(0, shownInputs).map(lineOf),
    ...(inputs.length > shownInputs ? [`... ${grouped(inputs.length - shownInputs)} more; --json prints all`] : []),
    '',
    formatTable(
      ['external memory access', 'bytes'],
      [
        ...classes.map((key) => [classNames[key], grouped(emaBytes[key])]),
        ['sum', grouped(sumTraffic(emaBytes))],
        ['of which load, once', grouped(sumTraffic(coldBytes))],
        ['baseline', grouped(baselineBytes)],
        ['ratio', `${emaRatio.toFixed(1)}x`],
      ],
    ),
    ...(dump === undefined ? [] : ['', `dump: ${dump}`]),
  ].join('\n');
}

function lineOf({ input, tokens, predicted, labels }: RunInput): string {
  const known = labels?.some((label) => label >= 0) === true ? `  labels ${labels.join(' ')}` : '';
  return `${String(input).padStart(4)}  ${tokens} tokens  predicted ${predicted.join(' ')}${known}`;
}
