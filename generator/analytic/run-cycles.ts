/**
 * A run of windows with what the batcher does between them, templates/batcher.v.hbs: all requests lie in the ring before
 * the first is served, so the queue is full or holds all that are left whenever a window is formed.
 */
import type { Policy } from '../contract/codes.js';
import { Tally, tallyNames, type Part } from './walk.js';
import { timing } from './timing.js';
import type { WindowModel } from './window.js';
import { WritePort } from './write-port.js';

export interface RunCycles {
  /** Cycles in which a request is under way: the counter `cycles` of the chip. */
  readonly cycles: number;
  /** Cycles, of all of them, in which the core works on no window. */
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
  return (
    timing.descriptorNext +
    port.descriptorCheck +
    first +
    Math.floor(last / outstandingReads) * (first + 1) +
    (last % outstandingReads) * burst * pace
  );
}

export interface Completions {
  /** All are handed over, and the next window may be formed or begin. */
  readonly handed: number;
  /** Response to each of them, in the order of segments. */
  readonly answered: readonly number[];
  /** All has been told. */
  readonly told: number;
}

/** Completions of a window whose window_done comes in cycle `end`; those of the one before are told by cycle `before`. */
export function completionsOf({ memory }: WindowModel, requests: number, end: number, before: number): Completions {
  const port = new WritePort();
  port.begin(memory.latencyCycles);
  const answered: number[] = [];
  let next = Math.max(end, before) + timing.completionFirst;
  let handed = next;
  for (let i = 0; i < requests; i++) {
    handed = next;
    next = port.open(handed + timing.completionAsk);
    port.close(next);
    answered.push(port.idleAt);
  }
  return { handed: handed + timing.completionLast, answered, told: port.idleAt + timing.report };
}

/** A part with the number of its request, in the order of arrival. */
export interface NumberedPart extends Part {
  readonly index: number;
}

/** templates/window_former.v.hbs, plenty_o: so many wait that the next window is formed while one is in work. */
function isPlenty({ plan: { slices, sliceTokens, lookahead } }: WindowModel, waiting: number, tokens: number, policy: Policy): boolean {
  if (waiting === 0) return false;
  if (policy === 'single' || waiting >= lookahead) return true;
  return policy === 'tokens' ? tokens >= slices * sliceTokens : waiting >= slices;
}

/**
 * `windows`: the parts of every window, in order.
 */
export function runCycles(model: WindowModel, windows: readonly (readonly NumberedPart[])[], policy: Policy): RunCycles {
  // By the number of the request; all of them have a window.
  const lengths: number[] = [];
  for (const { index, length } of windows.flat()) lengths[index] = length;
  // Tokens of so many requests, in the order of arrival.
  const arrived = [0];
  for (const length of lengths) if (length > 0) arrived.push(arrived.at(-1)! + length);
  const requests = arrived.length - 1;
  const {
    lookahead,
    ahead,
    units: { formEntry },
  } = model.plan;
  const tally = new Tally();
  let fetched = Math.min(requests, lookahead);
  let served = 0;
  let servedTokens = 0;
  let now = timing.serve + fetched * descriptorCycles(model);
  let busy = 0;
  // Of the next window, when it is formed ahead: from when on it may begin, and when its rows are in.
  let formedAt: number | undefined;
  let loadedAt: number | undefined;
  let told = 0;
  for (const [number, parts] of windows.entries()) {
    if (formedAt === undefined) now += timing.form + formEntry * (fetched - served) + (ahead ? 1 : 0);
    else now = Math.max(now + 1, formedAt);
    served += parts.length;
    for (const { length } of parts) servedTokens += length;
    const more = Math.min(requests, served + lookahead) - fetched;
    fetched += more;
    const plenty = isPlenty(model, fetched - served, arrived[fetched]! - servedTokens, policy);
    const next = ahead && plenty ? windows[number + 1] : undefined;
    const formCycles = timing.form + formEntry * (fetched - served);
    // When the next window is formed its requests leave the queue, and others come for the one behind it.
    const later = next === undefined ? 0 : Math.min(requests, served + next.length + lookahead) - fetched;
    const cycles = model.cycles(
      parts,
      more,
      ahead ? { loadedAt: loadedAt === undefined ? undefined : loadedAt - now, next, formCycles, later } : undefined,
    );
    for (const name of tallyNames) tally[name] += model.walk.tally[name];
    busy += model.walk.tally.cycles;
    const fetchedAt = more === 0 ? now : now + model.walk.reads.descriptorsDone + timing.descriptorGive + model.plan.port.descriptorCheck;
    formedAt = next === undefined ? undefined : fetchedAt + formCycles + timing.aheadBegin;
    loadedAt = next === undefined ? undefined : now + model.walk.reads.rowsDone;
    const completions = completionsOf(model, parts.length, now + cycles, told);
    if (later > 0) fetched += later - model.walk.reads.unfetched(completions.handed - now);
    told = completions.told;
    now = Math.max(completions.handed, next !== undefined || more === 0 ? 0 : fetchedAt);
  }
  const end = Math.max(now, told);
  return { cycles: end, noWindow: end - busy, tally };
}
