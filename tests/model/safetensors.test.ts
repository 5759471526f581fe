import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../generator/util/errors.js';
import { fromBfloat, fromHalf, toBfloat, toHalf } from '../../generator/model/half.js';
import { dtypeBytes, stored, writeSafetensors, type Dtype, type Tensor } from '../../generator/model/safetensors.js';
import { readSafetensors } from '../support/read-safetensors.js';
import { floatTensor, tensorOf, valuesOf } from '../../generator/model/tensor-values.js';

const tensor: fc.Arbitrary<Tensor> = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(dtypeBytes) as Dtype[])),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    seed: fc.nat(255),
  })
  .map(({ dtype, shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, 1) * dtypeBytes[dtype];
    return { dtype, shape, bytes: Uint8Array.from({ length }, (_, i) => seed + 7 * i) };
  });
const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => text !== '__metadata__' && text !== '__proto__');

test('every set of tensors survives its file, whatever their names and kinds', () => {
  fc.assert(
    fc.property(fc.dictionary(name, tensor, { maxKeys: 8 }), (set) => {
      const tensors = new Map(Object.entries(set));
      const file = writeSafetensors(tensors, { format: 'pt' });
      const read = readSafetensors(file, 'f');
      expect(new Map([...read].sort())).toEqual(new Map([...tensors].sort()));
      for (const { dtype, bytes } of read.values()) expect(bytes.byteOffset % dtypeBytes[dtype]).toBe(0);
    }),
  );
});

test('the bytes are those of the specification', () => {
  const file = writeSafetensors(new Map([['a', tensorOf('F32', [1], [1])]]));
  const json = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.padEnd(56);
  expect(Buffer.from(file)).toEqual(
    Buffer.concat([Buffer.from([56, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(json), Buffer.from([0, 0, 128, 63])]),
  );
});

test('half floats round to nearest, ties to even, as every one of them shows', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 65536; bits++) {
    const value = fromHalf(bits);
    const good = Number.isNaN(value) ? Number.isNaN(fromHalf(toHalf(value))) : toHalf(value) === bits;
    if (!good) wrong.push(bits);
    if ((bits & 0x7fff) >= 0x7bff) continue;
    const gap = fromHalf(bits + 1) - value;
    const middle = value + gap / 2;
    if (toHalf(middle) !== bits + (bits % 2) || toHalf(middle + gap / 1024) !== bits + 1 || toHalf(middle - gap / 1024) !== bits)
      wrong.push(bits);
  }
  expect(wrong).toEqual([]);
  expect([65504, 65519.99, 65520, -1e9, 5.9e-8, 1e-9].map(toHalf)).toEqual([0x7bff, 0x7bff, 0x7c00, 0xfc00, 1, 0]);
});

test('brain floats keep the upper half, rounded to nearest, ties to even', () => {
  const every = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => !Number.isNaN(fromBfloat(bits)));
  expect(every.filter((bits) => toBfloat(fromBfloat(bits)) !== bits)).toEqual([]);
  expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -3.4e38].map(toBfloat)).toEqual([0x3f80, 0x3f82, 0x3f81, 0xff80]);
  expect(Number.isNaN(fromBfloat(toBfloat(NaN)))).toBe(true);
});

test('floats are stored in 32 bits where that loses nothing, else in 64', () => {
  expect(floatTensor('exact', [2], [0.5, -3]).dtype).toBe('F32');
  expect(floatTensor('exact', [2], [0.5, 0.1]).dtype).toBe('F64');
  expect([...valuesOf(stored(floatTensor('F16', [2], [0.5, 0.1])))]).toEqual([0.5, 0.0999755859375]);
});

function failure(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, 'f');
  } catch (error) {
    if (error instanceof UserError && error.problems.every((problem) => !problem.includes('\n'))) return error.message;
    throw error;
  }
  return '';
}

const file = writeSafetensors(
  new Map([
    ['a', tensorOf('F32', [2], [1, 2])],
    ['b', tensorOf('I8', [3], [1, 2, 3])],
  ]),
);

test('a file cut at any byte, or longer than its header says, is refused', () => {
  for (let length = 0; length < file.length; length++) expect(failure(file.subarray(0, length)), `${length} bytes`).not.toBe('');
  expect(failure(Uint8Array.from([...file, 0]))).toContain('has 12 bytes of tensors, its header lists 11; the file is damaged');
});

test('foreign files and headers that contradict themselves are named, all problems at once', () => {
  const withHeader = (header: unknown, data = 0): Uint8Array => {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  expect(failure(Buffer.from('TREXIMG image of something else'))).toMatch(
    /^f: says that its header has \d+ bytes, 23 are left; is it a safetensors file\?$/,
  );
  expect(failure(withHeader('{"a":'))).toBe('f: its header is not valid JSON; is it a safetensors file?');
  expect(failure(withHeader('{"a":{"dtype":"I8","dtype":"U8"}}'))).toBe(
    'f: its header has the key a.dtype twice; is it a safetensors file?',
  );
  expect(failure(withHeader([]))).toBe('f: its header is not an object; is it a safetensors file?');
  expect(
    failure(
      withHeader(
        {
          a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] },
          b: { dtype: 'F32', shape: [2], data_offsets: [1, 5] },
          c: { dtype: 'I8', shape: [1], data_offsets: [6, 7] },
        },
        7,
      ),
    ),
  ).toBe(
    [
      'f: a.dtype = F8_E4M3: is not read; store floats as F32, F16 or BF16, integers as I32, I16, I8 or U8',
      'f: b.data_offsets = [1, 5]: F32 [2] needs 8 bytes',
      'f: c.data_offsets = [6, 7]: must begin at 5, where the tensor before ends',
    ].join('\n'),
  );
  // Nothing is said of what only follows from another problem.
  const one = { dtype: 'I8', shape: [1] };
  expect(failure(withHeader({ a: { ...one, data_offsets: [0] }, b: { ...one, data_offsets: [1, 2] } }, 2))).toMatch(
    /^f: a\.data_offsets[^\n]*$/,
  );
});

test('a tensor is fetched in pieces, however large it is', () => {
  const pieces: number[] = [];
  const values = valuesOf({
    dtype: 'I8',
    shape: [1000, 1000],
    read: (begin, end) => {
      pieces.push(end - begin);
      return new Uint8Array(end - begin).fill(begin === 0 ? 1 : 2);
    },
  });
  expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(1e6);
  expect(Math.max(...pieces)).toBeLessThan(3e5);
  expect([values[0], values.at(-1)]).toEqual([1, 2]);
});
