import { describe, expect, test } from 'vitest';
import { instructionFields } from '../../generator/contract/isa.js';
import { crcOf } from '../../generator/program/manifest.js';
import type { Image } from '../../generator/program/image.js';
import type { SourceFile } from '../../generator/sim/build.js';
import { host, ringSteps, type HostStep } from '../../generator/host/host-script.js';
import { designSources } from '../../generator/rtl/design.js';
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
import { resetAt, setWatchdog, silenceProblems, silentFor, watchdogCycles, type Silence } from '../support/chip-recovery.js';
import { between, randomFrom } from '../support/random-model.js';

/** Some of these run a chip dozens of times. */
const patienceMs = 600_000;
const { busBytes } = faultParams.port;
const spare = { cold: faultMap.spareCold, pass: faultMap.sparePass };
/** Address behind all that the map places. */
const brokenCold = 8192;

const chips = [
  ['one window buffer', faultParams],
  ['two window buffers', aheadParams],
] as const;

/** Transfers before which a channel falls silent: during the load, a descriptor, rows in, weights, rows out, a completion. */
const silences: readonly Silence[] = [
  ...[2, 23, 25, 32, 40].map((nth) => ({ channel: 'AR', nth }) as const),
  ...[1, 6, 90, 92, 115, 120, 150].map((nth) => ({ channel: 'R', nth }) as const),
  ...[1, 2, 3, 4].map((nth) => ({ channel: 'AW', nth }) as const),
  ...[1, 2, 4, 5].map((nth) => ({ channel: 'W', nth }) as const),
  ...[1, 2, 3, 4].map((nth) => ({ channel: 'B', nth }) as const),
];

const oneOfEachChannel = silences.filter(({ channel }, i) => silences[i + 1]?.channel !== channel);

describe('a chip whose memory falls silent', () => {
  test.each(chips)(
    'tells it by the watchdog and again by a soft reset, and keeps the rules of AXI, with %s',
    async (_, params) => {
      for (const silence of oneOfEachChannel)
        expect([silence, ...(await silenceProblems('verilator', silence, params))]).toEqual([silence]);
    },
    patienceMs,
  );
  test.each(chips)(
    'ends a soft reset as soon as the port answers after all, and works, with %s',
    async (_, params) => {
      for (const silence of silences)
        expect([silence, ...(await faultProblems('verilator', silentFor(silence), params))]).toEqual([silence]);
    },
    patienceMs,
  );
  test.each([
    ['AR', 2],
    ['B', 1],
  ] as const)('does so in Icarus with channel %s', async (channel, nth) => {
    expect(await faultProblems('icarus', silentFor({ channel, nth }))).toEqual([]);
  });
});

/** Load a model with the watchdog on and serve all requests. */
const watched = (image = faultImage, at: { readonly cold: number; readonly pass: number } = faultMap) => [
  irqSteps,
  setWatchdog,
  ...ringSteps(faultMap),
  ...loadSteps(image, at),
];
const usual = (fault: Fault): Fault => ({
  ...fault,
  steps: [
    ...watched(),
    host.expect('STATUS', { loaded: 1 }),
    clearInterrupts,
    ...serveSteps(6),
    ...faultSteps(fault),
    host.expect('STATUS', { portStuck: 0 }),
  ],
});
const silent = (channel: Silence['channel'], nth: number, periods: number): Fault['settings'] & object => ({
  silence: { channel, nth, cycles: Math.round(periods * watchdogCycles) },
});

/** The first window does not end by itself; with the spare model the others are good. */
function endless(image: Image): Fault {
  return {
    error: 'watchdog',
    codes: { 0: 'watchdog', 1: 'watchdog' },
    spoil: (memory) => memory.set(image.cold, brokenCold),
    steps: [
      ...watched(image, { cold: brokenCold, pass: faultMap.pass }),
      host.expect('STATUS', { loaded: 1 }),
      clearInterrupts,
      ...serveSteps(2),
      ...faultSteps({ error: 'watchdog', errorRequest: 0 }),
      host.expect('STATUS', { portStuck: 0, window: 0 }),
      clearInterrupts,
      ...loadSteps(faultImage, spare),
      host.expect('STATUS', { loaded: 1 }),
      clearInterrupts,
      ...serveSteps(6),
      host.expect('IRQ_STATUS', { completion: 1, error: 0 }),
    ],
  };
}

function withCold(program: Uint8Array, instructions: number): Image {
  const rest = faultImage.cold.subarray(16 * (faultImage.model.operations.length + 1), faultImage.cold.length - busBytes);
  const content = Uint8Array.from([...program, ...rest]);
  const crc = new Uint8Array(busBytes);
  new DataView(crc.buffer).setUint32(0, crcOf(content), true);
  return {
    ...faultImage,
    cold: Uint8Array.from([...content, ...crc]),
    model: { ...faultImage.model, operations: Array.from({ length: instructions - 1 }, () => faultImage.model.operations[0]!) },
  };
}

