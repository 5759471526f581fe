/** How the committed models of each task are made: shapes, steps, rates. Chosen on validation. */
import type { Dataset, TaskName } from '../data/dataset.js';
import type { ModelConfig } from '../model/config.js';
import { warpPatches } from './augment.js';
import { hideWords } from './hide-words.js';
import type { Augment } from './sampling.js';
import type { CompressedStages } from './stages.js';
import { presetParams } from '../params/presets.js';
import { defaultSchedule, type Schedule } from './trainer.js';

export interface Recipe {
  readonly dense: Schedule;
  readonly compressed: CompressedStages;
}

/** Banks of the `small` preset. */
const { columns: banks } = presetParams('small').array;

function compressedStages(
  k: number,
  batch: number,
  steps: readonly [factorized: number, coded: number, quantised: number],
  seed = 1,
): CompressedStages {
  const schedule: Schedule = { ...defaultSchedule, batch, warmup: 50, decay: 0, seed };
  return {
    factor: { rank: 128, k, banks, seed },
    factorized: { ...schedule, steps: steps[0], rate: 1.5e-3 },
    coded: { ...schedule, steps: steps[1], rate: 7e-4 },
    quantised: { ...schedule, steps: steps[2], rate: 7e-4 },
    teacherShare: { alpha: 0.5, temperature: 2 },
    calibrationInputs: 256,
    percentile: 0.9998,
  };
}

export const recipes: Readonly<Record<TaskName, Recipe>> = {
  mnist: {
    dense: { ...defaultSchedule, steps: 4000, batch: 64, rate: 1.5e-3, decay: 0.05 },
    compressed: compressedStages(4, 64, [1500, 300, 1000]),
  },
  g2p: {
    dense: { ...defaultSchedule, steps: 5000, batch: 160, rate: 2e-3, decay: 0.02 },
    compressed: compressedStages(8, 160, [2000, 300, 1200]),
  },
  brown: {
    dense: { ...defaultSchedule, steps: 5400, batch: 64, rate: 1.5e-3, decay: 0.05, dropout: 0.2 },
    compressed: compressedStages(4, 64, [1000, 200, 700]),
  },
};

/** The shape of every task's encoder: the largest that the `small` preset takes. */
export function configOf(data: Dataset): ModelConfig {
  return {
    input: data.featureCount > 0 ? 'patches' : 'ids',
    vocabulary: data.vocabulary,
    featureCount: data.featureCount,
    width: 128,
    layers: 4,
    heads: 4,
    hidden: 512,
    maxLength: data.maxLength,
    classes: data.labelNames.length,
    head: data.head,
    norm: 'pre',
    activation: 'gelu',
    causal: false,
  };
}

/** Digits are few, and words that the test split alone has are many; letters need nothing. */
export function augmentOf(data: Dataset): Augment | undefined {
  if (data.task === 'mnist') return warpPatches();
  return data.task === 'brown' ? hideWords(data) : undefined;
}
