/** Points of a space that nobody has proposed yet, by the numbers of their values on every axis. */
import type { Axis } from '../axes.js';
import { fieldOf } from '../fields.js';

export type Choice = readonly number[];
export type Random = () => number;

const below = (random: Random, count: number): number => Math.min(count - 1, Math.floor(random() * count));

/** Copies a list in a random order (Fisher and Yates). */
function shuffled<T>(list: readonly T[], random: Random): T[] {
  const order = [...list];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export function randomChoice(axes: readonly Axis[], random: Random): Choice {
  return axes.map(({ values }) => below(random, values.length));
}

/**
 * Latin hypercube: every axis is cut into `count` equal parts, each of which gets one point, the parts of the axes paired at
 * random (McKay et al., 1979). An axis with fewer values has each of them equally often, but for one.
 */
export function latinHypercube(axes: readonly Axis[], count: number, random: Random): Choice[] {
  const columns = axes.map(({ values }) =>
    shuffled(
      Array.from({ length: count }, (_, part) => Math.floor(((part + random()) / count) * values.length)),
      random,
    ),
  );
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]!));
}

/** Child of two parents: each axis of one or the other; then one axis on average moves, a number mostly to a neighbour. */
export function child(axes: readonly Axis[], a: Choice, b: Choice, random: Random, strength: number): Choice {
  return axes.map(({ key, values }, axis) => {
    const inherited = random() < 0.5 ? a[axis]! : b[axis]!;
    if (values.length === 1 || random() >= strength / axes.length) return inherited;
    const field = fieldOf(key);
    if (field !== undefined && !('choices' in field) && random() < 0.7) {
      const moved = inherited + (random() < 0.5 ? -1 : 1);
      if (moved >= 0 && moved < values.length) return moved;
    }
    return below(random, values.length);
  });
}
