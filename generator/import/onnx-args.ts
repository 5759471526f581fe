/** Inputs of a node, by what they mean. */
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { Expression, Layout, TokenValue, Value } from './onnx-values.js';

export type Args = readonly (Value | undefined)[];

export function constantAt(args: Args, i: number): OnnxConstant | undefined {
  const value = args[i];
  return value?.kind === 'constant' ? value.constant : undefined;
}

export function tokens(is: Expression, { axes, offset }: Layout): TokenValue {
  return { kind: 'tokens', is, axes, offset };
}

export function sizesOf({ axes }: TokenValue): (number | undefined)[] {
  return axes.map((axis) => (axis.of === 'features' ? axis.size : undefined));
}

/** Axes of an operator: an attribute, or its second input since some version. */
export function axesOf(node: OnnxNode, args: Args, name = 'axes'): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (typeof attribute === 'number') return [attribute];
  if (Array.isArray(attribute)) return attribute as readonly number[];
  const { integers } = constantAt(args, 1) ?? {};
  return integers;
}
