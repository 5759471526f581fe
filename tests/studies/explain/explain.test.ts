import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fields } from '../../../generator/params/fields.js';
import { makeParams } from '../../../generator/params/params.js';
import { presetParams } from '../../../generator/params/presets.js';
import { stepsOf } from '../../../generator/studies/explain/changes.js';
import { explain } from '../../../generator/studies/explain/explain.js';
import { findSweepPoint } from '../../../generator/studies/explain/sweep-point.js';
import { explainText } from '../../../generator/studies/explain/text.js';
import { areaShares } from '../../../generator/studies/explain/limits.js';
import { logicGates } from '../../../generator/studies/sweep/area.js';
import { runFields } from '../../../generator/studies/sweep/fields.js';
import { SubjectOnHardware } from '../../../generator/studies/sweep/hardware.js';
import { SweepDatabase, type Row } from '../../../generator/studies/sweep/database.js';
import { pointKey, type Measuring } from '../../../generator/studies/sweep/key.js';
import { writeRequest } from '../../../generator/studies/sweep/launch/request.js';
import { sizeKeys, withOpenSizes } from '../../../generator/studies/sweep/open-keys.js';
import { databaseName } from '../../../generator/studies/sweep/run-sweep.js';
import { runDefaults, valueAt } from '../../../generator/studies/sweep/space.js';
import { modelHash } from '../../../generator/studies/sweep/subject.js';
import { buildWorkload, workloadRequests } from '../../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../../generator/subject/workload/shapes.js';
import { trexgen } from '../../support/cli.js';
import { problemsOf } from '../../support/problems.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const measuring: Measuring = { inputs: 2, accuracyInputs: 1, seed: 1, target: 'asic' };

describe('steps of a parameter', () => {
  it('are half and double, one less and one more, or the other choices, within the legal values', () => {
    expect(stepsOf(fields.array.columns, 8)).toEqual([4, 16]);
    expect(stepsOf(fields.array.columns, 2)).toEqual([4]);
    expect(stepsOf(fields.array.slices, 4)).toEqual([2]);
    expect(stepsOf(fields.array.passes, 16)).toEqual([15, 17]);
    expect(stepsOf(fields.port.rowCrc, 0)).toEqual([1]);
    expect(stepsOf(runFields.policy, 'uniform')).toEqual(['single', 'packed', 'tokens']);
  });
});

describe('an explanation', () => {
  const model = buildWorkload(scaledDown(workloads.vitBase, 16, 1), { coding: 'factorized', banks: 4, seed: 1 });
  const lengths = [4, 3];
  const requests = workloadRequests(model, lengths, 1);
  const on = new SubjectOnHardware({ id: 'x', model, lengths, requests, baseline: 1e6, trainedAccuracy: undefined, scored: undefined });
  const point = withOpenSizes({ params: presetParams('tiny'), run: runDefaults }, sizeKeys, model);

  it('runs the best of all changes of one parameter, with every value compared', async () => {
    const found = await explain({ point, on: () => on, open: [], measuring, known: new Map(), check: { simulator: 'icarus', folder } });
    const { possible, impossible, fewerCycles, objectives, shares, check } = found;
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const change of possible) {
      const keys = [
        ...Object.entries(fields).flatMap(([group, members]) => Object.keys(members).map((name) => `${group}.${name}`)),
        'run.policy',
      ];
      const differ = keys.filter((key) => valueAt(change.point, key) !== valueAt(point, key));
      expect(differ.sort()).toEqual([change.key, ...Object.keys(change.raised)].sort());
    }
    expect(impossible).toContainEqual({
      key: 'array.columns',
      from: 4,
      to: 8,
      reason:
        'array.columns = 8: must divide the 4 banks that the model is made for; make one by train or compress with --banks 8, or choose 2, 4',
    });
    const least = Math.min(...possible.map((change) => change.objectives.cycles!));
    expect(least).toBeLessThan(objectives.cycles!);
    expect(fewerCycles[0]!.objectives.cycles).toBe(least);
    expect(Math.abs(check!.objectives.cycles! / least - 1)).toBeLessThan(0.02);
    expect(check!.objectives.ema).toBe(fewerCycles[0]!.objectives.ema);
    expect(explainText(found)).toContain('not possible:\n');
    expect(explainText(found)).toContain('  array.columns 4 -> 8: array.columns = 8: must divide');
    expect(explainText(found)).toMatch(/^Checked: .* cycles in icarus, every value as in the golden model; predicted were/m);
  });

  it('has what a sweep has counted beside what is predicted', async () => {
    const found = await explain({ point, on: () => on, open: [], measuring, known: new Map(), check: undefined });
    const cycles = found.objectives.cycles!;
    const causes = { dense: 3, sparse: 0, attention: 0, maskedKeys: 0, paddingLanes: 0, paddingColumns: 0, weightStream: 0 };
    const counted = { ...causes, activations: 0, vector: 0, drain: 1, dependency: 0, noWindow: 0 };
    const known = new Map([
      ['rtl', { state: 'measured', objectives: { cycles: cycles + 7 }, detail: { causes: counted } }],
      ['synthesis', { state: 'measured', objectives: {}, detail: { synthesis: { lut: 1234 } } }],
    ] as const);
    const text = explainText(await explain({ point, on: () => on, open: [], measuring, known, check: undefined }));
    expect(text).toMatch(/^array: .* +\d+\.\d % +75\.0 %$/m);
    expect(text).toMatch(/^drain: .* +\d+\.\d % +25\.0 %$/m);
    expect(text).toContain(`${(cycles + 7).toLocaleString('en-US')} counted`);
    expect(text).toContain('area by synthesis: lut 1,234');
  });
});

