/** Encoders of a given shape with random weights, as the machine runs them; scales are set by calibrate.ts. */
import { sparseLimit } from '../../contract/limits.js';
import { randomFrom, type Random } from '../../util/random.js';
import { phasesOf, randomColumns } from '../../compress/support.js';
import { activate } from '../../model/activations.js';
import { destinationOf, sourceOf } from '../../compress/machine-places.js';
import { graphOf, walk } from '../../model/graph.js';
import { refuse } from '../../util/errors.js';
import type { CodebookMatrix, Destination, Operation, PackedModel, Source } from '../../program/operation.js';
import { widened } from '../../program/widen.js';
import { makeAttend } from '../../operations/attend/fields.js';
import { makeDense } from '../../operations/dense/fields.js';
import { makeExpand } from '../../operations/expand/fields.js';
import { findLoad, makeLoad } from '../../operations/load/fields.js';
import { makeNorm } from '../../operations/norm/fields.js';
import { makeProject } from '../../operations/project/fields.js';
import { makeStore } from '../../operations/store/fields.js';
import { chooseIndexBits } from '../../operations/expand/supports.js';
import { setRequants } from './calibrate.js';
import { shapeProblems, type WorkloadShape } from './shapes.js';

/** How the layers of the encoder stack are kept, embedding and head being dense; uncoded and dense16: the numbers of the one before, all in 16 bits. */
export const codings = ['factorized', 'uncoded', 'dense8', 'dense16'] as const;
export type Coding = (typeof codings)[number];

export interface BuildOptions {
  readonly coding: Coding;
  /** Banks of the supports; a multiple of the hardware's columns. */
  readonly banks: number;
  /** A of docs/numerics.md; 8 when not given. */
  readonly activationBits?: number;
  readonly seed: number;
}

/** Sum of two uniform numbers: a triangle over -1 .. 1. */
const triangle = (random: Random): number => random() + random() - 1;

function bytes(random: Random, length: number, size: number): Int8Array {
  return Int8Array.from({ length }, () => Math.round(size * triangle(random)));
}

/** Codes of every level alike often; levels closer together near zero, as clustering makes them. */
function matrixOf(random: Random, inner: number, rank: number): CodebookMatrix {
  const codes = Uint8Array.from({ length: inner * rank }, () => Math.floor(16 * random()));
  const book = Int8Array.from({ length: 16 }, (_, i) => Math.round(127 * Math.sign(i - 7.5) * (Math.abs(i - 7.5) / 7.5) ** 1.5));
  return { inner, rank, codes, book };
}

const unset = { m: 512, s: 9 } as const;

/** Writes the operations of one model; every linear layer draws fresh weights. */
class Writer {
  readonly operations: Operation[] = [];
  readonly matrices: CodebookMatrix[] = [];
  private readonly random: Random;

  constructor(
    private readonly shape: WorkloadShape,
    private readonly options: BuildOptions & { readonly coding: 'factorized' | 'dense8' },
    /** Steps of stored activations are 2^narrow times those of int8. */
    private readonly narrow: number,
  ) {
    this.random = randomFrom(options.seed);
    if (options.coding !== 'factorized') return;
    const { sharing, width, hidden, rank } = shape;
    for (const [role, matrix] of Object.entries(sharing) as [keyof typeof sharing, number][]) {
      this.matrices[matrix] ??= matrixOf(this.random, role === 'hiddenOut' ? hidden : width, rank);
    }
  }

  /** Rows to R, or by a dense layer from X. */
  embed(alsoX: boolean): void {
    const { width, ends } = this.shape;
    if (ends?.projection === undefined) {
      this.operations.push(makeLoad({ outer: width, base: 0, destination: 'Rset', shift: 4 + this.narrow, alsoX }));
      return;
    }
    this.operations.push(makeLoad({ outer: ends.projection, base: 0, destination: 'X', shift: 0, alsoX: false }));
    this.dense('X', ends.projection, width, 'Rset');
  }

  /** Logits of the first token, or what the last norm has left of every one. */
  head(): void {
    const { width, ends } = this.shape;
    if (ends === undefined) {
      this.operations.push(makeStore({ source: 'X', outer: width, base: 0, firstRow: false, best: false }));
      return;
    }
    this.dense('X', width, ends.classes, 'H');
    this.operations.push(makeStore({ source: 'H', outer: ends.classes, base: 0, firstRow: true, best: false }));
  }

  norm(writeBack: boolean): void {
    const inner = this.shape.width;
    this.operations.push(
      makeNorm({
        inner,
        gamma: bytes(this.random, inner, 24).map((g) => 80 + g),
        beta: bytes(this.random, inner, 100),
        biasShift: 8,
        shift: 11 + this.narrow,
        writeBackShift: writeBack ? 6 : undefined,
      }),
    );
  }

