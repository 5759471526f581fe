/** What a model needs of the sizes in the envelope: every buffer, store and memory that its operations fill. */
import type { Params } from '../params/fields.js';
import { accessesOf, type Buffer } from './accesses.js';
import type { Operation, PackedModel } from './operation.js';

/** A buffer of the machine, and the parameter that makes it larger. */
export interface Need {
  readonly parameter: 'envelope.width' | 'envelope.hidden' | 'envelope.rank';
  readonly buffer: string;
  readonly features: number;
  /** The operation that needs so many. */
  readonly index: number;
}

const parameterOf = {
  X: 'envelope.width',
  R: 'envelope.width',
  Q: 'envelope.width',
  K: 'envelope.width',
  V: 'envelope.width',
  H: 'envelope.hidden',
  P: 'envelope.rank',
} as const satisfies Record<Buffer, Need['parameter']>;

/** The largest need of each buffer. */
export function bufferNeeds(operations: readonly Operation[]): Need[] {
  const largest = new Map<Buffer, Need>();
  operations.forEach((operation, index) => {
    const { reads, writes } = accessesOf(operation);
    for (const { buffer, first, count } of [...reads, ...writes]) {
      const features = first + count;
      if (features > (largest.get(buffer)?.features ?? 0)) largest.set(buffer, { parameter: parameterOf[buffer], buffer, features, index });
    }
  });
  return [...largest.values()];
}

type Counted = Pick<Params['envelope'], 'codeWords' | 'matrices' | 'instructions'>;

/** END is an instruction too. */
export function countNeeds({ matrices, operations }: Pick<PackedModel, 'matrices' | 'operations'>, columns: number): Counted {
  return {
    codeWords: matrices.reduce((sum, { inner, rank }) => sum + Math.ceil(rank / columns) * inner, 0),
    matrices: matrices.length,
    instructions: operations.length + 1,
  };
}

/** The smallest envelope that holds a model on so many columns. */
export function neededEnvelope(model: PackedModel, columns: number): Params['envelope'] {
  const needs = bufferNeeds(model.operations);
  const most = (parameter: Need['parameter']): number =>
    Math.max(0, ...needs.filter((need) => need.parameter === parameter).map(({ features }) => features));
  return { width: most('envelope.width'), hidden: most('envelope.hidden'), rank: most('envelope.rank'), ...countNeeds(model, columns) };
}
