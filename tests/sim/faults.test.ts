import { describe, expect, test } from 'vitest';
import { completionCodes, type CompletionCode } from '../../generator/contract/registers.js';
import { readImage, writeImage } from '../../generator/program/image.js';
import { crcOf } from '../../generator/program/manifest.js';
import { widened } from '../../generator/program/widen.js';
import { host, ringSteps } from '../../generator/host/host-script.js';
import {
  aheadParams,
  clearInterrupts,
  faultImage,
  faultMap,
  faultParams,
  faultProblems,
  faultSteps,
  irqSteps,
  loadSteps,
  serveSteps,
  type Fault,
} from '../support/chip-faults.js';

const { busBytes } = faultParams.port;
const { ring, stride, cold, pass, spareCold, sparePass } = faultMap;
const inputOf = (request: number): number => faultMap.requests[request]!.input;
const outputOf = (request: number): number => faultMap.requests[request]!.output;
const spare = { cold: spareCold, pass: sparePass };

const uncodedImage = readImage(writeImage(widened(faultImage.model), faultImage));
const narrowImage = readImage(writeImage({ ...faultImage.model, activationBits: 6 }, faultImage));
/** Address behind all that the map places. */
const uncodedCold = 8192;

/** A field of a descriptor before the run, its CRC made right again. */
const descriptor =
  (request: number, offset: number, value: number) =>
  (memory: Uint8Array): void => {
    const at = ring + request * stride;
    const view = new DataView(memory.buffer);
    view.setUint32(at + offset, value, true);
    view.setUint32(at + 28, crcOf(memory.subarray(at, at + 24)), true);
  };

