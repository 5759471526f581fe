/** Which checkpoint an image was made of, as far as the host's part goes: it stands in the manifest beside the image. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { checked, readJson } from '../input/json.js';
import type { Encoder } from '../model/encoder.js';

const manifestSchema = z.looseObject({ hostDigest: z.string().optional() });

/** SHA-256 of all that the host computes with: tables of embeddings and positions, and what follows the outputs. */
export function hostDigest({ embedding, embeddingBias, positions, host }: Encoder): string {
  const hash = createHash('sha256');
  const { layers = {}, ...rest } = host ?? {};
  for (const values of [embedding, embeddingBias, positions, ...Object.values(layers).flatMap(({ weights, bias }) => [weights, bias])])
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.update(JSON.stringify(rest)).digest('hex');
}

/** What keeps a checkpoint from embedding the inputs of an image in a file, where its manifest says what it was made of. */
export function sourceProblems(image: string, encoder: Encoder, checkpoint: string): string[] {
  const path = `${image}.json`;
  if (!existsSync(path)) return [];
  const { hostDigest: wanted } = checked(manifestSchema, readJson({ path, advice: 'make the image again' }), path);
  return wanted === undefined || wanted === hostDigest(encoder)
    ? []
    : [
        `checkpoint = ${checkpoint}: its embeddings, or what the host computes behind it, are not those that ${image} was made of (${path}); give the checkpoint that the image was made of`,
      ];
}
