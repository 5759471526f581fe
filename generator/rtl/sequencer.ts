import type { Params } from '../params/fields.js';
import { instructionWires } from './instruction-wires.js';
import type { Unit } from './render.js';

/** Program memory and the walk of every instruction. */
export function sequencer(params: Params): Unit {
  const { columns, passes } = params.array;
  const { instructions, codeWords } = params.envelope;
  const insFields = instructionWires(['op', 'dst', 'src', 'uniform', 'inner', 'outer', 'base', 'codeBase']);
  return {
    name: 'sequencer',
    context: () => ({
      columns,
      passes,
      instructions,
      codeWords,
      insFields,
      turned: params.registerFile.directions === 1,
      staged: params.timing.extraStages > 0,
    }),
  };
}
