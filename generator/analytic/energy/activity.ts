/** What the chip does for one window, counted from shapes: multiplies and adds by their widths, and accesses to every memory. */
import { Walk, type Part } from '../instructions.js';
import { outlineOf, planOf, type Outline } from '../plan.js';
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';
import type { Operation } from '../../program/operation.js';

export interface Activity {
  /** Multiplies of int8 by int8, each with an addition to an accumulator. */
  readonly multiplies: number;
  /** Results that pass the epilogue: an accumulator times 11 bits. */
  readonly results: number;
  /** Values that LayerNorm works on, in its second walk. */
  readonly normalised: number;
  /** Bits read and written by memory; names as in generator/params/sizes.ts. */
  readonly memoryBits: Readonly<Record<MemoryName, number>>;
}

export type MemoryName = 'x' | 'h' | 'q' | 'r' | 'p' | 'k' | 'v' | 'scores' | 'codes' | 'accumulators' | 'activation table' | 'norm sums' | 'stream';

const byDestination = { X: 'x', H: 'h', Q: 'q', K: 'k', V: 'v', Rset: 'r', Radd: 'r' } as const;

/** One window whose requests are these parts. */
export function windowActivity(operations: readonly Operation[], params: Params, parts: readonly Part[], outline: Outline = outlineOf(operations)): Activity {
  const { columns, slices } = params.array;
  const { activationBits } = params.numerics;
  const { lanes, accBits, normSumBits, wordBits: word } = derive(params);
  const residualWord = 16 * lanes;
  const walk = new Walk(planOf(outline, params));
  // Every beat enters the prefetch buffer and leaves it.
  const streamBits = 2 * 8 * walk.plan.busBytes * walk.plan.beats;
  walk.begin(parts, { latencyCycles: 1, cyclesPerBeat: 1 });
  const { tokens, squares, passes, keys } = walk;
  const bits: Record<MemoryName, number> = { x: 0, h: 0, q: 0, r: 0, p: 0, k: 0, v: 0, scores: 0, codes: 0, accumulators: 0, 'activation table': 0, 'norm sums': 0, stream: streamBits };
  let multiplies = 0;
  let results = 0;
  let normalised = 0;

  /** A read of one word a step and pass; sparse steps read one of each bank. */
  const steps = (count: number, memory: MemoryName, words = 1): void => {
    bits[memory] += count * passes * words * (memory === 'scores' ? 12 * lanes : word);
    // Read, add, write.
    bits.accumulators += 2 * count * passes * lanes * columns * accBits;
  };
  const write = (features: number, memory: MemoryName, wordBits = word): void => {
    bits[memory] += features * passes * wordBits;
  };
  const tiles = (outer: number): number => Math.ceil(outer / columns);

  for (const operation of operations) {
    switch (operation.op) {
      case 'LOAD':
        if (operation.destination === 'Rset') write(operation.outer, 'r', residualWord);
        if (operation.destination === 'X' || operation.alsoX) write(operation.outer, 'x');
        break;
      case 'STORE':
        write(operation.outer, operation.source === 'H' ? 'h' : 'x');
        break;
      case 'NORM':
        normalised += operation.inner * tokens;
        write(2 * operation.inner, 'r', residualWord);
        write(operation.inner, 'x');
        write(2 * operation.inner, 'norm sums', lanes * normSumBits);
        if (operation.writeBackShift !== undefined) write(operation.inner, 'r', residualWord);
        break;
      case 'PROJECT':
        multiplies += operation.inner * operation.outer * tokens;
        results += operation.outer * tokens;
        steps(operation.inner * tiles(operation.outer), operation.source === 'H' ? 'h' : 'x');
        bits.codes += operation.inner * tiles(operation.outer) * passes * 4 * columns;
        write(operation.outer, 'p');
        break;
      case 'EXPAND':
      case 'DENSE': {
        const inner = operation.op === 'EXPAND' ? operation.k : operation.inner;
        multiplies += inner * operation.outer * tokens;
        results += operation.outer * tokens;
        if (operation.op === 'EXPAND') steps(inner * tiles(operation.outer), 'p', columns);
        else steps(inner * tiles(operation.outer), operation.source === 'H' ? 'h' : 'x');
        const to = byDestination[operation.destination];
        write(operation.outer * (operation.destination === 'Radd' ? 2 : 1), to, to === 'r' ? residualWord : word);
        if (operation.activate) write(operation.outer, 'activation table');
        break;
      }
      case 'ATTEND': {
        const { inner, uniform } = operation;
        multiplies += inner * squares * (uniform ? 1 : 2);
        results += inner * tokens;
        if (!uniform) {
          steps((inner * keys) / columns, 'q');
          bits.k += ((inner * keys) / columns) * passes * slices * columns * activationBits;
          results += keys * tokens;
          write(3 * keys, 'scores', 12 * lanes);
        }
        steps(keys * tiles(inner), 'scores');
        bits.v += keys * tiles(inner) * passes * slices * columns * activationBits;
        write(inner, 'x');
      }
    }
  }
  return { multiplies, results, normalised, memoryBits: bits };
}

export function addActivity(a: Activity, b: Activity): Activity {
  const names = Object.keys(a.memoryBits) as MemoryName[];
  return {
    multiplies: a.multiplies + b.multiplies, results: a.results + b.results, normalised: a.normalised + b.normalised,
    memoryBits: Object.fromEntries(names.map((name) => [name, a.memoryBits[name] + b.memoryBits[name]])) as Record<MemoryName, number>,
  };
}
