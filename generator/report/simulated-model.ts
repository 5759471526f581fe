import { baselineBytes } from '../program/traffic.js';
import { tokensOf } from '../host/memory-map.js';
import { summarise } from '../sim/simulate.js';
import { metricOf, predictionsOf } from '../subject/task-run.js';
import type { UnitResult } from '../sim/unit.js';
import type { Dataset, Example } from '../data/dataset.js';
import type { Params } from '../params/fields.js';
import type { Image } from '../program/image.js';
import { predictionCards } from './cards.js';
import type { SimulatedModel } from './simulation.js';

export interface SimulatedInputs {
  readonly name: string;
  readonly image: Image;
  readonly requests: readonly Int8Array[];
  /** Where labels may be known: one per request. */
  readonly examples: readonly Example[] | undefined;
  /** Where the inputs are a task's own. */
  readonly dataset: Dataset | undefined;
}

const mostCards = 64;

/** What a report says about one model: sums, labels against what the chip has stored, the baseline. */
export function simulatedModel(
  params: Params,
  { name, image, requests, examples, dataset }: SimulatedInputs,
  units: readonly UnitResult[],
): SimulatedModel {
  const predictions = units.flatMap(({ outputs }) => outputs).map((output) => predictionsOf(output, image));
  const metric = examples === undefined ? undefined : metricOf(examples, predictions);
  return {
    name,
    units,
    summary: summarise(params, units),
    baseline: baselineBytes(image.model, tokensOf(image, requests)),
    divergence: [],
    metric: metric === undefined || metric.labels === 0 ? undefined : metric,
    cards: dataset === undefined || examples === undefined ? [] : predictionCards(dataset, examples, predictions).slice(0, mostCards),
  };
}
