import { describe, expect, it } from 'vitest';
import { counters } from '../../generator/contract/registers.js';
import { noTraffic } from '../../generator/contract/traffic-classes.js';
import { countersFrom } from '../../generator/host/host-script.js';
import { makeParams } from '../../generator/params/params.js';
import { storeOf } from '../../generator/operations/store/fields.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { compareMemory, goodCompletions, readCompletion } from '../../generator/sim/compare-memory.js';
import { Differences } from '../../generator/sim/differences.js';
import { summarise } from '../../generator/sim/simulate.js';
import type { UnitResult } from '../../generator/sim/unit.js';
import { atEnd, type Place } from '../support/memory-end.js';
import { fillMemory, layOut, untouched } from '../../generator/host/memory-map.js';
import { problemsOf } from '../support/problems.js';
import { randomModel, randomRequests } from '../support/random-model.js';

const params = makeParams({ array: { columns: 4 }, port: { busBytes: 8, addressBits: 32 }, envelope: { width: 16 } });
const image = readImage(
  writeImage(randomModel(2, { banks: 4, head: 'token', embedding: 'direct', width: 12, inputWidth: 12 }), { columns: 4, busBytes: 8 }),
);
const lengths = [3, 1, 2];

describe('layOut', () => {
  it('keeps every area on a beat, the ring on its stride, and a beat between any two', () => {
    const map = layOut(image, params, lengths, 4096);
    expect(map.stride).toBe(32);
    expect(map.ringLog2).toBe(2);
    const areas = [
      [map.ring, 4 * 32],
      [map.cold, image.cold.length],
      [map.pass, image.pass.length],
      ...map.requests.flatMap(({ input, output, tokens, outputBytes }) => [
        [input, 16 * tokens],
        [output, outputBytes],
      ]),
    ].sort((a, b) => a[0]! - b[0]!);
    expect(areas[0]![0]).toBeGreaterThanOrEqual(4096);
    areas.slice(1).forEach(([start], i) => expect(start! - (areas[i]![0]! + areas[i]![1]!)).toBeGreaterThanOrEqual(8));
    expect(areas.every(([start]) => start! % 8 === 0)).toBe(true);
  });

  it('can end where the addresses end', () => {
    const narrow = makeParams({ ...params, port: { ...params.port, addressBits: 24 } });
    const [{ base, gap }] = atEnd(narrow, [{ image, lengths }]) as [Place];
    const map = layOut(image, narrow, lengths, base, gap);
    expect([map.end, base + 8 * map.beats]).toEqual([2 ** 24, 2 ** 24]);
    expect(map.requests[2]!.output + map.requests[2]!.outputBytes).toBe(2 ** 24);
    expect(map.ring % map.stride).toBe(0);
  });

  it('refuses more than the port can address', async () => {
    expect(
      await problemsOf(() => layOut(image, makeParams({ ...params, port: { ...params.port, addressBits: 24 } }), lengths, 2 ** 24 - 64)),
    ).toMatchInlineSnapshot(`
      [
        "port.addressBits = 24 bits: a run of 3 inputs needs 16779256 bytes; raise it or give fewer inputs",
      ]
    `);
  });
});

describe('compareMemory', () => {
  const map = layOut(image, params, lengths);
  const before = fillMemory(map, image, randomRequests(1, image.model, lengths), [7, 8, 9]);
  const outputs = map.requests.map(({ tokens }) => Int8Array.from({ length: tokens * storeOf(image.model).outer }, (_, i) => i - 5));
  const windows = [
    [
      { index: 0, first: 0, position: 0, length: 3, count: 1 },
      { index: 2, first: 1, position: 0, length: 2, count: 1 },
    ],
    [{ index: 1, first: 0, position: 0, length: 1, count: 1 }],
  ];
  const good = { image, map, before, outputs, completions: goodCompletions(windows, 3) };

  /** Memory as a chip without faults leaves it. */
  function after(): Uint8Array {
    const memory = before.slice();
    map.requests.forEach(({ output, tokens }, r) => {
      for (let t = 0; t < tokens; t++) {
        memory.fill(0, output + 8 * t, output + 8 * t + 8);
        memory.set(new Uint8Array(outputs[r]!.buffer, t * 4, 4), output + 8 * t);
      }
      new DataView(memory.buffer).setUint32(map.ring + 32 * r + 24, 1 + (r === 1 ? 0x10000 : 0), true);
    });
    return memory;
  }

  function differencesIn(change: (memory: Uint8Array) => void, unknown = new Set<number>()): Differences {
    const bytes = after();
    change(bytes);
    const differences = new Differences();
    compareMemory(good, { bytes, unknown }, differences);
    return differences;
  }

  it('finds nothing where all is right', () => {
    const differences = differencesIn(() => undefined);
    expect([differences.list, differences.problems, differences.valuesCompared]).toEqual([[], [], 4 * 6]);
    expect(readCompletion(after(), map, 1)).toEqual({ code: 1, cause: false, window: 1 });
  });

  it('names request, token and feature of a wrong output', () => {
    const { list } = differencesIn((memory) => {
      memory[map.requests[2]!.output + 8 + 3]! ^= 0x80;
    });
    expect(list).toEqual([
      {
        window: 0,
        instruction: image.model.operations.length - 1,
        plane: 'out',
        request: 2,
        token: 1,
        feature: 3,
        got: outputs[2]![7]! - 128,
        want: outputs[2]![7],
        cycle: 0,
      },
    ]);
  });

  it('takes an unknown byte for wrong whatever its value', () => {
    expect(differencesIn(() => undefined, new Set([map.requests[0]!.output])).list[0]).toMatchObject({ request: 0, got: 'X' });
  });

  it('sees padding that is not zero, a wrong completion, and a byte that nobody may touch', () => {
    const guard = map.requests[0]!.output + map.requests[0]!.outputBytes;
    expect(
      differencesIn((memory) => {
        memory[map.requests[0]!.output + 5] = 1;
        memory[map.ring + 24] = 9;
        memory[guard] = untouched(guard) ^ 1;
        memory[map.pass] = memory[map.pass]! ^ 1;
      }).problems,
    ).toHaveLength(4);
  });
});

describe('summarise', () => {
  it('counts all that is wrong, though only the first of each kind are kept', () => {
    const differences = new Differences();
    const difference = { window: 0, instruction: 0, plane: 'out', request: 0, token: 0, feature: 0, got: 1, want: 0, cycle: 0 };
    for (let i = 0; i < 30; i++) {
      differences.add(difference);
      differences.problem(`byte ${i}`);
    }
    const { mismatches, problems, problemCount } = differences;
    expect([differences.list.length, problems.length]).toEqual([20, 20]);
    const noBytes = noTraffic();
    const unit: UnitResult = {
      inputs: 1,
      tokens: 1,
      lengths: [1],
      windows: [],
      windowLog: [],
      valuesCompared: 30,
      mismatches,
      differences: differences.list,
      problems,
      problemCount,
      emaAgree: true,
      coldBytes: noBytes,
      runBytes: noBytes,
      counters: countersFrom(
        counters.flatMap(() => [0, 0]),
        0,
      ),
      profile: [],
      outputs: [],
      cycles: 0,
      simulationSeconds: 0,
      seconds: 0,
    };
    expect(summarise(params, [unit, unit]).mismatches).toBe(120);
  });
});
