import { baselineBytes } from '../program/traffic.js';
import { summarise } from '../sim/simulate.js';
import { metricOf, predictionsOf } from '../subject/predictions.js';
import type { UnitResult } from '../sim/unit.js';
import type { Subject } from '../subject/subject.js';
import { predictionCards } from './cards.js';
import type { SimulatedModel } from './simulation.js';

const mostCards = 64;

/** What a report says about one model: sums, labels against what the chip has stored, the baseline. */
export function simulatedModel({ name, params, image, lengths, examples, dataset }: Subject, units: readonly UnitResult[]): SimulatedModel {
  const predictions = units.flatMap(({ outputs }) => outputs).map((output) => predictionsOf(output, image));
  const metric = examples === undefined ? undefined : metricOf(examples, predictions, dataset);
  return {
    name,
    units,
    summary: summarise(params, units),
    baseline: baselineBytes(image.model, lengths),
    divergence: [],
    metric,
    cards: dataset === undefined || examples === undefined ? [] : predictionCards(dataset, examples, predictions).slice(0, mostCards),
  };
}
