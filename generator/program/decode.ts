/** Reads a model back from the contents of the two regions. */
import { refuse, UserError } from '../util/errors.js';
import { bytesOf } from '../operations/bytes.js';
import { endedActivationBits, endOf, isEnd } from '../operations/end/fields.js';
import { BitReader } from '../contract/bits.js';
import { modelProblems } from './check.js';
import { codeBases, instructionOf } from './instructions.js';
import { instructionBytes, instructionFields, type Instruction } from '../contract/isa.js';
import { decodeInstruction, operationName } from '../operations/opcodes.js';
import { imageError, type Manifest } from './manifest.js';
import type { Operation, PackedModel } from './operation.js';
import { readCodes } from './sections.js';

export function decodeModel(manifest: Manifest, cold: Uint8Array, pass: Uint8Array): PackedModel {
  const { task, columns, busBytes, wideMatrices, positionRows, inputScale, outputScale } = manifest;
  const from = new BitReader(cold, 'region cold');
  const { program, activationBits } = readProgram(from, manifest.operations);
  from.align(busBytes);
  const books = manifest.matrices.map(() => readBytes(from, 16));
  from.align(busBytes);
  const matrices = manifest.matrices.map(({ inner, rank }, i) => {
    if (rank % columns !== 0) throw imageError(`header.matrices.${i}.rank: ${rank} is not a multiple of ${columns} columns`);
    const book = books[i]!;
    const codes = readCodes(from, { inner, rank, book }, columns, wideMatrices);
    from.align(busBytes);
    return { inner, rank, codes, book };
  });
  const table = manifest.table ? readBytes(from, 256) : undefined;
  from.align(busBytes);
  if (!from.finished) throw imageError('region cold: goes on after its last section; regenerate the image');
  const operations = readPass(program, new BitReader(pass, 'region pass'), manifest);
  const model = { task, banks: columns, activationBits, matrices, wideMatrices, table, operations, positionRows, inputScale, outputScale };
  refuse(modelProblems(model, columns).map((problem) => `image: ${problem}`));
  return model;
}

function readProgram(from: BitReader, operations: number): { readonly program: readonly Instruction[]; readonly activationBits: number } {
  const all = Array.from({ length: operations + 1 }, () =>
    decodeInstruction(Uint8Array.from({ length: instructionBytes }, () => from.take(8))),
  );
  all.forEach((instruction, i) => {
    if (isEnd(instruction) !== (i === operations))
      throw imageError(`program[${i}]: END must stand at ${operations} and nowhere else; regenerate the image`);
  });
  const end = all[operations]!;
  const activationBits = endedActivationBits(end);
  refuseUnused(end, endOf({ activationBits }), operations);
  return { program: all.slice(0, operations), activationBits };
}

function readBytes(from: BitReader, length: number): Int8Array {
  return Int8Array.from({ length }, () => from.takeSigned(8));
}

function readPass(program: readonly Instruction[], from: BitReader, { columns, busBytes, matrices }: Manifest): Operation[] {
  const bases = codeBases(matrices, columns);
  const operations = program.map((instruction, i) => {
    const operation = readOperation(instruction, from, columns);
    from.align(busBytes);
    refuseUnused(instruction, instructionOf(operation, bases), i);
    return operation;
  });
  if (!from.finished) throw imageError('region pass: goes on after its last section; regenerate the image');
  return operations;
}

/** Fields that the operation does not use must be zero. */
function refuseUnused(instruction: Instruction, used: Partial<Instruction>, index: number): void {
  for (const { name } of instructionFields) {
    if (instruction[name] !== (used[name] ?? 0)) {
      throw new UserError([`program[${index}].${name} = ${instruction[name]}: must be ${used[name] ?? 0}; regenerate the image`]);
    }
  }
}

function readOperation(instruction: Instruction, from: BitReader, columns: number): Operation {
  const name = operationName(instruction.op);
  if (name === undefined) throw new UserError([`instruction.op = ${instruction.op}: has no meaning inside a program`]);
  return bytesOf(name).read(from, instruction, columns);
}
