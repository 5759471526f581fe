import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { presetParams } from '../../../generator/params/presets.js';
import { makeAxes } from '../../../generator/studies/sweep/axes.js';
import type { Item, Job } from '../../../generator/studies/sweep/jobs.js';
import { writeRequest } from '../../../generator/studies/sweep/launch/request.js';
import { slurmProblems } from '../../../generator/studies/sweep/launch/launcher.js';
import { SlurmLauncher, type SlurmSettings } from '../../../generator/studies/sweep/launch/slurm/launcher.js';
import type { Outcome } from '../../../generator/studies/sweep/outcome.js';
import { drawPoints } from '../../../generator/studies/sweep/space.js';
import { Interrupted } from '../../../generator/util/errors.js';
import { trexgen } from '../../support/cli.js';
import { withEnvironment } from '../../support/fake-tools.js';
import { withSlurm } from '../../support/with-slurm.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-slurm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { points } = drawPoints(
  { base: presetParams('small'), axes: makeAxes({ 'run.latency': '1..6' }), constraints: [] },
  { kind: 'grid' },
);
const keyOf = (number: number): string => `${number}`.padStart(4, '0');
const item = (number: number): Item => ({ number, key: keyOf(number), point: points[number]!, subject: 'good', lower: undefined });
const job = (...numbers: number[]): Job => ({
  fidelity: 'golden',
  items: numbers.map(item),
  measuring: { inputs: 1, accuracyInputs: 1, seed: 1, target: 'asic' },
  simulator: 'icarus',
  folder: '',
  keep: false,
});

/** Reads and writes of the shared folder are real, the model is not. */
const subject = { id: 'good' } as never;

function launcher(place: string, more: Partial<SlurmSettings> = {}, onIncident: (state: string) => void = () => undefined) {
  const found = new Map<number, string | number | undefined>();
  const notes: string[] = [];
  const keep = (number: number, outcome: Outcome): void => {
    expect(found.has(number)).toBe(false);
    found.set(number, outcome.state === 'measured' ? outcome.objectives.cycles : outcome.reason);
  };
  const made = new SlurmLauncher(
    {
      folder: join(place, 'out', 'slurm'),
      sweep: 'a'.repeat(32),
      parallel: undefined,
      pollMs: 10,
      graceMs: 0,
      onNote: (text) => notes.push(text),
      ...more,
    },
    {
      subjectOf: () => subject,
      onResults: async (results) => results.forEach(({ number, outcome }) => keep(number, outcome)),
      onIncident: async ({ state }) => onIncident(state),
    },
  );
  return { made, found, notes };
}

const all = (...numbers: number[]): [number, number][] => numbers.map((number) => [number, number]);

