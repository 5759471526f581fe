import { expect, test } from 'vitest';
import { attend } from '../../generator/golden/attention.js';
import { createState } from '../../generator/golden/state.js';
import { softmaxCycles } from '../../generator/contract/latencies.js';
import { mostKeys, widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { recipRom } from '../../generator/rtl/recip_rom.js';
import { softmax } from '../../generator/rtl/softmax.js';
import { ram } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench, type Random } from '../support/unit-bench.js';

interface Shape {
  readonly lanes: number;
  readonly passes: number;
  readonly maxKeys: number;
  readonly extraStages?: 1;
}

interface Token {
  readonly scores: readonly number[];
  readonly valid: readonly boolean[];
}

interface Weights {
  readonly p: readonly number[];
  readonly r: number;
  readonly b: number;
}

/** Equations 17, 18 and 20 of docs/numerics.md, tables from their definitions; r = b = 0 when no key is valid. */
function weigh({ scores, valid }: Token, uniform: boolean): Weights {
  const top = Math.max(...scores.filter((_, u) => valid[u]));
  const p = scores.map((score, u) => {
    if (valid[u] !== true) return 0;
    if (uniform) return 1;
    const n = Math.floor((top - score) / 32);
    const e = Math.round(127 * 256 * 2 ** (-((top - score) % 32) / 32));
    return n >= 8 ? 0 : Math.floor((e + 2 ** (7 + n)) / 2 ** (8 + n));
  });
  const sum = p.reduce((a, v) => a + v, 0);
  if (sum === 0) return { p, r: 0, b: 0 };
  const b = sum.toString(2).length;
  const w = Math.floor(sum * 2 ** (9 - b));
  return { p, r: Math.round(512 / ((w + 0.5) / 512)), b };
}

/** One token: no key, a prefix of keys, or any keys; scores all alike, extremes, near the top, or anything. */
function makeToken(keys: number, random: Random): Token {
  const reach = random.below(6);
  const length = 1 + random.below(keys);
  const kind = random.below(6);
  const centre = random.below(4096) - 2048;
  return {
    valid: Array.from({ length: keys }, (_, u) =>
      reach === 0 ? false : reach === 1 ? random.below(2) === 1 : reach < 4 ? u < length : true,
    ),
    scores: Array.from({ length: keys }, () => {
      if (kind === 0) return centre;
      if (kind === 1) return random.below(2) === 0 ? -2048 : 2047;
      if (kind === 2) return random.below(4096) - 2048;
      return Math.max(-2048, Math.min(2047, centre + random.below(2 ** (3 + kind))));
    }),
  };
}

/** Mask, wanted probabilities and scores of one key for the lanes of a pass. */
function wordOf(tokens: readonly Token[], wanted: readonly Weights[], u: number): string {
  const masks = tokens.map(({ valid }) => valid[u] ?? false);
  const probabilities = wanted.map((want) => want.p[u] ?? 0);
  const scores = tokens.map((token) => token.scores[u] ?? 0);
  const { bits } = widths.SCORE;
  return pack([
    [tokens.length, join(masks, 1)],
    [tokens.length * bits, join(probabilities, bits)],
    [tokens.length * bits, join(scores, bits)],
  ]);
}

/** Wanted shifts and reciprocals for the lanes of a pass. */
function reciprocalsOf(wanted: readonly Weights[]): string {
  const shifts = wanted.map(({ b }) => b);
  const mantissas = wanted.map(({ r }) => r);
  const { bits } = widths.MULTIPLIER;
  return pack([
    [wanted.length * 6, join(shifts, 6)],
    [wanted.length * bits, join(mantissas, bits)],
  ]);
}

function softmaxCase(shape: Shape, keys: number, passes: number, uniform: boolean, random: Random): string[] {
  const { lanes } = shape;
  const tokens = Array.from({ length: shape.passes * lanes }, () => makeToken(keys, random));
  const wanted = tokens.map((token) => weigh(token, uniform));
  const header = pack([
    [1, random.below(2)],
    [1, uniform],
    [7, passes],
    [widths.POSITION.bits, keys],
  ]);
  const ofPass = <T>(list: readonly T[], p: number): readonly T[] => list.slice(p * lanes, (p + 1) * lanes);
  const each = Array.from({ length: shape.passes }, (_, p) => p);
  const words = Array.from({ length: keys }, (_, u) => each.map((p) => wordOf(ofPass(tokens, p), ofPass(wanted, p), u)));
  return [header, ...words.flat(), ...each.map((p) => reciprocalsOf(ofPass(wanted, p)))];
}

