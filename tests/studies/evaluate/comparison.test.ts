import { expect, it } from 'vitest';
import { textChange } from '../../../generator/studies/evaluate/comparison.js';
import { largest, opponentModels, roundedEncoder, twoOfFour } from '../../../generator/studies/evaluate/opponents.js';
import { ternaryEncoder } from '../../../generator/train/ternary.js';
import { layersOf } from '../../../generator/model/encoder.js';
import { randomEncoder } from '../../compress/random-encoder.js';

it('changed text is edits over the characters of the float model, with an interval around it', () => {
  const wanted = ['abcd', 'efgh', '', 'ijklmnop'];
  expect(textChange(wanted, wanted, 1)).toEqual({ changed: 0, low: 0, high: 0 });
  const { changed, low, high } = textChange(wanted, ['abxd', 'efgh', 'z', 'ijklmnop'], 1);
  expect(changed).toBeCloseTo((100 * 2) / 16, 9);
  expect(low).toBeLessThan(changed);
  expect(high).toBeGreaterThan(changed);
});

it('2:4 keeps the two largest of four neighbours, also of the last ones, and a share keeps the largest of a column', () => {
  expect(twoOfFour(Float32Array.of(1, -3, 2, 0, 5, 4))).toEqual([false, true, true, false, true, true]);
  expect(twoOfFour(Float32Array.of(1, 1, 1, 1))).toEqual([true, true, false, false]);
  expect(largest(0.5)(Float32Array.of(1, -3, 2, 0))).toEqual([false, true, true, false]);
});

it('opponents are as many bytes as they say, and the sparse ones have no more weights', () => {
  const encoder = randomEncoder(3);
  const weights = layersOf(encoder).reduce((sum, { inner, outer }) => sum + inner * outer, 0);
  const scales = layersOf(encoder).reduce((sum, { outer }) => sum + 2 * outer, 0);
  const models = opponentModels(encoder);
  const bytesOf = (name: string): number => models.find((one) => one.name.startsWith(name))!.bytes - scales;
  expect(bytesOf('rounded to 8')).toBe(weights);
  expect(bytesOf('rounded to 2')).toBeCloseTo(weights / 4, -1);
  expect(bytesOf('2:4')).toBeCloseTo(weights * 0.625, -1);
  expect(bytesOf('85 %') / weights).toBeCloseTo(0.275, 2);
  const share = (name: string): number => {
    const [first] = layersOf(models.find((one) => one.name.startsWith(name))!.encoder());
    if (first?.kind !== 'dense') throw new Error('not dense');
    return first.weights.filter((value) => value !== 0).length / first.weights.length;
  };
  expect(share('2:4')).toBeLessThanOrEqual(0.5);
  expect(share('85 %')).toBeLessThanOrEqual(0.16);
  expect(share('2:4')).toBeGreaterThan(0.4);
  expect(layersOf(roundedEncoder(encoder, 8))).toHaveLength(layersOf(encoder).length);
  const [ternary] = opponentModels(encoder, () => ternaryEncoder(encoder)).slice(-1);
  expect([ternary!.name, ternary!.bytes - scales]).toEqual(['ternary, trained', weights / 4]);
  const [first] = layersOf(ternary!.encoder());
  expect(first!.kind === 'dense' && new Set(first!.weights.filter((_, at) => at % first!.outer === 0).map(Math.abs)).size).toBe(2);
});
