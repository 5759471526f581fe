import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withEnvironment, withTools } from './fake-tools.js';

const fake = join(dirname(fileURLToPath(import.meta.url)), 'fake-slurm.mjs');
const programs = ['sbatch', 'squeue', 'scontrol', 'sacct', 'scancel'];
let cases = 0;

export interface Behaviour {
  /** What each task of the n-th array does, or all of them. */
  readonly arrays?: readonly (string | readonly (string | null)[])[];
  readonly all?: string;
  readonly accounting?: boolean;
  /** Calls that the controller does not answer. */
  readonly silent?: number;
  /** Tasks that the queue takes, and the limit that it names when it takes no more. */
  readonly submitted?: number;
  readonly limit?: string;
  /** Tasks of an array at most, whatever the configuration says. */
  readonly largest?: number;
  /** State of the run before the present one, which accounting knows. */
  readonly earlier?: string;
  /** Array after whose submission the controller says nothing. */
  readonly mute?: number;
  /** What scancel says in place of cancelling. */
  readonly refusal?: string;
}

/** Runs something with a Slurm of one file in the path; `use` is told a folder of its own. */
export async function withSlurm<T>(folder: string, behaviour: Behaviour, use: (place: string) => Promise<T>): Promise<T> {
  const place = join(folder, String(cases++));
  mkdirSync(join(place, 'state'), { recursive: true });
  writeFileSync(join(place, 'state', 'behaviour.json'), JSON.stringify(behaviour));
  const scripts = Object.fromEntries(programs.map((name) => [name, `exec '${process.execPath}' '${fake}' ${name} "$@"`]));
  return withEnvironment({ FAKE_SLURM: join(place, 'state') }, () => withTools(join(place, 'bin'), scripts, () => use(place)));
}
