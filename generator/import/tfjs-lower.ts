/** The meaning of every node that an output of a TensorFlow.js graph depends on. What no rule understands is unknown, and so is all that follows. */
import type { OnnxNode } from './onnx-file.js';
import type { TfjsGraph } from './tfjs-file.js';
import { onCounts } from './tfjs-counts.js';
import { onFeatures } from './tfjs-features.js';
import { onParts } from './tfjs-parts.js';
import type { Meaning } from './tfjs-values.js';

/** Most tokens of an input, once a node compares positions with it. */
export interface Limits {
  tokens: number | undefined;
}

const withoutEffect = ['Identity', 'StopGradient', 'PreventGradient'];

export function lowerTfjs({ nodes, constants }: TfjsGraph, output: string, limits: Limits): Meaning {
  const meanings = new Map<string, readonly (Meaning | undefined)[]>();
  for (const [name, constant] of constants) meanings.set(name, [{ kind: 'constant', constant }]);
  const meaningOf = (input: string): Meaning | undefined => {
    const [name, place = '0'] = input.split(':');
    const found = meanings.get(name!) ?? [];
    return found[0]?.kind === 'unknown' ? found[0] : found[Number(place)];
  };
  for (const node of inOrder(nodes, output)) {
    const args = node.inputs.map(meaningOf);
    const [lost] = args.flatMap((value) => (value?.kind === 'unknown' ? [value] : [])).sort((a, b) => a.node.index - b.node.index);
    if (lost !== undefined) {
      meanings.set(node.name, [lost]);
      continue;
    }
    const found = lowerNode(node, args, limits);
    meanings.set(node.name, found.some((value) => value !== undefined) ? found : [{ kind: 'unknown', node, why: 'is not understood' }]);
  }
  return meaningOf(output)!;
}

/** Nodes that an output depends on, each behind what it reads. */
function inOrder(nodes: TfjsGraph['nodes'], output: string): OnnxNode[] {
  const entered = new Set<string>();
  const left = new Set<string>();
  const open = [output];
  while (open.length > 0) {
    const name = open.at(-1)!;
    const node = nodes.get(name);
    // Met again: all that it reads stands before it, except in a circle, which no rule understands.
    if (node === undefined || entered.has(name)) {
      open.pop();
      if (node !== undefined) left.add(name);
      continue;
    }
    entered.add(name);
    open.push(...node.inputs.map((input) => input.split(':')[0]!).filter((input) => !entered.has(input)));
  }
  return [...left].map((name) => nodes.get(name)!);
}

function lowerNode(node: OnnxNode, args: readonly (Meaning | undefined)[], limits: Limits): readonly (Meaning | undefined)[] {
  if (node.op === 'Placeholder') return [inputOf(node)];
  const values = args.filter((value) => value !== undefined);
  if (values.length === 0 || values.length < args.length) return [];
  if (withoutEffect.includes(node.op)) return [values[0]];
  // Of what matters, sizes of features are asked for by their constants.
  if (node.op === 'Shape') return [{ kind: 'sizes', sizes: [undefined] }];
  return onFeatures(node, values) ?? onParts(node, values) ?? onCounts(node, values, limits) ?? [];
}

/** Integers are ids, or in two columns the places of ids. */
function inputOf({ name, attributes }: OnnxNode): Meaning | undefined {
  const shape = attributes.get('shape');
  const integers = [3, 9, 'DT_INT32', 'DT_INT64'].some((type) => type === attributes.get('dtype'));
  if (!integers || !Array.isArray(shape)) return undefined;
  if (shape.length === 2 && shape[1] === 2) return { kind: 'places' };
  return shape.length <= 2 ? { kind: 'ids', input: name } : undefined;
}
