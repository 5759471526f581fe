/** An encoder as named tensors and back, docs/checkpoint.md. Weights of layers are [outer, inner], as PyTorch stores them. */
import { codeOf } from './value-codes.js';
import { decodeMatrix } from './coded-matrix.js';
import {
  encoderGraph,
  layerAt,
  makeParts,
  normAt,
  type DenseLayer,
  type Encoder,
  type FactorizedLayer,
  type Layer,
  type Norm,
  type SharedMatrix,
} from './encoder.js';
import { ends, endTensors, graphOf, sharedPath, type LayerPart, type NormPart } from './graph.js';
import { embeddedWidth } from './config.js';
import { matrix } from './matrix.js';
import type { SparseColumns } from './sparse-columns.js';
import { sparseLimit } from './value-codes.js';
import type { CheckpointConfig, Factor } from './checkpoint-config.js';
import { normsOf, sharedShapes } from './expected-tensors.js';
import type { Tensor } from './safetensors.js';
import { TensorReader } from './tensor-reader.js';
import { floatTensor, tensorOf, transposed, type Storage } from './tensor-values.js';

export function withoutHead(width: number): DenseLayer {
  return { kind: 'dense', inner: width, outer: 0, weights: new Float32Array(), bias: new Float32Array() };
}

export function factorsOf(encoder: Encoder): Record<string, Factor> {
  const factors: Record<string, Factor> = {};
  for (const part of encoderGraph(encoder).blocks.flatMap(({ layers }) => layers)) {
    const layer = layerAt(encoder, part);
    if (layer.kind !== 'factorized') continue;
    const { k, rank, banks } = layer.sparse;
    factors[part.path] = { matrix: layer.matrix, k, rank, banks };
  }
  return factors;
}

export function tensorsOf(encoder: Encoder, storage: Storage): Map<string, Tensor> {
  const { config, shared } = encoder;
  const { embeddingNorm, blocks, finalNorm } = encoderGraph(encoder);
  const { width, featureCount, vocabulary, maxLength, classes } = config;
  const embedded = embeddedWidth(config);
  const out = new Map<string, Tensor>();
  const floats = (name: string, shape: readonly number[], values: ArrayLike<number>): void =>
    void out.set(name, floatTensor(storage, shape, values));
  const norm = (part: NormPart): void => {
    const { gamma, beta } = normAt(encoder, part);
    floats(`${part.path}.weight`, [gamma.length], gamma);
    floats(`${part.path}.bias`, [beta.length], beta);
  };
  const dense = (name: string, { inner, outer, weights, bias }: Omit<DenseLayer, 'kind'>): void => {
    floats(`${name}.weight`, [outer, inner], transposed(weights, inner, outer));
    floats(`${name}.bias`, [outer], bias);
  };
  if (config.input === 'ids') floats(endTensors.embedding, [vocabulary, embedded], encoder.embedding);
  else if (config.input === 'patches')
    dense(ends.embedding, { inner: featureCount, outer: width, weights: encoder.embedding, bias: encoder.embeddingBias });
  floats(endTensors.positions, [maxLength, embedded], encoder.positions);
  if (embeddingNorm !== undefined) norm(embeddingNorm);
  for (const { norms, layers } of blocks) {
    norms.forEach(norm);
    for (const part of layers) {
      const layer = layerAt(encoder, part);
      if (layer.kind === 'dense') dense(part.path, layer);
      else putFactorized(out, part.path, layer, storage);
    }
  }
  if (finalNorm !== undefined) norm(finalNorm);
  if (config.head !== 'none') dense(ends.head, { ...encoder.head, outer: classes });
  shared.forEach(({ dictionary, coded }, number) => {
    if (coded === undefined) return floats(`${sharedPath(number)}.weight`, [dictionary.rows, dictionary.columns], dictionary.data);
    out.set(`${sharedPath(number)}.codes`, tensorOf('U8', [coded.inner, coded.rank], coded.codes));
    out.set(`${sharedPath(number)}.book`, tensorOf('I8', [coded.book.length], coded.book));
    out.set(`${sharedPath(number)}.scale`, tensorOf('F64', [1], [coded.scale]));
  });
  return out;
}

function putFactorized(
  out: Map<string, Tensor>,
  name: string,
  { outer, sparse, valueScale, bias }: FactorizedLayer,
  storage: Storage,
): void {
  const { k, rows, values } = sparse;
  out.set(`${name}.rows`, tensorOf('I16', [k, outer], rows));
  const codes = valueScale === undefined ? undefined : codeOf(values, valueScale);
  out.set(`${name}.values`, codes === undefined ? floatTensor(storage, [k, outer], values) : tensorOf('I8', [k, outer], codes));
  if (valueScale !== undefined) out.set(`${name}.valueScale`, tensorOf('F64', [1], [valueScale]));
  out.set(`${name}.bias`, floatTensor(storage, [outer], bias));
}

