/** The machine's rounding of parameters while training, by the very rules with which generator/compress/pack.ts packs. */
import { encoderGraph, layerAt, type Encoder, type FactorizedLayer, type Norm } from '../model/encoder.js';
import { walk } from '../model/graph.js';
import { normIntegers, shiftedBytes } from '../compress/requant.js';
import type { Scales } from '../compress/scales.js';
import { bestScale } from '../compress/values.js';
import { sparseLimit } from '../model/value-codes.js';

/** A writable view of a tensor's copy, by its name. */
export type View = (name: string) => Float32Array;

export class Rounding {
  constructor(
    private readonly encoder: Encoder,
    readonly scales: Scales,
  ) {}

  roundParameters(view: View): void {
    const { encoder, scales } = this;
    walk(encoderGraph(encoder), {
      embed: () => {
        if (encoder.config.input === 'patches') this.roundPatches(view);
      },
      residual: () => undefined,
      norm: ({ part: { path }, site }) => roundNorm(view, path, scales.at(site)),
      linear: ({ reads, projection, outputs }) => {
        for (const { part } of outputs) {
          const layer = layerAt(encoder, part);
          if (layer.kind === 'dense') roundDense(view, part.path, scales.at(reads));
          else this.roundSparse(view, layer, part.path, scales.at(projection));
        }
      },
      attention: () => undefined,
      head: ({ path, reads }) => roundDense(view, path, scales.at(reads)),
      pool: () => undefined,
    });
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
    both.set(
      positions.map((value) => value / position),
      embedding.length,
    );
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

function roundDense(view: View, path: string, input: number): void {
  const values = view(`${path}.weights`);
  const scale = bestScale(values, 127);
  roundWith(values, scale, 127);
  roundBias(view(`${path}.bias`), input * scale);
}

function roundNorm(view: View, path: string, scale: number): void {
  const norm: Norm = { gamma: view(`${path}.gamma`), beta: view(`${path}.beta`) };
  const { gamma, beta, biasShift, unit } = normIntegers(norm.gamma, norm.beta, scale);
  for (let i = 0; i < gamma.length; i++) {
    norm.gamma[i] = gamma[i]! * unit * 1024;
    norm.beta[i] = beta[i]! * 2 ** biasShift * unit;
  }
}
