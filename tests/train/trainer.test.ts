import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainSpelling, type Dataset, type Example } from '../../generator/data/dataset.js';
import type { Encoder } from '../../generator/model/encoder.js';
import { warpPatches } from '../../generator/train/augment.js';
import { Helper } from '../../generator/train/helper.js';
import { Network } from '../../generator/train/network.js';
import { taskOf } from '../../generator/data/load.js';
import { recipeOf } from '../../generator/train/recipes.js';
import { Sampler } from '../../generator/train/sampling.js';
import { trainCompressed, trainDense, type CompressedStages, type Run } from '../../generator/train/stages.js';
import { predict, type Distillation } from '../../generator/train/step.js';
import { Diverged, defaultSchedule, rateAt, train, type Schedule, type TrainOptions } from '../../generator/train/trainer.js';
import { Interrupted, ToolError } from '../../generator/util/errors.js';
import { Engine } from '../../generator/train/wasm.js';
import { randomEncoder, randomExamples } from '../compress/random-encoder.js';

const encoder = randomEncoder(41);
/** The label of a letter is the letter modulo the classes: something to learn. */
const examples: Example[] = randomExamples(42, encoder.config, 60).map((example) => ({
  ...example,
  labels: example.ids!.map((id) => id % encoder.config.classes),
}));
const schedule: Schedule = { ...defaultSchedule, steps: 24, batch: 8, warmup: 4 };

/** Stages of a small model, each as long as `short`. */
function shortStages(short: Schedule): CompressedStages {
  return {
    ...recipeOf(taskOf('g2p')).compressed,
    factor: { rank: 16, k: 3, banks: 4, seed: 1 },
    factorized: short,
    coded: short,
    quantised: short,
    calibrationInputs: 9,
  };
}

function datasetOf(train: readonly Example[]): Dataset {
  const { config } = encoder;
  return {
    task: 'g2p',
    metric: 'accuracy',
    display: 'tags',
    spelling: plainSpelling,
    idsPerToken: 1,
    vocabulary: config.vocabulary,
    featureCount: 0,
    maxLength: config.maxLength,
    labelNames: ['a', 'b', 'c', 'd', 'e'],
    head: 'token',
    licence: 'none',
    splits: { train, validation: train.slice(0, 5), test: [] },
    describe: () => '',
  };
}

const script = new URL('../../dist/generator/train/worker.js', import.meta.url);

const bits = (network: Network): Buffer => Buffer.from(network.parameters.values().slice().buffer);

