/** New points for a generation, none of them proposed before. */
import type { Drawable, Point } from '../space.js';
import { keptIn, pointAt } from '../space.js';
import { child, latinHypercube, randomChoice, type Choice, type Random } from './choices.js';

const triesPerPoint = 200;

export class Proposer {
  private readonly seen = new Set<string>();
  /** Choices of every point that was proposed, in order. */
  readonly choices: Choice[] = [];
  excluded = 0;

  constructor(
    private readonly space: Drawable,
    private readonly random: Random,
  ) {}

  /** `make` is asked again for what was there before or what a constraint keeps out; fewer points when little is left. */
  private collect(count: number, make: (tries: number) => Choice): Point[] {
    const points: Point[] = [];
    for (let tries = 0; points.length < count && tries < triesPerPoint * count; tries++) {
      const choice = make(tries);
      const name = choice.join();
      if (this.seen.has(name)) continue;
      this.seen.add(name);
      const point = pointAt(this.space, choice);
      if (!keptIn(this.space, point)) {
        this.excluded++;
        continue;
      }
      this.choices.push(choice);
      points.push(point);
    }
    return points;
  }

  anywhere(count: number): Point[] {
    return this.collect(count, () => randomChoice(this.space.axes, this.random));
  }

  latin(count: number): Point[] {
    let left = latinHypercube(this.space.axes, count, this.random);
    return this.collect(count, () => {
      // What constraints keep out is drawn again, from a new hypercube.
      if (left.length === 0) left = latinHypercube(this.space.axes, count, this.random);
      return left.pop()!;
    });
  }

  /** Children of points in the order of their rank: of two drawn at random the better one is a parent. */
  children(count: number, ranked: readonly number[]): Point[] {
    if (ranked.length === 0) return this.anywhere(count);
    const parent = (): Choice => {
      const [a, b] = [this.random(), this.random()];
      return this.choices[ranked[Math.floor(Math.min(a, b) * ranked.length)]!]!;
    };
    // The more of the neighbourhood is known, the further children go.
    return this.collect(count, (tries) =>
      tries > (triesPerPoint * count) / 2
        ? randomChoice(this.space.axes, this.random)
        : child(this.space.axes, parent(), parent(), this.random, 1 + Math.floor(tries / count) / 4),
    );
  }
}
