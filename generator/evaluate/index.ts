/** Measuring a model's accuracy and its bytes. */
export { pairedDifference, type Difference } from './bootstrap.js';
export { emaCases, measureEma, mixInputs, windowsOf, type Chain, type EmaCase, type EmaReport } from './ema.js';
export { evaluateTask, rowNames, type EvaluateRequest, type Evaluation, type Int8Model, type Row, type RowName } from './evaluate.js';
export { evaluationJson, evaluationText } from './report.js';
export { floatTally, goldenTally, scoreOf, type Tally } from './tally.js';
