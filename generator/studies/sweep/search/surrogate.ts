/**
 * What a simulation would say, guessed from the analytic model: its values times the ratios that were seen at points nearby.
 *
 *   value = analytic * sum_i(w_i * simulated_i / analytic_i) / sum_i(w_i),   w_i = 1 / (d_i + 1/4)^2
 *
 * over the simulated points i of the same scene; d_i counts the axes in which the point differs.
 */
import { objectiveNames, type Objectives } from '../objectives.js';
import type { Choice } from './choices.js';

export interface Sample {
  readonly scene: string;
  readonly choice: Choice;
  readonly analytic: Objectives;
  readonly simulated: Objectives;
}

function distance(a: Choice, b: Choice): number {
  return a.reduce((sum, value, axis) => sum + (value === b[axis] ? 0 : 1), 0);
}

export function corrected(scene: string, choice: Choice, analytic: Objectives, samples: readonly Sample[]): Objectives {
  const near = samples
    .filter((sample) => sample.scene === scene)
    .map((sample) => ({ sample, weight: 1 / (distance(choice, sample.choice) + 0.25) ** 2 }));
  return Object.fromEntries(
    objectiveNames.flatMap((name) => {
      const value = analytic[name];
      if (value === undefined) return [];
      let [weights, sum] = [0, 0];
      for (const { sample, weight } of near) {
        const [simulated, predicted] = [sample.simulated[name], sample.analytic[name]];
        if (simulated === undefined || predicted === undefined || predicted === 0) continue;
        weights += weight;
        sum += (weight * simulated) / predicted;
      }
      return [[name, weights === 0 ? value : (value * sum) / weights]];
    }),
  );
}
