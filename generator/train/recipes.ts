/** How the models of a task are made: shapes, steps, rates. */
import type { Dataset } from '../data/dataset.js';
import type { AugmentName, TaskDescription } from '../data/description.js';
import { usualPercentile } from '../compress/calibrate.js';
import type { ModelConfig } from '../model/config.js';
import { warpPatches } from './augment.js';
import { changed, type Recipe } from './config-file.js';
import { hideWords } from './hide-words.js';
import type { Augment } from './sampling.js';
import type { CompressedStages } from './stages.js';
import { defaultPreset, presetParams } from '../params/presets.js';
import { defaultSchedule, type Schedule } from './trainer.js';

/** Banks of the default preset. */
const { columns: banks } = presetParams(defaultPreset).array;

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
    pursuit: 'activations',
    calibrationInputs: 256,
    percentile: usualPercentile,
  };
}

/** What every task is trained by unless its description says something else. */
const usualRecipe: Recipe = { dense: { ...defaultSchedule, steps: 2000 }, compressed: compressedStages(8, 64, [1000, 200, 600]) };

/** The task's own recipe. */
export function recipeOf({ recipe }: Pick<TaskDescription, 'recipe'>): Recipe {
  return changed(usualRecipe, { ...recipe, seed: 1 });
}

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

const augments: Readonly<Record<AugmentName, (data: Dataset) => Augment>> = { warpPatches: () => warpPatches(), hideRareIds: hideWords };

export function augmentOf({ augment }: Pick<TaskDescription, 'augment'>, data: Dataset): Augment | undefined {
  return augment === undefined ? undefined : augments[augment](data);
}
