import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normKinds, type NormKind } from '../../generator/contract/codes.js';
import { attend } from '../../generator/golden/attention.js';
import { accumulateDense } from '../../generator/golden/dense.js';
import { startFromBias, writeBack } from '../../generator/golden/epilogue.js';
import { accumulateSparse } from '../../generator/golden/expand.js';
import { layerNorm } from '../../generator/golden/layer-norm.js';
import { load, predictions, store } from '../../generator/golden/load-store.js';
import { decodeCodebook, project } from '../../generator/golden/project.js';
import { createState, type State } from '../../generator/golden/state.js';
import { epsilonLimit, noEpsilon, type NormEpsilon, type NormOperation } from '../../generator/operations/norm/fields.js';
import type { Destination } from '../../generator/program/operation.js';
import { attendRows, big, layerNormRow, rq, sat } from '../support/oracle.js';
import { between, randomBytes, randomFrom, randomMatrix, randomSupport } from '../support/random-model.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const widths = fc.integer({ min: 4, max: 8 });

function stateOf(tokens: number, width: number, random: () => number, bits = 8): State {
  const state = createState(tokens, { X: width, H: width, Q: width, K: width, V: width, P: width, R: width }, bits);
  const top = 2 ** (bits - 1) - 1;
  for (const name of ['X', 'H', 'Q', 'K', 'V', 'P'] as const) state[name].data.set(randomBytes(random, tokens * width, -top - 1, top));
  state.R.data.set(Int16Array.from(state.R.data, () => between(random, -32768, 32767)));
  return state;
}

test('dense products agree with BigInt for odd and even numbers of tokens and features', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 7 }),
      (seed, tokens, inner, outer) => {
        const random = randomFrom(seed);
        const { X } = stateOf(tokens, inner + 2, random);
        const weights = Int16Array.from(randomBytes(random, inner * outer));
        const bias = randomBytes(random, outer);
        const biasShift = between(random, 0, 23);
        const acc = startFromBias(tokens, bias, biasShift);
        accumulateDense(acc, X, tokens, weights, inner, outer);
        acc.forEach((value, at) => {
          const [t, j] = [Math.floor(at / outer), at % outer];
          let sum = big(bias[j]) << BigInt(biasShift);
          for (let f = 0; f < inner; f++) sum += big(X.data[t * X.width + f]) * big(weights[f * outer + j]);
          expect(big(value)).toBe(sum);
        });
      },
    ),
  );
});

test('the deepest dense product of extremes stays exact', () => {
  const inner = 4095;
  const x = { data: new Int8Array(inner).fill(-128), width: inner };
  const acc = new Int32Array(1);
  accumulateDense(acc, x, 1, new Int16Array(inner).fill(-128), inner, 1);
  expect(acc[0]).toBe(inner * 2 ** 14);
});

test('sparse products agree with BigInt for k below, at and above the banks', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 11 }),
      (seed, tokens, k, outer) => {
        const random = randomFrom(seed);
        const { P } = stateOf(tokens, 12, random);
        const { rows, values } = randomSupport(random, k, outer, 12, 4);
        const acc = new Int32Array(tokens * outer);
        accumulateSparse(acc, P, tokens, rows, values, k, outer);
        acc.forEach((value, at) => {
          const [t, j] = [Math.floor(at / outer), at % outer];
          let sum = 0n;
          for (let n = 0; n < k; n++) sum += big(P.data[t * 12 + rows[n * outer + j]!]) * big(values[n * outer + j]);
          expect(big(value)).toBe(sum);
        });
      },
    ),
  );
});

