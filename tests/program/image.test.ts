import { isDeepStrictEqual } from 'node:util';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../generator/util/errors.js';
import { orderFor, readImage, writeImage } from '../../generator/program/image.js';
import { crcOf, readHeader, writeHeader } from '../../generator/program/manifest.js';
import type { ExpandOperation } from '../../generator/operations/expand/fields.js';
import type { PackedModel } from '../../generator/program/operation.js';
import { widened } from '../../generator/program/widen.js';
import { randomModel, type ModelShape } from '../support/random-model.js';

const shapes: fc.Arbitrary<Partial<ModelShape>> = fc.record({
  width: fc.integer({ min: 1, max: 21 }),
  heads: fc.integer({ min: 1, max: 3 }),
  headWidth: fc.integer({ min: 1, max: 9 }),
  hidden: fc.integer({ min: 1, max: 33 }),
  rank: fc.constantFrom(8, 16, 24),
  k: fc.integer({ min: 1, max: 8 }),
  banks: fc.constantFrom(1, 2, 4, 8),
  layers: fc.integer({ min: 0, max: 2 }),
  classes: fc.integer({ min: 1, max: 11 }),
  inputWidth: fc.integer({ min: 1, max: 15 }),
  coding: fc.constantFrom('factorized' as const, 'uncoded' as const, 'dense' as const, 'wide' as const),
  normFirst: fc.boolean(),
  mixedNorms: fc.boolean(),
  columnScales: fc.boolean(),
  causal: fc.boolean(),
  activation: fc.boolean(),
  head: fc.constantFrom('mean' as const, 'first' as const, 'token' as const),
  activationBits: fc.integer({ min: 4, max: 8 }),
});
const busWidths = fc.constantFrom(4, 8, 16, 32, 64);

test('decode(encode(model)) is the model, for every structure, odd sizes and bus widths', () => {
  fc.assert(
    fc.property(fc.nat(), shapes, busWidths, (seed, shape, busBytes) => {
      const model = randomModel(seed, shape);
      const image = readImage(writeImage(model, { columns: model.banks, busBytes }));
      expect(image.model).toEqual(model);
      expect([image.cold.length % busBytes, image.pass.length % busBytes]).toEqual([0, 0]);
    }),
    { numRuns: 80 },
  );
});

test('decode(encode(model)) for fewer columns is the model in their order', () => {
  fc.assert(
    fc.property(fc.nat(), shapes, fc.constantFrom(1, 2, 4, 8), (seed, shape, columns) => {
      const model = randomModel(seed, { ...shape, banks: 8 });
      expect(readImage(writeImage(model, { columns, busBytes: 16 })).model).toEqual(orderFor(model, columns));
    }),
    { numRuns: 60 },
  );
});

/** One sparse layer whose only column has the given rows and values, in one bank. */
function oneColumn(rows: number[], values: number[], rank: number, indexBits: number): PackedModel {
  const base = randomModel(1, { banks: 1, rank, k: rows.length, layers: 1, activation: false });
  const expand: ExpandOperation = {
    op: 'EXPAND',
    k: rows.length,
    rank,
    indexBits,
    wide: false,
    rows: Int32Array.from(rows),
    values: Int8Array.from(values),
    bias: Int8Array.of(-128),
    biasShift: 23,
    requant: { m: 2047, s: 40 },
    destination: 'X',
    base: 4094,
    activate: false,
    outer: 1,
  };
  const at = base.operations.findIndex(({ op }) => op === 'EXPAND');
  return { ...base, operations: base.operations.toSpliced(at, 0, expand) };
}

test('every value and every index code of every width survives', () => {
  for (let indexBits = 1; indexBits <= 8; indexBits++) {
    const rank = 2 ** indexBits + 2;
    for (let code = 0; code < 2 ** indexBits; code++) {
      const model = oneColumn([0, code + 1], [(code % 63) - 31, 31 - (code % 63)], rank, indexBits);
      // Of vitest's own comparison 510 models take a quarter of a minute.
      expect(isDeepStrictEqual(readImage(writeImage(model, { columns: 1, busBytes: 4 })).model, model), `${indexBits} bits, ${code}`).toBe(
        true,
      );
    }
  }
});

