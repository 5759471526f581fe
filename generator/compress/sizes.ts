/** Whether a model will fit the hardware, known from shapes alone: before the work of making it, and all problems at once. */
import { fieldsOf } from '../operations/fields.js';
import type { Params } from '../params/fields.js';
import { fitProblems, type Sized } from '../program/fits.js';
import { orderFor } from '../program/image.js';
import { coldShapes, coldTraffic, windowTraffic } from '../program/traffic.js';
import { sumTraffic } from '../contract/traffic-classes.js';
import type { Encoder, SharedMatrix } from '../model/encoder.js';
import { hasFactors, randomFactors } from './factorize-encoder.js';
import { pack } from './pack.js';
import { chooseScales } from './scales.js';
import type { SparseShape } from './support.js';

export interface PlannedModel {
  readonly encoder: Encoder;
  readonly shape: SparseShape;
  /** Whether dense layers are going to be factorized. */
  readonly factorize: boolean;
  readonly wide: boolean;
}

/**
 * What does not fit whatever the weights are: buffers, codes, matrices, instructions, region lengths and the depth of sums.
 * Biases and index codes, which depend on the weights, are left to the finished image.
 */
export function plannedFitProblems({ encoder, shape, factorize, wide }: PlannedModel, params: Params): string[] {
  const factored = factorize && !hasFactors(encoder) ? randomFactors(encoder, { ...shape, seed: 1 }) : encoder;
  const blank = { ...factored, shared: factored.shared.map(withoutCodes) };
  const packed = pack(blank, chooseScales(blank, new Map(), params.numerics.activationBits), { banks: shape.banks, wide });
  const { columns } = params.array;
  const { busBytes } = params.port;
  const ordered = orderFor(packed, columns);
  const model = { ...ordered, operations: ordered.operations.map((operation) => fieldsOf(operation).narrowest?.(operation) ?? operation) };
  const hardware = { columns, busBytes };
  const sized: Sized = {
    model,
    columns,
    busBytes,
    cold: { length: sumTraffic(coldTraffic(coldShapes(model), hardware)) },
    pass: { length: sumTraffic(windowTraffic(model.operations, [], hardware)) },
  };
  return fitProblems(sized, params);
}

/** Clustering W_S would take longer than all the rest. */
function withoutCodes({ dictionary }: SharedMatrix): SharedMatrix {
  const { rows: inner, columns: rank } = dictionary;
  return { dictionary, coded: { inner, rank, codes: new Uint8Array(inner * rank), book: new Int8Array(16), scale: 1 } };
}
