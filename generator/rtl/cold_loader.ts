import type { Params } from '../params/fields.js';
import { instructionFields } from '../contract/isa.js';
import { mostMatrices } from '../contract/limits.js';
import type { Unit } from './render.js';

/** The cold region into the memories of the core. */
export function coldLoader(params: Params): Unit {
  const { codeWords, matrices, instructions } = params.envelope;
  const { busBytes, addressBits } = params.port;
  const { low, bits } = instructionFields.find(({ name }) => name === 'narrow')!;
  return {
    name: 'cold_loader',
    context: () => ({
      columns: params.array.columns,
      busBytes,
      staged: params.timing.extraStages > 0,
      addressBits,
      codeWords,
      matrices,
      instructions,
      ...params.numerics,
      wide: busBytes > 4,
      narrow: { low, bits },
      // Behind program and books the codes of each matrix, then the table.
      tableSection: 2 + mostMatrices,
      crcSection: 3 + mostMatrices,
    }),
  };
}