interface Printed {
  readonly limitedBy: string;
  readonly parameters: { readonly envelope: { readonly codeWords: number } };
  readonly shares: readonly { readonly limit: string; readonly share: number }[];
  readonly fewerCycles: readonly string[];
  readonly changes: readonly {
    readonly key: string;
    readonly to: string | number;
    readonly raised: object;
    readonly gains: { readonly cycles: number };
  }[];
}

describe('explain of a task', () => {
  it.each(['mnist', 'g2p', 'brown'])('%s says what limits it and what would help', async (task) => {
    const { exitCode, stdout, stderr } = await trexgen('explain', '--task', task, '--set', 'array.columns=4', '--no-check', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { shares, changes, fewerCycles, limitedBy, parameters } = JSON.parse(stdout) as Printed;
    expect(parameters.envelope.codeWords).toBeGreaterThan(16384);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(['array', ...shares.map(({ limit }) => limit)]).toContain(limitedBy);
    // Half of the columns are missing: the array works twice as long.
    const wider = changes.find(({ key, to }) => key === 'array.columns' && to === 8)!;
    expect(wider.gains.cycles).toBeGreaterThan(0);
    expect(fewerCycles).toContain('array.columns=8');
  });
});

describe('the model of an explanation', () => {
  const ask = async (...argv: string[]) => trexgen('explain', '--task', 'mnist', '--no-check', ...argv);

  it('is kept where it was named, as in a sweep', async () => {
    const argv = ['--model', 'compressed', '--set', 'array.columns=16'];
    const { exitCode, stdout, stderr } = await ask(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^array.columns = 16: must divide the 8 banks that the model is made for; /);
    const { stdout: narrow } = await ask('--model', 'compressed', '--set', 'array.columns=8');
    expect(narrow).toContain('  array.columns 8 -> 16: array.columns = 16: must divide the 8 banks');
  });

  it('is the one for the columns where none was named, and the output says so', async () => {
    const { stdout } = await ask('--set', 'array.columns=16');
    expect(stdout).toMatch(/^mnist \(banks16\), /);
    expect(stdout).toContain('No model was named: compressed does not run with 16 columns, banks16 of mnist does; ');
    const { stdout: narrow } = await ask('--set', 'array.columns=8');
    expect(narrow).toMatch(/^mnist \(compressed\), /);
    expect(narrow).toContain('No model was named: changes with other columns take the model of mnist for their banks, as a sweep does.');
    expect(narrow).toMatch(/^array.columns 8 -> 16 \(with run.model = banks16\) /m);
    expect(narrow).toMatch(/^Per area: array.columns 8 -> 16 /m);
    expect(narrow).toMatch(/^Most cycles: array.lanesPerSlice 2 -> 4, -4\d.\d % cycles for \+\d+.\d % gates.$/m);
  });

  it('is what a point of a sweep would take', async () => {
    const out = join(folder, 'open');
    const swept = await trexgen('sweep', '--set', 'array.columns=8,16', '--set', 'run.task=mnist', '--out', out, '--jobs', '1');
    expect(swept.exitCode).toBe(0);
    const explained = async (point: string) => (await trexgen('explain', point, '--sweep', out, '--no-check', '--json')).stdout;
    const [eight, sixteen] = [JSON.parse(await explained('0')), JSON.parse(await explained('1'))] as Printed[];
    const raised = (printed: Printed, to: number) => printed.changes.find((one) => one.key === 'array.columns' && one.to === to)?.raised;
    expect(raised(eight!, 16)).toMatchObject({ 'run.model': 'banks16' });
    expect(raised(sixteen!, 8)).toMatchObject({ 'run.model': 'compressed' });
  });
});

describe('the area of an explanation', () => {
  it('is told by parts that sum to the estimate, the largest first', () => {
    for (const preset of ['tiny', 'small', 'paper'] as const) {
      const shares = areaShares(presetParams(preset));
      expect(Math.abs(shares.reduce((sum, { gates }) => sum + gates, 0) - logicGates(presetParams(preset)))).toBeLessThan(shares.length);
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(shares.map(({ gates }) => gates)).toEqual(shares.map(({ gates }) => gates).sort((a, b) => b - a));
    }
    expect(areaShares(presetParams('small'))[0]!.part).toBe('control: registers, batcher, sequencer, fixed parts of all units');
    expect(areaShares(makeParams({ array: { columns: 16 } }))[0]!.part).toBe('array: multipliers with their adders');
  });
});

describe('a point of a sweep', () => {
  const params = makeParams({});
  const rows = [5, 20].map((latency): Row => {
    const point = { params, run: { ...runDefaults, latency } };
    const key = pointKey(point, 'analytic', measuring, modelHash(point.run));
    return { key, fidelity: 'analytic', point, outcome: { state: 'measured', objectives: { cycles: latency }, detail: {} } };
  });
  const rtl: Row = {
    ...rows[1]!,
    key: pointKey(rows[1]!.point, 'rtl', measuring, modelHash(runDefaults)),
    fidelity: 'rtl',
    outcome: { state: 'measured', objectives: { cycles: 99 }, detail: {} },
  };

  it('is found by its number or its key, with all levels', async () => {
    const database = await SweepDatabase.open(join(folder, databaseName));
    await database.append([...rows, rtl]);
    database.close();
    writeRequest(folder, { space: { 'run.latency': [5, 20] }, inputs: 2, accuracyInputs: 1 }, {});
    writeFileSync(join(folder, 'results.csv'), `run.latency,key\n5,${rows[0]!.key}\n20,${rtl.key}\n`);
    const byNumber = await findSweepPoint(folder, '1');
    expect(byNumber.point).toEqual(rtl.point);
    expect(byNumber.measuring).toEqual(measuring);
    expect([...byNumber.known].map(([level, outcome]) => [level, outcome.state === 'measured' && outcome.objectives.cycles])).toEqual([
      ['analytic', 20],
      ['rtl', 99],
    ]);
    expect((await findSweepPoint(folder, rows[0]!.key.slice(0, 12))).point).toEqual(rows[0]!.point);
    expect(await problemsOf(() => findSweepPoint(folder, '2'))).toEqual([`point = 2: the sweep in ${folder} has points 0 .. 1`]);
    expect(await problemsOf(() => findSweepPoint(folder, '0123456789'))).toEqual([
      `point = 0123456789: the sweep in ${folder} has no such point; keys stand in results.csv`,
    ]);
  });

  it.each([
    [['3'], 'point = 3: needs --sweep with the folder that holds it\n'],
    [['--sweep', 'x'], 'sweep: needs the point too; give its number or its key\n'],
    [
      ['3', '--sweep', 'x', '--task', 'mnist', '--seed', '2'],
      'sweep, task, seed: the point has its own; leave out what stands beside it\n',
    ],
    [[], 'task: is not given; use --task, or a point with --sweep\n'],
    [['--task', 'mnist', '--simulator', 'icarus'], 'simulator = icarus: has no effect without the check; leave it or --no-check out\n'],
    [['--task', 'mnst'], 'run.task = "mnst": must be one of mnist, '],
    [['3', '--sweep', join(folder, 'none')], `sweep = ${join(folder, 'none')}: holds no sweep; give the folder that was its --out\n`],
  ])('%j is refused', async (argv, text) => {
    const { exitCode, stdout, stderr } = await trexgen('explain', ...argv, '--no-check');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});
