import type { Params } from '../params/fields.js';
import { completionCodes } from '../contract/registers.js';
import { instructionFields } from '../contract/isa.js';
import type { Unit } from './render.js';

/** The cold region into the memories of the core. */
export function coldLoader(params: Params): Unit {
  const { codeWords, matrices, instructions } = params.envelope;
  const { busBytes, addressBits } = params.port;
  const { readCold, coldCrc, coldShape, coldValue } = completionCodes;
  const { low: narrowLow } = instructionFields.find(({ name }) => name === 'narrow')!;
  const code = (value: number): string => `8'd${value}`;
  return {
    name: 'cold_loader',
    context: () => ({
      columns: params.array.columns, busBytes, addressBits, codeWords, matrices, instructions, ...params.numerics, wide: busBytes > 4, narrowLow,
      readCold: code(readCold), coldCrc: code(coldCrc), coldShape: code(coldShape), coldValue: code(coldValue),
    }),
  };
}
