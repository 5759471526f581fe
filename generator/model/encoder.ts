/**
 * A float encoder as compression sees it: layers that are dense or W_S W_D, in the order in which the machine runs.
 *
 * Shapes   weights float32[inner * outer] at f * outer + j; embedding [rows, width]; positions [maxLength, width]
 */
import type { ModelConfig } from './config.js';
import type { CodedMatrix } from './coded-matrix.js';
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
  /** After the embedding, in post-norm encoders only. */
  readonly embeddingNorm: Norm | undefined;
  readonly blocks: readonly EncoderBlock[];
  /** Before the head, in pre-norm encoders only. */
  readonly finalNorm: Norm | undefined;
  readonly head: DenseLayer;
  readonly shared: readonly SharedMatrix[];
}

export const layerNames = ['query', 'key', 'value', 'out', 'hiddenIn', 'hiddenOut'] as const;
export type LayerName = (typeof layerNames)[number];

export function layersOf({ blocks }: Encoder): Layer[] {
  return blocks.flatMap((block) => layerNames.map((name) => block[name]));
}

/** The encoder with every layer of its blocks replaced. */
export function mapLayers(encoder: Encoder, change: (layer: Layer, name: LayerName, block: number) => Layer): Encoder {
  const blocks = encoder.blocks.map((block, i) => {
    const changed = Object.fromEntries(layerNames.map((name) => [name, change(block[name], name, i)]));
    return { ...block, ...changed };
  });
  return { ...encoder, blocks };
}
