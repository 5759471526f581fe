/** Valid random models of every supported structure, from a seed. */
import { normKinds } from '../../generator/contract/codes.js';
import { chooseIndexBits } from '../../generator/operations/expand/supports.js';
import { epsilonLimit, makeNorm, noEpsilon, type NormOperation } from '../../generator/operations/norm/fields.js';
import type { DenseOperation } from '../../generator/operations/dense/fields.js';
import type { LinearOperation } from '../../generator/operations/fields.js';
import type { ExpandOperation } from '../../generator/operations/expand/fields.js';
import type { CodebookMatrix, Destination, Operation, PackedModel, Requant, Source } from '../../generator/program/operation.js';

export interface ModelShape {
  /** Features of the residual stream. */
  readonly width: number;
  readonly heads: number;
  /** Features of one head; heads * headWidth need not be width. */
  readonly headWidth: number;
  readonly hidden: number;
  /** A multiple of banks. */
  readonly rank: number;
  /** Non-zeros of a sparse column, at most rank. */
  readonly k: number;
  readonly banks: number;
  /** Steps grow with narrower activations, so that some of them saturate and most do not. */
  readonly activationBits: number;
  readonly layers: number;
  /** W_S of each layer's own, where all layers share four without. */
  readonly ownMatrices?: boolean;
  readonly classes: number;
  /** Bytes of an input row. */
  readonly inputWidth: number;
  /** wide and uncoded: the dense and the factorized model with 16-bit containers in its blocks. */
  readonly coding: 'factorized' | 'uncoded' | 'dense' | 'wide';
  readonly normFirst: boolean;
  /** Every second linear layer of the blocks has multipliers of columns. */
  readonly columnScales?: boolean;
  /** LayerNorm, RMSNorm and plain copies by turns, with something added to var; before attention to H where it is wide enough. */
  readonly mixedNorms?: boolean;
  readonly causal: boolean;
  readonly activation: boolean;
  /** mean: head to V and uniform attention; first: only the first token; token: logits of every token. */
  readonly head: 'mean' | 'first' | 'token';
  /** Stored are indices of the largest outputs. */
  readonly best?: boolean;
  /** patch: LOAD to X and a dense layer to R; direct: LOAD straight to R (inputWidth must be width). */
  readonly embedding: 'patch' | 'direct';
}

export const smallShape: ModelShape = {
  width: 16,
  heads: 2,
  headWidth: 8,
  hidden: 24,
  rank: 16,
  k: 4,
  banks: 4,
  activationBits: 8,
  layers: 1,
  classes: 4,
  inputWidth: 12,
  coding: 'factorized',
  normFirst: true,
  causal: false,
  activation: true,
  head: 'mean',
  embedding: 'patch',
};

export type Random = () => number;

/** mulberry32: numbers in [0, 1). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, low: number, high: number): number => low + Math.floor(random() * (high - low + 1));

export function randomBytes(random: Random, length: number, low = -128, high = 127): Int8Array {
  return Int8Array.from({ length }, () => between(random, low, high));
}

/** Multiplier and shift that bring sums of `depth` products of `size` to about +-64. */
export function randomRequant(random: Random, depth: number, size: number): Requant {
  const m = between(random, 512, 1023);
  const spread = Math.max(1, Math.sqrt(depth) * size);
  return { m, s: Math.min(40, Math.max(1, Math.round(Math.log2((spread * m) / 48)))) };
}

export function randomMatrix(random: Random, inner: number, rank: number): CodebookMatrix {
  const codes = Uint8Array.from({ length: inner * rank }, () => between(random, 0, 15));
  return { inner, rank, codes, book: randomBytes(random, 16).sort() };
}

/** What a number is read back as where its book holds it several times. */
function lowestCodes(matrix: CodebookMatrix): CodebookMatrix {
  const { codes, book } = matrix;
  return { ...matrix, codes: codes.map((code) => book.indexOf(book[code]!)) };
}

/** Rows and values of a balanced support: every bank's rows are a random rising subset. */
export function randomSupport(
  random: Random,
  k: number,
  outer: number,
  rank: number,
  banks: number,
): { rows: Int32Array; values: Int8Array } {
  const rows = new Int32Array(k * outer);
  for (let j = 0; j < outer; j++) {
    for (let first = 0; first < Math.min(k, banks); first++) {
      const uses = Math.ceil((k - first) / banks);
      const addresses = Array.from({ length: rank / banks }, (_, a) => ({ a, key: random() }))
        .sort((x, y) => x.key - y.key)
        .slice(0, uses)
        .map(({ a }) => a)
        .sort((x, y) => x - y);
      addresses.forEach((a, i) => {
        rows[(first + i * banks) * outer + j] = a * banks + (((j % banks) + first) % banks);
      });
    }
  }
  return { rows, values: randomBytes(random, k * outer, -31, 31) };
}

export interface Target {
  readonly destination: Destination;
  readonly outer: number;
  readonly base?: number;
  readonly activate?: boolean;
}

