/** Values as codes of instruction fields, and back. */
import { UserError } from '../util/errors.js';
import type { Instruction } from '../contract/isa.js';
import { destinations, sources, type Destination, type Requant, type Source } from './types.js';

export const flag = (value: boolean): number => (value ? 1 : 0);
export const codeOfDestination = (destination: Destination): number => destinations.indexOf(destination);
export const codeOfSource = (source: Source): number => sources.indexOf(source);

export function destinationOf({ dst: code }: Instruction): Destination {
  const destination = destinations[code];
  if (destination === undefined) throw new UserError([`instruction.dst = ${code}: must be 0 .. ${destinations.length - 1}`]);
  return destination;
}

export function sourceOf({ src }: Instruction): Source {
  return src === 1 ? 'H' : 'X';
}

export function requantOf({ m, s }: Instruction): Requant {
  return { m, s };
}
