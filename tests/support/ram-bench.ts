import type { RtlFile } from '../../generator/rtl/render.js';
import { join, makeRandom, pack, type Bench } from './unit-bench.js';

export interface RamShape {
  readonly wordBits: number;
  readonly depth: number;
  readonly laneBits: number;
  /** 0: of the same cycle; 1, when left out. */
  readonly readCycles?: 0 | 1;
  /** 0: the word being written is not to be read, and gives its inverse; 1, when left out. */
  readonly readOld?: 0 | 1;
}

/** Random writes by lane and reads, many of them of the address being written, against an array of lanes. */
export function ramBench(
  files: readonly RtlFile[],
  { wordBits, depth, laneBits, readCycles = 1, readOld = 1 }: RamShape,
  seed: number,
): Bench {
  const random = makeRandom(seed);
  const lanes = wordBits / laneBits;
  const addressBits = Math.max(1, Math.ceil(Math.log2(depth)));
  const words: bigint[][] = Array.from({ length: depth }, () => Array.from({ length: lanes }, () => 0n));
  let shown: bigint | undefined;
  let last = 0;
  const vectors: string[] = [];
  for (let n = -1; n < depth + 600; n += 1) {
    const filling = n < depth;
    const wrEn = n >= 0 && (filling || random.below(4) > 0);
    const wrAddress = filling ? Math.max(0, n) : random.below(4) === 0 ? last : random.below(depth);
    const enables = Array.from({ length: lanes }, () => filling || random.below(2) === 1);
    const data = Array.from({ length: lanes }, () => random.bits(laneBits));
    const rdEn = !filling && random.below(3) > 0;
    // The word being written, the one written a cycle ago, or any.
    const rdAddress = [wrAddress, last][random.below(4)] ?? random.below(depth);
    if (readCycles === 0) shown = filling ? undefined : join(words[rdAddress] ?? [], laneBits);
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
    const met = readOld === 0 && wrEn && enables.includes(true) && rdAddress === wrAddress;
    if (rdEn && readCycles === 1) shown = join(words[rdAddress] ?? [], laneBits) ^ (met ? (1n << BigInt(wordBits)) - 1n : 0n);
    if (wrEn) {
      words[wrAddress] = (words[wrAddress] ?? []).map((old, k) => (enables[k] ? (data[k] ?? 0n) : old));
      last = wrAddress;
    }
  }
  return {
    unit: 'ram_1r1w',
    files,
    macros: { WORD_BITS: wordBits, DEPTH: depth, LANE_BITS: laneBits, READ_CYCLES: readCycles, READ_OLD: readOld },
    vectors,
  };
}
