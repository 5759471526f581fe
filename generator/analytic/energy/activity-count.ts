/** Multiplies, results and accesses to memories of one window, as the operations add them up. */
import type { Walk } from '../walk.js';
import { widths } from '../../contract/widths.js';
import type { Linear } from '../../operations/linear.js';
import { derive } from '../../params/derived.js';
import type { Params } from '../../params/fields.js';

export type MemoryName =
  'x' | 'h' | 'q' | 'r' | 'p' | 'k' | 'v' | 'scores' | 'codes' | 'accumulators' | 'activation table' | 'norm sums' | 'stream';

const byDestination = { X: 'x', H: 'h', Q: 'q', K: 'k', V: 'v', Rset: 'r', Radd: 'r' } as const;

export class ActivityCount {
  multiplies = 0;
  results = 0;
  normalised = 0;
  readonly bits: Record<MemoryName, number> = {
    x: 0,
    h: 0,
    q: 0,
    r: 0,
    p: 0,
    k: 0,
    v: 0,
    scores: 0,
    codes: 0,
    accumulators: 0,
    'activation table': 0,
    'norm sums': 0,
    stream: 0,
  };
  readonly columns: number;
  readonly slices: number;
  readonly lanes: number;
  /** Bits of a lane's two sums over R. */
  readonly normSumBits: number;
  readonly activationBits: number;
  readonly tokens: number;
  readonly squares: number;
  readonly attended: number;
  readonly passes: number;
  readonly keys: number;
  /** Bits of a word of R: a feature of every lane. */
  readonly residualWord: number;
  /** Bits of a word of scores: one of every lane. */
  readonly scoreWord: number;
  /** Bits of a word of W_S codes: one of every column. */
  readonly codeWord: number;
  private readonly word: number;
  private readonly accBits: number;

  /** Counts the window that the walk has begun. */
  constructor({ tokens, squares, attended, passes, keys, plan }: Walk, params: Params) {
    ({ columns: this.columns, slices: this.slices } = params.array);
    ({ activationBits: this.activationBits } = params.numerics);
    ({ lanes: this.lanes, normSumBits: this.normSumBits, accBits: this.accBits, wordBits: this.word } = derive(params));
    this.residualWord = widths.RESIDUAL.bits * this.lanes;
    this.codeWord = widths.WEIGHT_CODE.bits * this.columns;
    this.scoreWord = widths.SCORE.bits * this.lanes;
    this.tokens = tokens;
    this.squares = squares;
    this.attended = attended;
    this.passes = passes;
    this.keys = keys;
    // Every beat enters the prefetch buffer and leaves it.
    this.bits.stream = 2 * 8 * plan.busBytes * plan.beats;
  }

  /** A read of one word a step and pass; sparse steps read one of each bank. */
  steps(count: number, memory: MemoryName, words = 1): void {
    const { passes, lanes, columns, accBits } = this;
    this.bits[memory] += count * passes * words * (memory === 'scores' ? this.scoreWord : this.word);
    // Read, add, write.
    this.bits.accumulators += 2 * count * passes * lanes * columns * accBits;
  }

  write(features: number, memory: MemoryName, wordBits = this.word): void {
    this.bits[memory] += features * this.passes * wordBits;
  }

  /** Results of a linear layer on their way to any destination. */
  writeLinear({ destination, outer, activate }: Linear): void {
    const to = byDestination[destination];
    this.write(outer * (destination === 'Radd' ? 2 : 1), to, to === 'r' ? this.residualWord : this.word);
    if (activate) this.write(outer, 'activation table');
  }

  tiles(outer: number): number {
    return Math.ceil(outer / this.columns);
  }
}
