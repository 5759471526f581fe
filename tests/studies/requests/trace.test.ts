import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { outlineOf, planOf } from '../../../generator/analytic/plan.js';
import { runCycles } from '../../../generator/analytic/run-cycles.js';
import { WindowModel } from '../../../generator/analytic/window.js';
import { batchShapeOf } from '../../../generator/batch/batch-shape.js';
import { formWindows } from '../../../generator/batch/form-windows.js';
import { policies } from '../../../generator/contract/codes.js';
import { randomFrom } from '../../../generator/util/random.js';
import { derive } from '../../../generator/params/derived.js';
import { makeParams } from '../../../generator/params/params.js';
import { readImage, writeImage } from '../../../generator/program/image.js';
import { sumTraffic } from '../../../generator/contract/traffic-classes.js';
import { drawTrace } from '../../../generator/studies/requests/draw.js';
import { measureTrace, quantile } from '../../../generator/studies/requests/measure.js';
import { serve } from '../../../generator/studies/requests/serve.js';
import { parseTrace } from '../../../generator/studies/requests/trace-file.js';
import { buildWorkload } from '../../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../../generator/subject/workload/shapes.js';
import { trexgen } from '../../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'trexgen-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const input = {
  array: { columns: 4, slices: 4, lanesPerSlice: 1, passes: 4 },
  envelope: { width: 48, hidden: 192, rank: 16, codeWords: 4096, instructions: 64 },
  port: { busBytes: 8, prefetchBeats: 16, burstBeats: 8 },
  batcher: { lookahead: 4 },
};
const params = makeParams(input);
const settings = Object.entries(input).flatMap(([group, values]) =>
  Object.entries(values).flatMap(([name, value]) => ['--set', `${group}.${name}=${value}`]),
);
const model = buildWorkload(scaledDown(workloads.bertBase, 16, 1), { coding: 'factorized', banks: 4, seed: 1 });
const imageBytes = writeImage(model, { columns: 4, busBytes: 8 });
const image = readImage(imageBytes);
const imageFile = join(folder, 'model.tximg');
writeFileSync(imageFile, imageBytes);
const memory = { latencyCycles: 20, cyclesPerBeat: 1 };
const traceFile = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('a trace file', () => {
  it('has lengths and arrivals in any order; names, comments and empty lines are left out', () => {
    expect(parseTrace('length,arrival_us\n# morning\n3, 20.5\n\n16,1e2\r\n1,0\n', 'a.csv', { windowTokens: 16 })).toEqual([
      { tokens: 1, arrival: 0 },
      { tokens: 3, arrival: 20.5 },
      { tokens: 16, arrival: 100 },
    ]);
  });

  it('names every bad line with its number and the reason', () => {
    expect(() => parseTrace('4,1\n4\n0,1\n2.5,1\n17,1\n3,-1\n3,soon\n3,1e999\n3,1e300\n', 'a.csv', { windowTokens: 16 })).toThrow(
      [
        'a.csv:2: has 1 fields: must be length,arrival',
        'a.csv:3: length = 0: must be an integer of at least 1',
        'a.csv:4: length = 2.5: must be an integer of at least 1',
        'a.csv:5: length = 17 tokens: the window holds 16; leave it out or raise array.passes, array.lanesPerSlice or array.slices',
        'a.csv:6: arrival = -1 microseconds: must be a number from 0 to 100000000000; count from the first request',
        'a.csv:7: arrival = soon microseconds: must be a number from 0 to 100000000000; count from the first request',
        'a.csv:8: arrival = 1e999 microseconds: must be a number from 0 to 100000000000; count from the first request',
        'a.csv:9: arrival = 1e300 microseconds: must be a number from 0 to 100000000000; count from the first request',
      ].join('\n'),
    );
  });

  it('has no request that is longer than the model', () => {
    expect(() => parseTrace('8,1\n9,1\n', 'a.csv', { windowTokens: 16, positions: 8 })).toThrow(
      'a.csv:2: length = 9 tokens: the model has 8 positions; leave it out or give a model with more',
    );
  });

  it('must have requests', () => {
    expect(() => parseTrace('length,arrival\n', 'a.csv', { windowTokens: 16 })).toThrow(
      'a.csv: has no requests; give lines of length,arrival',
    );
  });

  it('counts further bad lines after the first twenty', () => {
    expect(() => parseTrace('x\n'.repeat(30), 'a.csv', { windowTokens: 16 })).toThrow(/:21: .*\na\.csv: 9 more lines are wrong$/);
  });
});

