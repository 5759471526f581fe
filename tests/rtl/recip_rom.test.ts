import { widths } from '../../generator/contract/widths.js';
import { makeParams } from '../../generator/params/params.js';
import { recipRom } from '../../generator/rtl/recip_rom.js';
import { describeUnit, pack, render, type Bench } from '../support/unit-bench.js';

/** Every address; the entry from its definition, eq. 18. */
function romBench(): Bench {
  const vectors = Array.from({ length: 256 }, (_, i) =>
    pack([
      [widths.MULTIPLIER.bits, Math.round(2 ** 18 / (256 + i + 0.5))],
      [8, i],
    ]),
  );
  return { unit: 'recip_rom', files: render(makeParams({}), recipRom), macros: {}, vectors };
}

describeUnit({
  unit: 'recip_rom',
  shapes: [{ entries: 256 }],
  makeBench: romBench,
  mutants: [
    { what: 'has one wrong entry', find: "8'd0: mantissa_o = 1022", put: "8'd0: mantissa_o = 1023" },
    { what: 'lacks its last entry', find: "      8'd255: mantissa_o = 513;\n", put: '' },
  ],
});
