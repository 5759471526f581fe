import { makeParams } from '../../generator/params/params.js';
import { crcOf } from '../../generator/program/manifest.js';
import { crc32 } from '../../generator/rtl/crc32.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

interface Shape {
  readonly busBytes: number;
}

/** Messages of random length with gaps, held against the CRC that images carry. */
function crcBench({ busBytes }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const vectors: string[] = [];
  let message: number[] | undefined;
  for (let n = 0; n < 600; n += 1) {
    const clear = message === undefined || random.below(20) === 0;
    const en = random.below(3) > 0;
    const kind = random.below(4);
    const beat = Array.from({ length: busBytes }, () => (kind === 0 ? 0 : kind === 1 ? 255 : random.below(256)));
    const want = message === undefined ? 0 : crcOf(Uint8Array.from(message)) >>> 0;
    vectors.push(
      pack([
        [1, message !== undefined],
        [32, want],
        [1, clear],
        [1, en],
        [8 * busBytes, join(beat, 8)],
      ]),
    );
    if (clear) message = [];
    else if (en) message = [...(message ?? []), ...beat];
  }
  return { unit: 'crc32', files: render(makeParams({ port: { busBytes } }), crc32), macros: { BUS_BYTES: busBytes }, vectors };
}

describeUnit({
  unit: 'crc32',
  shapes: [4, 16, 64].map((busBytes) => ({ busBytes })),
  makeBench: crcBench,
  mutants: [
    { what: 'takes one bit of a beat wrongly', find: 'crc_q[17] <= ^(mixed &', put: 'crc_q[17] <= ^((mixed >> 1) &' },
    { what: 'begins with zeros', find: "32'hffffffff", put: "32'h0" },
    { what: 'gives the register as it is', find: 'crc_o = ~crc_q', put: 'crc_o = crc_q' },
    { what: 'takes every beat', find: 'if (en_i)', put: "if (1'b1)" },
  ],
});
