/** Which points no other one beats, and in which order points deserve a closer look. */
import { cost, scaledCost, type ObjectiveName, type Objectives } from './objectives.js';

/** Rows of costs, smaller is better. */
type Costs = readonly (readonly number[])[];

/** Whether one row is at least as good everywhere: of two equal rows the first beats the other, so that a front holds one of them. */
function beats(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i]! > b[i]!) return false;
  return true;
}

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return 0;
};

/** Rows that no other one beats, of those with these numbers in the order of their costs. */
function frontOf(costs: Costs, sorted: readonly number[]): number[] {
  const front: number[] = [];
  // What comes first in this order is never beaten by what follows.
  for (const row of sorted) if (!front.some((other) => beats(costs[other]!, costs[row]!))) front.push(row);
  return front;
}

/** Room to both neighbours along every axis, as factors; the ends have all the room (Deb et al., NSGA-II, 2002). */
function crowding(costs: Costs, front: readonly number[]): Map<number, number> {
  const room = new Map(front.map((row) => [row, 0]));
  const axes = costs[front[0]!]?.length ?? 0;
  for (let axis = 0; axis < axes; axis++) {
    const order = [...front].sort((a, b) => costs[a]![axis]! - costs[b]![axis]! || a - b);
    const [low, high] = [costs[order[0]!]![axis]!, costs[order.at(-1)!]![axis]!];
    if (!(high > low) || !Number.isFinite(high - low)) continue;
    order.forEach((row, i) => {
      const width =
        i === 0 || i === order.length - 1 ? Infinity : (costs[order[i + 1]!]![axis]! - costs[order[i - 1]!]![axis]!) / (high - low);
      room.set(row, room.get(row)! + width);
    });
  }
  return room;
}

/** Numbers of the `count` best rows: front after front, within one the loneliest first, ties in the given order. */
export function bestFirst(values: readonly Objectives[], by: readonly ObjectiveName[], count = values.length): number[] {
  const costs = values.map((one) => by.map((name) => scaledCost(name, one)));
  let left = costs.map((_, i) => i).sort((a, b) => compare(costs[a]!, costs[b]!) || a - b);
  const best: number[] = [];
  while (best.length < count && left.length > 0) {
    const front = frontOf(costs, left);
    const room = crowding(costs, front);
    for (const row of front.sort((a, b) => compare([-room.get(a)!], [-room.get(b)!]) || a - b)) best.push(row);
    const taken = new Set(front);
    left = left.filter((row) => !taken.has(row));
  }
  return best.slice(0, count);
}

/** Numbers of the rows that no other one beats, of equal rows the first. */
export function paretoFront(values: readonly Objectives[], by: readonly ObjectiveName[]): number[] {
  const costs = values.map((one) => by.map((name) => cost(name, one)));
  const sorted = costs.map((_, i) => i).sort((a, b) => compare(costs[a]!, costs[b]!) || a - b);
  return frontOf(costs, sorted).sort((a, b) => a - b);
}
