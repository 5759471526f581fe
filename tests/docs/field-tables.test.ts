import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  coveredBytes,
  decodeStatus,
  descriptorBytes,
  descriptorFields,
  encodeStatus,
  statusFields,
} from '../../generator/contract/descriptor.js';
import { fieldTables, withTable } from '../../generator/contract/field-docs.js';
import { instructionBytes, instructionFields, reservedLow } from '../../generator/contract/isa.js';
import { packageRoot } from '../../generator/util/package.js';

const pageOf = (name: string): string => readFileSync(join(packageRoot(), 'docs', name), 'utf8');

describe('tables of the documents that are made from those of the contract', () => {
  it.each(fieldTables)('$page: $name are current; else run npm run sample', ({ page, name, text }) => {
    const now = pageOf(page);
    expect(withTable(now, name, text())).toBe(now);
  });

  it('are replaced between their lines, and a page without them is named', () => {
    const page = 'a\n<!-- t: made by npm run sample -->\nold\n<!-- end of t -->\nb\n';
    expect(withTable(page, 't', 'new')).toBe(page.replace('old', 'new'));
    expect(() => withTable('a\n', 't', 'new')).toThrow('table t: the page has no lines');
  });

  it('give every bit of an instruction one field', () => {
    const bits = instructionFields.flatMap(({ low, bits: width }) => Array.from({ length: width }, (_, i) => low + i));
    expect(bits).toEqual(Array.from({ length: reservedLow }, (_, i) => i));
    expect(reservedLow).toBeLessThan(8 * instructionBytes);
  });
});

describe('the descriptor', () => {
  it('gives every byte one field, in the order of the table', () => {
    const bytes = Object.values(descriptorFields).flatMap(({ at, bytes: count }) => Array.from({ length: count }, (_, i) => at + i));
    expect(bytes).toEqual(Array.from({ length: descriptorBytes }, (_, i) => i));
    expect(coveredBytes).toBe(24);
  });

  it('has a status word whose fields do not overlap', () => {
    const bits = Object.values(statusFields).flatMap(({ low, bits: width }) => Array.from({ length: width }, (_, i) => low + i));
    expect(bits.length).toBe(new Set(bits).size);
    expect(Math.max(...bits)).toBeLessThan(8 * descriptorFields.status.bytes);
  });

  it('puts a status into its word and takes it out again', () => {
    expect(encodeStatus({ code: 9, cause: true, window: 65536 + 3 })).toBe(0x30109);
    expect(decodeStatus(0xfffe0112)).toEqual({ code: 18, cause: true, window: 65534 });
  });
});
