import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { rsqrtRom } from '../../generator/rtl/rsqrt_rom.js';
import { describeUnit, pack, render, type Bench } from '../support/unit-bench.js';

/** Every address; the entry from its definition, eq. 12. */
function romBench(): Bench {
  const vectors = Array.from({ length: 512 }, (_, u) =>
    pack([
      [widths.RSQRT.bits, u < 128 ? 0 : Math.round(2048 / Math.sqrt((u + 0.5) / 512))],
      [9, u],
    ]),
  );
  return { unit: 'rsqrt_rom', files: render(makeParams({}), rsqrtRom), macros: {}, vectors };
}

describeUnit({
  unit: 'rsqrt_rom',
  shapes: [{ entries: 384 }],
  makeBench: romBench,
  mutants: [
    { what: 'has one wrong entry', find: "9'd200: mantissa_o = 3273", put: "9'd200: mantissa_o = 3272" },
    { what: 'lacks its last entry', find: "      9'd511: mantissa_o = 2049;\n", put: '' },
    { what: 'gives something without a variance', find: "mantissa_o = {RSQRT_BITS{1'b0}}", put: 'mantissa_o = 4088' },
  ],
});
