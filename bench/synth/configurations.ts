/** Configurations that synthesis has reference results of: presets, and three more on which the area of sweeps is fitted or held. */
import type { ParamsInput } from '../../generator/params/fields.js';
import { presets } from '../../generator/params/presets.js';

export const configurations = {
  ...presets,
  /** One slice of four lanes. */
  flat: { ...presets.tiny, array: { columns: 8, slices: 1, lanesPerSlice: 4, passes: 4 } },
  /** Few columns, two lanes to a datapath of a norm. */
  narrow: { array: { columns: 4, slices: 2, lanesPerSlice: 4, passes: 4 }, vector: { lanes: 4 } },
  /** Many columns of few lanes, on a wide port. */
  broad: { array: { columns: 16, slices: 2, lanesPerSlice: 2, passes: 8 }, port: { busBytes: 32 }, batcher: { segments: 16 } },
} as const satisfies Record<string, ParamsInput>;

export type ConfigurationName = keyof typeof configurations;

/** Whole chips of which the area is compared with the estimate; the estimate is fitted to the first five. */
export const areaPoints = ['tiny', 'edge', 'small', 'flat', 'narrow', 'broad'] as const satisfies readonly ConfigurationName[];
