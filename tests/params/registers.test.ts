import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerDocs } from '../../generator/contract/register-docs.js';
import { counterAddress, counters, decodeRegister, encodeRegister, registers, type Register } from '../../generator/contract/registers.js';

const table = Object.entries(registers) as [string, Register][];

describe('the register table', () => {
  it('is what docs/registers.md shows', async () => {
    await expect(registerDocs()).toMatchFileSnapshot(join('..', '..', 'docs', 'registers.md'));
  });

  it('gives every word one register and every bit one field', () => {
    const addresses = [
      ...table.map(([, { address }]) => address),
      ...counters.flatMap((name) => [counterAddress(name), counterAddress(name) + 4]),
    ];
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses.filter((address) => address % 4 !== 0 || address >= 0x200)).toEqual([]);
    for (const [name, { fields }] of table) {
      const bits = Object.values(fields).flatMap(({ low, bits: width }) => Array.from({ length: width }, (_, n) => low + n));
      expect({ name, twice: bits.length - new Set(bits).size, outside: bits.filter((bit) => bit > 31) }).toEqual({
        name,
        twice: 0,
        outside: [],
      });
    }
  });

  it('puts fields into words and takes them out again', () => {
    const word = encodeRegister('CONTROL', { enable: 1, clear: 1, policy: 2 });
    expect(word).toBe(0x25);
    expect(decodeRegister('CONTROL', word)).toEqual({ enable: 1, load: 0, clear: 1, reset: 0, policy: 2 });
    expect(encodeRegister('RING_TAIL', { value: 0xffffffff })).toBe(0xffffffff);
    expect(decodeRegister('RING_TAIL', 0xffffffff)).toEqual({ value: 0xffffffff });
  });

  it('refuses a value that its field cannot hold', () => {
    expect(() => encodeRegister('CONTROL', { policy: 4 })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: CONTROL.policy = 4: must be an integer of 2 bits]`,
    );
    expect(() => encodeRegister('CONTROL', { enabled: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: CONTROL.enabled: unknown field; known fields are enable, load, clear, reset, policy]`,
    );
  });
});
