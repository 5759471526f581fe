/** `config.json` of a checkpoint. */
import { mostFeatures } from '../contract/isa.js';
import { z } from 'zod';
import { refuse } from '../util/errors.js';
import { checked, readJson } from '../input/json.js';
import { embeddedWidth, modelConfigSchema, type ModelConfig } from './config.js';
import { graphOf, layerNames, layerPathPattern, normsIn, parseLayerPath } from './graph.js';

const positive = z.int().min(1);

export const factorSchema = z.strictObject({
  /** Number of the shared matrix. */
  matrix: z.int().min(0).max(7),
  k: positive.max(mostFeatures),
  rank: positive.max(mostFeatures),
  banks: positive.max(mostFeatures),
});
export type Factor = z.infer<typeof factorSchema>;

const magnitude = z.number().min(0);
const rangeSchema = z.strictObject({ largest: magnitude, clip: magnitude, positiveClip: magnitude });

const layerNameRule = `must be that of a layer, layers.N. with one of ${layerNames.join(', ')}`;

export const checkpointSchema = z.strictObject({
  format: z.literal('trexgen-checkpoint').default('trexgen-checkpoint'),
  version: z.literal(1).default(1),
  task: z.string().min(1),
  model: modelConfigSchema,
  /** Layers that are W_S W_D, by name; all others are dense. */
  factorized: z.record(z.string().regex(layerPathPattern, layerNameRule), factorSchema).default({}),
  /** Magnitudes at every site that quantisation was trained with; calibration finds them where they are not given. */
  ranges: z.record(z.string(), rangeSchema).optional(),
  /** Anything that its maker wants to keep: commands, seeds, accuracy. */
  meta: z.record(z.string(), z.unknown()).default({}),
});
export type CheckpointConfig = z.infer<typeof checkpointSchema>;

/** All problems at once. */
export function readCheckpointConfig(path: string): CheckpointConfig {
  const value = readJson({ path, advice: 'a checkpoint is a folder with config.json and model.safetensors' });
  const data = checked(checkpointSchema, value, path);
  refuse(crossProblems(data).map((problem) => `${path}: ${problem}`));
  return data;
}

function crossProblems({ model, factorized }: CheckpointConfig): string[] {
  const problems = modelProblems(model).map((problem) => `model.${problem}`);
  for (const [name, { k, rank, banks }] of Object.entries(factorized)) {
    if (parseLayerPath(name).block >= model.layers) problems.push(`factorized.${name}: the model has layers 0 .. ${model.layers - 1}`);
    if (rank % banks !== 0) problems.push(`factorized.${name}.rank = ${rank}: must be a multiple of ${banks} banks`);
    if (k > rank) problems.push(`factorized.${name}.k = ${k}: must be at most rank = ${rank}`);
  }
  return problems;
}

/** Rules between the fields of a model. */
export function modelProblems(config: ModelConfig): string[] {
  const { input, vocabulary, featureCount, width, inputWidth, heads, maxLength, head, classes, normEpsilons, finalNorm } = config;
  const problems: string[] = [];
  const graph = graphOf(config, { embeddingNorm: true });
  if (inputWidth !== undefined && inputWidth % heads !== 0)
    problems.push(`inputWidth = ${inputWidth}: must be a multiple of heads = ${heads}`);
  if (inputWidth !== undefined && !graph.residualStays)
    problems.push(`inputWidth = ${inputWidth}: blocks of other widths need norm = pre; leave it out`);
  if (inputWidth !== undefined && input === 'patches') problems.push('inputWidth: patches are projected to the width; leave it out');
  if (finalNorm !== undefined && !graph.residualStays) problems.push(`finalNorm = ${finalNorm}: only with norm = pre; leave it out`);
  if (head === 'none' && classes !== width) problems.push(`classes = ${classes}: must be width = ${width} with head = none`);
  if (input === 'features' && featureCount !== embeddedWidth(config))
    problems.push(`featureCount = ${featureCount}: must be ${embeddedWidth(config)}, the width of the embeddings, with input = features`);
  const paths = normsIn(graph).map(({ path }) => path);
  for (const path of Object.keys(normEpsilons ?? {}))
    if (!paths.includes(path)) problems.push(`normEpsilons.${path}: the model has no such norm; its norms are ${paths.join(', ')}`);
  if (width % heads !== 0) problems.push(`width = ${width}: must be a multiple of heads = ${heads}`);
  if (input === 'ids' && vocabulary < 1) problems.push(`vocabulary = ${vocabulary}: input = ids needs at least one row`);
  if (input === 'ids' && featureCount !== 0) problems.push(`featureCount = ${featureCount}: must be 0 with input = ids`);
  if (input === 'patches' && featureCount < 1) problems.push(`featureCount = ${featureCount}: input = patches needs at least one`);
  if (input !== 'ids' && vocabulary !== 0) problems.push(`vocabulary = ${vocabulary}: must be 0 with input = ${input}`);
  if (input === 'patches' && featureCount + maxLength > mostFeatures)
    problems.push(`featureCount = ${featureCount}: with maxLength = ${maxLength} a row has over ${mostFeatures} features`);
  return problems;
}
