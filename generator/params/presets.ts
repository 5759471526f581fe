import { refuse } from '../util/errors.js';
import { makeParams } from './params.js';
import type { Params, ParamsInput } from './fields.js';

/** Named configurations; what a preset leaves out has the default of generator/params/fields.ts. */
export const presets = {
  /** Smallest machine with every mechanism in it, for tests. */
  tiny: {
    array: { columns: 4, slices: 4, lanesPerSlice: 1, passes: 4 },
    envelope: { width: 32, hidden: 64, rank: 32, codeWords: 1024, instructions: 64 },
    port: { busBytes: 8, prefetchBeats: 16, burstBeats: 8, outstandingReads: 4 },
    batcher: { lookahead: 4, segments: 8 },
  },
  /** A small FPGA, as in an Artix-7 35T or an ECP5-45F: 32 array multipliers follow a window of 64 tokens in 16 passes, two lanes share a datapath of norms. */
  edge: {
    array: { columns: 8, slices: 4, lanesPerSlice: 1, passes: 16 },
    vector: { lanes: 2 },
    port: { busBytes: 8, prefetchBeats: 32, outstandingReads: 4 },
    batcher: { lookahead: 8, segments: 8 },
  },
  /** A mid-size FPGA: 64 array multipliers follow a window of 128 tokens in 16 passes. */
  small: {},
  /** A large FPGA: window, lanes and envelope of `small` on 256 array multipliers; as many codes lie in words four times as wide. */
  medium: { array: { columns: 32 }, envelope: { codeWords: 4096 } },
  /** The paper's window on 1024 array multipliers. */
  paper: {
    array: { columns: 8, slices: 4, lanesPerSlice: 32, passes: 1 },
    envelope: { width: 768, hidden: 3072, rank: 256, codeWords: 172032, instructions: 1024 },
    port: { busBytes: 32, prefetchBeats: 128 },
  },
} as const satisfies Record<string, ParamsInput>;

export type PresetName = keyof typeof presets;

/** What the defaults of generator/params/fields.ts are. */
export const defaultPreset = 'small' satisfies PresetName;

/** Parameters of a named preset; an unknown name is a UserError. */
export function presetParams(name: string): Params {
  if (!Object.hasOwn(presets, name)) refuse([`preset = ${JSON.stringify(name)}: must be one of ${Object.keys(presets).join(', ')}`]);
  return makeParams(presets[name as PresetName]);
}
