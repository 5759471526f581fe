import { describe, expect, test } from 'vitest';
import { descriptorFields } from '../../generator/contract/descriptor.js';
import type { CompletionCode } from '../../generator/contract/registers.js';
import { crcOf } from '../../generator/program/manifest.js';
import { segmentChip, segmentProblems, type SegmentChip } from '../support/segment-faults.js';

/** Two slices of sixteen tokens: short requests share slices, a long one leaves the rest of its last slice to others. */
const plain = segmentChip({ windowBuffers: 1, rowCrc: 0, segments: 16 });
/** The same, and it loads the rows of the next window while one computes; rows have a CRC behind them. */
const ahead = segmentChip({ windowBuffers: 2, rowCrc: 1, segments: 16 });

/** Every request of the second window, one after the other, with the problems of a run in which it is at fault. */
async function eachAtFault(chip: SegmentChip, code: CompletionCode, fault: (request: number) => Parameters<typeof segmentProblems>[2]) {
  const problems: unknown[] = [];
  const window = chip.windows[1]!;
  expect(window.length).toBeGreaterThan(6);
  for (const { index } of window) {
    const codes = Object.fromEntries(window.map((placed) => [placed.index, code]));
    problems.push(
      ...(await segmentProblems('verilator', chip, { codes, causes: [index], error: code, errorRequest: index, ...fault(index) })),
    );
  }
  return problems;
}

describe.each([
  ['a chip with one window buffer', plain],
  ['a chip that loads ahead', ahead],
] as const)('of a window of tokens on %s only the request at fault is marked, whichever it is,', (_, chip) => {
  const { map } = chip;

  test('when a beat of its rows comes with an error', async () => {
    const at = (request: number): number => map.requests[request]!.input;
    expect(await eachAtFault(chip, 'readRows', (request) => ({ settings: { errorReadAt: at(request), errorNth: 1 } }))).toEqual([]);
  });

  test('when the response to its last beat is an error', async () => {
    const at = (request: number): number => {
      const { output, outputBytes } = map.requests[request]!;
      return output + outputBytes - chip.params.port.busBytes;
    };
    expect(
      await eachAtFault(chip, 'writeRows', (request) => ({ settings: { errorWriteAt: at(request), errorNth: 1, latency: 30 } })),
    ).toEqual([]);
  });
});

test('of a window of tokens only the request is marked whose rows are not what their CRC says', async () => {
  const spoil = (request: number) => (memory: Uint8Array) => {
    memory[ahead.map.requests[request]!.input + 1]! ^= 8;
  };
  expect(await eachAtFault(ahead, 'rowsCrc', (request) => ({ spoil: spoil(request) }))).toEqual([]);
});

test('requests of no tokens and of more than a window are refused among many short ones, and the others fill windows as if those were not there', async () => {
  const refused = new Map([
    [3, 0],
    [7, 33],
    [8, 0x1000_0001],
  ]);
  const spoil = (memory: Uint8Array): void => {
    const view = new DataView(memory.buffer);
    for (const [request, tokens] of refused) {
      const at = plain.map.ring + request * plain.map.stride;
      view.setUint32(at + descriptorFields.tokens.at, tokens, true);
      view.setUint32(at + descriptorFields.crc.at, crcOf(memory.subarray(at, at + descriptorFields.status.at)), true);
    }
  };
  const codes = Object.fromEntries([...refused.keys()].map((request) => [request, 'badLength' as const]));
  const fault = { spoil, codes, causes: [...refused.keys()], refused: [...refused.keys()], error: 'badLength', errorRequest: 8 } as const;
  expect(await segmentProblems('verilator', plain, fault)).toEqual([]);
  expect(await segmentProblems('icarus', plain, fault)).toEqual([]);
});

test('more requests than segments go into several windows', async () => {
  const few = segmentChip({ windowBuffers: 2, rowCrc: 0, segments: 4 });
  expect(Math.max(...few.windows.map((window) => window.length))).toBe(4);
  expect(await segmentProblems('verilator', few, {})).toEqual([]);
});
