/** What a task is, wherever its description comes from: the built-in ones and files of the user are the same to every command. */
import type { PeerName } from '../util/peers.js';
import type { Dataset, MetricName } from './dataset.js';
import type { TrainConfig } from './recipe-schema.js';

/** Changes of training inputs, each drawn anew at every step. */
export const augmentNames = ['warpPatches', 'hideRareIds'] as const;
export type AugmentName = (typeof augmentNames)[number];

/** What `trexgen import` is given. */
export interface PretrainedSource {
  /** A file or folder of a package. */
  readonly source: string;
  /** Tensors of an ONNX graph between which the encoder stands. */
  readonly from?: string;
  readonly to?: string;
}

export interface TaskDescription {
  /** What checkpoints and images of the task bear. */
  readonly name: string;
  /** What the user names it by: the name, or the path of its description. */
  readonly source: string;
  readonly metric: MetricName;
  /** Folder of its trained models, each a checkpoint. */
  readonly models: string;
  /** Source of its dense model; undefined where that model is trained. Called once the packages are known to be there. */
  readonly pretrained?: () => PretrainedSource;
  /** Optional packages that hold its data, and its pretrained model. */
  readonly packages: readonly PeerName[];
  /** Files that its data comes from, besides packages. */
  readonly files: readonly string[];
  /** Changes of the usual recipe. */
  readonly recipe: TrainConfig;
  readonly augment: AugmentName | undefined;
  /** Errors: UserError with everything that is wrong with the data. */
  readonly read: () => Dataset;
}
