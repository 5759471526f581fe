/**
 * An encoder as the engine trains it: its tensors as parameters, its forward pass on a tape. Sites and order are those of
 * generator/compress/forward.ts; with quantisation every site and every weight is rounded as the machine does.
 */
import { layerNames, type Encoder, type LayerName } from '../model/encoder.js';
import { sharedWeights } from '../compress/forward.js';
import type { Batch } from './batch.js';
import { Parameters } from './parameters.js';
import { groupOf, type Rounding } from './rounding.js';
import { Tape, type Noise, type Tensor, type Weight } from './tape.js';
import { encoderWith, tensorsOf } from './tensors.js';
import type { Engine } from './wasm.js';

export class Network {
  readonly parameters: Parameters;
  /** Rounded copies of parameters, by name; empty without quantisation. */
  private readonly rounded = new Map<string, number>();
  /** Addresses of the supports of the factorized layers, by path. */
  private readonly supports = new Map<string, number>();
  private readonly shared: Weight[];
  private rounding: Rounding | undefined;

  constructor(readonly engine: Engine, readonly encoder: Encoder) {
    this.parameters = new Parameters(engine, tensorsOf(encoder));
    this.shared = sharedWeights(encoder).map((values, n) => {
      const name = `shared.${n}`;
      return this.parameters.has(name) ? this.parameters.get(name) : { at: engine.put(values), grad: 0 };
    });
    encoder.blocks.forEach((block, i) => layerNames.forEach((name) => {
      const layer = block[name];
      if (layer.kind === 'dense') return;
      this.supports.set(`layers.${i}.${name}`, engine.putInts(layer.sparse.rows));
    }));
  }

  /** From now on every step rounds as the machine does; parameters keep their exact values underneath. */
  quantise(rounding: Rounding): void {
    this.rounding = rounding;
    for (const { name, count } of this.parameters.list) if (!this.rounded.has(name)) this.rounded.set(name, this.engine.zeros(count));
  }

  /** Brings what operations read up to date with the parameters, and clears the gradients. */
  prepare(): void {
    const { engine, parameters } = this;
    parameters.grads().fill(0);
    for (const { name, at, count } of parameters.list) {
      const to = this.rounded.get(name);
      if (to !== undefined) engine.floats(to, count).set(engine.floats(at, count));
    }
    if (this.rounding !== undefined) this.rounding.roundParameters((name) => {
      const { count } = parameters.get(name);
      return engine.floats(this.rounded.get(name)!, count);
    });
  }

  private weight(name: string): Weight {
    const { at, grad } = this.parameters.get(name);
    return { at: this.rounded.get(name) ?? at, grad };
  }

