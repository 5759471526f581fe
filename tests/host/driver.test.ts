import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchShapeOf } from '../../generator/batch/batch-shape.js';
import { formWindows } from '../../generator/batch/form-windows.js';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { runGolden } from '../../generator/golden/run-program.js';
import { ChipHost, HostError } from '../../generator/host/chip-host.js';
import { tokensOf } from '../../generator/host/memory-map.js';
import { driverModel, driverModelFile } from '../../generator/host/model.js';
import { derive } from '../../generator/params/derived.js';
import { makeParams } from '../../generator/params/params.js';
import { presetParams } from '../../generator/params/presets.js';
import { completionCodes } from '../../generator/contract/registers.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import { renderDesign } from '../../generator/output/design-manifest.js';
import { taskSubject } from '../../generator/subject/open.js';
import { buildPrograms } from '../support/driver-chip.js';
import { parseResults, requestsFile, runClient } from '../support/driver-client.js';
import { randomModel, randomRequests } from '../support/random-model.js';
import { serveChip, type Pace, type ServedChip } from '../support/served-chip.js';

const patienceMs = 600_000;
/** The array of the preset tiny, large enough for the models that come with the package; rows have a CRC behind them. */
const params = makeParams({
  array: { columns: 4, slices: 4, lanesPerSlice: 1, passes: 6 },
  envelope: { ...presetParams('small').envelope, codeWords: 24576 },
  port: { ...presetParams('tiny').port, reset: 'aresetn', rowCrc: 1 },
  batcher: presetParams('tiny').batcher,
});

const folder = mkdtempSync(join(tmpdir(), 'trexgen-driver-'));
beforeAll(async () => {
  for (const { name, text } of renderDesign(params).files) writeFileSync(join(folder, name), text);
  await buildPrograms(folder, params, ['run_requests', 'serve']);
}, patienceMs);
afterAll(() => rmSync(folder, { recursive: true }));

async function runDriver(image: Image, requests: readonly Int8Array[], policy: Policy, ringLog2: number, pace?: Pace, polls?: boolean) {
  const { exitCode, results } = await runClient(
    folder,
    driverModelFile(image),
    requestsFile(image, requests),
    policy,
    ringLog2,
    pace,
    polls,
  );
  expect(exitCode, `${policy}, ring ${ringLog2}, pace ${pace?.join(' ')}`).toBe(0);
  return parseResults(results, image, requests.length);
}

const outputsOf = (image: Image, requests: readonly Int8Array[]): number[][] =>
  runGolden(image.model, requests).outputs.map((output) => [...output]);

function randomImage(seed: number, head: 'mean' | 'token', coding: 'factorized' | 'uncoded' = 'factorized'): Image {
  return readImage(writeImage(randomModel(seed, { head, coding }), { columns: params.array.columns, busBytes: params.port.busBytes }));
}

