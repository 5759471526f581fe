import { makeParams } from '../../generator/params/params.js';
import { keyMask } from '../../generator/rtl/key_mask.js';
import { randomWindow, tokenOf, windowFields } from '../support/random-window.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly slices: number;
  readonly lanes: number;
  readonly passes: number;
}

/** Random windows; keys inside the slice, at its end and in the filling of its last tile. */
function maskBench({ slices, lanes, passes }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const sliceTokens = lanes * passes;
  const passBits = Math.max(1, Math.ceil(Math.log2(passes)));
  const vectors: string[] = [];
  for (let n = 0; n < 600; n += 1) {
    const slots = randomWindow(random, slices, sliceTokens);
    const [group, key, pass, causal] = [random.below(slices), random.below(sliceTokens + 4), random.below(passes), random.below(2) === 1];
    const mask = slots.flatMap((slot, s) =>
      Array.from({ length: lanes }, (_, lane) => {
        const position = group * sliceTokens + key;
        return (
          slot.valid &&
          group < slot.count &&
          key < sliceTokens &&
          position < slot.length &&
          (!causal || position <= tokenOf(slot, s, pass, lane, lanes, passes))
        );
      }),
    );
    vectors.push(pack([[slices * lanes, join(mask, 1)], [2, group], [12, key], [passBits, pass], [1, causal], ...windowFields(slots)]));
  }
  return {
    unit: 'key_mask',
    files: render(makeParams({}), keyMask),
    macros: { SLICES: slices, SLICE_LANES: lanes, PASSES: passes },
    vectors,
  };
}

describeUnit({
  unit: 'key_mask',
  shapes: [
    { slices: 4, lanes: 2, passes: 3 },
    { slices: 1, lanes: 1, passes: 1 },
    { slices: 2, lanes: 4, passes: 5 },
  ],
  makeBench: maskBench,
  mutants: [
    { what: 'looks at keys ahead under a causal mask', find: '(!causal_i ||', put: "(1'b1 ||" },
    { what: 'hides a query from itself', find: 'key_position <= position', put: 'key_position < position' },
    { what: 'looks past the end of its request', find: '&& (key_position < slice_length_i', put: '|| (key_position < slice_length_i' },
    { what: 'takes the filling of a tile for keys of the next slice', find: ' && (key_i < SLICE_TOKENS)', put: '' },
    { what: 'counts queries from the first slice of the window', find: 'SLICE - slice_first_i[2*s +: 2]', put: 'SLICE' },
  ],
});
