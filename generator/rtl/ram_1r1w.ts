import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import type { Unit } from './render.js';

/** The one memory wrapper; its defaults are those of memory X. */
export function ram(params: Params): Unit {
  const { wordBits, xWords } = derive(params);
  const kind = params.memory.kind;
  return {
    name: 'ram_1r1w',
    context: () => ({
      wordBits,
      depth: xWords,
      laneBits: 8,
      distributed: kind === 'distributed' ? 1 : 0,
      macro: kind === 'macro',
      otherStyle: kind === 'macro' ? 'the macro' : 'block RAM',
    }),
  };
}

/** The module that memory.kind = macro instantiates: a behavioural model, for a flow to swap. */
export function ramMacro(params: Params): Unit {
  const { wordBits, xWords } = derive(params);
  return { name: 'ram_macro', context: () => ({ wordBits, depth: xWords, laneBits: 8 }) };
}