export function randomExpand(
  random: Random,
  shape: Pick<ModelShape, 'k' | 'rank' | 'banks'>,
  target: Target,
  wide = false,
): ExpandOperation {
  const { k, rank, banks } = shape;
  const { outer } = target;
  const { rows, values } = randomSupport(random, k, outer, rank, banks);
  const indexBits = wide ? 0 : chooseIndexBits({ rows, outer, k }, banks);
  return { op: 'EXPAND', k, rank, indexBits, wide, rows, values, ...linear(random, target, randomRequant(random, k, 40 * 18)) };
}

export function randomDense(random: Random, source: Source, inner: number, target: Target, wide = false): DenseOperation {
  const weights = Int16Array.from({ length: inner * target.outer }, () => between(random, -128, 127));
  return { op: 'DENSE', source, inner, weights, wide, ...linear(random, target, randomRequant(random, inner, 40 * 74)) };
}

function linear(random: Random, { destination, outer, base = 0, activate = false }: Target, requant: Requant) {
  const residual = destination === 'Rset' || destination === 'Radd';
  const shifted = residual ? { m: requant.m, s: Math.max(1, requant.s - 4) } : requant;
  return { bias: randomBytes(random, outer), biasShift: between(random, 0, 6), requant: shifted, destination, base, activate, outer };
}

/** The same layer with a multiplier for every column. */
export function perColumn<O extends LinearOperation>(random: Random, operation: O): O {
  const { requant, outer } = operation;
  const multipliers = Uint8Array.from({ length: outer }, () => between(random, 0, 255));
  return { ...operation, requant: { m: 0, s: Math.max(1, requant.s - 2) }, multipliers };
}

export function randomNorm(random: Random, inner: number, writeBack = false): NormOperation {
  return makeNorm({
    inner,
    gamma: randomBytes(random, inner, 16, 127),
    beta: randomBytes(random, inner),
    biasShift: between(random, 4, 9),
    shift: between(random, 10, 12),
    writeBackShift: writeBack ? between(random, 6, 9) : undefined,
  });
}

/** The program of a random encoder, part by part in the order in which numbers are drawn. */
class ProgramBuilder {
  readonly operations: Operation[] = [];
  private norms = 0;
  private linears = 0;

  constructor(
    private readonly random: Random,
    private readonly shape: ModelShape,
  ) {}

  /** Tokens to R, and to X where the first layer takes them from there. */
  embedding(): void {
    const { random, shape } = this;
    const { width, inputWidth, normFirst } = shape;
    if (shape.embedding === 'patch') {
      this.operations.push({ op: 'LOAD', outer: inputWidth, base: 0, destination: 'X', shift: 0, alsoX: false });
      this.operations.push(randomDense(random, 'X', inputWidth, { destination: 'Rset', outer: width }));
      if (!normFirst) this.norm(true);
    } else {
      const alsoX = !normFirst;
      this.operations.push({ op: 'LOAD', outer: width, base: 0, destination: 'Rset', shift: between(random, 0, 8), alsoX });
    }
  }

  /** One layer of the encoder; `matrix` is the first of its W_S. */
  block(matrix: number): void {
    const { width, heads, headWidth, hidden, normFirst, activation } = this.shape;
    const inside = heads * headWidth;
    const source = normFirst ? this.norm(false, true) : 'X';
    const projections = (['Q', 'K', 'V'] as const).map((destination) => ({ destination, outer: inside }));
    this.layer(matrix, source, width, projections);
    for (let h = 0; h < heads; h++) this.attend(h);
    this.layer(matrix + 1, 'X', inside, [{ destination: 'Radd', outer: width }]);
    this.norm(!normFirst);
    this.layer(matrix + 2, 'X', width, [{ destination: 'H', outer: hidden, activate: activation }]);
    this.layer(matrix + 3, 'H', hidden, [{ destination: 'Radd', outer: width }]);
    if (!normFirst) this.norm(true);
  }

  head(): void {
    const { random, operations } = this;
    const { width, classes, head, best = false, normFirst } = this.shape;
    if (normFirst) this.norm(false);
    if (head === 'mean') {
      operations.push(randomDense(random, 'X', width, { destination: 'V', outer: classes }));
      operations.push({ op: 'ATTEND', inner: classes, base: 0, causal: false, uniform: true, score: { m: 0, s: 1 }, valueShift: 9 });
      operations.push({ op: 'STORE', source: 'X', outer: classes, base: 0, firstRow: true, best });
    } else {
      operations.push(randomDense(random, 'X', width, { destination: 'H', outer: classes }));
      operations.push({ op: 'STORE', source: 'H', outer: classes, base: 0, firstRow: head === 'first', best });
    }
  }