/** Vectors from one key to all of them, in some passes and in all, uniform every third time. */
function softmaxBench(shape: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const { lanes, maxKeys } = shape;
  let cycles = 0;
  const vectors = [maxKeys, 1, maxKeys, 2, 7, Math.max(1, maxKeys - 1), 3, 5, Math.min(maxKeys, 33)]
    .filter((keys) => keys <= maxKeys)
    .flatMap((keys, n) => {
      const passes = n < 3 ? shape.passes : 1 + random.below(shape.passes);
      cycles += 16 * keys * passes + lanes * passes + 3 * passes + 100;
      return softmaxCase(shape, keys, passes, n % 3 === 2, random);
    });
  const macros = {
    LANES: lanes,
    PASSES: shape.passes,
    MAX_KEYS: maxKeys,
    OVERHEAD: 1 + softmaxCycles.walk + softmaxCycles.solve,
    WALKED: softmaxCycles.walk,
  };
  // The runner allows about a cycle a vector: headers with no key, of which only the first is read, make room for the gaps.
  return {
    unit: 'softmax',
    files: render(makeParams({ timing: { extraStages: shape.extraStages ?? 0 } }), softmax, recipRom, ram),
    macros,
    vectors: [...vectors, ...Array<string>(cycles).fill('0')],
  };
}

describeUnit<Shape>({
  unit: 'softmax',
  shapes: [
    { lanes: 2, passes: 3, maxKeys: 100 },
    { lanes: 1, passes: 1, maxKeys: 7 },
    { lanes: 4, passes: 1, maxKeys: 128, extraStages: 1 },
    { lanes: 8, passes: 16, maxKeys: 32, extraStages: 1 },
    { lanes: 1, passes: 4, maxKeys: 2 },
    { lanes: 1, passes: 1, maxKeys: mostKeys },
  ],
  makeBench: softmaxBench,
  mutants: [
    { what: 'compares scores without their sign', find: 'observed > observed_top', put: '$unsigned(observed) > $unsigned(observed_top)' },
    { what: 'lets invalid keys raise the top', find: 'came && came_mask[l]', put: 'came' },
    { what: 'keeps the top of the head before', find: "observe_clear_i ? {PASSES{1'b0}} : seen_q", put: 'seen_q' },
    { what: 'takes the mask a cycle early', find: '!mask_q[1]', put: '!mask_q[0]' },
    { what: 'rounds p down', find: "{ 6'd0, shifted[0] }", put: "7'd0" },
    { what: 'gives far keys a weight', find: 'else if (vanishes_q)', put: "else if (1'b0)" },
    { what: 'keeps the sum of the head before', find: "first_q[WALK_STAGES-1] ? {SUM_BITS{1'b0}} : sum", put: 'sum' },
    { what: 'takes the top of another pass', find: 'walked ? word_pass :', put: 'walked ? pass_line_q[PASS_BITS +: PASS_BITS] :' },
    { what: 'names the key of another probability', find: 'assign wr_key_o = out_key_q', put: 'assign wr_key_o = key_q' },
    {
      what: 'frees the memory before the last probability',
      find: 'assign walking_o = state_q == WALK',
      put: 'assign walking_o = walking_q && state_q == WALK',
    },
    { what: 'gives every token the same reciprocal', find: 'solve_lane2_q == l', put: "1'b1" },
  ],
});

test('the model of this test agrees with the golden kernel', () => {
  const random = makeRandom(7);
  for (let n = 0; n < 40; n += 1) {
    const tokens = 1 + random.below(60);
    const state = createState(tokens, { X: 1, H: 0, Q: 1, K: 1, V: 1, P: 0, R: 0 }, 8);
    for (const { data } of [state.Q, state.K, state.V]) data.forEach((_, t) => (data[t] = random.below(256) - 128));
    const uniform = n % 3 === 2;
    const causal = n % 2 === 1;
    attend(state, { op: 'ATTEND', inner: 1, base: 0, causal, uniform, score: { m: 1, s: 4 }, valueShift: 9 });
    const wanted = Array.from({ length: tokens }, (_, t) => {
      const scores = Array.from(state.K.data, (k) => Math.max(-2048, Math.min(2047, Math.floor(((state.Q.data[t] ?? 0) * k + 8) / 16))));
      const { p, r, b } = weigh({ scores, valid: scores.map((_, u) => !causal || u <= t) }, uniform);
      const acc = p.reduce((sum, weight, u) => sum + weight * (state.V.data[u] ?? 0), 0);
      return Math.max(-128, Math.min(127, Math.floor((acc * r + 2 ** (b + 8)) / 2 ** (b + 9))));
    });
    expect([...state.X.data]).toEqual(wanted);
  }
});
