import { derive } from '../params/derived.js';
import type { Params } from '../params/fields.js';
import { memories, memoryBits, multipliers, streamRate } from '../params/sizes.js';
import { configHash } from '../rtl/design.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

function inspection(params: Params) {
  const derived = derive(params);
  const sizes = memories(params).map((memory) => ({ ...memory, bits: memoryBits(memory) }));
  const units = multipliers(params);
  return {
    configHash: configHash(params),
    params,
    derived,
    memories: sizes,
    memoryBits: sizes.reduce((sum, { bits }) => sum + bits, 0),
    multipliers: units,
    multiplierCount: units.reduce((sum, { count }) => sum + count, 0),
    stream: streamRate(params),
    envelope: {
      requestTokens: derived.windowTokens,
      requestsPerWindow: Math.min(params.batcher.segments, params.batcher.lookahead, derived.windowTokens),
      width: params.envelope.width,
      hidden: params.envelope.hidden,
      rank: params.envelope.rank,
      matrices: params.envelope.matrices,
      sharedWeights: params.envelope.codeWords * params.array.columns,
      instructions: params.envelope.instructions,
    },
  };
}

export type Inspection = ReturnType<typeof inspection>;

/**
 * Parameters, derived widths, memories, multipliers and the largest model of a configuration.
 *
 * Errors   UserError with all that is wrong of the parameters
 */
export async function inspect(options: HardwareOptions): Promise<Inspection> {
  return inspection(await paramsOf(options));
}
