import { makeParams } from '../../generator/params/params.js';
import { columnFile } from '../../generator/rtl/column_file.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly kind: 'async' | 'sync';
  readonly memory: 'block' | 'macro';
  readonly rows: number;
  readonly cols: number;
  readonly banks: number;
  readonly write: number;
  readonly read: number;
}

/** Every part of every word is written, then random parts are written and read, never a word of the memory that is being written. */
function columnFileBench({ kind, memory, rows, cols, banks, write, read }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const tokenBits = Math.ceil(Math.log2(Math.max(rows, banks)));
  const featureBits = Math.max(1, Math.ceil(Math.log2(cols)));
  const tokens = Math.ceil(rows / banks) * banks;
  const cell = new Map<string, bigint>();
  const vectors: string[] = [];
  let shown: bigint | undefined;
  let last = { token: 0, feature: 0 };
  const fill = (tokens / write) * cols;
  for (let n = 0; n < fill + 800; n += 1) {
    const filling = n < fill;
    const place = (unit: number) => ({ token: random.below(tokens / unit) * unit, feature: random.below(cols) });
    const to = filling ? { token: Math.floor(n / cols) * write, feature: n % cols } : place(write);
    // Many reads of what was written a cycle ago.
    const from = random.below(3) === 0 ? { ...last, token: last.token - (last.token % read) } : place(read);
    const rdEn = !filling && random.below(4) > 0;
    const meets = rdEn && Math.floor(from.token / banks) === Math.floor(to.token / banks) && from.feature === to.feature;
    const wrEn = filling || (random.below(4) > 0 && !meets);
    const data = Array.from({ length: write }, () => random.bits(8));
    vectors.push(
      pack([
        [1, shown !== undefined],
        [read * 8, shown ?? 0n],
        [1, wrEn],
        [tokenBits, to.token],
        [featureBits, to.feature],
        [write * 8, join(data, 8)],
        [1, rdEn],
        [tokenBits, from.token],
        [featureBits, from.feature],
      ]),
    );
    if (rdEn)
      shown = join(
        Array.from({ length: read }, (_, k) => cell.get(`${from.token + k},${from.feature}`)!),
        8,
      );
    if (wrEn) {
      data.forEach((value, k) => cell.set(`${to.token + k},${to.feature}`, value));
      last = to;
    }
  }
  const params = makeParams({ registerFile: { kind, directions: 1 }, memory: { kind: memory } });
  const files = render(params, columnFile, ram, ...(memory === 'macro' ? [ramMacro] : []));
  return { unit: 'column_file', files, macros: { ROWS: rows, COLS: cols, BANKS: banks, WRITE: write, READ: read }, vectors };
}

describeUnit({
  unit: 'column_file',
  shapes: [
    { kind: 'async', memory: 'block', rows: 24, cols: 6, banks: 8, write: 2, read: 4 },
    { kind: 'sync', memory: 'macro', rows: 10, cols: 5, banks: 4, write: 4, read: 4 },
    { kind: 'sync', memory: 'block', rows: 3, cols: 9, banks: 16, write: 1, read: 16 },
    { kind: 'async', memory: 'block', rows: 16, cols: 4, banks: 8, write: 8, read: 2 },
  ],
  makeBench: columnFileBench,
  mutants: [
    { what: 'writes the whole word', find: 'ONE << wr_token_i[BANK_BITS-1 -: PART_BITS]', put: "{WRITES{1'b1}}" },
    { what: 'reads the first part of a word alone', find: 'word[part_q*READ_BITS +: READ_BITS]', put: 'word[READ_BITS-1:0]' },
    { what: 'forgets which part was read', find: 'if (rd_en_i) part_q', put: 'part_q' },
    {
      what: 'puts blocks of tokens on one another when it writes',
      find: 'wr_token_i } >> BANK_BITS',
      put: 'wr_token_i } >> (BANK_BITS + 1)',
    },
    { what: 'puts features on one another when it reads', find: 'rd_feature_i } * BLOCKS', put: 'rd_feature_i } * (BLOCKS - 1)' },
  ],
});
