import { describe, expect, test } from 'vitest';
import type { Params } from '../../generator/params/fields.js';
import { presetParams } from '../../generator/params/presets.js';
import type { Simulator } from '../../generator/sim/build.js';
import { simulate, summarise, type Summary } from '../../generator/sim/simulate.js';
import { taskSubject, type TaskSubject } from '../../generator/subject/open.js';
import { temporaryFolder } from '../support/temporary.js';
import { loadOf } from '../../generator/operations/load/fields.js';

const small = presetParams('small');
/** Fewer lanes, for a simulator that knows X. */
const edge = presetParams('edge');
const seed = 7;
/** Beats enough for every run here, so that they share one build. */
const beats = 65536;

async function run(
  params: Params,
  { image }: TaskSubject,
  some: readonly Int8Array[],
  simulator: Simulator,
): Promise<Summary & { readonly problems: readonly unknown[] }> {
  return temporaryFolder(async (out) => {
    const { units } = await simulate({
      params,
      image,
      requests: some,
      simulator,
      policy: 'tokens',
      settings: { seed, latency: 20, trace: true },
      beats,
      out,
    });
    return { ...summarise(params, units), problems: units.flatMap(({ differences, problems }) => [...differences, ...problems]) };
  });
}

/** First tokens of an input, one a lane: a simulator that knows X takes many minutes for a full window (npm run soak). */
function beginning({ image, requests }: TaskSubject): Int8Array {
  return requests[0]!.subarray(0, edge.array.lanesPerSlice * loadOf(image.model).outer);
}

const inputs = { mnist: 6, g2p: 12 } as const;

describe.each(Object.keys(inputs) as (keyof typeof inputs)[])('the trained model of %s on the small hardware', (task) => {
  test('stores in Verilator what golden stores, instruction by instruction, for real inputs', async () => {
    const real = taskSubject(task, small, { inputs: inputs[task], seed });
    expect(await run(small, real, real.requests, 'verilator')).toMatchObject({
      problems: [],
      inputs: inputs[task],
      mismatches: 0,
      emaAgree: true,
    });
  }, 300_000);
});

test('the trained model of g2p on the edge hardware stores in Icarus what golden stores for the beginning of an input, and nothing that is unknown', async () => {
  const real = taskSubject('g2p', edge, { inputs: 1, seed });
  expect(await run(edge, real, [beginning(real)], 'icarus')).toMatchObject({ problems: [], windows: 1, mismatches: 0, emaAgree: true });
}, 300_000);
