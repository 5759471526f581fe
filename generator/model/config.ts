import { mostFeatures } from '../contract/isa.js';
import { checkpointWidth } from '../contract/limits.js';
import { z } from 'zod';
import { activationNames } from './activations.js';

/** Most rows of a table or a head: far above any of today's, and any id fits into 32 bits. */
const mostRows = 2 ** 24;

/** A transformer encoder, as its JSON config describes it. Widths are in features, lengths in tokens. */
export const modelConfigSchema = z.strictObject({
  /** 'ids': a token is the sum of rows of the embedding table; 'patches': a dense projection of its features; 'features': these themselves. */
  input: z.enum(['ids', 'patches', 'features']),
  vocabulary: z.int().min(0).max(mostRows),
  featureCount: z.int().min(0).max(mostFeatures),
  width: z.int().min(checkpointWidth.min).max(checkpointWidth.max),
  /** Width of the embeddings and of the attention of block 0, where it is another one: a layer of that block brings the residual to `width`. */
  inputWidth: z.int().min(checkpointWidth.min).max(checkpointWidth.max).optional(),
  layers: z.int().min(1).max(64),
  heads: z.int().min(1).max(64),
  hidden: z.int().min(4).max(16384),
  maxLength: z.int().min(1).max(4096),
  classes: z.int().min(2).max(mostRows),
  /** 'none': the encoder's own outputs, `classes` = `width` of them for every token. */
  head: z.enum(['sequence', 'token', 'none']),
  norm: z.enum(['pre', 'post']),
  /** Whether a pre-norm model has a norm behind its last block; it has where nothing is said. */
  finalNorm: z.boolean().optional(),
  /** 'rms': without the mean, and without beta. */
  normKind: z.enum(['layer', 'rms']).optional(),
  activation: z.enum(activationNames),
  causal: z.boolean(),
  /** What a norm adds to the variance. Where it is not given floats add 1e-5, and the hardware nothing. */
  normEpsilon: z.number().min(0).max(1).optional(),
  /** The same of single norms, by their paths. */
  normEpsilons: z.record(z.string(), z.number().min(0).max(1)).optional(),
  /** Dense weights of 8 bits have a step of their own in every column. */
  columnScales: z.boolean().optional(),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** Epsilon of training, and of every model that does not name its own. */
const usualEpsilon = 1e-5;

/** What the norm at `path` adds to the variance; undefined where the model does not say. */
export function ownEpsilon(
  { normEpsilon, normEpsilons }: Pick<ModelConfig, 'normEpsilon' | 'normEpsilons'>,
  path: string,
): number | undefined {
  return normEpsilons?.[path] ?? normEpsilon;
}

export function floatEpsilon(config: Pick<ModelConfig, 'normEpsilon' | 'normEpsilons'>, path: string): number {
  return ownEpsilon(config, path) ?? usualEpsilon;
}

/** Features of a token before the first block. */
export function embeddedWidth({ inputWidth, width }: Pick<ModelConfig, 'inputWidth' | 'width'>): number {
  return inputWidth ?? width;
}

/** Bytes that the host makes of a token: patches have their position beside them, in all others it is added. */
export function rowBytes(config: Pick<ModelConfig, 'input' | 'featureCount' | 'maxLength' | 'inputWidth' | 'width'>): number {
  return config.input === 'patches' ? config.featureCount + config.maxLength : embeddedWidth(config);
}
