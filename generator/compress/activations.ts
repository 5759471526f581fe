/** Mean and covariance of what every linear step reads, over calibration inputs: what the errors of its weights are weighed by. */
import type { Example } from '../data/dataset.js';
import { encoderGraph, type Encoder } from '../model/encoder.js';
import type { LinearStep } from '../model/graph.js';
import { matrix, type Matrix } from '../model/matrix.js';
import { groupBy } from '../util/groups.js';
import { forward, sharedWeights } from './forward.js';

export interface StepActivations {
  /** Mean of the features that the step reads. */
  readonly mean: Float64Array;
  /** Covariance around the mean, scaled to a mean diagonal of 1, and lifted a little so that what calibration has not seen counts too. */
  readonly covariance: Matrix;
}

export interface Activations {
  /** Activations of the step that a layer belongs to, by the layer's path. */
  readonly of: (path: string) => StepActivations;
  /** Name of that step: layers of one step read the same. */
  readonly stepOf: (path: string) => string;
}

/** Share of the mean diagonal that is added to every direction. */
const ridge = 0.01;

class Moments {
  private count = 0;
  private readonly sum: Float64Array;
  private readonly products: Float64Array;

  constructor(private readonly width: number) {
    this.sum = new Float64Array(width);
    this.products = new Float64Array(width * width);
  }

  /** Shapes   values float32[tokens * width] */
  add(values: Float32Array): void {
    const { width, sum, products } = this;
    for (let at = 0; at < values.length; at += width) {
      for (let i = 0; i < width; i++) {
        const value = values[at + i]!;
        sum[i] = sum[i]! + value;
        // Below the diagonal; the rest is its mirror image.
        for (let j = 0; j <= i; j++) products[i * width + j] = products[i * width + j]! + value * values[at + j]!;
      }
    }
    this.count += values.length / width;
  }

  result(): StepActivations {
    const { width, count } = this;
    const mean = this.sum.map((value) => value / count);
    const data = new Float64Array(width * width);
    let trace = 0;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) {
        data[i * width + j] = data[j * width + i] = this.products[i * width + j]! / count - mean[i]! * mean[j]!;
      }
      trace += data[i * width + i]!;
    }
    const scale = trace > 0 ? width / trace : 0;
    for (let at = 0; at < data.length; at++) data[at] = data[at]! * scale;
    for (let i = 0; i < width; i++) data[i * width + i] = data[i * width + i]! + ridge;
    return { mean, covariance: matrix(width, width, data) };
  }
}

/** Activations of a float encoder; errors as `forward`. */
export function measureActivations(encoder: Encoder, examples: readonly Example[]): Activations {
  const steps = encoderGraph(encoder).steps.filter((step): step is LinearStep => step.kind === 'linear');
  // Several steps may read one site: its visits come in the order of the steps.
  const readers = new Map(groupBy(steps, ({ reads }) => reads).map((some) => [some[0]!.reads, some] as const));
  const moments = new Map(steps.map(({ projection, outputs }) => [projection, new Moments(outputs[0]!.part.inner)]));
  const weights = sharedWeights(encoder);
  for (const example of examples) {
    const visits = new Map<string, number>();
    const visit = (site: string, values: Float32Array): void => {
      const reading = readers.get(site);
      if (reading === undefined) return;
      const number = visits.get(site) ?? 0;
      visits.set(site, number + 1);
      const step = reading[number];
      if (step !== undefined) moments.get(step.projection)!.add(values);
    };
    forward(encoder, example, visit, weights);
  }
  const found = new Map([...moments].map(([name, one]) => [name, one.result()]));
  const names = new Map(steps.flatMap(({ projection, outputs }) => outputs.map(({ part }) => [part.path, projection])));
  const stepOf = (path: string): string => names.get(path)!;
  return { stepOf, of: (path) => found.get(stepOf(path))! };
}