describe('a sweep through Slurm', () => {
  it('submits arrays as large as the cluster takes, with the options as they are given, and leaves nothing behind', async () => {
    await withSlurm(folder, {}, async (place) => {
      const { made, found } = launcher(place, { partition: 'p', time: '10', memory: '2G', slurmArgs: ['--account=x'], parallel: 2 });
      await made.open();
      await made.run([0, 1, 2, 3, 4].map((number) => job(number)));
      expect([...found].sort()).toEqual(all(0, 1, 2, 3, 4));
      expect(made.record).toEqual({ kind: 'slurm', jobs: [1, 2], incidents: [] });
      await made.finish();
      expect(existsSync(join(place, 'out', 'slurm'))).toBe(false);
      const calls = JSON.parse(readFileSync(join(place, 'state', 'calls.json'), 'utf8')) as string[][];
      const submitted = calls.filter(([name, how]) => name === 'sbatch' && how === '--parsable');
      expect(submitted.map((call) => call.find((one) => one.startsWith('--array')))).toEqual(['--array=0-2%2', '--array=0-1%2']);
      expect(submitted[0]).toEqual(expect.arrayContaining(['--partition=p', '--time=10', '--mem=2G', '--account=x']));
    });
  });

  it('measures a point again whose result cannot be read, and records that', async () => {
    await withSlurm(folder, {}, async (place) => {
      const { made, found, notes } = launcher(place);
      await made.open();
      const path = join(place, 'out', 'slurm', 'points', `${keyOf(1)}.json`);
      writeFileSync(path, '{"sweep":"aaaa');
      await made.run([job(0, 1)]);
      expect([...found].sort()).toEqual(all(0, 1));
      expect(made.record.incidents).toMatchObject([{ job: '', node: '', state: 'BROKEN RESULT', key: keyOf(1) }]);
      expect(notes).toEqual([`slurm: a job has left a result that cannot be read; point ${keyOf(1)} is measured again`]);
    });
  });

  it.each(['NODE_FAIL', 'LOST'])('tries a point again whose job is %s, once its neighbours are measured', async (state) => {
    await withSlurm(folder, { arrays: [[state], [state]] }, async (place) => {
      const { made, found, notes } = launcher(place);
      await made.open();
      await made.run([job(0, 1, 2)]);
      expect([...found].sort()).toEqual(all(0, 1, 2));
      expect(made.record.incidents.map((one) => [one.state, one.node, one.key])).toEqual([
        [state, 'n1', keyOf(2)],
        [state, 'n1', keyOf(2)],
      ]);
      expect(notes).toHaveLength(2);
    });
  });

  it.each([
    ['OUT_OF_MEMORY', 'OUT_OF_MEMORY; give more with --memory'],
    ['TIMEOUT', 'TIMEOUT; give more with --time'],
  ])('gives up a point after as many attempts as asked, with the reason: %s', async (state, reason) => {
    await withSlurm(folder, { all: state, accounting: true }, async (place) => {
      const { made, found } = launcher(place, { jobRetries: 1 });
      await made.open();
      await made.run([job(0, 1)]);
      const failed = `Slurm ended its job 2 times, in the end with ${reason}`;
      expect([...found].sort()).toEqual([
        [0, 0],
        [1, failed],
      ]);
    });
  });

  it.each([
    ['requeued NODE_FAIL', {}, 'NODE_FAIL'],
    ['requeued PREEMPTED', {}, 'PREEMPTED'],
    ['requeued requeue unseen', {}, 'scontrol requeue'],
    ['requeued silently', {}, 'reason unknown'],
    ['requeued silently', { accounting: true, earlier: 'NODE_FAIL' }, 'NODE_FAIL'],
  ])('records once that Slurm has begun a job anew, at no cost to its point: %s, %o', async (how, more, cause) => {
    await withSlurm(folder, { arrays: [[how]], ...more }, async (place) => {
      const kept: string[] = [];
      const module = new URL('../../support/idle-job', import.meta.url);
      const { made, found, notes } = launcher(place, { jobRetries: 0, module }, (state) => kept.push(state));
      await made.open();
      await made.run([job(0, 1)]);
      expect([...found].sort()).toEqual(all(0, 1));
      expect(made.record).toMatchObject({
        jobs: [1],
        incidents: [{ job: '1_0', node: 'n1', state: `REQUEUED (${cause})`, key: keyOf(1) }],
      });
      expect(made.record.incidents).toHaveLength(1);
      expect(kept).toEqual([`REQUEUED (${cause})`]);
      expect(notes).toEqual([`slurm: job 1_0 on n1 is begun anew: REQUEUED (${cause})`]);
      // A gatherer that comes later tells neither this nor an end again.
      const second = launcher(place);
      await second.made.open();
      await second.made.run([job(0, 1)]);
      expect(second.made.record.incidents).toEqual([]);
    });
  });

  it('submits smaller arrays to a queue that is full, as its tasks end, and says so', async () => {
    const limit = 'QOSMaxSubmitJobPerUserLimit';
    await withSlurm(folder, { all: 'later', submitted: 2, limit }, async (place) => {
      const { made, found, notes } = launcher(place);
      await made.open();
      await made.run([0, 1, 2, 3, 4].map((number) => job(number)));
      expect([...found].sort()).toEqual(all(0, 1, 2, 3, 4));
      expect(made.record.incidents).toEqual([]);
      expect(notes).toEqual([
        `slurm: the queue takes no more jobs now (${limit}); 3 of 5 tasks wait until others end`,
        'slurm: the queue has taken all tasks',
      ]);
      // Arrays that were refused leave nothing.
      expect(readdirSync(join(place, 'out', 'slurm', 'arrays'))).toHaveLength(made.record.jobs.length);
    });
  });

  it.each([
    ['AssocMaxSubmitJobLimit', 'AssocMaxSubmitJobLimit'],
    ['', 'violates accounting/QOS policy'],
  ])('waits for a queue that others fill: %s', async (limit, said) => {
    await withSlurm(folder, { submitted: 0, limit }, async (place) => {
      const notes: string[] = [];
      const onNote = (text: string): void => {
        notes.push(text);
        // The others have gone.
        writeFileSync(join(place, 'state', 'behaviour.json'), '{}');
      };
      const { made, found } = launcher(place, { onNote });
      await made.open();
      await made.run([job(0), job(1)]);
      expect([...found].sort()).toEqual(all(0, 1));
      expect(notes).toEqual([
        `slurm: the queue takes no more jobs now (${said}); 2 of 2 tasks wait until others end`,
        'slurm: the queue has taken all tasks',
      ]);
    });
  });

  it('ends at a limit that no waiting lifts', async () => {
    await withSlurm(folder, { submitted: 0, limit: 'QOSMaxWallDurationPerJobLimit' }, async (place) => {
      const { made } = launcher(place);
      await made.open();
      await expect(made.run([job(0)])).rejects.toThrow(/^sbatch --job-name=.* ended with exit code 1: .*QOSMaxWallDurationPerJobLimit/);
    });
  });

  it('submits smaller arrays where the cluster takes no larger ones', async () => {
    await withSlurm(folder, { largest: 1 }, async (place) => {
      const { made, found } = launcher(place);
      await made.open();
      await made.run([0, 1, 2].map((number) => job(number)));
      expect([...found].sort()).toEqual(all(0, 1, 2));
      expect(made.record.jobs).toEqual([1, 2, 3]);
    });
  });

  it('does not take a result for one that was killed between write and rename', async () => {
    await withSlurm(folder, { arrays: [['draft']] }, async (place) => {
      const { made, found } = launcher(place);
      await made.open();
      await made.run([job(0, 1)]);
      expect([...found].sort()).toEqual(all(0, 1));
      expect(made.record.incidents).toMatchObject([{ state: 'FAILED (exit code and signal 0:9)', key: keyOf(0) }]);
    });
  });

  it('compares no clocks', async () => {
    await withSlurm(folder, { all: 'skewed' }, async (place) => {
      const { made, found } = launcher(place);
      await made.open();
      await made.run([job(0, 1), job(2, 3)]);
      expect([...found].sort()).toEqual(all(0, 1, 2, 3));
    });
  });

  it('says that a node cannot use the folder', async () => {
    await withSlurm(folder, { all: 'not shared' }, async (place) => {
      const { made, found } = launcher(place, { jobRetries: 0 });
      await made.open();
      await made.run([job(0)]);
      expect([...found]).toEqual([
        [0, 'Slurm ended its job once, in the end with exit code 73: the folder of --out cannot be used from its node'],
      ]);
    });
  });

  it('waits for a controller that does not answer, and submits nothing twice', async () => {
    await withSlurm(folder, { silent: 3, mute: 1 }, async (place) => {
      const { made, found, notes } = launcher(place);
      await made.open();
      await made.run([job(0), job(1)]);
      expect([...found].sort()).toEqual(all(0, 1));
      expect(made.record.jobs).toEqual([1]);
      expect(notes[0]).toMatch(/^slurm: the controller does not answer \(.*connect failure\)\); waiting$/);
    });
    await withSlurm(folder, { silent: 1e6 }, async (place) => {
      const { made } = launcher(place, { silenceMs: 100 });
      await expect(made.open()).rejects.toThrow(
        /^slurm: the controller has not answered for 0 s .*continue later with trexgen sweep --resume --out .*$/,
      );
    });
  });

  it.each(['leave', 'cancel'] as const)(
    'interrupted, does as asked with its jobs: %s; resumed, finds those that were left',
    async (onInterrupt) => {
      await withSlurm(folder, { arrays: ['never'] }, async (place) => {
        const stop = new AbortController();
        const first = launcher(place, { signal: stop.signal, onInterrupt });
        await first.made.open();
        setTimeout(() => stop.abort(), 300);
        const ended = first.made.run([job(0), job(1)]);
        await expect(ended).rejects.toThrow(Interrupted);
        await expect(ended).rejects.toThrow(
          `sweep: interrupted; job arrays 1 ${onInterrupt === 'leave' ? 'go on' : 'are cancelled'}; trexgen sweep --resume --out ${join(place, 'out')} gathers what they find and continues`,
        );
        expect(existsSync(join(place, 'state', 'cancelled.json'))).toBe(onInterrupt === 'cancel');
        // Meanwhile one is measured, and the other is lost or cancelled.
        const state = join(place, 'state', 'jobs.json');
        const jobs = JSON.parse(readFileSync(state, 'utf8')) as { states: unknown[] }[];
        jobs[0]!.states = [
          ['COMPLETED', '0:0'],
          ['CANCELLED', '0:15'],
        ];
        writeFileSync(state, JSON.stringify(jobs));
        const result = { sweep: 'a'.repeat(32), key: keyOf(0), outcome: { state: 'measured', objectives: { cycles: 7 }, detail: {} } };
        writeFileSync(join(place, 'out', 'slurm', 'points', `${keyOf(0)}.json`), JSON.stringify(result));
        const second = launcher(place);
        await second.made.open();
        await second.made.run([job(0), job(1)]);
        expect([...second.found].sort()).toEqual([
          [0, 7],
          [1, 1],
        ]);
        expect(second.made.record.jobs).toEqual([1, 2]);
      });
    },
  );

  it.each([
    [
      'Access/permission denied',
      'scancel 1 ended with exit code 1 (Kill job error on job id 1: Access/permission denied); cancel them by hand',
    ],
    ['Invalid job id specified', 'sweep: interrupted; job arrays 1 are cancelled'],
    ['Job/step already completing or completed', 'sweep: interrupted; job arrays 1 are cancelled'],
  ])('interrupted, says what scancel has to say: %s', async (reason, text) => {
    await withSlurm(folder, { arrays: ['never'], refusal: `scancel: error: Kill job error on job id 1: ${reason}` }, async (place) => {
      const stop = new AbortController();
      const { made } = launcher(place, { signal: stop.signal, onInterrupt: 'cancel' });
      await made.open();
      setTimeout(() => stop.abort(), 300);
      await expect(made.run([job(0)])).rejects.toThrow(text);
      expect(existsSync(join(place, 'out', 'slurm', 'arrays'))).toBe(true);
    });
  });

  it('at its end keeps the folder of jobs that scancel does not cancel, and its results', async () => {
    const refusal = 'scancel: error: Kill job error on job id 1: Access/permission denied';
    await withSlurm(folder, { arrays: ['never'], refusal }, async (place) => {
      const stop = new AbortController();
      const first = launcher(place, { signal: stop.signal });
      await first.made.open();
      setTimeout(() => stop.abort(), 300);
      await expect(first.made.run([job(0)])).rejects.toThrow('interrupted');
      const second = launcher(place);
      await second.made.open();
      await second.made.finish();
      expect(second.notes).toContainEqual(expect.stringContaining('Access/permission denied); cancel them by hand'));
      expect(existsSync(join(place, 'out', 'slurm', 'arrays'))).toBe(true);
    });
  });

  it('by its own script gives the table of a local one, and resumes what it finished', async () => {
    await withSlurm(folder, { all: 'real' }, async (place) => {
      const far = join(place, 'far');
      const args = ['sweep', '--preset', 'small', '--set', 'run.task=g2p', '--set', 'run.latency=10,20'];
      const limits = ['--inputs', '1', '--accuracy-inputs', '1', '--fidelity', 'golden', '--jobs', '1', '--json'];
      const near = await trexgen(...args, ...limits);
      const slurm = await trexgen(...args, ...limits, '--out', far, '--launcher', 'slurm');
      const again = await trexgen('sweep', '--resume', '--out', far, '--json');
      expect([near.exitCode, slurm.exitCode, again.exitCode]).toEqual([0, 0, 0]);
      const document = (text: string) => ({ ...(JSON.parse(text) as Record<string, unknown>), seconds: 0 });
      expect(document(slurm.stdout)).toEqual({ ...document(near.stdout), launcher: { kind: 'slurm', jobs: [1], incidents: [] } });
      expect(document(again.stdout)).toMatchObject({ measured: 0, known: 4, points: document(slurm.stdout)['points' as never] });
      expect(readdirSync(far)).not.toContain('slurm');
    });
  });
});

