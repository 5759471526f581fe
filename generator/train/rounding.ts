/** The machine's rounding of parameters while training, by the very rules with which generator/compress/pack.ts packs. */
import { encoderGraph, layerAt, type Encoder, type FactorizedLayer, type Norm } from '../model/encoder.js';
import { walk } from '../model/graph.js';
import { quantiseColumns } from '../compress/column-scales.js';
import { normIntegers, shiftedBytes } from '../compress/requant.js';
import type { Scales } from '../compress/scales.js';
import { bestScale } from '../compress/values.js';
import { sparseLimit } from '../model/value-codes.js';

/** A writable view of a tensor's copy, by its name. */
export type View = (name: string) => Float32Array;

/** What a network's parameters are read as; with scales also the values at its sites are rounded. */
export interface Quantiser {
  readonly scales?: Scales | undefined;
  roundParameters(view: View): void;
}

export class Rounding implements Quantiser {
  constructor(
    private readonly encoder: Encoder,
    readonly scales: Scales,
  ) {}

  roundParameters(view: View): void {
    const { encoder, scales } = this;
    const columns = { perColumn: encoder.config.columnScales === true };
    walk(encoderGraph(encoder), {
      embed: () => {
        if (encoder.config.input === 'patches') this.roundPatches(view);
      },
      residual: () => undefined,
      norm: ({ part: { path }, site }) => roundNorm(view, path, scales.at(site)),
      copy: () => undefined,
      linear: ({ reads, projection, outputs }) => {
        for (const { part, site } of outputs) {
          const layer = layerAt(encoder, part);
          const target = site === undefined ? scales.residual : scales.at(site);
          if (layer.kind === 'dense') roundDense(view, part.path, { ...columns, input: scales.at(reads), target });
          else this.roundSparse(view, layer, part.path, scales.at(projection));
        }
      },
      attention: () => undefined,
      head: ({ path, reads, site }) => roundDense(view, path, { ...columns, input: scales.at(reads), target: scales.at(site) }),
      output: () => undefined,
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
    if (this.encoder.config.columnScales === true) {
      const bias = view('embeddingBias');
      const { input, residual: target } = this.scales;
      const { weights, bias: codes, biasShift, steps } = quantiseColumns(both, bias, { input, target, limit: 127 });
      const exact = weights.length - positions.length;
      for (let i = 0; i < exact; i++) embedding[i] = weights[i]! * steps[i % steps.length]!;
      for (let i = 0; i < positions.length; i++) positions[i] = weights[exact + i]! * steps[i % steps.length]! * position;
      for (let j = 0; j < bias.length; j++) bias[j] = codes[j]! * 2 ** biasShift * steps[j]! * input;
      return;
    }
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

interface DenseSteps {
  readonly input: number;
  readonly target: number;
  readonly perColumn: boolean;
}

function roundDense(view: View, path: string, { input, target, perColumn }: DenseSteps): void {
  const values = view(`${path}.weights`);
  if (perColumn) {
    const bias = view(`${path}.bias`);
    const { weights, bias: codes, biasShift, steps } = quantiseColumns(values, bias, { input, target, limit: 127 });
    for (let i = 0; i < values.length; i++) values[i] = weights[i]! * steps[i % steps.length]!;
    for (let j = 0; j < bias.length; j++) bias[j] = codes[j]! * 2 ** biasShift * steps[j]! * input;
    return;
  }
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