describe('the driver in C on the chip that it is generated with', () => {
  it(
    'gets the golden outputs of a trained model for real inputs, and the windows and counts of the batcher',
    async () => {
      const { image, requests } = taskSubject('g2p', params, { inputs: 3, seed: 7 });
      const lengths = tokensOf(image, requests);
      const { done, counters: counted } = await runDriver(image, requests, 'tokens', 2);
      expect(done.map(({ output }) => output)).toEqual(outputsOf(image, requests));
      const windows = formWindows(lengths, batchShapeOf(params), 'tokens');
      expect(done.map(({ tag, code, cause }) => ({ tag, code, cause }))).toEqual(
        requests.map((_, r) => ({ tag: 1000 + r, code: completionCodes.good, cause: 0 })),
      );
      expect(counted).toMatchObject({
        requests: requests.length,
        windows: windows.length,
        tokens: lengths.reduce((sum, length) => sum + length, 0),
      });
      expect(new Set(done.map(({ window }) => window)).size).toBe(windows.length);
    },
    patienceMs,
  );

  it.each(policies)(
    'keeps a ring of two places filled until twelve requests are done, under policy %s',
    async (policy) => {
      const seed = 40 + policies.indexOf(policy);
      const image = randomImage(seed, 'token', policy === 'uniform' ? 'uncoded' : 'factorized');
      const { windowTokens } = derive(params);
      const requests = randomRequests(seed, image.model, [windowTokens, 1, 2, 5, 6, 7, 3, 1, 12, 4, windowTokens, 2]);
      const { done, counters: counted } = await runDriver(image, requests, policy, 1);
      expect(done.map(({ output }) => output)).toEqual(outputsOf(image, requests));
      expect(done.every(({ code }) => code === completionCodes.good)).toBe(true);
      expect(counted.requests).toBe(requests.length);
    },
    patienceMs,
  );

  it(
    'meets no refusal with small rings, whatever the speed of the host, when status words come long before their write responses',
    async () => {
      const image = randomImage(45, 'mean');
      const lengths = [1, 2, 1, 5, 3, 1, 4, 2];
      const requests = randomRequests(45, image.model, lengths);
      const golden = outputsOf(image, requests);
      for (const [ringLog2, policy, pace, polls] of [
        [1, 'single', [1, 0, 2000], true],
        [1, 'packed', [2, 300, 1000], false],
        [2, 'single', [3, 100, 3000], true],
        [2, 'tokens', [4, 2000, 400], true],
        [3, 'single', [5, 3000, 5000], false],
        [1, 'uniform', [6, 40, 200], true],
        [0, 'packed', [7, 10, 500], true],
      ] as const) {
        const { done, counters: counted } = await runDriver(image, requests, policy, ringLog2, pace, polls);
        expect(done.map(({ output }) => output)).toEqual(golden);
        expect(counted.requests).toBe(requests.length);
      }
    },
    patienceMs,
  );

  it(
    'tells a memory that is silent by the watchdog and by a soft reset, and works when the memory answers again',
    async () => {
      const image = randomImage(46, 'token');
      const requests = randomRequests(46, image.model, [3, 1, 4]);
      const { exitCode, results } = await runClient(
        folder,
        driverModelFile(image),
        requestsFile(image, requests),
        'packed',
        2,
        [0, 0, 0],
        false,
        true,
      );
      expect(exitCode).toBe(0);
      const { done, counters: counted } = parseResults(results, image, requests.length);
      expect(done.map(({ output, window }) => ({ output, window }))).toEqual(
        outputsOf(image, requests).map((output) => ({ output, window: 0 })),
      );
      expect(counted.requests).toBe(requests.length);
    },
    patienceMs,
  );

  it(
    'finds rows out that are not what their CRC says, in a feature, the padding or the CRC, and only those',
    async () => {
      const image = randomImage(51, 'mean');
      const requests = randomRequests(51, image.model, [3, 2]);
      const { outputBytes } = driverModel(image);
      const stride = Math.ceil(outputBytes / params.port.busBytes) * params.port.busBytes;
      for (const damage of [0, stride - 1, stride + 3]) {
        const { exitCode, results } = await runClient(
          folder,
          driverModelFile(image),
          requestsFile(image, requests),
          'single',
          1,
          undefined,
          false,
          false,
          damage,
        );
        expect(exitCode).toBe(0);
        expect(parseResults(results, image, 2).done.map(({ tag, code, cause }) => ({ tag, code, cause }))).toEqual([
          { tag: 1000, code: completionCodes.rowsCrc, cause: 1 },
          { tag: 1001, code: completionCodes.good, cause: 0 },
        ]);
      }
    },
    patienceMs,
  );

  it(
    'tells a damaged model, a request without tokens or over the window, and memory that is too small, by its results',
    async () => {
      const image = randomImage(50, 'mean');
      const [request] = randomRequests(50, image.model, [3]);
      const model = driverModelFile(image);
      const damaged = model.slice();
      damaged[damaged.length - image.pass.length - 1]! ^= 1;
      const none = requestsFile(image, [request!], [0]);
      const long = requestsFile(image, [request!], [derive(params).windowTokens + 1]);
      expect((await runClient(folder, damaged, none, 'single', 0)).exitCode, 'TREX_LOAD_FAILED').toBe(16);
      expect((await runClient(folder, model, none, 'single', 0)).exitCode, 'TREX_BAD_REQUEST').toBe(15);
      expect((await runClient(folder, model, long, 'single', 0)).exitCode, 'TREX_BAD_REQUEST').toBe(15);
      expect((await runClient(folder, model, none, 'single', 16)).exitCode, 'TREX_NO_MEMORY').toBe(13);
    },
    patienceMs,
  );
});

