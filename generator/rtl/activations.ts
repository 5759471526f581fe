import { derive, loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The memories X, H, Q and R. */
export function activations(params: Params): Unit {
  const { slices, passes } = params.array;
  const { width, hidden } = params.envelope;
  return {
    name: 'activations',
    context: () => ({ slices, lanes: derive(params).lanes, passes, ...params.numerics, width, hidden, ahead: loadsAhead(params) }),
  };
}
