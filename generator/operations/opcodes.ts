/** Opcodes by the name of the operation, END among them. */
import { instructionOf, type Instruction } from '../contract/isa.js';
import { UserError } from '../util/errors.js';
import { endName, endOpcode } from './end/fields.js';
import { operationFields, operationNames, type OperationName } from './fields.js';

export type OpName = OperationName | typeof endName;
export const opcodes = Object.fromEntries([
  [endName, endOpcode],
  ...operationNames.map((name) => [name, operationFields[name].opcode]),
]) as Readonly<Record<OpName, number>>;

export function opName(code: number): OpName | undefined {
  return (Object.keys(opcodes) as OpName[]).find((name) => opcodes[name] === code);
}

/** Name of the operation with a code; undefined of END too, which is no operation of a model. */
export function operationName(code: number): OperationName | undefined {
  return operationNames.find((name) => operationFields[name].opcode === code);
}

/**
 * The fields of one instruction.
 *
 * Errors   UserError for a word of another length, bits that must be zero, an opcode that no operation has
 */
export function decodeInstruction(bytes: Uint8Array): Instruction {
  const instruction = instructionOf(bytes);
  if (opName(instruction.op) === undefined) {
    throw new UserError([`instruction.op = ${instruction.op}: unknown; known are 0 .. ${Math.max(...Object.values(opcodes))}`]);
  }
  return instruction;
}
