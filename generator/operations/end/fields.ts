/** The word behind the last operation: a program is for activations of one width. */
import type { Instruction } from '../../contract/isa.js';

export const endName = 'END';
export const endOpcode = 0;

export function isEnd({ op }: Instruction): boolean {
  return op === endOpcode;
}

export function endOf({ activationBits }: { readonly activationBits: number }): Partial<Instruction> & { readonly op: number } {
  return { op: endOpcode, narrow: 8 - activationBits };
}

export function endedActivationBits({ narrow }: Instruction): number {
  return 8 - narrow;
}
