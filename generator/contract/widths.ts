/** Widths that units share whatever the configuration: named parameters of a unit. No template holds a width of its own for them. */
import { arrayModes } from './codes.js';
import { descriptorFields, ringLog2Max, statusFields } from './descriptor.js';
import { fieldBits, instructionBytes } from './isa.js';
import { loadShift, mostSlices, passOver, sparseLimit } from './limits.js';
import { counters, registers } from './registers.js';

interface Width {
  readonly bits: number;
  readonly doc: string;
}

const positionBits = 12;
/** Bits of numbers 0 .. count - 1. */
const bitsFor = (count: number): number => Math.ceil(Math.log2(count));
/** Bits of a code of W_S, and of the weight that it stands for. */
const [codeBits, weightBits] = [4, 8];

/** Widths by the name in Verilog without its _BITS: FEATURE_BITS, POSITION_BITS. */
export const widths = {
  FEATURE: { bits: fieldBits('outer'), doc: 'number of a feature, a rank or a step, and how many there are' },
  POSITION: { bits: positionBits, doc: 'place of a token or a key, and how many there are' },
  SCORE: { bits: 12, doc: 'of a score of attention, equation 16 of docs/numerics.md' },
  MULTIPLIER: { bits: fieldBits('m'), doc: 'of a multiplier, equation 2 of docs/numerics.md, and of a reciprocal in its place' },
  SLOT: { bits: ringLog2Max, doc: 'of the place of a descriptor in the ring' },
  REG_ADDR: { bits: 12, doc: 'of the byte address of a register' },
  SIZE: { bits: registers.COLD_BEATS.fields.value.bits, doc: 'number of beats, words or instructions that a request or a region has' },
  SQUARES: { bits: 2 * positionBits, doc: 'of the sum of the squares of all lengths of a window' },
  MODE: { bits: bitsFor(arrayModes.length), doc: 'of what the array works on' },
  DESTINATION: { bits: fieldBits('dst'), doc: 'of the memory that an instruction writes' },
  KIND: { bits: fieldBits('matrix'), doc: 'of the kind of a norm' },
  GROUPS: { bits: bitsFor(mostSlices + 1), doc: 'of a number of slices' },
  SHIFT: { bits: fieldBits('s'), doc: 'of a shift, equation 2 of docs/numerics.md' },
  BIAS_SHIFT: { bits: fieldBits('biasShift'), doc: 'of the shift of a bias, equation 3 of docs/numerics.md' },
  INSTRUCTION: { bits: 8 * instructionBytes, doc: 'of an instruction' },
  WEIGHT_CODE: { bits: codeBits, doc: 'of the code of a weight of W_S, equation 4 of docs/numerics.md' },
  BOOK: { bits: weightBits * 2 ** codeBits, doc: 'of a codebook' },
  POLICY: { bits: registers.CONTROL.fields.policy.bits, doc: 'of how windows are filled' },
  RING_LOG2: { bits: registers.RING_LOG2.fields.value.bits, doc: 'of the binary logarithm of the descriptors of the ring' },
  COMPLETION: { bits: statusFields.code.bits, doc: 'of a code that a request or a load ends with' },
  WINDOW_NUMBER: { bits: statusFields.window.bits, doc: 'of the number of a window' },
  RESIDUAL: { bits: 16, doc: 'of a value of R, equation 14 of docs/numerics.md' },
  PROBABILITY: { bits: 7, doc: 'of a probability of softmax, equation 17 of docs/numerics.md' },
  NORM_SHIFT: { bits: 5, doc: 'of the shift h of a norm, equation 12 of docs/numerics.md' },
  LOAD_SHIFT: { bits: bitsFor(loadShift.max + 1), doc: 'of the shift that LOAD brings rows to R with' },
  SLICE_ID: { bits: bitsFor(mostSlices), doc: 'of the number of a slice' },
  COUNTER: { bits: bitsFor(counters.length), doc: 'of the number of a counter' },
  COLD_MATRICES: { bits: registers.COLD_MATRICES.fields.number.bits, doc: 'of the number of matrices W_S' },
  REQUEST_TAG: { bits: 8 * descriptorFields.tag.bytes, doc: 'of what a host knows a request by' },
  PASSED: { bits: bitsFor(passOver.max + 1), doc: 'of in how many windows a request was passed over' },
  VALUE: { bits: bitsFor(sparseLimit + 1) + 1, doc: 'of a coded value of W_D, equation 5 of docs/numerics.md' },
  NEAR: { bits: 4, doc: 'of the first features of a memory: the next instruction asks for them before a tile of them is there' },
  RSQRT: { bits: 12, doc: 'of the mantissa of 1 / sqrt, equation 12 of docs/numerics.md' },
} as const satisfies Readonly<Record<string, Width>>;

/** Most keys of a window. */
export const mostKeys = 2 ** widths.POSITION.bits - 1;

function widthsOf(names: string): (Width & { readonly name: string })[] {
  const known = new Map<string, Width>(Object.entries(widths));
  return names.split(' ').map((name) => {
    const width = known.get(name);
    if (width === undefined) throw new Error(`width ${name}: no such width; known are ${[...known.keys()].join(', ')}`);
    return { name: `${name}_BITS`, ...width };
  });
}

/**
 * Parameters with the widths that the ports of a unit have, each with its comment: `widthParameters('FEATURE', ',')`.
 *
 * Errors   a width that does not exist is a fault of the template
 */
export function widthParameters(names: string, end: string): string {
  const list = widthsOf(names);
  return list
    .map(({ name, bits, doc }, index) => `parameter ${name} = ${bits}${index + 1 < list.length ? ',' : end}  // ${doc}`)
    .join('\n  ');
}

/** Every width as a macro of benches: FEATURE_BITS. */
export const widthMacros: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(widths).map(([name, { bits }]) => [`${name}_BITS`, bits]),
);

/** Characters of a line of declarations, behind the indent of a unit. */
const lineLength = 130;

/** One declaration of several names, on as many lines as it needs. */
export function wrapped(start: string, declared: readonly string[]): string {
  const lines: string[] = [];
  let line = start;
  declared.forEach((one, index) => {
    const item = `${one}${index + 1 < declared.length ? ',' : ';'}`;
    if (line !== start && line.length + item.length > lineLength) {
      lines.push(line.trimEnd());
      line = ' '.repeat(2 + start.length);
    }
    line += `${item} `;
  });
  return [...lines, line.trimEnd()].join('\n');
}

/** The same as localparams, for a unit that has no such port. */
export function widthLocalparams(names: string): string {
  return wrapped(
    'localparam ',
    widthsOf(names).map(({ name, bits }) => `${name} = ${bits}`),
  );
}
