/** How the committed models of each task are made: shapes, steps, rates. Chosen on validation. */
import type { Dataset, TaskName } from '../data/dataset.js';
import type { ModelConfig } from '../model/config.js';
import { warpPatches } from './augment.js';
import type { Augment } from './sampling.js';
import { defaultSchedule, type Schedule } from './trainer.js';

export interface Recipe {
  readonly dense: Schedule;
}

export const recipes: Readonly<Record<TaskName, Recipe>> = {
  mnist: { dense: { ...defaultSchedule, steps: 4000, batch: 64, rate: 1.5e-3, decay: 0.05 } },
  g2p: { dense: { ...defaultSchedule, steps: 5000, batch: 160, rate: 2e-3, decay: 0.02 } },
  brown: { dense: { ...defaultSchedule, steps: 3600, batch: 64, rate: 1.5e-3, decay: 0.05 } },
};

/** The shape of every task's encoder: the largest that the `small` preset takes. */
export function configOf(data: Dataset): ModelConfig {
  return {
    input: data.featureCount > 0 ? 'patches' : 'ids', vocabulary: data.vocabulary, featureCount: data.featureCount, width: 128, layers: 4,
    heads: 4, hidden: 512, maxLength: data.maxLength, classes: data.labelNames.length, head: data.head, norm: 'pre', activation: 'gelu',
    causal: false,
  };
}

/** Only digits are few enough to need it. */
export function augmentOf(task: TaskName): Augment | undefined {
  return task === 'mnist' ? warpPatches() : undefined;
}
