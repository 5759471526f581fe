/** Every word that an instruction stored against the tensor that the golden model has for it. */
import type { Window } from '../batch/form-windows.js';
import { runGolden } from '../golden/run-program.js';
import type { TraceEvent } from '../golden/trace.js';
import { destinations } from '../contract/codes.js';
import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { isLoad } from '../operations/load/fields.js';
import type { Operation, PackedModel } from '../program/operation.js';
import type { Difference, Differences } from './differences.js';
import { elementOf, readTrace, type TraceReader, type TraceWord } from './trace-file.js';

/** A plane that an instruction writes, of all requests of the window. */
interface Plane {
  readonly name: string;
  readonly base: number;
  readonly width: number;
  /** Golden's tensor of each request of the window, in the order of their slices. */
  readonly data: readonly (Int8Array | Int16Array)[];
  /** Lanes compared so far, a feature and pass. */
  readonly compared: Uint16Array;
}

/** Which token a lane holds in a pass. */
interface Occupant {
  readonly lane: number;
  /** Place of the request in the window. */
  readonly segment: number;
  readonly token: number;
}

interface OpenInstruction {
  readonly index: number;
  readonly operation: Operation | undefined;
  readonly planes: readonly Plane[];
}

/** Tokens by pass, for one window. */
function occupantsOf(params: Params, window: Window): Occupant[][] {
  const { lanesPerSlice, passes } = params.array;
  const { sliceTokens } = derive(params);
  const byPass: Occupant[][] = Array.from({ length: passes }, () => []);
  window.forEach(({ first, position, length }, segment) => {
    for (let token = 0; token < length; token++) {
      const place = first * sliceTokens + position + token;
      const lane = Math.floor(place / sliceTokens) * lanesPerSlice + (place % lanesPerSlice);
      byPass[Math.floor((place % sliceTokens) / lanesPerSlice)]!.push({ lane, segment, token });
    }
  });
  return byPass;
}

function planesOf(index: number, events: readonly TraceEvent[], passes: number): OpenInstruction {
  const here = events.filter((event) => event.index === index);
  const [first] = here;
  const planes = (first?.tensors ?? [])
    .filter(({ name }) => name !== 'out')
    .map(({ name, base, width }, n): Plane => ({
      name,
      base,
      width,
      data: here.map(({ tensors }) => tensors[n]!.data),
      compared: new Uint16Array(width * passes),
    }));
  return { index, operation: first?.operation, planes };
}

/** What a word of the trace means for a plane. */
interface Meaning {
  readonly plane: string;
  readonly digits: number;
  readonly feature: number;
  readonly pass: number;
}

function meaningOf({ memory, feature, pass }: TraceWord, passes: number): Meaning {
  if (memory === 'L' || memory === 'l') return { plane: memory === 'L' ? 'R' : 'X', digits: 2, feature, pass };
  if (memory === 'x' || memory === 'h' || memory === 'r') {
    return { plane: memory.toUpperCase(), digits: memory === 'r' ? 4 : 2, feature: Math.floor(feature / passes), pass: feature % passes };
  }
  if (memory === 'P' || memory === 'R') return { plane: memory, digits: memory === 'R' ? 4 : 2, feature, pass };
  return { plane: destinations[Number(memory)] ?? '?', digits: 2, feature, pass };
}

export interface TraceCase {
  readonly params: Params;
  /** Model in the order for these columns. */
  readonly model: PackedModel;
  /** Rows of each request of the run. */
  readonly requests: readonly Int8Array[];
  readonly windows: readonly Window[];
}

/** Compare a whole trace; every difference and every value goes to `differences`. */
export async function compareTrace(path: string, run: TraceCase, differences: Differences): Promise<void> {
  await readTrace(path, new TraceComparison(run, differences));
}

const ofRows = (memory: string): boolean => memory === 'L' || memory === 'l';

/** Reads a trace in its order, one window and one instruction open at a time. */
class TraceComparison implements TraceReader {
  private number = -1;
  private window: Window = [];
  private occupants: Occupant[][] = [];
  private events: TraceEvent[] = [];
  private open: OpenInstruction | undefined;
  /** The last instruction of the window that was opened or passed over. */
  private reached = -1;
  /** Rows of the next window, which were loaded while one computes, and those of a window that has begun and stored nothing yet. */
  private ahead: TraceWord[] = [];
  private begun: TraceWord[] = [];
  /** The window that has begun last. */
  private started = -1;

  constructor(
    private readonly run: TraceCase,
    private readonly differences: Differences,
  ) {}

  instruction(next: number, pc: number): void {
    this.started = next;
    // With rows loaded ahead, the rest of LOAD's may follow.
    if (next !== this.number && this.enterWindow(next) && pc === 0) return;
    this.close(0);
    this.passOver(pc);
    this.openInstruction(pc);
  }

