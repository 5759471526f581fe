import { makeParams } from '../../generator/params/params.js';
import { widths } from '../../generator/contract/widths.js';
import { epilogueLatency, epilogueResidualStage } from '../../generator/contract/latencies.js';
import { biasShiftMax } from '../../generator/contract/limits.js';
import { epilogue } from '../../generator/rtl/epilogue.js';
import { fitShift } from '../../generator/rtl/fit_shift.js';
import { multiplier } from '../../generator/rtl/multiplier.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly lanes: number;
  readonly accBits: number;
  readonly tagBits: number;
  readonly actBits: number;
  readonly stages: number;
  readonly extra: 0 | 1;
}

/** Equations 1 and 2 of docs/numerics.md on exact integers. */
function saturate(value: bigint, bits: number): bigint {
  const top = (1n << BigInt(bits - 1)) - 1n;
  return value > top ? top : value < -top - 1n ? -top - 1n : value;
}
function requantise(value: bigint, m: number, s: number): bigint {
  return (value * BigInt(m) + (1n << BigInt(s - 1))) >> BigInt(s);
}

const idle = 3;
const biasBits = 8 + biasShiftMax;
const cycles = 1000;

/** An extreme, a small number or any. */
function randomAccumulator(random: Random, accBits: number): bigint {
  const kind = random.below(8);
  if (kind === 0) return (1n << BigInt(accBits - 1)) - 1n;
  if (kind === 1) return -(1n << BigInt(accBits - 1));
  const bits = kind < 4 ? 4 : 1 + random.below(accBits);
  return random.bits(bits) - (1n << BigInt(bits - 1));
}

const randomResidual = (random: Random): number =>
  random.below(4) === 0 ? ([-32768, 32767][random.below(2)] ?? 0) : random.below(65536) - 32768;

/** Multipliers and shifts of a word, some of them such that ties come up. */
function randomScales(random: Random, lanes: number): { m: number[]; s: number[] } {
  const exact = random.below(3) === 0;
  return {
    m: Array.from({ length: lanes }, () => (exact ? ([1, 2047, 0][random.below(3)] ?? 1) : 512 + random.below(512))),
    s: Array.from({ length: lanes }, () => (exact ? 1 + random.below(3) : 1 + random.below(40))),
  };
}

const macrosOf = ({ lanes, accBits, tagBits, actBits, stages, extra }: Shape): Readonly<Record<string, number>> => ({
  LANES: lanes,
  ACC_BITS: accBits,
  TAG_BITS: tagBits,
  ACT_BITS: actBits,
  SHIFTED_BIAS_BITS: biasBits,
  MULTIPLIER_STAGES: stages,
  EXTRA_STAGES: extra,
});

/** A random table, then words of all modes with ties, extremes, gaps; expectations from exact integers. */
function epilogueBench(shape: Shape, seed: number): Bench {
  const { lanes, accBits, tagBits, actBits, stages, extra } = shape;
  const random = makeRandom(seed);
  const params = makeParams({ timing: { multiplierStages: stages, extraStages: extra } });
  const table = Array.from({ length: 256 }, () => random.below(256) - 128);
  const wanted = new Map<number, { tag: bigint; plain: boolean; outAct: bigint[]; out12: bigint[]; out16: bigint[] }>();
  const residuals = new Map<number, number[]>();
  const vectors: string[] = [];
  for (let n = 0; n < cycles; n += 1) {
    const writing = n >= idle && n < idle + 256;
    const valid = n >= idle + 256 && n < cycles - 10 && random.below(5) > 0;
    const tag = random.bits(tagBits);
    const activate = random.below(2) === 1;
    const add = random.below(2) === 1;
    const acc = Array.from({ length: lanes }, () => randomAccumulator(random, accBits));
    const bias = BigInt(random.below(3) === 0 ? 0 : random.below(256) - 128) << BigInt(random.below(biasShiftMax + 1));
    const { m, s } = randomScales(random, lanes);
    const residual = acc.map(() => randomResidual(random));
    if (valid) {
      const later = acc.map(() => randomResidual(random));
      const r = acc.map((a, l) => requantise(a + bias, m[l] ?? 0, s[l] ?? 1));
      residuals.set(n + epilogueResidualStage(params), later);
      wanted.set(n + epilogueLatency(params), {
        tag,
        plain: !add,
        outAct: r.map((v) => saturate(activate ? BigInt(table[Number(saturate(v, 8)) + 128] ?? 0) : v, actBits)),
        out12: r.map((v) => saturate(v, widths.SCORE.bits)),
        out16: r.map((v, l) => saturate((add ? BigInt(later[l] ?? 0) : 0n) + v, 16)),
      });
    }
    const want = wanted.get(n);
    vectors.push(
      pack([
        [1, want !== undefined],
        [1, want?.plain === true],
        [1, want !== undefined],
        [tagBits, want?.tag ?? 0n],
        [lanes * actBits, join(want?.outAct ?? [], actBits)],
        [lanes * widths.SCORE.bits, join(want?.out12 ?? [], widths.SCORE.bits)],
        [lanes * 16, join(want?.out16 ?? [], 16)],
        [1, writing],
        [8, writing ? n - idle : random.below(256)],
        [8, writing ? (table[n - idle] ?? 0) : random.below(256)],
        [1, valid],
        [tagBits, tag],
        [1, activate],
        [1, add],
        [lanes * accBits, join(acc, accBits)],
        [biasBits, bias],
        [lanes * widths.MULTIPLIER.bits, join(m, widths.MULTIPLIER.bits)],
        [lanes * 6, join(s, 6)],
        [lanes * 16, join(residuals.get(n) ?? residual, 16)],
      ]),
    );
  }
  return { unit: 'epilogue', files: render(params, epilogue, multiplier, fitShift, ram), macros: macrosOf(shape), vectors };
}

