/**
 * Bytes that cross the memory port, counted by walking the image's own bytes: every instruction is read from the cold
 * region, every bit of the pass region gets a class, and the walk must end where the region ends.
 */
import { UserError } from '../util/errors.js';
import type { Operation } from '../operations/fields.js';
import { goldenOf, type Golden } from '../operations/golden.js';
import type { Image } from '../program/image.js';
import { descriptorBytes } from '../contract/descriptor.js';
import { noTraffic, type Traffic, type TrafficClass } from '../contract/traffic-classes.js';
import { instructionBytes, type Instruction } from '../contract/isa.js';
import { decodeInstruction, operationName } from '../operations/opcodes.js';

type Ledger = Record<TrafficClass, number>;

/** Traffic of the whole cold region, once a model. */
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
  for (const walked of program) at = walkSection(ledger, walked, image, at);
  if (at + image.busBytes !== image.pass.length) {
    throw new UserError([`image: region pass has ${image.pass.length} bytes, its program reads ${at + image.busBytes}`]);
  }
  ledger.parameters += image.busBytes;
  for (const { instruction, golden } of program) {
    for (const length of lengths) {
      const crossing = golden.rows?.(instruction, length);
      if (crossing !== undefined)
        ledger[crossing.trafficClass] += (crossing.runs * beats(crossing.bytes, image.busBytes) + rowCrc) * image.busBytes;
    }
  }
  for (let i = 0; i < lengths.length; i++) ledger.descriptors += beats(descriptorBytes, image.busBytes) * image.busBytes + image.busBytes;
  return ledger;
}

function beats(bytes: number, busBytes: number): number {
  let count = 0;
  for (let at = 0; at < bytes; at += busBytes) count++;
  return count;
}

interface Walked {
  readonly instruction: Instruction;
  readonly golden: Golden<Operation>;
}

/** Instructions before END. */
function programOf(image: Image): Walked[] {
  const program: Walked[] = [];
  for (let at = 0; at < image.cold.length; at += instructionBytes) {
    const instruction = decodeInstruction(image.cold.subarray(at, at + instructionBytes));
    const name = operationName(instruction.op);
    if (name === undefined) return program;
    program.push({ instruction, golden: goldenOf(name) });
  }
  throw new UserError(['image: region cold has no END instruction']);
}

/** Count one instruction's section and return where the next one begins. */
function walkSection(ledger: Ledger, { instruction, golden }: Walked, { columns, busBytes }: Image, start: number): number {
  const bits = { values: 0, indices: 0, dense: 0, rest: 0 };
  golden.walkSection?.(bits, instruction, columns);
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
