/** Random hardware with a random model and windows that fit it, from a seed. */
import { derive } from '../../generator/params/derived.js';
import type { Params, ParamsInput } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import type { PackedModel } from '../../generator/program/operation.js';
import type { CoreWindow, Placed } from './core-files.js';
import { randomWindow } from './random-window.js';
import { makeRandom } from './unit-bench.js';
import { between, randomFrom, randomModel, randomRequests, type ModelShape, type Random } from './random-model.js';

export const pick = <T>(random: Random, choices: readonly T[]): T => choices[between(random, 0, choices.length - 1)]!;

/** An envelope just as wide as the model, so that odd sizes reach the memories. */
export function paramsFor(input: ParamsInput, shape: ModelShape): Params {
  const { array, registerFile, memory, port, timing, batcher } = input;
  const columns = array?.columns ?? 8;
  const inside = shape.heads * shape.headWidth;
  const width = Math.max(4, shape.width, inside, shape.inputWidth, shape.classes);
  const hidden = Math.max(4, shape.hidden, shape.classes);
  const copies = shape.ownMatrices === true ? shape.layers : 1;
  const inner = copies * (shape.width * 2 + inside + shape.hidden);
  return makeParams({
    ...(array && { array }),
    ...(registerFile && { registerFile }),
    ...(memory && { memory }),
    ...(port && { port }),
    ...(timing && { timing }),
    ...(batcher && { batcher }),
    numerics: { activationBits: shape.activationBits },
    envelope: {
      width,
      hidden,
      rank: Math.ceil(Math.max(4, shape.rank) / columns) * columns,
      codeWords: Math.max(4, (shape.rank / columns) * inner),
      matrices: 4 * copies,
      instructions: 64,
    },
  });
}

/** Sizes that are rarely multiples of anything; k below, at and above the number of banks. */
export function randomShape(random: Random, columns: number, fixed: Partial<ModelShape> = {}): ModelShape {
  const banks = columns * pick(random, [1, 1, 2]);
  const rank = banks * between(random, 1, 3);
  const width = between(random, 4, 22);
  const embedding = pick(random, ['patch', 'direct'] as const);
  const k =
    fixed.k ?? Math.min(rank, pick(random, [between(random, 1, Math.max(1, columns - 1)), columns, columns + between(random, 1, columns)]));
  return {
    width,
    heads: between(random, 1, 3),
    headWidth: between(random, 1, 7),
    hidden: between(random, 4, 30),
    rank,
    k,
    banks,
    layers: 1,
    classes: between(random, 1, 9),
    inputWidth: embedding === 'direct' ? width : between(random, 1, 17),
    coding: pick(random, ['factorized', 'uncoded', 'dense', 'wide'] as const),
    normFirst: random() < 0.5,
    causal: random() < 0.5,
    activation: random() < 0.7,
    head: pick(random, ['mean', 'first', 'token'] as const),
    embedding,
    activationBits: between(random, 4, 8),
    ...fixed,
  };
}

/** One token, S short requests, one over all slices, two halves, and a mix with a hole, each of ragged lengths. */
export function windowsFor(random: Random, params: Params, model: PackedModel, seed: number): CoreWindow[] {
  const { slices } = params.array;
  const { sliceTokens } = derive(params);
  let next = seed;
  const request = (length: number, first: number, count: number): Placed => ({
    rows: randomRequests(next++, model, [length])[0]!,
    first,
    count,
  });
  const ragged = (first: number, count: number): Placed => {
    const low = (count - 1) * sliceTokens + 1;
    return request(between(random, low, count * sliceTokens), first, count);
  };
  const windows: CoreWindow[] = [
    { requests: [request(1, 0, 1)] },
    { requests: Array.from({ length: slices }, (_, s) => ragged(s, 1)) },
    { requests: [request(slices * sliceTokens, 0, slices)], abortAfter: between(random, 1, 1500) },
  ];
  if (slices >= 2) windows.push({ requests: [ragged(0, slices / 2), ragged(slices / 2, slices / 2)] });
  if (slices >= 4) windows.push({ requests: [ragged(0, 1), ragged(1, 3)] }, { requests: [ragged(0, 2)] });
  // Segments at every place of a slice, long ones whose tail is shared.
  const places = makeRandom(seed);
  for (let n = 0; n < 2; n++) {
    const { segments } = randomWindow(places, slices, sliceTokens, params.batcher.segments);
    const placed = [...segments].sort((a, b) => a.number - b.number);
    windows.push({ requests: placed.map(({ length, first, count, position }) => ({ ...request(length, first, count), position })) });
  }
  return windows;
}

export interface CoreCase {
  readonly params: Params;
  readonly model: PackedModel;
  readonly shape: ModelShape;
  readonly windows: readonly CoreWindow[];
}

export function coreCase(seed: number, input: ParamsInput, fixed: Partial<ModelShape> = {}): CoreCase {
  const random = randomFrom(seed);
  const shape = randomShape(random, input.array?.columns ?? 8, fixed);
  const params = paramsFor(input, shape);
  const model = randomModel(seed, shape);
  return { params, model, shape, windows: windowsFor(random, params, model, seed * 100) };
}
