/** Shares of the PE-cycles of a run, by what somebody could change to win them back. */
import type { Params } from '../../params/fields.js';
import { areaParts } from '../sweep/area.js';
import { peCycleCauses, usefulCauses, type PeCycleCause } from '../../contract/registers.js';

export const limits = {
  array: { causes: usefulCauses, doc: 'multiplications for real tokens' },
  padding: { causes: ['maskedKeys', 'paddingLanes', 'paddingColumns'], doc: 'lanes and columns without work, keys of other inputs' },
  port: { causes: ['weightStream', 'activations'], doc: 'waits for weights, rows in and out' },
  drain: { causes: ['drain'], doc: 'accumulators leave the array' },
  'vector unit': { causes: ['vector'], doc: 'norm and softmax' },
  control: {
    causes: ['dependency', 'noWindow'],
    doc: 'fetch, decoding, hand-over of sections, descriptors, forming of windows, completions',
  },
} as const satisfies Readonly<Record<string, { readonly causes: readonly PeCycleCause[]; readonly doc: string }>>;

export type Limit = keyof typeof limits;
export const limitNames = Object.keys(limits) as readonly Limit[];

export interface LimitShare {
  readonly limit: Limit;
  /** Share of all PE-cycles, 0 .. 1. */
  readonly share: number;
  readonly causes: Readonly<Partial<Record<PeCycleCause, number>>>;
}

/** Shares in the order of `limits`; they sum to one. `causes` are PE-cycles, or shares of them. */
export function limitShares(causes: Readonly<Record<PeCycleCause, number>>): LimitShare[] {
  const all = peCycleCauses.reduce((sum, cause) => sum + causes[cause], 0);
  return limitNames.map((limit) => {
    const own = limits[limit].causes.map((cause) => [cause, causes[cause] / all] as const);
    return { limit, share: own.reduce((sum, [, share]) => sum + share, 0), causes: Object.fromEntries(own) };
  });
}

/** What takes most, the array itself left out. */
export function largestLoss(shares: readonly LimitShare[]): LimitShare {
  return shares.filter(({ limit }) => limit !== 'array').reduce((most, one) => (one.share > most.share ? one : most));
}

export interface AreaShare {
  readonly part: string;
  readonly gates: number;
  /** Share of the logic, 0 .. 1. */
  readonly share: number;
}

/** Parts of the estimated logic, the largest first. */
export function areaShares(params: Params): AreaShare[] {
  const parts = Object.entries(areaParts(params));
  const all = parts.reduce((sum, [, gates]) => sum + gates, 0);
  return parts.map(([part, gates]) => ({ part, gates: Math.round(gates), share: gates / all })).sort((a, b) => b.gates - a.gates);
}
