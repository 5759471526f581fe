/** What a step of training does with a batch: with labels, or without. */
import type { Example } from '../data/dataset.js';
import { scoredLabels } from './batch.js';
import { agreementOf, imitate, tokensOf } from './imitate.js';
import type { Network } from './network.js';
import { accuracyOf, learn, type Distillation, type Outcome } from './step.js';
import type { Noise } from './tape.js';

/** What the loss of a batch is a mean over. */
export function countOf(examples: readonly Example[], distillation: Distillation | undefined): number {
  return distillation?.imitate === true ? tokensOf(examples) : scoredLabels(examples);
}

/** Adds the gradient of loss / `count` to the network's; both networks are prepared. */
export function pass(network: Network, examples: readonly Example[], count: number, distillation?: Distillation, noise?: Noise): Outcome {
  return distillation?.imitate === true
    ? imitate(network, distillation.teacher, examples, count, noise)
    : learn(network, examples, count, distillation, noise);
}

/** Percent of right labels, or the mean cosine to the teacher. */
export function goodnessOf(network: Network, examples: readonly Example[], distillation: Distillation | undefined): number {
  return distillation?.imitate === true ? agreementOf(network, distillation.teacher, examples) : accuracyOf(network, examples);
}

export function goodnessText(value: number, imitates: boolean): string {
  return imitates ? `cosine ${value.toFixed(4)}` : `${value.toFixed(2)} %`;
}
