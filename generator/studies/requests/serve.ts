/**
 * Requests that arrive one by one, served as the batcher does it: a window is formed when none is in work and the queue is
 * full or holds every request that has arrived. Windows take the cycles that the analytic model gives them.
 */
import { completionsOf, descriptorCycles } from '../../analytic/run-cycles.js';
import { timing } from '../../analytic/timing.js';
import type { WindowModel } from '../../analytic/window.js';
import { walk, type BatchShape, type Entry, type Window } from '../../batch/form-windows.js';
import type { Policy } from '../../contract/codes.js';
import { Tally, tallyNames, type Part } from '../../analytic/walk.js';

export interface Arrival {
  readonly tokens: number;
  readonly cycle: number;
}

export interface ServedWindow {
  readonly requests: Window;
  /** Cycle of its start, and its cycles from start to end. */
  readonly start: number;
  readonly cycles: number;
}

export interface Service {
  readonly windows: readonly ServedWindow[];
  /** Cycle in which each request was completed. */
  readonly done: Float64Array;
  /** Cycles in which a request was under way, as the chip's counter counts them. */
  readonly busy: number;
  /** Tally of all windows. */
  readonly tally: Tally;
}

interface Timed {
  readonly cycles: number;
  readonly tally: Tally;
}

/** Windows of the same lengths take the same cycles. */
class Times {
  private readonly known = new Map<string, Timed>();

  constructor(private readonly model: WindowModel) {}

  of(parts: readonly Part[], descriptors: number): Timed {
    const key = `${descriptors}:${parts.map(({ length, first, position }) => `${first}.${position}.${length}`).join(' ')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const cycles = this.model.cycles(parts, descriptors);
    const tally = new Tally();
    for (const name of tallyNames) tally[name] = this.model.walk.tally[name];
    const timed = { cycles, tally };
    this.known.set(key, timed);
    return timed;
  }
}

/** Arrivals in the order of time, none longer than the window. */
export function serve(model: WindowModel, arrivals: readonly Arrival[], shape: BatchShape, policy: Policy): Service {
  const times = new Times(model);
  const fetch = descriptorCycles(model);
  const done = new Float64Array(arrivals.length);
  const windows: ServedWindow[] = [];
  const tally = new Tally();
  let queue: Entry[] = [];
  let next = 0;
  let now = 0;
  let fetchFree = 0;
  let idleSince = 0;
  let busy = 0;
  let told = 0;
  while (next < arrivals.length || queue.length > 0) {
    if (queue.length === 0 && arrivals[next]!.cycle > now) {
      // Nothing is under way until the next request comes.
      busy += Math.max(now, Math.min(told, arrivals[next]!.cycle)) - idleSince;
      now = idleSince = arrivals[next]!.cycle;
    }
    // One descriptor after the other, also while the last window was in work.
    while (next < arrivals.length && queue.length < shape.lookahead && arrivals[next]!.cycle <= now) {
      fetchFree = Math.max(fetchFree, arrivals[next]!.cycle) + fetch;
      now = Math.max(now, fetchFree);
      queue.push({ index: next, length: arrivals[next]!.tokens, passedOver: 0 });
      next++;
    }
    const { window, rest } = walk(queue, shape, policy);
    now += timing.form + model.plan.units.formEntry * queue.length;
    fetchFree = Math.max(fetchFree, now);
    queue = rest;
    const waiting = next < arrivals.length && arrivals[next]!.cycle <= now ? Math.min(window.length, arrivals.length - next) : 0;
    const { cycles, tally: spent } = times.of(window, waiting);
    windows.push({ requests: window, start: now, cycles });
    for (const name of tallyNames) tally[name] += spent[name];
    const end = now + cycles;
    const completions = completionsOf(model, window.length, end, told);
    window.forEach(({ index }, i) => {
      done[index] = completions.answered[i]!;
    });
    told = completions.told;
    now = completions.handed;
  }
  busy += Math.max(now, told) - idleSince;
  return { windows, done, busy, tally };
}
