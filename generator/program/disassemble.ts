/** A program in words, with the bytes that each instruction draws from the stream. */
import type { Image } from './image.js';
import { codeBases, endOf, instructionOf } from './instructions.js';
import { encodeInstruction } from '../contract/isa.js';
import type { Operation, Requant } from './operation.js';
import { sumTraffic } from '../contract/traffic-classes.js';
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
    return { index, op: operation.op as string, word: hex(encodeInstruction(instructionOf(operation, bases))), ...describe(operation), bytes: section };
  });
  const detail = model.activationBits === 8 ? '' : `activations of ${model.activationBits} bits`;
  return [...lines, { index: lines.length, op: 'END', word: hex(encodeInstruction(endOf(model))), shape: '', detail, bytes: 0 }];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString('hex');
}

const scale = ({ m, s }: Requant): string => `* ${m} >> ${s}`;

function describe(operation: Operation): { shape: string; detail: string } {
  switch (operation.op) {
    case 'LOAD': {
      const { outer, base, destination, shift, alsoX } = operation;
      return { shape: `rows[${outer}] -> ${place(destination, base, outer)}`, detail: words(destination === 'Rset' && `<< ${shift}`, alsoX && 'also X') };
    }
    case 'NORM': {
      const { inner, biasShift, shift, writeBackShift } = operation;
      const back = writeBackShift !== undefined && `R >> ${writeBackShift}`;
      return { shape: `R[${inner}] -> X[${inner}]`, detail: words(`>> ${shift}`, `beta << ${biasShift}`, back) };
    }
    case 'PROJECT': {
      const { source, inner, outer, matrix, requant } = operation;
      return { shape: `${source}[${inner}] -> P[${outer}]`, detail: words(`matrix ${matrix}`, scale(requant)) };
    }
    case 'EXPAND': {
      const { rank, k, outer, base, destination, indexBits, wide, requant, activate, biasShift } = operation;
      const detail = words(`k ${k}`, wide ? 'wide' : `index ${indexBits} bits`, scale(requant), `bias << ${biasShift}`, activate && 'table');
      return { shape: `P[${rank}] -> ${place(destination, base, outer)}`, detail };
    }
    case 'DENSE': {
      const { source, inner, outer, base, destination, requant, activate, biasShift, wide } = operation;
      const detail = words(wide && 'wide', scale(requant), `bias << ${biasShift}`, activate && 'table');
      return { shape: `${source}[${inner}] -> ${place(destination, base, outer)}`, detail };
    }
    case 'ATTEND': {
      const { inner, base, causal, uniform, score, valueShift } = operation;
      const kind = uniform ? 'uniform' : `scores ${scale(score)}`;
      return { shape: `head[${base} .. ${base + inner - 1}] -> X`, detail: words(kind, causal && 'causal', `values >> ${valueShift}`) };
    }
    case 'STORE': {
      const { source, outer, base, firstRow } = operation;
      return { shape: `${place(source, base, outer)} -> rows[${outer}]`, detail: words(firstRow && 'first row') };
    }
  }
}

function place(name: string, base: number, width: number): string {
  return base === 0 ? `${name}[${width}]` : `${name}[${base} .. ${base + width - 1}]`;
}

function words(...parts: (string | false)[]): string {
  return parts.filter((part) => part !== false).join(', ');
}

export function formatLines(lines: readonly Line[]): string {
  const widths = [4, 8, Math.max(5, ...lines.map(({ shape }) => shape.length)), 9];
  const row = (...cells: string[]): string => cells.map((cell, i) => (i === 3 ? cell.padStart(9) : cell.padEnd(widths[i] ?? 0))).join(' ').trimEnd();
  return [
    row('#', 'op', 'shape', 'bytes', 'detail'),
    ...lines.map(({ index, op, shape, bytes, detail }) => row(String(index), op, shape, String(bytes), detail)),
  ].join('\n');
}