const containers = (numbers: readonly number[]): Buffer => Buffer.from(Int16Array.from(numbers).buffer);

/** The image with 16-bit containers of a region replaced, where they stand last, and its CRC made right. */
function withContainers(bytes: Uint8Array, region: 'cold' | 'pass', from: readonly number[], to: readonly number[]): Uint8Array {
  const { manifest, headerBytes } = readHeader(bytes);
  const { offset, length } = manifest.regions[region];
  const copy = Buffer.from(bytes);
  const content = copy.subarray(headerBytes + offset, headerBytes + offset + length - manifest.busBytes);
  containers(to).copy(content, content.lastIndexOf(containers(from)));
  copy.writeUInt32LE(crcOf(content), headerBytes + offset + content.length);
  return Uint8Array.from(copy);
}

test('a container that holds what its number cannot be is refused, whatever its CRC', () => {
  const uncoded = (): PackedModel => widened(oneColumn([5, 9], [17, -31], 16, 3));
  const bytes = writeImage(uncoded(), { columns: 1, busBytes: 4 });
  expect(readImage(bytes).model.operations).toEqual(uncoded().operations);
  const step = [17, 5, -31, 9];
  const spoilt = (at: number, value: number): string => failure(withContainers(bytes, 'pass', step, step.with(at, value)));
  expect(spoilt(0, 32)).toBe('region pass: W_D holds 32, must be -31 .. 31; regenerate the image');
  expect(spoilt(2, 0x1fe1)).toBe('region pass: W_D holds 8161, must be -31 .. 31; regenerate the image');
  expect(spoilt(3, 16)).toMatch(/rows\[1, 0\] = 16: must be 0 .. 15$/);
  expect(spoilt(3, 5)).toMatch(/rows\[1, 0\] = 5: must be above the column's previous row in the bank$/);
  const { book, codes } = uncoded().matrices.at(-1)!;
  const last = book[codes.at(-1)!]!;
  expect(failure(withContainers(bytes, 'cold', [last], [last + 256]))).toBe(
    `region cold: W_S holds ${last + 256}, which is not in its codebook; regenerate the image`,
  );
  expect(() =>
    writeImage(
      {
        ...uncoded(),
        operations: uncoded().operations.map((operation) => (operation.op === 'EXPAND' ? { ...operation, indexBits: 3 } : operation)),
      },
      { columns: 1, busBytes: 4 },
    ),
  ).toThrow('indexBits = 3: must be 0 with wide, whose rows are not coded');
});

test('the uncoded twin of a model has the same numbers and 16 bits for each', () => {
  fc.assert(
    fc.property(fc.nat(), shapes, (seed, shape) => {
      const model = randomModel(seed, { ...shape, coding: 'factorized' });
      const { model: read } = readImage(writeImage(widened(model), { columns: model.banks, busBytes: 8 }));
      const numbers = ({ matrices, operations }: PackedModel) => [
        matrices.map(({ codes, book }) => Int8Array.from(codes, (code) => book[code]!)),
        operations.map((operation) => ('wide' in operation ? { ...operation, wide: true, indexBits: 0 } : operation)),
      ];
      expect(numbers(read)).toEqual(numbers(model));
      expect(read.operations.every((operation) => !('wide' in operation) || operation.wide)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a gap too wide for its index, a row out of order and a value out of range are refused', () => {
  const write = (model: PackedModel) => () => writeImage(model, { columns: 1, busBytes: 4 });
  expect(write(oneColumn([0, 9], [1, 1], 16, 3))).toThrow('index code 8 does not fit indexBits = 3; raise it');
  expect(write(oneColumn([4, 4], [1, 1], 16, 3))).toThrow("must be above the column's previous row in the bank");
  expect(write(oneColumn([4, 5], [1, -32], 16, 3))).toThrow('values[1, 0] = -32: must be -31 .. 31');
  expect(() => writeImage(randomModel(1), { columns: 3, busBytes: 4 })).toThrow('array.columns = 3: must divide the 4 banks');
  expect(() => writeImage(randomModel(1), { columns: 4, busBytes: 12 })).toThrow('busBytes = 12: must be a power of two');
});

const small = writeImage(randomModel(2, { width: 5, hidden: 6, rank: 8, k: 3, headWidth: 3 }), { columns: 4, busBytes: 16 });

function failure(bytes: Uint8Array): string {
  try {
    readImage(bytes);
  } catch (error) {
    if (error instanceof UserError && error.problems.every((problem) => !problem.includes('\n'))) return error.message;
    throw error;
  }
  return '';
}

test('a change of any byte is detected', () => {
  for (let at = 0; at < small.length; at++) {
    for (const change of [1, 0x80, 0xff]) {
      expect(failure(small.with(at, small[at]! ^ change)), `byte ${at}`).not.toBe('');
    }
  }
});

test('a file cut at any byte, or longer than it should be, is refused', () => {
  for (let length = 0; length < small.length; length++) expect(failure(small.subarray(0, length))).toContain(`ends after ${length} bytes`);
  expect(failure(Uint8Array.from([...small, 0]))).toBe('image: has 1 bytes after its end; copy the file again');
});

test('foreign files, foreign versions, damage and impossible headers are named', () => {
  const { manifest, headerBytes } = readHeader(small);
  const withManifest = (change: object): Uint8Array =>
    Uint8Array.from([...writeHeader({ ...manifest, ...change }), ...small.subarray(headerBytes)]);
  expect(failure(small.with(0, 0))).toBe('image: does not begin with TREXIMG; is it a *.tximg file?');
  expect(failure(small.with(7, 1))).toBe('image: format version 1: this program reads version 2; regenerate the image');
  expect(failure(small.with(30, 0))).toBe('image: header: CRC-32 does not match; the file is damaged');
  expect(failure(small.with(headerBytes + 3, 0xff))).toBe('image: region cold: CRC-32 does not match; the file is damaged');
  expect(failure(small.with(small.length - 1, 1))).toBe('image: region pass: its CRC beat is not zero above the CRC; the file is damaged');
  expect(failure(withManifest({ columns: 0 }))).toMatch(/^image header.columns = 0: must be an integer in 1 .. \d+; regenerate the image$/);
  expect(failure(withManifest({ columns: 16 }))).toBe('image: header.matrices.0.rank: 8 is not a multiple of 16 columns');
  expect(failure(withManifest({ operations: 3 }))).toBe('image: program[3]: END must stand at 3 and nowhere else; regenerate the image');
  expect(failure(withManifest({ table: false }))).not.toBe('');
  expect(failure(withManifest({ matrices: [] }))).not.toBe('');
});

/** The small image with other fields in its header, and a right CRC. */
function withHeader(change: (manifest: Record<string, unknown>) => object): Uint8Array {
  return withHeaderText(JSON.stringify(change(structuredClone(readHeader(small).manifest))));
}

function withHeaderText(text: string): Uint8Array {
  const { manifest, headerBytes } = readHeader(small);
  const json = Buffer.from(text);
  const header = Buffer.alloc(Math.ceil((16 + json.length) / manifest.busBytes) * manifest.busBytes);
  header.set(small.subarray(0, 8));
  header.writeUInt32LE(json.length, 8);
  header.writeUInt32LE(crcOf(json), 12);
  header.set(json, 16);
  return Uint8Array.from([...header, ...small.subarray(headerBytes)]);
}

test('byte counts and banks that are not those of the regions are refused, all at once', () => {
  const {
    bytes: { cold, pass },
    columns,
  } = readHeader(small).manifest;
  expect(
    failure(
      withHeader((manifest) => ({
        ...manifest,
        banks: 3 * columns,
        bytes: { cold: { ...cold, program: cold.program - 1 }, pass: { ...pass, dense: pass.dense + 2, parameters: 0 } },
      })),
    ),
  ).toBe(
    [
      ...[0, 1, 2, 3].map((i) => `image: header.matrices.${i}.rank = 8: must be a multiple of ${3 * columns} banks; regenerate the image`),
      `image: header.bytes.cold.program = ${cold.program - 1}: the region has ${cold.program}; regenerate the image`,
      `image: header.bytes.pass.parameters = 0: the region has ${pass.parameters}; regenerate the image`,
      `image: header.bytes.pass.dense = ${pass.dense + 2}: the region has ${pass.dense}; regenerate the image`,
    ].join('\n'),
  );
  expect(failure(withHeader((manifest) => ({ ...manifest, positionRows: 4000 })))).toMatch(
    /^image: positionRows = 4000: must be an? .* 0 \.\. \d+$/,
  );
  expect(failure(withHeader((manifest) => ({ ...manifest, banks: 1 })))).toBe(
    `image: header.banks = 1: must be a multiple of header.columns = ${columns}; regenerate the image`,
  );
});

test('a model without sparse layers runs on columns that do not divide its banks, and its header is read again', () => {
  const { manifest } = readImage(writeImage(randomModel(1, { coding: 'dense', banks: 4 }), { columns: 3, busBytes: 8 }));
  expect([manifest.banks, manifest.columns]).toEqual([3, 3]);
});

test('no field of the header stands there twice', () => {
  const { columns, ...others } = readHeader(small).manifest;
  const text = `{"columns":${columns},"columns":${2 * columns},${JSON.stringify(others).slice(1)}`;
  expect(failure(withHeaderText(text))).toBe('image: header: has the key columns twice; regenerate the image');
  const matrices = JSON.stringify({ columns, ...others }).replace('"rank":', '"rank":1,"rank":');
  expect(failure(withHeaderText(matrices))).toBe('image: header: has the key matrices.rank twice; regenerate the image');
});

test('every field of the header but two is required, and no other is known', () => {
  const { manifest } = readHeader(small);
  for (const name of Object.keys(manifest).filter((field) => field !== 'wideMatrices' && field !== 'positionRows')) {
    expect(
      failure(
        withHeader((all) => Object.fromEntries(Object.entries(all).map(([field, value]) => [field === name ? `${field}s` : field, value]))),
      ).split('\n'),
    ).toEqual([
      expect.stringMatching(`^image header\\.${name}: is missing; must be .*; regenerate the image$`),
      expect.stringMatching(
        `^image header\\.${name}s = .*: is not a known field; known are ${Object.keys(manifest).join(', ')}; regenerate the image$`,
      ),
    ]);
  }
  expect(
    readImage(
      withHeader((all) =>
        Object.fromEntries(Object.entries(all).filter(([field]) => field !== 'wideMatrices' && field !== 'positionRows')),
      ),
    ).model,
  ).toMatchObject({ wideMatrices: false, positionRows: 0 });
  expect(
    failure(
      withHeader((all) => ({ ...all, inputScale: 0, outputScale: -1, regions: { ...manifest.regions, cold: { offset: 0 }, extra: 1 } })),
    ),
  ).toMatchInlineSnapshot(`
    "image header.inputScale = 0: must be a number above 0; regenerate the image
    image header.outputScale = -1: must be a number above 0; regenerate the image
    image header.regions.cold.length: is missing; must be an integer of at least 0; regenerate the image
    image header.regions.extra = 1: is not a known field; known are cold, pass; regenerate the image"
  `);
});

test('the document names every field of the header', () => {
  const names = (value: object): string[] =>
    Object.entries(value).flatMap(([name, inside]) => [
      name,
      ...(typeof inside === 'object' && inside !== null && !Array.isArray(inside) ? names(inside as object) : []),
    ]);
  const doc = readFileSync('docs/stream.md', 'utf8');
  for (const name of names(readHeader(small).manifest)) expect(doc).toContain(`\`${name}\``);
});

test('padding that is not zero is refused even when the CRC is right', () => {
  const { manifest, headerBytes } = readHeader(small);
  const passStart = headerBytes + manifest.regions.cold.length;
  const content = small.slice(passStart, small.length - 16);
  content[content.length - 1] = 1;
  const bytes = small.slice();
  bytes.set(content, passStart);
  new DataView(bytes.buffer).setUint32(small.length - 16, crcOf(content), true);
  expect(failure(bytes)).not.toBe('');
});

test('CRC-32 is that of zlib', () => {
  expect(crcOf(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
