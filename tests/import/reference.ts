/**
 * Encoders of Hugging Face's library written down once more, from its own names, in doubles: what imports are compared with.
 * Nothing of generator/ computes here.
 */
import type { Tensor } from '../../generator/model/safetensors.js';
import { stored } from '../../generator/model/safetensors.js';
import { valuesOf } from '../../generator/model/tensor-values.js';

export type Row = readonly number[];
export type Rows = readonly Row[];

export interface Reference {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Taylor series of erf for small arguments, its continued fraction for large ones. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

const activations: Readonly<Record<string, (x: number) => number>> = {
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  relu: (x) => Math.max(0, x),
  silu: (x) => x / (1 + Math.exp(-x)),
  quick_gelu: (x) => x / (1 + Math.exp(-1.702 * x)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

export class Parts {
  constructor(
    private readonly tensors: ReadonlyMap<string, Tensor>,
    private readonly prefix: string,
  ) {}

  values(name: string): number[] {
    return [...valuesOf(stored(this.tensors.get(`${this.prefix}${name}`)!))];
  }

  rows(name: string, width: number): number[][] {
    const values = this.values(name);
    return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
  }

  linear(name: string, x: Rows): number[][] {
    const weight = this.rows(`${name}.weight`, x[0]!.length);
    const bias = this.values(`${name}.bias`);
    return x.map((row) => weight.map((w, j) => w.reduce((sum, value, i) => sum + value * row[i]!, bias[j]!)));
  }

  norm(name: string, x: Rows, epsilon: number): number[][] {
    const [gamma, beta] = [this.values(`${name}.weight`), this.values(`${name}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return row.map((value, f) => ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[f]! + beta[f]!);
    });
  }
}

export const sum = (a: Rows, b: Rows): number[][] => a.map((row, t) => row.map((value, f) => value + b[t]![f]!));

function attention(heads: number, q: Rows, k: Rows, v: Rows): number[][] {
  const size = q[0]!.length / heads;
  return q.map((query) =>
    Array.from({ length: heads }, (_, h) => {
      const from = h * size;
      const part = (row: Row): Row => row.slice(from, from + size);
      const scores = k.map((key) => part(key).reduce((dot, value, f) => dot + value * query[from + f]!, 0) / Math.sqrt(size));
      const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
      const total = weights.reduce((a, b) => a + b, 0);
      return Array.from({ length: size }, (_, f) => weights.reduce((out, w, u) => out + (w / total) * v[u]![from + f]!, 0));
    }).flat(),
  );
}

interface Names {
  readonly block: (n: number) => string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly out: string;
  readonly inner: string;
  readonly outer: string;
  readonly first: string;
  readonly second: string;
}

interface Shape {
  readonly layers: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: string;
}

function postNorm(parts: Parts, names: Names, { layers, heads, epsilon, activation }: Shape, start: Rows): Rows {
  let x = start;
  for (let n = 0; n < layers; n++) {
    const at = (name: string): string => `${names.block(n)}.${name}`;
    const [q, k, v] = [names.query, names.key, names.value].map((name) => parts.linear(at(name), x));
    x = parts.norm(at(names.first), sum(x, parts.linear(at(names.out), attention(heads, q!, k!, v!))), epsilon);
    const hidden = parts.linear(at(names.inner), x).map((row) => row.map(activations[activation]!));
    x = parts.norm(at(names.second), sum(x, parts.linear(at(names.outer), hidden)), epsilon);
  }
  return x;
}

function preNorm(parts: Parts, names: Names, { layers, heads, epsilon, activation }: Shape, start: Rows): Rows {
  let x = start;
  for (let n = 0; n < layers; n++) {
    const at = (name: string): string => `${names.block(n)}.${name}`;
    const before = parts.norm(at(names.first), x, epsilon);
    const [q, k, v] = [names.query, names.key, names.value].map((name) => parts.linear(at(name), before));
    x = sum(x, parts.linear(at(names.out), attention(heads, q!, k!, v!)));
    const hidden = parts.linear(at(names.inner), parts.norm(at(names.second), x, epsilon)).map((row) => row.map(activations[activation]!));
    x = sum(x, parts.linear(at(names.outer), hidden));
  }
  return x;
}

const bertNames: Names = {
  block: (n) => `encoder.layer.${n}`,
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  out: 'attention.output.dense',
  inner: 'intermediate.dense',
  outer: 'output.dense',
  first: 'attention.output.LayerNorm',
  second: 'output.LayerNorm',
};

/** Hidden states of the last layer; `first` is the position of the first token. */
export function bertStates({ config, tensors }: Reference, prefix: string, ids: Row, types: Row, first = 0): Rows {
  const parts = new Parts(tensors, prefix);
  const width = config['hidden_size'] as number;
  const table = (name: string): number[][] => parts.rows(`embeddings.${name}_embeddings.weight`, width);
  const [words, positions, kinds] = [table('word'), table('position'), table('token_type')];
  const embedded = ids.map((id, t) => words[id]!.map((value, f) => value + positions[first + t]![f]! + kinds[types[t]!]![f]!));
  const epsilon = config['layer_norm_eps'] as number;
  const shape = {
    layers: config['num_hidden_layers'] as number,
    heads: config['num_attention_heads'] as number,
    epsilon,
    activation: config['hidden_act'] as string,
  };
  return postNorm(parts, bertNames, shape, parts.norm('embeddings.LayerNorm', embedded, epsilon));
}

export function distilbertStates({ config, tensors }: Reference, prefix: string, ids: Row): Rows {
  const parts = new Parts(tensors, prefix);
  const width = config['dim'] as number;
  const [words, positions] = ['word', 'position'].map((name) => parts.rows(`embeddings.${name}_embeddings.weight`, width));
  const embedded = ids.map((id, t) => words![id]!.map((value, f) => value + positions![t]![f]!));
  const shape = {
    layers: config['n_layers'] as number,
    heads: config['n_heads'] as number,
    epsilon: 1e-12,
    activation: config['activation'] as string,
  };
  const names: Names = {
    block: (n) => `transformer.layer.${n}`,
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    out: 'attention.out_lin',
    inner: 'ffn.lin1',
    outer: 'ffn.lin2',
    first: 'sa_layer_norm',
    second: 'output_layer_norm',
  };
  return postNorm(parts, names, shape, parts.norm('embeddings.LayerNorm', embedded, 1e-12));
}

/** pixels[channel][y][x]; the final norm included. */
export function vitStates({ config, tensors }: Reference, prefix: string, pixels: readonly Rows[]): Rows {
  const parts = new Parts(tensors, prefix);
  const [width, size] = [config['hidden_size'] as number, config['patch_size'] as number];
  const filters = parts.rows('embeddings.patch_embeddings.projection.weight', 3 * size * size);
  const bias = parts.values('embeddings.patch_embeddings.projection.bias');
  const across = pixels[0]!.length / size;
  const convolved = Array.from({ length: across ** 2 }, (_, p) => {
    const [top, left] = [Math.floor(p / across) * size, (p % across) * size];
    return filters.map((filter, j) => {
      let out = bias[j]!;
      for (let c = 0; c < 3; c++)
        for (let y = 0; y < size; y++)
          for (let x = 0; x < size; x++) out += filter[(c * size + y) * size + x]! * pixels[c]![top + y]![left + x]!;
      return out;
    });
  });
  const extra = ['embeddings.cls_token', ...(config['model_type'] === 'deit' ? ['embeddings.distillation_token'] : [])];
  const tokens = [...extra.map((name) => parts.values(name)), ...convolved];
  const positions = parts.rows('embeddings.position_embeddings', width);
  const epsilon = config['layer_norm_eps'] as number;
  const names: Names = {
    ...bertNames,
    query: 'attention.attention.query',
    key: 'attention.attention.key',
    value: 'attention.attention.value',
    first: 'layernorm_before',
    second: 'layernorm_after',
  };
  const shape = {
    layers: config['num_hidden_layers'] as number,
    heads: config['num_attention_heads'] as number,
    epsilon,
    activation: config['hidden_act'] as string,
  };
  return parts.norm('layernorm', preNorm(parts, names, shape, sum(tokens, positions)), epsilon);
}
