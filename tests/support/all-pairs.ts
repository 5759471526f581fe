import { between, randomFrom, type Random } from './random-model.js';

export type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Choice<F extends Factors> = { readonly [N in keyof F]: F[N][number] };

type Row = readonly number[];

const pairKey = (a: number, x: number, b: number, y: number): string => (a < b ? `${a}.${x}/${b}.${y}` : `${b}.${y}/${a}.${x}`);

function pairsOf(row: Row): string[] {
  return row.flatMap((x, a) => row.slice(a + 1).map((y, i) => pairKey(a, x, a + 1 + i, y)));
}

/** One row, factor after factor in random order, each with the value that brings most pairs that are still missing. */
function candidate(counts: readonly number[], missing: ReadonlySet<string>, never: ReadonlySet<string>, random: Random): Row {
  const order = counts
    .map((_, factor) => ({ factor, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ factor }) => factor);
  const row = counts.map(() => -1);
  for (const factor of order) {
    let best = -1;
    const start = between(random, 0, counts[factor]! - 1);
    for (let i = 0; i < counts[factor]!; i++) {
      const value = (start + i) % counts[factor]!;
      const pairs = row.flatMap((other, at) => (other >= 0 ? [pairKey(factor, value, at, other)] : []));
      if (pairs.some((pair) => never.has(pair))) continue;
      const gain = pairs.filter((pair) => missing.has(pair)).length;
      if (gain > best) {
        best = gain;
        row[factor] = value;
      }
    }
  }
  return row;
}

const tries = 20;

/** Two values that never meet: [factor, value, factor, value]. */
export type Apart<F extends Factors> = readonly [keyof F & string, unknown, keyof F & string, unknown];

/** Choices in which every value of every factor meets every value of every other, but for those held apart; at least `least` of them. */
export function allPairs<F extends Factors>(factors: F, seed: number, least = 0, apart: readonly Apart<F>[] = []): Choice<F>[] {
  const random = randomFrom(seed);
  const names = Object.keys(factors);
  const counts = names.map((name) => factors[name]!.length);
  const missing = new Set<string>();
  counts.forEach((many, a) =>
    counts.slice(a + 1).forEach((others, i) => {
      for (let x = 0; x < many; x++) for (let y = 0; y < others; y++) missing.add(pairKey(a, x, a + 1 + i, y));
    }),
  );
  const never = new Set(
    apart.map(([a, x, b, y]) => pairKey(names.indexOf(a), factors[a]!.indexOf(x), names.indexOf(b), factors[b]!.indexOf(y))),
  );
  for (const pair of never) missing.delete(pair);
  const rows: Row[] = [];
  while (missing.size > 0 || rows.length < least) {
    const found = Array.from({ length: tries }, () => candidate(counts, missing, never, random));
    const gain = (row: Row): number => pairsOf(row).filter((pair) => missing.has(pair)).length;
    const best = found.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const pair of pairsOf(best)) missing.delete(pair);
    rows.push(best);
  }
  return rows.map((row) => Object.fromEntries(names.map((name, factor) => [name, factors[name]![row[factor]!]])) as Choice<F>);
}
