/** What must hold in a graph before anything is understood of it: every name is defined, and numbers that meet are of one kind. */
import { printable } from '../util/printable.js';
import type { OnnxConstant, OnnxGraph, OnnxNode } from './onnx-file.js';

type Kind = 'floats' | 'integers';

/** Operators whose inputs are numbers of one type, which their output has too. */
const ofOneKind: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'MatMul', 'Gemm', 'LayerNormalization', 'RMSNormalization']);
/** Operators that pass on what their first input has. */
const passing: ReadonlySet<string> = new Set(
  ['Gather', 'Reshape', 'Transpose', 'Slice', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout', 'Expand', 'Split', 'Flatten', 'Range'].concat([
    'Softmax',
    'Erf',
    'Tanh',
    'Sigmoid',
    'Sqrt',
    'Relu',
    'Gelu',
    'ReduceMean',
    'Pow',
  ]),
);

export function graphProblems({ inputs, constants, nodes }: Pick<OnnxGraph, 'inputs' | 'constants' | 'nodes'>): string[] {
  const problems: string[] = [];
  const defined = new Set([...inputs.map(({ name }) => name), ...constants.keys(), ...nodes.flatMap(({ outputs }) => outputs)]);
  const kinds = new Map<string, Kind>(inputs.map(({ name, float }) => [name, float ? 'floats' : 'integers']));
  for (const [name, constant] of constants) kinds.set(name, kindOf(constant));
  for (const node of nodes) {
    const where = `node ${printable(node.name)} (${printable(node.op)})`;
    for (const name of node.inputs)
      if (name !== '' && !defined.has(name))
        problems.push(`${where}: reads ${printable(name)}, which nothing in the file defines; export it again`);
    const known = node.inputs.flatMap((name) => (kinds.has(name) ? [{ name, kind: kinds.get(name)! }] : []));
    const kind = outputKind(node, kinds);
    if (kind !== undefined) for (const name of node.outputs) kinds.set(name, kind);
    const other = ofOneKind.has(node.op) ? known.find((one) => one.kind !== known[0]!.kind) : undefined;
    if (other !== undefined)
      problems.push(
        `${where}: ${printable(known[0]!.name)} are ${known[0]!.kind}, ${printable(other.name)} ${other.kind}; must be of one type, export it again`,
      );
  }
  return problems;
}

/** Names that are defined twice: which of the two is meant nobody knows. */
export function twiceDefined({
  inputs,
  initializers,
  nodes,
}: Pick<OnnxGraph, 'inputs' | 'nodes'> & { readonly initializers: readonly string[] }): string[] {
  const problems: string[] = [];
  const makers = new Map<string, string>();
  const define = (name: string, maker: string): void => {
    // Outputs without a name are those that a node leaves out.
    if (name === '') return;
    const other = makers.get(name);
    if (other === undefined) makers.set(name, maker);
    else
      problems.push(
        `${printable(maker)}: defines ${printable(name)}, as ${printable(other)} does; one name has one value, export it again`,
      );
  };
  for (const { name } of inputs) define(name, `input ${name}`);
  for (const name of initializers) define(name, `initializer ${name}`);
  for (const { name, op, outputs } of nodes) for (const output of outputs) define(output, `node ${name} (${op})`);
  return problems;
}

function kindOf({ floats }: OnnxConstant): Kind {
  return floats === undefined ? 'integers' : 'floats';
}

/** Kind of what a node gives; undefined where nothing is claimed. */
function outputKind({ op, inputs, attributes }: OnnxNode, kinds: ReadonlyMap<string, Kind>): Kind | undefined {
  if (op === 'Shape') return 'integers';
  if (op === 'Constant') {
    const value = attributes.get('value');
    return typeof value === 'object' && 'shape' in value ? kindOf(value) : undefined;
  }
  return ofOneKind.has(op) || passing.has(op) ? kinds.get(inputs[0] ?? '') : undefined;
}
