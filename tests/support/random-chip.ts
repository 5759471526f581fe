/** Random legal hardware over every parameter, with random models that it holds, requests and memories, from a seed. */
import { policies, type Policy } from '../../generator/contract/codes.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import type { RunSettings } from '../../generator/sim/chip-run.js';
import { atEnd } from './memory-end.js';
import { paramsFor, pick, randomShape } from './random-core.js';
import { between, randomFrom, randomModel, randomRequests, type ModelShape } from './random-model.js';
import { randomParams } from './random-params.js';

export interface RandomRun {
  readonly image: Image;
  readonly requests: readonly Int8Array[];
  readonly policy: Policy;
  readonly settings: RunSettings;
  readonly gap: number;
}

export interface RandomChip {
  readonly params: Params;
  /** Address of the first byte of memory: 0, or such that the rows of every run end at the last address. */
  readonly base: number;
  readonly runs: readonly RandomRun[];
}

/** What `randomParams` draws, with an envelope at least as wide as the models need. */
function holding(drawn: Params, shapes: readonly ModelShape[]): Params {
  const needs = shapes.map((shape) => paramsFor(drawn, shape).envelope);
  const atLeast = (field: keyof Params['envelope']): number => Math.max(drawn.envelope[field], ...needs.map((need) => need[field]));
  return makeParams({
    ...drawn,
    envelope: {
      width: atLeast('width'),
      hidden: atLeast('hidden'),
      rank: atLeast('rank'),
      codeWords: atLeast('codeWords'),
      matrices: atLeast('matrices'),
      instructions: atLeast('instructions'),
    },
  });
}

export function randomChip(seed: number, models = 2): RandomChip {
  const random = randomFrom(seed);
  const drawn = randomParams(seed);
  const { columns } = drawn.array;
  const shapes = Array.from({ length: models }, () => randomShape(random, columns, { activationBits: drawn.numerics.activationBits }));
  const params = holding(drawn, shapes);
  const { windowTokens, sliceTokens } = derive(params);
  const { burstBeats, outstandingReads } = params.port;
  const runs = shapes.map((shape, n) => {
    const image = readImage(writeImage(randomModel(seed + n, shape), { columns, busBytes: params.port.busBytes }));
    // The whole window, one token, and some of any length.
    const lengths = [windowTokens, 1, ...Array.from({ length: between(random, 1, 4) }, () => between(random, 1, windowTokens))];
    const policy = pick(random, policies);
    // Windows of tokens hold many short ones.
    if (policy === 'tokens')
      lengths.push(...Array.from({ length: between(random, 1, 12) }, () => between(random, 1, Math.ceil(sliceTokens / 2))));
    // A far memory costs Icarus an hour; beats that come one by one from there cost anybody one.
    const far = n === 0 ? 1000 : Math.min(10_000, 625 * burstBeats * outstandingReads);
    const memory = pick(random, [
      {},
      { latency: far },
      { latency: between(random, 10, 500), throttle: between(random, 1, 4) },
      { latency: between(random, 2, 40), jitter: between(random, 1, 30), stalls: between(random, 1, 10) },
    ]);
    return {
      image,
      lengths,
      requests: randomRequests(seed + n, image.model, lengths),
      policy,
      settings: { seed: seed + n, trace: true, patience: 100_000_000, timeoutMs: 3_600_000, ...memory },
    };
  });
  const places = random() < 0.5 ? atEnd(params, runs) : runs.map(() => ({ base: 0, gap: 0 }));
  return { params, base: places[0]!.base, runs: runs.map((run, n) => ({ ...run, gap: places[n]!.gap })) };
}
