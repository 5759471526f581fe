/** A program in words, with the bytes that each instruction draws from the stream. */
import { endName, endOf } from '../operations/end/fields.js';
import { describeEnd } from '../operations/end/text.js';
import { textOf } from '../operations/text.js';
import type { Image } from './image.js';
import { encodeInstruction } from '../contract/isa.js';
import { sumTraffic } from '../contract/traffic-classes.js';
import { codeBases, instructionOf } from './instructions.js';
import { windowTraffic } from './traffic.js';

export interface Line {
  readonly index: number;
  readonly op: string;
  /** The 16 bytes as 32 hex digits, most significant first. */
  readonly word: string;
  readonly shape: string;
  readonly detail: string;
  /** Bytes of its section in the pass region, padding included. */
  readonly bytes: number;
}

export function disassemble({ model, columns, busBytes }: Image): Line[] {
  const bases = codeBases(model.matrices, columns);
  const lines = model.operations.map((operation, index) => {
    const section = sumTraffic(windowTraffic([operation], [], { columns, busBytes })) - busBytes;
    return {
      index,
      op: operation.op as string,
      word: hex(encodeInstruction(instructionOf(operation, bases))),
      ...textOf(operation.op).describe(operation),
      bytes: section,
    };
  });
  return [...lines, { index: lines.length, op: endName, word: hex(encodeInstruction(endOf(model))), ...describeEnd(model), bytes: 0 }];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString('hex');
}

export function formatLines(lines: readonly Line[]): string {
  const widths = [4, 8, Math.max(5, ...lines.map(({ shape }) => shape.length)), 9];
  const row = (...cells: string[]): string =>
    cells
      .map((cell, i) => (i === 3 ? cell.padStart(9) : cell.padEnd(widths[i] ?? 0)))
      .join(' ')
      .trimEnd();
  return [
    row('#', 'op', 'shape', 'bytes', 'detail'),
    ...lines.map(({ index, op, shape, bytes, detail }) => row(String(index), op, shape, String(bytes), detail)),
  ].join('\n');
}
