import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskNames } from '../../../generator/data/built-in.js';
import { energyTable } from '../../../generator/analytic/energy/table.js';
import { derive } from '../../../generator/params/derived.js';
import { makeParams } from '../../../generator/params/params.js';
import { defaultPolicy, policies } from '../../../generator/contract/codes.js';
import { peCycleCauses } from '../../../generator/contract/registers.js';
import { sumTraffic } from '../../../generator/contract/traffic-classes.js';
import { measureBandwidth, sufficientPrefetch, withPort } from '../../../generator/studies/reproduce/bandwidth.js';
import { fullRows, measureFullWindows, type FullWindows } from '../../../generator/studies/reproduce/full-windows.js';
import { measureSubject, variants, type SubjectMeasurements, type MeasureSettings } from '../../../generator/studies/reproduce/measure.js';
import { reproduceDocument, reproduceJson, reproduceText } from '../../../generator/studies/reproduce/format-reproduction.js';
import { chainOf, rowsOf } from '../../../generator/studies/reproduce/rows.js';
import { isExact } from '../../../generator/studies/reproduce/reproduce.js';
import { codedWorkload } from '../../../generator/studies/reproduce/coded.js';
import { byInstruction, byLayer, layerLabels, sumOf } from '../../../generator/studies/reproduce/waterfall.js';
import { renderHtml } from '../../../generator/report/html.js';
import { buildWorkload, codings } from '../../../generator/subject/workload/build.js';
import { scaledDown, withEnds, workloads } from '../../../generator/subject/workload/shapes.js';
import { trexgen } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen réproduce it-'));
afterAll(() => rmSync(folder, { recursive: true }));

const params = makeParams({
  array: { columns: 4, slices: 4, lanesPerSlice: 2, passes: 2 },
  envelope: { width: 48, hidden: 192, rank: 16, codeWords: 4096, instructions: 64 },
  port: { busBytes: 8, prefetchBeats: 32, burstBeats: 8 },
});
const shape = scaledDown(withEnds('vitBase'), 16, 2);
const settings: MeasureSettings = {
  params,
  simulator: 'verilator',
  latencyCycles: 1,
  seed: 3,
  energy: energyTable,
  out: folder,
  beats: 65536,
  quick: true,
  say: () => undefined,
};

