/** Random legal hardware over every parameter, with random models that it holds, requests and memories, from a seed. */
import { policies, type Policy } from '../../generator/batch/form-windows.js';
import { derive } from '../../generator/params/derived.js';
import type { Params } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { readImage, writeImage, type Image } from '../../generator/program/image.js';
import type { RunSettings } from '../../generator/sim/chip-run.js';
import { paramsFor, pick, randomShape } from './random-core.js';
import { between, randomFrom, randomModel, randomRequests, type ModelShape } from './random-model.js';
import { randomParams } from './random-params.js';

export interface RandomRun {
  readonly image: Image;
  readonly requests: readonly Int8Array[];
  readonly policy: Policy;
  readonly settings: RunSettings;
}

export interface RandomChip {
  readonly params: Params;
  readonly runs: readonly RandomRun[];
}

/** What `randomParams` draws, with an envelope at least as wide as the models need. */
function holding(drawn: Params, shapes: readonly ModelShape[]): Params {
  const needs = shapes.map((shape) => paramsFor(drawn, shape).envelope);
  const atLeast = (field: keyof Params['envelope']): number => Math.max(drawn.envelope[field], ...needs.map((need) => need[field]));
  return makeParams({
    ...drawn,
    envelope: {
      width: atLeast('width'), hidden: atLeast('hidden'), rank: atLeast('rank'), codeWords: atLeast('codeWords'), matrices: atLeast('matrices'), instructions: atLeast('instructions'),
    },
  });
}

export function randomChip(seed: number, models = 2): RandomChip {
  const random = randomFrom(seed);
  const drawn = randomParams(seed);
  const { columns } = drawn.array;
  const shapes = Array.from({ length: models }, () => randomShape(random, columns, { activationBits: drawn.numerics.activationBits }));
  const params = holding(drawn, shapes);
  const { windowTokens } = derive(params);
  const runs = shapes.map((shape, n): RandomRun => {
    const image = readImage(writeImage(randomModel(seed + n, shape), { columns, busBytes: params.port.busBytes }));
    // The whole window, one token, and some of any length.
    const lengths = [windowTokens, 1, ...Array.from({ length: between(random, 1, 4) }, () => between(random, 1, windowTokens))];
    const memory = pick(random, [{}, { latency: between(random, 10, 500), throttle: between(random, 1, 4) }, { latency: between(random, 2, 40), jitter: between(random, 1, 30), stalls: between(random, 1, 10) }]);
    return {
      image, requests: randomRequests(seed + n, image.model, lengths), policy: pick(random, policies),
      settings: { seed: seed + n, trace: true, patience: 10_000_000, timeoutMs: 3_600_000, ...memory },
    };
  });
  return { params, runs };
}