describe('training', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trexgen-train-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same bits for the same seed and others for another', async () => {
    const run = async (seed: number): Promise<Buffer> => {
      const network = new Network(new Engine(), encoder);
      await train(network, examples, { schedule: { ...schedule, seed } });
      return bits(network);
    };
    const first = await run(1);
    expect((await run(1)).equals(first)).toBe(true);
    expect((await run(2)).equals(first)).toBe(false);
  });

  it('ends with the bits of an uninterrupted run when it is stopped twice and continued', async () => {
    const whole = new Network(new Engine(), encoder);
    const { log } = await train(whole, examples, { schedule, logEvery: 10 });
    const state = join(folder, 'state', 'dense.state');
    for (const stopAfter of [7, 6]) {
      const stop = new AbortController();
      let steps = 0;
      const augment = (example: Example): Example => {
        if (++steps === stopAfter * schedule.batch) stop.abort();
        return example;
      };
      const interrupted = train(new Network(new Engine(), encoder), examples, {
        schedule,
        state,
        logEvery: 10,
        augment,
        signal: stop.signal,
      });
      await expect(interrupted).rejects.toThrow(Interrupted);
      await expect(interrupted).rejects.toThrow(/interrupted at step \d+ of 24; run the same command again to continue from /);
    }
    const last = new Network(new Engine(), encoder);
    const continued = await train(last, examples, { schedule, state, logEvery: 10 });
    expect(bits(last).equals(bits(whole))).toBe(true);
    const losses = (lines: readonly string[]): (string | undefined)[] => lines.map((line) => /loss [\d.]+/.exec(line)?.[0]);
    expect(losses(continued.log)).toEqual(losses(log));
    expect(continued.log).toHaveLength(3);
  });

  it('gives the same bits with a second thread, also with a teacher', async () => {
    const { config } = encoder;
    const data = datasetOf(examples);
    const short = { ...schedule, steps: 6 };
    const stages = shortStages(short);
    const train = async (run: Run): Promise<unknown> => {
      const dense = await trainDense(run, config, { ...short, batch: 7 });
      return [dense, await trainCompressed(run, dense, stages)];
    };
    expect(await train({ data, seed: 3, script })).toEqual(await train({ data, seed: 3, threads: 1 }));
  });

  it('ends with the reason where the second thread cannot begin or fails', async () => {
    const broken = new Helper(script, { encoder: { ...encoder, embedding: undefined as never } }, 1);
    await expect(broken.ready()).rejects.toThrow(ToolError);
    await expect(broken.ready()).rejects.toThrow(/^the second training thread failed: TypeError: .+; run with --threads 1$/);
    const { parameters } = new Network(new Engine(), encoder);
    const helper = new Helper(script, { encoder }, parameters.count);
    await helper.ready();
    for (let i = 0; i < 2; i++) {
      helper.begin(parameters.values(), { examples: undefined as never, labels: 1 });
      expect(() => helper.finish(new Float32Array(parameters.count))).toThrow(
        /^the second training thread failed: TypeError: .+; run with/,
      );
    }
    await helper.stop();
  });

  it('refuses a state of other settings, and one that is cut off, with the way out', async () => {
    const state = join(folder, 'x.state');
    const options: TrainOptions = { schedule, state };
    await train(new Network(new Engine(), encoder), examples, options);
    const other = train(new Network(new Engine(), encoder), examples, { ...options, schedule: { ...schedule, rate: 1e-3 } });
    await expect(other).rejects.toThrow(
      `state = ${state}: belongs to a run with other settings; delete it to start anew, or give another --out`,
    );
    truncateSync(state, readFileSync(state).length - 4);
    await expect(train(new Network(new Engine(), encoder), examples, options)).rejects.toThrow(
      `state = ${state}: is cut off; delete it to start anew`,
    );
    truncateSync(state, 2);
    await expect(train(new Network(new Engine(), encoder), examples, options)).rejects.toThrow(/is not a training state or is cut off/);
  });

  it('refuses a state of another beginning, teacher or data', async () => {
    const state = join(folder, 'x.state');
    const teacherOf = (seed: number): Distillation => ({
      teacher: new Network(new Engine(), randomEncoder(seed, encoder.config)),
      alpha: 0.5,
      temperature: 2,
      imitate: false,
    });
    const run = (start: Encoder, teacher: number, data: readonly Example[]): Promise<unknown> =>
      train(new Network(new Engine(), start), data, { schedule, state, distillation: teacherOf(teacher) });
    await run(encoder, 5, examples);
    await run(encoder, 5, examples);
    const other = examples.with(7, { ...examples[7]!, labels: examples[7]!.labels.map((label) => (label + 1) % 5) });
    for (const [start, teacher, data] of [
      [randomEncoder(42, encoder.config), 5, examples],
      [encoder, 6, examples],
      [encoder, 5, other],
    ] as const)
      await expect(run(start, teacher, data)).rejects.toThrow('belongs to a run with other settings');
  });

  it('refuses a state of another support, pursuit or calibration', async () => {
    const data = datasetOf(examples);
    const stages: CompressedStages = { ...shortStages({ ...schedule, steps: 2 }), pursuit: 'weights' };
    const run = (changes: Partial<CompressedStages>, augment?: Run['augment']): Promise<unknown> =>
      trainCompressed({ data, seed: 3, threads: 1, folder, ...(augment && { augment }) }, encoder, { ...stages, ...changes });
    const first = await run({});
    expect(await run({})).toEqual(first);
    const refused = async (name: string, ...changes: Parameters<typeof run>): Promise<void> =>
      expect(run(...changes)).rejects.toThrow(`${join(folder, `${name}.state`)}: belongs to a run with other settings`);
    await refused('factorized', { pursuit: 'activations' });
    await refused('factorized', {}, (example) => ({ ...example, length: 1 }));
    await refused('quantised', { percentile: 0.7 });
  });

  it('stops on a number that is not finite, naming the step and the tensors, and keeps the last state', async () => {
    const state = join(folder, 'nan.state');
    const network = new Network(new Engine(), encoder);
    let seen = 0;
    const augment = (example: Example): Example => {
      if (++seen === 5 * schedule.batch) {
        const { at, count } = network.parameters.get('layers.1.hiddenIn.weights');
        network.engine.floats(at, count)[3] = NaN;
      }
      return example;
    };
    const diverged = train(network, examples, { schedule, state, augment, saveEverySeconds: 0 });
    await expect(diverged).rejects.toThrow(Diverged);
    await expect(diverged).rejects.toThrow(
      /^step = 4: loss NaN, not a finite number in .*layers\.\d.*; lower the rate or the clip, or check the data$/,
    );
    expect(existsSync(state)).toBe(true);
  });

  it('refuses examples that would read outside the tables, each with its field', async () => {
    const good = examples[0]!;
    const { length } = good;
    const bad: Example[] = [
      { ...good, length: 0 },
      { ...good, ids: good.ids!.map(() => 20) },
      { ...good, labels: good.labels.map(() => 5) },
      good,
    ];
    const run = (list: readonly Example[]): Promise<unknown> => train(new Network(new Engine(), encoder), list, { schedule });
    await expect(run(bad.slice(1))).rejects.toThrow(
      'examples[0].ids: contains 20; the table has rows 0 .. 19\nexamples[1].labels: contains 5; the model has classes 0 .. 4',
    );
    await expect(run(bad)).rejects.toThrow(
      `examples[0].length = 0 tokens: must be 1 .. 16\nexamples[0].ids: has ${length}, must have some for each of 0 tokens\nexamples[0].labels: has ${length}, must have 0`,
    );
    const patches = randomEncoder(1, { input: 'patches', featureCount: 7, vocabulary: 0 });
    const short = { length: 2, features: new Float32Array(13), labels: Int32Array.of(0, 0) };
    expect(() => predict(new Network(new Engine(), patches), [short])).toThrow('examples[0].features: has 13 values, must have 14');
  });

  it('warms up, then falls along a cosine to almost nothing', () => {
    const rates = [0, 3, 4, 12, 23].map((step) => rateAt({ ...schedule, rate: 1 }, step));
    expect(rates[0]).toBeCloseTo(0.25, 6);
    expect(rates[1]).toBeCloseTo(0.9619, 3);
    expect(rates[3]).toBeCloseTo(0.5, 6);
    expect(rates[4]).toBeLessThan(0.01);
  });
});

