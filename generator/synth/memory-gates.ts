/** What memories would cost in gates if they were made of flip-flops and not of macros. */
import { join } from 'node:path';
import { renderText } from '../rtl/render.js';
import { unreadable } from '../tools/output.js';
import { writeScratch } from '../util/write-file.js';
import type { Liberty } from './liberty.js';
import { readStat, yosys, type Work } from './run-yosys.js';
import type { DumpedMemory } from './stat.js';

/** Largest piece that is mapped: a bit of a memory costs what a bit of such a piece costs, whatever its size. */
const most = { words: 64, bits: 8 };

const pieceOf = ({ words }: DumpedMemory): number => Math.min(words, most.words);

/**
 * Gate equivalents of all memories that are written as flip-flops with an enable and multiplexers: an estimate, from a piece of
 * each that is mapped. Tables cost little as gates and are left out.
 */
export async function memoryGates(work: Work, all: readonly DumpedMemory[], liberty: Liberty, abcOptions: string): Promise<number> {
  const memories = all.filter(({ readOnly }) => readOnly !== true);
  if (memories.length === 0) return 0;
  const sizes = [...new Set(memories.map(pieceOf))].sort((a, b) => a - b);
  const pieces = sizes.map((words) => ({ words, addressTop: Math.max(1, Math.ceil(Math.log2(words))) - 1, dataTop: most.bits - 1 }));
  writeScratch(join(work.folder, 'pieces.v'), renderText('synth/memory_pieces.v', { pieces }));
  const script = [
    'read_verilog pieces.v',
    'proc',
    'opt',
    'memory',
    'opt -full',
    'techmap',
    'opt',
    'dfflibmap -liberty cells.lib',
    `abc -liberty cells.lib ${abcOptions}`,
    'opt_clean',
    'tee -q -o pieces.stat stat -liberty cells.lib',
    '',
  ];
  await yosys(work, 'pieces', script.join('\n'));
  const areas = new Map(readStat(work, 'pieces').map(({ name, area }) => [name, area]));
  const gates = memories.map((memory) => {
    const words = pieceOf(memory);
    const area = areas.get(`trexgen_piece_${words}`);
    if (area === undefined) throw unreadable('yosys', `no area of a memory of ${words} words`);
    return ((memory.count * memory.words * memory.bits) / (words * most.bits)) * (area / liberty.gateArea);
  });
  return Math.round(gates.reduce((sum, one) => sum + one, 0));
}
