/**
 * Cycles of every instruction, one function each, as templates/sequencer.v.hbs walks them. A function adds the cycles to
 * their causes and moves `now` on; nothing is allocated.
 *
 * Words   PS passes in use, C columns, L lanes of the array; a step is one weight for all passes
 */
import type { Plan, Step } from './plan.js';
import { ReadPort, type Memory } from './read-port.js';
import { timing } from './timing.js';
import { WritePort } from './write-port.js';

/** One request's part in a window. */
export interface Part {
  readonly tokens: number;
  readonly first: number;
  readonly count: number;
  /** Beats from the burst boundary before its rows in memory to them; 0 when they begin at one. */
  readonly inputOffset?: number;
  readonly outputOffset?: number;
}

/** What is done for the next window while one computes. */
export interface Ahead {
  /** When the rows of this window are in, seen from its start; undefined: it loads them itself. */
  readonly loadedAt: number | undefined;
  /** The next window, when it is formed meanwhile, and how long that takes behind the last descriptor. */
  readonly next: readonly Part[] | undefined;
  readonly formCycles: number;
}

const nothingAhead: Ahead = { loadedAt: undefined, next: undefined, formCycles: 0 };

export const tallyNames = ['issue', 'weightStream', 'drain', 'vector', 'activations', 'dependency', 'laneCycles', 'dense', 'sparse', 'attention'] as const;

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

  clear(): void {
    for (const name of tallyNames) this[name] = 0;
  }

  get cycles(): number {
    return this.issue + this.weightStream + this.drain + this.vector + this.activations + this.dependency;
  }
}

export class Walk {
  now = 0;
  readonly tally = new Tally();
  readonly reads: ReadPort;
  readonly writes = new WritePort();
  parts: readonly Part[] = [];
  tokens = 0;
  squares = 0;
  passes = 1;
  /** Keys of all slice parts of a request, in whole tiles. */
  keys = 0;
  /** Blocks of them that are turned for one tile of P.V. */
  keyBlocks = 0;
  /** Nothing of the tile that was computed last is under way from this cycle on. */
  drainedAt = 0;
  /** Of the latest head. */
  reciprocalsAt = 0;
  /** Of the latest NORM: when its first feature may be read, and when it is over. */
  normFirstAt = 0;
  normIdleAt = 0;
  ahead: Ahead = nothingAhead;
  latencyCycles = 1;

  constructor(readonly plan: Plan) {
    this.reads = new ReadPort(plan.port);
  }

