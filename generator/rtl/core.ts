import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { epilogueLatency, epilogueResidualStage } from './epilogue.js';
import { instructionWires } from './instruction-wires.js';
import type { Unit } from './render.js';

/** The data path of one window. */
export function core(params: Params): Unit {
  const { lanes, accBits } = derive(params);
  const { columns, slices, passes } = params.array;
  const { width, hidden, rank, codeWords, matrices, instructions } = params.envelope;
  return {
    name: 'core',
    context: () => ({
      columns, slices, lanes, passes, accBits, width, hidden, rank, codeWords, matrices, instructions,
      // The accumulator comes a cycle after its drain, the memory answers a cycle after it is asked.
      residualDelay: epilogueResidualStage,
      pipeDepth: epilogueLatency + 2,
      insFields: instructionWires(['op', 'dst', 'src', 'activate', 'causal', 'uniform', 'writeBack', 'matrix', 'inner', 'base', 'm', 's', 'biasShift', 's2']),
    }),
  };
}
