import { derive, loadsAhead } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { instructionWires } from './instruction-wires.js';
import type { Unit } from './render.js';

/** The data path of one window. */
export function core(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  const { columns, slices, passes } = params.array;
  const { width, hidden, rank, codeWords, matrices, instructions } = params.envelope;
  const insFields = instructionWires([
    'op',
    'dst',
    'src',
    'activate',
    'causal',
    'uniform',
    'writeBack',
    'matrix',
    'inner',
    'base',
    'depth',
    'm',
    's',
    'biasShift',
    'perColumn',
    's2',
  ]);
  return {
    name: 'core',
    context: () => ({
      columns,
      slices,
      lanes,
      passes,
      accBits,
      ...params.numerics,
      staged: params.timing.extraStages > 0,
      width,
      hidden,
      rank,
      codeWords,
      matrices,
      instructions,
      insFields,
      segments: params.batcher.segments,
      turned: params.registerFile.directions === 1,
      ahead: loadsAhead(params),
    }),
  };
}
