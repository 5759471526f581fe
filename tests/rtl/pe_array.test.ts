import { makeParams } from '../../generator/params/params.js';
import { peArrayLatency } from '../../generator/contract/latencies.js';
import { peArray } from '../../generator/rtl/pe_array.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly columns: number;
  readonly slices: number;
  readonly lanesPerSlice: number;
  readonly passes: number;
  readonly pairedColumns: number;
}

const accBits = 24;
const cycles = 500;

/** Sums by set, pass, column and lane; a set and a pass are known once they were written. */
class Sums {
  private readonly sums = new Map<string, number>();
  private readonly written = new Set<string>();

  constructor(private readonly shape: Shape) {}

  add(set: number, pass: number, first: boolean, act: readonly number[], weight: readonly number[]): void {
    const { columns, slices, lanesPerSlice } = this.shape;
    const lanes = slices * lanesPerSlice;
    this.written.add(`${set},${pass}`);
    for (let c = 0; c < columns; c += 1) {
      for (let l = 0; l < lanes; l += 1) {
        const at = [set, pass, c, l].join();
        const product = (act[c * lanes + l] ?? 0) * (weight[Math.floor(l / lanesPerSlice) * columns + c] ?? 0);
        this.sums.set(at, (first ? 0 : (this.sums.get(at) ?? 0)) + product);
      }
    }
  }

  /** Lanes of a column. */
  read({ set, pass, column }: { set: number; pass: number; column: number }): bigint | undefined {
    const { slices, lanesPerSlice } = this.shape;
    const values = Array.from({ length: slices * lanesPerSlice }, (_, l) => this.sums.get([set, pass, column, l].join()) ?? 0);
    return this.written.has(`${set},${pass}`) ? join(values, accBits) : undefined;
  }
}

/** Steps as the sequencer gives them (every weight for the passes in use in turn, not at once twice for the same), with gaps, while the other set drains. */
function peArrayBench(shape: Shape, seed: number): Bench {
  const { columns, slices, lanesPerSlice, passes, pairedColumns } = shape;
  const random = makeRandom(seed);
  const lanes = slices * lanesPerSlice;
  const passBits = Math.max(1, Math.ceil(Math.log2(passes)));
  const int8 = (): number => (random.below(6) === 0 ? ([-128, 127, 0, -1][random.below(4)] ?? 0) : random.below(256) - 128);
  const sums = new Sums(shape);
  const pending: { at: number; apply: () => void }[] = [];
  const vectors: string[] = [];
  let shown: bigint | undefined;
  let [set, pass, depth] = [0, 0, 0];
  let length = 1 + random.below(5);
  let used = passes;
  let stepped: boolean = false;
  for (let n = 0; n < cycles; n += 1) {
    while (pending[0] !== undefined && pending[0].at <= n) pending.shift()?.apply();
    const first = depth === 0;
    const early: boolean = passes > 1 && used === 1 && stepped && !first;
    const valid: boolean = n > 0 && !early && random.below(8) > 0;
    stepped = valid;
    const act = Array.from({ length: columns * lanes }, int8);
    const weight = Array.from({ length: slices * columns }, int8);
    const drain = { en: random.below(3) > 0, set: random.below(2), pass: random.below(passes), column: random.below(columns) };
    vectors.push(
      pack([
        [1, shown !== undefined],
        [lanes * accBits, shown ?? 0n],
        [1, valid],
        [1, first],
        [1, set],
        [passBits, pass],
        [columns * lanes * 8, join(act, 8)],
        [slices * columns * 8, join(weight, 8)],
        [1, drain.en],
        [1, drain.set],
        [passBits, drain.pass],
        [Math.ceil(Math.log2(columns)), drain.column],
      ]),
    );
    if (drain.en) shown = sums.read(drain);
    if (!valid) continue;
    const [toSet, toPass] = [set, pass];
    pending.push({ at: n + peArrayLatency, apply: () => sums.add(toSet, toPass, first, act, weight) });
    pass = (pass + 1) % used;
    if (pass === 0) depth += 1;
    if (depth === length) [set, depth, length, used] = [1 - set, 0, 1 + random.below(5), random.below(3) === 0 ? 1 : passes];
  }
  const macros = { COLUMNS: columns, LANES: lanes, SLICES: slices, PASSES: passes, ACC_BITS: accBits, PAIRED_COLUMNS: pairedColumns };
  return { unit: 'pe_array', files: render(makeParams({}), peArray, ram), macros, vectors };
}

describeUnit({
  unit: 'pe_array',
  shapes: [
    { columns: 4, slices: 2, lanesPerSlice: 2, passes: 3, pairedColumns: 3 },
    { columns: 2, slices: 1, lanesPerSlice: 1, passes: 1, pairedColumns: 0 },
    { columns: 4, slices: 4, lanesPerSlice: 1, passes: 5, pairedColumns: 0 },
    { columns: 8, slices: 4, lanesPerSlice: 4, passes: 1, pairedColumns: 8 },
    { columns: 16, slices: 1, lanesPerSlice: 4, passes: 4, pairedColumns: 5 },
    { columns: 8, slices: 1, lanesPerSlice: 2, passes: 2, pairedColumns: 0 },
    { columns: 2, slices: 1, lanesPerSlice: 2, passes: 1, pairedColumns: 1 },
  ],
  makeBench: peArrayBench,
  mutants: [
    { what: 'never starts a new sum', find: 'if (operand_first_q) start_q', put: 'if (operand_first_q && operand_set_q) start_q' },
    {
      what: 'accumulates in gaps',
      find: '.wr_en_i(product_valid_q), .wr_addr_i(product_pass_q)',
      put: ".wr_en_i(1'b1), .wr_addr_i(product_pass_q)",
    },
    {
      what: 'finishes sums in gaps',
      find: '.wr_en_i(product_valid_q), .wr_addr_i(product_entry)',
      put: ".wr_en_i(1'b1), .wr_addr_i(product_entry)",
    },
    { what: 'drains the upper half from the lower columns', find: 'is_high_q ? high_q : low_q', put: 'low_q' },
    { what: 'takes the half of the next column', find: 'is_high_q ? high_q', put: 'drain_column_i[COLUMN_BITS-1] ? high_q' },
    { what: 'gives all slices the weights of the first', find: '(g*COLUMNS + c)*8', put: '(c)*8' },
    { what: 'uses one set for both', find: '{ product_pass_q, product_set_q }', put: "{ product_pass_q, 1'b0 }" },
    { what: 'treats activations as unsigned', find: 'wire signed [7:0]          act =', put: 'wire [7:0]                 act =' },
    { what: 'leaves the carries of pairs in the sums of odd lanes', find: '{ odd - taken, even }', put: '{ odd, even }' },
    {
      what: 'takes carries from lanes that have a multiplier of their own',
      find: 'even[ACC_BITS-1:16] & {(ACC_BITS-16){paired}}',
      put: 'even[ACC_BITS-1:16]',
    },
    { what: 'shifts odd lanes a bit too far', find: "{ odd[7], odd, 16'd0 }", put: "{ odd, 17'd0 }" },
    { what: 'counts all carries upwards', find: "(negative_q ? {(ACC_BITS-16){1'b1}} : UP)", put: 'UP' },
    { what: 'takes the lowest bit of odd products for a carry', find: 'former[16] ^ odd_product_q', put: 'former[16]' },
    { what: 'takes even activations of pairs as unsigned', find: '{ {17{even[7]}}, even }', put: "{ 17'd0, even }" },
  ],
});
