/**
 * An encoder as the engine trains it: its tensors as parameters, its forward pass on a tape, by the steps of its graph;
 * with quantisation every site and every weight is rounded as the machine does.
 */
import { embeddedWidth, floatEpsilon } from '../model/config.js';
import { encoderGraph, layerAt, type Encoder } from '../model/encoder.js';
import { sharedPath, walk, type Graph, type LayerPart, type LinearStep, type Place } from '../model/graph.js';
import { sharedWeights } from '../compress/forward.js';
import type { Batch } from './batch.js';
import { Parameters } from './parameters.js';
import type { Quantiser } from './rounding.js';
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
  private readonly graph: Graph;
  private rounding: Quantiser | undefined;

  constructor(
    readonly engine: Engine,
    readonly encoder: Encoder,
  ) {
    this.parameters = new Parameters(engine, tensorsOf(encoder));
    this.shared = sharedWeights(encoder).map((values, n) => {
      const name = sharedPath(n);
      return this.parameters.has(name) ? this.parameters.get(name) : { at: engine.put(values), grad: 0 };
    });
    this.graph = encoderGraph(encoder);
    for (const part of this.graph.blocks.flatMap(({ layers }) => layers)) {
      const layer = layerAt(encoder, part);
      if (layer.kind === 'factorized') this.supports.set(part.path, engine.putInts(layer.sparse.rows));
    }
  }

  /** Makes every step from now on round, as the machine does or only its weights; parameters keep their exact values underneath. */
  quantise(rounding: Quantiser): void {
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
    if (this.rounding !== undefined)
      this.rounding.roundParameters((name) => {
        const { count } = parameters.get(name);
        return engine.floats(this.rounded.get(name)!, count);
      });
  }

  private weight(name: string): Weight {
    const { at, grad } = this.parameters.get(name);
    return { at: this.rounded.get(name) ?? at, grad };
  }

  /** Logits [tokens or sequences, classes]; `prepare` first. `states` receives the residual after every sublayer. */
  forward(tape: Tape, batch: Batch, noise?: Noise, states?: Tensor[]): Tensor {
    const r = this.rounding?.scales;
    const round = (x: Tensor, site: string): Tensor => {
      if (r !== undefined) tape.round(x, r.at(site));
      return x;
    };
    let masks = 0;
    const drop = (x: Tensor): Tensor => {
      if (noise !== undefined && noise.rate > 0) tape.dropout(x, noise, noise.seed + 0x9e3779b * ++masks);
      return x;
    };
    const at = {} as Record<Place, Tensor>;
    let result: Tensor | undefined;
    walk(this.graph, {
      embed: ({ alsoX }) => {
        at.residual = drop(this.embed(tape, batch));
        if (alsoX) at.x = at.residual;
      },
      residual: ({ site, stays }) => {
        if (r !== undefined && stays) tape.round(at.residual, r.at(site), -32768, 32767);
        if (stays) states?.push(at.residual);
      },
      norm: ({ part: { path }, centred, to, site, replacesResidual }) => {
        const kind = { epsilon: floatEpsilon(this.encoder.config, path), centred };
        const y = tape.norm(at.residual, this.weight(`${path}.gamma`), this.weight(`${path}.beta`), kind);
        // A residual that is replaced keeps the exact value, and X is its rounded copy.
        if (replacesResidual) {
          at.residual = y;
          states?.push(y);
        }
        at[to] = r === undefined ? y : round(replacesResidual ? tape.copy(y) : y, site);
      },
      copy: ({ site }) => {
        at.x = round(tape.copy(at.residual), site);
      },
      linear: (step) => {
        const projected = new Map<number, Tensor>();
        for (const { part, to, site, activation, replaces } of step.outputs) {
          const onto = site === undefined && replaces !== true ? at[to] : undefined;
          const y = this.layer(tape, at[step.from], part, step, projected, onto);
          if (site !== undefined) round(y, site);
          at[to] = activation === undefined ? y : drop(round(tape.activation(activation.of, y), activation.site));
        }
      },
      attention: ({ heads, causal, site }) => {
        at.attended = drop(round(tape.attention(at.query, at.key, at.value, batch.sequences, heads, causal), site));
      },
      head: ({ path, outer, site }) => {
        result = round(tape.linear(at.x, this.weight(`${path}.weights`), outer, this.weight(`${path}.bias`)), site);
      },
      output: () => {
        result = at.x;
      },
      pool: ({ site }) => {
        result = round(tape.meanPool(result!, batch.sequences), site);
      },
    });
    return result!;
  }

  private embed(tape: Tape, batch: Batch): Tensor {
    const { width, featureCount, input } = this.encoder.config;
    const scales = this.rounding?.scales;
    if (input === 'patches') {
      const features: Tensor = { at: batch.features, rows: batch.tokens, width: featureCount, grad: 0 };
      if (scales !== undefined) this.engine.kernels.roundTo(features.at, scales.input, -128, 127, batch.tokens * featureCount);
      const x = tape.linear(features, this.weight('embedding'), width, this.weight('embeddingBias'));
      tape.embed(x, this.weight('positions'), batch.positions, 1);
      return x;
    }
    const embedded = embeddedWidth(this.encoder.config);
    const x = tape.zeros(batch.tokens, embedded);
    if (input === 'features')
      this.engine.floats(x.at, batch.tokens * embedded).set(this.engine.floats(batch.features, batch.tokens * embedded));
    else tape.embed(x, this.weight('embedding'), batch.ids, batch.perToken);
    tape.embed(x, this.weight('positions'), batch.positions, 1);
    if (scales !== undefined) tape.round(x, scales.input);
    return x;
  }

  /** x W + b, or (x W_S) W_D + b; layers of one step share the projection. */
  private layer(
    tape: Tape,
    x: Tensor,
    part: LayerPart,
    { projection }: LinearStep,
    projected: Map<number, Tensor>,
    onto: Tensor | undefined,
  ): Tensor {
    const layer = layerAt(this.encoder, part);
    const { path } = part;
    const bias = this.weight(`${path}.bias`);
    if (layer.kind === 'dense') return tape.linear(x, this.weight(`${path}.weights`), layer.outer, bias, onto);
    let p = projected.get(layer.matrix);
    if (p === undefined) {
      p = tape.linear(x, this.shared[layer.matrix]!, layer.sparse.rank);
      const scales = this.rounding?.scales;
      if (scales !== undefined) tape.round(p, scales.at(projection));
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
