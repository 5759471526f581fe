import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { rankBanks } from '../../generator/rtl/rank_banks.js';
import { rotator } from '../../generator/rtl/rotator.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly lanes: number;
  readonly passes: number;
  readonly bankRows: number;
  readonly actBits: number;
}

const bitsOf = (count: number): number => Math.max(1, Math.ceil(Math.log2(count)));

/** All of P, then random steps beside random writes of other words; words are lists of lanes, told by rank and pass. */
function rankBanksBench({ columns, lanes, passes, bankRows, actBits }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const words = new Map<string, bigint[]>();
  const filled = columns * bankRows * passes;
  let shown: bigint | undefined;
  const vectors: string[] = [];
  for (let n = 0; n < filled + 300; n++) {
    const filling = n < filled;
    const place = filling ? n : random.below(filled);
    const [rank, wrPass] = [Math.floor(place / passes), place % passes];
    const wanted = filling || random.below(2) === 0;
    const data = Array.from({ length: lanes }, () => random.bits(actBits));
    const rdEn = !filling && random.below(4) > 0;
    const [step, rdPass] = [random.below(columns), random.below(passes)];
    const rows = Array.from({ length: columns }, () => random.below(bankRows));
    const read = rows.map((row, c) => `${row * columns + ((c + step) % columns)}/${rdPass}`);
    const wrEn = wanted && !(rdEn && read.includes(`${rank}/${wrPass}`));
    vectors.push(
      pack([
        [1, shown !== undefined],
        [8 * lanes * columns, shown ?? 0n],
        [1, wrEn],
        [widths.FEATURE.bits, rank],
        [bitsOf(passes), wrPass],
        [lanes * actBits, join(data, actBits)],
        [1, rdEn],
        [bitsOf(columns), step],
        [bitsOf(bankRows) * columns, join(rows, bitsOf(bankRows))],
        [bitsOf(passes), rdPass],
      ]),
    );
    if (rdEn) {
      shown = join(
        read.flatMap((word) => words.get(word)!).map((value) => BigInt.asIntN(actBits, value)),
        8,
      );
    }
    if (wrEn) words.set(`${rank}/${wrPass}`, data);
  }
  const macros = { COLUMNS: columns, LANES: lanes, PASSES: passes, BANK_ROWS: bankRows, ACT_BITS: actBits };
  return { unit: 'rank_banks', files: render(makeParams({}), rankBanks, rotator, ram), macros, vectors };
}

describeUnit({
  unit: 'rank_banks',
  shapes: [
    { columns: 4, lanes: 2, passes: 3, bankRows: 5, actBits: 8 },
    { columns: 8, lanes: 1, passes: 1, bankRows: 1, actBits: 5 },
  ],
  makeBench: rankBanksBench,
  mutants: [
    { what: 'turns words by the step of the next read', find: '.amount_i(step_q)', put: '.amount_i(rd_step_i)' },
    { what: 'writes every bank', find: ' && (wr_rank_i[COLUMN_BITS-1:0] == BANK)', put: '' },
    { what: 'does not turn rows to their banks', find: ".inverse_i(1'b1)", put: ".inverse_i(1'b0)" },
    { what: 'loses the sign of narrow activations', find: '{(9-ACT_BITS){words[ACT_BITS*l + ACT_BITS-1]}}', put: "{(9-ACT_BITS){1'b0}}" },
    { what: 'has the passes of a row in one word', find: 'ROW_BITS*b +: ROW_BITS] } * PASSES', put: 'ROW_BITS*b +: ROW_BITS] }' },
  ],
});
