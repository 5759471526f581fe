/**
 * One window, walked instruction by instruction as templates/sequencer.v.hbs does. What an instruction does adds its cycles
 * to their causes and moves `now` on.
 *
 * Words   PS passes in use, C columns, L lanes of the array; a step is one weight for all passes
 */
import type { Placement } from '../batch/form-windows.js';
import type { Plan, Step } from './steps.js';
import { ReadPort, type Memory } from './read-port.js';
import { timing } from './timing.js';
import { WritePort } from './write-port.js';

/** One request's part in a window: its segment. */
export interface Part extends Omit<Placement, 'index'> {
  /** Beats from the burst boundary before its rows in memory to them; 0 when they begin at one. */
  readonly inputOffset?: number;
  readonly outputOffset?: number;
}

/** What is done for the next window while one computes. */
export interface Ahead {
  /** Cycle in which the rows of this window are in, seen from its start; undefined: it loads them itself. */
  readonly loadedAt: number | undefined;
  /** The next window, when it is formed meanwhile, and how long that takes behind the last descriptor. */
  readonly next: readonly Part[] | undefined;
  readonly formCycles: number;
  /** Descriptors that the queue has room for when it is formed. */
  readonly later: number;
}

const nothingAhead: Ahead = { loadedAt: undefined, next: undefined, formCycles: 0, later: 0 };

export const tallyNames = [
  'issue',
  'weightStream',
  'drain',
  'vector',
  'activations',
  'dependency',
  'laneCycles',
  'dense',
  'sparse',
  'attention',
  'maskedKeys',
] as const;

/** Cycles by what the array does, and what it does in them. */
export class Tally {
  issue = 0;
  weightStream = 0;
  drain = 0;
  vector = 0;
  activations = 0;
  dependency = 0;
  /** Lanes with a token, summed over the cycles of issue. */
  laneCycles = 0;
  dense = 0;
  sparse = 0;
  attention = 0;
  maskedKeys = 0;

  clear(): void {
    for (const name of tallyNames) this[name] = 0;
  }

  get cycles(): number {
    return this.issue + this.weightStream + this.drain + this.vector + this.activations + this.dependency;
  }
}

/** A window by its places. */
export interface Places {
  /** Parts in the order of their places. */
  readonly segments: readonly Part[];
  /** Tokens in each slice. */
  readonly fill: readonly number[];
  /** The slice in which the walk over keys begins, of each slice. */
  readonly sources: readonly number[];
}

export function placesOf(parts: readonly Part[], { slices, sliceTokens }: Pick<Plan, 'slices' | 'sliceTokens'>): Places {
  const fill = Array<number>(slices).fill(0);
  const sources = fill.map((_, slice) => slice);
  for (const { length, first, count } of parts) {
    for (let part = 0; part < count; part++) {
      fill[first + part]! += Math.min(length - part * sliceTokens, sliceTokens);
      if (count > 1) sources[first + part] = first;
    }
  }
  return { segments: [...parts].sort((a, b) => a.first - b.first || a.position - b.position), fill, sources };
}

export class Walk {
  now = 0;
  readonly tally = new Tally();
  readonly reads: ReadPort;
  readonly writes = new WritePort();
  /** Parts in the order of their places. */
  segments: readonly Part[] = [];
  /** Tokens in each slice. */
  fill: readonly number[] = [];
  tokens = 0;
  /** Places of keys of the own request, summed over tokens; and of all keys that a step of the walk over keys meets. */
  squares = 0;
  attended = 0;
  passes = 1;
  /** Keys that the walk meets for each request, in whole tiles. */
  keys = 0;
  /** Blocks of them that are turned for one tile of P.V. */
  keyBlocks = 0;
  /** Nothing of the tile that was computed last is under way from this cycle on. */
  drainedAt = 0;
  /** Cycle at which the reciprocals of the latest head are there. */
  reciprocalsAt = 0;
  /** Cycles of the latest NORM: when its first feature may be read, and when it is over. */
  normFirstAt = 0;
  normIdleAt = 0;
  ahead: Ahead = nothingAhead;
  latencyCycles = 1;

  constructor(readonly plan: Plan) {
    this.reads = new ReadPort(plan.port);
  }