  begin(parts: readonly Part[], memory: Memory, descriptors = 0, streamOffset = 0, ahead = nothingAhead): void {
    const { sliceTokens, lanesPerSlice, columns, beats, turns: { keyBlock } } = this.plan;
    let longest = 0;
    let groups = 0;
    this.tokens = this.squares = 0;
    for (const { tokens, count } of parts) {
      this.tokens += tokens;
      this.squares += tokens * tokens;
      longest = Math.max(longest, Math.min(tokens, sliceTokens));
      groups = Math.max(groups, count);
    }
    this.parts = parts;
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
    switch (step.op) {
      case 'LOAD': return this.plan.ahead ? loadAhead(this, step) : load(this, step);
      case 'STORE': return store(this, step);
      case 'NORM': return norm(this, step);
      case 'PROJECT': return project(this, step);
      case 'EXPAND':
      case 'DENSE': return streamed(this, step);
      case 'ATTEND': return attend(this, step);
    }
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

/** From the last step of a tile to that of the next one, at least: drains follow each other. */
function drainBound({ plan: { columns }, passes }: Walk): number {
  return Math.max(columns * passes, timing.drainStart + 1);
}

/** From the cycle behind the last step of a tile to that in which nothing of it is under way any more. */
function drainCycles({ passes, plan: { units } }: Walk, columns: number): number {
  return timing.drainStart + columns * passes + units.flush - 1;
}

/** Nothing until `until`. */
function wait(walk: Walk, cause: 'drain' | 'vector', until: number): void {
  const cycles = Math.max(0, until - walk.now);
  walk.tally[cause] += cycles;
  walk.now += cycles;
}

/** The last step of an instruction's first tile waits for the results of the instruction before, and for its norm. */
function waitForOlder(walk: Walk, cycles: number): void {
  wait(walk, 'drain', walk.drainedAt + 1 - cycles);
  wait(walk, 'vector', walk.normIdleAt + 1 - cycles);
}

/** Tiles of `steps` each without anything from the stream; a tile waits so long for turned values, the drain of the first so long for reciprocals. */
function tiles(walk: Walk, count: number, steps: number, lastColumns: number, turning = 0, held = 0): void {
  const { tally, passes } = walk;
  const each = steps * passes;
  waitForOlder(walk, each + turning);
  const between = drainBound(walk) - each - turning;
  const drain = count > 1 ? Math.max(0, between + held) + (count - 2) * Math.max(0, between) : 0;
  tally.issue += count * each;
  tally.laneCycles += count * steps * walk.tokens;
  tally.drain += drain;
  tally.vector += count * turning;
  walk.now += count * (each + turning) + drain;
  walk.drainedAt = walk.now + drainCycles(walk, lastColumns) + (count > 1 ? 0 : held);
}

function lastColumns(outer: number, columns: number): number {
  return outer - (Math.ceil(outer / columns) - 1) * columns;
}

function project(walk: Walk, { inner, outer }: Step): void {
  const { columns } = walk.plan;
  walk.tally.dense += inner * outer * walk.tokens;
  // Behind a norm: a feature may be read when all its passes have been written.
  wait(walk, 'vector', walk.normFirstAt);
  tiles(walk, Math.ceil(outer / columns), inner, lastColumns(outer, columns));
}

/** EXPAND and DENSE: weights from the stream, biases between the tiles. */
function streamed(walk: Walk, { op, inner, outer, beats, stepItems }: Step): void {
  const { tally, passes, plan: { columns }, reads } = walk;
  const count = Math.ceil(outer / columns);
  const each = inner * passes;
  if (op === 'EXPAND') tally.sparse += inner * outer * walk.tokens;
  else tally.dense += inner * outer * walk.tokens;
  tally.dependency += timing.section;
  walk.now += timing.section;
  // The first half of a step comes beside the step before, unless it is the first of its tile.
  const gap = passes > 1 ? stepItems - 1 : 0;
  const halves = inner * Math.max(0, stepItems - passes);
  waitForOlder(walk, timing.sectionStart + gap + halves + each);
  const stall = (count - 1) * Math.max(0, drainBound(walk) - each - halves - timing.tileBias - gap);
  const waits = timing.sectionStart + gap + (count - 1) * (timing.tileBias + gap) + count * halves;
  const cycles = count * each + waits + stall;
  const late = reads.take(beats, walk.now, cycles, passes);
  tally.issue += count * each;
  tally.laneCycles += count * inner * walk.tokens;
  tally.drain += stall;
  tally.weightStream += waits + late;
  walk.now += cycles + late;
  walk.drainedAt = walk.now + drainCycles(walk, lastColumns(outer, columns));
}

/**
 * Two walks over the features, of which the second takes gamma and beta from the stream; the first only when the sums are
 * not there. Ends with the beginning of the second: what needs all of it waits for it.
 */
function norm(walk: Walk, { inner, summed, beats }: Step): void {
  const { tally, passes, plan: { lanes, units }, reads } = walk;
  tally.dependency += timing.section;
  walk.now += timing.section;
  const half = inner * passes;
  const before = (summed ? 0 : half + units.normSum) + lanes * passes + units.norm;
  tally.vector += before;
  walk.now += before;
  const late = reads.take(beats, walk.now, half, passes);
  // Who follows stands still as long as the norm does.
  tally.weightStream += late;
  walk.now += late;
  walk.normFirstAt = walk.now + units.normWord + passes;
  walk.normIdleAt = walk.now + units.normWord + half;
}

/** Scores of all keys, softmax over them, and beside it values weighted by them. */
function head(walk: Walk, { inner, uniform }: Step): void {
  const { passes, keys, plan: { columns, lanes, turns } } = walk;
  if (!uniform) {
    tiles(walk, keys / columns, inner, columns);
    wait(walk, 'drain', walk.drainedAt + 1);
  }
  const walked = keys * passes;
  const turning = walk.keyBlocks * turns.valueCycles;
  const reciprocals = walk.now + walked + lanes * passes + timing.reciprocals;
  // Probabilities are taken as they are made; who waits for values meanwhile takes them from the memory.
  wait(walk, 'vector', walk.now + (turning === 0 ? timing.softmax : walked + timing.softmaxEnd - turns.valueCycles));
  walk.reciprocalsAt = reciprocals;
  const held = Math.max(0, reciprocals - (walk.now + walked + turning - 1 + timing.drainStart));
  tiles(walk, Math.ceil(inner / columns), keys, lastColumns(inner, columns), turning, held);
}

/** Heads of the same shape one after the other: from the second on they are alike. */
function attend(walk: Walk, step: Step): void {
  const { tally } = walk;
  const { inner, repeat, uniform } = step;
  tally.attention += repeat * inner * walk.squares * (uniform ? 1 : 2);
  head(walk, step);
  if (repeat === 1) return;
  const more = repeat - 1;
  const { now, tally: { issue, laneCycles, drain, vector, dependency } } = walk;
  tally.dependency += timing.fetchDecode;
  walk.now += timing.fetchDecode;
  if (uniform) wait(walk, 'drain', walk.drainedAt + 1);
  head(walk, step);
  const rest = (more - 1) * (walk.now - now);
  tally.issue += (more - 1) * (tally.issue - issue);
  tally.laneCycles += (more - 1) * (tally.laneCycles - laneCycles);
  tally.drain += (more - 1) * (tally.drain - drain);
  tally.vector += (more - 1) * (tally.vector - vector);
  tally.dependency += (more - 1) * (tally.dependency - dependency);
  walk.now += rest;
  walk.drainedAt += rest;
  walk.reciprocalsAt += rest;
}

/** Rows of one request after the other: filled beat by beat for the tokens of a pass, then spread feature by feature. */
function load(walk: Walk, { outer }: Step): void {
  const { plan: { busBytes, burstBeats, lanesPerSlice, slices, turns, rowCrc }, reads, parts, tally } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const begun = walk.now;
  let now = begun + timing.rowsStart;
  let slice = 0;
  for (const { tokens, first, inputOffset = 0 } of parts) {
    now += first - slice + 1;
    slice = first + 1;
    let left = tokens * rowBeats + rowCrc;
    let most = burstBeats - inputOffset;
    let inBurst = 0;
    let next = 0;
    const asked = now + 1;
    now += 1;
    for (let row = 0; row < tokens; row += lanesPerSlice) {
      for (let wanted = Math.min(lanesPerSlice, tokens - row) * rowBeats + (row + lanesPerSlice < tokens ? 0 : rowCrc); wanted > 0; ) {
        if (inBurst === 0) {
          inBurst = Math.min(most, left);
          most = burstBeats;
          left -= inBurst;
          next = reads.ask(asked, inBurst);
        }
        const some = Math.min(inBurst, wanted);
        const last = Math.max(now, next) + (some - 1) * reads.cyclesPerBeat;
        inBurst -= some;
        wanted -= some;
        next = last + reads.cyclesPerBeat;
        if (inBurst === 0) reads.delay(last);
        now = last + 1;
      }
      now += turns.rowsCycles + outer + timing.rowsTurn;
    }
  }
  now += slices - slice + 1 + timing.rowsDone;
  tally.activations += now - begun;
  walk.now = now;
}

/** The rows of this window may be there or on their way; those of the next one are asked for behind them. */
function loadAhead(walk: Walk, step: Step): void {
  const { tally, reads, parts, latencyCycles, ahead: { loadedAt, next, formCycles }, plan: { busBytes, lanesPerSlice, turns, rowCrc } } = walk;
  const rowBeats = Math.ceil(step.outer / busBytes);
  const spread = turns.rowsCycles + step.outer + timing.rowsTurn;
  if (loadedAt === undefined) {
    const waits = timing.aheadStart + timing.aheadLoaded;
    tally.activations += waits;
    walk.now += waits;
    load(walk, step);
  } else {
    // What is left when the window begins is asked for in one go.
    const whole = parts.reduce((sum, { tokens }) => sum + Math.ceil(tokens / lanesPerSlice) * spread + (tokens * rowBeats + rowCrc) * reads.cyclesPerBeat, latencyCycles + timing.readRound);
    const cycles = Math.max(timing.aheadKnown, Math.min(loadedAt - walk.now, whole) + timing.aheadLoaded);
    tally.activations += cycles;
    walk.now += cycles;
  }
  if (next === undefined) return;
  const groups = next.flatMap(({ tokens, inputOffset = 0 }) => Array.from({ length: Math.ceil(tokens / lanesPerSlice) }, (_, pass) => {
    const first = pass * lanesPerSlice;
    const rows = Math.min(lanesPerSlice, tokens - first);
    return { rows, offset: inputOffset + first * rowBeats, behind: first + rows < tokens ? 0 : rowCrc };
  }));
  reads.loadAhead(walk.now + timing.aheadNext, formCycles, groups, rowBeats, spread);
}

/** Rows of one request after the other: gathered feature by feature, then sent; the next waits for the responses. */
function store(walk: Walk, { outer, firstRow }: Step): void {
  const { plan: { busBytes, burstBeats, lanesPerSlice, slices, turns, rowCrc }, reads, writes, parts, tally } = walk;
  const rowBeats = Math.ceil(outer / busBytes);
  const gathered = Math.ceil(outer / turns.rowBlock) * turns.rowBlock + turns.rowsCycles;
  const begun = walk.now;
  // Rows of the next window come to their end first.
  let now = (walk.plan.ahead ? Math.max(begun + timing.aheadStart, reads.rowsDone + 1) : begun) + timing.rowsStart;
  let slice = 0;
  for (const { tokens, first, outputOffset = 0 } of parts) {
    now = Math.max(now + first - slice + 1, writes.idleAt);
    slice = first + 1;
    const rows = firstRow ? 1 : tokens;
    let left = rows * rowBeats + rowCrc;
    let most = burstBeats - outputOffset;
    let inBurst = 0;
    let open = 0;
    const accepted = now;
    now += 1;
    for (let row = 0; row < rows; row += lanesPerSlice) {
      now += gathered + timing.rowsTurn + timing.rowsSend;
      for (let wanted = Math.min(lanesPerSlice, rows - row) * rowBeats + (row + lanesPerSlice < rows ? 0 : rowCrc); wanted > 0; ) {
        if (inBurst === 0) {
          inBurst = Math.min(most, left);
          most = burstBeats;
          left -= inBurst;
          open = writes.open(accepted);
        }
        const some = Math.min(inBurst, wanted);
        const last = Math.max(now, open) + some - 1;
        inBurst -= some;
        wanted -= some;
        if (inBurst === 0) writes.close(last);
        now = last + 1;
      }
    }
  }
  now += slices - slice + 1 + timing.rowsDone + (walk.plan.ahead ? timing.aheadStored : 0);
  tally.activations += now - begun;
  walk.now = now;
}
