/** Depths of pipelines and queues that other units, the analytic model and benches count on. */

/** Cycles from a step to the first drain that sees it; templates/pe_array.v.hbs draws the pipeline. */
export const peArrayLatency = 3;

/** What the latencies depend on, as a part of the parameters. */
export interface LatencyParams {
  readonly timing: { readonly multiplierStages: number; readonly extraStages: number };
}

/** Cycles from the issue of a step to the array: the memories have answered; extra stages lie in front of them and behind them. */
function memoryLatency({ timing }: LatencyParams): number {
  return 1 + 2 * timing.extraStages;
}

/** Cycles from the issue of a step to its sum in the accumulators; the walk of the drain begins one cycle after the last cycle of waiting. */
export function issueLatency(params: LatencyParams): number {
  return memoryLatency(params) + peArrayLatency - 1;
}

/** Cycles from one that the core's array spends to the cycle in which the counters hear of it. */
export function meterLatency({ timing }: LatencyParams): number {
  return 2 + 2 * timing.extraStages;
}

/** Stages of the epilogue behind in_valid_i, beside those of its multiplier: to residual_i, to out_valid_o, where an extra one comes in between. */
export const epilogueStages = { residual: 2, result: 4 } as const;

/** Cycles of the epilogue from in_valid_i to out_valid_o. */
export function epilogueLatency({ timing }: LatencyParams): number {
  return epilogueStages.result + timing.multiplierStages + 2 * timing.extraStages;
}

/** Cycles of the epilogue from in_valid_i to the one in which residual_i is taken. */
export function epilogueResidualStage({ timing }: LatencyParams): number {
  return epilogueStages.residual + timing.multiplierStages;
}

/**
 * Stages of norm from one of its places to the next, beside those of its multipliers and extra ones: from the read of a word of R to its
 * product, to the scaled difference, to z, to x; and from a token's sums to its entry of the table of scales.
 */
export const normStages = { product: 1, scaled: 1, normal: 2, result: 4, solved: 4 } as const;

/** Cycles of norm from its start, beside those of the words and tokens: of the first walk, of the solver, of the last walk. */
export function normCycles({ timing }: LatencyParams): { readonly sum: number; readonly solve: number; readonly apply: number } {
  const { multiplierStages, extraStages } = timing;
  // Extra ones: the words of R, both shifts.
  const product = normStages.product + multiplierStages + extraStages;
  // A cycle more each, in which the unit sees that nothing is left; the last walk ends with the write itself.
  return {
    sum: product + 1,
    solve: normStages.solved + multiplierStages + 1,
    apply: product + normStages.scaled + multiplierStages + normStages.normal + normStages.result + 2 * extraStages,
  };
}

/** Stages of softmax: from the read of a score to the write of its probability; from a token's sum to the write of its reciprocal. */
export const softmaxStages = { walk: 4, solve: 2 } as const;

/** Cycles of softmax beside those of the words and tokens: of its walk, of its solver. */
export const softmaxCycles = { walk: softmaxStages.walk + 1, solve: softmaxStages.solve + 1 } as const;

/** Cycles of a turner from the word that makes a tile whole to the first word of the turned tile. */
export const turnerLatency = 2;

/** Cycles of an empty fifo from a word at its input to the same word at its output. */
export const fifoLatency = 2;

/** Cycles from a drained word to the memory that holds its result: the accumulator's answer, the epilogue, the write. */
export function resultsDepth(params: LatencyParams): number {
  return 1 + epilogueLatency(params) + 1;
}

/** Write bursts whose response may be outstanding: rows and completions of small requests are a beat each, and a window has many. */
export const outstandingWrites = 16;
