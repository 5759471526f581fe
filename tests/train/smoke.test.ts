import { describe, expect, it } from 'vitest';
import { integerScore } from '../../generator/compress/evaluate.js';
import { pack } from '../../generator/compress/pack.js';
import { chooseScales } from '../../generator/compress/scales.js';
import type { Dataset } from '../../generator/data/dataset.js';
import { loadTask, taskOf } from '../../generator/data/load.js';
import { Network } from '../../generator/train/network.js';
import { configOf, recipeOf } from '../../generator/train/recipes.js';
import { spread, trainCompressed, trainDense, trainFromScratch, type CompressedStages, type Run } from '../../generator/train/stages.js';
import { accuracyOf } from '../../generator/train/step.js';
import { defaultSchedule, type Schedule } from '../../generator/train/trainer.js';
import { Engine } from '../../generator/train/wasm.js';

const banks = 4;
const schedule = (steps: number, rate: number): Schedule => ({ ...defaultSchedule, steps, rate, batch: 64, warmup: 20 });
const stages: CompressedStages = {
  ...recipeOf(taskOf('g2p')).compressed,
  factor: { rank: 48, k: 8, banks, seed: 1, iterations: 4 },
  factorized: schedule(150, 3e-3),
  coded: schedule(40, 1e-3),
  quantised: schedule(80, 1e-3),
  calibrationInputs: 64,
};

describe('a tiny training on real words', () => {
  const whole = loadTask('g2p');
  const data: Dataset = { ...whole, splits: { ...whole.splits, validation: spread(whole.splits.validation, 400) } };
  const { validation } = data.splits;
  const run: Run = { data, seed: 1 };
  const config = { ...configOf(data), width: 32, layers: 2, heads: 4, hidden: 64 };
  const counts = new Map<number, number>();
  for (const { labels } of validation) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  /** Percent of the most frequent label: what one gets for nothing. */
  const chance = (100 * Math.max(...counts.values())) / [...counts.values()].reduce((sum, count) => sum + count, 0);

  it('learns, and the integer model follows the dense one', async () => {
    const dense = await trainDense(run, config, schedule(350, 4e-3));
    const denseAccuracy = accuracyOf(new Network(new Engine(), dense), validation);
    expect(chance).toBeLessThan(25);
    expect(denseAccuracy).toBeGreaterThan(chance + 45);
    const { encoder, ranges } = await trainCompressed(run, dense, stages);
    const { accuracy } = integerScore(encoder, pack(encoder, chooseScales(encoder, ranges), { banks }), validation);
    expect(accuracy).toBeGreaterThan(denseAccuracy - 5);
  });

  it('learns from scratch on a random support', async () => {
    const { encoder, ranges } = await trainFromScratch(run, config, { ...stages, factorized: schedule(350, 4e-3) });
    const { accuracy } = integerScore(encoder, pack(encoder, chooseScales(encoder, ranges), { banks }), validation);
    expect(accuracy).toBeGreaterThan(chance + 40);
  });
});
