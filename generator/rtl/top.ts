import { derive, loadsAhead, resetsLow } from '../params/derived.js';
import { widths } from '../contract/widths.js';
import type { Params } from '../params/fields.js';
import { writeTagBits } from './axi_write.js';
import { instructionWires } from './instruction-wires.js';
import type { Unit } from './render.js';

/** Bits that number `count` things; one bit for a single one. */
const indexBits = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));

/** The accelerator as a whole. */
export function top(params: Params): Unit {
  const { columns, slices, passes } = params.array;
  const { busBytes, addressBits, reset } = params.port;
  const activeLow = resetsLow(params);
  const { instructions, codeWords, matrices } = params.envelope;
  const { lanes, bankRows, segmentBits } = derive(params);
  return {
    name: 'top',
    context: () => ({
      columns,
      slices,
      lanes,
      busBytes,
      addressBits,
      registerHigh: widths.REG_ADDR.bits - 1,
      reset,
      activeLow,
      resetLevel: activeLow ? 'low' : 'high',
      ahead: loadsAhead(params),
      rowCrc: params.port.rowCrc === 1,
      passBits: indexBits(passes),
      segmentBits,
      tagBits: writeTagBits,
      rowBits: indexBits(bankRows),
      pcBits: indexBits(instructions),
      codeBits: indexBits(codeWords),
      matrixBits: indexBits(matrices),
      insFields: instructionWires(['op', 'outer', 'base', 'firstRow', 'best']),
    }),
  };
}