test('projections follow the codebook, from X and from H, for activations of any width', () => {
  fc.assert(
    fc.property(seeds, widths, fc.constantFrom('X' as const, 'H' as const), (seed, bits, source) => {
      const random = randomFrom(seed);
      const state = stateOf(3, 8, random, bits);
      const matrix = randomMatrix(random, 7, 8);
      const requant = { m: between(random, 0, 2047), s: between(random, 1, 24) };
      project(state, { op: 'PROJECT', source, matrix: 0, inner: 7, outer: 8, requant }, decodeCodebook(matrix));
      state.P.data.forEach((value, at) => {
        let sum = 0n;
        for (let f = 0; f < 7; f++)
          sum += big(state[source].data[Math.floor(at / 8) * 8 + f]) * big(matrix.book[matrix.codes[f * 8 + (at % 8)]!]);
        expect(big(value)).toBe(sat(rq(sum, requant.m, requant.s), bits));
      });
    }),
  );
});

test('results go to each destination at its base with one rounding and one saturation to the width of its plane, and nowhere else', () => {
  const destinations = ['X', 'H', 'Q', 'K', 'V', 'Rset', 'Radd'] as const;
  fc.assert(
    fc.property(seeds, widths, fc.constantFrom<Destination>(...destinations), fc.boolean(), (seed, bits, destination, activate) => {
      const random = randomFrom(seed);
      const state = stateOf(2, 8, random, bits);
      const residual = destination === 'Rset' || destination === 'Radd';
      const plane = residual ? state.R : state[destination];
      const before = Array.from(plane.data);
      const table = activate && !residual ? randomBytes(random, 256) : undefined;
      const acc = Int32Array.from({ length: 6 }, () => between(random, -(2 ** 31), 2 ** 31 - 1));
      const requant = { m: between(random, 0, 2047), s: between(random, 1, 40) };
      writeBack(state, acc, { destination, base: 4, outer: 3, requant, table });
      before.forEach((old, at) => {
        const f = at % 8;
        if (f < 4 || f > 6) return expect(plane.data[at]).toBe(old);
        const v = rq(big(acc[Math.floor(at / 8) * 3 + f - 4]), requant.m, requant.s);
        const wanted = residual
          ? Number(sat(v + (destination === 'Radd' ? big(old) : 0n), 16))
          : Number(sat(table === undefined ? v : big(table[Number(sat(v, 8)) + 128]), bits));
        return expect(plane.data[at]).toBe(wanted);
      });
    }),
    { numRuns: 300 },
  );
});

/** Epsilon from nothing to the largest that a norm of so many features may add. */
function epsilonFor(random: () => number, inner: number): NormEpsilon {
  const digits = between(random, 0, 2047);
  const most = Math.floor(Math.log2(epsilonLimit(inner) / 2048));
  return { digits, shift: between(random, 0, most) };
}

function checkNorm(R: number[], seed: number, bits = 8, kind: NormKind = normKinds[seed % 3]!): void {
  const random = randomFrom(seed);
  const inner = R.length;
  const operation: NormOperation = {
    op: 'NORM',
    kind,
    destination: seed % 2 === 0 ? 'X' : 'H',
    epsilon: kind === 'plain' ? noEpsilon : epsilonFor(random, inner),
    inner,
    gamma: randomBytes(random, inner),
    beta: randomBytes(random, inner),
    biasShift: between(random, 0, 22),
    shift: between(random, 1, 24),
    writeBackShift: between(random, 1, 24),
  };
  const state = createState(1, { X: inner, H: inner, Q: 0, K: 0, V: 0, P: 0, R: inner }, bits);
  state.R.data.set(R);
  layerNorm(state, operation);
  const wanted = layerNormRow(
    R,
    operation.gamma,
    operation.beta,
    operation.biasShift,
    operation.shift,
    operation.writeBackShift ?? 1,
    bits,
    kind,
    big(operation.epsilon.digits) << big(operation.epsilon.shift),
  );
  expect([Array.from(state[operation.destination].data), Array.from(state.R.data)]).toEqual([wanted.x, wanted.written]);
}

test('LayerNorm, RMSNorm and the plain copy agree with BigInt for any width of model and activations, with write-back', () => {
  const row = fc.oneof(
    fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 70 }),
    fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 70 }),
  );
  fc.assert(
    fc.property(row, seeds, widths, (R, seed, bits) => checkNorm(R, seed, bits)),
    { numRuns: 500 },
  );
});

