/** A point in simulated hardware: every bit against the golden model, every byte against the ledger. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sumTraffic } from '../../contract/traffic-classes.js';
import { beatsFor, simulate, summarise } from '../../sim/simulate.js';
import { ToolError } from '../../util/errors.js';
import type { SubjectOnHardware } from './hardware.js';
import type { Item, Job } from './jobs.js';
import { checkedParams, cyclesPerBeat, objectivesOf } from './measure.js';
import type { Outcome } from './outcome.js';
import type { Point } from './space.js';

const longestRunMs = 12 * 3600 * 1000;

/** Beats of memory that serve all points of one design, so that one build does. */
export function beatsOf(points: readonly { readonly on: SubjectOnHardware; readonly point: Point }[]): number {
  return Math.max(
    ...points.map(({ on, point }) => {
      const params = checkedParams(point);
      return beatsFor({ params, image: on.image(params), requests: on.subject.requests, settings: { seed: 1 } });
    }),
  );
}

export async function measureRtl(
  on: SubjectOnHardware,
  { point, key, lower }: Item,
  { measuring: { seed }, simulator, folder, keep }: Job,
  beats: number,
): Promise<Outcome> {
  const params = checkedParams(point);
  const { policy, latency } = point.run;
  const out = join(folder, key);
  const { units } = await simulate({
    params,
    image: on.image(params),
    requests: on.subject.requests,
    simulator,
    policy,
    out,
    keep,
    beats,
    settings: { seed, latency, throttle: cyclesPerBeat(params, point.run), timeoutMs: longestRunMs },
  });
  const { mismatches, emaAgree, emaBytes, coldBytes, cycles, utilization, causes, valuesCompared } = summarise(params, units);
  if (mismatches > 0 || !emaAgree)
    throw new ToolError(
      `simulation: ${mismatches} of ${valuesCompared} comparisons with the golden model differ${emaAgree ? '' : ', and the counted bytes do not agree'}; repeat it with trexgen simulate`,
    );
  if (!keep) await rm(out, { recursive: true, force: true });
  const cold = sumTraffic(coldBytes);
  // Every bit is the golden model's, so its accuracy is too.
  const accuracy = lower?.state === 'measured' ? lower.objectives.accuracy : undefined;
  return {
    state: 'measured',
    detail: { causes, emaBytes },
    objectives: objectivesOf(on, params, { cycles, utilization, coldBytes: cold, runBytes: sumTraffic(emaBytes) - cold, accuracy }),
  };
}
