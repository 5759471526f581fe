/** Examples of any lengths packed one after the other, without padding, in the engine's memory. */
import type { Example } from '../data/dataset.js';
import { refuse } from '../util/errors.js';
import type { ModelConfig } from '../model/config.js';
import type { Sequences } from './tape.js';
import type { Engine } from './wasm.js';

export interface Batch {
  readonly tokens: number;
  readonly sequences: Sequences;
  /** Address of int32[tokens], the position inside the sequence. */
  readonly positions: number;
  /** Address of int32[tokens * perToken]; 0 for patches. */
  readonly ids: number;
  readonly perToken: number;
  /** Address of float32[tokens * featureCount]; 0 for ids. */
  readonly features: number;
  /** Address of int32[tokens or sequences]. */
  readonly labels: number;
  readonly labelCount: number;
}

export function packBatch(engine: Engine, examples: readonly Example[]): Batch {
  const tokens = examples.reduce((sum, { length }) => sum + length, 0);
  const starts = new Int32Array(examples.length + 1);
  const positions = new Int32Array(tokens);
  let scores = 0;
  let longest = 0;
  examples.forEach(({ length }, s) => {
    starts[s + 1] = starts[s]! + length;
    for (let t = 0; t < length; t++) positions[starts[s]! + t] = t;
    scores += length * ((length + 3) & ~3);
    longest = Math.max(longest, length);
  });
  const first = examples[0]!;
  const labels = joinInts(examples.map((example) => example.labels));
  return {
    tokens,
    labelCount: labels.length,
    labels: engine.putInts(labels),
    positions: engine.putInts(positions),
    sequences: { count: examples.length, starts: engine.putInts(starts), longest, scores },
    ids: first.ids === undefined ? 0 : engine.putInts(joinInts(examples.map(({ ids }) => ids!))),
    perToken: first.ids === undefined ? 0 : first.ids.length / first.length,
    features: first.features === undefined ? 0 : engine.put(joinFloats(examples.map(({ features }) => features!))),
  };
}

const shown = 3;

/** What would read or write outside the model's tables; the first few problems. */
export function checkExamples(config: ModelConfig, examples: readonly Example[], name: string): void {
  checkEach(examples, name, (example) => [...inputProblems(config, example), ...labelProblems(config, example)]);
}

/** The same of examples whose labels are not read. */
export function checkInputs(config: ModelConfig, examples: readonly Example[], name: string): void {
  checkEach(examples, name, (example) => inputProblems(config, example));
}

function checkEach(examples: readonly Example[], name: string, problemsOf: (example: Example) => string[]): void {
  const problems: string[] = [];
  for (let i = 0; i < examples.length && problems.length < shown; i++)
    problems.push(...problemsOf(examples[i]!).map((problem) => `${name}[${i}].${problem}`));
  refuse(problems.slice(0, shown));
}

function labelProblems({ head, classes }: ModelConfig, { length, labels }: Example): string[] {
  const wanted = head === 'sequence' ? 1 : length;
  const label = labels.find((one) => one >= classes);
  return [
    ...(labels.length === wanted ? [] : [`labels: has ${labels.length}, must have ${wanted}`]),
    ...(label === undefined ? [] : [`labels: contains ${label}; the model has classes 0 .. ${classes - 1}`]),
  ];
}

function inputProblems({ maxLength, vocabulary, featureCount, input }: ModelConfig, { length, ids, features }: Example): string[] {
  const problems: string[] = [];
  if (!(length >= 1 && length <= maxLength)) problems.push(`length = ${length} tokens: must be 1 .. ${maxLength}`);
  if (input !== 'ids') {
    if (features?.length !== length * featureCount)
      problems.push(`features: has ${features?.length ?? 0} values, must have ${length * featureCount}`);
    return problems;
  }
  if (ids === undefined || ids.length === 0 || ids.length % length !== 0)
    problems.push(`ids: has ${ids?.length ?? 0}, must have some for each of ${length} tokens`);
  const id = ids?.find((one) => one < 0 || one >= vocabulary);
  if (id !== undefined) problems.push(`ids: contains ${id}; the table has rows 0 .. ${vocabulary - 1}`);
  return problems;
}

/** Labels that count, over all examples. */
export function scoredLabels(examples: readonly Example[]): number {
  return examples.reduce((sum, { labels }) => sum + labels.reduce((count, label) => count + (label < 0 ? 0 : 1), 0), 0);
}

function joinInts(parts: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
