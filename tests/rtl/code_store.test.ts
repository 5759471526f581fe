import { makeParams } from '../../generator/params/params.js';
import { codeStore } from '../../generator/rtl/code_store.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly codeWords: number;
  readonly matrices: number;
}

const bitsOf = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));

/** All codebooks and codes, then reads of random matrices beside writes of others. */
function codeStoreBench({ columns, codeWords, matrices }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const books: bigint[][] = [];
  const codes: number[][] = [];
  const filled = Math.max(codeWords, matrices);
  let book: readonly bigint[] | undefined;
  let read: readonly number[] | undefined;
  const vectors: string[] = [];
  for (let n = 0; n < filled + 300; n++) {
    const filling = n < filled;
    const entries = Array.from({ length: 16 }, () => random.bits(8));
    const word = Array.from({ length: columns }, () => random.below(16));
    const [bookEn, codeEn] = filling ? [n < matrices, n < codeWords] : [random.below(8) === 0, random.below(4) === 0];
    const [bookAt, codeAt] = filling ? [n % matrices, n % codeWords] : [random.below(matrices), random.below(codeWords)];
    const rdEn = !filling && random.below(3) > 0;
    const [at, matrix] = [random.below(codeWords), filling ? 0 : random.below(matrices)];
    vectors.push(
      pack([
        [1, book !== undefined],
        [1, read !== undefined],
        [128, join(book ?? [], 8)],
        [8 * columns, join(read?.map((code) => book![code]!) ?? [], 8)],
        [1, bookEn],
        [bitsOf(matrices), bookAt],
        [128, join(entries, 8)],
        [1, codeEn],
        [bitsOf(codeWords), codeAt],
        [4 * columns, join(word, 4)],
        [1, rdEn],
        [bitsOf(codeWords), at],
        [bitsOf(matrices), matrix],
      ]),
    );
    // Memories give what they held before the write of the same cycle.
    book = filling ? undefined : books[matrix];
    if (rdEn) read = codes[at];
    if (bookEn) books[bookAt] = entries;
    if (codeEn) codes[codeAt] = word;
  }
  const macros = { COLUMNS: columns, CODE_WORDS: codeWords, MATRICES: matrices };
  return { unit: 'code_store', files: render(makeParams({}), codeStore, ram), macros, vectors };
}

describeUnit({
  unit: 'code_store',
  shapes: [
    { columns: 4, codeWords: 24, matrices: 3 },
    { columns: 8, codeWords: 2, matrices: 1 },
  ],
  makeBench: codeStoreBench,
  mutants: [
    { what: 'reads one codebook', find: '.rd_addr_i(rd_matrix_i)', put: ".rd_addr_i({MATRIX_BITS{1'b0}})" },
    { what: 'reads codes without being asked', find: '.rd_en_i(rd_en_i)', put: ".rd_en_i(1'b1)" },
    { what: 'looks the code of the first column up for all', find: 'codes[WEIGHT_CODE_BITS*c +:', put: 'codes[0 +:' },
    { what: 'writes codes where it reads them', find: '.wr_addr_i(code_wr_addr_i)', put: '.wr_addr_i(rd_addr_i)' },
  ],
});
