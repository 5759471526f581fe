import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { expTable, recipTable, rsqrtTable } from '../../generator/contract/tables.js';
import { norm } from '../../generator/rtl/norm.js';
import { softmax } from '../../generator/rtl/softmax.js';
import { render } from '../support/unit-bench.js';

/** Entries of a case statement that assigns to one name, in the order of the text. */
function entriesOf(text: string, name: string): [number, number][] {
  return [...text.matchAll(new RegExp(`^ *\\d+'d(\\d+): ${name} = \\d+'d(\\d+);$`, 'gm'))].map(([, at, value]) => [
    Number(at),
    Number(value),
  ]);
}

const [normFile, softmaxFile] = render(makeParams(), norm, softmax);

// No bench meets every entry: the sums that lead to most of them are rare.
describe('the Verilog holds each entry of a table once', () => {
  it('reciprocal square roots', () => {
    expect(entriesOf(normFile!.text, 'g_d')).toEqual(Array.from({ length: 384 }, (_, i) => [128 + i, rsqrtTable[128 + i]]));
  });

  it('reciprocals', () => {
    expect(entriesOf(softmaxFile!.text, 'r_d')).toEqual(Array.from({ length: 256 }, (_, w) => [w, recipTable[w]]));
  });

  it('exponentials', () => {
    const lane = [...softmaxFile!.text.matchAll(/ e_d = /g)].length;
    expect(lane).toBe(33);
    expect(entriesOf(softmaxFile!.text, 'e_d')).toEqual(Array.from({ length: 32 }, (_, q) => [q, expTable[q]! >> 7]));
  });
});
