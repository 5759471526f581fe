import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { renderHtml } from '../report/html.js';
import { pngOf } from '../report/png.js';
import { requireSimulator } from '../sim/require-simulator.js';
import { refuseUnfinished, slurmFolder, slurmProblems } from '../studies/sweep/launch/launcher.js';
import type { LaunchOptions } from '../studies/sweep/launch/request.js';
import { removeDerived, resultNames } from '../studies/sweep/derived-files.js';
import { launchOptions, otherSweep, readRequest, writeRequest } from '../studies/sweep/launch/request.js';
import { keepFront, keptFolders, removeEmptyRuns, runsFolder } from '../studies/sweep/kept-files.js';
import { requireSlurm } from '../studies/sweep/launch/slurm/commands.js';
import { planSweep, type SweepFile, type SweepOptions as PlanOptions, type SweepPlan } from '../studies/sweep/plan.js';
import { resumedPlan } from '../studies/sweep/resume.js';
import { sweep as runSweep, type Sweep, type SweepSettings } from '../studies/sweep/run-sweep.js';
import { spaceSize } from '../studies/sweep/axes.js';
import { drawBefore, tasksOf, type Drawn } from '../studies/sweep/space.js';
import { taskProblems } from '../studies/sweep/subject.js';
import { sweepReport } from '../studies/sweep/sweep-report.js';
import { writeParquet } from '../studies/sweep/parquet.js';
import { sweepJson } from '../studies/sweep/printed.js';
import { sweepCsv } from '../studies/sweep/table.js';
import { watchSweep } from '../studies/sweep/watch/watch.js';
import { toolsFor } from '../synth/synthesize.js';
import { requireTools } from '../tools/find.js';
import { refuse } from '../util/errors.js';
import { chartPeers, diagramPeers, peerProblems, picturePeers } from '../util/peers.js';
import { replaceFile } from '../util/write-file.js';
import { inOutFolder, refuseForeign } from './out.js';

export interface SweepOptions extends PlanOptions, LaunchOptions, Partial<Pick<SweepSettings, 'retry' | 'onLevel' | 'onDone'>> {
  /** A .json or .ts sweep file, or what stands in one. */
  readonly file?: string | SweepFile;
  /** Point that the report draws in full; one of the front when not given. */
  readonly point?: number;
  /** Keep points, results.csv and report.html here; an interrupted sweep continues. For a cluster a folder that all nodes share. */
  readonly out?: string;
  /** Continue what `out` holds, with its plan, which nothing may change, and its launcher, whose options may be given anew. */
  readonly resume?: boolean;
  /** Ends a sweep on a cluster; its jobs go on or are cancelled, as `onInterrupt` says. */
  readonly signal?: AbortSignal;
  /** A page on the loopback address follows the sweep until it ends: on this port, or on a free one with true. */
  readonly watch?: boolean | number;
  /** Takes lines of text: where the page of `watch` is, and what happens to jobs of a cluster. */
  readonly onNote?: (text: string) => void;
}

type Hooks = Pick<SweepSettings, 'onLevel' | 'onDone' | 'onBegin'>;

export interface SweepResult extends Sweep {
  /** Tells whether at least one point is on the front; of a search for the cheapest, whether it has an answer. */
  readonly good: boolean;
  /** Files that were written beside the points. */
  readonly files: readonly string[];
}

/** What is asked for, checked as a whole. */
interface Asked {
  readonly plan: SweepPlan;
  readonly drawn: Drawn | undefined;
  readonly launch: LaunchOptions;
}

/** Files to keep are made by simulations and syntheses alone. */
function keptNothing(keep: NonNullable<LaunchOptions['keep']>, { levels }: SweepPlan): string[] {
  if (keep === 'none' || levels.includes('rtl')) return [];
  return [
    `keep = ${keep}: has no effect at fidelity ${levels.at(-1)!}, which makes no files; leave it out, or give --fidelity rtl or synthesis`,
  ];
}

async function prepare(options: SweepOptions): Promise<Asked> {
  const { point, out, resume = false, watch = false } = options;
  refuseForeign(out, 'sweep');
  const resumed = resume ? readRequest(out) : undefined;
  const launch = { ...resumed?.launch, ...launchOptions(options) };
  refuse(slurmProblems(launch.launcher, options));
  const plan = await (resumed === undefined ? planSweep(options.file, options) : resumedPlan(resumed.file, options.file, options, out!));
  const { keep = 'none' } = launch;
  refuse(
    out !== undefined
      ? keptNothing(keep, plan)
      : [
          ...(launch.launcher === 'slurm' ? ['launcher = slurm: needs --out with a folder that all nodes share and can write'] : []),
          ...(point === undefined ? [] : [`point = ${point}: is drawn in the report; needs --out with the folder of the report`]),
          ...(keep === 'none' ? [] : [`keep = ${keep}: needs --out with the folder to keep them in`]),
        ],
  );
  const drawn = drawBefore(plan.space, plan.search);
  const count = drawn?.points.length ?? spaceSize(plan.space.axes);
  refuse(point !== undefined && point >= count ? [`--point ${point}: the sweep has points 0 .. ${count - 1}`] : []);
  const drawing = [
    ...(out === undefined && watch === false ? [] : chartPeers),
    ...(out === undefined ? [] : [...diagramPeers, ...picturePeers]),
  ];
  refuse([
    ...peerProblems(['@duckdb/node-api', ...drawing], out === undefined ? 'trexgen sweep' : 'trexgen sweep --out'),
    ...taskProblems(tasksOf(plan.space).map((task) => ({ run: { task } }))),
  ]);
  if (launch.launcher === 'slurm') requireSlurm();
  if (plan.levels.includes('rtl')) await requireSimulator(plan.simulator);
  if (plan.levels.includes('synthesis')) await requireTools(toolsFor(plan.measuring.target));
  return { plan, drawn, launch };
}

