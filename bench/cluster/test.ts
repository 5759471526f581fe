/**
 * Sweeps through a real Slurm: the table of a local one, whatever is killed meanwhile. npm run test:cluster [-- KILLS [SEED [PARTS]]]
 *
 * PARTS are names from the table at the end, as in requeued,drained; all when not given. Needs root. Points are small, and most of
 * the time is waiting, so that it may run beside other work.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { slurmFolder } from '../../generator/studies/sweep/launch/launcher.js';
import { randomFrom } from '../../generator/util/random.js';
import { Cluster, requireSlurm } from './cluster.js';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '..', '..', 'dist', 'generator', 'cli.js');
const kills = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? 1 + Math.floor(Math.random() * 1e6));
const random = randomFrom(seed);
const folder = mkdtempSync(join(tmpdir(), 'trexgen-cluster-'));
const cluster = new Cluster(join(folder, 'slurm'));
let [passed, failed, outs] = [0, 0, 0];

function check(good: boolean, what: string): void {
  console.log(`${good ? 'passed' : 'FAILED'}: ${what}`);
  if (good) passed++;
  else failed++;
}

const file = join(folder, 'sweep.json');
writeFileSync(
  file,
  JSON.stringify({
    space: {
      'array.passes': '8..19',
      'port.prefetchBeats': [32, 64],
      'port.burstBeats': 16,
      'envelope.codeWords': 32768,
      'run.task': 'mnist',
    },
    objectives: ['ema', 'cycles', 'memoryBits'],
    fidelity: 'golden',
    promote: 24,
    inputs: 2,
    accuracyInputs: 1,
  }),
);
const newOut = (): string => join(folder, `out-${outs++}`);
const submitted = (out: string): boolean => {
  const arrays = join(out, slurmFolder, 'arrays');
  return existsSync(arrays) && readdirSync(arrays).length > 0;
};
const table = (out: string): string => (existsSync(join(out, 'results.csv')) ? readFileSync(join(out, 'results.csv'), 'utf8') : '');

function start(out: string, given: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const first = existsSync(join(out, 'sweep.json')) ? ['--resume'] : [file];
  return execa(process.execPath, [cli, 'sweep', ...first, '--out', out, ...given], {
    env: { ...cluster.env, ...env },
    reject: false,
    forceKillAfterDelay: false,
  });
}

const slurm = ['--launcher', 'slurm', '--jobs', '8', '--job-retries', '1000'];
const local = newOut();
const { stdout: printed, stderr, exitCode: calm } = await start(local, ['--jobs', '2', '--json']);
if (calm !== 0) throw new Error(stderr);
const wanted = table(local);

interface Printed {
  readonly hypervolume?: readonly { readonly seconds: number }[];
}

/** What `--json` prints, but for how it was launched and for times. */
function documentOf(text: string): string {
  const { launcher, seconds, hypervolume, ...rest } = JSON.parse(text) as Printed & Readonly<Record<string, unknown>>;
  if (launcher === undefined || seconds === undefined) throw new Error('a document without its launcher or its time');
  return JSON.stringify({ ...rest, hypervolume: hypervolume?.map((generation) => ({ ...generation, seconds: 0 })) });
}

/** The document of a search, whose points follow from what was measured before. */
async function searched(): Promise<void> {
  const search = ['--search', 'nsga2', '--budget', '10', '--promote', '5', '--population', '4', '--json'];
  const documents: string[] = [];
  for (const launcher of [['--jobs', '2'], slurm]) documents.push(documentOf((await start(newOut(), [...search, ...launcher])).stdout));
  check(documents[0] === documents[1], `a search prints the same ${documents[0]!.length} bytes of JSON as a local one`);
}

/** Sweeps until something has been harmed so many times; every one of them must end in the wanted table. */
/** @param tend  what is done beside the harm as long as the sweep runs */
async function harmed(
  what: string,
  pauseMs: number,
  harm: () => Promise<boolean>,
  tend = async (): Promise<void> => undefined,
): Promise<void> {
  let [harms, sweeps, same, worst] = [0, 0, 0, ''];
  while (harms < kills) {
    const out = newOut();
    const running = start(out, slurm);
    let over = false;
    const ended = running.then((result) => {
      over = true;
      return result;
    });
    while (!over) {
      await Promise.race([sleep(300 + random() * pauseMs), ended]);
      await tend();
      if (!over && harms < kills && (await harm())) harms++;
    }
    const { exitCode, stderr: said } = await ended;
    sweeps++;
    if (exitCode === 0 && table(out) === wanted) same++;
    else worst = `exit code ${exitCode}: ${said.split('\n').slice(-4).join(' | ')}`;
  }
  check(same === sweeps, `${what} ${harms} times at random moments: ${same} of ${sweeps} sweeps ended in the same table ${worst}`);
}

