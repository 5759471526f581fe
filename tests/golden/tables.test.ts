import { expect, test } from 'vitest';
import { expTable, recipTable, rsqrtTable } from '../../generator/contract/tables.js';

const tieDistance = (value: number): number => Math.abs(value - Math.floor(value) - 0.5);

test('reciprocal square roots are the rounded reals, without ties, and right within 0.21 % over every u', () => {
  for (let u = 128; u < 512; u++) {
    const exact = 2 ** 11 / Math.sqrt((u + 0.5) / 512);
    expect(rsqrtTable[u]).toBe(Math.round(exact));
    expect(tieDistance(exact)).toBeGreaterThan(1e-9);
    for (const at of [u, u + 0.999999]) expect(Math.abs((rsqrtTable[u]! / 2 ** 11) * Math.sqrt(at / 512) - 1)).toBeLessThan(0.0021);
  }
  expect([rsqrtTable[128], rsqrtTable[511]]).toEqual([4088, 2049]);
});

test('exponentials fall from 127 to half of it in 32 steps, without ties', () => {
  expect(expTable[0]).toBe(127 * 256);
  expTable.forEach((entry, q) => {
    const exact = 127 * 256 * 2 ** (-q / 32);
    expect(Math.abs(entry - exact)).toBeLessThan(0.5);
    if (q > 0) expect(tieDistance(exact)).toBeGreaterThan(1e-9);
  });
});

test('reciprocals are the rounded reals, without ties, and right within 0.24 % over every w', () => {
  for (let w = 256; w < 512; w++) {
    const exact = 2 ** 18 / (w + 0.5);
    expect(recipTable[w - 256]).toBe(Math.round(exact));
    expect(tieDistance(exact)).toBeGreaterThan(1e-9);
    for (const at of [w, w + 0.999999]) expect(Math.abs((recipTable[w - 256]! * at) / 2 ** 18 - 1)).toBeLessThan(0.0024);
  }
  expect([recipTable[0], recipTable[255]]).toEqual([1022, 513]);
});