describeUnit({
  unit: 'epilogue',
  shapes: [
    { lanes: 2, accBits: 25, tagBits: 16, actBits: 8, stages: 1, extra: 0 },
    { lanes: 1, accBits: 20, tagBits: 1, actBits: 5, stages: 2, extra: 1 },
    { lanes: 4, accBits: 32, tagBits: 7, actBits: 4, stages: 1, extra: 1 },
    { lanes: 16, accBits: 26, tagBits: 16, actBits: 7, stages: 2, extra: 0 },
  ],
  makeBench: epilogueBench,
  mutants: [
    { what: 'rounds down', find: 'residual, shifted_q[0] }', put: "residual, 1'b0 }" },
    { what: 'takes a large r for what is left of it', find: 'fits8  = !over_here', put: "fits8  = 1'b1" },
    { what: 'takes a large score for what is left of it', find: 'fits12 = !over_here', put: "fits12 = 1'b1" },
    { what: 'takes a large sum for what is left of it', find: 'fits16 = !over_here', put: "fits16 = 1'b1" },
    { what: 'takes the sign of a sum from what is left of r', find: 'over_here ? sign_here : total[17]', put: 'total[17]' },
    { what: 'wraps the residual below', find: 'if (!fits16 && sign) low16_q', put: "if (1'b0) low16_q" },
    { what: 'wraps the residual above', find: 'if (large16_q) out16_q', put: "if (1'b0) out16_q" },
    { what: 'wraps a score above', find: 'if (large12_q) out12_q', put: 'if (large16_q) out12_q' },
    { what: 'takes the sign of the product of the word behind', find: 'sign_q <= product_sign', put: 'sign_q <= product[PRODUCT_BITS-1]' },
    { what: 'gives the sign of the word behind', find: 'out16_q[15] <= sign_later_q', put: 'out16_q[15] <= sign' },
    { what: 'saturates int8 a bit late', find: '(&total[17:7]) || !(|total[17:7])', put: '(&total[17:8]) || !(|total[17:8])' },
    { what: 'stores the low bits of what does not fit', find: 'fits_act ? sat8_q[ACT_BITS-1:0] :', put: "1'b1 ? sat8_q[ACT_BITS-1:0] :" },
    {
      what: 'keeps the low bits of an entry that does not fit',
      find: 'entry_fits ? table_wr_data_i[ACT_BITS-1:0] :',
      put: "1'b1 ? table_wr_data_i[ACT_BITS-1:0] :",
    },
    { what: 'reads the table from the wrong half', find: '{ !sat8_q[7], sat8_q[6:0] }', put: '{ sat8_q[7], sat8_q[6:0] }' },
    { what: 'takes the residual mode a cycle early', find: 'residual_add_q[RESIDUAL-1] ?', put: 'residual_add_q[RESIDUAL-2] ?' },
    { what: 'adds the residual of the word behind', find: 'assign residual = residual_q', put: 'assign residual = residual_here' },
    { what: 'extends the bias without its sign', find: '{bias_i[BIAS_BITS-1]}', put: "{1'b0}" },
  ],
});
