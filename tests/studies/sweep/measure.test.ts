import { describe, expect, it } from 'vitest';
import { predict } from '../../../generator/analytic/predict.js';
import { policies } from '../../../generator/contract/codes.js';
import { randomFrom } from '../../../generator/util/random.js';
import { makeParams } from '../../../generator/params/params.js';
import { presetParams } from '../../../generator/params/presets.js';
import type { Params } from '../../../generator/params/fields.js';
import { memories, memoryBits } from '../../../generator/params/sizes.js';
import { sumTraffic } from '../../../generator/contract/traffic-classes.js';
import { orderFor } from '../../../generator/program/image.js';
import { logicGates } from '../../../generator/studies/sweep/area.js';
import { SubjectOnHardware } from '../../../generator/studies/sweep/hardware.js';
import { pointKey, type Measuring } from '../../../generator/studies/sweep/key.js';
import { cyclesPerBeat, goldenAccuracy, measureAnalytic, measureGolden } from '../../../generator/studies/sweep/measure.js';
import type { Result } from '../../../generator/studies/sweep/jobs.js';
import { Measurer } from '../../../generator/studies/sweep/measure-job.js';
import { reasonOf } from '../../../generator/studies/sweep/outcome.js';
import type { Point } from '../../../generator/studies/sweep/space.js';
import { loadSubject } from '../../../generator/studies/sweep/subject.js';
import { buildWorkload } from '../../../generator/subject/workload/build.js';
import { scaledDown, workloads } from '../../../generator/subject/workload/shapes.js';
import { ToolError, UserError, WriteError } from '../../../generator/util/errors.js';
import { problemsOf } from '../../support/problems.js';

const measuring: Measuring = { inputs: 6, accuracyInputs: 40, seed: 3, target: 'asic' };
const seed = 1 + Math.floor(Math.random() * 1e6);

/** A model small enough for any hardware, with random lengths. */
const random = randomFrom(seed);
const lengths = Array.from({ length: 12 }, () => 1 + Math.floor(random() * 16));
const model = buildWorkload(scaledDown(workloads.vitBase, 16, 1), { coding: 'factorized', banks: 8, seed });
const subject = { id: 'x', model, lengths, requests: [], baseline: 1e6, trainedAccuracy: 77, scored: undefined };