/** Kills of the sweep at moments of its whole length, most of them while its jobs are out. */
async function killedSweeps(): Promise<void> {
  let [harms, working, sweeps, same] = [0, 0, 0, 0];
  const began = performance.now();
  await start(newOut(), slurm);
  const calmMs = performance.now() - began;
  while (harms < kills) {
    const out = newOut();
    for (let over = false; !over;) {
      const running = start(out, slurm);
      if (harms < kills) setTimeout(() => running.kill('SIGKILL'), random() * calmMs).unref();
      const { exitCode } = await running;
      over = exitCode === 0;
      if (!over) {
        harms++;
        if (submitted(out)) working++;
      }
      if (exitCode !== undefined && exitCode !== 0) throw new Error(`exit code ${exitCode}`);
    }
    sweeps++;
    if (table(out) === wanted) same++;
  }
  check(
    same === sweeps && 2 * working >= harms,
    `the sweep killed ${harms} times at random moments, ${working} of them with jobs submitted: ${same} of ${sweeps} ended in the same table`,
  );
}

async function interrupted(how: 'leave' | 'cancel'): Promise<void> {
  const out = newOut();
  const running = start(out, [...slurm, '--on-interrupt', how]);
  await cluster.untilRunning();
  running.kill('SIGINT');
  const { exitCode, stderr: said } = await running;
  await sleep(1000);
  const { stdout } = await cluster.slurm('squeue', '-h', '-t', 'PENDING,RUNNING', '-o', '%A');
  check(exitCode === 130 && (stdout !== '') === (how === 'leave'), `Ctrl-C: ${how}: ${said.trim().split('\n').at(-1)}`);
  const { exitCode: resumed } = await start(out, []);
  check(resumed === 0 && table(out) === wanted, `and --resume ends in the same table`);
}

/** A running task that is told to begin anew: recorded with its reason, and the table stays the same. */
async function requeued(): Promise<void> {
  const out = newOut();
  const running = start(out, [...slurm, '--json']);
  // A task may be at its end when the word comes: one of several is not.
  for (let tasks = 0; tasks < 5; tasks++) await cluster.slurm('scontrol', 'requeue', await cluster.untilRunning());
  const { stdout, stderr: said } = await running;
  const { launcher } = JSON.parse(stdout) as { readonly launcher: { readonly incidents: readonly { readonly state: string }[] } };
  check(
    launcher.incidents.some(({ state }) => state === 'REQUEUED (scontrol requeue)') && table(out) === wanted,
    `a task requeued: ${said.split('\n').find((line) => line.includes('REQUEUED')) ?? JSON.stringify(launcher.incidents)}`,
  );
}

/** A node that takes no more tasks: the sweep waits with what it has, and goes on when the node is back. */
async function drained(): Promise<void> {
  const out = newOut();
  const results = (): number => readdirSync(join(out, slurmFolder, 'points')).filter((name) => name.endsWith('.json')).length;
  let over = false;
  const running = start(out, slurm).then((result) => {
    over = true;
    return result;
  });
  await cluster.untilRunning();
  await cluster.update('State=DRAIN', 'Reason=test');
  await cluster.until(/^drained$/);
  const before = results();
  await sleep(6000);
  check(
    !over && results() === before && before < 24,
    `6 s after the node was drained the sweep still waits, with ${over ? 'its end' : `${before} of 24 results`}`,
  );
  await cluster.update('State=RESUME');
  const { exitCode } = await running;
  check(exitCode === 0 && table(out) === wanted, 'the node resumed: the same table');
}

/** The mechanisms of one task: killed on its way, gone on with by the same command, and the rows of a local run. */
async function reproduced(): Promise<void> {
  const run = (out: string, ...given: readonly string[]) =>
    execa(process.execPath, [cli, 'reproduce', '--quick', '--tasks', 'g2p', '--inputs', '1', '--json', '--out', out, ...given], {
      env: cluster.env,
      reject: false,
    });
  const rows = (text: string): string => JSON.stringify((JSON.parse(text) as { readonly rows: unknown }).rows);
  const out = newOut();
  const killed = run(out, '--launcher', 'slurm');
  setTimeout(() => killed.kill('SIGKILL'), 5000 + random() * 20_000).unref();
  await killed;
  const { exitCode, stdout, stderr: said } = await run(out, '--launcher', 'slurm');
  const { stdout: wantedRows } = await run(newOut());
  check(
    exitCode === 0 && rows(stdout) === rows(wantedRows),
    `reproduce, killed once, has the rows of a local one: ${said.trim().split('\n').at(-1)}`,
  );
}

