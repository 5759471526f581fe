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
import { fourMatrices } from '../support/sharing.js';
import { threeMatrices, type WorkloadShape } from '../../generator/subject/workload/shapes.js';

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

/** Numbers and choices in the order in which they are drawn. */
class Draw {
  constructor(readonly random: () => number) {}

  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  power(low: number, high: number): number {
    return 2 ** this.between(low, high);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)]!;
  }
}

function randomHardware(draw: Draw, rowCrc: number): Params {
  const burstBeats = draw.power(0, 4);
  const slices = draw.power(0, 2);
  const lanesPerSlice = draw.power(0, 3);
  return makeParams({
    array: { columns: draw.power(1, 3), slices, lanesPerSlice, passes: draw.between(1, 6) },
    envelope: { width: 48, hidden: 96, rank: 32, codeWords: 4096, instructions: 64 },
    port: {
      busBytes: draw.power(2, 5),
      burstBeats,
      outstandingReads: draw.power(1, 4),
      prefetchBeats: Math.max(4, burstBeats * draw.power(0, 4)),
      rowCrc,
    },
    batcher: { lookahead: draw.power(0, 5), segments: Math.max(slices, draw.power(0, 5)), windowBuffers: draw.between(1, 2) },
    registerFile: draw.pick([{}, {}, { directions: 1 }, { directions: 1, turn: 'late' }]),
    timing: { multiplierStages: draw.between(1, 2), extraStages: draw.between(0, 1) },
    vector: { lanes: draw.pick([0, 1, Math.max(1, (slices * lanesPerSlice) / 2)]) },
  });
}

function randomShape(draw: Draw, columns: number): WorkloadShape {
  const heads = draw.between(1, 3);
  const projection = draw.random() < 0.5 ? { projection: draw.between(3, 48) } : {};
  const ends = draw.random() < 0.5 ? { ends: { classes: draw.between(2, 20), ...projection } } : {};
  const rank = columns * draw.between(1, Math.floor(32 / columns));
  return {
    name: 'random',
    width: heads * draw.between(3, 16),
    layers: 1,
    heads,
    hidden: draw.between(8, 90),
    norm: draw.pick(['pre', 'post']),
    tokens: 0,
    rank,
    k: draw.between(1, Math.min(rank, 2 * columns)),
    sharing: draw.pick([threeMatrices, fourMatrices]),
    ...ends,
  };
}

/** Tokens of each request: under `tokens` many short ones meet in a slice, at every place of it. */
function randomLengths(draw: Draw, policy: Policy, params: Params): number[] {
  const { windowTokens, sliceTokens } = derive(params);
  return policy === 'tokens' && draw.random() < 0.5
    ? Array.from({ length: draw.between(8, 24) }, () => draw.between(1, draw.random() < 0.9 ? Math.ceil(sliceTokens / 2) : windowTokens))
    : Array.from({ length: draw.between(2, 8) }, () => draw.between(1, draw.random() < 0.6 ? sliceTokens : windowTokens));
}

function randomRun(draw: Draw, params: Params): RunCase {
  const { columns } = params.array;
  const memory = {
    latencyCycles: draw.pick([draw.between(10, 60), draw.between(60, 200), draw.between(200, 500)]),
    cyclesPerBeat: draw.pick([1, 1, draw.between(2, 4)]),
  };
  const coding = draw.pick(codings);
  const policy = draw.random() < 0.5 ? 'tokens' : draw.pick(policies);
  const seed = draw.between(1, 1e6);
  const lengths = randomLengths(draw, policy, params);
  const shape = randomShape(draw, columns);
  const outputs = draw.pick(outputKinds);
  return {
    model: withOutputs(buildWorkload(shape, { coding, banks: columns, seed }), outputs),
    lengths,
    policy,
    memory,
    seed,
    text: JSON.stringify({ coding, policy, outputs, lengths, ...memory, shape }),
  };
}

/** `count` configurations, `runs` models and memories on each; every other one has a CRC behind rows. */
export function randomCases(seed: number, count: number, runs: number): HardwareCase[] {
  const draw = new Draw(randomFrom(seed));
  return Array.from({ length: count }, (_, number) => {
    const params = randomHardware(draw, number % 2);
    return { params, runs: Array.from({ length: runs }, () => randomRun(draw, params)) };
  });
}
