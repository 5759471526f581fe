import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { refuse } from '../util/errors.js';
import type { ParamsSource } from '../params/load.js';
import { renderHtml } from '../report/html.js';
import { pngOf } from '../report/png.js';
import { simulators } from '../sim/build.js';
import { axisKeys } from '../studies/sweep/fields.js';
import { fidelities } from '../studies/sweep/key.js';
import { objectiveNames } from '../studies/sweep/objectives.js';
import { planSweep, type SweepOptions } from '../studies/sweep/plan.js';
import { sweep, type Sweep } from '../studies/sweep/run-sweep.js';
import { drawPoints } from '../studies/sweep/space.js';
import { sweepReport } from '../studies/sweep/sweep-report.js';
import { sweepCsv, sweepJson, sweepText } from '../studies/sweep/table.js';
import { taskProblems } from '../studies/sweep/subject.js';
import { sweepProgress } from '../studies/sweep/progress.js';
import { toolsFor } from '../synth/synthesize.js';
import { targetNames } from '../synth/targets.js';
import { requireTools } from '../tools/find.js';
import { chartPeers, diagramPeers, peerProblems, picturePeers } from '../util/peers.js';
import { replaceFile } from '../util/write-file.js';
import { addCacheOption, addParamsOptions } from './options.js';
import { inOutFolder } from './out.js';
import { print } from './print.js';
import { exitCodes } from './report-error.js';
import { whole } from './simulate.js';
import { requireSimulator } from './simulator.js';

interface Options extends ParamsSource, Omit<SweepOptions, 'preset' | 'config' | 'set' | 'constraints'> {
  readonly constraint?: readonly string[];
  readonly jobs: number;
  readonly point?: number;
  readonly retry?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

const list = (text: string): string[] => text.split(',');
const more = (text: string, before: readonly string[] | undefined): string[] => [...(before ?? []), text];

export function addSweep(program: Command): void {
  addCacheOption(
    addParamsOptions(
      program.command('sweep').argument('[file]', 'a .json sweep file, or a .ts one, which is run as a program, docs/sweep.md'),
    ),
  )
    .description('measure many configurations, the best of them ever more exactly, and find the Pareto front')
    .addHelpText('after', `\n--set takes lists and ranges here: array.columns=4,8,16 array.passes=4..16:4\nKeys: ${axisKeys.join(' ')}`)
    .addOption(new Option('--search <how>', 'all points, or some at random').choices(['grid', 'random']))
    .option('--samples <n>', 'points of a random search (default: 256)', whole(1e6, 1))
    .option('--seed <n>', 'of the random search and of the choice of inputs (default: 1)', whole(2 ** 31 - 1))
    .option(
      '--constraint <expression>',
      'keep only points for which it holds, as in "multipliers <= 128 && accuracy > 90"; may be repeated',
      more,
    )
    .option('--objectives <list>', `what the front is made of: ${objectiveNames.join(',')}`, list)
    .addOption(new Option('--fidelity <level>', 'how exactly the best are measured in the end (default: analytic)').choices(fidelities))
    .option('--promote <n>', 'points that go one level up (default: 8)', whole(1e6, 1))
    .option('--inputs <n>', 'inputs of a run (default: 4)', whole(10_000, 1))
    .option('--accuracy-inputs <n>', 'validation inputs that the integer model answers (default: 200)', whole(100_000, 1))
    .addOption(new Option('--simulator <name>', 'what runs the Verilog').choices(simulators))
    .addOption(new Option('--target <name>', 'of the synthesis (default: asic)').choices(targetNames))
    .option('--jobs <n>', 'processes that measure', whole(1024, 1), availableParallelism())
    .option('--point <n>', 'draw this point in full in the report (default: one of the front)', whole(1e6))
    .option('--retry', 'measure points that have failed before again')
    .option('--json', 'print the points as JSON')
    .option('--out <folder>', 'keep points, results.csv and report.html here; an interrupted sweep continues')
    .action(run);
}

async function run(
  file: string | undefined,
  { jobs, point, retry = false, json = false, out, constraint, ...given }: Options,
): Promise<void> {
  const plan = await planSweep(file, { ...given, ...(constraint !== undefined && { constraints: constraint }) });
  const drawn = drawPoints(plan.space, plan.search);
  refuse(
    point !== undefined && point >= drawn.points.length ? [`--point ${point}: the sweep has points 0 .. ${drawn.points.length - 1}`] : [],
  );
  const drawing = out === undefined ? [] : [...chartPeers, ...diagramPeers, ...picturePeers];
  refuse([
    ...peerProblems(['@duckdb/node-api', ...drawing], out === undefined ? 'trexgen sweep' : 'trexgen sweep --out'),
    ...taskProblems(drawn.points),
  ]);
  if (plan.levels.includes('rtl')) await requireSimulator(plan.simulator);
  if (plan.levels.includes('synthesis')) await requireTools(toolsFor(plan.measuring.target));
  await inOutFolder(out, 'sweep', async (folder) => {
    const progress = sweepProgress(process.stderr);
    let swept: Sweep;
    try {
      swept = await sweep(plan, drawn, {
        out: out === undefined ? undefined : folder,
        folder: join(folder, 'runs'),
        jobs,
        retry,
        onLevel: progress.onLevel,
        onDone: progress.onDone,
      });
    } finally {
      progress.stop();
      if (out === undefined) await rm(folder, { recursive: true });
    }
    const files: string[] = [];
    if (out !== undefined) {
      const { document, pictures } = await sweepReport(swept, point);
      const written = [
        { name: 'results.csv', content: sweepCsv(swept) },
        { name: 'report.html', content: await renderHtml(document) },
        ...(
          await Promise.all(
            pictures.map(async ({ name, svg }) => [
              { name: `${name}.svg`, content: `${svg}\n` },
              { name: `${name}.png`, content: Buffer.from(await pngOf(svg)) },
            ]),
          )
        ).flat(),
      ];
      for (const { name, content } of written) replaceFile(join(folder, name), content);
      files.push(
        written
          .map(({ name }) => join(out, name))
          .slice(0, 2)
          .join(', '),
      );
    }
    print(json ? `${JSON.stringify(sweepJson(swept), null, 2)}\n` : `${sweepText(swept, files)}\n`);
    if (!swept.points.some(({ front }) => front)) process.exitCode = exitCodes.failed;
  });
}
