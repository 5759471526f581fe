/** Bytes of a model in the format of every step of compression, from the shapes of its operations alone. */
import { widths } from '../../contract/widths.js';
import { baselineLayers } from '../../program/traffic.js';
import type { CodebookMatrix, PackedModel } from '../../program/operation.js';
import { bytesOf } from '../../operations/bytes.js';

/** Bytes once a model, and every window. */
export interface FormatBytes {
  readonly cold: number;
  readonly pass: number;
}

export interface ModelFormats {
  /** Dense weights and parameters, 16 bits each. */
  readonly dense: FormatBytes;
  /** W_S (fetched for every layer anew), values, indices and parameters, 16 bits each. */
  readonly factorizedUnshared: FormatBytes;
  /** The same with W_S once a model. */
  readonly factorized: FormatBytes;
  /** 4-bit codes and a codebook a matrix. */
  readonly coded: FormatBytes;
  /** 6-bit values and index codes of their width; parameters and dense layers still 16 bits. */
  readonly sixBit: FormatBytes;
}

/** Positions of patches are left out, as in the baseline: generator/program/traffic.ts. */
export function modelFormats(
  model: Pick<PackedModel, 'operations' | 'positionRows'> & { readonly matrices: readonly Pick<CodebookMatrix, 'inner' | 'rank'>[] },
): ModelFormats {
  const { operations, matrices, positionRows } = model;
  let projected = 0;
  let slots = 0;
  let sparseBits = 0;
  let others = 0;
  operations.forEach((operation, index) => {
    const weights = bytesOf(operation.op).weights?.(operation, { positions: index === 1 ? positionRows : 0 });
    projected += weights?.shared ?? 0;
    slots += weights?.slots ?? 0;
    sparseBits += weights?.slotBits ?? 0;
    others += weights?.others ?? 0;
  });
  const shared = matrices.reduce((sum, { inner, rank }) => sum + inner * rank, 0);
  const dense = baselineLayers(model).reduce((sum, { weights, parameters }) => sum + 2 * (weights + parameters), 0);
  const pass = 4 * slots + 2 * others;
  const codes = Math.ceil(shared / 2) + (widths.BOOK.bits / 8) * matrices.length;
  return {
    dense: { cold: 0, pass: dense },
    factorizedUnshared: { cold: 0, pass: pass + 2 * projected },
    factorized: { cold: 2 * shared, pass },
    coded: { cold: codes, pass },
    sixBit: { cold: codes, pass: Math.ceil(sparseBits / 8) + 2 * others },
  };
}
