/** Which examples a step sees: a function of the seed and the step alone, so that a resumed run sees the same. */
import { randomFrom, type Random } from '../util/random.js';
import type { Example } from '../data/dataset.js';

export type Augment = (example: Example, random: Random) => Example;

/** Every epoch is a new permutation; a rest smaller than a batch is dropped. */
export class Sampler {
  private readonly order: Int32Array;
  private epoch = -1;

  constructor(
    private readonly examples: readonly Example[],
    private readonly size: number,
    private readonly seed: number,
    private readonly augment?: Augment,
  ) {
    this.order = Int32Array.from(examples, (_, i) => i);
  }

  /** The batch of step 0, 1, ... */
  batch(step: number): Example[] {
    const size = Math.min(this.size, this.examples.length);
    const perEpoch = Math.floor(this.examples.length / size);
    this.shuffle(Math.floor(step / perEpoch));
    const first = (step % perEpoch) * size;
    return Array.from(this.order.subarray(first, first + size), (index, i) => {
      const example = this.examples[index]!;
      return this.augment === undefined ? example : this.augment(example, randomFrom(mix(this.seed, step, i + 1)));
    });
  }

  private shuffle(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    const random = randomFrom(mix(this.seed, epoch, 0));
    const { order } = this;
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const other = Math.floor(random() * (i + 1));
      [order[i], order[other]] = [order[other]!, order[i]!];
    }
  }
}

/** One seed from three numbers. */
export function mix(a: number, b: number, c: number): number {
  let x = 0x9e3779b9;
  for (const part of [a, b, c]) {
    x = Math.imul(x ^ part, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
  }
  return x >>> 0;
}
