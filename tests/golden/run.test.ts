import { expect, test } from 'vitest';
import { largestOutput } from '../../generator/golden/load-store.js';
import { runGolden } from '../../generator/golden/run-program.js';
import type { TraceEvent } from '../../generator/golden/trace.js';
import { orderFor, readImage, writeImage } from '../../generator/program/image.js';
import { randomModel, randomRequests, type ModelShape } from '../support/random-model.js';

const shapes: Partial<ModelShape>[] = [
  {},
  { coding: 'uncoded' },
  { coding: 'dense' },
  { coding: 'wide', normFirst: false },
  { normFirst: false, layers: 2 },
  { causal: true, head: 'token' },
  { head: 'first', classes: 7 },
  { embedding: 'direct', inputWidth: 16, activation: false },
  { k: 11, rank: 24, banks: 8, heads: 3, headWidth: 5 },
  { activationBits: 5, head: 'token' },
  { activationBits: 4, head: 'token', coding: 'dense', normFirst: false },
  { mixedNorms: true, layers: 2 },
  { columnScales: true, coding: 'dense' },
];

test('whole models of every structure run, give lively outputs and count their multiplies', () => {
  shapes.forEach((shape, seed) => {
    const model = randomModel(seed, shape);
    const { outputs, counts } = runGolden(model, randomRequests(seed, model, [1, 5, 16]));
    expect(outputs).toHaveLength(3);
    expect(new Set(outputs.flatMap((output) => Array.from(output))).size).toBeGreaterThan(4);
    expect(counts.sparse > 0).toBe(!['dense', 'wide'].includes(shape.coding ?? 'factorized'));
  });
});

test('activations of fewer bits saturate earlier, and every plane but R keeps to them', () => {
  const model = randomModel(4, { head: 'token' });
  const narrow = { ...model, activationBits: 5 };
  const requests = randomRequests(5, model, [9]);
  const largest = new Map<string, number>();
  const [output] = runGolden(narrow, requests, {
    trace: ({ tensors }) =>
      tensors.forEach(({ name, data }) => largest.set(name, Math.max(largest.get(name) ?? 0, ...Array.from(data, Math.abs)))),
  }).outputs;
  expect(output).not.toEqual(runGolden(model, requests).outputs[0]);
  for (const [name, most] of largest) if (name !== 'R') expect([name, most]).toEqual([name, 16]);
  expect(largest.get('R')).toBeGreaterThan(16);
});

test('requests do not influence each other', () => {
  const model = randomModel(3);
  const requests = randomRequests(4, model, [3, 9, 1]);
  const together = runGolden(model, requests).outputs;
  expect(requests.map((request) => runGolden(model, [request]).outputs[0])).toEqual(together);
});

test('an image decoded for fewer columns computes the same outputs', () => {
  const model = randomModel(5, { banks: 8, rank: 32, k: 13 });
  const requests = randomRequests(6, model, [7, 2]);
  const wanted = runGolden(model, requests).outputs;
  for (const columns of [8, 4, 2, 1]) {
    expect(runGolden(orderFor(model, columns), requests).outputs).toEqual(wanted);
    expect(runGolden(readImage(writeImage(model, { columns, busBytes: 8 })).model, requests).outputs).toEqual(wanted);
  }
});

test('the trace shows every instruction in order and ends with the output', () => {
  const model = randomModel(7);
  const events: TraceEvent[] = [];
  const { outputs } = runGolden(model, randomRequests(8, model, [4]), { trace: (event) => events.push(event) });
  expect(events.map(({ operation }) => operation.op)).toEqual(model.operations.map(({ op }) => op));
  expect(events.at(-1)?.tensors[0]?.data).toEqual(outputs[0]);
  for (const { tensors } of events) for (const { data, tokens, width } of tensors) expect(data.length).toBe(tokens * width);
});

test('a request that is not whole rows is refused in one line', () => {
  const model = randomModel(9);
  expect(() => runGolden(model, [new Int8Array(13)])).toThrow('requests[0] = 13 bytes: must be one or more rows of 12 bytes');
  expect(() => runGolden(model, [new Int8Array(0)])).toThrow('requests[0] = 0 bytes');
});

test('ties between logits go to the lowest class', () => {
  expect([largestOutput(Int8Array.from([1, 5, 5])), largestOutput(Int8Array.from([-3]))]).toEqual([1, 0]);
});
