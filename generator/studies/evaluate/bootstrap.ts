/** How sure the difference of two models on the same inputs is: bootstrap over inputs, both models on the same draw. */
import { randomFrom } from '../../util/random.js';
import { scoreOf, type Tally } from '../../subject/tally.js';

export interface Difference {
  /** Accuracy of the first minus that of the second, in points. */
  readonly points: number;
  /** 95 % of the draws lie between. */
  readonly low: number;
  readonly high: number;
}

const draws = 2000;

/** The same answer for the same seed. Both tallies are of the same examples. */
export function pairedDifference(first: Tally, second: Tally, seed: number): Difference {
  const count = first.labels.length;
  const random = randomFrom(seed);
  const points = Float64Array.from({ length: draws }, () => {
    let difference = 0;
    let labels = 0;
    for (let i = 0; i < count; i++) {
      const at = Math.floor(random() * count);
      difference += first.right[at]! - second.right[at]!;
      labels += first.labels[at]!;
    }
    return labels === 0 ? 0 : (100 * difference) / labels;
  }).sort();
  return {
    points: scoreOf(first).accuracy - scoreOf(second).accuracy,
    low: points[Math.floor(0.025 * draws)]!,
    high: points[Math.ceil(0.975 * draws) - 1]!,
  };
}
