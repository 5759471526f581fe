/** What yosys maps to, and how its cells are counted. */
import { ecp5Delays } from './delays-ecp5.js';
import { xilinxDelays } from './delays-xilinx.js';
import type { DelayTable } from './delays.js';

export const targetNames = ['ecp5', 'xilinx', 'ice40', 'intel', 'asic'] as const;
export type TargetName = (typeof targetNames)[number];

/** How many of each kind one cell stands for. */
export interface CellWeight {
  readonly lut?: number;
  readonly ff?: number;
  readonly dsp?: number;
  readonly ramBlocks?: number;
}

export interface FpgaTarget {
  readonly family: string;
  /** Yosys command without `-top` that all is counted by. No multiplexers of a slice: they save no look-up table, and hide logic in wires. */
  readonly flat: string;
  /** The same with the hierarchy kept, so that counts are by unit. */
  readonly byUnit: string;
  /** Commands in the place of the command's own step `map_luts`, where that weighs look-up tables otherwise than they are counted. */
  readonly mapLuts?: { readonly summary: string; readonly commands: readonly string[] };
  readonly memoryStyles: boolean;
  weight(cell: string): CellWeight;
  /** Whether multipliers take 25 x 8 bits, so that a pair of columns shares one. */
  readonly pairs?: boolean;
  /** What the estimate of the period goes by; left out where there is none. */
  readonly delays?: DelayTable;
}

/** Cells by the first pattern that fits; the rest (carries, buffers, wide multiplexers of a slice) cost nothing of their own. */
function weights(table: readonly (readonly [RegExp, CellWeight])[]): (cell: string) => CellWeight {
  return (cell) => table.find(([pattern]) => pattern.test(cell))?.[1] ?? {};
}

export const fpgaTargets: Readonly<Record<Exclude<TargetName, 'asic'>, FpgaTarget>> = {
  ecp5: {
    family: 'Lattice ECP5',
    flat: 'synth_ecp5 -nowidelut',
    byUnit: 'synth_ecp5 -nowidelut -noflatten',
    delays: ecp5Delays,
    memoryStyles: true,
    // A carry cell is two LUT4 of a slice, a 16 x 4 memory four.
    weight: weights([
      [/^LUT4$/, { lut: 1 }],
      [/^CCU2C$/, { lut: 2 }],
      [/^TRELLIS_DPR16X4$/, { lut: 4 }],
      [/^TRELLIS_FF$/, { ff: 1 }],
      [/^MULT18X18D$/, { dsp: 1 }],
      [/^(DP16KD|PDPW16KD)$/, { ramBlocks: 1 }],
    ]),
  },
  xilinx: {
    family: 'Xilinx 7 series',
    flat: 'synth_xilinx -family xc7 -noiopad -nowidelut -flatten',
    byUnit: 'synth_xilinx -family xc7 -noiopad -nowidelut',
    // The step of yosys 0.23, but for the weights: there a table of two inputs is 2 and one of six 5, since two small ones may share a LUT6.
    mapLuts: {
      summary: 'abc -lut 6',
      commands: [
        'opt_expr -mux_undef -noclkinv',
        'abc -lut 6',
        'clean',
        'techmap -map +/xilinx/ff_map.v',
        'xilinx_srl -fixed -minlen 3',
        'techmap -map +/xilinx/lut_map.v -map +/xilinx/cells_map.v -D LUT_WIDTH=6',
        'xilinx_dffopt',
        'opt_lut_ins -tech xilinx',
      ],
    },
    delays: xilinxDelays,
    memoryStyles: true,
    pairs: true,
    // LUT6; blocks of 36 kbit.
    weight: weights([
      [/^(LUT[1-6]|INV|SRL16E|SRLC32E)$/, { lut: 1 }],
      [/^RAM(32M|64M|128X1D)$/, { lut: 4 }],
      [/^RAM(32X1D|64X1D)$/, { lut: 2 }],
      [/^FD[RSCP]E(_1)?$/, { ff: 1 }],
      [/^DSP48E1$/, { dsp: 1 }],
      [/^RAMB36E1$/, { ramBlocks: 1 }],
      [/^RAMB18E1$/, { ramBlocks: 0.5 }],
    ]),
  },
  ice40: {
    family: 'Lattice iCE40',
    flat: 'synth_ice40 -dsp',
    byUnit: 'synth_ice40 -noflatten -dsp',
    memoryStyles: false,
    weight: weights([
      [/^SB_LUT4$/, { lut: 1 }],
      [/^SB_DFF/, { ff: 1 }],
      [/^SB_MAC16$/, { dsp: 1 }],
      [/^SB_RAM40_4K/, { ramBlocks: 1 }],
    ]),
  },
  intel: {
    family: 'Intel Cyclone V',
    flat: 'synth_intel_alm -family cyclonev -noiopad',
    byUnit: 'synth_intel_alm -family cyclonev -noflatten -noiopad',
    memoryStyles: true,
    // Look-up tables of an ALM; a 32 x 1 memory is a tenth of a MLAB of ten ALMs.
    weight: weights([
      [/^MISTRAL_(ALUT\w+|NOT)$/, { lut: 1 }],
      [/^MISTRAL_MLAB$/, { lut: 2 }],
      [/^MISTRAL_FF$/, { ff: 1 }],
      [/^MISTRAL_MUL/, { dsp: 1 }],
      [/^MISTRAL_M10K$/, { ramBlocks: 1 }],
    ]),
  },
};
