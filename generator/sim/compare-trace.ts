/** Every word that an instruction stored against the tensor that the golden model has for it. */
import type { Window } from '../batch/form-windows.js';
import { runGolden } from '../golden/run-program.js';
import type { TraceEvent } from '../golden/trace.js';
import { destinations } from '../contract/isa.js';
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
  /** Golden's tensor of each segment of the window. */
  readonly data: readonly (Int8Array | Int16Array)[];
  /** Lanes compared so far, a feature and pass. */
  readonly compared: Uint16Array;
}

/** Which token a lane holds in a pass. */
interface Occupant {
  readonly lane: number;
  /** Number of its request's segment in the window. */
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
  if (memory === 'x' || memory === 'r') {
    return { plane: memory.toUpperCase(), digits: memory === 'r' ? 4 : 2, feature: Math.floor(feature / passes), pass: feature % passes };
  }
  if (memory === 'P' || memory === 'R') return { plane: memory, digits: memory === 'R' ? 4 : 2, feature, pass };
  return { plane: destinations[Number(memory)] ?? '?', digits: 2, feature, pass };
}

export interface TraceCase {
  readonly params: Params;
  /** In the order for these columns. */
  readonly model: PackedModel;
  /** Rows of each request of the run. */
  readonly requests: readonly Int8Array[];
  readonly windows: readonly Window[];
}

/** Compare a whole trace; every difference and every value goes to `differences`. */
export async function compareTrace(path: string, run: TraceCase, differences: Differences): Promise<void> {
  await readTrace(path, comparing(run, differences));
}

function comparing({ params, model, requests, windows }: TraceCase, differences: Differences): TraceReader {
  const { passes, lanesPerSlice } = params.array;
  let number = -1;
  let window: Window = [];
  let occupants: Occupant[][] = [];
  let events: TraceEvent[] = [];
  let open: OpenInstruction | undefined;
  let reached = -1;
  /** Rows of the next window, which were loaded while one computes, and those of a window that has begun and stored nothing yet. */
  let ahead: TraceWord[] = [];
  let begun: TraceWord[] = [];
  /** The window that has begun last. */
  let started = -1;

  const at = (segment: number, feature: number, token: number, plane: string, cycle: number): Omit<Difference, 'got' | 'want'> => ({
    window: number,
    instruction: open!.index,
    plane,
    request: window[segment]!.index,
    token,
    feature,
    cycle,
  });
  /** Every token of every feature must have been written. */
  const close = (cycle: number): void => {
    for (const { name, base, width, compared } of open?.planes ?? []) {
      for (let f = 0; f < width; f++) {
        for (let pass = 0; pass < passes; pass++) {
          const here = occupants[pass]!;
          if (here.length > 0 && compared[f * passes + pass]! < here.length) {
            differences.add({
              ...at(here[0]!.segment, base + f, here[0]!.token, name, cycle),
              got: 'not written',
              want: open!.planes.find((plane) => plane.name === name)!.data[here[0]!.segment]![here[0]!.token * width + f]!,
            });
          }
        }
      }
    }
    open = undefined;
  };
  /** Instructions that store nothing in the trace: all that were passed over must be of that kind. */
  const passOver = (next: number): void => {
    for (let index = reached + 1; index < next; index++) {
      if (window.length === 0) continue;
      open = planesOf(index, events, passes);
      close(0);
    }
    reached = next;
  };
  const closeWindow = (): void => {
    close(0);
    if (number >= 0 && window.length > 0) passOver(model.operations.length);
  };
  const openWindow = (next: number): void => {
    number = next;
    window = windows[next] ?? [];
    reached = -1;
    events = [];
    occupants = occupantsOf(params, window);
    runGolden(
      model,
      window.map(({ index }) => requests[index]!),
      { trace: (event) => events.push(event) },
    );
  };
  const compareWord = (word: TraceWord): void => {
    const { plane: name, digits, feature, pass } = meaningOf(word, passes);
    const plane = open?.planes.find((one) => one.name === name);
    if (plane === undefined || feature < plane.base || feature >= plane.base + plane.width) {
      differences.problem(
        `window ${number}, instruction ${open?.index}: feature ${feature} of ${name} was written in cycle ${word.cycle}, golden writes none`,
      );
      return;
    }
    const { base, width, data, compared } = plane;
    const fromRows = word.memory === 'L' || word.memory === 'l';
    const shift = word.memory === 'L' && isLoad(open?.operation) ? open.operation.shift : 0;
    for (const { lane, segment, token } of occupants[pass] ?? []) {
      if (fromRows && ((word.slices >> Math.floor(lane / lanesPerSlice)) & 1) === 0) continue;
      const element = elementOf(word, lane, digits);
      const got = element === undefined ? undefined : element * 2 ** shift;
      const want = data[segment]![token * width + feature - base]!;
      differences.counted();
      compared[(feature - base) * passes + pass]!++;
      if (got !== want) differences.add({ ...at(segment, feature, token, name, word.cycle), got: got ?? 'X', want });
    }
  };

  /** Goes on to a window and the rows that were loaded ahead for it; true when there were any. */
  const enterWindow = (next: number): boolean => {
    closeWindow();
    for (let skipped = number + 1; skipped < next; skipped++) differences.problem(`window ${skipped}: nothing in the trace`);
    openWindow(next);
    if (begun.length === 0) return false;
    open = planesOf(0, events, passes);
    reached = 0;
    for (const word of begun) compareWord(word);
    begun = [];
    return true;
  };
  /** A window whose rows were all loaded ahead may store nothing itself: no instruction then tells that it has begun. */
  const settleBegun = (): void => {
    if (begun.length > 0) enterWindow(started);
  };

  return {
    instruction(next, pc) {
      started = next;
      // With rows loaded ahead, the rest of LOAD's may follow.
      if (next !== number && enterWindow(next) && pc === 0) return;
      close(0);
      passOver(pc);
      open = planesOf(pc, events, passes);
    },
    word(word) {
      // Lines are views of what was read last.
      if (word.memory === 'N' || word.memory === 'n')
        ahead.push({ ...word, memory: word.memory === 'N' ? 'L' : 'l', line: Buffer.from(word.line.subarray(0, word.wordEnd)) });
      else compareWord(word);
    },
    windowBegins() {
      settleBegun();
      started++;
      begun = ahead;
      ahead = [];
    },
    aborted() {
      open = undefined;
      window = [];
      ahead = [];
      begun = [];
    },
    end() {
      settleBegun();
      closeWindow();
      if (number + 1 < windows.length) differences.problem(`windows ${number + 1} .. ${windows.length - 1}: nothing in the trace`);
    },
  };
}