const program = faultImage.cold.subarray(0, 16 * (faultImage.model.operations.length + 1));
const { instructions } = faultParams.envelope;
/** Every word of the program memory is the LOAD: it goes round for ever. */
const withoutEnd = withCold(
  Uint8Array.from({ length: 16 * instructions }, (_, i) => program[i % 16]!),
  instructions,
);
/** A LOAD of no features waits for rows that nobody has asked for. */
const ofNothing = withCold(
  program.map((byte, i) => {
    const { low, bits } = instructionFields.find(({ name }) => name === 'outer')!;
    const mask = i < 16 ? Number(((((1n << BigInt(bits)) - 1n) << BigInt(low)) >> BigInt(8 * i)) & 255n) : 0;
    return byte & ~mask;
  }),
  program.length / 16,
);

const bitten: Readonly<Record<string, Fault>> = {
  'a program without END: the window ends, and the next model works': endless(withoutEnd),
  'a LOAD of no features: the window ends, and the next model works': endless(ofNothing),
  'weights that are late: the window ends when they have come': usual({
    error: 'watchdog',
    errorRequest: 0,
    codes: { 0: 'watchdog', 1: 'watchdog' },
    settings: silent('R', 130, 1.5),
  }),
  'weights that are very late: the port is stuck and then it is not': usual({
    error: 'watchdog',
    errorRequest: 0,
    codes: { 0: 'watchdog', 1: 'watchdog' },
    settings: silent('R', 130, 3),
  }),
  'rows whose response is late': usual({
    error: 'watchdog',
    errorRequest: 0,
    codes: { 0: 'watchdog', 1: 'watchdog' },
    settings: silent('B', 1, 1.5),
  }),
  'rows whose address is not taken for long': usual({
    error: 'watchdog',
    errorRequest: 0,
    codes: { 0: 'watchdog', 1: 'watchdog' },
    settings: silent('AW', 1, 1.5),
  }),
  'rows whose data is not taken for long': usual({
    error: 'watchdog',
    errorRequest: 0,
    codes: { 0: 'watchdog', 1: 'watchdog' },
    settings: silent('W', 2, 1.5),
  }),
  'a completion of the last window whose response is late: it is good': usual({ error: 'portStuck', settings: silent('B', 13, 3) }),
  'a completion whose response is late, and with it the rows of the next window': usual({
    error: 'watchdog',
    errorRequest: 2,
    codes: { 2: 'watchdog', 3: 'watchdog' },
    settings: silent('B', 3, 1.5),
  }),
  'a descriptor that is late: it is good': usual({ error: 'portStuck', settings: silent('R', 91, 1.5) }),
  'a load whose beats are late: the next one is good': {
    error: 'watchdog',
    settings: silent('R', 6, 3),
    steps: [
      ...watched(),
      host.expect('IRQ_STATUS', { error: 1, loaded: 0 }),
      host.expect('STATUS', { loading: 1, portStuck: 1 }),
      host.expect('ERROR', { value: 20 }),
      host.poll('STATUS', { loading: 0 }),
      host.expect('STATUS', { loaded: 0, portStuck: 0 }),
      host.expect('IRQ_STATUS', { loaded: 1 }),
      ...faultSteps({ error: 'watchdog' }),
      clearInterrupts,
      ...loadSteps(faultImage, spare),
      host.expect('STATUS', { loaded: 1 }),
      clearInterrupts,
      ...serveSteps(6),
      host.expect('IRQ_STATUS', { completion: 1, error: 0 }),
    ],
  },
};

describe.each(chips)('the watchdog of a chip with %s', (_, params) => {
  test.each(Object.entries(bitten))('meets %s', async (_what, fault) => {
    expect(await faultProblems('verilator', fault, params)).toEqual([]);
  });
});

test.each(Object.entries(bitten).slice(0, 1))('the watchdog meets in Icarus %s', async (_, fault) => {
  expect(await faultProblems('icarus', fault)).toEqual([]);
});

