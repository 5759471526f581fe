/** Cycles and utilization against the memory: its latency, the width of the port, and a memory slower than the port. */
import { join } from 'node:path';
import { predict } from '../../analytic/predict.js';
import { defaultPolicy } from '../../contract/codes.js';
import type { Memory } from '../../analytic/read-port.js';
import { makeParams } from '../../params/params.js';
import type { Params } from '../../params/fields.js';
import type { Simulator } from '../../sim/build.js';
import { simulate, summarise } from '../../sim/simulate.js';
import { longRunMs } from './measure.js';
import type { Subject } from '../../subject/subject.js';
import { refuse, UserError } from '../../util/errors.js';

export interface BandwidthPoint {
  readonly busBytes: number;
  readonly latencyCycles: number;
  readonly cyclesPerBeat: number;
  readonly prefetchBeats: number;
  readonly cycles: number;
  readonly arrayUtilization: number;
  readonly usefulUtilization: number;
  /** Cycles by the analytic model. */
  readonly predictedCycles: number;
  readonly exact: boolean;
}

export interface Grid {
  readonly busBytes: readonly number[];
  readonly latencies: readonly number[];
  /** Cycles a beat of a slow memory, at the first of the latencies. */
  readonly cyclesPerBeat: readonly number[];
}

export const fullGrid: Grid = { busBytes: [4, 8, 16, 32, 64], latencies: [10, 50, 100, 200, 500], cyclesPerBeat: [2, 4] };

export interface BandwidthSettings {
  readonly params: Params;
  readonly simulator: Simulator;
  readonly seed: number;
  readonly out: string;
  readonly quick?: boolean;
  readonly say: (text: string) => void;
}

export function withPort(params: Params, port: Partial<Params['port']>): Params {
  return makeParams({ ...params, port: { ...params.port, ...port } });
}

/** Builds the hardware of every port of the grid. Errors: UserError with everything that cannot be */
export function requirePorts(params: Params, { busBytes }: Grid): void {
  const problems = busBytes.flatMap((bytes) => {
    try {
      withPort(params, { busBytes: bytes });
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.problems.map(
        (problem) => `${problem}; the memory's curve has ports of ${busBytes.join(', ')} bytes, and --quick leaves it out`,
      );
    }
  });
  refuse(problems);
}

/** One compressed model on hardware of every port, with every memory, with the default policy. */
export async function measureBandwidth(
  subjectOn: (params: Params) => Subject,
  grid: Grid,
  settings: BandwidthSettings,
): Promise<BandwidthPoint[]> {
  const { simulator, seed, out, quick, say } = settings;
  const points: BandwidthPoint[] = [];
  for (const busBytes of grid.busBytes) {
    const params = withPort(settings.params, { busBytes });
    const subject = subjectOn(params);
    const { image, requests } = subject;
    const [first = 1] = grid.latencies;
    const memories: Memory[] = [
      ...grid.latencies.map((latencyCycles) => ({ latencyCycles, cyclesPerBeat: 1 })),
      ...grid.cyclesPerBeat.map((cyclesPerBeat) => ({ latencyCycles: first, cyclesPerBeat })),
    ];
    for (const memory of memories) {
      const { latencyCycles, cyclesPerBeat } = memory;
      say(`${subject.name}: port of ${8 * busBytes} bits, latency ${latencyCycles}, ${cyclesPerBeat} cycles a beat`);
      const { units } = await simulate({
        params,
        image,
        requests,
        simulator,
        policy: defaultPolicy,
        settings: { seed, latency: latencyCycles, throttle: cyclesPerBeat, timeoutMs: longRunMs },
        out: join(out, 'bandwidth', `${busBytes}-${latencyCycles}-${cyclesPerBeat}`),
        ...(quick !== undefined && { quick }),
      });
      const { cycles, utilization, mismatches, emaAgree } = summarise(params, units);
      points.push({
        busBytes,
        latencyCycles,
        cyclesPerBeat,
        prefetchBeats: params.port.prefetchBeats,
        cycles,
        arrayUtilization: utilization.array,
        usefulUtilization: utilization.useful,
        exact: mismatches === 0 && emaAgree,
        predictedCycles: predict({ model: image.model, params, lengths: subject.lengths, policy: defaultPolicy, memory }).cycles,
      });
    }
  }
  return points;
}

export interface PrefetchDepth {
  readonly latencyCycles: number;
  /** Smallest buffer within a percent of the deepest one; by the analytic model. */
  readonly prefetchBeats: number;
}

const deepest = 4096;

/** Bursts in flight grow with the buffer, so that they are not what limits it. */
export function sufficientPrefetch(subject: Subject, params: Params, latencies: readonly number[]): PrefetchDepth[] {
  return latencies.map((latencyCycles) => {
    const cyclesWith = (prefetchBeats: number): number =>
      predict({
        model: subject.model,
        lengths: subject.lengths,
        policy: defaultPolicy,
        memory: { latencyCycles, cyclesPerBeat: 1 },
        params: withPort(params, {
          prefetchBeats,
          outstandingReads: Math.max(params.port.outstandingReads, Math.min(32, prefetchBeats / params.port.burstBeats)),
        }),
      }).cycles;
    const best = cyclesWith(deepest);
    let depth = params.port.burstBeats;
    while (depth < deepest && cyclesWith(Math.max(4, depth)) > 1.01 * best) depth *= 2;
    return { latencyCycles, prefetchBeats: Math.max(4, depth) };
  });
}
