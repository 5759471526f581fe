/** One whole chip that meets faults: its model, its requests, and what must be true afterwards. */
import { batchShapeOf } from '../../generator/batch/batch-shape.js';
import { formWindows } from '../../generator/batch/form-windows.js';
import { runGolden } from '../../generator/golden/run-program.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { completionCodes, type CompletionCode } from '../../generator/contract/registers.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import type { Simulator, SourceFile } from '../../generator/sim/build.js';
import { buildChip, runChip, type ChipRun, type RunSettings } from '../../generator/sim/chip-run.js';
import { compareMemory, type Completion } from '../../generator/sim/compare-memory.js';
import { Differences } from '../../generator/sim/differences.js';
import { controlOf, host, modelSteps, ringSteps, type HostStep } from '../../generator/host/host-script.js';
import { fillMemory, layOut, type MemoryMap } from '../../generator/host/memory-map.js';
import { tagOf } from '../../generator/sim/unit.js';
import { randomModel, randomRequests } from './random-model.js';
import { temporaryFolder } from './temporary.js';

const chip = (windowBuffers: number, rowCrc: number): Params =>
  makeParams({
    array: { columns: 4, slices: 2, lanesPerSlice: 1, passes: 2 },
    envelope: { width: 8, hidden: 8, rank: 8, codeWords: 64, matrices: 4, instructions: 32 },
    port: { busBytes: 8, addressBits: 32, burstBeats: 4, outstandingReads: 4, prefetchBeats: 8, rowCrc },
    batcher: { windowBuffers },
  });

export const faultParams = chip(1, 0);
/** The same, and it loads the rows of the next window while one computes; rows have a CRC behind them. */
export const aheadParams = chip(2, 1);

const { columns } = faultParams.array;
const { busBytes } = faultParams.port;

export const faultImage: Image = readImage(
  writeImage(
    randomModel(11, {
      width: 6,
      heads: 1,
      headWidth: 4,
      hidden: 8,
      rank: 8,
      k: 3,
      banks: 4,
      classes: 3,
      inputWidth: 6,
      head: 'token',
      embedding: 'direct',
    }),
    { columns, busBytes },
  ),
);

/** Two requests of one slice each share a window: three windows. */
const lengths = [2, 1, 2, 2, 1, 2];
const requests = randomRequests(12, faultImage.model, lengths);
const { outputs } = runGolden(faultImage.model, requests);
export const windows = formWindows(lengths, batchShapeOf(faultParams), 'packed');

/** Second copies of the two regions lie behind everything else. */
export interface FaultMap extends MemoryMap {
  readonly spareCold: number;
  readonly sparePass: number;
}

const round = (bytes: number): number => Math.ceil(bytes / busBytes) * busBytes;

export const faultMap: FaultMap = (() => {
  // With room for the CRC of rows, whether the chip has it or not.
  const map = layOut(faultImage, aheadParams, lengths);
  const last = map.requests.at(-1)!;
  const spareCold = last.output + round(last.outputBytes) + 2 * busBytes;
  return { ...map, spareCold, sparePass: spareCold + faultImage.cold.length + 2048 };
})();

export interface Fault {
  /** Changes memory before the run. */
  readonly spoil?: (memory: Uint8Array) => void;
  readonly settings?: Partial<RunSettings>;
  /** Codes of requests that are not good. */
  readonly codes?: Readonly<Record<number, CompletionCode>>;
  /** Requests that are marked as the cause. */
  readonly causes?: readonly number[];
  /** Window of each request, where a refused one shifts the others. */
  readonly windows?: readonly number[];
  /** ERROR and the request whose tag ERROR_TAG holds; undefined: no tag. */
  readonly error: CompletionCode;
  readonly errorRequest?: number | undefined;
  /** Steps in place of the usual ones. */
  readonly steps?: readonly HostStep[];
}

/** Load, and read what the interrupt tells. */
export function loadSteps(image: Image, at: { readonly cold: number; readonly pass: number }): HostStep[] {
  return [...modelSteps(image, at), controlOf('packed', { load: 1 }), host.interrupt()];
}

export const clearInterrupts: HostStep = host.write('IRQ_STATUS', { completion: 1, loaded: 1, error: 1 });
export const irqSteps: HostStep = host.write('IRQ_ENABLE', { completion: 1, loaded: 1, error: 1 });

/** Serve the ring up to a request, and wait until all are completed. */
export function serveSteps(tail: number): HostStep[] {
  return [
    host.write('RING_TAIL', { value: tail }),
    controlOf('packed', { enable: 1 }),
    host.interrupt(),
    host.poll('RING_HEAD', { value: tail }),
    host.poll('STATUS', { busy: 0 }),
  ];
}

export function faultSteps({ error, errorRequest }: Fault): HostStep[] {
  return [
    host.expect('IRQ_STATUS', { error: 1 }),
    host.expect('ERROR', { value: completionCodes[error] }),
    host.expect('ERROR_TAG', { value: errorRequest === undefined ? 0 : tagOf(errorRequest) }),
  ];
}

function usualSteps(fault: Fault): HostStep[] {
  return [
    irqSteps,
    ...ringSteps(faultMap),
    ...loadSteps(faultImage, faultMap),
    host.expect('STATUS', { loaded: 1 }),
    clearInterrupts,
    ...serveSteps(requests.length),
    ...faultSteps(fault),
  ];
}

/** Memory map of this chip: the same places, with a CRC behind rows or without. */
const mapOf = ({ port: { rowCrc } }: Params): FaultMap => ({ ...faultMap, rowCrc: rowCrc === 1 });

/** A run with this fault, and what the bench itself says about it. */
export async function runFault(
  simulator: Simulator,
  fault: Fault,
  params = faultParams,
  sources?: readonly SourceFile[],
): Promise<{ readonly run: ChipRun; readonly before: Uint8Array }> {
  const before = fillMemory(
    mapOf(params),
    faultImage,
    requests,
    requests.map((_, r) => tagOf(r)),
  );
  before.set(faultImage.cold, faultMap.spareCold);
  before.set(faultImage.pass, faultMap.sparePass);
  fault.spoil?.(before);
  const executable = await buildChip({ params, simulator, beats: faultMap.beats, quick: true, ...(sources !== undefined && { sources }) });
  return temporaryFolder(async (folder) => {
    const input = { memory: before, steps: fault.steps ?? usualSteps(fault), busBytes };
    return { run: await runChip(executable, input, { seed: 5, latency: 3, patience: 200_000, ...fault.settings }, folder), before };
  });
}

/** Everything that is wrong after a run with this fault; empty when the chip did as it must. */
export async function faultProblems(
  simulator: Simulator,
  fault: Fault,
  params = faultParams,
  sources?: readonly SourceFile[],
): Promise<readonly string[]> {
  const { run, before } = await runFault(simulator, fault, params, sources);
  const differences = new Differences();
  const completions = requests.map((_, r): Completion => ({
    code: completionCodes[fault.codes?.[r] ?? 'good'],
    cause: fault.causes?.includes(r) === true,
    window: fault.windows?.[r] ?? windows.findIndex((window) => window.some(({ index }) => index === r)),
  }));
  compareMemory({ image: faultImage, map: mapOf(params), before, outputs, completions }, run.memory, differences);
  return [...run.problems, ...differences.problems, ...differences.list.map((difference) => JSON.stringify(difference))];
}