describe('the mechanisms of a small workload', () => {
  let measured: SubjectMeasurements;
  let full: FullWindows;
  beforeAll(async () => {
    measured = await measureSubject(codedWorkload(shape, params, [4, 3, 2, 4, 1, 4, 3, 2], 3), settings);
    full = await measureFullWindows(codedWorkload(shape, params, [16, 9], 3), settings);
  }, 300_000);

  it('are simulated bit for bit as the golden model computes them', () => {
    for (const { name } of variants) expect(measured.variants[name].summary, name).toMatchObject({ mismatches: 0, emaAgree: true });
    expect(measured.variants.packed.summary.valuesCompared).toBe(8 * shape.ends!.classes);
  });

  it('make a chain of ratios whose product is the whole', () => {
    const { factorization, coding, batching, total, dense8, overDense8 } = chainOf(measured);
    expect(factorization * coding * batching).toBeCloseTo(total, 6);
    expect(dense8 * overDense8).toBeCloseTo(factorization * coding, 6);
    expect(total).toBeCloseTo(
      sumTraffic(measured.variants.dense16.summary.emaBytes) / sumTraffic(measured.variants[defaultPolicy].summary.emaBytes),
      9,
    );
    expect(dense8).toBeGreaterThan(1.8);
    expect(coding).toBeGreaterThan(1.8);
    expect(measured.variants.uncoded.operations.every((operation) => !('wide' in operation) || operation.wide)).toBe(true);
    expect(batching).toBeGreaterThan(1.5);
  });

  it('move no more bytes with every further policy', () => {
    const bytes = policies.map((policy) => sumTraffic(measured.variants[policy].summary.emaBytes));
    expect([...bytes].sort((a, b) => b - a)).toEqual(bytes);
  });

  it('are laid out policy by policy: bytes, both utilizations, throughput, and how long requests wait', () => {
    const rows = rowsOf(measured, 100, '');
    for (const policy of policies) {
      const of = rows.filter((row) => row.policy === policy).map(({ mechanism, unit }) => `${mechanism} ${unit}`);
      expect(of).toEqual(
        expect.arrayContaining([
          `array utilization, ${policy} %`,
          `useful utilization, ${policy} %`,
          `latency of a request, median, ${policy} us`,
          `latency of a request, 99 %, ${policy} us`,
          ...(policy === 'single' ? [] : [`dynamic batching, ${policy} x less EMA`, `dynamic batching, ${policy} x throughput`]),
        ]),
      );
    }
    const p99 = policies.map((policy) => measured.waits![policy].p99);
    expect(p99[3]!).toBeLessThan(p99[0]!);
  });

  it('share quarter windows among four inputs at more than three times the throughput', () => {
    expect(
      rowsOf(measured, 100, '').find(({ mechanism, unit }) => mechanism === 'dynamic batching, packed' && unit === 'x throughput')!
        .measured,
    ).toBeGreaterThan(3);
  });

  it('gain a little by both directions of the register file, and more when nothing hides the turns', () => {
    const { packed, oneDirection, lateTurns } = measured.variants;
    expect(packed.summary.cycles).toBeLessThan(oneDirection.summary.cycles);
    expect(oneDirection.summary.cycles).toBeLessThan(lateTurns.summary.cycles);
    const [hidden, shown] = rowsOf(measured, 100, '')
      .filter(({ mechanism }) => mechanism.startsWith('two-direction'))
      .map(({ measured: gain }) => gain);
    expect(hidden).toBeCloseTo(100 * (oneDirection.summary.cycles / packed.summary.cycles - 1), 6);
    expect(shown).toBeCloseTo(100 * (lateTurns.summary.cycles / packed.summary.cycles - 1), 6);
  });

  it.each(['single', 'packed', 'tokens', 'lateTurns'] as const)(
    'give every PE-cycle of every window one cause, by instruction and by layer: %s',
    (name) => {
      const { causes, cycles } = measured.variants[name].summary;
      const { lanes } = derive(params);
      const inWindows =
        peCycleCauses.filter((cause) => cause !== 'noWindow').reduce((sum, cause) => sum + causes[cause], 0) *
        cycles *
        lanes *
        params.array.columns;
      for (const groups of [byInstruction(measured.variants[name], params), byLayer(measured.variants[name], params)]) {
        expect(groups.reduce((sum, group) => sum + sumOf(group), 0)).toBeCloseTo(inWindows, 3);
        expect(groups.reduce((sum, { causes: { work } }) => sum + work, 0)).toBeCloseTo(
          (causes.dense + causes.sparse + causes.attention) * cycles * lanes * params.array.columns,
          3,
        );
        expect(groups.reduce((sum, group) => sum + group.causes['masked keys'], 0)).toBeCloseTo(
          causes.maskedKeys * cycles * lanes * params.array.columns,
          3,
        );
      }
    },
  );

  it('take no fewer cycles than the array and the port need', () => {
    const {
      measured: {
        summary: { cycles },
      },
      leastCycles,
    } = full;
    expect(leastCycles).toBeLessThan(cycles);
    expect(leastCycles).toBeGreaterThan(cycles / 4);
    expect(fullRows(full, 'again').map(({ mechanism }) => mechanism)).toEqual([
      'all mechanisms, formula baseline, over 2 windows',
      'array utilization, over 2 windows',
      'useful utilization, over 2 windows',
      'cycles, over 2 windows',
    ]);
  });

  it('are told as text, as JSON with the fields of a table, and as a document', async () => {
    const rows = rowsOf(measured, 100, 'trexgen reproduce --tasks none');
    const reproduction = { rows, chain: { [measured.name]: chainOf(measured) }, subjects: [measured], full: [full], bandwidth: undefined };
    const outcome = { reproduction, seed: 3, simulator: 'verilator 5.006', clockMHz: 100, latencyCycles: 1, seconds: 1, report: undefined };
    expect(isExact(reproduction)).toBe(true);
    const json = reproduceJson(outcome);
    expect(Object.keys(json)).toEqual(expect.arrayContaining(['rows', 'chain', 'configHash', 'seed', 'simulator']));
    for (const row of json.rows)
      expect(row).toEqual({
        mechanism: expect.any(String),
        workload: measured.name,
        policy: expect.stringMatching(/^(single|uniform|packed|tokens)$/),
        paper: expect.any(String),
        measured: expect.any(Number),
        unit: expect.any(String),
        why: expect.any(String),
        command: 'trexgen reproduce --tasks none',
      });
    expect(json.rows.every((row) => Number.isFinite(row.measured) && row.measured > 0)).toBe(true);
    expect(reproduceText(outcome)).toContain('all mechanisms');
    const html = await renderHtml(reproduceDocument(outcome));
    for (const text of ['31 - 65.9x less', 'by kind of instruction', 'EXPAND to H', 'layer 2']) expect(html).toContain(text);
  });
});