  word(word: TraceWord): void {
    // Lines are views of what was read last.
    if (word.memory === 'N' || word.memory === 'n')
      this.ahead.push({ ...word, memory: word.memory === 'N' ? 'L' : 'l', line: Buffer.from(word.line.subarray(0, word.wordEnd)) });
    else this.compareWord(word);
  }

  windowBegins(): void {
    this.settleBegun();
    this.started++;
    this.begun = this.ahead;
    this.ahead = [];
  }

  aborted(): void {
    this.open = undefined;
    this.window = [];
    this.ahead = [];
    this.begun = [];
  }

  end(): void {
    this.settleBegun();
    this.closeWindow();
    const { windows } = this.run;
    if (this.number + 1 < windows.length)
      this.differences.problem(`windows ${this.number + 1} .. ${windows.length - 1}: nothing in the trace`);
  }

  /** A window whose rows were all loaded ahead may store nothing itself: no instruction then tells that it has begun. */
  private settleBegun(): void {
    if (this.begun.length > 0) this.enterWindow(this.started);
  }

  /** Goes on to a window and the rows that were loaded ahead for it; true when there were any. */
  private enterWindow(next: number): boolean {
    this.closeWindow();
    for (let skipped = this.number + 1; skipped < next; skipped++) this.differences.problem(`window ${skipped}: nothing in the trace`);
    this.openWindow(next);
    if (this.begun.length === 0) return false;
    this.openInstruction(0);
    this.reached = 0;
    for (const word of this.begun) this.compareWord(word);
    this.begun = [];
    return true;
  }

  private openWindow(next: number): void {
    const { params, model, requests, windows } = this.run;
    this.number = next;
    this.window = windows[next] ?? [];
    this.reached = -1;
    this.occupants = occupantsOf(params, this.window);
    const events: TraceEvent[] = [];
    this.events = events;
    runGolden(
      model,
      this.window.map(({ index }) => requests[index]!),
      { trace: (event) => events.push(event) },
    );
  }

  private closeWindow(): void {
    this.close(0);
    if (this.number >= 0 && this.window.length > 0) this.passOver(this.run.model.operations.length);
  }

  private openInstruction(index: number): void {
    this.open = planesOf(index, this.events, this.run.params.array.passes);
  }

  /** Instructions that store nothing in the trace: all that were passed over must be of that kind. */
  private passOver(next: number): void {
    for (let index = this.reached + 1; index < next; index++) {
      if (this.window.length === 0) continue;
      this.openInstruction(index);
      this.close(0);
    }
    this.reached = next;
  }

  /** Every token of every feature must have been written. */
  private close(cycle: number): void {
    const { passes } = this.run.params.array;
    for (const { name, base, width, data, compared } of this.open?.planes ?? []) {
      for (let f = 0; f < width; f++) {
        for (let pass = 0; pass < passes; pass++) {
          const here = this.occupants[pass]!;
          const [first] = here;
          if (first === undefined || compared[f * passes + pass]! >= here.length) continue;
          const want = data[first.segment]![first.token * width + f]!;
          this.differences.add({ ...this.at(first, base + f, name, cycle), got: 'not written', want });
        }
      }
    }
    this.open = undefined;
  }

  private compareWord(word: TraceWord): void {
    const { passes, lanesPerSlice } = this.run.params.array;
    const { plane: name, digits, feature, pass } = meaningOf(word, passes);
    const plane = this.open?.planes.find((one) => one.name === name);
    if (plane === undefined || feature < plane.base || feature >= plane.base + plane.width) {
      this.differences.problem(
        `window ${this.number}, instruction ${this.open?.index}: feature ${feature} of ${name} was written in cycle ${word.cycle}, golden writes none`,
      );
      return;
    }
    const { base, width, data, compared } = plane;
    const operation = this.open?.operation;
    const shift = word.memory === 'L' && isLoad(operation) ? operation.shift : 0;
    for (const occupant of this.occupants[pass] ?? []) {
      const { lane, segment, token } = occupant;
      if (ofRows(word.memory) && ((word.slices >> Math.floor(lane / lanesPerSlice)) & 1) === 0) continue;
      const element = elementOf(word, lane, digits);
      const got = element === undefined ? undefined : element * 2 ** shift;
      const want = data[segment]![token * width + feature - base]!;
      this.differences.counted();
      compared[(feature - base) * passes + pass]!++;
      if (got !== want) this.differences.add({ ...this.at(occupant, feature, name, word.cycle), got: got ?? 'X', want });
    }
  }

  private at({ segment, token }: Occupant, feature: number, plane: string, cycle: number): Omit<Difference, 'got' | 'want'> {
    return { window: this.number, instruction: this.open!.index, plane, request: this.window[segment]!.index, token, feature, cycle };
  }
}
