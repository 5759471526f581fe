/** The policies side by side: what each brings on the simulated chip, and how long requests wait under the same load. */
import { byPolicy, policies, type Policy } from '../../contract/codes.js';
import { sumTraffic } from '../../contract/traffic-classes.js';
import type { Params } from '../../params/fields.js';
import type { Image } from '../../program/image.js';
import { drawTrace } from '../requests/draw.js';
import { measureTrace, singleRate } from '../requests/measure.js';
import type { Measured } from './measure.js';

/** Share of what the policy single could just serve, and requests that arrive at that rate. */
export const load = 0.8;
const requests = 1000;

/** Cycles from arrival to completion. */
export interface Waits {
  readonly p50: number;
  readonly p99: number;
}

export type PolicyWaits = Readonly<Record<Policy, Waits>>;

export interface WaitsRequest {
  readonly image: Image;
  readonly params: Params;
  /** What lengths are drawn from. */
  readonly lengths: readonly number[];
  readonly latencyCycles: number;
  readonly seed: number;
}

/** Waits by policy; undefined for chips that form a window while one is in work: the request model does not know them. */
export function measureWaits({ image, params, lengths, latencyCycles, seed }: WaitsRequest): PolicyWaits | undefined {
  if (params.batcher.windowBuffers !== 1) return undefined;
  // A clock of 1 MHz: microseconds are cycles.
  const settings = { image, params, memory: { latencyCycles, cyclesPerBeat: 1 }, clockMHz: 1 };
  const rate = load * singleRate(settings, lengths);
  const drawn = drawTrace(lengths, { requests, rate, seed });
  return byPolicy((policy) => {
    const { p50, p99 } = measureTrace({ ...settings, requests: drawn, policy }).latencyMicroseconds;
    return { p50, p99 };
  });
}

export interface PolicyLine {
  readonly policy: Policy;
  readonly windows: number;
  readonly bytes: number;
  /** Factor against `single`. */
  readonly lessBytes: number;
  readonly throughput: number;
  readonly arrayUtilization: number;
  readonly usefulUtilization: number;
  /** Microseconds. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

export function policyLines(variants: Readonly<Record<Policy, Measured>>, waits: PolicyWaits | undefined, clockMHz: number): PolicyLine[] {
  const bytesOf = ({ summary }: Measured): number => sumTraffic(summary.emaBytes);
  return policies.map((policy) => {
    const { summary } = variants[policy];
    return {
      policy,
      windows: summary.windows,
      bytes: bytesOf(variants[policy]),
      lessBytes: bytesOf(variants.single) / bytesOf(variants[policy]),
      throughput: variants.single.summary.cycles / summary.cycles,
      arrayUtilization: summary.utilization.array,
      usefulUtilization: summary.utilization.useful,
      p50: waits && waits[policy].p50 / clockMHz,
      p99: waits && waits[policy].p99 / clockMHz,
    };
  });
}