describe('trace --task', () => {
  it('knows the positions of the model', async () => {
    const path = traceFile('over-positions.csv', '16,0\n40,1\n');
    const { exitCode, stderr } = await trexgen('trace', '--task', 'mnist', '--preset', 'small', '--trace', path);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `${path}:2: length = 40 tokens: the model has 16 positions; leave it out or give a model with more\n`,
    });
  });

  it('measures the same shares wherever a trace begins', async () => {
    const measured = async (begin: number): Promise<unknown> => {
      const path = traceFile(`from-${begin}.csv`, [0, 30, 31, 500].map((later) => `16,${begin + later}\n`).join(''));
      const { stdout } = await trexgen('trace', '--image', imageFile, ...settings, '--trace', path, '--clock-mhz', '10000', '--json');
      return (JSON.parse(stdout) as { rows: { utilization: unknown; busy: number }[] }).rows.map(({ utilization, busy }) => [
        utilization,
        busy.toFixed(4),
      ]);
    };
    expect(await measured(1e11 - 1000)).toEqual(await measured(0));
  });
});

describe('a drawn trace', () => {
  it('is the same for the same seed, and has about the rate that it was asked for', () => {
    const draw = (seed: number) => drawTrace([2, 5, 9], { requests: 4000, rate: 500, seed });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(4000 / (draw(3).at(-1)!.arrival / 1e6)).toBeGreaterThan(450);
    expect(4000 / (draw(3).at(-1)!.arrival / 1e6)).toBeLessThan(550);
  });

  it('needs lengths and a rate', () => {
    expect(() => drawTrace([], { requests: 0, rate: -1, seed: 1 })).toThrow(
      'lengths: there are none to draw from\nrequests = 0: must be an integer of at least 1\nrate = -1 requests a second: must be above 0',
    );
  });
});

describe('service', () => {
  const plan = planOf(outlineOf(model.operations), params);
  const seed = 1 + Math.floor(Math.random() * 1e6);
  it.each(policies)(`of requests that are all there at once is the batcher's, in the same cycles: %s (seed ${seed})`, (policy) => {
    const random = randomFrom(seed);
    const { windowTokens } = derive(params);
    const lengths = Array.from({ length: 40 }, () => 1 + Math.floor(random() * (random() < 0.7 ? 4 : windowTokens)));
    const { windows, busy } = serve(
      new WindowModel(plan, memory),
      lengths.map((tokens) => ({ tokens, cycle: 0 })),
      batchShapeOf(params),
      policy,
    );
    const formed = formWindows(lengths, batchShapeOf(params), policy);
    expect(windows.map(({ requests }) => requests)).toEqual(formed);
    const run = runCycles(new WindowModel(plan, memory), formed, policy);
    expect(Math.abs(busy / run.cycles - 1)).toBeLessThan(0.02);
  });

  it('of requests that come one long after the other is a window each, at once', () => {
    const arrivals = [3, 16, 1].map((tokens, i) => ({ tokens, cycle: 1e6 * (i + 1) }));
    const { windows, done, busy } = serve(new WindowModel(plan, memory), arrivals, batchShapeOf(params), 'packed');
    expect(windows.map(({ requests }) => requests.map(({ index }) => index))).toEqual([[0], [1], [2]]);
    windows.forEach(({ start, cycles }, i) => {
      expect(start - arrivals[i]!.cycle).toBeLessThan(60);
      expect(done[i]! - start - cycles).toBeLessThan(60);
    });
    expect(busy).toBeLessThan(3e5);
  });

  it('waits for nobody: a request that finds the chip idle is not held up for a fuller window', () => {
    const arrivals = [
      { tokens: 2, cycle: 100 },
      { tokens: 2, cycle: 400 },
      { tokens: 2, cycle: 500 },
      { tokens: 2, cycle: 600 },
    ];
    const { windows } = serve(new WindowModel(plan, memory), arrivals, batchShapeOf(params), 'packed');
    expect(windows.map(({ requests }) => requests.length)).toEqual([1, 3]);
  });
});

