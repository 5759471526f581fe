/** Random hardware, model, requests and memory for comparing the analytic model with the chip. */
import { randomFrom } from '../../generator/util/random.js';
import type { Memory } from '../../generator/analytic/read-port.js';
import { policies, type Policy } from '../../generator/contract/codes.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { outputKinds, withOutputs } from '../../generator/program/best.js';
import type { PackedModel } from '../../generator/program/operation.js';
import { buildWorkload, codings } from '../../generator/subject/workload/build.js';
import { fourMatrices, threeMatrices, type WorkloadShape } from '../../generator/subject/workload/shapes.js';

export interface HardwareCase {
  readonly params: Params;
  readonly runs: readonly RunCase[];
}

export interface RunCase {
  readonly model: PackedModel;
  readonly lengths: readonly number[];
  readonly policy: Policy;
  readonly memory: Memory;
  readonly seed: number;
  /** Text for the title of a failure. */
  readonly text: string;
}

/** `count` configurations, `runs` models and memories on each. */
export function randomCases(seed: number, count: number, runs: number): HardwareCase[] {
  const random = randomFrom(seed);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const power = (low: number, high: number): number => 2 ** between(low, high);
  const pick = <T>(choices: readonly T[]): T => choices[between(0, choices.length - 1)]!;

  const hardware = (rowCrc: number): Params => {
    const burstBeats = power(0, 4);
    const slices = power(0, 2);
    const lanesPerSlice = power(0, 3);
    return makeParams({
      array: { columns: power(1, 3), slices, lanesPerSlice, passes: between(1, 6) },
      envelope: { width: 48, hidden: 96, rank: 32, codeWords: 4096, instructions: 64 },
      port: {
        busBytes: power(2, 5),
        burstBeats,
        outstandingReads: power(1, 4),
        prefetchBeats: Math.max(4, burstBeats * power(0, 4)),
        rowCrc,
      },
      batcher: { lookahead: power(0, 5), segments: Math.max(slices, power(0, 5)), windowBuffers: between(1, 2) },
      registerFile: pick([{}, {}, { directions: 1 }, { directions: 1, turn: 'late' }]),
      timing: { multiplierStages: between(1, 2) },
      vector: { lanes: pick([0, 1, Math.max(1, (slices * lanesPerSlice) / 2)]) },
    });
  };

  const shape = (columns: number): WorkloadShape => {
    const heads = between(1, 3);
    const projection = random() < 0.5 ? { projection: between(3, 48) } : {};
    const ends = random() < 0.5 ? { ends: { classes: between(2, 20), ...projection } } : {};
    const rank = columns * between(1, Math.floor(32 / columns));
    return {
      name: 'random',
      width: heads * between(3, 16),
      layers: 1,
      heads,
      hidden: between(8, 90),
      norm: pick(['pre', 'post']),
      tokens: 0,
      rank,
      k: between(1, Math.min(rank, 2 * columns)),
      sharing: pick([threeMatrices, fourMatrices]),
      ...ends,
    };
  };

  const run = (params: Params): RunCase => {
    const { columns } = params.array;
    const { windowTokens, sliceTokens } = derive(params);
    const memory = {
      latencyCycles: pick([between(10, 60), between(60, 200), between(200, 500)]),
      cyclesPerBeat: pick([1, 1, between(2, 4)]),
    };
    const [coding, policy, modelSeed] = [pick(codings), random() < 0.5 ? 'tokens' : pick(policies), between(1, 1e6)] as const;
    // Under `tokens` many short ones meet in a slice, at every place of it.
    const lengths =
      policy === 'tokens' && random() < 0.5
        ? Array.from({ length: between(8, 24) }, () => between(1, random() < 0.9 ? Math.ceil(sliceTokens / 2) : windowTokens))
        : Array.from({ length: between(2, 8) }, () => between(1, random() < 0.6 ? sliceTokens : windowTokens));
    const drawn = shape(columns);
    const outputs = pick(outputKinds);
    return {
      model: withOutputs(buildWorkload(drawn, { coding, banks: columns, seed: modelSeed }), outputs),
      lengths,
      policy,
      memory,
      seed: modelSeed,
      text: JSON.stringify({ coding, policy, outputs, lengths, ...memory, shape: drawn }),
    };
  };

  // Every other one has a CRC behind rows.
  return Array.from({ length: count }, (_, number) => {
    const params = hardware(number % 2);
    return { params, runs: Array.from({ length: runs }, () => run(params)) };
  });
}
