import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** Whether large memories are instances of ram_macro. */
export function usesMacro({ memory: { kind } }: Params): boolean {
  return kind === 'macro' || kind === 'latch';
}

/** The one memory wrapper; its defaults are those of memory X. */
export function ram(params: Params): Unit {
  const { wordBits, xWords } = derive(params);
  const kind = params.memory.kind;
  const macro = usesMacro(params);
  return {
    name: 'ram_1r1w',
    context: () => ({
      wordBits,
      depth: xWords,
      laneBits: params.numerics.activationBits,
      distributed: kind === 'distributed' ? 1 : 0,
      macro,
      latch: kind === 'latch',
      smallStyle: kind === 'latch' ? 'latches' : 'LUT RAM',
      atOnceStyle: macro ? 'the macro' : 'LUT RAM',
      otherStyle: macro ? 'the macro' : 'block RAM',
    }),
  };
}

/** The module that stands for large memories when memory.kind is macro or latch: a behavioural model, for a flow to swap. */
export function ramMacro(params: Params): Unit {
  const { wordBits, xWords } = derive(params);
  return { name: 'ram_macro', context: () => ({ wordBits, depth: xWords, laneBits: params.numerics.activationBits, readCycles: 1 }) };
}
