import { expect, test } from 'vitest';
import { layerNorm } from '../../generator/golden/layer-norm.js';
import { createState } from '../../generator/golden/state.js';
import { epsilonLimit, makeNorm, noEpsilon, type NormEpsilon } from '../../generator/operations/norm/fields.js';
import { normKinds, type NormKind } from '../../generator/contract/codes.js';
import { normCycles } from '../../generator/contract/latencies.js';
import { modelWidth } from '../../generator/contract/limits.js';
import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { biasShiftMax } from '../../generator/contract/limits.js';
import { fitShift } from '../../generator/rtl/fit_shift.js';
import { multiplier } from '../../generator/rtl/multiplier.js';
import { norm } from '../../generator/rtl/norm.js';
import { rsqrtRom } from '../../generator/rtl/rsqrt_rom.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly lanes: number;
  readonly vectorLanes: number;
  readonly passes: number;
  readonly maxWidth: number;
  readonly actBits: number;
  readonly stages: number;
  readonly extra: 0 | 1;
}

interface NormCase {
  readonly d: number;
  readonly passes: number;
  readonly biasShift: number;
  readonly s: number;
  readonly s2: number;
  readonly kind: NormKind;
  readonly epsilon: NormEpsilon;
}

/** Equations 1, 11-15 of docs/numerics.md on exact integers; the table entry from its definition. */
function saturate(value: bigint, bits: number): bigint {
  const top = (1n << BigInt(bits - 1)) - 1n;
  return value > top ? top : value < -top - 1n ? -top - 1n : value;
}
const shiftRound = (value: bigint, s: number): bigint => (value + (1n << BigInt(s - 1))) >> BigInt(s);

function normalise(row: readonly bigint[], kind: NormKind = 'layer', epsilon = 0n): bigint[] {
  if (kind === 'plain') return [...row];
  const d = BigInt(row.length);
  const sum = kind === 'layer' ? row.reduce((a, r) => a + r, 0n) : 0n;
  const variance = d * row.reduce((a, r) => a + r * r, 0n) - sum * sum + epsilon;
  if (variance === 0n) return row.map(() => 0n);
  const h = Math.ceil(variance.toString(2).length / 2);
  const up = 9 - 2 * h;
  const u = Number(up < 0 ? variance >> BigInt(-up) : variance << BigInt(up));
  const g = BigInt(Math.round(2048 / Math.sqrt((u + 0.5) / 512)));
  return row.map((r) => saturate(shiftRound((d * r - sum) * g, h + 1), 16));
}

/** One token: equal values, extremes, one spike, a small spread about a large mean, or anything. */
function makeRow(d: number, kind: number, random: Random): bigint[] {
  const centre = random.below(65536) - 32768;
  const spread = 1 + random.below(2 ** (1 + random.below(15)));
  return Array.from({ length: d }, (_, f) => {
    if (kind === 0) return BigInt(centre);
    if (kind === 1) return random.below(2) === 0 ? -32768n : 32767n;
    if (kind === 2) return f === d - 1 ? 32767n : -32768n;
    if (kind === 3) return -32768n;
    if (kind < 6) return saturate(BigInt(centre + random.below(spread) - (spread >> 1)), 16);
    return BigInt(random.below(65536) - 32768);
  });
}

interface Values {
  readonly gamma: readonly number[];
  readonly beta: readonly number[];
  /** One for each token. */
  readonly rows: readonly (readonly bigint[])[];
}

function randomValues(shape: Shape, d: number, random: Random): Values {
  const int8 = (): number => (random.below(5) === 0 ? ([-128, 127, 0][random.below(3)] ?? 0) : random.below(256) - 128);
  const gamma = Array.from({ length: d }, int8);
  const beta = Array.from({ length: d }, int8);
  return {
    gamma,
    beta,
    rows: Array.from({ length: shape.passes * shape.lanes }, (_, t) => makeRow(d, t === 0 ? 2 : random.below(8), random)),
  };
}

