/** The compiled kernels and the memory that they share with us: a bump allocator, its views, its marks. */
import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../util/errors.js';

/** Signatures of generator/train/kernels; addresses are byte offsets into the memory. */
export interface Kernels {
  matmul(
    form: number,
    a: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    pitchA: number,
    pitchB: number,
    pitchC: number,
    accumulate: number,
    scratch: number,
  ): void;
  matmulScratchBytes(): number;
  accumulate(y: number, x: number, scale: number, count: number): void;
  adam(
    w: number,
    g: number,
    m: number,
    v: number,
    count: number,
    rate: number,
    b1: number,
    b2: number,
    epsilon: number,
    fix1: number,
    fix2: number,
    decay: number,
    gradientScale: number,
  ): void;
  addBias(y: number, bias: number, rows: number, width: number): void;
  addColumnSums(to: number, from: number, rows: number, width: number): void;
  gelu(x: number, y: number, count: number): void;
  geluBackward(x: number, dy: number, dx: number, count: number): void;
  gated(x: number, y: number, linear: number, cubic: number, count: number): void;
  gatedBackward(x: number, dy: number, dx: number, linear: number, cubic: number, count: number): void;
  relu(x: number, y: number, count: number): void;
  reluBackward(x: number, dy: number, dx: number, count: number): void;
  sumOfSquares(x: number, count: number): number;
  layerNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    xhat: number,
    rstd: number,
    rows: number,
    width: number,
    epsilon: number,
    centred: number,
  ): void;
  layerNormBackward(
    dy: number,
    gamma: number,
    xhat: number,
    rstd: number,
    dx: number,
    dgamma: number,
    dbeta: number,
    g: number,
    rows: number,
    width: number,
    centred: number,
  ): void;
  attention(
    q: number,
    k: number,
    v: number,
    out: number,
    p: number,
    starts: number,
    sequences: number,
    width: number,
    heads: number,
    causal: number,
  ): void;
  attentionBackward(
    q: number,
    k: number,
    v: number,
    p: number,
    dout: number,
    dq: number,
    dk: number,
    dv: number,
    ds: number,
    starts: number,
    sequences: number,
    width: number,
    heads: number,
    causal: number,
  ): void;
  embed(table: number, ids: number, out: number, tokens: number, perToken: number, width: number, back: number): void;
  meanPool(x: number, out: number, starts: number, sequences: number, width: number): void;
  meanPoolBackward(dout: number, dx: number, starts: number, sequences: number, width: number): void;
  loss(
    logits: number,
    labels: number,
    teacher: number,
    dlogits: number,
    scratch: number,
    rows: number,
    classes: number,
    alpha: number,
    temperature: number,
    share: number,
  ): number;
  roundTo(x: number, step: number, low: number, high: number, count: number): void;
  dropout(x: number, seed: number, keep: number, count: number): void;
  sparseScratch(rank: number, outer: number, k: number): number;
  sparseExpand(
    p: number,
    rows: number,
    values: number,
    y: number,
    tokens: number,
    rank: number,
    outer: number,
    k: number,
    scratch: number,
  ): void;
  sparseExpandBackward(
    p: number,
    rows: number,
    values: number,
    dy: number,
    dp: number,
    dvalues: number,
    tokens: number,
    rank: number,
    outer: number,
    k: number,
    scratch: number,
  ): void;
  holdSaturated(y: number, dy: number, step: number, low: number, high: number, count: number): void;
}

const pageBytes = 65536;
/** One vector beyond the end, because kernels round counts up to whole vectors. */
const padded = (count: number): number => ((count + 7) & ~3) * 4;

export class Engine {
  readonly kernels: Kernels;
  /** Address of the memory for matmul's packed panels. */
  readonly scratch: number;
  private readonly memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
  private top = pageBytes;

  constructor() {
    const instance = new WebAssembly.Instance(compiled(), { env: { memory: this.memory } });
    this.kernels = instance.exports as unknown as Kernels;
    this.scratch = this.allocate(this.kernels.matmulScratchBytes() / 4);
  }

  /** Address of `count` 32-bit values, whole vectors, contents undefined. */
  allocate(count: number): number {
    const at = this.top;
    this.top += (padded(count) + 15) & ~15;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  zeros(count: number): number {
    const at = this.allocate(count);
    this.floats(at, padded(count) / 4).fill(0);
    return at;
  }

  /** A view that is valid until the next allocation. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }

  ints(at: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, count);
  }

  put(values: ArrayLike<number>): number {
    const at = this.zeros(values.length);
    this.floats(at, values.length).set(values);
    return at;
  }

  putInts(values: ArrayLike<number>): number {
    const at = this.zeros(values.length);
    this.ints(at, values.length).set(values);
    return at;
  }

  /** Everything allocated since is free again after release(mark). */
  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    this.top = mark;
  }
}

let cached: WebAssembly.Module | undefined;

function compiled(): WebAssembly.Module {
  if (cached !== undefined) return cached;
  // Beside this file once built, in dist when this file runs from source.
  const places = ['./kernels.wasm', '../../dist/generator/train/kernels.wasm'].map((place) => new URL(place, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new UserError(['kernels.wasm = missing: the training kernels are not compiled; run npm run build:wasm']);
  cached = new WebAssembly.Module(readFileSync(found));
  return cached;
}
