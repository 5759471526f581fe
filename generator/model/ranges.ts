/** Magnitudes that were seen at every site of an encoder. */
export interface Range {
  /** Largest magnitude seen. */
  readonly largest: number;
  /** Magnitude that the share `percentile` of values stays below. */
  readonly clip: number;
  /** The same over positive values alone: what an activation or the best logit needs. */
  readonly positiveClip: number;
}

export type Ranges = ReadonlyMap<string, Range>;
