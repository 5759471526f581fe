/** The codes of a shared matrix in the cold region, docs/stream.md. */
import { UserError } from '../util/errors.js';
import type { BitReader, BitWriter } from '../contract/bits.js';
import type { CodebookMatrix } from './operation.js';

export function writeCodes(out: BitWriter, { inner, rank, codes, book }: CodebookMatrix, columns: number, wide: boolean): void {
  for (let tile = 0; tile < rank; tile += columns) {
    for (let f = 0; f < inner; f++) {
      for (let c = 0; c < columns; c++) {
        const code = codes[f * rank + tile + c]!;
        if (wide) out.put(book[code]!, 16);
        else out.put(code, 4);
      }
      out.align(1);
    }
  }
}

/** Codes of the weights; a number that stands several times in its book has the lowest code, as the hardware finds it. */
export function readCodes(
  from: BitReader,
  { inner, rank, book }: Omit<CodebookMatrix, 'codes'>,
  columns: number,
  wide: boolean,
): Uint8Array {
  const codes = new Uint8Array(inner * rank);
  for (let tile = 0; tile < rank; tile += columns) {
    for (let f = 0; f < inner; f++) {
      for (let c = 0; c < columns; c++) codes[f * rank + tile + c] = wide ? codeOf(from.takeSigned(16), book) : from.take(4);
      from.align(1);
    }
  }
  return codes;
}

function codeOf(value: number, book: Int8Array): number {
  const code = book.indexOf(value);
  if (code < 0) throw new UserError([`region cold: W_S holds ${value}, which is not in its codebook; regenerate the image`]);
  return code;
}