describe('what is measured', () => {
  const measure = (policy: (typeof policies)[number], lengths: readonly number[], rate: number) =>
    measureTrace({ image, params, requests: drawTrace(lengths, { requests: 400, rate, seed: 7 }), policy, memory, clockMHz: 100 });

  it('every policy moves no more bytes than the one before it, under load: single, uniform, packed, tokens', () => {
    const [single, uniform, packed, tokens] = policies.map((policy) =>
      sumTraffic(measure(policy, [1, 3, 4, 4, 7, 8, 12, 16], 1e6).emaBytes),
    );
    expect(tokens!).toBeLessThan(packed!);
    expect(packed!).toBeLessThanOrEqual(uniform!);
    expect(uniform!).toBeLessThan(single!);
  });

  it('inputs of a quarter window pass more than three times as fast together, even in a tiny model', () => {
    const [single, packed] = (['single', 'packed'] as const).map((policy) => measure(policy, [4], 1e6).requestsPerSecond);
    expect(packed! / single!).toBeGreaterThan(3.2);
  });

  it('tokens serve short inputs faster than packed, and nobody waits longer for it', () => {
    const far = makeParams({ ...params, batcher: { ...params.batcher, lookahead: 16 } });
    const requests = drawTrace([1, 2], { requests: 400, rate: 1e6, seed: 7 });
    const [packed, tokens] = (['packed', 'tokens'] as const).map((policy) =>
      measureTrace({ image, params: far, requests, policy, memory, clockMHz: 100 }),
    );
    expect(tokens!.requestsPerSecond).toBeGreaterThan(1.1 * packed!.requestsPerSecond);
    expect(tokens!.latencyMicroseconds.p99).toBeLessThan(packed!.latencyMicroseconds.p99);
    expect(tokens!.utilization.useful).toBeGreaterThan(packed!.utilization.useful);
  });

  it('latency is that of one window when requests are rare', () => {
    const {
      latencyMicroseconds: { p50, p99 },
      busy,
    } = measure('packed', [4], 1);
    expect(p99 / p50).toBeLessThan(1.01);
    expect(busy).toBeLessThan(0.01);
  });

  it('quantiles are values that occur', () => {
    expect([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.99), quantile([5], 0.5)]).toEqual([2, 4, 5]);
  });
});

describe('trexgen trace', () => {
  it('prints every policy and window of a file as JSON', async () => {
    const file = traceFile('good.csv', Array.from({ length: 30 }, (_, i) => `${1 + (i % 4)},${i * 10}`).join('\n'));
    const { exitCode, stdout, stderr } = await trexgen(
      'trace',
      '--trace',
      file,
      '--image',
      imageFile,
      '--windows',
      '16,32',
      '--json',
      ...settings,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const result = JSON.parse(stdout) as {
      requests: number;
      rows: { policy: string; windowTokens: number; emaTotal: number }[];
      checks: unknown[];
    };
    expect(result.requests).toBe(30);
    expect(result.rows.map(({ policy, windowTokens }) => `${policy} ${windowTokens}`)).toEqual(
      [16, 32].flatMap((tokens) => policies.map((policy) => `${policy} ${tokens}`)),
    );
    expect(result.checks).toEqual([]);
  });

  it('holds windows of the trace against the Verilog and writes a report', async () => {
    const file = traceFile('checked.csv', Array.from({ length: 30 }, (_, i) => `${1 + ((7 * i) % 16)},${i * 10}`).join('\n'));
    const out = join(folder, 'report');
    const { exitCode, stdout } = await trexgen('trace', '--trace', file, '--image', imageFile, '--check', '3', '--out', out, ...settings);
    expect(stdout).toMatch(
      /3 windows of the trace simulated with verilator: every bit as golden, cycles at most [0-4]\.\d % from the model/,
    );
    expect(exitCode).toBe(0);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Share of requests that were completed within a latency.');
  }, 300_000);

  it.each([
    ['bad lines', ['--trace', traceFile('bad.csv', '4,1\nmany,2\n')], /bad\.csv:2: length = many: must be an integer of at least 1\n$/],
    ['lengths over the window', ['--trace', traceFile('long.csv', '40,1\n')], /long\.csv:1: length = 40 tokens: the window holds 16; /],
    ['an empty trace', ['--trace', traceFile('empty.csv', '')], /empty\.csv: has no requests; /],
    ['a file that is not there', ['--trace', join(folder, 'none.csv')], /^trace = .*none\.csv: cannot be read \(ENOENT\); /],
    ['no trace and no task', [], /^trace: neither a file nor a task whose lengths could be drawn; give --trace FILE or --task NAME\n$/],
    [
      'a window that the lanes do not divide',
      ['--trace', traceFile('one.csv', '1,1\n'), '--windows', '18'],
      /^windows = 18 tokens: must be a multiple of the 4 lanes/,
    ],
  ])('refuses %s with exit code 2', async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await trexgen('trace', '--image', imageFile, ...argv, ...settings);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('needs one model', async () => {
    const file = traceFile('fine.csv', '1,1\n');
    expect((await trexgen('trace', '--trace', file, ...settings)).stderr).toMatch(/^task, image, workload: none is given; use --task /);
    expect((await trexgen('trace', '--trace', file, '--image', imageFile, '--workload', 'bertBase', ...settings)).stderr).toMatch(
      /only one may be given/,
    );
    expect(await trexgen('trace', '--trace', file, '--workload', 'gpt', ...settings)).toMatchObject({ exitCode: 2 });
  });
});