test('LayerNorm is exact at its extremes: constant rows, one outlier, half and half, 2048 features', () => {
  for (const d of [1, 2, 3, 4, 5, 6, 128, 2046, 2047, 2048]) {
    checkNorm(new Array<number>(d).fill(-32768), d);
    checkNorm(
      Array.from({ length: d }, (_, f) => (f % 2 === 0 ? 32767 : -32768)),
      d,
    );
    checkNorm(
      Array.from({ length: d }, (_, f) => (f === 0 ? 1 : 0)),
      d,
    );
  }
});

test('attention agrees with BigInt: causal, uniform, lengths 1 to 128, any head width and place, any width of activations', () => {
  const lengths = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(128));
  fc.assert(
    fc.property(
      seeds,
      widths,
      lengths,
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      (seed, bits, tokens, causal, uniform, inner) => {
        const random = randomFrom(seed);
        const base = between(random, 0, 3);
        const state = stateOf(tokens, 10, random, bits);
        const rows = (name: 'Q' | 'K' | 'V' | 'X'): number[][] =>
          Array.from({ length: tokens }, (_, t) => Array.from(state[name].data.subarray(t * 10 + base, t * 10 + base + inner)));
        const score = { m: between(random, 0, 2047), s: between(random, 8, 20) };
        const valueShift = between(random, 5, 10);
        attend(state, { op: 'ATTEND', inner, base, causal, uniform, score, valueShift });
        expect(rows('X')).toEqual(attendRows({ Q: rows('Q'), K: rows('K'), V: rows('V') }, score, valueShift, causal, uniform, bits));
      },
    ),
    { numRuns: 60 },
  );
});

test('loading shifts into R without overflow and storing takes the columns asked for', () => {
  const state = stateOf(2, 8, randomFrom(1));
  const rows = Int8Array.from([-128, 127, 1, -1, 0, 5]);
  load(state, { op: 'LOAD', outer: 3, base: 2, destination: 'Rset', shift: 8, alsoX: true }, rows);
  expect(Array.from(state.R.data.subarray(2, 5))).toEqual([-32768, 32512, 256]);
  expect(Array.from(store(state, { op: 'STORE', source: 'X', outer: 3, base: 2, firstRow: false, best: false }))).toEqual(Array.from(rows));
  expect(Array.from(store(state, { op: 'STORE', source: 'X', outer: 3, base: 2, firstRow: true, best: false }))).toEqual([-128, 127, 1]);
});

test('indices of the largest outputs lie side by side, low byte first, ties to the lowest', () => {
  const outer = 300;
  const state = stateOf(4, outer + 1, randomFrom(1));
  const rows = state.H.data.fill(-128);
  const put = (token: number, index: number, value: number): void => void (rows[token * (outer + 1) + 1 + index] = value);
  put(0, 299, 5);
  put(1, 7, -3);
  put(1, 8, -3);
  rows[2 * (outer + 1)] = 127;
  put(3, 256, 127);
  put(3, 0, 126);
  const operation = { op: 'STORE', source: 'H', outer, base: 1, firstRow: false, best: true } as const;
  expect(Array.from(store(state, operation))).toEqual([43, 1, 7, 0, 0, 0, 0, 1]);
  expect(predictions(operation, store(state, operation))).toEqual([299, 7, 0, 256]);
  expect(Array.from(store(state, { ...operation, firstRow: true }))).toEqual([43, 1]);
});

test('rows that X takes are saturated to its width, rows that R takes are not', () => {
  const state = stateOf(1, 4, randomFrom(1), 5);
  load(state, { op: 'LOAD', outer: 4, base: 0, destination: 'Rset', shift: 0, alsoX: true }, Int8Array.from([-128, 127, -16, 15]));
  expect([Array.from(state.R.data), Array.from(state.X.data)]).toEqual([
    [-128, 127, -16, 15],
    [-16, 15, -16, 15],
  ]);
});
