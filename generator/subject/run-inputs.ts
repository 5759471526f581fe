/** Inputs through the golden model alone: outputs, predictions and the bytes that the hardware would move, without a simulator. */
import { batchShapeOf } from '../batch/batch-shape.js';
import { formWindows } from '../batch/form-windows.js';
import type { Policy } from '../contract/codes.js';
import { coldLedger, windowLedger } from '../golden/ledger.js';
import { runGolden } from '../golden/run-program.js';
import type { TraceEvent } from '../golden/trace.js';
import { baselineBytes, coldShapes, coldTraffic, windowTraffic } from '../program/traffic.js';
import { sumTraffic, trafficClasses, type Traffic } from '../contract/traffic-classes.js';
import { addTraffic } from '../sim/books.js';
import { outputRows, storeOf } from '../operations/store/fields.js';
import { classesOf, hasClasses, metricOf, valuesOf, type Metric } from './predictions.js';
import { readOutputs, type ReadText } from './read-texts.js';
import { similaritiesOf, type Similarities } from './similarities.js';
import type { Subject } from './subject.js';

export interface RunInput {
  readonly input: number;
  readonly tokens: number;
  /** Numbers of every output row, int8[rows][outputs]. */
  readonly output: readonly (readonly number[])[];
  /** What the host makes of them, where it computes anything behind the accelerator. */
  readonly values: readonly number[] | undefined;
  /** Class of every row, ties to the lowest; empty where the outputs are no classes. */
  readonly predicted: readonly number[];
  /** Labels, as far as they are known; below 0 is not scored; undefined where inputs have none. */
  readonly labels: readonly number[] | undefined;
}

export interface GoldenInputs {
  readonly inputs: readonly RunInput[];
  readonly windows: number;
  /** Bytes of load and windows, and of the load alone. */
  readonly emaBytes: Traffic;
  readonly coldBytes: Traffic;
  /** Bytes counted in the image equal those predicted from shapes. */
  readonly booksAgree: boolean;
  readonly baselineBytes: number;
  readonly emaRatio: number;
  readonly metric: Metric | undefined;
  /** Texts that the outputs mean, one an input. */
  readonly texts: readonly ReadText[] | undefined;
  /** Similarities of the vectors that the outputs mean. */
  readonly similarities: Similarities | undefined;
}

export interface RunInputsOptions {
  readonly policy: Policy;
  /** Callback with what every instruction of an input wrote, before `finished` of that input. */
  readonly trace?: (event: TraceEvent) => void;
  /** Callback behind every input, before the next one begins. */
  readonly finished?: (input: number) => void;
}

export function runInputs(subject: Subject, { policy, trace, finished }: RunInputsOptions): GoldenInputs {
  const { params, image, requests, lengths, examples, dataset } = subject;
  const outputs: Int8Array[] = [];
  for (const [input, request] of requests.entries()) {
    outputs.push(...runGolden(image.model, [request], trace === undefined ? {} : { trace }).outputs);
    finished?.(input);
  }
  const predictions = outputs.map((output) => (hasClasses(subject) ? classesOf(subject, output) : []));
  const windows = formWindows(lengths, batchShapeOf(params), policy).map((window) => window.map(({ index }) => lengths[index]!));
  const { rowCrc } = params.port;
  const hardware = { columns: image.columns, busBytes: image.busBytes, rowCrc };
  const counted = windows.map((inside) => windowLedger(image, inside, rowCrc));
  const cold = coldLedger(image);
  const predicted = [
    coldTraffic(coldShapes(image.model), hardware),
    ...windows.map((inside) => windowTraffic(image.model.operations, inside, hardware)),
  ];
  const emaBytes = addTraffic([cold, ...counted]);
  const baseline = baselineBytes(image.model, lengths);
  const metric = examples === undefined ? undefined : metricOf(examples, predictions, dataset);
  return {
    inputs: outputs.map((output, input) => ({
      input,
      tokens: lengths[input]!,
      output: rowsOf(output, outputRows(storeOf(image.model)).bytes),
      values: listed(valuesOf(subject, output)),
      predicted: predictions[input]!,
      labels: examples === undefined ? undefined : [...examples[input]!.labels],
    })),
    windows: windows.length,
    emaBytes,
    coldBytes: cold,
    booksAgree: [cold, ...counted].every((book, i) => trafficClasses.every((name) => book[name] === predicted[i]![name])),
    baselineBytes: baseline,
    emaRatio: baseline / sumTraffic(emaBytes),
    metric,
    texts: readOutputs(subject, outputs),
    similarities: similaritiesOf(subject, outputs),
  };
}

function listed(values: Float64Array | undefined): number[] | undefined {
  return values && [...values];
}

function rowsOf(output: Int8Array, width: number): number[][] {
  return Array.from({ length: output.length / width }, (_, row) => [...output.subarray(row * width, (row + 1) * width)]);
}
