/** Destinations of results, and what may begin before they are there. */
import { widths } from '../contract/widths.js';
import type { Linear } from '../operations/linear.js';
import type { Destination, Source } from '../contract/codes.js';

/** Memory that an instruction writes, and the first feature of its last tile. */
export interface Results {
  readonly to: Destination | 'P' | 'none';
  readonly lastTile: number;
}

export const noResults: Results = { to: 'none', lastTile: 0 };

export function lastTileOf(base: number, outputs: number, columns: number): number {
  return base + (Math.ceil(outputs / columns) - 1) * columns;
}

/** A last tile from this feature on is written before it is read, feature by feature. templates/sequencer.v.hbs: older_near_q */
const farFeature = 2 ** widths.NEAR.bits;

/** Whether features of this buffer are read before they would be there. */
export function readsNear(source: Source, { to, lastTile }: Results): boolean {
  return to === source && lastTile < farFeature;
}

/** templates/norm.v.hbs: features 0 .. summedTo - 1 are what R holds. */
export function sumsBehindLinear({ destination, base, outer }: Linear, summedTo: number): number {
  if (destination !== 'Rset' && destination !== 'Radd') return summedTo;
  return base === 0 || base === summedTo ? base + outer : 0;
}
