import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../generator/util/errors.js';
import { BitReader, BitWriter } from '../../generator/contract/bits.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import { crcOf, readHeader } from '../../generator/program/manifest.js';
import { between, randomFrom, randomModel, type ModelShape } from '../support/random-model.js';

const field = fc
  .integer({ min: 1, max: 16 })
  .chain((bits) => fc.record({ bits: fc.constant(bits), value: fc.integer({ min: 0, max: 2 ** bits - 1 }) }));

test('any sequence of fields comes back from its bits, and what is left of the last byte is zero', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 60 }), (fields) => {
      const out = new BitWriter();
      for (const { value, bits } of fields) out.put(value, bits);
      out.align(1);
      const bytes = out.finish();
      expect(bytes.length).toBe(Math.ceil(fields.reduce((sum, { bits }) => sum + bits, 0) / 8));
      const from = new BitReader(bytes, 'bytes');
      for (const { value, bits } of fields) expect(from.take(bits)).toBe(value);
      from.align(1);
      expect(from.finished).toBe(true);
    }),
  );
});

test('signed fields come back at every width, the least and the greatest included', () => {
  for (let bits = 2; bits <= 16; bits++) {
    const values = [-(2 ** (bits - 1)), -1, 0, 1, 2 ** (bits - 1) - 1];
    const out = new BitWriter();
    for (const value of values) out.put(value, bits);
    out.align(1);
    const from = new BitReader(out.finish(), 'bytes');
    expect(values.map(() => from.takeSigned(bits))).toEqual(values);
  }
});

const shapes: readonly Partial<ModelShape>[] = [
  { width: 5, hidden: 6, rank: 8, k: 3, headWidth: 3 },
  { width: 7, hidden: 9, rank: 8, k: 6, banks: 2, headWidth: 2, head: 'token', normFirst: false, activation: false },
  { width: 6, hidden: 10, headWidth: 3, coding: 'dense' },
  { width: 6, hidden: 7, rank: 8, k: 5, banks: 4, headWidth: 3, coding: 'uncoded' },
  { width: 4, hidden: 5, headWidth: 2, coding: 'wide', embedding: 'direct', inputWidth: 4 },
];

/** The file with other regions, their CRC made right again: damage that only the decoder can see. */
function withRegions(file: Uint8Array, image: Image, cold: Uint8Array, pass: Uint8Array): Uint8Array {
  const { headerBytes } = readHeader(file);
  const sealed = [cold, pass].map((region) => {
    const copy = region.slice();
    const content = copy.length - image.busBytes;
    copy.fill(0, content);
    new DataView(copy.buffer).setUint32(content, crcOf(copy.subarray(0, content)), true);
    return copy;
  });
  return Uint8Array.from(Buffer.concat([file.subarray(0, headerBytes), ...sealed]));
}

test('a file with any bits changed and a right CRC is refused in one line a problem, or is itself the image of another model', () => {
  let [refused, accepted] = [0, 0];
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(...shapes), fc.integer({ min: 1, max: 3 }), (seed, shape, changes) => {
      const random = randomFrom(seed);
      const model = randomModel(seed, shape);
      const file = writeImage(model, { columns: model.banks, busBytes: 8 });
      const image = readImage(file);
      const regions = [image.cold.slice(), image.pass.slice()] as const;
      for (let i = 0; i < changes; i++) {
        const region = regions[between(random, 0, 1)]!;
        const at = between(random, 0, region.length - 9);
        region[at] = region[at]! ^ (1 << between(random, 0, 7));
      }
      const bytes = withRegions(file, image, ...regions);
      let read: Image;
      try {
        read = readImage(bytes);
      } catch (error) {
        if (!(error instanceof UserError) || error.problems.some((problem) => problem.includes('\n') || problem === '')) throw error;
        refused++;
        return;
      }
      accepted++;
      // Bytes have one meaning and a meaning has one form, so what is read writes the very same regions.
      const again = readImage(writeImage(read.model, { columns: read.columns, busBytes: read.busBytes }));
      expect(Buffer.from(again.cold)).toEqual(Buffer.from(read.cold));
      expect(Buffer.from(again.pass)).toEqual(Buffer.from(read.pass));
    }),
    { numRuns: 400 },
  );
  // Both answers must really occur, or the property says nothing.
  expect(refused).toBeGreaterThan(20);
  expect(accepted).toBeGreaterThan(20);
});

test('any other bytes are refused, whatever they begin with', () => {
  const magic = [...Buffer.from('TREXIMG'), 1];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, marked) => {
      expect(() => readImage(Uint8Array.from(marked ? [...magic, ...bytes] : bytes))).toThrow(UserError);
    }),
    { numRuns: 300 },
  );
});
