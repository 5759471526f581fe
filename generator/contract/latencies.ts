/** Depths of pipelines and queues that other units, the analytic model and benches count on. */

/** Cycles from a step to the first drain that sees it; templates/pe_array.v.hbs draws the pipeline. */
export const peArrayLatency = 3;

/** A step reaches the array this many cycles after its issue, when the memories have answered. */
export const memoryLatency = 1;

/** What the latencies depend on, as a part of the parameters. */
export interface LatencyParams {
  readonly timing: { readonly multiplierStages: number };
}

/** Cycles of the epilogue from in_valid_i to out_valid_o. */
export function epilogueLatency({ timing }: LatencyParams): number {
  return 4 + timing.multiplierStages;
}

/** Cycles of the epilogue from in_valid_i to the one in which residual_i is taken. */
export function epilogueResidualStage({ timing }: LatencyParams): number {
  return 2 + timing.multiplierStages;
}

/** Cycles from a drained word to the memory that holds its result: the accumulator's answer, the epilogue, the write. */
export function resultsDepth(params: LatencyParams): number {
  return 1 + epilogueLatency(params) + 1;
}

/** Write bursts whose response may be outstanding: rows and completions of small requests are a beat each, and a window has many. */
export const outstandingWrites = 16;
