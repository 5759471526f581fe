import { describe, expect, test } from 'vitest';
import { instructionFields, opcodes } from '../../generator/program/isa.js';
import { crcOf } from '../../generator/program/manifest.js';
import type { Image } from '../../generator/program/image.js';
import { buildChip, runChip } from '../../generator/sim/chip-run.js';
import { designSources } from '../../generator/rtl/design.js';
import { host, ringSteps } from '../../generator/sim/host-script.js';
import {
  aheadParams, clearInterrupts, faultImage, faultMap, faultParams, faultProblems, faultSteps, irqSteps, loadSteps, serveSteps, type Fault,
} from '../support/chip-faults.js';
import { resetAt, setWatchdog, silenceProblems, silentFor, watchdogCycles, type Silence } from '../support/chip-recovery.js';
import { randomFrom } from '../support/random-model.js';
import { temporaryFolder } from '../support/temporary.js';

const { busBytes } = faultParams.port;
const spare = { cold: faultMap.spareCold, pass: faultMap.sparePass };
/** Behind all that the map places. */
const brokenCold = 8192;

const chips = [['one window buffer', faultParams, 'verilator'], ['two window buffers', aheadParams, 'verilator'], ['one window buffer', faultParams, 'icarus']] as const;

/** Transfers before which a channel falls silent: during the load, a descriptor, rows in, weights, rows out, a completion. */
const silences: readonly Silence[] = [
  ...[2, 23, 25, 32, 40].map((nth) => ({ channel: 'AR', nth }) as const),
  ...[1, 6, 90, 92, 115, 120, 150].map((nth) => ({ channel: 'R', nth }) as const),
  ...[1, 2, 3, 4].map((nth) => ({ channel: 'AW', nth }) as const),
  ...[1, 2, 4, 5].map((nth) => ({ channel: 'W', nth }) as const),
  ...[1, 2, 3, 4].map((nth) => ({ channel: 'B', nth }) as const),
];

/** In Icarus one of each channel. */
const silencesFor = (simulator: string): readonly Silence[] => (simulator === 'verilator' ? silences : silences.filter(({ channel }, i) => silences[i + 1]?.channel !== channel));

for (const [what, params, simulator] of chips) {
  describe(`a chip with ${what} in ${simulator}`, () => {
    test('tells a port that is silent for ever by the watchdog and again by a soft reset, and keeps the rules of AXI', async () => {
      for (const silence of silencesFor(simulator)) expect([silence, ...await silenceProblems(simulator, silence, params)]).toEqual([silence]);
    });
    test('ends a soft reset as soon as the port answers after all, and works', async () => {
      for (const silence of silencesFor(simulator)) expect([silence, ...await faultProblems(simulator, silentFor(silence), params)]).toEqual([silence]);
    });
  });
}

/** Load a model with the watchdog on and serve all requests. */
const watched = (image = faultImage, at: { readonly cold: number; readonly pass: number } = faultMap) =>
  [irqSteps, setWatchdog, ...ringSteps(faultMap), ...loadSteps(image, at)];
const usual = (fault: Fault): Fault => ({ ...fault, steps: [...watched(), host.expect('STATUS', { loaded: 1 }), clearInterrupts, ...serveSteps(6), ...faultSteps(fault), host.expect('STATUS', { portStuck: 0 })] });
const silent = (channel: Silence['channel'], nth: number, periods: number): Fault['settings'] => ({ silence: { channel, nth, cycles: Math.round(periods * watchdogCycles) } });
const quiet: readonly ReturnType<typeof host.pause>[] = [];

/** The first window does not end by itself; with the spare model the others are good. */
function endless(image: Image): Fault {
  return {
    error: 'watchdog', codes: { 0: 'watchdog', 1: 'watchdog' }, spoil: (memory) => memory.set(image.cold, brokenCold),
    steps: [
      ...watched(image, { cold: brokenCold, pass: faultMap.pass }), host.expect('STATUS', { loaded: 1 }), clearInterrupts, ...serveSteps(2),
      ...faultSteps({ error: 'watchdog', errorRequest: 0 }), host.expect('STATUS', { portStuck: 0, window: 0 }), clearInterrupts,
      ...loadSteps(faultImage, spare), host.expect('STATUS', { loaded: 1 }), clearInterrupts, ...serveSteps(6), host.expect('IRQ_STATUS', { completion: 1, error: 0 }),
    ],
  };
}

function withCold(program: Uint8Array, instructions: number): Image {
  const rest = faultImage.cold.subarray(16 * (faultImage.model.operations.length + 1), faultImage.cold.length - busBytes);
  const content = Uint8Array.from([...program, ...rest]);
  const crc = new Uint8Array(busBytes);
  new DataView(crc.buffer).setUint32(0, crcOf(content), true);
  return { ...faultImage, cold: Uint8Array.from([...content, ...crc]), model: { ...faultImage.model, operations: Array.from({ length: instructions - 1 }, () => faultImage.model.operations[0]!) } };
}

