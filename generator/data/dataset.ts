/** The shape of every task's data: tokens in, one label a sequence or one label a token out. */

/**
 * One request before embedding.
 *
 * Shapes   ids int32[length * idsPerToken] (token tasks) or features float32[length * featureCount] (patch tasks)
 *          labels int32[1] (per sequence) or int32[length] (per token)
 */
export interface Example {
  readonly length: number;
  readonly ids?: Int32Array;
  readonly features?: Float32Array;
  readonly labels: Int32Array;
}

export type SplitName = 'train' | 'validation' | 'test';

export interface Dataset {
  readonly task: TaskName;
  /** Token tasks: a token's vector is the sum of the table rows of its ids; 0 for patch tasks. */
  readonly idsPerToken: number;
  /** The row that all words too rare for one of their own share, where there is one: the first id of such a token. */
  readonly rareRow?: number;
  /** Rows of the embedding table; 0 for patch tasks. */
  readonly vocabulary: number;
  /** Values a patch, each in [0, 1]; 0 for token tasks. */
  readonly featureCount: number;
  readonly maxLength: number;
  readonly labelNames: readonly string[];
  readonly head: 'sequence' | 'token';
  readonly licence: string;
  readonly splits: Readonly<Record<SplitName, readonly Example[]>>;
  /** What a person reads of one example: a word, a sentence, 28 lines of a digit. */
  describe(example: Example): string;
}

export const taskNames = ['mnist', 'g2p', 'brown'] as const;
export type TaskName = (typeof taskNames)[number];
