/** The tensors that a configuration calls for, docs/checkpoint.md: names, shapes and kinds, known before any of them is read. */
import { ends, endTensors, graphOf, layerShape, parseLayerPath, sharedPath, type GraphOptions, type NormPart } from './graph.js';
import { embeddedWidth } from './config.js';
import type { CheckpointConfig } from './checkpoint-config.js';
import type { TensorReader } from './tensor-reader.js';
import type { TensorKind } from './tensor-values.js';

export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: TensorKind;
}

/** The norms that a model may have or not, by its tensors. */
export function normsOf(reader: Pick<TensorReader, 'has'>): GraphOptions {
  return { embeddingNorm: reader.has(`${ends.embeddingNorm}.weight`) };
}

export interface SharedShape {
  readonly inner: number;
  readonly rank: number;
}

/** Shapes by number; a matrix that two layers need in different shapes, or that none uses, goes to the reader as a problem. */
export function sharedShapes(
  { model, factorized }: Pick<CheckpointConfig, 'model' | 'factorized'>,
  reader: Pick<TensorReader, 'problem'>,
): SharedShape[] {
  const shapes: (SharedShape & { readonly user: string })[] = [];
  for (const [path, { matrix: number, rank }] of Object.entries(factorized)) {
    const { inner } = layerShape(parseLayerPath(path), model);
    const first = shapes[number];
    shapes[number] ??= { inner, rank, user: path };
    if (first !== undefined && (first.inner !== inner || first.rank !== rank)) {
      reader.problem(
        `factorized.${path}.matrix = ${number}: needs [${inner}, ${rank}], ${first.user} has it as [${first.inner}, ${first.rank}]`,
      );
    }
  }
  return Array.from(shapes, (shape, number): SharedShape => {
    if (shape !== undefined) return shape;
    reader.problem(`factorized: no layer uses matrix ${number}; number the matrices from 0 without gaps`);
    return { inner: 0, rank: 0 };
  });
}

/** Tensors in the order in which they are read. */
export function expectedTensors(
  config: Pick<CheckpointConfig, 'model' | 'factorized'>,
  reader: Pick<TensorReader, 'has' | 'isInteger' | 'problem'>,
): ExpectedTensor[] {
  const { model, factorized } = config;
  const { input, vocabulary, featureCount, width, maxLength, classes, head } = model;
  const embedded = embeddedWidth(model);
  const { embeddingNorm, blocks, finalNorm } = graphOf(model, normsOf(reader));
  const expected: ExpectedTensor[] = [];
  const put = (name: string, kind: TensorKind, ...shape: readonly number[]): void => void expected.push({ name, kind, shape });
  const norm = ({ path, width: size }: NormPart): void => {
    put(`${path}.weight`, 'float', size);
    put(`${path}.bias`, 'float', size);
  };
  const dense = (name: string, inner: number, outer: number): void => {
    put(`${name}.weight`, 'float', outer, inner);
    put(`${name}.bias`, 'float', outer);
  };
  sharedShapes(config, reader).forEach(({ inner, rank }, number) => {
    const name = sharedPath(number);
    if (!reader.has(`${name}.codes`)) return put(`${name}.weight`, 'float', inner, rank);
    put(`${name}.codes`, 'integer', inner, rank);
    put(`${name}.book`, 'integer', 16);
    put(`${name}.scale`, 'float', 1);
  });
  if (input === 'patches') dense(ends.embedding, featureCount, width);
  else if (input === 'ids') put(endTensors.embedding, 'float', vocabulary, embedded);
  put(endTensors.positions, 'float', maxLength, embedded);
  if (embeddingNorm !== undefined) norm(embeddingNorm);
  for (const { norms, layers } of blocks) {
    for (const { path, inner, outer } of layers) {
      const factor = factorized[path];
      if (factor === undefined) {
        dense(path, inner, outer);
        continue;
      }
      const coded = reader.isInteger(`${path}.values`);
      put(`${path}.rows`, 'integer', factor.k, outer);
      if (reader.has(`${path}.valueScale`) || coded) put(`${path}.valueScale`, 'float', 1);
      put(`${path}.values`, coded ? 'integer' : 'float', factor.k, outer);
      put(`${path}.bias`, 'float', outer);
    }
    norms.forEach(norm);
  }
  if (finalNorm !== undefined) norm(finalNorm);
  if (head !== 'none') dense(ends.head, width, classes);
  return expected;
}
