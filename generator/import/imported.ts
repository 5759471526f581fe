/** What comes of a source: the report first, and the encoder where nothing in it is unsupported. */
import type { Encoder } from '../model/encoder.js';
import type { StoredTensor } from '../model/safetensors.js';
import type { HostStep } from '../model/host-steps.js';

/** Outputs of the source, or of its ONNX file, beside those of the imported model. */
export interface Verification {
  readonly file: string;
  /** Random ones. */
  readonly inputs: number;
  /** Name of the output that was compared. */
  readonly output: string;
  /** Largest magnitude of the difference of two values. */
  readonly largestDifference: number;
  /** Largest magnitude of a value of the source. */
  readonly largestValue: number;
  /** Whether the difference is within a thousandth of the largest value. */
  readonly equal: boolean;
}

export interface ImportReport {
  /** Class of the source's model; undefined where nothing says it. */
  readonly architecture: string | undefined;
  /** Number of layers; undefined where the architecture is unknown. */
  readonly layers: number | undefined;
  readonly width: number | undefined;
  /** Tensors of the source, and what they became: names of docs/checkpoint.md. */
  readonly mapped: Readonly<Record<string, string>>;
  /** What the host computes, one line each. */
  readonly host: readonly string[];
  /** What the tool cannot hold, with what would be needed. */
  readonly unsupported: readonly string[];
  readonly verify?: Verification;
}

export interface Imported {
  readonly report: ImportReport;
  /** Encoder; undefined where the report lists something unsupported. */
  readonly encoder: Encoder | undefined;
  /** Steps that the host applies to the outputs. */
  readonly steps: readonly HostStep[];
  /** Tokens of every input, where the model takes no other number. */
  readonly tokens?: number | undefined;
  /** Tensors of the source for the host; under their own names. */
  readonly hostTensors: ReadonlyMap<string, HostTensor>;
  /** Files of the source that the host needs. */
  readonly hostFiles: readonly string[];
}

export interface HostTensor extends Pick<StoredTensor, 'shape'> {
  readonly values: Float64Array;
}

export interface ImportOptions {
  /** 'none' imports the encoder alone, whatever its head. */
  readonly head?: 'own' | 'none';
  /** Name of the task in the checkpoint. */
  readonly task?: string | undefined;
  /** Tensors of an ONNX graph between which the encoder stands, where it is a part of a larger model. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Callback for when everything is known from headers alone, before any tensor is read. */
  readonly onReport?: (report: ImportReport) => void;
}
