/** A small whole chip whose windows hold many requests, some of which meet faults. */
import { batchShapeOf } from '../../generator/batch/batch-shape.js';
import { formWindows, type Window } from '../../generator/batch/form-windows.js';
import { completionCodes, type CompletionCode } from '../../generator/contract/registers.js';
import { runGolden } from '../../generator/golden/run-program.js';
import { controlOf, host, modelSteps, ringSteps } from '../../generator/host/host-script.js';
import { fillMemory, layOut, type MemoryMap } from '../../generator/host/memory-map.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import type { Simulator } from '../../generator/sim/build.js';
import { buildChip, runChip, type RunSettings } from '../../generator/sim/chip-run.js';
import { compareMemory, type Completion } from '../../generator/sim/compare-memory.js';
import { Differences } from '../../generator/sim/differences.js';
import { tagOf } from '../../generator/sim/unit.js';
import { clearInterrupts, faultImage, irqSteps, type Fault } from './chip-faults.js';
import { randomRequests } from './random-model.js';
import { temporaryFolder } from './temporary.js';

export interface SegmentChip {
  readonly params: Params;
  readonly map: MemoryMap;
  readonly windows: readonly Window[];
}

/** The second window of them has a long one whose tail is shared, and short ones at odd places. */
const lengths = [32, 19, 1, 2, 1, 1, 3, 1, 2, 1, 5, 3, 4, 1, 2];
const requests = randomRequests(31, faultImage.model, lengths);
const { outputs } = runGolden(faultImage.model, requests);

export function segmentChip(more: { readonly windowBuffers: 1 | 2; readonly rowCrc: 0 | 1; readonly segments: number }): SegmentChip {
  const { windowBuffers, rowCrc, segments } = more;
  const params = makeParams({
    array: { columns: 4, slices: 2, lanesPerSlice: 2, passes: 8 },
    envelope: { width: 8, hidden: 8, rank: 8, codeWords: 64, matrices: 4, instructions: 32 },
    port: { busBytes: 8, addressBits: 32, burstBeats: 4, outstandingReads: 4, prefetchBeats: 8, rowCrc },
    batcher: { windowBuffers, segments, lookahead: 16 },
  });
  return { params, map: layOut(faultImage, params, lengths), windows: formWindows(lengths, batchShapeOf(params), 'tokens') };
}

export interface SegmentFault extends Pick<Fault, 'spoil' | 'settings' | 'codes' | 'causes' | 'errorRequest'> {
  /** Requests that are in no window. */
  readonly refused?: readonly number[];
  /** ERROR at the end; undefined: none. */
  readonly error?: CompletionCode;
}

/** Windows of the requests that are not refused, and of each of these the window that was next. */
function windowsWithout(params: Params, refused: readonly number[]): number[] {
  const windows = formWindows(
    lengths.map((length, r) => (refused.includes(r) ? 0 : length)),
    batchShapeOf(params),
    'tokens',
  );
  return lengths.map((_, r) => windows.findIndex((window) => window.some(({ index }) => index === r)));
}

/** Everything that is wrong after a run with this fault; empty when the chip did as it must. */
export async function segmentProblems(simulator: Simulator, { params, map }: SegmentChip, fault: SegmentFault): Promise<readonly string[]> {
  const { busBytes } = params.port;
  const { refused = [], error } = fault;
  const before = fillMemory(
    map,
    faultImage,
    requests,
    requests.map((_, r) => tagOf(r)),
  );
  fault.spoil?.(before);
  const tail = requests.length;
  const told =
    error === undefined
      ? [host.expect('IRQ_STATUS', { error: 0 })]
      : [
          host.expect('IRQ_STATUS', { error: 1 }),
          host.expect('ERROR', { value: completionCodes[error] }),
          host.expect('ERROR_TAG', { value: fault.errorRequest === undefined ? 0 : tagOf(fault.errorRequest) }),
        ];
  const steps = [
    irqSteps,
    ...ringSteps(map),
    ...modelSteps(faultImage, map),
    controlOf('tokens', { load: 1 }),
    host.interrupt(),
    host.expect('STATUS', { loaded: 1 }),
    clearInterrupts,
    host.write('RING_TAIL', { value: tail }),
    controlOf('tokens', { enable: 1 }),
    host.poll('RING_HEAD', { value: tail }),
    host.poll('STATUS', { busy: 0 }),
    ...told,
  ];
  const settings: RunSettings = { seed: 9, latency: 3, patience: 200_000, ...fault.settings };
  const executable = await buildChip({ params, simulator, beats: map.beats, quick: true });
  return temporaryFolder(async (folder) => {
    const run = await runChip(executable, { memory: before, steps, busBytes }, settings, folder);
    const window = windowsWithout(params, refused);
    const completions = requests.map((_, r): Completion => ({
      code: completionCodes[fault.codes?.[r] ?? 'good'],
      cause: fault.causes?.includes(r) === true,
      window: refused.includes(r) ? 0 : window[r]!,
    }));
    const differences = new Differences();
    compareMemory({ image: faultImage, map, before, outputs, completions }, run.memory, differences);
    return [...run.problems, ...differences.problems, ...differences.list.map((difference) => JSON.stringify(difference))];
  });
}