/** Lanes of a word of a feature: what is written back, the result and the input. */
function wordOf(shape: Shape, { s, s2 }: NormCase, sums: readonly bigint[], rows: readonly bigint[]): string {
  const { lanes, actBits } = shape;
  const written = sums.map((sum) => saturate(shiftRound(sum, s2), 16));
  const results = sums.map((sum) => saturate(shiftRound(sum, s), actBits));
  return pack([
    [lanes * 16, join(written, 16)],
    [lanes * actBits, join(results, actBits)],
    [lanes * 16, join(rows, 16)],
  ]);
}

function normCase(shape: Shape, one: NormCase, waits: number, seen: number, random: Random): string[] {
  const { d, passes, biasShift, s, s2, kind, epsilon } = one;
  const { gamma, beta, rows } = randomValues(shape, d, random);
  const added = BigInt(epsilon.digits) << BigInt(epsilon.shift);
  const sums = rows.map((row) =>
    normalise(row, kind, added).map((z, f) => z * BigInt(gamma[f] ?? 0) + (BigInt(beta[f] ?? 0) << BigInt(biasShift))),
  );
  const header = pack([
    [6, epsilon.shift],
    [widths.MULTIPLIER.bits, epsilon.digits],
    [3, normKinds.indexOf(kind)],
    [3, seen],
    [2, waits],
    [1, random.below(2)],
    [6, s2],
    [6, s],
    [5, biasShift],
    [7, passes],
    [widths.FEATURE.bits, d],
  ]);
  const params = gamma.map((g, f) =>
    pack([
      [8, beta[f] ?? 0],
      [8, g],
    ]),
  );
  const words = Array.from({ length: d }, (_, f) =>
    Array.from({ length: shape.passes }, (__, p) => {
      const lanes = Array.from({ length: shape.lanes }, (___, l) => p * shape.lanes + l);
      const of = (values: readonly (readonly bigint[])[]): bigint[] => lanes.map((t) => values[t]?.[f] ?? 0n);
      return wordOf(shape, one, of(sums), of(rows));
    }),
  );
  return [header, ...params, ...words.flat()];
}

/** Widths, passes and shifts from their smallest to their largest; parameters early and late. */
function normBench(shape: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const { maxWidth } = shape;
  let cycles = 0;
  const vectors = [maxWidth, 1, 2, 7, Math.max(1, maxWidth - 1), 4, 5, Math.min(maxWidth, 33), 3, maxWidth]
    .filter((d) => d <= maxWidth)
    .flatMap((d, n) => {
      const passes = n < 2 ? shape.passes : 1 + random.below(shape.passes);
      const shifts = n === 3 ? { s: 40, s2: 1 } : n === 4 ? { s: 1, s2: 40 } : { s: 8 + random.below(10), s2: 1 + random.below(8) };
      const kind = normKinds[(n + Math.floor(n / 3)) % 3]!;
      const most = Math.floor(Math.log2(epsilonLimit(d) / 2048));
      const epsilon =
        kind === 'plain' || n % 4 === 0 ? noEpsilon : { digits: random.below(2048), shift: n < 2 ? most : random.below(most + 1) };
      cycles += (1 + shape.lanes / shape.vectorLanes) * d * passes + shape.lanes * passes + 48 * d + 4 * d * passes + 200;
      return normCase(
        shape,
        { d, passes, kind, epsilon, biasShift: n === 5 ? biasShiftMax : random.below(biasShiftMax + 1), ...shifts },
        n % 3,
        n === 0 ? 1 : random.below(6),
        random,
      );
    });
  const { sum, solve, apply } = normCycles({ timing: { multiplierStages: shape.stages, extraStages: shape.extra } });
  const macros = {
    LANES: shape.lanes,
    VECTOR_LANES: shape.vectorLanes,
    PASSES: shape.passes,
    MAX_WIDTH: maxWidth,
    ACT_BITS: shape.actBits,
    MULTIPLIER_STAGES: shape.stages,
    EXTRA_STAGES: shape.extra,
    // The cycle of the start counts, too.
    OVERHEAD: 1 + sum + solve + apply,
    SWEEP: sum,
  };
  // The runner allows about a cycle a vector: headers with d = 0, of which only the first is read, make room for the waits.
  return {
    unit: 'norm',
    files: render(makeParams({}), norm, rsqrtRom, multiplier, fitShift, ram),
    macros,
    vectors: [...vectors, ...Array<string>(cycles).fill('0')],
  };
}

