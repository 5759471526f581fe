/** A graph model of TensorFlow.js to an encoder of ours. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { printable } from '../util/printable.js';
import { vocabularyName } from '../data/sentence-pieces.js';
import { taskName } from './build-encoder.js';
import { foundModel, type FoundModel } from './found-model.js';
import type { HostStep } from '../model/host-steps.js';
import { importFound } from './import-found.js';
import type { Imported, ImportOptions } from './imported.js';
import { findEncoder, NotUnderstood } from './onnx-encoder.js';
import type { Expression } from './onnx-values.js';
import { readTfjs, tfjsName, type TfjsGraph } from './tfjs-file.js';
import { lowerTfjs, type Limits } from './tfjs-lower.js';
import { plain } from './tfjs-values.js';

/** Whether a source is model.json or a folder with it; a folder with config.json is another kind of model. */
export function isTfjs(source: string): boolean {
  if (!existsSync(source)) return false;
  if (!statSync(source).isDirectory()) return basename(source).endsWith('.json');
  return existsSync(join(source, tfjsName)) && !existsSync(join(source, 'config.json')) && !existsSync(join(source, 'modules.json'));
}

export function importTfjs(source: string, options: ImportOptions = {}): Imported {
  const path = statSync(source).isDirectory() ? join(source, tfjsName) : source;
  const folder = dirname(resolve(path));
  const graph = readTfjs(path);
  const vocabulary = join(folder, vocabularyName);
  const hostFiles = existsSync(vocabulary) ? [vocabulary] : [];
  const task = taskName(basename(folder), options);
  return importFound({ path, architecture: 'TensorFlow.js graph model', task, hostFiles }, () => findIn(graph, hostFiles), options);
}

interface After {
  readonly is: Expression;
  readonly steps: readonly HostStep[];
  readonly host: readonly string[];
}

function findIn(graph: TfjsGraph, vocabulary: readonly string[]): FoundModel & { readonly steps: readonly HostStep[] } {
  const [output, ...others] = graph.outputs;
  if (output === undefined) throw new NotUnderstood(undefined, 'has no output');
  const limits: Limits = { tokens: undefined };
  const { is, steps, host } = encoderPart(graph, output, limits);
  const found = foundModel(findEncoder(is), is, limits);
  return {
    ...found,
    steps,
    host: [
      vocabulary.length === 0
        ? 'tokenizer: the folder has no vocab.json; inputs are ids'
        : 'tokenizer: text to ids, by vocab.json beside the checkpoint',
      ...found.host,
      ...host,
      ...others.map((name) => `output ${printable(name)}: not imported, ${printable(output)} is`),
    ],
  };
}

/** What the host computes of the outputs is taken off. */
function encoderPart(graph: TfjsGraph, output: string, limits: Limits): After {
  const value = lowerTfjs(graph, output, limits);
  if (value.kind === 'unknown') throw new NotUnderstood(value.node, value.why);
  const normalised = value.kind === 'normalised';
  const last = normalised ? value.x : plain(value);
  if (last === undefined) throw new NotUnderstood(graph.nodes.get(output), 'is not computed from tokens');
  const activated = last.kind === 'activation' && (last.of === 'tanh' || last.of === 'relu') ? last : undefined;
  const steps: HostStep[] = [];
  const host: string[] = [];
  if (activated !== undefined) {
    steps.push({ kind: activated.of as 'tanh' | 'relu' });
    host.push(`${activated.of}: of the outputs`);
  }
  if (normalised) {
    steps.push({ kind: 'normalise' });
    host.push('L2: outputs are divided by their length');
  }
  return { is: activated?.x ?? last, steps, host };
}
