/** Values as codes of instruction fields, and back. */
import { UserError } from '../util/errors.js';
import type { Instruction } from '../contract/isa.js';
import { destinations, sources, type Destination, type Source } from '../contract/codes.js';
import type { Requant } from './types.js';

export const flag = (value: boolean): number => (value ? 1 : 0);
export const codeOfDestination = (destination: Destination): number => destinations.indexOf(destination);
export const codeOfSource = (source: Source): number => sources.indexOf(source);

function nameOf<N extends string>(field: 'dst' | 'src', names: readonly N[], code: number): N {
  const name = names[code];
  if (name === undefined) throw new UserError([`instruction.${field} = ${code}: must be 0 .. ${names.length - 1}`]);
  return name;
}

export const destinationOf = ({ dst }: Instruction): Destination => nameOf('dst', destinations, dst);
export const sourceOf = ({ src }: Instruction): Source => nameOf('src', sources, src);

export function requantOf({ m, s }: Instruction): Requant {
  return { m, s };
}
