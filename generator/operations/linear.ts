/** Fields that the linear layers have in common: biases, and where the results go. */
import { mostFeatures, type Instruction } from '../contract/isa.js';
import { codeOfDestination, destinationOf, flag, requantOf } from './codes.js';
import type { FieldChecks } from './field-checks.js';
import type { Destination } from '../contract/codes.js';
import { bufferOf, features, type Accesses, type Features, type Requant } from './types.js';

export interface Linear {
  readonly bias: Int8Array;
  readonly biasShift: number;
  readonly requant: Requant;
  /** m of eq. 2 column by column, in place of that of `requant`, which is 0. */
  readonly multipliers?: Uint8Array | undefined;
  readonly destination: Destination;
  /** First feature written at the destination. */
  readonly base: number;
  readonly activate: boolean;
  readonly outer: number;
}

/** What a section says of every column. */
export type ColumnNumbers = Pick<Linear, 'bias' | 'multipliers'>;

export function linearInstruction({ outer, base, activate, biasShift, requant, multipliers, destination }: Linear): Partial<Instruction> {
  return {
    outer,
    base,
    activate: flag(activate),
    biasShift,
    m: requant.m,
    s: requant.s,
    dst: codeOfDestination(destination),
    perColumn: flag(multipliers !== undefined),
  };
}

export function linearFrom(instruction: Instruction, { bias, multipliers }: ColumnNumbers): Linear {
  const { outer, base, biasShift, activate } = instruction;
  return {
    bias,
    biasShift,
    requant: requantOf(instruction),
    ...(multipliers !== undefined && { multipliers }),
    destination: destinationOf(instruction),
    base,
    activate: activate === 1,
    outer,
  };
}

export function checkLinear({ outer, base, bias, destination, activate, requant, multipliers }: Linear, checks: FieldChecks): void {
  checks.range('outer', outer, 1, mostFeatures);
  checks.place(base, outer);
  checks.length('bias', bias.length, outer);
  checks.requant('requant', requant);
  if (multipliers !== undefined) {
    checks.length('multipliers', multipliers.length, outer);
    if (requant.m !== 0) checks.report('requant.m', requant.m, 'must be 0 beside multipliers of columns');
  }
  if (activate && checks.model.table === undefined) checks.report('activate', 'true', 'the model has no activation table');
  if (activate && bufferOf(destination) === 'R') checks.report('activate', 'true', `not with destination ${destination}`);
}

export function linearAccesses(from: Features, { destination, outer, base }: Linear): Accesses {
  const to = features(bufferOf(destination), outer, base);
  return { reads: destination === 'Radd' ? [from, to] : [from], writes: [to] };
}
