/** A graph model of TensorFlow.js as nodes and constants: `model.json`, and the files with the weights beside it. */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { refuse, UserError } from '../util/errors.js';
import { printable } from '../util/printable.js';
import { readBytes } from '../input/bytes.js';
import { checkAgainst, issueLines, readJson } from '../input/json.js';
import { elementCount } from '../model/safetensors.js';
import type { Attribute, OnnxConstant, OnnxNode } from './onnx-file.js';

export const tfjsName = 'model.json';
const advice = 'give the folder of a TensorFlow.js graph model, with model.json and its weights';

export interface TfjsGraph {
  readonly path: string;
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** Nodes without constants, under their names; an input `split:1` is the second output of `split`. */
  readonly nodes: ReadonlyMap<string, OnnxNode>;
  /** Nodes that nothing reads. */
  readonly outputs: readonly string[];
}

/** What of an attribute is used: a truth, a number, several numbers, a shape, a type by its name or number. */
const attributeSchema = z.object({
  b: z.boolean().optional(),
  i: z.coerce.number().optional(),
  type: z.union([z.string(), z.number()]).optional(),
  shape: z.object({ dim: z.array(z.object({ size: z.coerce.number() })).optional() }).optional(),
  list: z.object({ i: z.array(z.coerce.number()).optional() }).optional(),
});
const nodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), attributeSchema).default({}),
});
const weightSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  quantization: z.unknown().optional(),
});
const groupSchema = z.object({
  paths: z.array(z.string().regex(/^[^/\\]+$/, 'must be the name of a file in the same folder')),
  weights: z.array(weightSchema),
});
const modelSchema = z.object({ modelTopology: z.object({ node: z.array(nodeSchema).min(1) }), weightsManifest: z.array(groupSchema) });

export function readTfjs(path: string): TfjsGraph {
  const json = readJson({ path, advice });
  if (typeof json === 'object' && json !== null && 'format' in json && json.format === 'layers-model')
    throw new UserError([`${path}: format = layers-model: is not read; convert the model to a graph model (tensorflowjs_converter)`]);
  const { data, issues } = checkAgainst(modelSchema, json);
  if (issues !== undefined) throw new UserError(issueLines(issues).map((line) => `${path}: ${line}; ${advice}`));
  const constants = new Map(data.weightsManifest.flatMap((group) => constantsOf(path, group)));
  const read = new Set(data.modelTopology.node.flatMap(({ input }) => input.map((name) => name.replace(/:\d+$/, ''))));
  const missing = data.modelTopology.node.filter(({ name, op }) => op === 'Const' && !constants.has(name));
  refuse(missing.map(({ name }) => `${path}: weightsManifest: has no values of the constant ${printable(name)}; copy the model again`));
  const nodes = new Map(
    data.modelTopology.node.flatMap(({ name, op, input, attr }, index): [string, OnnxNode][] =>
      op === 'Const'
        ? []
        : [
            [
              name,
              { index, name, op, inputs: input.filter((one) => !one.startsWith('^')), outputs: [name], attributes: attributesOf(attr) },
            ],
          ],
    ),
  );
  const outputs = [...nodes.values()].filter(({ name, op }) => !read.has(name) && op !== 'Placeholder' && op !== 'NoOp');
  return { path, constants, nodes, outputs: outputs.map(({ name }) => name) };
}

function attributesOf(attributes: z.infer<typeof nodeSchema>['attr']): Map<string, Attribute> {
  return new Map(
    Object.entries(attributes).flatMap(([name, { b, i, type, shape, list }]): [string, Attribute][] => {
      const value = b === undefined ? (i ?? type ?? shape?.dim?.map(({ size }) => size) ?? list?.i) : Number(b);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The files of a group hold its weights one after the other, and are parts of one. */
function constantsOf(path: string, { paths, weights }: z.infer<typeof groupSchema>): [string, OnnxConstant][] {
  refuse(
    weights.flatMap(({ name, dtype, quantization }) => {
      if (quantization !== undefined) return [`${path}: ${printable(name)}: has quantised weights; convert the model without quantisation`];
      return ['float32', 'int32', 'bool'].includes(dtype)
        ? []
        : [`${path}: ${printable(name)}.dtype = ${printable(dtype)}: must be one of float32, int32, bool`];
    }),
  );
  const bytes = Buffer.concat(paths.map((name) => readBytes({ path: join(dirname(path), name), advice, mostBytes: 2 ** 31 })));
  const sizes = weights.map(({ dtype, shape }) => elementCount(shape) * (dtype === 'bool' ? 1 : 4));
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  refuse(
    bytes.length === wanted
      ? []
      : [`${path}: ${paths.join(', ')}: hold ${bytes.length} bytes; the weights that are listed need ${wanted}; copy the model again`],
  );
  let at = 0;
  return weights.map(({ name, dtype, shape }, i): [string, OnnxConstant] => {
    const part = bytes.subarray(at, (at += sizes[i]!));
    if (dtype === 'float32') {
      const read = (begin: number, end: number): Uint8Array => Uint8Array.from(part.subarray(begin, end));
      return [name, { name, shape, floats: { dtype: 'F32', shape, read }, integers: undefined }];
    }
    const integers = Array.from({ length: elementCount(shape) }, (_, k) => (dtype === 'bool' ? part[k]! : part.readInt32LE(4 * k)));
    return [name, { name, shape, floats: undefined, integers }];
  });
}