describeUnit({
  unit: 'norm',
  shapes: [
    { lanes: 2, vectorLanes: 2, passes: 3, maxWidth: 33, actBits: 8, stages: 1, extra: 1 },
    { lanes: 1, vectorLanes: 1, passes: 1, maxWidth: 7, actBits: 5, stages: 2, extra: 1 },
    { lanes: 4, vectorLanes: 1, passes: 1, maxWidth: 128, actBits: 6, stages: 1, extra: 0 },
    { lanes: 8, vectorLanes: 4, passes: 16, maxWidth: 32, actBits: 8, stages: 2, extra: 0 },
    { lanes: 1, vectorLanes: 1, passes: 4, maxWidth: 4, actBits: 4, stages: 2, extra: 0 },
    // The slow ones come last: a mutant is mostly seen before.
    { lanes: 2, vectorLanes: 2, passes: 3, maxWidth: 1100, actBits: 8, stages: 1, extra: 0 },
    { lanes: 1, vectorLanes: 1, passes: 1, maxWidth: modelWidth.max, actBits: 7, stages: 2, extra: 1 },
    // No power of two; behind the others, since mutants name their shape by number.
    { lanes: 6, vectorLanes: 3, passes: 2, maxWidth: 9, actBits: 8, stages: 1, extra: 1 },
  ],
  makeBench: normBench,
  mutants: [
    {
      what: 'rounds z down',
      find: "z_doubled = { z_shifted_q[16], z_shifted_q } + 18'd1",
      put: "z_doubled = { z_shifted_q[16], z_shifted_q } + 18'd0",
    },
    { what: 'keeps the sums of the token before', find: "sum_first ? {SUM2_BITS{1'b0}} : sum2", put: 'sum2' },
    { what: 'walks on without parameters', find: '&& !param_valid_i', put: "&& 1'b0" },
    { what: 'forgets the square of the sum', find: '(square & {VAR_BITS{centred_q}})', put: "{VAR_BITS{1'b0}}" },
    { what: 'wraps z', find: 'normalized_fits ? z_doubled[16:1] :', put: "1'b1 ? z_doubled[16:1] :", shows: { seed: 1000, shape: 5 } },
    { what: 'wraps x', find: 'x_fits ? x_doubled[ACT_BITS:1] :', put: "1'b1 ? x_doubled[ACT_BITS:1] :" },
    { what: 'takes a large x for what is left of it', find: '!x_over_q &&', put: "1'b1 &&" },
    { what: 'takes a large residual for what is left of it', find: '!r_over_q &&', put: "1'b1 &&" },
    { what: 'takes a large z for what is left of it', find: '!z_over_q &&', put: "1'b1 &&", shows: { seed: 1000, shape: 5 } },
    {
      what: 'saturates x to eight bits alone',
      find: '.OUT_BITS(ACT_BITS + 1), .STAGES(EXTRA_STAGES)) u_x_shift',
      put: '.OUT_BITS(9), .STAGES(EXTRA_STAGES)) u_x_shift',
    },
    {
      what: 'takes the sign of z from what is left of it',
      find: 'scaled_sign_q <= z_sign',
      put: 'scaled_sign_q <= z_shifted[16]',
      shows: { seed: 1000, shape: 5 },
    },
    {
      what: 'takes the scale of the pass before',
      find: 'scale_pass } * SHARE',
      put: 'product_pass_q } * SHARE',
      shows: { seed: 1000, shape: 3 },
    },
    {
      what: 'takes beta a cycle early',
      find: 'beta_q <= param_line_q[(NORMAL-2)*16+8 +: 8]',
      put: 'beta_q <= param_line_q[(NORMAL-3)*16+8 +: 8]',
    },
    { what: 'takes sums of what R no longer holds', find: 'unseen_i || r_wr_en_o', put: 'r_wr_en_o' },
    { what: 'takes sums of other features', find: 'seen_all_q && seen_next_q == features_i', put: 'seen_all_q' },
    { what: 'takes sums with a hole', find: '(seen_all_q && seen_feature_i == seen_next_q)', put: 'seen_all_q' },
    { what: 'adds what it sees to old sums', find: 'seen_sum ? seen_first_line[READ] : first_q[PRODUCT-1]', put: 'first_q[PRODUCT-1]' },
    { what: 'always sweeps twice', find: 'summed ? SOLVE : SUM', put: 'SUM' },
    { what: 'counts a feature before its last pass', find: 'if (out_last) out_features_q', put: 'out_features_q' },
    { what: 'counts on from the norm before', find: "out_features_q <= {WIDTH_BITS{1'b0}};", put: '' },
    { what: 'centres RMSNorm', find: 'centred_q <= kind_i == KIND_LAYER', put: "centred_q <= 1'b1" },
    { what: 'subtracts the sum of RMSNorm', find: 'sum1 } & {DIFF_BITS{centred_q}}', put: 'sum1 }' },
    { what: 'adds no epsilon', find: ' + epsilon_q;', put: ';' },
    { what: 'scales a copy as the norm before', find: 'plain_q ? PLAIN_SCALE : scales', put: 'scales' },
    { what: 'multiplies a copy by its width', find: "plain_q ? { {(RESIDUAL_BITS-1){1'b0}}, 1'b1 } :", put: '' },
    { what: 'sums for a copy', find: '(kind_i == KIND_PLAIN) ||', put: '' },
    { what: 'works for the first lanes in every turn', find: 'values[data_turn*RESIDUAL_BITS +:', put: 'values[0 +:' },
    { what: 'centres by the sum of the first lane in every turn', find: 'sums1[product_turn*SUM1_BITS +:', put: 'sums1[0 +:' },
    { what: 'takes the scale of the turn before', find: '}}, scale_turn };', put: '}}, product_turn };' },
    { what: 'keeps one scale for all turns', find: '* SHARE + solved_turn;', put: '* SHARE;' },
    { what: 'writes a word before its last turn', find: 'out_en && (out_turn_q == LAST_TURN)', put: 'out_en' },
    {
      what: 'counts turns on from the norm before',
      find: "      out_turn_q <= {TURN_BITS{1'b0}};\n    end else if (out_en && !out_word)",
      put: '    end else if (out_en && !out_word)',
    },
    {
      what: 'takes parameters in every turn',
      find: 'state_q == APPLY && first_pass && first_turn;',
      put: 'state_q == APPLY && first_pass;',
    },
    { what: 'multiplies a word by the one behind it', find: 'assign factor = other_q', put: 'assign factor = other' },
    { what: 'always writes back', find: 'out_word && write_back_q', put: 'out_word' },
  ],
});

test('the model of this test agrees with the golden kernel', () => {
  const random = makeRandom(7);
  for (let n = 0; n < 60; n += 1) {
    const d = 1 + random.below(n < 50 ? 200 : 2048);
    const state = createState(1, { X: d, H: 0, Q: 0, K: 0, V: 0, P: 0, R: d }, 8);
    const row = makeRow(d, n % 8, random);
    state.R.data.set(row.map(Number));
    const int8 = (): Int8Array => Int8Array.from({ length: d }, () => random.below(256) - 128);
    const gamma = int8();
    const beta = int8();
    const biasShift = random.below(biasShiftMax + 1);
    const shift = 1 + random.below(20);
    const writeBackShift = 1 + random.below(20);
    const sums = normalise(row).map((z, f) => z * BigInt(gamma[f] ?? 0) + (BigInt(beta[f] ?? 0) << BigInt(biasShift)));
    layerNorm(state, makeNorm({ inner: d, gamma, beta, biasShift, shift, writeBackShift }));
    expect([...state.X.data]).toEqual(sums.map((a) => Number(saturate(shiftRound(a, shift), 8))));
    expect([...state.R.data]).toEqual(sums.map((a) => Number(saturate(shiftRound(a, writeBackShift), 16))));
  }
});
