import { widths } from '../contract/widths.js';
import type { Params } from './fields.js';

/** Quantities that follow from the parameters; every width is derived here and nowhere else. */
export interface Derived {
  /** Lanes of the whole array, L. */
  readonly lanes: number;
  /** Datapaths of norms, at which the lanes take turns. */
  readonly vectorLanes: number;
  /** Tokens of the window, T. */
  readonly windowTokens: number;
  /** Tokens of one slice, Ts. */
  readonly sliceTokens: number;
  readonly multipliers: number;
  /** Bits of the number of a segment. */
  readonly segmentBits: number;
  /** Bits of a column word of activations. */
  readonly wordBits: number;
  /** Bits of an accumulator, eq. 3 of docs/numerics.md. */
  readonly accBits: number;
  readonly xWords: number;
  readonly hWords: number;
  readonly bankRows: number;
  /** Bits of the two sums of LayerNorm, one lane and pass: SUM1_BITS + SUM2_BITS of templates/norm.v.hbs. */
  readonly normSumBits: number;
}

/** Smallest width of two's complement that holds every magnitude up to `magnitude`. */
function signedBits(magnitude: number): number {
  return Math.ceil(Math.log2(magnitude + 1)) + 1;
}

/** The rows of the next window are loaded while one is computed. */
export function loadsAhead({ batcher }: Params): boolean {
  return batcher.windowBuffers === 2;
}

/** Sizes and widths of a configuration. */
export function derive(p: Params): Derived {
  const lanes = p.array.slices * p.array.lanesPerSlice;
  const sliceTokens = p.array.lanesPerSlice * p.array.passes;
  const windowTokens = sliceTokens * p.array.slices;
  const deepest = Math.max(p.envelope.width, p.envelope.hidden, p.envelope.rank, windowTokens);
  return {
    lanes,
    vectorLanes: p.vector.lanes === 0 ? lanes : p.vector.lanes,
    windowTokens,
    sliceTokens,
    multipliers: lanes * p.array.columns,
    segmentBits: Math.max(1, Math.ceil(Math.log2(p.batcher.segments))),
    wordBits: lanes * p.numerics.activationBits,
    // depth * 2^14 from the products, plus a bias of 8 bits shifted by 16; program/fits.ts refuses a model whose biases need more.
    accBits: Math.min(32, signedBits(deepest * 2 ** 14 + 2 ** 23)),
    xWords: p.envelope.width * p.array.passes,
    hWords: p.envelope.hidden * p.array.passes,
    bankRows: p.envelope.rank / p.array.columns,
    normSumBits: 3 * widths.RESIDUAL.bits - 1 + 2 * Math.ceil(Math.log2(p.envelope.width)),
  };
}

/** Whether the top is in reset while its reset is low; inside, reset is always high. */
export function resetsLow({ port }: Params): boolean {
  return port.reset === 'aresetn';
}
