/** Windows of a trace, drawn at random and run through the Verilog: their cycles against those of the analytic model. */
import { join } from 'node:path';
import type { Memory } from '../../analytic/read-port.js';
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
import type { TracedRequest } from './trace-file.js';

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
  readonly requests: readonly TracedRequest[];
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

/** `count` different windows over all policies of each window shape. */
function drawWindows(rows: readonly TraceRow[], requests: readonly TracedRequest[], count: number, seed: number): Drawn[] {
  const random = randomFrom(seed);
  const known = new Map<string, Drawn & { readonly key: number }>();
  for (const { params, policy, windowTokens, service } of rows) {
    for (const { requests: members, cycles } of service.windows) {
      const lengths = members.map(({ index }) => requests[index]!.tokens);
      const name = `${windowTokens} ${policy} ${lengths.join(' ')}`;
      if (!known.has(name)) known.set(name, { params, policy, windowTokens, lengths, predicted: cycles, key: random() });
    }
  }
  return [...known.values()].sort((a, b) => a.key - b.key).slice(0, count);
}

export async function checkWindows({ image, rows, requests, memory, count, seed, simulator, out }: CheckRequest): Promise<CheckedWindow[]> {
  const random = randomFrom(seed + 1);
  const { outer } = loadOf(image.model);
  const checked: CheckedWindow[] = [];
  const drawn = drawWindows(rows, requests, count, seed);
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
