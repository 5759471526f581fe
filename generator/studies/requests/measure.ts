/** What a trace costs on given hardware: bytes, utilization, throughput and latency for each policy and window. */
import { outlineOf, planOf } from '../../analytic/plan.js';
import { causesOf } from '../../analytic/predict.js';
import type { Memory } from '../../analytic/read-port.js';
import { WindowModel } from '../../analytic/window.js';
import { batchShapeOf } from '../../batch/batch-shape.js';
import type { Policy } from '../../contract/codes.js';
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import { makeParams } from '../../params/params.js';
import { utilizationOf, type Utilization } from '../../contract/utilization.js';
import { refuse } from '../../util/errors.js';
import type { Image } from '../../program/image.js';
import { coldShapes, coldTraffic, windowTraffic } from '../../program/traffic.js';
import { sumTraffic, trafficClasses, type Traffic } from '../../contract/traffic-classes.js';
import { serve, type Service } from './serve.js';
import type { TracedRequest } from './trace-file.js';

export interface TraceRow {
  readonly policy: Policy;
  readonly params: Params;
  readonly windowTokens: number;
  readonly windows: number;
  /** Bytes of the model's load and all windows. */
  readonly emaBytes: Traffic;
  readonly emaBytesPerToken: number;
  readonly utilization: Utilization;
  /** Share of the time from the first arrival to the last completion in which a request was under way. */
  readonly busy: number;
  readonly requestsPerSecond: number;
  readonly tokensPerSecond: number;
  readonly latencyMicroseconds: { readonly p50: number; readonly p99: number; readonly mean: number };
  readonly service: Service;
}

export interface TraceCase {
  readonly image: Image;
  readonly params: Params;
  readonly requests: readonly TracedRequest[];
  readonly policy: Policy;
  readonly memory: Memory;
  readonly clockMHz: number;
}

/** Hardware with the same lanes whose window holds so many tokens. */
export function withWindow(params: Params, tokens: number): Params {
  const { lanes } = derive(params);
  refuse(
    tokens % lanes === 0
      ? []
      : [`windows = ${tokens} tokens: must be a multiple of the ${lanes} lanes of array.slices x array.lanesPerSlice`],
  );
  return makeParams({ ...params, array: { ...params.array, passes: tokens / lanes } });
}

/** The value that the share `part` of sorted numbers does not exceed. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

function bytesOf({ model, columns, busBytes }: Image, { port: { rowCrc } }: Params, lengths: readonly number[], windows: number): Traffic {
  const hardware = { columns, busBytes, rowCrc };
  const cold = coldTraffic(coldShapes(model), hardware);
  const pass = windowTraffic(model.operations, [], hardware);
  const once = windowTraffic(model.operations, lengths, hardware);
  return Object.fromEntries(trafficClasses.map((name) => [name, cold[name] + once[name] + (windows - 1) * pass[name]])) as Traffic;
}

export function measureTrace({ image, params, requests, policy, memory, clockMHz }: TraceCase): TraceRow {
  const plan = planOf(outlineOf(image.model.operations), params);
  const arrivals = requests.map(({ tokens, arrival }) => ({ tokens, cycle: arrival * clockMHz }));
  const service = serve(new WindowModel(plan, memory), arrivals, batchShapeOf(params), policy);
  const { done, windows, tally, busy } = service;
  const tokens = requests.reduce((sum, request) => sum + request.tokens, 0);
  const latencies = Float64Array.from(arrivals, ({ cycle }, i) => (done[i]! - cycle) / clockMHz).sort();
  const span = done.reduce((last, cycle) => Math.max(last, cycle), 0) - arrivals[0]!.cycle;
  const seconds = span / clockMHz / 1e6;
  const emaBytes = bytesOf(
    image,
    params,
    requests.map((request) => request.tokens),
    windows.length,
  );
  return {
    policy,
    params,
    windowTokens: derive(params).windowTokens,
    windows: windows.length,
    emaBytes,
    emaBytesPerToken: sumTraffic(emaBytes) / tokens,
    utilization: utilizationOf(causesOf(plan, { cycles: busy, noWindow: busy - tally.cycles, tally })),
    busy: busy / span,
    requestsPerSecond: requests.length / seconds,
    tokensPerSecond: tokens / seconds,
    service,
    latencyMicroseconds: {
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      mean: latencies.reduce((sum, value) => sum + value, 0) / latencies.length,
    },
  };
}

/** Requests a second that the policy `single` could just serve. */
export function singleRate(
  { image, params, memory, clockMHz }: Omit<TraceCase, 'requests' | 'policy'>,
  lengths: readonly number[],
): number {
  const requests = lengths.map((tokens) => ({ tokens, arrival: 0 }));
  return measureTrace({ image, params, requests, policy: 'single', memory, clockMHz }).requestsPerSecond;
}