/** Makes the encoder from tensors that the reader has checked; bad values go to it as problems. */
export function encoderFrom({ task, model: config, factorized }: CheckpointConfig, reader: TensorReader): Encoder {
  const { input, vocabulary, featureCount, width, maxLength, classes } = config;
  const embedded = embeddedWidth(config);
  const norm = ({ path, width: size }: NormPart): Norm => ({
    gamma: reader.floats(`${path}.weight`, [size]),
    beta: reader.floats(`${path}.bias`, [size]),
  });
  const dense = (name: string, inner: number, outer: number): DenseLayer => ({
    kind: 'dense',
    inner,
    outer,
    weights: transposed(reader.floats(`${name}.weight`, [outer, inner]), outer, inner),
    bias: reader.floats(`${name}.bias`, [outer]),
  });
  const shared = sharedFrom(config, factorized, reader);
  const layer = ({ path, inner, outer }: LayerPart): Layer => {
    const factor = factorized[path];
    return factor === undefined ? dense(path, inner, outer) : factorizedFrom(path, inner, outer, factor, reader);
  };
  const projection = input === 'patches' ? dense(ends.embedding, featureCount, width) : undefined;
  return {
    task,
    config,
    embedding: projection?.weights ?? (input === 'ids' ? reader.floats(endTensors.embedding, [vocabulary, embedded]) : new Float32Array()),
    embeddingBias: projection?.bias ?? new Float32Array(embedded),
    positions: reader.floats(endTensors.positions, [maxLength, embedded]),
    ...makeParts(graphOf(config, normsOf(reader)), norm, layer),
    head: config.head === 'none' ? withoutHead(width) : dense(ends.head, width, classes),
    shared,
  };
}

function sharedFrom(config: CheckpointConfig['model'], factorized: CheckpointConfig['factorized'], reader: TensorReader): SharedMatrix[] {
  return sharedShapes({ model: config, factorized }, reader).map(({ inner, rank }, number): SharedMatrix => {
    const name = sharedPath(number);
    if (!reader.has(`${name}.codes`)) return { dictionary: matrix(inner, rank, reader.doubles(`${name}.weight`, [inner, rank])) };
    const codes = Uint8Array.from(reader.integers(`${name}.codes`, [inner, rank], 0, 15));
    const book = Int8Array.from(reader.integers(`${name}.book`, [16], -128, 127));
    const coded = { inner, rank, codes, book, scale: reader.positive(`${name}.scale`, 128) };
    return { dictionary: decodeMatrix(coded), coded };
  });
}

function factorizedFrom(
  path: string,
  inner: number,
  outer: number,
  { matrix: number, k, rank, banks }: Factor,
  reader: TensorReader,
): FactorizedLayer {
  const before = reader.problems.length;
  const rows = Int32Array.from(reader.integers(`${path}.rows`, [k, outer], 0, rank - 1));
  const readable = reader.problems.length === before;
  const coded = reader.isInteger(`${path}.values`);
  const valueScale = reader.has(`${path}.valueScale`) || coded ? reader.positive(`${path}.valueScale`, sparseLimit) : undefined;
  const values = coded
    ? reader.integers(`${path}.values`, [k, outer], -sparseLimit, sparseLimit).map((code) => code * valueScale!)
    : reader.doubles(`${path}.values`, [k, outer]);
  const sparse: SparseColumns = { k, columns: outer, rank, banks, rows, values };
  const problem = readable ? orderProblem(sparse) : undefined;
  if (problem !== undefined) reader.problem(`${path}.rows${problem}`);
  return {
    kind: 'factorized',
    inner,
    outer,
    matrix: number,
    sparse,
    bias: reader.floats(`${path}.bias`, [outer]),
    ...(valueScale !== undefined && { valueScale }),
  };
}

/** The first row that breaks the bank rule of docs/numerics.md eq. 5. */
function orderProblem({ k, columns, banks, rows }: SparseColumns): string | undefined {
  for (let n = 0; n < k; n++) {
    for (let j = 0; j < columns; j++) {
      const row = rows[n * columns + j]!;
      const bank = ((j % banks) + n) % banks;
      if (row % banks !== bank) return `[${n}, ${j}] = ${row}: must lie in bank ${bank} of ${banks}`;
      if (n >= banks && row <= rows[(n - banks) * columns + j]!)
        return `[${n}, ${j}] = ${row}: must be above the column's previous row in its bank`;
    }
  }
  return undefined;
}