describe('layers', () => {
  it.each(codings)('begin with the norm and the projection of their queries, and end with their last sum: %s', (coding) => {
    for (const of of [workloads.bertBase, workloads.vitBase, withEnds('bertBase'), withEnds('vitBase')]) {
      const { operations } = buildWorkload(scaledDown(of, 16, 3), { coding, banks: 4, seed: 1 });
      const labels = layerLabels(operations);
      const inner = labels.slice(labels.indexOf('layer 1'), labels.lastIndexOf('layer 3') + 1);
      expect(new Set(inner)).toEqual(new Set(['layer 1', 'layer 2', 'layer 3']));
      for (const layer of ['layer 1', 'layer 2', 'layer 3'])
        expect(inner.filter((label) => label === layer)).toHaveLength(inner.length / 3);
      expect(labels[0]).toBe('before the layers');
      expect(labels.at(-1)).toBe('behind the layers');
    }
  });
});

describe('the bandwidth curve', () => {
  const on = (hardware: typeof params) => codedWorkload(shape, hardware, [16], 3).in('factorized');

  it('is simulated, takes longer with a slower memory, and the analytic model follows it', async () => {
    const points = await measureBandwidth(
      on,
      { busBytes: [8], latencies: [10, 200], cyclesPerBeat: [4] },
      { params, simulator: 'verilator', seed: 3, out: folder, quick: true, say: () => undefined },
    );
    expect(points.map(({ latencyCycles, cyclesPerBeat }) => [latencyCycles, cyclesPerBeat])).toEqual([
      [10, 1],
      [200, 1],
      [10, 4],
    ]);
    const [fast, late, slow] = points;
    expect(late!.cycles).toBeGreaterThan(fast!.cycles);
    expect(slow!.cycles).toBeGreaterThan(fast!.cycles);
    for (const { cycles, predictedCycles, exact } of points) {
      expect(exact).toBe(true);
      expect(Math.abs(predictedCycles / cycles - 1)).toBeLessThan(0.05);
    }
  }, 300_000);

  it('needs a deeper prefetch for a later memory', () => {
    const depths = sufficientPrefetch(on(params), withPort(params, { busBytes: 8 }), [10, 100, 500]).map(
      ({ prefetchBeats }) => prefetchBeats,
    );
    expect([...depths].sort((a, b) => a - b)).toEqual(depths);
    expect(depths[2]!).toBeGreaterThan(depths[0]!);
  });
});

describe('trexgen reproduce', () => {
  it('measures a trained task and prints JSON', async () => {
    const out = join(folder, 'task');
    const { exitCode, stdout } = await trexgen('reproduce', '--quick', '--tasks', 'g2p', '--inputs', '2', '--json', '--out', out);
    const { rows, chain, seed, simulator, configHash, exact } = JSON.parse(stdout) as {
      rows: { workload: string; policy: string; command: string }[];
      chain: Record<string, { total: number }>;
      seed: number;
      simulator: string;
      configHash: string;
      exact: boolean;
    };
    expect({ exitCode, exact, seed }).toEqual({ exitCode: 0, exact: true, seed: 1 });
    expect(simulator).toMatch(/^verilator \d/);
    expect(configHash).toMatch(/^[0-9a-f]{16}$/);
    expect(chain['g2p']!.total).toBeGreaterThan(10);
    expect(rows[0]).toMatchObject({
      workload: 'g2p',
      policy: 'single',
      command: 'trexgen reproduce --quick --tasks g2p --workloads none --inputs 2 --latency 1 --seed 1',
    });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('The mechanisms, one by one');
  }, 600_000);

  it.each([
    [
      ['--tasks', 'chess'],
      `error: option '--tasks <list>' argument 'chess' is invalid. chess must be one of ${taskNames.join(', ')}, the path of a task's description, or the list none.`,
    ],
    [['--workloads', 'gpt'], "error: option '--workloads <list>' argument 'gpt' is invalid. gpt must be one of bertBase, "],
    [['--tasks', 'none', '--workloads', 'none'], 'tasks, workloads: both are none; name at least one to measure'],
    [['--energy', '/nowhere.json'], 'energy = /nowhere.json: cannot be read'],
  ])('refuses %j with exit code 2', async (argv, message) => {
    const { exitCode, stdout, stderr } = await trexgen('reproduce', '--out', folder, ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