  /** Logits [tokens or sequences, classes]; `prepare` first. */
  forward(tape: Tape, batch: Batch, noise?: Noise): Tensor {
    const { config, embeddingNorm, blocks, finalNorm } = this.encoder;
    const { rounding: r } = this;
    const pre = config.norm === 'pre';
    const site = (x: Tensor, step: number | undefined): Tensor => {
      if (step !== undefined) tape.round(x, step);
      return x;
    };
    let masks = 0;
    const drop = (x: Tensor): Tensor => {
      if (noise !== undefined && noise.rate > 0) tape.dropout(x, noise, noise.seed + 0x9e3779b * ++masks);
      return x;
    };
    const residualSite = (x: Tensor): Tensor => {
      if (r !== undefined && pre) tape.round(x, r.scales.residual, -32768, 32767);
      return x;
    };
    let residual = residualSite(drop(this.embed(tape, batch)));
    let x = residual;
    /** After post-norm the residual keeps the exact value, and X is its rounded copy. */
    const normalise = (of: Tensor, path: string, where: string): void => {
      const y = tape.norm(of, this.weight(`${path}.gamma`), this.weight(`${path}.beta`));
      if (!pre) residual = y;
      x = r === undefined ? y : site(pre ? y : tape.copy(y), r.scales.at(where));
    };
    if (embeddingNorm !== undefined) normalise(residual, 'embeddingNorm', 'layers.0.attentionNorm');
    blocks.forEach((_, i) => {
      const path = `layers.${i}`;
      if (pre) normalise(residual, `${path}.attentionNorm`, `${path}.attentionNorm`);
      const projected = new Map<number, Tensor>();
      const [q, k, v] = (['query', 'key', 'value'] as const).map((name) => site(this.layer(tape, x, i, name, projected), r?.scales.at(`${path}.${name}`))) as [Tensor, Tensor, Tensor];
      const attended = drop(site(tape.attention(q, k, v, batch.sequences, config.heads, config.causal), r?.scales.at(`${path}.attended`)));
      residual = residualSite(this.layer(tape, attended, i, 'out', new Map(), residual));
      normalise(residual, `${path}.${pre ? 'hiddenNorm' : 'attentionNorm'}`, `${path}.hiddenNorm`);
      const before = site(this.layer(tape, x, i, 'hiddenIn', new Map()), r?.scales.activation);
      const hidden = drop(site(tape.activation(config.activation, before), r?.scales.hidden));
      residual = residualSite(this.layer(tape, hidden, i, 'hiddenOut', new Map(), residual));
      if (!pre) normalise(residual, `${path}.hiddenNorm`, `layers.${i + 1}.attentionNorm`);
    });
    if (finalNorm !== undefined) normalise(residual, 'finalNorm', 'final');
    const logits = site(tape.linear(x, this.weight('head.weights'), config.classes, this.weight('head.bias')), r?.scales.logits);
    return config.head === 'token' ? logits : site(tape.meanPool(logits, batch.sequences), r?.scales.output);
  }

  private embed(tape: Tape, batch: Batch): Tensor {
    const { width, featureCount, input } = this.encoder.config;
    const { rounding } = this;
    if (input === 'patches') {
      const features: Tensor = { at: batch.features, rows: batch.tokens, width: featureCount, grad: 0 };
      if (rounding !== undefined) this.engine.kernels.roundTo(features.at, rounding.scales.input, -128, 127, batch.tokens * featureCount);
      const x = tape.linear(features, this.weight('embedding'), width, this.weight('embeddingBias'));
      tape.embed(x, this.weight('positions'), batch.positions, 1);
      return x;
    }
    const x = tape.zeros(batch.tokens, width);
    tape.embed(x, this.weight('embedding'), batch.ids, batch.perToken);
    tape.embed(x, this.weight('positions'), batch.positions, 1);
    if (rounding !== undefined) tape.round(x, rounding.scales.input);
    return x;
  }

  /** x W + b, or (x W_S) W_D + b; layers of one block that read the same x share the projection. */
  private layer(tape: Tape, x: Tensor, block: number, name: LayerName, projected: Map<number, Tensor>, onto?: Tensor): Tensor {
    const layer = this.encoder.blocks[block]![name];
    const path = `layers.${block}.${name}`;
    const bias = this.weight(`${path}.bias`);
    if (layer.kind === 'dense') return tape.linear(x, this.weight(`${path}.weights`), layer.outer, bias, onto);
    let p = projected.get(layer.matrix);
    if (p === undefined) {
      p = tape.linear(x, this.shared[layer.matrix]!, layer.sparse.rank);
      if (this.rounding !== undefined) tape.round(p, this.rounding.scales.at(`layers.${block}.${groupOf(name)}`));
      projected.set(layer.matrix, p);
    }
    const { k } = layer.sparse;
    return tape.sparse(p, { k, rows: this.supports.get(path)!, values: this.weight(`${path}.values`) }, layer.outer, bias, onto);
  }

  /** The encoder with the parameters as they are now, unrounded. */
  toEncoder(): Encoder {
    return encoderWith(this.encoder, (name) => (this.parameters.has(name) ? this.parameters.read(name) : undefined));
  }
}
