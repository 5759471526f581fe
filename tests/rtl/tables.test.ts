import { expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import { expTable } from '../../generator/contract/tables.js';
import { softmax } from '../../generator/rtl/softmax.js';
import { render } from '../support/unit-bench.js';

// No lane of a bench meets every entry; the larger tables are units, whose benches read all of them.
it('the Verilog of the softmax holds each exponential once', () => {
  const [file] = render(makeParams(), softmax);
  const text = file!.text;
  const entries = [...text.matchAll(/^ *5'd(\d+): exponential = 8'd(\d+);$/gm)].map(([, at, value]) => [Number(at), Number(value)]);
  expect([...text.matchAll(/ exponential = /g)]).toHaveLength(33);
  expect(entries).toEqual(Array.from({ length: 32 }, (_, q) => [q, expTable[q]! >> 7]));
});