const program = faultImage.cold.subarray(0, 16 * (faultImage.model.operations.length + 1));
const { instructions } = faultParams.envelope;
/** Every word of the program memory is the LOAD: it goes round for ever. */
const withoutEnd = withCold(Uint8Array.from({ length: 16 * instructions }, (_, i) => program[i % 16]!), instructions);
/** A LOAD of no features waits for rows that nobody has asked for. */
const ofNothing = withCold(program.map((byte, i) => {
  const { low, bits } = instructionFields.find(({ name }) => name === 'outer')!;
  const mask = i < 16 ? Number(((((1n << BigInt(bits)) - 1n) << BigInt(low)) >> BigInt(8 * i)) & 255n) : 0;
  return byte & ~mask;
}), program.length / 16);

const bitten: Readonly<Record<string, Fault>> = {
  'a program without END: the window ends, and the next model works': endless(withoutEnd),
  'a LOAD of no features: the window ends, and the next model works': endless(ofNothing),
  'weights that are late: the window ends when they have come': usual({ error: 'watchdog', errorRequest: 0, codes: { 0: 'watchdog', 1: 'watchdog' }, settings: silent('R', 150, 1.5) }),
  'weights that are very late: the port is stuck and then it is not': usual({ error: 'watchdog', errorRequest: 0, codes: { 0: 'watchdog', 1: 'watchdog' }, settings: silent('R', 150, 3) }),
  'rows whose response is late': usual({ error: 'watchdog', errorRequest: 0, codes: { 0: 'watchdog', 1: 'watchdog' }, settings: silent('B', 1, 1.5) }),
  'rows whose address is not taken for long': usual({ error: 'watchdog', errorRequest: 0, codes: { 0: 'watchdog', 1: 'watchdog' }, settings: silent('AW', 1, 1.5) }),
  'rows whose data is not taken for long': usual({ error: 'watchdog', errorRequest: 0, codes: { 0: 'watchdog', 1: 'watchdog' }, settings: silent('W', 2, 1.5) }),
  'a completion whose response is late: it is good': usual({ error: 'portStuck', settings: silent('B', 3, 3) }),
  'a descriptor that is late: it is good': usual({ error: 'portStuck', settings: silent('R', 91, 1.5) }),
  'a load whose beats are late: the next one is good': {
    error: 'watchdog', settings: silent('R', 6, 3),
    steps: [
      ...watched(), host.expect('IRQ_STATUS', { error: 1, loaded: 0 }), host.expect('STATUS', { loading: 1, portStuck: 1 }), host.expect('ERROR', { value: 20 }),
      host.poll('STATUS', { loading: 0 }), host.expect('STATUS', { loaded: 0, portStuck: 0 }), host.expect('IRQ_STATUS', { loaded: 1 }), ...faultSteps({ error: 'watchdog' }),
      clearInterrupts, ...loadSteps(faultImage, spare), host.expect('STATUS', { loaded: 1 }), clearInterrupts, ...serveSteps(6), host.expect('IRQ_STATUS', { completion: 1, error: 0 }),
    ],
  },
};

/** Whoever is late for less than WATCHDOG cycles, and whoever is later without a watchdog, is nobody's business. */
const patient: Readonly<Record<string, Fault>> = {
  'that is on': { ...usual({ error: 'good' }), settings: silent('R', 150, 0.3) },
  'that is off': {
    error: 'good', settings: silent('R', 150, 5),
    steps: [irqSteps, ...ringSteps(faultMap), ...loadSteps(faultImage, faultMap), clearInterrupts, ...serveSteps(6), host.expect('IRQ_STATUS', { error: 0 }), host.expect('STATUS', { portStuck: 0 })],
  },
  'that is switched off in time': {
    error: 'good', settings: silent('R', 150, 5),
    steps: [
      ...watched(), clearInterrupts, host.write('RING_TAIL', { value: 6 }), host.write('CONTROL', { policy: 2, enable: 1 }), host.pause(watchdogCycles - 500),
      host.write('WATCHDOG', { value: 0 }), host.poll('RING_HEAD', { value: 6 }), host.expect('IRQ_STATUS', { error: 0 }),
    ],
  },
};

for (const [what, params, simulator] of chips) {
  describe(`the watchdog of a chip with ${what} in ${simulator}`, () => {
    test.each(Object.entries(bitten))('meets %s', async (_, fault) => {
      expect(await faultProblems(simulator, fault, params)).toEqual([]);
    });
    test.each(Object.entries(patient))('%s leaves good work alone', async (_, { error: _none, ...fault }) => {
      expect(await faultProblems(simulator, { error: 'good', ...fault }, params)).toEqual([]);
    });
  });
}
void quiet; void opcodes; void buildChip; void runChip; void designSources; void temporaryFolder; void randomFrom; void resetAt;
