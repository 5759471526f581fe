import { describe, expect, it } from 'vitest';
import { cluster, codeMatrix } from '../../generator/compress/codebook.js';
import { codeGram, factorize, multiply, normalised } from '../../generator/compress/dictionary.js';
import { decodeMatrix, type CodedMatrix } from '../../generator/model/coded-matrix.js';
import { matrix, type Matrix } from '../../generator/model/matrix.js';
import { randomFrom } from '../../generator/util/random.js';
import { phasesOf, randomColumns } from '../../generator/compress/support.js';
import { bestScale, quantise } from '../../generator/compress/values.js';
import { cpuSeconds } from '../support/cpu.js';

const seed = 11;

function randomMatrix(rows: number, columns: number, from: number): Matrix {
  const random = randomFrom(from);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => 2 * random() - 1),
  );
}

/** tr(E H E^T) of the coding error. */
function weightedError(dictionary: Matrix, coded: CodedMatrix, weight: Float64Array): number {
  const decoded = decodeMatrix(coded);
  const { rows, columns } = dictionary;
  let total = 0;
  for (let f = 0; f < rows; f++) {
    for (let a = 0; a < columns; a++) {
      const left = dictionary.data[f * columns + a]! - decoded.data[f * columns + a]!;
      for (let b = 0; b < columns; b++) {
        total += left * weight[a * columns + b]! * (dictionary.data[f * columns + b]! - decoded.data[f * columns + b]!);
      }
    }
  }
  return total;
}

describe('factorize', () => {
  for (const [k, banks] of [
    [4, 4],
    [3, 4],
    [6, 4],
    [8, 8],
    [4, 1],
  ] as const) {
    it(`keeps the bank rule with k = ${k} and ${banks} banks over matrices side by side`, () => {
      const targets = [randomMatrix(16, 24, seed), randomMatrix(16, 18, seed + 1)];
      const { parts } = factorize(targets, { k, banks, rank: 16, seed, iterations: 2 });
      for (const part of parts) {
        for (let j = 0; j < part.columns; j++) {
          for (let n = 0; n < k; n++) {
            const row = part.rows[n * part.columns + j]!;
            expect(row % banks).toBe(((j % banks) + n) % banks);
            if (n >= banks) expect(row).toBeGreaterThan(part.rows[(n - banks) * part.columns + j]!);
          }
        }
      }
    });
  }

  it('recovers a matrix that is sparse in an orthogonal dictionary exactly', () => {
    const shape = { k: 4, rank: 16, banks: 4 };
    const random = randomFrom(seed);
    const sparse = randomColumns(random, shape, phasesOf([400], 4), 1);
    const target = multiply(normalised(randomMatrix(32, 16, seed)), sparse);
    const full = factorize([target], { ...shape, k: 16, seed, iterations: 3, exact: true });
    expect(full.errors.at(-1)).toBeLessThan(1e-6);
    const learned = factorize([target], { ...shape, seed, iterations: 12 });
    expect(learned.errors.at(-1)).toBeLessThan(0.35);
    expect(learned.errors.at(-1)!).toBeLessThan(learned.errors[0]! * 0.8);
  });

  it('is the same for the same seed and refuses impossible ranks', () => {
    const target = [randomMatrix(8, 20, seed)];
    const options = { k: 2, rank: 8, banks: 4, seed, iterations: 2 };
    expect(factorize(target, options).dictionary.data).toEqual(factorize(target, options).dictionary.data);
    expect(() => factorize(target, { ...options, k: 9, rank: 10 })).toThrowErrorMatchingInlineSnapshot(
      '[UserError: rank = 10: must be a multiple of 4 banks]',
    );
  });

  it('factorizes thousands of columns in seconds', async () => {
    const target = randomMatrix(128, 4096, seed);
    expect(await cpuSeconds(() => factorize([target], { k: 8, rank: 128, banks: 8, seed }))).toBeLessThan(20);
  });
});

describe('codebook', () => {
  it('never raises the error from one k-means iteration to the next', () => {
    const { errors } = cluster(randomMatrix(40, 40, seed).data.map((v) => v ** 3));
    errors.slice(1).forEach((error, i) => expect(error).toBeLessThanOrEqual(errors[i]! * (1 + 1e-12)));
  });

  it('lowers the error that the users of the matrix see by weighted coordinate descent', () => {
    const dictionary = normalised(randomMatrix(32, 16, seed));
    const weight = codeGram(randomColumns(randomFrom(seed), { k: 4, rank: 16, banks: 4 }, phasesOf([64], 4), 1));
    const plain = codeMatrix(dictionary);
    const weighted = codeMatrix(dictionary, { weight });
    expect(weightedError(dictionary, weighted, weight)).toBeLessThan(weightedError(dictionary, plain, weight));
  });
});

describe('six-bit values', () => {
  it('stay within 31 and round to the nearest step of the chosen scale', () => {
    const values = randomMatrix(20, 20, seed).data;
    const { scale, values: codes } = quantise(values, 31);
    expect(scale).toBe(bestScale(values, 31));
    codes.forEach((code, i) => {
      expect(Math.abs(code)).toBeLessThanOrEqual(31);
      if (Math.abs(values[i]!) < 31 * scale) expect(Math.abs(values[i]! - code * scale)).toBeLessThanOrEqual(scale * 0.5000001);
    });
  });
});