describe('work that is late', () => {
  const late = (watchdog: readonly HostStep[], periods: number): Fault => ({
    error: 'good',
    settings: silent('R', 130, periods),
    steps: [
      irqSteps,
      ...ringSteps(faultMap),
      ...loadSteps(faultImage, faultMap),
      clearInterrupts,
      setWatchdog,
      host.write('RING_TAIL', { value: 6 }),
      host.write('CONTROL', { policy: 2, enable: 1 }),
      host.pause(500),
      ...watchdog,
      host.poll('RING_HEAD', { value: 6 }),
      host.poll('STATUS', { busy: 0 }),
      host.expect('IRQ_STATUS', { error: 0 }),
      host.expect('STATUS', { portStuck: 0 }),
    ],
  });
  test.each(chips)(
    'is left alone below WATCHDOG cycles, when that is 0 or set to 0 in time, or given more time, with %s',
    async (_, params) => {
      for (const [cycles, periods] of [
        [watchdogCycles, 0.5],
        [0, 5],
        [20 * watchdogCycles, 5],
      ] as const) {
        expect([cycles, ...(await faultProblems('verilator', late([host.write('WATCHDOG', { value: cycles })], periods), params))]).toEqual(
          [cycles],
        );
      }
    },
  );
});

/** Moments all over a load and a run, under a fast, a slow and a stalling memory. */
function moments(count: number, seed: number): Fault[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, n) => {
    const settings = [{ latency: 0 }, { latency: 40, jitter: 30 }, { latency: 5, jitter: 11, stalls: 7 }][n % 3]!;
    const [phase, length] = n % 4 === 0 ? (['load', 400] as const) : (['run', 2200] as const);
    return resetAt(phase, between(random, 0, length), { ...settings, seed: seed + n });
  });
}

/** The first burst of rows lacks a beat when the reset comes, and no watchdog has ended it before. */
const storing = resetAt('run', 800, { silence: { channel: 'W', nth: 1, cycles: 900 } });

describe('a soft reset at any moment', () => {
  test.each(chips)('ends a burst that lacks beats, with %s', async (_, params) => {
    expect(await faultProblems('verilator', storing, params)).toEqual([]);
  });
  test.each(chips)(
    'leaves a chip that works as after a reset, with %s',
    async (_, params) => {
      for (const [n, fault] of moments(40, 1).entries()) expect([n, ...(await faultProblems('verilator', fault, params))]).toEqual([n]);
    },
    patienceMs,
  );
  test(
    'does so in Icarus',
    async () => {
      for (const [n, fault] of moments(3, 100).entries()) expect([n, ...(await faultProblems('icarus', fault))]).toEqual([n]);
    },
    patienceMs,
  );
});

describe('a chip is noticed that', () => {
  const slow = { latency: 40 };
  const mutants: readonly (readonly [what: string, find: string, put: string, faults: readonly Fault[]])[] = [
    [
      'keeps its batcher',
      'u_batcher (\n    .clk_i(clk_i), .rst_i(unit_rst)',
      'u_batcher (\n    .clk_i(clk_i), .rst_i(rst_i)',
      [resetAt('run', 300, {})],
    ],
    [
      'keeps its core',
      'u_core (\n    .clk_i(clk_i), .rst_i(unit_rst)',
      'u_core (\n    .clk_i(clk_i), .rst_i(rst_i)',
      [resetAt('run', 300, {}), resetAt('run', 400, {}), resetAt('run', 500, {})],
    ],
    [
      'keeps its loader',
      'u_cold_loader (\n    .clk_i(clk_i), .rst_i(unit_rst || loader_abort)',
      'u_cold_loader (\n    .clk_i(clk_i), .rst_i(rst_i)',
      [resetAt('load', 200, slow)],
    ],
    [
      'forgets its reads in flight',
      'u_axi_read (\n    .clk_i(clk_i), .rst_i(rst_i)',
      'u_axi_read (\n    .clk_i(clk_i), .rst_i(unit_rst)',
      [resetAt('load', 200, slow)],
    ],
    [
      'forgets its writes in flight',
      'u_axi_write (\n    .clk_i(clk_i), .rst_i(rst_i)',
      'u_axi_write (\n    .clk_i(clk_i), .rst_i(unit_rst)',
      [silentFor({ channel: 'AW', nth: 1 })],
    ],
    ['does not wait for its writes', '(&rd_idle) && wr_idle', '&rd_idle', [silentFor({ channel: 'B', nth: 1 })]],
    [
      'does not stop its writes',
      'assign wr_abort[WR_ROWS]    = abort || drain;\n  assign wr_abort[WR_BATCHER] = drain;',
      "assign wr_abort[WR_ROWS]    = abort;\n  assign wr_abort[WR_BATCHER] = 1'b0;",
      [storing],
    ],
  ];
  test.each(mutants)(
    '%s',
    async (_, find, put, faults) => {
      const sources: SourceFile[] = designSources(faultParams).map(({ name, text }) => ({ name, text: text.replace(find, put) }));
      expect(sources.map(({ text }) => text)).not.toEqual(designSources(faultParams).map(({ text }) => text));
      for (const fault of faults) if ((await faultProblems('icarus', fault, faultParams, sources)).length > 0) return;
      expect.fail('no moment shows the mutant');
    },
    patienceMs,
  );
});
