import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { energyTable } from '../../../generator/analytic/energy/table.js';
import { presetParams } from '../../../generator/params/presets.js';
import { launchParts } from '../../../generator/studies/reproduce/launch.js';
import { measurePart, partName, partsOf, requestHash, type PlainRequest } from '../../../generator/studies/reproduce/parts.js';
import { Interrupted } from '../../../generator/util/errors.js';
import { trexgen } from '../../support/cli.js';
import { withSlurm } from '../../support/with-slurm.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-parts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const requestIn = (out: string): PlainRequest => ({
  tasks: ['g2p'],
  workloads: ['bertBase'],
  inputs: 1,
  fullInputs: 2,
  fullWindows: 0,
  grid: { busBytes: [8, 16], latencies: [10], cyclesPerBeat: [] },
  params: presetParams('small'),
  simulator: 'icarus',
  latencyCycles: 1,
  seed: 1,
  energy: energyTable,
  clockMHz: 100,
  out,
});

async function launch(place: string, more: { readonly signal?: AbortSignal; readonly jobRetries?: number } = {}): Promise<string[]> {
  const said: string[] = [];
  const out = join(place, 'out');
  mkdirSync(out, { recursive: true });
  const given = { signal: undefined, jobRetries: 0, ...more };
  await launchParts(requestIn(out), { parallel: 2, say: (text) => said.push(text), again: 'again', ...given });
  return said;
}

const calls = (place: string): string[][] => JSON.parse(readFileSync(join(place, 'state', 'calls.json'), 'utf8')) as string[][];
const submitted = (place: string): number =>
  calls(place).filter(([name, ...rest]) => name === 'sbatch' && !rest.includes('--test-only')).length;

describe('a reproduction on a cluster', () => {
  it('is a job for each simulation, and is not submitted again when all are done', async () => {
    await withSlurm(folder, {}, async (place) => {
      const parts = partsOf(requestIn(join(place, 'out')));
      // Nine variants of both, the many inputs of the task, and two ports.
      expect(parts.map(partName)).toHaveLength(9 + 1 + 9 + 2);
      expect(new Set(parts.map(partName)).size).toBe(parts.length);
      const said = await launch(place);
      expect(said.at(-1)).toMatch(new RegExp(`is measured, ${parts.length} of ${parts.length}$`));
      const before = submitted(place);
      expect([before > 0, existsSync(join(place, 'out', 'slurm'))]).toEqual([true, false]);
      expect(await launch(place)).toEqual([]);
      expect(submitted(place)).toBe(before);
    });
  });

  it('names what could not be simulated, and tries it again with the same command', async () => {
    await withSlurm(folder, { arrays: [['OUT_OF_MEMORY']] }, async (place) => {
      await expect(launch(place)).rejects.toThrow(
        /^g2p, dense16: Slurm ended its job once, in the end with OUT_OF_MEMORY; give more with --memory$/,
      );
      expect((await launch(place)).at(-1)).toMatch(/ is measured, /);
    });
  });

  it('that is interrupted says how it goes on', async () => {
    await withSlurm(folder, { all: 'never' }, async (place) => {
      const interruption = new AbortController();
      setTimeout(() => interruption.abort(), 1500);
      const launched = launch(place, { signal: interruption.signal });
      await expect(launched).rejects.toThrow(Interrupted);
      await expect(launched).rejects.toThrow(
        /^reproduce: interrupted; job arrays [\d, ]+ go on; again gathers what they find and continues$/,
      );
    });
  });

  it('has another name when anything else is asked for', () => {
    const request = requestIn(folder);
    for (const other of [{ seed: 2 }, { inputs: 2 }, { tasks: ['mnist'] }, { params: presetParams('tiny') }])
      expect(requestHash({ ...request, ...other })).not.toBe(requestHash(request));
    expect(requestHash({ ...request })).toBe(requestHash(request));
  });

  it('leaves what a job has simulated where it is found again', async () => {
    const out = join(folder, 'part');
    const request = { ...requestIn(out), simulator: 'verilator' as const };
    const [part] = partsOf(request).filter((one) => one.kind === 'variant' && one.variant === 'packed');
    await measurePart(request, part!);
    const result = join(out, 'g2p', 'packed', 'unit-0.json');
    const before = readFileSync(result);
    await measurePart(request, part!);
    expect(readFileSync(result)).toEqual(before);
  }, 300_000);

  it('on this machine leaves the folder of one that has not ended', async () => {
    const out = join(folder, 'unfinished');
    mkdirSync(join(out, 'slurm'), { recursive: true });
    const { exitCode, stderr } = await trexgen('reproduce', '--quick', '--tasks', 'g2p', '--simulator', 'icarus', '--out', out);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `out = ${out}: holds jobs and results of a run through Slurm that has not ended; finish it with its own command and --launcher slurm, give another --out, or delete ${join(out, 'slurm')}\n`,
    });
    expect(readdirSync(out)).toEqual(['slurm']);
  });

  it('refuses a launcher that it does not know', async () => {
    const { exitCode, stderr } = await trexgen('reproduce', '--quick', '--launcher', 'slurmm');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      2,
      "error: option '--launcher <name>' argument 'slurmm' is invalid. Allowed choices are local, slurm.",
    ]);
  });
});
