/**
 * Real inputs of the three tasks on the small hardware: at least 1,000 under Verilator, four windows a task under Icarus,
 * every instruction's output compared. Finished units are kept in build/soak: a run that was stopped goes on.
 *
 *   npm run soak -- [--inputs N a task] [--windows N a task] [--tasks mnist,g2p,brown] [--out FOLDER]
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { demoTaskNames } from '../generator/data/built-in.js';
import { defaultPolicy as policy } from '../generator/contract/codes.js';
import { formWindows } from '../generator/batch/form-windows.js';
import { presetParams } from '../generator/params/presets.js';
import { formatTable, grouped } from '../generator/util/table.js';
import type { Simulator } from '../generator/sim/build.js';
import { describeDivergence, shrink } from '../generator/sim/divergence.js';
import { beatsFor, firstBad, simulate, summarise, type Summary } from '../generator/sim/simulate.js';
import { taskSubject, type TaskSubject } from '../generator/subject/open.js';
import { batchShapeOf } from '../generator/batch/batch-shape.js';
import { tokensOf } from '../generator/host/memory-map.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '350' },
    windows: { type: 'string', default: '4' },
    tasks: { type: 'string', default: demoTaskNames.join(',') },
    out: { type: 'string', default: join('build', 'soak') },
    seed: { type: 'string', default: '1' },
  },
});
const params = presetParams('small');
const seed = Number(values.seed);

/** The first requests that fill so many windows. */
function requestsOf(run: TaskSubject, windows: number): readonly Int8Array[] {
  const formed = formWindows(tokensOf(run.image, run.requests), batchShapeOf(params), policy).slice(0, windows);
  const chosen = new Set(formed.flatMap((window) => window.map(({ index }) => index)));
  return run.requests.filter((_, i) => chosen.has(i));
}

async function soak(
  run: TaskSubject,
  requests: readonly Int8Array[],
  simulator: Simulator,
  perUnit: number,
  beats: number,
): Promise<Summary> {
  const out = resolve(values.out, `${run.name}-${simulator}`);
  await mkdir(out, { recursive: true });
  // Stalls on every channel, so that order and back-pressure are at work too.
  const settings = { seed, latency: 20, jitter: 15, stalls: 2, trace: true, timeoutMs: 3_600_000 };
  const simulation = await simulate({
    params,
    image: run.image,
    requests,
    simulator,
    policy,
    settings,
    beats,
    perUnit,
    out,
    onProgress: ({ inputs, of }) => process.stderr.write(`${run.name}, ${simulator}: ${inputs} of ${of} inputs\n`),
  });
  const bad = firstBad(simulation);
  if (bad >= 0) {
    const found = await shrink(
      simulation.executable,
      simulation.cases[bad]!,
      simulation.units[bad]!,
      bad * perUnit,
      join(out, 'divergence'),
    );
    process.stderr.write(
      `${describeDivergence(found, run.image, `trexgen simulate --task ${run.name} --inputs ${requests.length} --seed ${seed} --latency 20 --jitter 15 --stalls 2`).join('\n')}\n`,
    );
  }
  return summarise(params, simulation.units);
}

const rows: string[][] = [];
let failed = false;
const tasks = values.tasks.split(',');
const runs = tasks.map((task) => taskSubject(task, params, { inputs: Number(values.inputs), seed }));
const beats = Math.max(...runs.map(({ image, requests }) => beatsFor({ params, image, requests, settings: { seed }, perUnit: 32 })));
for (const run of runs) {
  const work = [
    ['verilator', run.requests, 32],
    ['icarus', requestsOf(run, Number(values.windows)), 64],
  ] as const;
  for (const [simulator, requests, perUnit] of work) {
    if (requests.length === 0) continue;
    const summary = await soak(run, requests, simulator, perUnit, beats);
    failed ||= summary.mismatches > 0 || !summary.emaAgree;
    rows.push([
      run.name,
      simulator,
      grouped(summary.inputs),
      grouped(summary.windows),
      grouped(summary.tokens),
      grouped(summary.valuesCompared),
      grouped(summary.mismatches),
      summary.emaAgree ? 'agree' : 'DIFFER',
      grouped(summary.cycles),
      summary.seconds.toFixed(0),
    ]);
  }
}
process.stdout.write(
  `${formatTable(['task', 'simulator', 'inputs', 'windows', 'tokens', 'values compared', 'differ', 'bytes', 'cycles', 'seconds'], rows)}\n`,
);
process.exitCode = failed ? 1 : 0;
