/** The shape of every task's data: tokens in, one label a sequence or one label a token out. */
import type { HostSide } from '../model/host-steps.js';

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
  /** The text that the outputs should spell, for the metric `cer`. */
  readonly answer?: string;
}

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** What is measured; `cosine` and `neighbour` compare with the float model and need no labels (docs/tasks.md). */
export const metricNames = ['accuracy', 'f1', 'cosine', 'neighbour', 'cer'] as const;
export type MetricName = (typeof metricNames)[number];

/** How predictions are shown: the class of an input, a class behind every token, or the classes of all tokens as one text. */
export const displayNames = ['class', 'tags', 'text'] as const;
export type DisplayName = (typeof displayNames)[number];

/** How the classes of the tokens become a text. */
export interface Spelling {
  readonly separator: string;
  /** Class that stands for nothing, where there is one. */
  readonly blank?: number;
  /** Whether equal classes of neighbouring tokens are written once, as connectionist temporal classification has it. */
  readonly merge: boolean;
}

export const plainSpelling: Spelling = { separator: '', merge: false };

/** Grey levels 0 .. 255, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

export interface Dataset {
  /** Name of the task, which its checkpoints and images bear. */
  readonly task: string;
  readonly metric: MetricName;
  readonly display: DisplayName;
  readonly spelling: Spelling;
  /** Token tasks: a token's vector is the sum of the table rows of its ids; 0 for patch tasks. */
  readonly idsPerToken: number;
  /** The row that all words too rare for one of their own share, where there is one: the first id of such a token. */
  readonly rareRow?: number;
  /** Rows of the embedding table; 0 for patch tasks. */
  readonly vocabulary: number;
  /** Values a patch, each in [0, 1]; 0 for token tasks. */
  readonly featureCount: number;
  readonly maxLength: number;
  /** Names of the classes, empty where the outputs of the model are none; then the model alone says how many there are. */
  readonly labelNames: readonly string[];
  readonly head: 'sequence' | 'token';
  readonly licence: string;
  readonly splits: Readonly<Record<SplitName, readonly Example[]>>;
  /** What the host computes of the outputs of an input, where that is known of the task; what is compared are its values then. */
  readonly host?: HostSide;
  /** What an input is called in one line, where that can be said. */
  readonly title?: (example: Example) => string;
  /**
   * The text that outputs of the model mean, of examples of one split, where networks behind the model say it.
   *
   * Shapes   outputs [models][examples] -> texts [models][examples]
   */
  readonly readTexts?: (examples: readonly Example[], outputs: readonly (readonly Float32Array[])[]) => string[][];
  /** What an input looks like, where it is a picture. */
  readonly picture?: (example: Example) => Picture;
  /** Says that features of these are wanted soon, where it is faster to compute them together; nothing is computed yet. */
  readonly together?: (examples: readonly Example[]) => void;
  /** What a person reads of one example: a word, a sentence, 28 lines of a digit. */
  describe(example: Example): string;
}

/** Whether anything is known that outputs should be. */
export function hasLabels(examples: readonly Example[]): boolean {
  return examples.some(({ labels }) => labels.some((label) => label >= 0));
}
