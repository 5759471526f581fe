/**
 * A float encoder as compression sees it: layers that are dense or W_S W_D, in the order in which the machine runs.
 *
 * Shapes   weights float32[inner * outer] at f * outer + j; embedding [rows, width]; positions [maxLength, width]
 */
import type { ModelConfig } from './config.js';
import { UserError } from '../util/errors.js';
import type { CodedMatrix } from './coded-matrix.js';
import { graphOf, type Graph, type LayerPart, type NormPart } from './graph.js';
import type { HostSide } from './host-steps.js';
import type { Matrix } from './matrix.js';
import type { SparseColumns } from './sparse-columns.js';

export interface DenseLayer {
  readonly kind: 'dense';
  readonly inner: number;
  readonly outer: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export interface FactorizedLayer {
  readonly kind: 'factorized';
  readonly inner: number;
  readonly outer: number;
  /** Number of the shared matrix. */
  readonly matrix: number;
  readonly sparse: SparseColumns;
  /** One step of the 6-bit values, once they are quantised; chosen when packing otherwise. */
  readonly valueScale?: number;
  readonly bias: Float32Array;
}

export type Layer = DenseLayer | FactorizedLayer;

export interface Norm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
}

export interface EncoderBlock {
  readonly attentionNorm: Norm;
  readonly query: Layer;
  readonly key: Layer;
  readonly value: Layer;
  readonly out: Layer;
  readonly hiddenNorm: Norm;
  readonly hiddenIn: Layer;
  readonly hiddenOut: Layer;
  /** Layer of block 0, where the embeddings have another width. */
  readonly widen?: Layer;
}

/** W_S in floats, and as codes once it is coded; the codes win wherever both are there. */
export interface SharedMatrix {
  readonly dictionary: Matrix;
  readonly coded?: CodedMatrix;
}

export interface Encoder {
  readonly task: string;
  readonly config: ModelConfig;
  readonly embedding: Float32Array;
  /** Zero for ids, the bias of the projection for patches. */
  readonly embeddingBias: Float32Array;
  readonly positions: Float32Array;
  /** Norm after the embedding, in post-norm encoders only. */
  readonly embeddingNorm: Norm | undefined;
  readonly blocks: readonly EncoderBlock[];
  /** Norm behind the last block, in pre-norm encoders only. */
  readonly finalNorm: Norm | undefined;
  /** Head of the model: without outputs where the model has none. */
  readonly head: DenseLayer;
  readonly shared: readonly SharedMatrix[];
  /** What the host computes behind it, where it was imported. */
  readonly host?: HostSide;
}

/** The encoder's graph: of its configuration, with the norms that it has. */
export function encoderGraph({ config, embeddingNorm }: Encoder): Graph {
  return graphOf(config, { embeddingNorm: embeddingNorm !== undefined });
}

export function layerAt({ blocks }: Encoder, { block, name }: LayerPart): Layer {
  return blocks[block]![name]!;
}

/** The norm of a part that the encoder's graph has. */
export function normAt(encoder: Encoder, part: NormPart): Norm {
  const found = part.block === undefined ? encoder[part.name] : encoder.blocks[part.block]![part.name];
  if (found === undefined) throw new UserError([noFinalNorm]);
  return found;
}

/** The one norm that the type lets a model lack although its graph has it. */
export const noFinalNorm = 'norm = pre: needs a final norm before the head';

export function layersOf(encoder: Encoder): Layer[] {
  return encoderGraph(encoder).blocks.flatMap(({ layers }) => layers.map((part) => layerAt(encoder, part)));
}

/** Norms and layers of a graph as an encoder has them; of a block the layers are made first. */
export function makeParts(
  { embeddingNorm, blocks, finalNorm }: Graph,
  norm: (part: NormPart) => Norm,
  layer: (part: LayerPart) => Layer,
): Pick<Encoder, 'embeddingNorm' | 'blocks' | 'finalNorm'> {
  const byName = <Part extends { readonly name: string }, Made>(parts: readonly Part[], make: (part: Part) => Made): Record<string, Made> =>
    Object.fromEntries(parts.map((part) => [part.name, make(part)]));
  return {
    embeddingNorm: embeddingNorm && norm(embeddingNorm),
    blocks: blocks.map(
      ({ norms, layers }) => ({ ...byName<LayerPart, Layer | Norm>(layers, layer), ...byName(norms, norm) }) as unknown as EncoderBlock,
    ),
    finalNorm: finalNorm && norm(finalNorm),
  };
}

/** The encoder with every layer of its blocks replaced. */
export function mapLayers(encoder: Encoder, change: (layer: Layer, part: LayerPart) => Layer): Encoder {
  return {
    ...encoder,
    ...makeParts(
      encoderGraph(encoder),
      (part) => normAt(encoder, part),
      (part) => change(layerAt(encoder, part), part),
    ),
  };
}
