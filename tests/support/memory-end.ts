import type { Params } from '../../generator/params/fields.js';
import type { Image } from '../../generator/program/image.js';
import { layOut } from '../../generator/host/memory-map.js';

export interface Place {
  readonly base: number;
  readonly gap: number;
}

/** What lies where for several runs of one chip whose rows end at the last address; addresses over 52 bits have no exact number. */
export function atEnd(params: Params, runs: readonly { readonly image: Image; readonly lengths: readonly number[] }[]): Place[] {
  const top = 2 ** Math.min(params.port.addressBits, 52);
  const ends = runs.map(({ image, lengths }) => layOut(image, params, lengths).end);
  const stride = Math.max(32, params.port.busBytes);
  const base = Math.floor((top - Math.max(...ends)) / stride) * stride;
  return ends.map((end) => ({ base, gap: top - base - end }));
}
