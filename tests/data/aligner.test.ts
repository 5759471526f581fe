import { expect, test } from 'vitest';
import { align, fitAligner, labelCountOf, type Pair } from '../../generator/data/aligner.js';

/** Letters 0, 1, 2; letter 0 speaks phoneme 0, letter 1 nothing, letter 2 the pair (1, 0). */
const spoken: readonly (readonly number[])[] = [[0], [], [1, 0]];
const pairOf = (letters: readonly number[]): Pair => ({
  letters: Uint8Array.from(letters),
  phonemes: Uint8Array.from(letters.flatMap((letter) => spoken[letter]!)),
});
const words = [[0], [0, 1], [2, 1], [2, 0, 1], [0, 0, 2], [1, 2, 2], [2], [0, 2, 1, 0]].map(pairOf);
const pair10 = 1 + 2 + 1 * 2 + 0;

test('the aligner finds which letter speaks what', () => {
  const aligner = fitAligner(words, 3, 2, 10);
  expect([...align(aligner, pairOf([2, 1, 0]))!]).toEqual([pair10, 0, 1]);
  expect([...align(aligner, pairOf([1, 0, 2, 2]))!]).toEqual([0, 1, pair10, pair10]);
});

test('probabilities of a letter sum to one', () => {
  const { logProbability } = fitAligner(words, 3, 2, 10);
  for (let letter = 0; letter < 3; letter++) {
    let sum = 0;
    for (let label = 0; label < labelCountOf(2); label++) sum += Math.exp(logProbability[letter * labelCountOf(2) + label]!);
    expect(sum).toBeCloseTo(1, 12);
  }
});

test('a word with more phonemes than two a letter, or only with dropped labels, has no alignment', () => {
  const pair = { letters: Uint8Array.of(0), phonemes: Uint8Array.of(0, 1, 0) };
  expect(align(fitAligner(words, 3, 2, 10), pair)).toBeUndefined();
  // Silence and two single phonemes are kept; every pair is dropped.
  expect(align(fitAligner(words, 3, 2, 3), pairOf([2]))).toBeUndefined();
});
