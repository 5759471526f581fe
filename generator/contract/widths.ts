/** Widths that units share whatever the configuration: named parameters of a unit. No template holds a width of its own for them. */
import { ringLog2Max } from './descriptor.js';
import { fieldBits } from './isa.js';
import { registers } from './registers.js';

interface Width {
  readonly bits: number;
  readonly doc: string;
}

const positionBits = 12;

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
  RSQRT: { bits: 12, doc: 'of the mantissa of 1 / sqrt, equation 12 of docs/numerics.md' },
} as const satisfies Readonly<Record<string, Width>>;

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

/** The same as localparams, for a unit that has no such port. */
export function widthLocalparams(names: string): string {
  return `localparam ${widthsOf(names)
    .map(({ name, bits }) => `${name} = ${bits}`)
    .join(', ')};`;
}
