import { evaluateTask, type EvaluateRequest, type Evaluation } from '../studies/evaluate/evaluate.js';
import { evaluationJson } from '../studies/evaluate/format-evaluation.js';
import { replaceFile } from '../util/write-file.js';
import { paramsOf, type HardwareOptions } from './hardware.js';
import { withOutFiles } from './out.js';

export interface EvaluateOptions extends HardwareOptions, Omit<EvaluateRequest, 'params'> {
  /** File of the report as JSON. */
  readonly out?: string;
}

/**
 * Measures accuracy and memory access of a task's model on its test split, step by step; bytes that do not agree make
 * `ema.booksAgree` false.
 *
 * Errors   UserError when the task, its data or a checkpoint is missing or does not fit; WriteError for a file that cannot be written
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { out } = options;
  const params = await paramsOf(options);
  return withOutFiles(out === undefined ? [] : [out], 'evaluate', () => {
    const evaluation = evaluateTask({ ...options, params });
    if (out !== undefined) replaceFile(out, `${JSON.stringify(evaluationJson(evaluation), null, 2)}\n`);
    return evaluation;
  });
}
