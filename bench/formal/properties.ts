import type { Params } from '../../generator/params/fields.js';
import { fifo } from '../../generator/rtl/fifo.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { renderUnit, type RtlFile, type Unit } from '../../generator/rtl/render.js';
import type { Mutant, Property } from './prove.js';

type Claims = readonly (readonly [claim: string, mutant: Mutant])[];

function sources(params: Params, ...units: readonly ((params: Params) => Unit)[]): RtlFile[] {
  return units.map((unit) => renderUnit(params.prefix, unit(params)));
}

/** The claims of a wrapper, in the order of its header. */
function numbered(unit: string, files: readonly RtlFile[], macros: Property['macros'], claims: Claims): Property[] {
  return claims.map(([claim, mutant], index) => ({ unit, index, claim, files, macros, mutant }));
}

/** The queue as deep as the buffer of the weight stream; its words narrow, since it does nothing with their bits. */
export function fifoProperties(params: Params, wordBits = 4): Property[] {
  return numbered('fifo', sources(params, fifo, ram), { WORD_BITS: wordBits, DEPTH: params.port.prefetchBeats }, [
    ['never overflows, never gives a word that was not written', { what: 'is full one word late', find: 'wr_ready_o = count_q != FULL', put: "wr_ready_o = 1'b1" }],
    ['keeps order and data', { what: 'overwrites the word at its output', find: 'fetch = (count_q != {COUNT_BITS{1\'b0}}) && (!rd_valid_q || rd_ready_i)', put: 'fetch = (count_q != {COUNT_BITS{1\'b0}})' }],
    ['has room below DEPTH, gives a word after two cycles', { what: 'is full one word early', find: 'FULL = DEPTH;', put: 'FULL = DEPTH - 1;' }],
    ['holds an output until it is taken', { what: 'drops its output', find: 'else if (rd_ready_i) rd_valid_q', put: 'else rd_valid_q' }],
  ]);
}

export function allProperties(params: Params): Property[] {
  return [...fifoProperties(params)];
}