  dense(source: Source, inner: number, outer: number, destination: Destination, active = false): void {
    const weights = Int16Array.from({ length: inner * outer }, () => Math.round(127 * triangle(this.random)));
    this.operations.push(makeDense({ source, inner, weights, wide: false, ...this.linear(outer, destination, active) }));
  }

  /** Layers that read the same activations: one projection, or none when dense. */
  layer(
    source: Source,
    matrix: number,
    inner: number,
    targets: readonly { readonly outer: number; readonly destination: Destination; readonly active?: boolean }[],
  ): void {
    const { coding, banks } = this.options;
    const { rank, k } = this.shape;
    if (coding === 'factorized') this.operations.push(makeProject({ source, matrix, inner, outer: rank, requant: unset }));
    for (const { outer, destination, active = false } of targets) {
      if (coding !== 'factorized') {
        this.dense(source, inner, outer, destination, active);
        continue;
      }
      const { rows, values } = randomColumns(this.random, { k, rank, banks }, phasesOf([outer], banks), 13);
      this.operations.push(
        makeExpand({
          k,
          rank,
          wide: false,
          rows,
          values: Int8Array.from(values, (value) => Math.max(-sparseLimit, Math.min(sparseLimit, Math.round(value)))),
          indexBits: chooseIndexBits({ rows, outer, k }, banks),
          ...this.linear(outer, destination, active),
        }),
      );
    }
  }

  private linear(outer: number, destination: Destination, active: boolean) {
    return { bias: bytes(this.random, outer, 64), biasShift: 0, requant: unset, destination, base: 0, activate: active, outer };
  }
}

function geluTable(narrow: number): Int8Array {
  return Int8Array.from({ length: 256 }, (_, y) => Math.min(127, Math.round((activate('gelu', (y - 128) / 24) * 24) / 2 ** narrow)));
}

/** Handlers of the ends that these shapes do not have: they end with a norm and a head. */
const otherEnds = { copy: () => undefined, output: () => undefined };

export function buildWorkload(shape: WorkloadShape, options: BuildOptions): PackedModel {
  const { coding, activationBits = 8 } = options;
  const narrow = 8 - activationBits;
  if (coding === 'uncoded' || coding === 'dense16')
    return widened(buildWorkload(shape, { ...options, coding: coding === 'uncoded' ? 'factorized' : 'dense8' }));
  refuse(shapeProblems(shape));
  const { width, layers, heads, hidden, norm, sharing, ends } = shape;
  const writer = new Writer(shape, { ...options, coding }, narrow);
  const [{ operations }, classes] = [writer, ends?.classes ?? width];
  const graph = graphOf(
    { input: 'ids', width, layers, heads, hidden, classes, head: 'sequence', norm, activation: 'gelu', causal: false },
    { embeddingNorm: ends !== undefined },
  );
  walk(graph, {
    // A post-norm model's rows stand in X too, whether a norm follows at once or not.
    embed: () => writer.embed(graph.finalNorm === undefined),
    residual: () => undefined,
    norm: ({ replacesResidual }) => writer.norm(replacesResidual),
    linear: ({ role, from, outputs }) => {
      const targets = outputs.map(({ part, to, activation }) => ({
        outer: part.outer,
        destination: destinationOf[to],
        active: activation !== undefined,
      }));
      writer.layer(sourceOf[from], sharing[role], outputs[0]!.part.inner, targets);
    },
    attention: ({ inner, causal }) => {
      for (let h = 0; h < heads; h++)
        operations.push(makeAttend({ inner, base: h * inner, causal, uniform: false, score: unset, valueShift: 9 }));
    },
    head: () => writer.head(),
    ...otherEnds,
    pool: () => undefined,
  });
  const model = {
    task: shape.name,
    banks: options.banks,
    activationBits,
    matrices: writer.matrices,
    wideMatrices: false,
    table: geluTable(narrow),
    operations,
    positionRows: 0,
    inputScale: 1 / 32,
    outputScale: 1 / 32,
  };
  return setRequants(model, options.seed);
}

/** Rows of random bytes for inputs of these lengths in tokens. */
export function workloadRequests({ operations, activationBits }: PackedModel, lengths: readonly number[], seed: number): Int8Array[] {
  const random = randomFrom(seed);
  const load = findLoad({ operations });
  return lengths.map((tokens) => bytes(random, tokens * (load?.outer ?? 0), 100 / 2 ** (8 - activationBits)));
}