/** A bit of a descriptor before the run. */
const flipped =
  (request: number, bit: number) =>
  (memory: Uint8Array): void => {
    memory[ring + request * stride + Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  };

/** Request 1 is refused when it is read; the windows form from the others. */
const refused = (code: CompletionCode, more: Partial<Fault>): Fault => ({
  codes: { 1: code },
  causes: [1],
  windows: [0, 0, 0, 1, 1, 2],
  error: code,
  errorRequest: 1,
  ...more,
});

/** Window 1, of requests 2 and 3, is aborted. */
const aborted = (code: CompletionCode, more: Partial<Fault>): Fault => ({
  codes: { 2: code, 3: code },
  error: code,
  errorRequest: 2,
  ...more,
});

/** A region with its CRC beat made right again. */
function withCrc(region: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = region.slice();
  change(bytes);
  const content = bytes.length - busBytes;
  new DataView(bytes.buffer).setUint32(content, crcOf(bytes.subarray(0, content)), true);
  return bytes;
}

/** The regions at the usual place are bad for the first window; the spare ones are good. */
const afterRepair = (code: CompletionCode): Fault['steps'] => [
  irqSteps,
  ...ringSteps(faultMap),
  ...loadSteps(faultImage, faultMap),
  host.expect('STATUS', { loaded: 1 }),
  clearInterrupts,
  ...serveSteps(2),
  ...faultSteps({ error: code, errorRequest: 0 }),
  clearInterrupts,
  ...loadSteps(faultImage, spare),
  host.expect('STATUS', { loaded: 1 }),
  clearInterrupts,
  ...serveSteps(6),
  host.expect('IRQ_STATUS', { completion: 1, error: 0 }),
];

const spoiltModel = (code: CompletionCode, spoil: (memory: Uint8Array) => void): Fault => ({
  codes: { 0: code, 1: code },
  error: code,
  spoil,
  steps: afterRepair(code)!,
});

/** The first load fails, with requests waiting; the second is good. */
const spoiltLoad = (code: CompletionCode, more: Partial<Fault>): Fault => ({
  error: code,
  ...more,
  steps: [
    irqSteps,
    ...ringSteps(faultMap),
    host.write('RING_TAIL', { value: 6 }),
    ...(more.steps ?? loadSteps(faultImage, faultMap)),
    host.expect('STATUS', { loaded: 0, loading: 0, window: 0 }),
    host.expect('IRQ_STATUS', { loaded: 1 }),
    ...faultSteps({ error: code }),
    host.write('CONTROL', { policy: 2, enable: 1 }),
    host.pause(500),
    host.expect('RING_HEAD', { value: 0 }),
    host.write('CONTROL', { policy: 2 }),
    clearInterrupts,
    ...loadSteps(faultImage, spare),
    host.expect('STATUS', { loaded: 1 }),
    clearInterrupts,
    ...serveSteps(6),
  ],
});

/** A bit of the rows of a request, of their padding or of their CRC beat, before the run. */
const flippedRow =
  (request: number, beat: number, bit: number) =>
  (memory: Uint8Array): void => {
    memory[inputOf(request) + beat * busBytes + Math.floor(bit / 8)]! ^= 1 << (bit % 8);
  };

/** What only a chip whose rows have a CRC behind them can tell. */
const rowFaults: Readonly<Record<string, Fault>> = {
  'a row of the first request that is not what its CRC says': aborted('rowsCrc', { causes: [2], spoil: flippedRow(2, 1, 3) }),
  'the padding of a row of the second request that is not what its CRC says': aborted('rowsCrc', {
    causes: [3],
    errorRequest: 3,
    spoil: flippedRow(3, 0, 63),
  }),
  'a CRC of rows that is damaged': aborted('rowsCrc', { causes: [3], errorRequest: 3, spoil: flippedRow(3, 2, 31) }),
  'a bus error in the beat of a CRC that is damaged': aborted('readRows', {
    causes: [3],
    errorRequest: 3,
    spoil: flippedRow(3, 2, 0),
    settings: { errorReadAt: inputOf(3) + 2 * busBytes, errorNth: 1 },
  }),
};

const faults: Readonly<Record<string, Fault>> = {
  'a request of no tokens': refused('badLength', { spoil: descriptor(1, 16, 0) }),
  'a request of more tokens than the window': refused('badLength', { spoil: descriptor(1, 16, 5) }),
  'an input that is not aligned': refused('misaligned', { spoil: descriptor(1, 0, inputOf(1) + 1) }),
  'an output that is not aligned': refused('misaligned', { spoil: descriptor(1, 8, outputOf(1) + busBytes / 2) }),
  'a descriptor whose length is not what its CRC covers': {
    ...refused('descriptorCrc', { spoil: flipped(1, 8 * 16) }),
    errorRequest: undefined,
  },
  'a descriptor whose CRC is damaged': { ...refused('descriptorCrc', { spoil: flipped(1, 8 * 31 + 7) }), errorRequest: undefined },
  'an address outside the port': refused('badDescriptor', { spoil: descriptor(1, 12, 1) }),
  'a bus error in the first beat of a descriptor': {
    ...refused('readDescriptor', { settings: { errorReadAt: ring + stride, errorNth: 1 } }),
    errorRequest: undefined,
  },
  'a bus error in the last beat of a descriptor': {
    ...refused('readDescriptor', { settings: { errorReadAt: ring + stride + 24, errorNth: 1, errorDecode: true } }),
    errorRequest: undefined,
  },
  'a bus error in the pass region': aborted('readWeights', { settings: { errorReadAt: pass + 5 * busBytes, errorNth: 2 } }),
  'a bus error in the CRC beat of the pass region': aborted('readWeights', {
    settings: { errorReadAt: pass + faultImage.pass.length - busBytes, errorNth: 2 },
  }),
  'a bus error in rows of the first request': aborted('readRows', { causes: [2], settings: { errorReadAt: inputOf(2), errorNth: 1 } }),
  'a bus error in rows of the second request': aborted('readRows', {
    causes: [3],
    errorRequest: 3,
    settings: { errorReadAt: inputOf(3) + busBytes, errorNth: 1 },
  }),
  'a bus error in the response to rows of the first request': aborted('writeRows', {
    causes: [2],
    settings: { errorWriteAt: outputOf(2), errorNth: 1 },
  }),
  'a bus error in the response to rows of the second request': aborted('writeRows', {
    causes: [3],
    errorRequest: 3,
    settings: { errorWriteAt: outputOf(3), errorNth: 1 },
  }),
  'a bus error in the response to a completion': {
    codes: { 2: 'notDone' },
    windows: [0, 0, 0, 1, 2, 2],
    error: 'writeCompletion',
    errorRequest: 2,
    settings: { errorWriteAt: ring + 2 * stride + 24, errorNth: 1 },
  },
  'a wrong CRC of the pass region': spoiltModel('passCrc', (memory) => {
    memory[pass + 3]! ^= 4;
  }),
  'an instruction that does not exist': spoiltModel('badProgram', (memory) =>
    memory.set(
      withCrc(faultImage.cold, (bytes) => {
        bytes[16] = (bytes[16]! & 0xf0) | 0xe;
      }),
      cold,
    ),
  ),
  'a program that reads past the pass region': spoiltModel('streamEnd', (memory) =>
    memory.set(
      withCrc(faultImage.cold, (bytes) => {
        // The last instruction that reads weights has one more feature than there are weights.
        const index = faultImage.model.operations.findLastIndex(({ op }) => op === 'DENSE');
        const at = 16 * index + 2;
        const inner = (bytes[at]! >> 5) | (bytes[at + 1]! << 3);
        bytes[at] = (bytes[at]! & 0x1f) | (((inner + 4) << 5) & 0xff);
        bytes[at + 1] = (inner + 4) >> 3;
      }),
      cold,
    ),
  ),
  'a program that leaves some of the pass region': spoiltModel('streamEnd', (memory) =>
    memory.set(
      withCrc(faultImage.cold, (bytes) => {
        // END in place of the last instruction that reads weights, STORE goes with it.
        const index = faultImage.model.operations.findLastIndex(({ op }) => op === 'DENSE');
        bytes.fill(0, 16 * index, 16 * index + 16);
      }),
      cold,
    ),
  ),
  'a bus error in the cold region': spoiltLoad('readCold', { settings: { errorReadAt: cold + 3 * busBytes, errorNth: 1 } }),
  'a wrong CRC of the cold region': spoiltLoad('coldCrc', {
    spoil: (memory) => {
      memory[cold + faultImage.cold.length - busBytes - 1]! ^= 128;
    },
  }),
  'a number of an uncoded W_S that its codebook does not hold': spoiltLoad('coldValue', {
    spoil: (memory) =>
      memory.set(
        withCrc(uncodedImage.cold, (bytes) => {
          const { operations, matrices } = uncodedImage.model;
          // The high byte of the first container, behind program and codebooks.
          bytes[16 * (operations.length + 1 + matrices.length) + 1]! ^= 64;
        }),
        uncodedCold,
      ),
    steps: loadSteps(uncodedImage, { cold: uncodedCold, pass }),
  }),
  'a program for activations of another width': spoiltLoad('coldShape', {
    spoil: (memory) => memory.set(narrowImage.cold, cold),
    steps: loadSteps(narrowImage, faultMap),
  }),
  'more instructions than the program memory holds': spoiltLoad('coldShape', {
    steps: [
      ...loadSteps(faultImage, faultMap).slice(0, 3),
      host.write('COLD_INSTRUCTIONS', { value: 33 }),
      ...loadSteps(faultImage, faultMap).slice(4),
    ],
  }),
};

/** Codes that a test above provokes, and those of recovery.test.ts. */
const tested = new Set([...[...Object.values(faults), ...Object.values(rowFaults)].map(({ error }) => error), 'watchdog', 'portStuck']);

for (const [chip, params, simulator] of [
  ['the whole chip', faultParams, 'verilator'],
  ['the whole chip', faultParams, 'icarus'],
  ['a chip that loads ahead', aheadParams, 'verilator'],
] as const) {
  describe(`${chip} in ${simulator} meets`, () => {
    for (const [what, fault] of Object.entries(faults)) {
      test(`${what}: ${fault.error} with its tag and an interrupt, and the next request works`, async () => {
        expect(await faultProblems(simulator, fault, params)).toEqual([]);
      });
    }
  });
}

describe.each(['verilator', 'icarus'] as const)('a chip whose rows have a CRC behind them in %s meets', (simulator) => {
  for (const [what, fault] of Object.entries(rowFaults)) {
    test(`${what}: ${fault.error} with its tag and an interrupt, and the next request works`, async () => {
      expect(await faultProblems(simulator, fault, aheadParams)).toEqual([]);
    });
  }
});

describe('a bus error', () => {
  const beats = (first: number, bytes: number, stride = 1): number[] =>
    Array.from({ length: Math.ceil(bytes / busBytes / stride) }, (_, i) => first + i * stride * busBytes);
  /** Parts of a region: each of two neighbouring sweeps meets another third of its beats. */
  const third = 3;
  const sweeps: Readonly<Record<string, readonly (readonly [address: number, Fault])[]>> = {
    'at any beat of the pass region': beats(pass, faultImage.pass.length, third).map((at) => [
      at,
      aborted('readWeights', { settings: { errorReadAt: at, errorNth: 2 } }),
    ]),
    'at any beat of the cold region': beats(cold + busBytes, faultImage.cold.length - busBytes, third).map((at) => [
      at,
      spoiltLoad('readCold', { settings: { errorReadAt: at, errorNth: 1 } }),
    ]),
    'at any beat of a descriptor': beats(ring + stride, 32).map((at) => [
      at,
      { ...refused('readDescriptor', { settings: { errorReadAt: at, errorNth: 1 } }), errorRequest: undefined },
    ]),
    'at any beat of rows in': beats(inputOf(3), 2 * busBytes).map((at) => [
      at,
      aborted('readRows', { causes: [3], errorRequest: 3, settings: { errorReadAt: at, errorNth: 1 } }),
    ]),
    'at any beat of rows out': beats(outputOf(3), 2 * busBytes).map((at) => [
      at,
      aborted('writeRows', { causes: [3], errorRequest: 3, settings: { errorWriteAt: at, errorNth: 1 } }),
    ]),
  };
  for (const [where, sweep] of Object.entries(sweeps)) {
    test(`${where} stops what it must, and the next request works`, async () => {
      for (const [address, fault] of sweep)
        for (const params of [faultParams, aheadParams])
          expect([address, ...(await faultProblems('verilator', fault, params))]).toEqual([address]);
    });
  }
});

test('a ring of descriptors of 64 bytes is refused, and the ring stays as it was', async () => {
  const usual = aborted('readRows', { causes: [3], errorRequest: 3, settings: { errorReadAt: inputOf(3), errorNth: 1 } });
  const steps = [
    irqSteps,
    ...ringSteps(faultMap),
    host.writeRefused('RING_LOG2', { value: 2, wide: 1 }),
    host.expect('RING_LOG2', { value: faultMap.ringLog2, wide: 0 }),
    ...loadSteps(faultImage, faultMap),
    clearInterrupts,
    ...serveSteps(6),
    ...faultSteps(usual),
  ];
  expect(await faultProblems('verilator', { ...usual, steps })).toEqual([]);
});

test('every code of an error is provoked', () => {
  expect(Object.keys(completionCodes).filter((code) => !['notDone', 'good', ...tested].includes(code))).toEqual([]);
});
