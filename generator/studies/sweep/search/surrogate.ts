/**
 * What a simulation would say, guessed from the analytic model: its values times the ratios that were seen at points nearby.
 *
 *   value = analytic * sum_i(w_i * simulated_i / analytic_i) / sum_i(w_i),   w_i = 1 / (d_i + 1/4)^2
 *
 * over the simulated points i of the same scene; d_i counts the axes in which the point differs. The accuracy is that of the
 * model, whatever hardware runs it: where one point of a model was simulated, all points of that model have its accuracy.
 */
import { objectiveNames, type Objectives } from '../objectives.js';
import type { Choice } from './choices.js';

export interface Predicted {
  readonly scene: string;
  /** Name of the model with its inputs, which points share. */
  readonly subject: string;
  readonly choice: Choice;
  readonly analytic: Objectives;
}

export interface Sample extends Predicted {
  readonly simulated: Objectives;
}

function distance(a: Choice, b: Choice): number {
  return a.reduce((sum, value, axis) => sum + (value === b[axis] ? 0 : 1), 0);
}

/** Accuracy that was found for the same model; undefined when none was. */
export function accuracyOfModel({ scene, subject }: Predicted, samples: readonly Sample[]): number | undefined {
  return samples.find((sample) => sample.scene === scene && sample.subject === subject)?.simulated.accuracy;
}

export function corrected(predicted: Predicted, samples: readonly Sample[]): Objectives {
  const { scene, choice, analytic } = predicted;
  const accuracy = accuracyOfModel(predicted, samples);
  const near = samples
    .filter((sample) => sample.scene === scene)
    .map((sample) => ({ sample, weight: 1 / (distance(choice, sample.choice) + 0.25) ** 2 }));
  return Object.fromEntries(
    objectiveNames.flatMap((name) => {
      const value = analytic[name];
      if (value === undefined) return [];
      if (name === 'accuracy' && accuracy !== undefined) return [[name, accuracy]];
      let [weights, sum] = [0, 0];
      for (const { sample, weight } of near) {
        const [simulated, predicted] = [sample.simulated[name], sample.analytic[name]];
        if (simulated === undefined || predicted === undefined || predicted === 0) continue;
        weights += weight;
        sum += (weight * simulated) / predicted;
      }
      // Where the model is exact the quotient is 1, and the value stays as it is to the last bit.
      return [[name, weights === 0 ? value : value * (sum / weights)]];
    }),
  );
}
