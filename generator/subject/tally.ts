/** What models say of examples: the float encoder, and the integers from an image. */
import { embed } from '../compress/embed.js';
import type { Score } from '../compress/evaluate.js';
import type { Example } from '../data/dataset.js';
import { predictions } from '../golden/load-store.js';
import { runGolden } from '../golden/run-program.js';
import type { Encoder } from '../model/encoder.js';
import { storeOf } from '../operations/store/fields.js';
import type { PackedModel } from '../program/operation.js';
import { Network } from '../train/network.js';
import { predict } from '../train/step.js';
import { Engine } from '../train/wasm.js';
import { exactProducts } from './exact-products.js';
import { accuracyMeasure, rowClasses, scoreOf, tallyOf, type Answers, type Tally } from './metrics.js';

/** The float encoder on the training engine, an order of magnitude faster than generator/compress/forward.ts. */
export function floatAnswers(encoder: Encoder, examples: readonly Example[]): Answers {
  const outputs = predict(new Network(new Engine(), encoder), examples);
  const { classes } = encoder.config;
  return { outputs, classes: outputs.map((values) => rowClasses(values, values.length / classes)) };
}

/** Requests a call: weights are decoded once for all of them, outputs are kept for all of them. */
const chunk = 512;

/** The integer model; `encoder` only embeds, as the host does. */
export function goldenAnswers(
  model: PackedModel,
  encoder: Encoder,
  examples: readonly Example[],
  onExamples?: (done: number) => void,
): Answers {
  const store = storeOf(model);
  const outputs: Int8Array[] = [];
  for (let i = 0; i < examples.length; i += chunk) {
    const requests = examples.slice(i, i + chunk).map((example) => embed(encoder, example, model));
    outputs.push(...runGolden(model, requests, { denseProducts: exactProducts() }).outputs);
    onExamples?.(Math.min(examples.length, i + chunk));
  }
  return {
    classes: outputs.map((output) => predictions(store, output)),
    outputs: store.best === true ? undefined : outputs,
    step: model.outputScale,
  };
}

/** Right labels of the float encoder. */
export function floatTally(encoder: Encoder, examples: readonly Example[]): Tally {
  return tallyOf(accuracyMeasure, examples, floatAnswers(encoder, examples));
}

/** Right labels of the integer model. */
export function goldenTally(
  model: PackedModel,
  encoder: Encoder,
  examples: readonly Example[],
  onExamples?: (done: number) => void,
): Tally {
  return tallyOf(accuracyMeasure, examples, goldenAnswers(model, encoder, examples, onExamples));
}

export function scoreFloats(encoder: Encoder, examples: readonly Example[]): Score {
  return scoreOf(floatTally(encoder, examples));
}
