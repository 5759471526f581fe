/**
 * Bytes that cross the memory port, counted by walking the image's own bytes: every instruction is read from the cold
 * region, every bit of the pass region gets a class, and the walk must end where the region ends.
 */
import { UserError } from '../util/errors.js';
import type { Image } from '../program/image.js';
import { decodeInstruction, instructionBytes, opName, type Instruction } from '../contract/isa.js';
import { noTraffic, type Traffic, type TrafficClass } from '../contract/traffic-classes.js';

type Ledger = Record<TrafficClass, number>;

/** Once a model: the whole cold region. */
export function coldLedger(image: Image): Traffic {
  const ledger = noTraffic();
  ledger.program = instructionBytes * (programOf(image).length + 1);
  for (const { book, codes, inner } of image.model.matrices) {
    const words = (codes.length / inner / image.columns) * inner;
    const word = image.model.wideMatrices ? 2 * image.columns : (image.columns + (image.columns % 2)) / 2;
    ledger.codebooks += book.length + words * word;
  }
  ledger.codebooks += image.model.table?.length ?? 0;
  ledger.parameters = image.cold.length - ledger.program - ledger.codebooks;
  return ledger;
}

/** One window with requests of these lengths in tokens, on a chip with `port.rowCrc` beats behind the rows of each. */
export function windowLedger(image: Image, lengths: readonly number[], rowCrc = 0): Traffic {
  const ledger = noTraffic();
  const program = programOf(image);
  let at = 0;
  for (const instruction of program) at = walkSection(ledger, instruction, image, at);
  if (at + image.busBytes !== image.pass.length) {
    throw new UserError([`image: region pass has ${image.pass.length} bytes, its program reads ${at + image.busBytes}`]);
  }
  ledger.parameters += image.busBytes;
  for (const instruction of program) {
    const op = opName(instruction.op);
    for (const length of lengths) {
      if (op === 'LOAD') ledger.activationsIn += (length * beats(instruction.outer, image.busBytes) + rowCrc) * image.busBytes;
      if (op === 'STORE') {
        const rows = instruction.firstRow === 1 ? 1 : length;
        ledger.activationsOut += (rows * beats(instruction.outer, image.busBytes) + rowCrc) * image.busBytes;
      }
    }
  }
  for (let i = 0; i < lengths.length; i++) ledger.descriptors += beats(32, image.busBytes) * image.busBytes + image.busBytes;
  return ledger;
}

function beats(bytes: number, busBytes: number): number {
  let count = 0;
  for (let at = 0; at < bytes; at += busBytes) count++;
  return count;
}

/** Instructions before END. */
function programOf(image: Image): Instruction[] {
  const program: Instruction[] = [];
  for (let at = 0; at < image.cold.length; at += instructionBytes) {
    const instruction = decodeInstruction(image.cold.subarray(at, at + instructionBytes));
    if (opName(instruction.op) === 'END') return program;
    program.push(instruction);
  }
  throw new UserError(['image: region cold has no END instruction']);
}

/** Count one instruction's section and return where the next one begins. */
function walkSection(ledger: Ledger, instruction: Instruction, { columns, busBytes }: Image, start: number): number {
  const bits = { values: 0, indices: 0, dense: 0, rest: 0 };
  const { inner, outer } = instruction;
  switch (opName(instruction.op)) {
    case 'NORM':
      for (let f = 0; f < inner; f++) bits.rest += 16;
      break;
    case 'EXPAND':
      for (let tile = 0; tile < outer; tile += columns) {
        bits.rest += 8 * columns;
        for (let n = 0; n < inner; n++) {
          bits.values += (instruction.wide === 1 ? 16 : 6) * columns;
          bits.indices += (instruction.wide === 1 ? 16 : instruction.indexBits) * columns;
        }
      }
      break;
    case 'DENSE':
      for (let tile = 0; tile < outer; tile += columns) {
        bits.rest += 8 * columns;
        for (let f = 0; f < inner; f++) bits.dense += (instruction.wide === 1 ? 16 : 8) * columns;
      }
      break;
    default:
      return start;
  }
  const section = beats(Math.ceil((bits.values + bits.indices + bits.dense + bits.rest) / 8), busBytes) * busBytes;
  const values = bits.values >> 3;
  const indices = bits.indices >> 3;
  const dense = bits.dense >> 3;
  ledger.sparseValues += values;
  ledger.sparseIndices += indices;
  ledger.dense += dense;
  ledger.parameters += section - values - indices - dense;
  return start + section;
}
