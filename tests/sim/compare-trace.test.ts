import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeParams } from '../../generator/params/params.js';
import type { PackedModel } from '../../generator/program/operation.js';
import { compareTrace } from '../../generator/sim/compare-trace.js';
import { Differences } from '../../generator/sim/differences.js';
import { randomModel, randomRequests } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const params = makeParams({ array: { columns: 2, slices: 1, lanesPerSlice: 2, passes: 1 }, batcher: { windowBuffers: 2 } });

/** Rows to X and out again: nothing but LOAD stores what a trace shows. */
const model: PackedModel = {
  ...randomModel(1),
  banks: 2,
  matrices: [],
  table: undefined,
  operations: [
    { op: 'LOAD', outer: 3, base: 0, destination: 'X', shift: 0, alsoX: false },
    { op: 'STORE', source: 'X', outer: 3, base: 0, firstRow: false, best: false },
  ],
};
const requests = randomRequests(2, model, [2, 2, 2, 2]);
const windows = requests.map((_, index) => [{ index, first: 0, position: 0, length: 2, count: 1 }]);

/** The words of one window's rows as chip_tb.v writes them, feature by feature: `l` in the window itself, `n` ahead of it. */
function rows(request: number, memory: 'l' | 'n', features = [0, 1, 2]): string[] {
  const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');
  return features.map((f) => `${memory} 00${f} 0 ${hex(requests[request]![3 + f]!)}${hex(requests[request]![f]!)} 1f 1`);
}

async function compared(...lines: readonly string[]): Promise<Differences> {
  return temporaryFolder(async (folder) => {
    const path = join(folder, 'trace.txt');
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    const differences = new Differences();
    await compareTrace(path, { params, model, requests, windows }, differences);
    return differences;
  });
}

const first = ['W', 'I 0 0', ...rows(0, 'l'), ...rows(1, 'n'), 'W', ...rows(2, 'n'), 'W'];

describe('a trace of a program that stores nothing but its rows', () => {
  it('is whole when rows were loaded ahead, of all windows or of some, wholly or in part', async () => {
    for (const last of [
      [...rows(3, 'n'), 'W'],
      ['W', 'I 3 0', ...rows(3, 'l')],
      [...rows(3, 'n', [0]), 'W', 'I 3 0', ...rows(3, 'l', [1, 2])],
    ]) {
      const { count, problems, valuesCompared } = await compared(...first, ...last);
      expect([count, problems, valuesCompared]).toEqual([0, [], 4 * 6]);
    }
  });

  it('shows a wrong value in the window that it was loaded for', async () => {
    const wrong = rows(3, 'n').map((line, f) => (f === 1 ? line.replace(/0 [0-9a-f]{4} 1f/, '0 7f7f 1f') : line));
    const { list, problems } = await compared(...first, ...wrong, 'W');
    expect(problems).toEqual([]);
    expect(list.map(({ window, request, feature }) => [window, request, feature])).toEqual([
      [3, 3, 1],
      [3, 3, 1],
    ]);
  });

  it('shows a row that nobody loaded, and a window that never began', async () => {
    const { list } = await compared(...first, ...rows(3, 'n', [0, 2]), 'W');
    expect(list.map(({ window, feature, got }) => [window, feature, got])).toEqual([[3, 1, 'not written']]);
    expect((await compared(...first)).problems).toEqual(['windows 3 .. 3: nothing in the trace']);
    expect((await compared(...first.slice(0, 5), 'W', 'W', 'W', 'I 3 0', ...rows(3, 'l'))).problems).toEqual([
      'window 1: nothing in the trace',
      'window 2: nothing in the trace',
    ]);
  });
});

describe('a trace of a window whose slices are shared', () => {
  const shared = makeParams({ array: { columns: 2, slices: 2, lanesPerSlice: 2, passes: 2 }, batcher: { segments: 4 } });
  const lengths = [1, 2, 1, 2];
  const inputs = randomRequests(3, model, lengths);
  const window = [
    { index: 0, first: 0, position: 0, length: 1, count: 1 },
    { index: 1, first: 0, position: 1, length: 2, count: 1 },
    { index: 2, first: 0, position: 3, length: 1, count: 1 },
    { index: 3, first: 1, position: 0, length: 2, count: 1 },
  ];
  /** Request and token at each lane of the two slices; the second slice ends in the first pass. */
  const passes = [
    [
      [0, 0],
      [1, 0],
      [3, 0],
      [3, 1],
    ],
    [[1, 1], [2, 0], undefined, undefined],
  ] as const;
  const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');
  const words = passes.flatMap((lanes, pass) =>
    [0, 1, 2].map((f) => {
      const data = [...lanes].reverse().map((held) => (held === undefined ? 'xx' : hex(inputs[held[0]]![3 * held[1] + f]!)));
      return `l 00${f} ${pass} ${data.join('')} 1f 3`;
    }),
  );

  const compare = (lines: readonly string[]): Promise<Differences> =>
    temporaryFolder(async (folder) => {
      const path = join(folder, 'trace.txt');
      writeFileSync(path, ['W', 'I 0 0', ...lines].map((line) => `${line}\n`).join(''));
      const differences = new Differences();
      await compareTrace(path, { params: shared, model, requests: inputs, windows: [window] }, differences);
      return differences;
    });

  it('is compared place by place', async () => {
    const { count, problems, valuesCompared } = await compare(words);
    expect([count, problems, valuesCompared]).toEqual([0, [], 3 * 6]);
  });

  it('shows whose token a wrong value is, and whose was not written', async () => {
    const wrong = `l 001 1 xxxx${hex(inputs[2]![1]! ^ 1)}${hex(inputs[1]![4]!)} 1f 3`;
    const { list } = await compare([...words.slice(0, 4), wrong, ...words.slice(5)]);
    expect(list.map(({ request, token, feature }) => [request, token, feature])).toEqual([[2, 0, 1]]);
    const missing = await compare(words.slice(0, 5));
    expect(missing.list.map(({ request, token, feature, got }) => [request, token, feature, got])).toEqual([[1, 1, 2, 'not written']]);
  });
});
