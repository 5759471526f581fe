import { z } from 'zod';
import { activationNames } from './activations.js';

/** Of a table or a head: far above any of today's, and any id fits into 32 bits. */
const mostRows = 2 ** 24;

/** A transformer encoder, as its JSON config describes it. Widths are in features, lengths in tokens. */
export const modelConfigSchema = z.strictObject({
  /** 'ids': a token is the sum of rows of the embedding table; 'patches': a dense projection of its features. */
  input: z.enum(['ids', 'patches']),
  vocabulary: z.int().min(0).max(mostRows),
  featureCount: z.int().min(0).max(4095),
  width: z.int().min(4).max(4096),
  layers: z.int().min(1).max(64),
  heads: z.int().min(1).max(64),
  hidden: z.int().min(4).max(16384),
  maxLength: z.int().min(1).max(4096),
  classes: z.int().min(2).max(mostRows),
  head: z.enum(['sequence', 'token']),
  norm: z.enum(['pre', 'post']),
  activation: z.enum(activationNames),
  causal: z.boolean(),
  /** What LayerNorm adds to the variance, in floats; the hardware adds nothing. 1e-5 where it is not given. */
  normEpsilon: z.number().min(0).max(1).optional(),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;
