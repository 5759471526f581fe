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
  const { maxLength, vocabulary, featureCount, classes, input, head } = config;
  const problems: string[] = [];
  for (let i = 0; i < examples.length && problems.length < shown; i++) {
    const { length, ids, features, labels } = examples[i]!;
    const path = `${name}[${i}]`;
    if (!(length >= 1 && length <= maxLength)) problems.push(`${path}.length = ${length} tokens: must be 1 .. ${maxLength}`);
    const wanted = head === 'sequence' ? 1 : length;
    if (labels.length !== wanted) problems.push(`${path}.labels: has ${labels.length}, must have ${wanted}`);
    const label = labels.find((one) => one >= classes);
    if (label !== undefined) problems.push(`${path}.labels: contains ${label}; the model has classes 0 .. ${classes - 1}`);
    if (input !== 'ids' && features?.length !== length * featureCount)
      problems.push(`${path}.features: has ${features?.length ?? 0} values, must have ${length * featureCount}`);
    if (input !== 'ids') continue;
    if (ids === undefined || ids.length === 0 || ids.length % length !== 0)
      problems.push(`${path}.ids: has ${ids?.length ?? 0}, must have some for each of ${length} tokens`);
    const id = ids?.find((one) => one < 0 || one >= vocabulary);
    if (id !== undefined) problems.push(`${path}.ids: contains ${id}; the table has rows 0 .. ${vocabulary - 1}`);
  }
  refuse(problems.slice(0, shown));
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