describe('the host in TypeScript on the same chip', () => {
  const memoryAddress = 0x40000000;
  const served = async <T>(use: (chip: ServedChip) => Promise<T>, pace?: Pace): Promise<T> => {
    const chip = serveChip(join(folder, 'serve'), memoryAddress, 2 ** 21, pace);
    try {
      return await use(chip);
    } finally {
      await chip.close();
    }
  };

  it(
    'gets the golden outputs of one model after another, with the windows of the batcher',
    async () => {
      await served(async (chip) => {
        const host = await ChipHost.open(chip, params);
        for (const [seed, lengths] of [
          [60, [4, 3, 11]],
          [61, [2, 24, 1, 1, 5]],
        ] as const) {
          const image = randomImage(seed, seed === 60 ? 'mean' : 'token');
          const requests = randomRequests(seed, image.model, lengths);
          const completions = await host.run(image, requests, 'packed');
          expect(completions.map(({ output }) => [...output])).toEqual(outputsOf(image, requests));
          expect(completions.map(({ code, cause, tag }) => ({ code, cause, tag }))).toEqual(
            lengths.map((_, tag) => ({ code: 'good', cause: false, tag })),
          );
          expect(await host.counters()).toMatchObject({
            requests: lengths.length,
            windows: formWindows(lengths, batchShapeOf(params), 'packed').length,
          });
        }
      });
    },
    patienceMs,
  );

  it.each([
    [7, 0, 3000],
    [8, 400, 1000],
    [9, 5000, 200],
  ] as const)(
    'runs again right behind a run, with late write responses and a host of random speed: pace %i %i %i',
    async (...pace) => {
      const image = randomImage(63, 'mean');
      const requests = randomRequests(63, image.model, [2, 1, 3]);
      await served(async (chip) => {
        const host = await ChipHost.open(chip, params);
        for (const policy of ['single', 'packed', 'single'] as const) {
          expect((await host.run(image, requests, policy)).map(({ output }) => [...output])).toEqual(outputsOf(image, requests));
          expect(await host.read('STATUS')).toMatchObject({ busy: 0, loading: 0 });
        }
      }, pace);
    },
    patienceMs,
  );

  it(
    'says that the chip is busy when a run was left, and runs again when idle() has waited for the rest',
    async () => {
      const image = randomImage(64, 'mean');
      const requests = randomRequests(64, image.model, [2, 1]);
      await served(
        async (chip) => {
          let left = false;
          const host = await ChipHost.open(
            {
              ...chip,
              interrupt: async () => {
                if (left) throw new Error('left');
                await chip.interrupt();
                left = true;
              },
            },
            params,
          );
          await expect(host.run(image, requests, 'single')).rejects.toThrow('left');
          const busy = 'STATUS = busy or loading: an earlier run is under way; await idle() first';
          await expect(host.run(image, requests, 'single')).rejects.toThrow(new HostError(busy));
          const other = await ChipHost.open(chip, params);
          await expect(other.run(image, requests, 'single')).rejects.toThrow(new HostError(busy));
          await other.idle();
          expect((await other.run(image, requests, 'packed')).map(({ output }) => [...output])).toEqual(outputsOf(image, requests));
          await other.write('RING_TAIL', { value: 5 });
          await expect(other.run(image, requests, 'packed')).rejects.toThrow(
            new HostError('RING_HEAD = 4: RING_TAIL is 5, so requests of an earlier run are left in the ring; reset the chip'),
          );
        },
        [10, 0, 3000],
      );
    },
    patienceMs,
  );

  it(
    'tells a memory that is silent by the watchdog and by a soft reset, and works when the memory answers again',
    async () => {
      const image = randomImage(65, 'mean');
      const requests = randomRequests(65, image.model, [2, 1]);
      await served(async (chip) => {
        const host = await ChipHost.open(chip, params);
        await host.setWatchdog(20_000);
        await chip.silence(true);
        await expect(host.run(image, requests, 'single')).rejects.toThrow(
          new HostError("STATUS = portStuck: the chip's memory does not answer; reset() the chip"),
        );
        expect(await host.read('ERROR')).toEqual({ value: completionCodes.portStuck });
        await expect(host.reset()).rejects.toThrow(
          new HostError("STATUS = portStuck: the chip's memory does not answer; reset the system"),
        );
        expect(await host.portStuck()).toBe(true);
        await chip.silence(false);
        await host.reset();
        expect(await host.read('STATUS')).toEqual({ loaded: 0, loading: 0, busy: 0, window: 0, resetting: 0, portStuck: 0 });
        expect((await host.run(image, requests, 'packed')).map(({ output }) => [...output])).toEqual(outputsOf(image, requests));
      });
    },
    patienceMs,
  );

  it(
    'finds rows out that are not what their CRC says',
    async () => {
      const image = randomImage(65, 'token');
      await served(async (chip) => {
        let spoil = true;
        const host = await ChipHost.open(
          {
            ...chip,
            readMemory: async (address, bytes) => {
              const read = Buffer.from(await chip.readMemory(address, bytes));
              // Descriptor and rows by turns: the first rows.
              if (bytes !== 32 && spoil) read[1]! ^= 4;
              if (bytes !== 32) spoil = false;
              return read;
            },
          },
          params,
        );
        const completions = await host.run(image, randomRequests(65, image.model, [5, 4]), 'packed');
        expect(completions.map(({ code, cause, tag }) => ({ code, cause, tag }))).toEqual([
          { code: 'rowsCrc', cause: true, tag: 0 },
          { code: 'good', cause: false, tag: 1 },
        ]);
      });
    },
    patienceMs,
  );

  it(
    'refuses a chip of other parameters, and tells why a model cannot be loaded',
    async () => {
      await served(async (chip) => {
        const other = makeParams({ ...params, array: { ...params.array, passes: 2 } });
        await expect(ChipHost.open(chip, other)).rejects.toThrow(
          new HostError("CONFIG_PASSES = 6: this host's program is for a chip with 2"),
        );
        const image = randomImage(62, 'mean');
        const cold = image.cold.slice();
        cold[cold.length - params.port.busBytes - 1]! ^= 0x10;
        const host = await ChipHost.open(chip, params);
        await expect(host.run({ ...image, cold }, randomRequests(62, image.model, [2]), 'single')).rejects.toThrow(
          new HostError('load: coldCrc'),
        );
      });
    },
    patienceMs,
  );
});