/** Jobs that take ten seconds at least, on two slots. */
async function busy(points: number, delayMs: number): Promise<void> {
  const [out, log] = [newOut(), join(folder, 'jobs.log')];
  const env = { NODE_OPTIONS: `--import=${join(here, 'slow-job.mjs')}`, SLOW_JOB_MS: String(delayMs), SLOW_JOB_LOG: log };
  const many = join(folder, 'busy.json');
  const given = JSON.parse(readFileSync(file, 'utf8')) as { space: Record<string, unknown> };
  const space = { ...given.space, 'array.passes': '8..19', 'port.prefetchBeats': [16, 32, 64, 128, 256] };
  writeFileSync(many, JSON.stringify({ ...given, space, promote: points }));
  const { exitCode } = await execa(process.execPath, [cli, 'sweep', many, '--out', out, '--launcher', 'slurm', '--jobs', '32'], {
    env: { ...cluster.env, ...env },
    reject: false,
  });
  const jobs = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const [first, last] = [Math.min(...jobs.map(([began]) => began!)), Math.max(...jobs.map(([, ended]) => ended!))];
  const work = jobs.reduce((sum, [began, ended]) => sum + ended! - began!, 0);
  const share = work / (2 * (last - first));
  const overhead = (2 * (last - first) - work) / jobs.length / 1000;
  check(
    exitCode === 0 && jobs.length === points && share >= 0.9,
    `${jobs.length} jobs of >= ${delayMs / 1000} s: two slots are busy ${(100 * share).toFixed(1)} % of the time`,
  );
  check(overhead < 1, `${overhead.toFixed(2)} s of a slot for each point beside its job`);
}

/** The document and the table of a local sweep. */
async function same(): Promise<void> {
  const out = newOut();
  const { exitCode, stdout, stderr: said } = await start(out, [...slurm, '--json', '--watch']);
  check(exitCode === 0 && table(out) === wanted, 'the same table as a local sweep');
  check(documentOf(stdout) === documentOf(printed), `and the same ${documentOf(printed).length} bytes of JSON, launcher and times apart`);
  check(/^watch: http:\/\/127\.0\.0\.1:\d+\/ follows/m.test(said), 'with a page that follows it');
}

async function refused(): Promise<void> {
  const bad = await start(newOut(), [...slurm, '--partition', 'nowhere']);
  check(bad.exitCode === 2 && bad.stderr.includes('invalid partition specified'), `an unknown partition: ${bad.stderr.trim()}`);
  const twice = newOut();
  const owner = start(twice, slurm);
  await sleep(3000);
  const second = await start(twice, slurm);
  check(second.exitCode === 2 && second.stderr.includes('is in use'), `two gatherers: ${second.stderr.trim()}`);
  await owner;
  check(table(twice) === wanted, 'and the first of them is not disturbed');
}

async function killedController(): Promise<void> {
  const harm = async (): Promise<boolean> => {
    await cluster.bounce('slurmctld', random() * 2000);
    // A controller that is killed before it knows its node runs nothing.
    await cluster.until(/^(idle|mixed|allocated|drain)/);
    return true;
  };
  await harmed('slurmctld killed', 3000, harm, () => cluster.revive());
}

async function killedNode(): Promise<void> {
  await harmed('slurmd killed', 3000, async () => {
    await cluster.bounce('slurmd', random() * 2000);
    return true;
  });
  await cluster.untilIdle();
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  same,
  searched,
  refused,
  leave: () => interrupted('leave'),
  cancel: () => interrupted('cancel'),
  killedSweeps,
  harmedJobs: () => harmed('jobs killed, cancelled and requeued', 1500, () => cluster.harmJob(random)),
  killedController,
  killedNode,
  requeued,
  drained,
  reproduced,
  busy: () => busy(60, 10_000),
};
const asked = process.argv[4]?.split(',') ?? Object.keys(parts);
const unknown = asked.filter((name) => parts[name] === undefined);
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: no part of this test; parts are ${Object.keys(parts).join(', ')}`);

await requireSlurm();
console.log(`seed ${seed}`);
try {
  await cluster.start(2);
  for (const name of asked) await parts[name]!().catch((error: unknown) => check(false, `${name}: ${String(error)}`));
} finally {
  await cluster.stop();
  if (failed === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`left as it is: ${folder}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
