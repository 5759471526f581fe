/**
 * Energies that the estimate is made of, to be edited or replaced by a JSON file of the same fields. Everything on the chip
 * is at 45 nm and 0.9 V; `chipScale` divides it for a smaller technology.
 *
 * Sources
 *   [H]  M. Horowitz, "Computing's Energy Problem (and what we can do about it)", ISSCC 2014: 8-bit multiply 0.2 pJ, 32-bit 3.1 pJ;
 *        8-bit add 0.03 pJ, 32-bit 0.1 pJ; 64 bits from 8 KB 10 pJ, from 32 KB 20 pJ, from 1 MB 100 pJ; DRAM 1.3 .. 2.6 nJ a 64 bits
 *   [J]  N. Jouppi et al., "Ten Lessons From Three Generations Shaped Google's TPUv4i", ISCA 2021, table 2: [H] again at 7 nm,
 *        2.6 times less in the geometric mean
 *   [Ha] H. Ha, "Understanding and Improving the Energy Efficiency of DRAM", Stanford 2018: LPDDR4, 14 pJ a bit
 *
 * The table leaves out clock tree, wires between units, control and leakage: the estimate is a lower bound of a chip.
 */
import { z } from 'zod';
import { checked, readJson } from '../../input/json.js';

const positive = z.number().positive();

const schema = z.strictObject({
  /** Energy of a multiplier for each pair of bits: 0.2 pJ / (8 * 8) and 3.1 pJ / (32 * 32). [H] */
  multiplyPicojoulesPerBitPair: positive,
  /** Energy of an adder for each bit: 0.03 pJ / 8 and 0.1 pJ / 32. [H] */
  addPicojoulesPerBit: positive,
  /** Energy of an access to a memory of 8 KB for each bit: 10 pJ / 64; it grows with the root of the capacity, as 8 KB to 1 MB do. [H] */
  memoryPicojoulesPerBitAt8KB: positive,
  /** External memory, for each bit that crosses the port. */
  externalPicojoulesPerBit: z.record(z.string(), positive),
  /** The chip's energies are divided by this. */
  chipScale: positive,
});

export type EnergyTable = z.infer<typeof schema>;

export const energyTable: EnergyTable = {
  multiplyPicojoulesPerBitPair: 0.0031,
  addPicojoulesPerBit: 0.0034,
  memoryPicojoulesPerBitAt8KB: 0.156,
  externalPicojoulesPerBit: { 'LPDDR4 [Ha]': 14, 'DDR3/4 [H]': 20.3 },
  chipScale: 1,
};

/** A table of one's own; problems name the fields. */
export function readEnergyTable(path: string): EnergyTable {
  const value = readJson({ path, option: 'energy', advice: `give a JSON file with ${Object.keys(energyTable).join(', ')}` });
  return checked(schema, value, `energy = ${path}`);
}
