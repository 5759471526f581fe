/** The uncompressed model that a program stands for. */

/** One dense layer or norm of the uncompressed model: inner * outer weights (0 for a norm) and its biases or parameters. */
export interface BaselineLayer {
  readonly weights: number;
  readonly parameters: number;
}

export class BaselineLayers {
  readonly layers: BaselineLayer[] = [];
  /** Features that the latest projection reads: with the layers behind it, it stands for dense ones. */
  projected = 0;
  /** Rows of the weights of this operation that belong to positions, which the host adds in the baseline. */
  positions = 0;

  add(weights: number, parameters: number): void {
    this.layers.push({ weights, parameters });
  }
}

/** Numbers of an operation's weights by what compression does to them. */
export interface WeightCounts {
  /** Entries of a shared matrix. */
  readonly shared: number;
  /** Entries of a sparse one, and their bits as they are stored. */
  readonly slots: number;
  readonly slotBits: number;
  /** Everything else. */
  readonly others: number;
}
