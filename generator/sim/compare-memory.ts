/** All of memory after a run against what it must hold: outputs, completions, and all else as it was. */
import type { Window } from '../batch/form-windows.js';
import { decodeStatus, descriptorFields, encodeStatus, type Status } from '../contract/descriptor.js';
import { completionCodes } from '../contract/registers.js';
import { outputRuns, storeOf } from '../operations/store/fields.js';
import type { Image } from '../program/image.js';
import type { Differences } from './differences.js';
import type { MemoryDump } from './memory-file.js';
import { rowBytes, writeRowsCrc, type MemoryMap } from '../host/memory-map.js';

export type Completion = Status;

/** Completions of requests that are all good. */
export function goodCompletions(windows: readonly Window[], requests: number): Completion[] {
  const completions: Completion[] = Array.from({ length: requests }, () => ({ code: completionCodes.notDone, cause: false, window: 0 }));
  windows.forEach((window, number) => {
    for (const { index } of window) completions[index] = { code: completionCodes.good, cause: false, window: number };
  });
  return completions;
}

/** Place of a request's status word in memory. */
function statusAt(map: MemoryMap, request: number): number {
  return map.ring - map.base + request * map.stride + descriptorFields.status.at;
}

export function readCompletion(memory: Uint8Array, map: MemoryMap, request: number): Completion {
  return decodeStatus(new DataView(memory.buffer, memory.byteOffset).getUint32(statusAt(map, request), true));
}

function writeCompletion(memory: Uint8Array, map: MemoryMap, request: number, completion: Completion): void {
  new DataView(memory.buffer, memory.byteOffset).setUint32(statusAt(map, request), encodeStatus(completion), true);
}

/** Outputs in memory: int8 rows of STORE's width, without the padding. */
export function outputsOf(memory: Uint8Array, map: MemoryMap, image: Image): Int8Array[] {
  return map.requests.map(({ output, tokens }) => {
    const { runs, bytes } = outputRuns(storeOf(image.model), tokens);
    const outputs = new Int8Array(runs * bytes);
    for (let t = 0; t < runs; t++) {
      const at = output - map.base + t * rowBytes(bytes, image);
      outputs.set(new Int8Array(memory.buffer, memory.byteOffset + at, bytes), t * bytes);
    }
    return outputs;
  });
}

export interface MemoryCase {
  readonly image: Image;
  readonly map: MemoryMap;
  /** Contents before the run. */
  readonly before: Uint8Array;
  /** Golden's; what lies at the output of a request that is not good is not looked at. */
  readonly outputs: readonly Int8Array[];
  readonly completions: readonly Completion[];
}

/** What memory must hold. */
function wanted({ image, map, before, outputs, completions }: MemoryCase): Uint8Array {
  const memory = before.slice();
  const store = storeOf(image.model);
  completions.forEach((completion, r) => {
    writeCompletion(memory, map, r, completion);
    if (completion.code !== completionCodes.good) return;
    const { output, outputBytes, tokens } = map.requests[r]!;
    const run = outputRuns(store, tokens).bytes;
    const row = rowBytes(run, image);
    for (let t = 0; t * row < outputBytes; t++) {
      const at = output - map.base + t * row;
      memory.fill(0, at, at + row);
      memory.set(new Uint8Array(outputs[r]!.buffer, outputs[r]!.byteOffset + t * run, run), at);
    }
    if (map.rowCrc) writeRowsCrc(memory, output - map.base, outputBytes, image);
  });
  return memory;
}

export function compareMemory(run: MemoryCase, { bytes, unknown }: MemoryDump, differences: Differences): void {
  const { image, map, completions } = run;
  const want = wanted(run);
  const store = storeOf(image.model);
  completions.forEach((completion, r) => {
    const got = readCompletion(bytes, map, r);
    if (got.code !== completion.code || got.cause !== completion.cause || got.window !== completion.window) {
      differences.problem(
        `completion of request ${r}: code ${got.code}, cause ${got.cause}, window ${got.window}; must be ${completion.code}, ${completion.cause}, ${completion.window}`,
      );
    }
  });
  const accounted = new Uint8Array(bytes.length);
  map.requests.forEach(({ output, outputBytes, tokens }, r) => {
    const { bytes: outer } = outputRuns(store, tokens);
    const row = rowBytes(outer, image);
    const crcAt = output - map.base + outputBytes;
    accounted.fill(1, output - map.base, crcAt + (map.rowCrc ? image.busBytes : 0));
    if (completions[r]!.code !== completionCodes.good) return;
    for (let at = crcAt; map.rowCrc && at < crcAt + image.busBytes; at++) {
      if (bytes[at] !== want[at] || unknown.has(at)) {
        differences.problem(
          `CRC beat behind the output of request ${r}: byte ${at - crcAt} is ${unknown.has(at) ? 'X' : bytes[at]}, must be ${want[at]}`,
        );
      }
    }
    for (let i = 0; i < outputBytes; i++) {
      const at = output - map.base + i;
      const feature = i % row;
      if (feature < outer) differences.counted();
      if (bytes[at] === want[at] && !unknown.has(at)) continue;
      if (feature >= outer) {
        differences.problem(`output of request ${r}, row ${Math.floor(i / row)}: padding byte ${feature} is ${bytes[at]}, must be 0`);
        continue;
      }
      differences.add({
        window: completions[r]!.window,
        instruction: image.model.operations.length - 1,
        plane: 'out',
        request: r,
        // Of an index the byte.
        token: store.best ? feature >> 1 : Math.floor(i / row),
        feature: store.best ? feature & 1 : feature,
        got: unknown.has(at) ? 'X' : (bytes[at]! << 24) >> 24,
        want: (want[at]! << 24) >> 24,
        cycle: 0,
      });
    }
  });
  completions.forEach((_, r) => accounted.fill(1, statusAt(map, r), statusAt(map, r) + descriptorFields.status.bytes));
  for (let at = 0; at < bytes.length; at++) {
    if (accounted[at] === 0 && (bytes[at] !== want[at] || unknown.has(at))) {
      differences.problem(`memory byte at ${map.base + at}: ${unknown.has(at) ? 'X' : bytes[at]}, must have stayed ${want[at]}`);
    }
  }
}