describe('batches', () => {
  it('show every example once an epoch, in another order each epoch, from the step alone', () => {
    const sampler = new Sampler(examples, 20, 7);
    const epochs = [0, 1].map((epoch) => [0, 1, 2].flatMap((step) => sampler.batch(3 * epoch + step)));
    for (const epoch of epochs) expect(new Set(epoch).size).toBe(60);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(new Sampler(examples, 20, 7).batch(4)).toEqual(epochs[1]!.slice(20, 40));
  });

  it('warp digits as little as asked: not at all, or by whole pixels', () => {
    const { features } = randomExamples(43, { ...encoder.config, input: 'patches', featureCount: 49, maxLength: 1 }, 1)[0]!;
    const digit: Example = {
      length: 16,
      features: Float32Array.from({ length: 784 }, (_, i) => features![i % 49]!),
      labels: Int32Array.of(3),
    };
    const still = warpPatches({ turn: 0, zoom: 0, shear: 0, shift: 0 })(digit, () => 0.25);
    still.features!.forEach((value, i) => expect(value).toBeCloseTo(digit.features![i]!, 6));
    // 2 * 1 - 1 = 1: both shifts are a whole pixel to the lower right.
    const moved = warpPatches({ turn: 0, zoom: 0, shear: 0, shift: 1 })(digit, () => 1);
    expect(moved.features![8]).toBeCloseTo(digit.features![0]!, 6);
    expect(moved.features![0]).toBe(0);
  });
});
