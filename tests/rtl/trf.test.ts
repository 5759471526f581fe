import { makeParams } from '../../generator/params/params.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { rotator } from '../../generator/rtl/rotator.js';
import { trf } from '../../generator/rtl/trf.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly kind: 'async' | 'sync' | 'grid';
  readonly memory: 'block' | 'macro';
  readonly rows: number;
  readonly cols: number;
  readonly banks: number;
  /** Elements that are ever enabled; all of them when left out. */
  readonly write?: number;
}

interface Access {
  readonly byRow: boolean;
  readonly token: number;
  readonly feature: number;
}

/** Fill by feature, then random writes and reads in all four combinations of directions, enables and gaps. */
function trfBench({ kind, memory, rows, cols, banks, write: widest = banks }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const bits = (n: number): number => Math.ceil(Math.log2(Math.max(n, banks)));
  const [tokens, features] = [rows, cols].map((n) => Math.ceil(n / banks) * banks) as [number, number];
  const cell = new Map<string, bigint>();
  const places = ({ byRow, token, feature }: Access): string[] =>
    Array.from({ length: banks }, (_, k) => (byRow ? [token, feature + k] : [token + k, feature]).join());
  // Reads keep inside the blocks that were filled; a write past them has no enable there.
  const inside = (at: Access): Access => ({
    ...at,
    token: at.byRow ? at.token : Math.min(at.token, tokens - banks),
    feature: at.byRow ? Math.min(at.feature, features - banks) : at.feature,
  });
  const stored = (at: string): boolean => at.split(',').every((place, i) => Number(place) < [tokens, features][i]!);
  const vectors: string[] = [];
  let shown: bigint | undefined;
  const fill = (tokens / widest) * features;
  for (let n = -1; n < fill + 800; n += 1) {
    const filling = n < fill;
    const any = (): Access => ({ byRow: random.below(2) === 1, token: random.below(rows), feature: random.below(cols) });
    const write: Access = filling
      ? { byRow: false, token: Math.floor(Math.max(0, n) / features) * widest, feature: Math.max(0, n) % features }
      : any();
    const read = inside(random.below(4) === 0 ? write : any());
    const wrEn = n >= 0 && (filling || random.below(4) > 0);
    const rdEn = !filling && random.below(4) > 0;
    const data = Array.from({ length: banks }, () => random.bits(8));
    const enables = places(write).map((at, k) => k < widest && (filling || (random.below(3) > 0 && stored(at))));
    vectors.push(
      pack([
        [1, shown !== undefined],
        [banks * 8, shown ?? 0n],
        [1, wrEn],
        [1, write.byRow],
        [bits(rows), write.token],
        [bits(cols), write.feature],
        [banks, join(enables, 1)],
        [banks * 8, join(data, 8)],
        [1, rdEn],
        [1, read.byRow],
        [bits(rows), read.token],
        [bits(cols), read.feature],
      ]),
    );
    if (rdEn)
      shown = join(
        places(read).map((at) => cell.get(at) ?? 0n),
        8,
      );
    if (wrEn) places(write).forEach((at, k) => enables[k] && cell.set(at, data[k] ?? 0n));
  }
  const params = makeParams({ registerFile: { kind }, memory: { kind: memory } });
  const macro = memory === 'macro' ? [ramMacro] : [];
  const files = kind === 'grid' ? render(params, trf, rotator) : render(params, trf, rotator, ram, ...macro);
  return { unit: 'trf', files, macros: { ROWS: rows, COLS: cols, BANKS: banks, WRITE: widest }, vectors };
}

describeUnit({
  unit: 'trf',
  shapes: [
    { kind: 'async', memory: 'block', rows: 24, cols: 16, banks: 8 },
    { kind: 'sync', memory: 'block', rows: 10, cols: 8, banks: 4, write: 2 },
    { kind: 'sync', memory: 'macro', rows: 3, cols: 5, banks: 2 },
    { kind: 'grid', memory: 'block', rows: 24, cols: 16, banks: 8 },
    { kind: 'grid', memory: 'block', rows: 5, cols: 4, banks: 4 },
    { kind: 'async', memory: 'block', rows: 1, cols: 6, banks: 16 },
    { kind: 'sync', memory: 'block', rows: 8, cols: 6, banks: 8, write: 1 },
  ],
  makeBench: trfBench,
  mutants: [
    { what: 'turns a word by its row alone', find: 'wr_turn = wr_row + wr_col', put: 'wr_turn = wr_row' },
    { what: 'turns the wrong way when reading', find: ".inverse_i(1'b0)", put: ".inverse_i(1'b1)" },
    { what: 'forgets the turn of the read', find: 'if (rd_en_i) rd_turn_q <= rd_turn;', put: 'rd_turn_q <= rd_turn;' },
    { what: 'ignores the element enables', find: '{ wr_elements_i[b], wr_data_i', put: "{ 1'b1, wr_data_i" },
    { what: 'gives a place the enable of another element', find: 'element = HERE - wr_turn', put: 'element = wr_turn - HERE' },
    { what: 'offers narrow words unturned', find: '.amount_i(wr_turn[WRITE_BITS-1:0])', put: ".amount_i({WRITE_BITS{1'b0}})" },
    {
      what: 'puts neighbouring blocks of rows on one another',
      find: 'wr_token_next : wr_token_block',
      put: 'wr_token_next : (wr_token_block >> 1)',
    },
    {
      what: 'never reads on into the next block of features',
      find: '(rd_by_row_i && rd_next) ? rd_feature_next',
      put: "1'b0 ? rd_feature_next",
    },
    {
      what: 'never writes on into the next block of tokens',
      find: '(!wr_by_row_i && wr_next) ? wr_token_next',
      put: "1'b0 ? wr_token_next",
    },
  ],
});
