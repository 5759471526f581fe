/**
 * A run of windows with what the batcher does between them, templates/batcher.v.hbs: all requests lie in the ring before
 * the first is served, so the queue is full or holds all that are left whenever a window is formed.
 */
import { Tally, tallyNames, type Part } from './walk.js';
import { timing } from './timing.js';
import type { WindowModel } from './window.js';

export interface RunCycles {
  /** While a request is under way: the counter `cycles` of the chip. */
  readonly cycles: number;
  /** Of which the core works on no window. */
  readonly noWindow: number;
  /** Sums over all windows. */
  readonly tally: Tally;
}

/** Cycles from a descriptor's fetch to the next one's, when nothing else uses the port; it may take several bursts. */
export function descriptorCycles({ memory, plan: { port } }: WindowModel): number {
  const { descriptorBeats, outstandingReads } = port;
  const burst = Math.min(port.burstBeats, descriptorBeats);
  const last = Math.ceil(descriptorBeats / burst) - 1;
  const pace = Math.max(1, memory.cyclesPerBeat);
  const first = timing.readRound + Math.max(1, memory.latencyCycles) + (burst - 1) * pace;
  return timing.descriptorNext + first + Math.floor(last / outstandingReads) * (first + 1) + (last % outstandingReads) * burst * pace;
}

/** Completions of a window, from window_done to IDLE. */
export function completionCycles({ plan: { slices }, memory: { latencyCycles } }: WindowModel, requests: number): number {
  return 1 + (slices + 1) * timing.nextSlice + requests * (timing.completion + Math.max(1, latencyCycles)) + timing.report;
}

/** templates/window_former.v.hbs, plenty_o: so many wait that the next window is formed while one is in work. */
function isPlenty({ plan: { slices, lookahead } }: WindowModel, waiting: number, alone: boolean): boolean {
  return waiting > 0 && (alone || waiting >= Math.min(slices, lookahead));
}

/**
 * `windows`: the parts of every window, in order.
 *
 * @param alone  no window has more than one request, by policy
 */
export function runCycles(model: WindowModel, windows: readonly (readonly Part[])[], alone = false): RunCycles {
  const requests = windows.reduce((sum, parts) => sum + parts.length, 0);
  const { lookahead, ahead } = model.plan;
  const tally = new Tally();
  let fetched = Math.min(requests, lookahead);
  let served = 0;
  let now = timing.serve + fetched * descriptorCycles(model);
  let busy = 0;
  // Of the next window, when it is formed ahead: from when on it may begin, and when its rows are in.
  let formedAt: number | undefined;
  let loadedAt: number | undefined;
  for (const [number, parts] of windows.entries()) {
    if (formedAt === undefined) now += timing.form + (fetched - served) + (ahead ? 1 : 0);
    else now = Math.max(now + 1, formedAt);
    served += parts.length;
    const more = Math.min(requests, served + lookahead) - fetched;
    fetched += more;
    const next = ahead && isPlenty(model, fetched - served, alone) ? windows[number + 1] : undefined;
    const formCycles = timing.form + fetched - served;
    const cycles = model.cycles(
      parts,
      more,
      ahead ? { loadedAt: loadedAt === undefined ? undefined : loadedAt - now, next, formCycles } : undefined,
    );
    for (const name of tallyNames) tally[name] += model.walk.tally[name];
    busy += model.walk.tally.cycles;
    const fetchedAt = more === 0 ? now : now + model.walk.reads.descriptorsDone + timing.descriptorGive;
    formedAt = next === undefined ? undefined : fetchedAt + formCycles + timing.aheadBegin;
    loadedAt = next === undefined ? undefined : now + model.walk.reads.rowsDone;
    now = Math.max(now + cycles + completionCycles(model, parts.length), next !== undefined || more === 0 ? 0 : fetchedAt);
  }
  return { cycles: now, noWindow: now - busy, tally };
}