  begin(parts: readonly Part[], memory: Memory, descriptors = 0, streamOffset = 0, ahead = nothingAhead): void {
    const {
      lanesPerSlice,
      columns,
      beats,
      turns: { keyBlock },
    } = this.plan;
    const { segments, fill, sources } = placesOf(parts, this.plan);
    let groups = 0;
    this.tokens = this.squares = this.attended = 0;
    for (const { length, count } of parts) {
      this.tokens += length;
      this.squares += length * length;
      groups = Math.max(groups, count);
    }
    for (const [slice, source] of sources.entries()) {
      for (let group = 0; group < groups; group++) this.attended += fill[slice]! * fill[(source + group) % fill.length]!;
    }
    const longest = Math.max(...fill);
    this.segments = segments;
    this.fill = fill;
    this.ahead = ahead;
    this.latencyCycles = memory.latencyCycles;
    this.passes = Math.ceil(longest / lanesPerSlice);
    const sliceKeys = Math.ceil(longest / columns) * columns;
    this.keys = groups * sliceKeys;
    this.keyBlocks = groups * Math.ceil(sliceKeys / keyBlock);
    this.now = 1;
    this.drainedAt = this.reciprocalsAt = this.normFirstAt = this.normIdleAt = 0;
    this.tally.clear();
    this.reads.begin(beats, streamOffset, descriptors, memory);
    this.writes.begin(memory.latencyCycles);
  }

  step(step: Step): void {
    this.decode(step.needsResults, step.followsNorm);
    if (step.needsReciprocals) wait(this, 'drain', this.reciprocalsAt);
    step.entry.cycles(this, step.operation, step);
  }

  /** END, which is fetched and decoded like the others. */
  end(): void {
    this.decode(true, false);
  }

  /** An instruction is held in DECODE, its last cycle here, until what it needs of the ones before is there. */
  private decode(needsResults: boolean, followsNorm: boolean): void {
    this.tally.dependency += timing.fetchDecode;
    this.now += timing.fetchDecode;
    if (needsResults) wait(this, 'drain', this.drainedAt + 1);
    if (!followsNorm) wait(this, 'vector', this.normIdleAt + 1);
  }
}

/** Least cycles from the last step of a tile to that of the next one: drains follow each other. */
export function drainBound({ plan: { columns, units }, passes }: Walk): number {
  return Math.max(columns * passes, units.drainStart + 1);
}

/** Cycles from the one behind the last step of a tile to that in which nothing of it is under way any more. */
export function drainCycles({ passes, plan: { units } }: Walk, columns: number): number {
  return units.drainStart + columns * passes + units.flush - 1;
}

/** Cycles of the steps of one tile: with one pass of several in use a step waits for the sum of the one before it. */
export function stepCycles(walk: Walk, steps: number): number {
  return stepPace(walk) * steps - (waitsForSums(walk) ? 1 : 0);
}

/** Cycles from one step of a tile to the next. */
export function stepPace(walk: Walk): number {
  return waitsForSums(walk) ? 2 : walk.passes;
}

export function waitsForSums({ passes, plan: { lanesPerSlice, sliceTokens } }: Walk): boolean {
  return passes === 1 && sliceTokens > lanesPerSlice;
}

/** Nothing until `until`. */
export function wait(walk: Walk, cause: 'drain' | 'vector', until: number): void {
  const cycles = Math.max(0, until - walk.now);
  walk.tally[cause] += cycles;
  walk.now += cycles;
}

/** The last step of an instruction's first tile waits for the results of the instruction before, and for its norm. */
export function waitForOlder(walk: Walk, cycles: number): void {
  wait(walk, 'drain', walk.drainedAt + 1 - cycles);
  wait(walk, 'vector', walk.normIdleAt + 1 - cycles);
}

/** Tiles of `steps` each without anything from the stream; a tile waits so long for turned values, the drain of the first so long for reciprocals. */
export function tiles(walk: Walk, count: number, steps: number, lastColumns: number, turning = 0, held = 0): void {
  const { tally, passes } = walk;
  const each = stepCycles(walk, steps);
  waitForOlder(walk, each + turning);
  const between = drainBound(walk) - each - turning;
  const drain = count > 1 ? Math.max(0, between + held) + (count - 2) * Math.max(0, between) : 0;
  tally.issue += count * steps * passes;
  tally.dependency += count * (each - steps * passes);
  tally.laneCycles += count * steps * walk.tokens;
  tally.drain += drain;
  tally.vector += count * turning;
  walk.now += count * (each + turning) + drain;
  walk.drainedAt = walk.now + drainCycles(walk, lastColumns) + (count > 1 ? 0 : held);
}

export function lastColumns(outer: number, columns: number): number {
  return outer - (Math.ceil(outer / columns) - 1) * columns;
}