function pick<T>(...values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

function drawPoint(): Point {
  const params = makeParams({
    array: { columns: pick(2, 4, 8), slices: pick(1, 2, 4), lanesPerSlice: pick(1, 2, 4), passes: pick(4, 16, 21) },
    envelope: { width: 48, hidden: 192, rank: 16, codeWords: 8192 },
    port: { busBytes: pick(4, 8, 16, 64), burstBeats: pick(4, 16) },
    batcher: { lookahead: pick(1, 4, 16) },
  });
  return {
    params,
    run: { task: 'mnist', model: 'compressed', policy: pick(...policies), latency: pick(1, 30, 300), bytesPerCycle: pick(3, 8, 64) },
  };
}

describe('the analytic fidelity', () => {
  it(`is the analytic model, cycle for cycle and byte for byte, whatever was measured before (seed ${seed})`, () => {
    const on = new SubjectOnHardware(subject);
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      const point = drawPoint();
      const { params, run } = point;
      const {
        array: { columns, slices, lanesPerSlice, passes },
      } = params;
      if (Math.max(...lengths) > slices * lanesPerSlice * passes) {
        expect(() => measureAnalytic(on, point)).toThrow(/the window holds/);
        continue;
      }
      compared++;
      const want = predict({
        model: orderFor(model, columns),
        params,
        lengths,
        policy: run.policy,
        memory: { latencyCycles: run.latency, cyclesPerBeat: Math.ceil(params.port.busBytes / run.bytesPerCycle) },
      });
      const { objectives, causes } = measureAnalytic(on, point);
      const ema = sumTraffic(want.runBytes) / lengths.length + sumTraffic(want.coldBytes) / 1000;
      expect(causes).toEqual(want.causes);
      expect(objectives).toEqual({
        accuracy: 77,
        ema,
        emaRatio: 1e6 / lengths.length / ema,
        cycles: want.cycles,
        utilization: want.utilization.array,
        usefulUtilization: want.utilization.useful,
        area: logicGates(params),
        memoryBits: memories(params).reduce((sum, memory) => sum + memoryBits(memory), 0),
      });
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('refuses what does not fit, and says so in few words', () => {
    const on = new SubjectOnHardware(subject);
    const tiny = {
      ...drawPoint(),
      params: makeParams({ array: { columns: 8 }, envelope: { width: 8, hidden: 8, rank: 8, codeWords: 4, matrices: 1, instructions: 8 } }),
    };
    let reason = '';
    try {
      measureAnalytic(on, tiny);
    } catch (error) {
      reason = reasonOf(error);
    }
    expect(reason).toMatch(
      /^envelope\.width = 8: .*; envelope\.rank = 8: .*; envelope\.hidden = 8: .*; envelope\.codeWords = 4: .*; \d more parameters$/,
    );
    const broken = { ...drawPoint(), params: { ...tiny.params, envelope: { ...tiny.params.envelope, rank: 12 } } as Params };
    expect(() => measureAnalytic(on, broken)).toThrow(/envelope\.rank = 12 ranks: must be a multiple of array\.columns = 8/);
  });

  it('fails for a reason of one line: numbers of points count the lines of results.csv', () => {
    const text = 'what is wrong\r\nand where\n  at x';
    expect([new ToolError(text), new WriteError(text), new TypeError(text), text].map(reasonOf)).toEqual([
      'what is wrong',
      'what is wrong',
      'unexpected error: what is wrong',
      'unexpected error: what is wrong',
    ]);
  });

  it('gives a point the reasons of its own window, whatever was measured before', () => {
    const wide = buildWorkload(scaledDown(workloads.vitBase, 2, 1), { coding: 'dense8', banks: 8, seed });
    const on = new SubjectOnHardware({ ...subject, model: wide, lengths: [1] });
    const accumulators = (lanesPerSlice: number): string => {
      const array = { columns: 8, slices: 2, lanesPerSlice, passes: 64 };
      const params = makeParams({ array, envelope: { width: 8, hidden: 8, rank: 8 } });
      try {
        on.requireFit(params);
      } catch (error) {
        if (error instanceof UserError) return error.problems.filter((problem) => problem.startsWith('accumulators')).join();
      }
      return '';
    };
    expect(accumulators(1)).toMatch(/^accumulators = 25 bits: are too narrow/);
    expect(accumulators(8)).toBe('');
    expect(accumulators(1)).toMatch(/^accumulators = 25 bits: are too narrow/);
  });

  it('takes whole cycles for a beat', () => {
    expect(
      [
        [16, 64],
        [16, 16],
        [16, 5],
        [64, 3],
      ].map(([busBytes, bytesPerCycle]) => cyclesPerBeat(makeParams({ port: { busBytes: busBytes! } }), { bytesPerCycle: bytesPerCycle! })),
    ).toEqual([1, 1, 4, 22]);
  });
});

describe('the golden fidelity', () => {
  const task = loadSubject({ task: 'mnist', model: 'compressed' }, presetParams('small'), measuring);
  const on = new SubjectOnHardware(task);
  const point: Point = {
    params: makeParams({}),
    run: { task: 'mnist', model: 'compressed', policy: 'packed', latency: 20, bytesPerCycle: 64 },
  };

  it('counts the bytes of the image and answers validation inputs with the integer model', () => {
    const predicted = measureAnalytic(on, point).objectives;
    const accuracy = goldenAccuracy(on, on.image(point.params))!;
    expect(accuracy).toBeGreaterThan(85);
    expect(measureGolden(on, point, () => accuracy)).toEqual({ ...predicted, accuracy });
  });

  it('fails when the image has other bytes than shapes say', () => {
    const wrong = new SubjectOnHardware(task);
    const { cold, pass, rows } = wrong.portBytes(point.params);
    wrong.portBytes = () => ({ cold, pass: pass + 16, rows });
    expect(() => measureGolden(wrong, point, () => 99)).toThrow(/^bytes of the image = \d+ and \d+ once a model: shapes say \d+ and \d+$/);
  });
});

describe('subjects', () => {
  it('that do not exist are refused', async () => {
    expect(await problemsOf(() => loadSubject({ task: 'mnist', model: 'compressed-10' }, presetParams('small'), measuring))).toEqual([
      'run.model = compressed-10: mnist has no such checkpoint in models/mnist; leave the pair out with a constraint',
    ]);
    expect(await problemsOf(() => loadSubject({ task: 'translation', model: 'compressed-10' }, presetParams('small'), measuring))).toEqual([
      'run.model = compressed-10: translation is a published shape, it has compressed and dense',
    ]);
  });
});

describe('the key of a point', () => {
  const point: Point = {
    params: makeParams({}),
    run: { task: 'mnist', model: 'compressed', policy: 'packed', latency: 20, bytesPerCycle: 64 },
  };
  const key = (
    over: Partial<Point['run']> = {},
    fidelity: Parameters<typeof pointKey>[1] = 'analytic',
    of: Partial<Measuring> = {},
    hash = 'h',
  ): string => pointKey({ ...point, run: { ...point.run, ...over } }, fidelity, { ...measuring, ...of }, hash);

  it('is the same for the same content, whatever the order of its parts', () => {
    const { policy, task, ...rest } = point.run;
    expect(pointKey({ run: { ...rest, task, policy }, params: makeParams({ port: {}, array: {} }) }, 'analytic', measuring, 'h')).toBe(
      key(),
    );
  });

  it('differs with everything that decides the result, and with nothing else', () => {
    const keys = [
      key(),
      key({ latency: 21 }),
      key({ policy: 'single' }),
      key({ model: 'dense' }),
      key({}, 'golden'),
      key({}, 'rtl'),
      key({}, 'analytic', { inputs: 7 }),
      key({}, 'analytic', { seed: 9 }),
      key({}, 'analytic', {}, 'other'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key({}, 'analytic', { accuracyInputs: 1, target: 'ecp5' })).toBe(key());
    expect(key({}, 'rtl', { target: 'ecp5' })).toBe(key({}, 'rtl'));
    expect(key({}, 'synthesis', { target: 'ecp5' })).not.toBe(key({}, 'synthesis'));
  });
});

describe('a job', () => {
  it('goes on to its end where its memory cannot be counted, and says so of each point', async () => {
    const items = [4, 9].map((number) => ({ number, key: `${number}`, subject: 'gone', point: drawPoint(), lower: undefined }));
    const results: Result[] = [];
    const job = { items, fidelity: 'rtl', measuring, simulator: 'verilator', folder: 'none', keep: false } as const;
    await new Measurer().run(job, (some) => results.push(...some));
    expect(results.map(({ number, outcome }) => [number, outcome.state])).toEqual([
      [4, 'failed'],
      [9, 'failed'],
    ]);
  });
});
