import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeInstruction, instructionFields, reservedLow, type Instruction } from '../../generator/contract/isa.js';
import { destinations } from '../../generator/contract/codes.js';
import { biasShiftMax, loadShift, modelWidth, requantShift, valueShift, type Limits } from '../../generator/contract/limits.js';
import { maxIndexBits } from '../../generator/operations/expand/supports.js';
import { decodeInstruction, opcodes } from '../../generator/operations/opcodes.js';

const lastOpcode = Math.max(...Object.values(opcodes));

const instruction = fc.record(
  Object.fromEntries(
    instructionFields.map(({ name, bits }) => [name, fc.integer({ min: 0, max: name === 'op' ? lastOpcode : 2 ** bits - 1 })]),
  ),
) as unknown as fc.Arbitrary<Instruction>;

test('every instruction survives its word', () => {
  fc.assert(
    fc.property(instruction, (fields) => {
      expect(decodeInstruction(encodeInstruction(fields))).toEqual(fields);
    }),
  );
});

test('fields fill the word without gaps or overlaps up to the reserved bits', () => {
  const end = instructionFields.reduce((low, field) => {
    expect(field.low, field.name).toBeGreaterThanOrEqual(low);
    return field.low + field.bits;
  }, 0);
  expect(end).toBe(reservedLow);
});

test('the document shows the same fields', () => {
  const doc = readFileSync('docs/isa.md', 'utf8');
  for (const { name, bits, low } of instructionFields) expect(doc).toContain(`| ${name} | ${bits} | ${low} |`);
  const range = ({ min, max }: Limits): string => `${min} .. ${max}`;
  const words = doc.replace(/\s+/g, ' ');
  for (const text of [
    `\`s\` ${range(requantShift)} (LOAD to X 0, LOAD to R ${range(loadShift)})`,
    `\`s2\` ${range(requantShift)} in NORM with write-back and ${range(valueShift)} in ATTEND`,
    `\`indexBits\` 1 .. ${maxIndexBits} (0 with \`wide\`)`,
    `\`inner\` of NORM at most ${modelWidth.max}, \`biasShift\` at most ${biasShiftMax}`,
    `LOAD's \`dst\` is ${destinations.indexOf('X')} (X) or ${destinations.indexOf('Rset')} (R set)`,
  ])
    expect(words).toContain(text);
});

test('values outside a field are refused, all at once', () => {
  expect(() => encodeInstruction({ op: 4, m: 2048, s: -1, inner: 1.5 })).toThrow(
    'instruction.inner = 1.5: must be an integer in 0 .. 4095\ninstruction.m = 2048: must be an integer in 0 .. 2047\n' +
      'instruction.s = -1: must be an integer in 0 .. 63',
  );
});

test('unknown operations and reserved bits are refused', () => {
  expect(() => decodeInstruction(encodeInstruction({ op: lastOpcode + 1 }))).toThrow(
    `instruction.op = ${lastOpcode + 1}: unknown; known are 0 .. ${lastOpcode}`,
  );
  expect(() => decodeInstruction(new Uint8Array(16).with(15, 4))).toThrow('instruction.reserved: must be zero');
});
