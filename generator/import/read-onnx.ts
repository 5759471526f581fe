/** An ONNX file to an encoder of ours: nodes get their meaning one by one, and the meaning of the output is taken apart. */
import { basename } from 'node:path';
import { refuse, UserError } from '../util/errors.js';
import { printable } from '../util/printable.js';
import { taskName } from './build-encoder.js';
import { foundModel, type FoundModel } from './found-model.js';
import { importFound } from './import-found.js';
import type { Imported, ImportOptions } from './imported.js';
import { findEncoder, NotUnderstood } from './onnx-encoder.js';
import { readOnnx, type OnnxGraph } from './onnx-file.js';
import { lower } from './onnx-lower.js';

export async function importOnnx(path: string, options: ImportOptions = {}): Promise<Imported> {
  const graph = await readOnnx(path, 'trexgen import');
  const task = taskName(basename(path).replace(/\.onnx$/i, ''), options);
  return importFound({ path, architecture: 'ONNX encoder', task }, () => findIn(graph, options), options);
}

function findIn(graph: OnnxGraph, { from, to }: ImportOptions): FoundModel {
  const known = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  refuse(
    [['from', from] as const, ['to', to] as const].flatMap(([option, name]) =>
      name === undefined || known.has(name)
        ? []
        : [`${option} = ${name}: ${graph.path} has no such tensor; give the name of a node's output`],
    ),
  );
  const values = lower(graph, from);
  const [output = '', ...others] = to === undefined ? graph.outputs : [to, ...graph.outputs];
  if (output === '') throw new UserError([`${graph.path}: its graph names no output; export it again`]);
  const value = values.get(output);
  if (value?.kind === 'unknown') throw new NotUnderstood(value.node, value.why);
  if (value?.kind !== 'tokens') throw new NotUnderstood(undefined, `output ${printable(output)} is not computed from tokens`);
  const found = foundModel(findEncoder(value.is), value.is, { tokens: tokensOf(graph) });
  return {
    ...found,
    host: [
      ...(found.model.input === 'ids' ? ['tokenizer: an ONNX file has none; inputs are ids'] : []),
      ...found.host,
      ...(from === undefined ? [] : [`before ${printable(from)}: computed by the source's own nodes`]),
      ...others.map((name) => `output ${printable(name)}: not imported, ${printable(output)} is`),
    ],
  };
}

/** Tokens of an input, where the graph says how many. */
function tokensOf({ inputs }: OnnxGraph): number | undefined {
  return inputs.find(({ shape }) => shape.length === 2 || shape.length === 3)?.shape[1];
}
