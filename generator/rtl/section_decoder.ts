import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { instructionWires } from './instruction-wires.js';
import type { Unit } from './render.js';

/** Beats of the weight stream to biases, weights, rows and norm parameters. */
export function sectionDecoder(params: Params): Unit {
  return {
    name: 'section_decoder',
    context: () => ({
      columns: params.array.columns,
      busBytes: params.port.busBytes,
      bankRows: derive(params).bankRows,
      staged: params.timing.extraStages > 0,
      insFields: instructionWires(['op', 'wide', 'indexBits', 'inner', 'outer', 'perColumn']),
    }),
  };
}
