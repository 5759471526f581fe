/**
 * Executes a program on requests, one after the other: the answer every simulation is held against.
 *
 * Shapes   request int8[tokens * LOAD outer] -> output int8[rows * STORE outer], rows = 1 with firstRow else tokens;
 *          with best int8[2 * rows], load-store.ts
 */
import { UserError } from '../util/errors.js';
import { goldenOf } from '../operations/golden.js';
import { findLoad } from '../operations/load/fields.js';
import type { PackedModel } from '../program/operation.js';
import { accumulateDense, type DenseProducts } from './dense.js';
import type { MultiplyCounts } from './multiply-counts.js';
import { decodeCodebook } from './project.js';
import { createState, planeWidths } from './state.js';
import { traceTensors, type TraceEvent } from './trace.js';

export interface GoldenRun {
  readonly outputs: readonly Int8Array[];
  readonly counts: MultiplyCounts;
}

export interface GoldenOptions {
  /** Callback after every instruction, with a copy of what it wrote. */
  readonly trace?: (event: TraceEvent) => void;
  /** Stands in for accumulateDense: any way to the very same sums. */
  readonly denseProducts?: DenseProducts;
}

export function runGolden(model: PackedModel, requests: readonly Int8Array[], options: GoldenOptions = {}): GoldenRun {
  const weights = model.matrices.map(decodeCodebook);
  const widths = planeWidths(model.operations);
  const counts: MultiplyCounts = { dense: 0, sparse: 0, attention: 0 };
  const denseProducts = options.denseProducts ?? accumulateDense;
  const rowBytes = findLoad(model)?.outer;
  if (rowBytes === undefined) throw new UserError(['program: has no LOAD; a model reads its input with one']);
  const outputs = requests.map((request, number) => {
    const tokens = request.length / rowBytes;
    if (!Number.isInteger(tokens) || tokens === 0) {
      throw new UserError([`requests[${number}] = ${request.length} bytes: must be one or more rows of ${rowBytes} bytes`]);
    }
    const state = createState(tokens, widths, model.activationBits);
    let output: Int8Array = new Int8Array(0);
    model.operations.forEach((operation, index) => {
      const golden = goldenOf(operation.op);
      const stored = golden.execute(state, operation, { model, weights, request, denseProducts });
      if (stored !== undefined) output = stored;
      golden.countMultiplies?.(counts, operation, tokens);
      options.trace?.({ request: number, index, operation, tensors: traceTensors(state, operation, stored) });
    });
    return output;
  });
  return { outputs, counts };
}
