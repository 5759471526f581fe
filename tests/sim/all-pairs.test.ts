import { describe, expect, it } from 'vitest';
import { apart, factors, matrix } from '../support/chip-matrix.js';

describe('the matrix of configurations', () => {
  it('has at least 24 configurations, and every pair of choices that is not held apart in one of them', () => {
    const rows = matrix();
    expect(rows.length).toBeGreaterThanOrEqual(24);
    const names = Object.keys(factors) as (keyof typeof factors)[];
    const missing = names.flatMap((a) =>
      names
        .filter((b) => a < b)
        .flatMap((b) =>
          factors[a].flatMap((x) =>
            factors[b].filter((y) => !rows.some((row) => row[a] === x && row[b] === y)).map((y) => `${a} ${x} with ${b} ${y}`),
          ),
        ),
    );
    expect(missing).toEqual(apart.map(([a, x, b, y]) => (a < b ? `${a} ${x} with ${b} ${y}` : `${b} ${y} with ${a} ${x}`)));
    expect(rows.length).toBeLessThanOrEqual(40);
  });
});
