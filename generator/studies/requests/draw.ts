/** Traces from lengths: independent requests at a mean rate (a Poisson process). */
import { randomFrom } from '../../util/random.js';
import { refuse } from '../../util/errors.js';
import type { TracedRequest } from './trace-file.js';

export interface DrawOptions {
  readonly requests: number;
  /** Requests a second. */
  readonly rate: number;
  readonly seed: number;
}

/** Lengths are drawn from `lengths`, each as likely as it is often. */
export function drawTrace(lengths: readonly number[], { requests, rate, seed }: DrawOptions): TracedRequest[] {
  refuse([
    ...(lengths.length === 0 ? ['lengths: there are none to draw from'] : []),
    ...(Number.isInteger(requests) && requests >= 1 ? [] : [`requests = ${requests}: must be an integer of at least 1`]),
    ...(rate > 0 && Number.isFinite(rate) ? [] : [`rate = ${rate} requests a second: must be above 0`]),
  ]);
  const random = randomFrom(seed);
  let arrival = 0;
  return Array.from({ length: requests }, () => {
    arrival += (-Math.log(1 - random()) / rate) * 1e6;
    return { tokens: lengths[Math.floor(random() * lengths.length)]!, arrival };
  });
}
