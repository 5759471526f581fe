import { makeParams } from '../../generator/params/params.js';
import { ram, ramMacro } from '../../generator/rtl/ram_1r1w.js';
import { describeUnit, join, makeRandom, pack, render, type Bench } from '../support/unit-bench.js';

type Kind = 'block' | 'distributed' | 'macro';

interface Shape {
  readonly kind: Kind;
  readonly wordBits: number;
  readonly depth: number;
  readonly laneBits: number;
}

/** Random writes by lane and reads, many of them of the address being written, against an array of lanes. */
function ramBench({ kind, wordBits, depth, laneBits }: Shape, seed: number): Bench {
  const random = makeRandom(seed);
  const lanes = wordBits / laneBits;
  const addressBits = Math.max(1, Math.ceil(Math.log2(depth)));
  const words: bigint[][] = Array.from({ length: depth }, () => Array.from({ length: lanes }, () => 0n));
  let shown: bigint | undefined;
  const vectors: string[] = [];
  for (let n = -1; n < depth + 600; n += 1) {
    const filling = n < depth;
    const wrEn = n >= 0 && (filling || random.below(4) > 0);
    const wrAddress = filling ? Math.max(0, n) : random.below(depth);
    const enables = Array.from({ length: lanes }, () => filling || random.below(2) === 1);
    const data = Array.from({ length: lanes }, () => random.bits(laneBits));
    const rdEn = !filling && random.below(3) > 0;
    const rdAddress = random.below(3) === 0 ? wrAddress : random.below(depth);
    vectors.push(
      pack([
        [1, shown !== undefined],
        [wordBits, shown ?? 0n],
        [1, wrEn],
        [addressBits, wrAddress],
        [lanes, join(enables, 1)],
        [wordBits, join(data, laneBits)],
        [1, rdEn],
        [addressBits, rdAddress],
      ]),
    );
    if (rdEn) shown = join(words[rdAddress] ?? [], laneBits);
    if (wrEn) words[wrAddress] = (words[wrAddress] ?? []).map((old, k) => (enables[k] ? (data[k] ?? 0n) : old));
  }
  const params = makeParams({ memory: { kind } });
  const files = kind === 'macro' ? render(params, ram, ramMacro) : render(params, ram);
  return { unit: 'ram_1r1w', files, macros: { WORD_BITS: wordBits, DEPTH: depth, LANE_BITS: laneBits }, vectors };
}

describeUnit({
  unit: 'ram_1r1w',
  shapes: [
    { kind: 'block', wordBits: 64, depth: 24, laneBits: 8 },
    { kind: 'block', wordBits: 16, depth: 1, laneBits: 16 },
    { kind: 'distributed', wordBits: 12, depth: 5, laneBits: 4 },
    { kind: 'macro', wordBits: 40, depth: 33, laneBits: 8 },
    { kind: 'macro', wordBits: 1, depth: 2, laneBits: 1 },
  ],
  makeBench: ramBench,
  mutants: [
    { what: 'ignores the lane enables', find: 'wr_en_i && wr_lanes_i[k]', put: 'wr_en_i' },
    { what: 'reads without being asked', find: 'if (rd_en_i)', put: 'if (1\'b1)' },
    { what: 'returns the new word of the address being written', find: '<= mem_q[rd_addr_i]', put: '<= (wr_en_i && (wr_addr_i == rd_addr_i)) ? wr_data_i : mem_q[rd_addr_i]' },
  ],
});
