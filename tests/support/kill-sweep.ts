/** Kills a sweep at random moments until it ends, and compares its table with that of an undisturbed one. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { sourceArguments } from '../../generator/util/own-program.js';
import { randomFrom } from '../../generator/util/random.js';
import { runSweep } from './run-sweep.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface KillOutcome {
  readonly kills: number;
  /** Points that a killed sweep had reported, and that the one after it did not find. */
  readonly lost: number;
  readonly same: boolean;
}

/** Runs to its end, or until so many points have been reported, and a moment more. */
async function runOnce(out: string, file: string, jobs: number, killAfter: number | undefined, delayMs: number): Promise<number> {
  const program = sourceArguments(join(root, 'tests', 'support', 'sweep-program.ts'));
  const child = execa(process.execPath, [...program, out, String(jobs), file], { ipc: true, reject: false, cwd: root });
  let points = 0;
  child.on('message', () => {
    points++;
    if (points === killAfter) setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  const { exitCode, stderr } = await child;
  if (exitCode !== undefined && exitCode !== 0) throw new Error(stderr);
  return points;
}

function countsOf(out: string): { measured: number; known: number } {
  return JSON.parse(readFileSync(join(out, 'counts.json'), 'utf8')) as { measured: number; known: number };
}

/** `points`: that the sweep has in all; `kills` of them end it before. */
export async function killSweep(
  folder: string,
  file: string,
  { points, kills, jobs, seed }: { readonly points: number; readonly kills: number; readonly jobs: number; readonly seed: number },
): Promise<KillOutcome> {
  const random = randomFrom(seed);
  const [calm, killed] = ['calm', 'killed'].map((name) => join(folder, name));
  for (const out of [calm!, killed!]) {
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
  }
  let reported = 0;
  for (let kill = 0; kill < kills; kill++) {
    reported += await runOnce(killed!, file, jobs, 1 + Math.floor((random() * points) / kills), Math.floor(random() * 40));
  }
  await runOnce(killed!, file, jobs, undefined, 0);
  await runSweep(calm!, jobs, file, () => undefined);
  return {
    kills,
    lost: Math.max(0, reported - countsOf(killed!).known),
    same: readFileSync(join(calm!, 'results.csv'), 'utf8') === readFileSync(join(killed!, 'results.csv'), 'utf8'),
  };
}