  /** A norm, and where it goes. */
  private norm(writeBack: boolean, toH = false): Source {
    const { random } = this;
    const { width, hidden, mixedNorms } = this.shape;
    const operation = randomNorm(random, width, writeBack);
    if (mixedNorms !== true) {
      this.operations.push(operation);
      return 'X';
    }
    const kind = normKinds[this.norms++ % normKinds.length]!;
    const destination = toH && hidden >= width ? 'H' : 'X';
    const epsilon =
      kind === 'plain'
        ? noEpsilon
        : { digits: between(random, 0, 2047), shift: between(random, 0, Math.floor(Math.log2(epsilonLimit(width) / 2048))) };
    // R is larger than a normalised number.
    const shift = operation.shift + (kind === 'plain' ? 3 : 0);
    this.operations.push({ ...operation, kind, destination, shift, epsilon });
    return destination;
  }

  /** A linear layer to every target, through one W_S where there is one. */
  private layer(matrix: number, source: Source, inner: number, targets: readonly Target[]): void {
    const { random, shape } = this;
    const { coding, rank, columnScales } = shape;
    const factorized = isFactorized(shape);
    if (factorized) {
      this.operations.push({ op: 'PROJECT', source, matrix, inner, outer: rank, requant: randomRequant(random, inner, 40 * 74) });
    }
    for (const target of targets) {
      const operation = factorized
        ? randomExpand(random, shape, target, coding === 'uncoded')
        : randomDense(random, source, inner, target, coding === 'wide');
      this.operations.push(columnScales === true && this.linears++ % 2 === 0 ? perColumn(random, operation) : operation);
    }
  }

  private attend(head: number): void {
    const { random } = this;
    const { headWidth, causal } = this.shape;
    const score = { m: between(random, 512, 1023), s: 14 + Math.round(Math.log2(headWidth) / 2) };
    const [inner, base] = [headWidth, head * headWidth];
    this.operations.push({ op: 'ATTEND', inner, base, causal, uniform: false, score, valueShift: between(random, 8, 9) });
  }
}

const isFactorized = ({ coding }: ModelShape): boolean => coding === 'factorized' || coding === 'uncoded';

/** W_S of one layer after the other, or of all of them. */
function randomMatrices(random: Random, shape: ModelShape, inners: readonly number[]): CodebookMatrix[] {
  if (!isFactorized(shape)) return [];
  return Array.from({ length: shape.ownMatrices === true ? shape.layers : 1 }, () => inners)
    .flat()
    .map((inner) => randomMatrix(random, inner, shape.rank))
    .map((matrix) => (shape.coding === 'uncoded' ? lowestCodes(matrix) : matrix));
}

/** The whole encoder; same seed and shape, same model. */
export function randomModel(seed: number, part: Partial<ModelShape> = {}): PackedModel {
  const shape = { ...smallShape, ...part };
  const random = randomFrom(seed);
  const { width, heads, headWidth, hidden } = shape;
  const inners = [width, heads * headWidth, width, hidden];
  const matrices = randomMatrices(random, shape, inners);
  const program = new ProgramBuilder(random, shape);
  program.embedding();
  for (let i = 0; i < shape.layers; i++) program.block(shape.ownMatrices === true ? inners.length * i : 0);
  program.head();
  return {
    task: `random-${seed}`,
    banks: shape.banks,
    activationBits: shape.activationBits,
    matrices,
    wideMatrices: shape.coding === 'uncoded',
    table: shape.activation ? reluLike() : undefined,
    operations: program.operations.map((operation) => coarser(operation, 8 - shape.activationBits)),
    positionRows: 0,
    inputScale: 1 / 64,
    outputScale: 1 / 16,
  };
}

/** The same operation with steps of stored activations 2^narrow times as large; R, scores and what the table takes stay as they are. */
function coarser(operation: Operation, narrow: number): Operation {
  const less = ({ m, s }: Requant, by: number): Requant => ({ m, s: Math.max(1, s - by) });
  switch (operation.op) {
    case 'NORM':
      return { ...operation, shift: operation.shift + narrow };
    case 'EXPAND':
    case 'DENSE': {
      const { destination, activate, requant } = operation;
      return destination === 'Rset' || destination === 'Radd' || activate ? { ...operation, requant: less(requant, narrow) } : operation;
    }
    case 'ATTEND':
      return { ...operation, score: less(operation.score, 2 * narrow) };
    case 'LOAD':
    case 'PROJECT':
    case 'STORE':
      return operation;
  }
}

/** A monotone table with a soft knee, so that every entry differs from the identity. */
function reluLike(): Int8Array {
  return Int8Array.from({ length: 256 }, (_, i) => Math.round((i - 128) / (1 + Math.exp(-(i - 128) / 16))));
}

/** Rows of random int8 for requests of these lengths in tokens. */
export function randomRequests(seed: number, model: PackedModel, lengths: readonly number[]): Int8Array[] {
  const random = randomFrom(seed);
  const first = model.operations[0];
  const rowBytes = first?.op === 'LOAD' ? first.outer : 0;
  return lengths.map((length) => randomBytes(random, length * rowBytes));
}
