/** Windows of a trace, drawn at random and run through the Verilog: their cycles against those of the analytic model. */
import { join } from 'node:path';
import { outlineOf, planOf } from '../../analytic/plan.js';
import type { Memory } from '../../analytic/read-port.js';
import { WindowModel } from '../../analytic/window.js';
import { batchShapeOf } from '../../batch/batch-shape.js';
import { formWindows } from '../../batch/form-windows.js';
import type { Policy } from '../../contract/codes.js';
import { randomFrom } from '../../util/random.js';
import type { Image } from '../../program/image.js';
import type { Params } from '../../params/fields.js';
import type { Simulator } from '../../sim/build.js';
import { beatsFor } from '../../sim/simulate.js';
import { buildChip } from '../../sim/chip-run.js';
import { isGood, runUnit } from '../../sim/unit.js';
import { loadOf } from '../../operations/load/fields.js';
import type { TraceRow } from './measure.js';

export interface CheckedWindow {
  readonly policy: Policy;
  readonly windowTokens: number;
  readonly lengths: readonly number[];
  readonly predicted: number;
  readonly simulated: number;
  /** Outputs, bytes and counters equal the golden model's. */
  readonly exact: boolean;
}

/** Largest error of cycles that passes. */
export const checkTolerance = 0.05;

export function isChecked({ predicted, simulated, exact }: CheckedWindow): boolean {
  return exact && Math.abs(predicted / simulated - 1) <= checkTolerance;
}

export interface CheckRequest {
  readonly image: Image;
  readonly rows: readonly TraceRow[];
  readonly memory: Memory;
  readonly count: number;
  readonly seed: number;
  readonly simulator: Simulator;
  /** Folder of the runs. */
  readonly out: string;
}

interface Drawn {
  readonly params: Params;
  readonly policy: Policy;
  readonly windowTokens: number;
  readonly lengths: readonly number[];
  readonly predicted: number;
}

/**
 * `count` different windows over all policies of each window shape. Alone in the ring the same requests may lie elsewhere: under
 * `tokens` a place depends on who else waits. Those that no longer share one window are left out.
 */
function drawWindows({ image, rows, memory, count, seed }: CheckRequest): Drawn[] {
  const random = randomFrom(seed);
  const outline = outlineOf(image.model.operations);
  const known = new Map<string, Drawn & { readonly key: number }>();
  for (const { params, policy, windowTokens, service } of rows) {
    const model = new WindowModel(planOf(outline, params), memory);
    for (const { requests: members } of service.windows) {
      const lengths = members.map(({ length }) => length);
      const name = `${windowTokens} ${policy} ${lengths.join(' ')}`;
      const [window, another] = formWindows(lengths, batchShapeOf(params), policy);
      if (known.has(name) || window === undefined || another !== undefined) continue;
      known.set(name, { params, policy, windowTokens, lengths, predicted: model.cycles(window), key: random() });
    }
  }
  return [...known.values()].sort((a, b) => a.key - b.key).slice(0, count);
}

export async function checkWindows(request: CheckRequest): Promise<CheckedWindow[]> {
  const { image, memory, seed, simulator, out } = request;
  const random = randomFrom(seed + 1);
  const { outer } = loadOf(image.model);
  const checked: CheckedWindow[] = [];
  const drawn = drawWindows(request);
  const settings = { seed, latency: memory.latencyCycles, throttle: memory.cyclesPerBeat };
  for (const [number, { params, policy, windowTokens, lengths, predicted }] of drawn.entries()) {
    const inputs = lengths.map((tokens) => Int8Array.from({ length: tokens * outer }, () => Math.floor(random() * 256) - 128));
    // One build a window shape: the largest memory serves them all.
    const all = drawn.filter((other) => other.windowTokens === windowTokens);
    const beats = Math.max(
      ...all.map((one) => beatsFor({ params, image, settings, requests: one.lengths.map((tokens) => new Int8Array(tokens * outer)) })),
    );
    const executable = await buildChip({ params, simulator, beats });
    const result = await runUnit(executable, { params, image, requests: inputs, policy, settings, beats }, join(out, `window-${number}`));
    const [first] = result.windowLog;
    const simulated = first === undefined ? 0 : first.last - first.first;
    checked.push({
      policy,
      windowTokens,
      lengths,
      predicted: Math.round(predicted),
      simulated,
      exact: isGood(result) && result.windows.length === 1,
    });
  }
  return checked;
}
