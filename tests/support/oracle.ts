/** The equations of docs/numerics.md once more, in BigInt, as plainly as they are written there. */
import type { NormKind } from '../../generator/contract/codes.js';
import { expTable, recipTable, rsqrtTable } from '../../generator/contract/tables.js';

export const sat = (v: bigint, n: number): bigint => {
  const top = (1n << BigInt(n - 1)) - 1n;
  return v > top ? top : v < -top - 1n ? -top - 1n : v;
};
export const rq = (v: bigint, m: number, s: number): bigint => (v * BigInt(m) + (1n << BigInt(s - 1))) >> BigInt(s);
export const big = (value: number | undefined): bigint => BigInt(value ?? 0);
export const bitLengthOf = (v: bigint): number => (v === 0n ? 0 : v.toString(2).length);
export const shiftLeft = (v: bigint, by: number): bigint => (by >= 0 ? v << BigInt(by) : v >> BigInt(-by));

/** Eq. 11-15 for one token, activations of `bits` bits; `written` is R with write-back. */
/** Eq. 11-15 of one row. */
export function layerNormRow(
  R: readonly number[],
  gamma: Int8Array,
  beta: Int8Array,
  biasShift: number,
  s: number,
  s2: number,
  bits: number,
  kind: NormKind = 'layer',
  epsilon = 0n,
) {
  const d = BigInt(R.length);
  const S1 = kind === 'layer' ? R.reduce((sum, r) => sum + big(r), 0n) : 0n;
  const S2 = R.reduce((sum, r) => sum + big(r) * big(r), 0n);
  const variance = d * S2 - S1 * S1 + epsilon;
  const h = Math.ceil(bitLengthOf(variance) / 2);
  const g = variance === 0n ? 0n : big(rsqrtTable[Number(shiftLeft(variance, 9 - 2 * h))]);
  const a = R.map((r, f) => {
    const z = kind === 'plain' ? big(r) : variance === 0n ? 0n : sat(((d * big(r) - S1) * g + (1n << BigInt(h))) >> BigInt(h + 1), 16);
    return z * big(gamma[f]) + (big(beta[f]) << BigInt(biasShift));
  });
  return { x: a.map((v) => Number(sat(rq(v, 1, s), bits))), written: a.map((v) => Number(sat(rq(v, 1, s2), 16))) };
}

export interface Head {
  readonly Q: readonly number[][];
  readonly K: readonly number[][];
  readonly V: readonly number[][];
}

/** Eq. 16-20, rows of one head. */
export function attendRows(
  { Q, K, V }: Head,
  score: { m: number; s: number },
  s: number,
  causal: boolean,
  uniform: boolean,
  bits: number,
): number[][] {
  return V.map((_, t) => {
    const valid = V.map((__, u) => !causal || u <= t);
    const scores = V.map((__, u) =>
      sat(
        rq(
          (Q[t] ?? []).reduce((sum, q, f) => sum + big(q) * big(K[u]?.[f]), 0n),
          score.m,
          score.s,
        ),
        12,
      ),
    );
    const top = scores.filter((__, u) => valid[u]).reduce((a, b) => (a > b ? a : b));
    const p = scores.map((value, u) => {
      if (valid[u] !== true) return 0n;
      if (uniform) return 1n;
      const D = top - value;
      const n = D >> 5n;
      return n >= 8n ? 0n : (big(expTable[Number(D & 31n)]) + (1n << (7n + n))) >> (8n + n);
    });
    const sum = p.reduce((a, b) => a + b, 0n);
    const b = bitLengthOf(sum);
    const r = recipTable[Number(shiftLeft(sum, 9 - b)) - 256] ?? 0;
    return (V[0] ?? []).map((__, f) =>
      Number(
        sat(
          rq(
            p.reduce((acc, w, u) => acc + w * big(V[u]?.[f]), 0n),
            r,
            b + s,
          ),
          bits,
        ),
      ),
    );
  });
}
