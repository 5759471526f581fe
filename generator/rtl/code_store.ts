import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Codes and codebooks of the shared matrices. */
export function codeStore(params: Params): Unit {
  const { codeWords, matrices } = params.envelope;
  return { name: 'code_store', context: () => ({ columns: params.array.columns, codeWords, matrices }) };
}
