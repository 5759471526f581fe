import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitLength, requantize, satTo, saturate, saturate16, saturate8 } from '../../generator/golden/requantize.js';
import { big, bitLengthOf, rq, sat } from '../support/oracle.js';

const accumulator = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('requantisation agrees with BigInt over all accumulators, multipliers and shifts', () => {
  fc.assert(
    fc.property(accumulator, fc.integer({ min: 0, max: 2047 }), fc.integer({ min: 1, max: 40 }), (v, m, s) => {
      expect(BigInt(requantize(v, m, s))).toBe(rq(big(v), m, s));
    }),
    { numRuns: 5000 },
  );
});

test('ties round half up', () => {
  expect([1, -1, -3, 3].map((v) => requantize(v, 1, 1))).toEqual([1, 0, -1, 2]);
});

test('ties at large products round half up too', () => {
  for (const s of [1, 10, 20, 31]) {
    const tie = 2 ** (s - 1);
    for (const v of [tie, -tie, tie - 1, -tie - 1]) expect(BigInt(requantize(v, 1, s))).toBe(rq(big(v), 1, s));
  }
});

test('saturation clips at both ends and nowhere else', () => {
  expect([127, 128, -128, -129].map(saturate8)).toEqual([127, 127, -128, -128]);
  expect([32767, 32768, -32768, -32769].map(saturate16)).toEqual([32767, 32767, -32768, -32768]);
  expect([2047, 2048, -2048, -2049].map((v) => saturate(v, 12))).toEqual([2047, 2047, -2048, -2048]);
  fc.assert(
    fc.property(accumulator, fc.integer({ min: 2, max: 16 }), (v, bits) => {
      expect(big(saturate(v, bits))).toBe(sat(big(v), bits));
      expect(satTo(bits)(v)).toBe(saturate(v, bits));
    }),
  );
});

test('bit lengths are right up to 2^53', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 52 }), fc.integer({ min: -1, max: 1 }), (e, d) => {
      const v = Math.max(0, 2 ** e + d);
      expect(bitLength(v)).toBe(bitLengthOf(big(v)));
    }),
  );
});
