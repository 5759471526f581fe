import { baselineOf } from '../sim/baseline.js';
import { tokensOf } from '../sim/memory-map.js';
import { summarise } from '../sim/simulate.js';
import { metricOf, predictionsOf, type TaskRun } from '../sim/task-run.js';
import type { UnitResult } from '../sim/unit.js';
import type { Params } from '../params/fields.js';
import type { Image } from '../program/image.js';
import { predictionCards } from './cards.js';
import type { SimulatedModel } from './simulation.js';

export interface SimulatedInputs {
  readonly name: string;
  readonly image: Image;
  readonly requests: readonly Int8Array[];
  /** Where inputs are real: the same ones as requests. */
  readonly run: Pick<TaskRun, 'dataset' | 'examples'> | undefined;
}

const mostCards = 64;

/** What a report says about one model: sums, labels against what the chip has stored, the baseline. */
export function simulatedModel(params: Params, { name, image, requests, run }: SimulatedInputs, units: readonly UnitResult[]): SimulatedModel {
  const predictions = units.flatMap(({ outputs }) => outputs).map((output) => predictionsOf(output, image));
  return {
    name, units, summary: summarise(params, units), baseline: baselineOf(image, tokensOf(image, requests)), divergence: [],
    metric: run === undefined ? undefined : metricOf(run.examples, predictions),
    cards: run === undefined ? [] : predictionCards(run.dataset, run.examples, predictions).slice(0, mostCards),
  };
}