describe('what a sweep through Slurm refuses', () => {
  const args = ['sweep', '--set', 'run.task=g2p', '--launcher', 'slurm'];

  it('a Slurm that may not be executed', async () => {
    const sbatch = join(folder, 'plain', 'sbatch');
    mkdirSync(join(folder, 'plain'));
    writeFileSync(sbatch, '');
    const out = join(folder, 'not-executable');
    expect(await withEnvironment({ PATH: join(folder, 'plain') }, () => trexgen(...args, '--out', out))).toMatchObject({
      exitCode: 2,
      stderr: `launcher = slurm: ${sbatch} may not be executed by this user; allow it, or use --launcher local\n`,
    });
    expect(existsSync(out)).toBe(false);
  });

  it('arguments with which sbatch only prints', async () => {
    // sbatch would print something and end well, so that the check before the sweep finds nothing wrong.
    const printing = ['-V', '--version', '--help', '-h', '--usage', '--vers', '-vu'];
    const asked = await trexgen(...args, '--out', join(folder, 'printing'), ...printing.map((one) => `--slurm-arg=${one}`));
    expect(asked).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: printing.map((one) => `slurmArgs = ${one}: makes sbatch print something and submit nothing; leave it out\n`).join(''),
    });
    expect(slurmProblems('slurm', { slurmArgs: ['--hold', '--verbose', '-v', '--use-min-nodes', '-H', '-Afoo'] })).toEqual([]);
    expect(existsSync(join(folder, 'printing'))).toBe(false);
  });

  it('no folder, no Slurm, an unknown partition', async () => {
    const folderless = await trexgen(...args);
    expect(folderless).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'launcher = slurm: needs --out with a folder that all nodes share and can write\n',
    });
    const missing = await withEnvironment({ PATH: folder }, () => trexgen(...args, '--out', join(folder, 'missing')));
    expect(missing).toMatchObject({
      exitCode: 2,
      stderr: 'launcher = slurm: sbatch is not found; run on a machine that submits to the cluster, or use --launcher local\n',
    });
    expect(existsSync(join(folder, 'missing'))).toBe(false);
    await withSlurm(folder, {}, async (place) => {
      const { exitCode, stderr } = await trexgen(...args, '--partition', 'wrong', '--out', join(place, 'out'));
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr:
          'launcher = slurm: sbatch --partition=wrong is refused (invalid partition specified: wrong; allocation failure: Invalid partition name specified); change the options\n',
      });
      expect(existsSync(join(place, 'out'))).toBe(false);
    });
    const idle = await trexgen('sweep', '--set', 'run.task=g2p', '--partition', 'p', '--slurm-arg=--account=x');
    expect(idle).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'partition = p: only Slurm reads it; add --launcher slurm, or leave it out\n' +
        'slurmArgs = --account=x: only Slurm reads it; add --launcher slurm, or leave it out\n',
    });
    const own = await trexgen(
      ...args,
      '--out',
      join(folder, 'own'),
      '--slurm-arg=--job-n=mine',
      '--slurm-arg=-o x',
      '--slurm-arg=-vJmine',
      '--slurm-arg=--mem=1G',
    );
    expect(own).toMatchObject({
      exitCode: 2,
      stderr: ['--job-n=mine', '-o x', '-vJmine']
        .map((one) => `slurmArgs = ${one}: trexgen gives that to sbatch itself, so that jobs find their work; leave it out\n`)
        .join(''),
    });
    expect(await trexgen('sweep', '--resume')).toMatchObject({
      exitCode: 2,
      stderr: '--resume: needs --out with the folder of the sweep that it continues\n',
    });
    expect(await trexgen('sweep', '--resume', '--out', join(folder, 'none'))).toMatchObject({
      exitCode: 2,
      stderr: `out = ${join(folder, 'none')}: holds no sweep that could be resumed; start one with a sweep file or --set\n`,
    });
  });

  it('the folder and the results of another sweep', async () => {
    await withSlurm(folder, { all: 'never' }, async (place) => {
      await launcher(place).made.open();
      // What the folder was asked for stays, so that --resume still finishes it.
      const out = join(place, 'out');
      expect(await trexgen(...args, '--out', out)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('of another sweep') as string,
      });
      expect(existsSync(join(out, 'sweep.json'))).toBe(false);
      expect(await trexgen('sweep', '--set', 'run.task=g2p', '--out', out)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /^out = .*: holds jobs and results of a sweep through Slurm that has not ended; finish it with --resume/,
        ) as string,
      });
      expect(existsSync(join(out, 'sweep.json'))).toBe(false);
      writeRequest(out, { space: { 'run.task': 'g2p' } }, { launcher: 'slurm' });
      expect(await trexgen('sweep', '--resume', '--out', out, '--launcher', 'local')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('; finish it with --resume without --launcher local, ') as string,
      });
      await expect(launcher(place, { sweep: 'b' }).made.open()).rejects.toThrow(
        /: holds jobs and results of another sweep that has not ended; finish it/,
      );
      const result = { sweep: 'b', key: keyOf(0), outcome: { state: 'measured', objectives: {}, detail: {} } };
      writeFileSync(join(place, 'out', 'slurm', 'points', `${keyOf(0)}.json`), JSON.stringify(result));
      const { made } = launcher(place);
      await made.open();
      await expect(made.run([job(0)])).rejects.toThrow(
        /0000\.json: is the result of another sweep; delete it and run the sweep with --resume$/,
      );
    });
  });
});
