/** How sure the difference of two models on the same inputs is: bootstrap over inputs, both models on the same draw. */
import type { MetricName } from '../../data/dataset.js';
import { lossOf, lossOnDraw, valueOf, type Tally } from '../../subject/metrics.js';
import { randomFrom } from '../../util/random.js';

export interface Difference {
  /** How much better the first is than the second: in points, or as a part of 1 where the metric is one. */
  readonly points: number;
  /** 95 % of the draws lie between. */
  readonly low: number;
  readonly high: number;
}

const draws = 2000;

/** The same answer for the same seed. Both tallies are of the same examples. */
export function pairedDifference(first: Tally, second: Tally, seed: number, metric: MetricName = 'accuracy'): Difference {
  const count = first.labels.length;
  const random = randomFrom(seed);
  const draw = new Int32Array(count);
  const points = Float64Array.from({ length: draws }, () => {
    for (let i = 0; i < count; i++) draw[i] = Math.floor(random() * count);
    return lossOnDraw(metric, first, second, draw);
  }).sort();
  return {
    points: lossOf(metric, valueOf(metric, first), valueOf(metric, second)),
    low: points[Math.floor(0.025 * draws)]!,
    high: points[Math.ceil(0.975 * draws) - 1]!,
  };
}
