import { baselineBytes } from '../program/traffic.js';
import { summarise } from '../sim/simulate.js';
import { classesOf, metricOf } from '../subject/predictions.js';
import type { UnitResult } from '../sim/unit.js';
import type { Subject } from '../subject/subject.js';
import { readOutputs } from '../subject/read-texts.js';
import { similaritiesOf } from '../subject/similarities.js';
import type { Card } from './document.js';
import { predictionCards, textCards } from './cards.js';
import type { SimulatedModel } from './simulation.js';

const mostCards = 64;

/** What a report says about one model: sums, labels against what the chip has stored, the baseline. */
export function simulatedModel(subject: Subject, units: readonly UnitResult[]): SimulatedModel {
  const { name, params, image, lengths, examples, dataset } = subject;
  const outputs = units.flatMap((unit) => unit.outputs);
  const predictions = outputs.map((output) => classesOf(subject, output));
  const metric = examples === undefined ? undefined : metricOf(examples, predictions, dataset);
  const texts = readOutputs(subject, outputs);
  const similarities = similaritiesOf(subject, outputs);
  const cards = (): Card[] => {
    if (dataset === undefined || examples === undefined || similarities !== undefined) return [];
    return texts === undefined
      ? predictionCards(dataset, examples.slice(0, mostCards), predictions)
      : textCards(dataset, examples, texts.slice(0, mostCards));
  };
  return {
    name,
    form: image.model.matrices.length === 0 ? 'dense int8' : 'factorized',
    units,
    summary: summarise(params, units),
    baseline: baselineBytes(image.model, lengths),
    divergence: [],
    metric,
    texts,
    similarities,
    cards: cards(),
  };
}
