/** Every parameter of the hardware, described once: types, checks, JSON Schema, --help and docs all read this. */
import { mostFeatures } from '../contract/isa.js';
import { factorRank, modelWidth, mostMatrices, mostSlices, passOver } from '../contract/limits.js';

export interface IntField {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  readonly powerOfTwo?: true;
  readonly doc: string;
}

export interface ChoiceField {
  readonly choices: readonly string[];
  readonly initial: string;
  readonly doc: string;
}

export type Field = IntField | ChoiceField;

export const fields = {
  array: {
    columns: {
      unit: 'columns',
      min: 2,
      max: 32,
      initial: 8,
      powerOfTwo: true,
      doc: 'output features computed at a time; also the number of P banks',
    },
    slices: {
      unit: 'slices',
      min: 1,
      max: mostSlices,
      initial: 4,
      powerOfTwo: true,
      doc: 'parts of a window, each with lanes of its own; as many inputs share a part as fit',
    },
    lanesPerSlice: { unit: 'lanes', min: 1, max: 64, initial: 2, powerOfTwo: true, doc: 'tokens of one slice computed at a time' },
    passes: { unit: 'tokens a lane', min: 1, max: 64, initial: 16, doc: 'tokens that a lane follows in turn while a weight is held' },
    pairedColumns: {
      unit: 'columns',
      min: 0,
      max: 32,
      initial: 0,
      doc: 'columns in which two lanes share a multiplier of 25 x 8 bits (DSP48); up to columns, lanesPerSlice even',
    },
  },
  numerics: {
    activationBits: {
      unit: 'bits',
      min: 4,
      max: 8,
      initial: 8,
      doc: 'width of a stored activation, sign included: words of X, H, P, Q, K and V; multipliers stay 8 x 8',
    },
  },
  timing: {
    multiplierStages: {
      unit: 'registers',
      min: 1,
      max: 2,
      initial: 1,
      doc: 'registers of the products of epilogue and norm, the longest paths; 2: halves are added a cycle later',
    },
    extraStages: {
      unit: 'registers',
      min: 0,
      max: 1,
      initial: 0,
      doc: 'registers in the other long paths: beside the memories, in the shifts of epilogue and norm',
    },
  },
  vector: {
    lanes: {
      unit: 'lanes',
      min: 0,
      max: 256,
      initial: 0,
      doc: 'datapaths of norms, shared by lanes in turn: a power of two that divides slices x lanesPerSlice; 0: one a lane',
    },
  },
  registerFile: {
    kind: {
      choices: ['async', 'sync', 'grid'],
      initial: 'sync',
      doc: 'banks: asynchronous-read memory, synchronous-read memory, or a flip-flop grid',
    },
    directions: {
      unit: 'directions',
      min: 1,
      max: 2,
      initial: 2,
      doc: 'written and read along tokens and along features, or along one of them with turners where the other is needed',
    },
    turn: {
      choices: ['ahead', 'late'],
      initial: 'ahead',
      doc: 'with one direction: values are turned ahead of the array, or while it waits for them',
    },
  },
  memory: {
    kind: {
      choices: ['block', 'distributed', 'macro', 'latch'],
      initial: 'block',
      doc: 'style of memories: block RAM, LUT RAM, an instance to swap for a macro, or that with latches for small ones',
    },
  },
  envelope: {
    width: { unit: 'features', ...modelWidth, initial: 128, doc: 'largest model width' },
    hidden: { unit: 'features', min: 4, max: mostFeatures, initial: 512, doc: 'largest feed-forward width' },
    rank: { unit: 'ranks', ...factorRank, initial: 128, doc: 'largest rank of a factorization' },
    codeWords: {
      unit: 'words',
      min: 4,
      max: 1048576,
      initial: 16384,
      doc: 'W_S store: columns 4-bit codes a word, one a feature and rank tile',
    },
    matrices: { unit: 'matrices', min: 1, max: mostMatrices, initial: 4, doc: 'shared W_S matrices, each with a codebook' },
    instructions: { unit: 'instructions', min: 8, max: 4096, initial: 256, doc: 'program memory' },
  },
  port: {
    busBytes: { unit: 'bytes', min: 4, max: 64, initial: 16, powerOfTwo: true, doc: 'AXI4 data width; a beat' },
    addressBits: { unit: 'bits', min: 24, max: 64, initial: 32, doc: 'AXI4 address width' },
    burstBeats: { unit: 'beats', min: 1, max: 256, initial: 16, powerOfTwo: true, doc: 'longest burst' },
    outstandingReads: { unit: 'bursts', min: 1, max: 32, initial: 8, powerOfTwo: true, doc: 'read bursts in flight' },
    prefetchBeats: { unit: 'beats', min: 4, max: 4096, initial: 64, powerOfTwo: true, doc: 'weight-stream prefetch buffer' },
    reset: {
      choices: ['rst_i', 'aresetn'],
      initial: 'rst_i',
      doc: 'reset port of the top, synchronous: rst_i is active high, aresetn active low as AXI has it',
    },
    rowCrc: {
      unit: 'beats',
      min: 0,
      max: 1,
      initial: 0,
      doc: 'CRC-32 after the rows of a request: checked by the chip on the way in, written on the way out',
    },
  },
  batcher: {
    lookahead: { unit: 'requests', min: 1, max: 64, initial: 32, powerOfTwo: true, doc: 'requests seen before a window is formed' },
    segments: { unit: 'requests', min: 1, max: 64, initial: 32, powerOfTwo: true, doc: 'most requests of one window' },
    passOver: { unit: 'windows', ...passOver, initial: 8, doc: 'how often a request may be passed over by later ones' },
    windowBuffers: {
      unit: 'windows',
      min: 1,
      max: 2,
      initial: 1,
      doc: 'windows whose rows the chip holds; 2: those of the next are loaded meanwhile, into a second X and R',
    },
  },
} as const satisfies Record<string, Record<string, Field>>;

type Fields = typeof fields;
type Value<F> = F extends { readonly choices: readonly (infer C)[] } ? C : number;

/** All hardware parameters, plain and deeply frozen. */
export type Params = { readonly [G in keyof Fields]: { readonly [N in keyof Fields[G]]: Value<Fields[G][N]> } } & {
  readonly prefix: string;
};

/** Overrides of any subset of the parameters. */
export type ParamsInput = { readonly [G in keyof Fields]?: { readonly [N in keyof Fields[G]]?: Value<Fields[G][N]> } } & {
  readonly prefix?: string;
};