/** Runs it and writes its results; `hooks` hear what happens. */
async function runIn(folder: string, { plan, drawn, launch }: Asked, options: SweepOptions, hooks: Hooks): Promise<SweepResult> {
  const { out, point, retry = false, signal, onNote } = options;
  const { launcher = 'local', jobs, keep = 'none', ...slurm } = launch;
  if (out !== undefined && launcher === 'local')
    refuseUnfinished(out, 'sweep', options.resume === true ? '--resume without --launcher local' : '--resume');
  let swept: Sweep;
  try {
    swept = await runSweep(plan, drawn, {
      out: out === undefined ? undefined : folder,
      folder: join(folder, runsFolder),
      keep: keep !== 'none',
      signal,
      // A cluster's width says nothing about this machine.
      jobs: launcher === 'local' && jobs !== undefined ? jobs : availableParallelism(),
      retry,
      ...hooks,
      onBegin: (now) => {
        // Not before the folder is known to be free and its options to be good: an earlier sweep in it can still be resumed.
        if (out !== undefined) {
          const note = otherSweep(folder, plan.request);
          if (note !== undefined) {
            onNote?.(note);
            removeDerived(folder);
          }
          writeRequest(folder, plan.request, launch);
        }
        hooks.onBegin?.(now);
      },
      ...(launcher === 'slurm' && { slurm: { ...slurm, parallel: jobs, folder: join(folder, slurmFolder), onNote } }),
    });
  } finally {
    if (out === undefined) await rm(folder, { recursive: true });
    else removeEmptyRuns(folder);
  }
  if (keep === 'front') {
    keepFront(swept, folder);
    removeEmptyRuns(folder);
  }
  const files = out === undefined ? [] : await writeResults(swept, point, folder);
  return {
    ...swept,
    good: plan.search.kind === 'cheapest' ? swept.answer?.found === true : swept.points.some(({ front }) => front),
    files,
  };
}

/**
 * Measures many configurations, the best of them ever more exactly, and finds the Pareto front. A point that cannot be measured
 * stands in the result with its reason.
 *
 * Errors   UserError for a plan that is wrong, for missing data and packages, and for what Slurm refuses; ToolError for missing
 *          tools and a cluster that does not answer; Interrupted when `signal` aborts it
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { out, watch = false, onLevel = () => undefined, onDone = () => undefined, onNote } = options;
  const asked = await prepare(options);
  const run = (hooks: Hooks): Promise<SweepResult> => inOutFolder(out, 'sweep', (folder) => runIn(folder, asked, options, hooks));
  if (watch === false) return run({ onLevel, onDone });
  const page = await watchSweep(watch);
  onNote?.(`watch: ${page.url} follows the sweep until it ends`);
  let word = 'The sweep has ended before its last point; what is measured is kept in --out, and the same command continues.';
  try {
    const result = await run(page.hooks({ onLevel, onDone }));
    word = `The sweep has ended.${out === undefined ? '' : ` Its report is ${resolve(out, resultNames.report)}.`}`;
    return result;
  } finally {
    await page.end(word);
  }
}

/** Names of the files, what a person opens first. */
async function writeResults(swept: Sweep, point: number | undefined, folder: string): Promise<string[]> {
  const { document, pictures } = await sweepReport(swept, point, (one) => keptFolders(swept, one, folder));
  const drawn = pictures.map(async ({ name, svg }) => [
    { name: `${name}.svg`, content: `${svg}\n` },
    { name: `${name}.png`, content: Buffer.from(await pngOf(svg)) },
  ]);
  const written = [
    { name: resultNames.csv, content: sweepCsv(swept) },
    { name: resultNames.report, content: await renderHtml(document) },
    { name: resultNames.json, content: `${JSON.stringify(sweepJson(swept), null, 2)}\n` },
    ...(await Promise.all(drawn)).flat(),
  ];
  for (const { name, content } of written) replaceFile(join(folder, name), content);
  await writeParquet(swept, join(folder, resultNames.csv), join(folder, resultNames.parquet));
  return [...written.map(({ name }) => name), resultNames.parquet];
}
