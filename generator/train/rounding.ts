/** The machine's rounding of parameters while training, by the very rules with which generator/compress/pack.ts packs. */
import type { Encoder, FactorizedLayer, Norm } from '../model/encoder.js';
import { layerNames, type LayerName } from '../model/encoder.js';
import { normIntegers, shiftedBytes } from '../compress/requant.js';
import type { Scales } from '../compress/scales.js';
import { bestScale } from '../compress/values.js';
import { sparseLimit } from '../model/value-codes.js';

/** A writable view of a tensor's copy, by its name. */
export type View = (name: string) => Float32Array;

export class Rounding {
  constructor(private readonly encoder: Encoder, readonly scales: Scales) {}

  roundParameters(view: View): void {
    const { encoder, scales } = this;
    const { config } = encoder;
    const pre = config.norm === 'pre';
    if (config.input === 'patches') this.roundPatches(view);
    if (encoder.embeddingNorm !== undefined) roundNorm(view, 'embeddingNorm', scales.at('layers.0.attentionNorm'));
    encoder.blocks.forEach((block, i) => {
      const path = `layers.${i}`;
      if (pre) roundNorm(view, `${path}.attentionNorm`, scales.at(`${path}.attentionNorm`));
      roundNorm(view, `${path}.${pre ? 'hiddenNorm' : 'attentionNorm'}`, scales.at(`${path}.hiddenNorm`));
      if (!pre) roundNorm(view, `${path}.hiddenNorm`, scales.at(`layers.${i + 1}.attentionNorm`));
      for (const name of layerNames) {
        const layer = block[name];
        if (layer.kind === 'dense') {
          const input = name === 'hiddenOut' ? scales.hidden : scales.at(`${path}.${name === 'out' ? 'attended' : name === 'hiddenIn' ? 'hiddenNorm' : 'attentionNorm'}`);
          roundDense(view, `${path}.${name}.weights`, `${path}.${name}.bias`, input);
        } else {
          this.roundSparse(view, layer, `${path}.${name}`, scales.at(`${path}.${groupOf(name)}`));
        }
      }
    });
    const last = pre ? 'final' : `layers.${encoder.blocks.length}.attentionNorm`;
    if (encoder.finalNorm !== undefined) roundNorm(view, 'finalNorm', scales.at('final'));
    roundDense(view, 'head.weights', 'head.bias', scales.at(last));
  }

  private roundSparse(view: View, layer: FactorizedLayer, path: string, input: number): void {
    const values = view(`${path}.values`);
    const scale = layer.valueScale ?? bestScale(values, sparseLimit);
    roundWith(values, scale, sparseLimit);
    roundBias(view(`${path}.bias`), input * scale);
  }

  /** The patch projection and the positions are one matrix of the machine, with one scale; positions count in steps of their one. */
  private roundPatches(view: View): void {
    const { embedding, positions } = { embedding: view('embedding'), positions: view('positions') };
    const { position } = this.scales;
    const both = new Float32Array(embedding.length + positions.length);
    both.set(embedding);
    both.set(positions.map((value) => value / position), embedding.length);
    const scale = bestScale(both, 127);
    roundWith(embedding, scale, 127);
    roundWith(positions, scale * position, 127);
    roundBias(view('embeddingBias'), this.scales.input * scale);
  }
}

function roundWith(values: Float32Array, scale: number, limit: number): void {
  for (let i = 0; i < values.length; i++) values[i] = scale * Math.max(-limit, Math.min(limit, Math.round(values[i]! / scale)));
}

function roundBias(bias: Float32Array, unit: number): void {
  const { bytes, shift } = shiftedBytes(bias, unit);
  for (let i = 0; i < bias.length; i++) bias[i] = bytes[i]! * 2 ** shift * unit;
}

function roundDense(view: View, weights: string, bias: string, input: number): void {
  const values = view(weights);
  const scale = bestScale(values, 127);
  roundWith(values, scale, 127);
  roundBias(view(bias), input * scale);
}

function roundNorm(view: View, path: string, scale: number): void {
  const norm: Norm = { gamma: view(`${path}.gamma`), beta: view(`${path}.beta`) };
  const { gamma, beta, biasShift, unit } = normIntegers(norm.gamma, norm.beta, scale);
  for (let i = 0; i < gamma.length; i++) {
    norm.gamma[i] = gamma[i]! * unit * 1024;
    norm.beta[i] = beta[i]! * 2 ** biasShift * unit;
  }
}

/** The site of P, named after the role. */
export function groupOf(name: LayerName): 'attentionIn' | 'attentionOut' | 'hiddenIn' | 'hiddenOut' {
  if (name === 'out') return 'attentionOut';
  return name === 'hiddenIn' || name === 'hiddenOut' ? name : 'attentionIn';
}
