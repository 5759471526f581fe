/** Nodes on constants, on sizes and positions, and on what the user gives: no features of tokens yet. */
import { axesOf, constantAt, type Args } from './onnx-args.js';
import { countOf, floatsOf, folded, floatConstant, integerConstant, scalarOf, withShape } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import type { Value } from './onnx-values.js';

/** What is computed from ids or a mask without a table is a mask. */
export function onInputs({ op }: OnnxNode, args: Args): readonly (Value | undefined)[] {
  const ids = args.find((value) => value?.kind === 'ids');
  if (ids !== undefined && (op === 'Unsqueeze' || op === 'Squeeze' || op === 'Reshape')) return [ids];
  return [{ kind: 'mask' }];
}

export function onConstants(node: OnnxNode, args: Args): readonly (Value | undefined)[] | undefined {
  const [a, b] = [constantAt(args, 0), constantAt(args, 1)];
  const constant = (one: OnnxConstant): readonly Value[] => [{ kind: 'constant', constant: one }];
  if (a === undefined) return undefined;
  switch (node.op) {
    case 'Unsqueeze':
    case 'Squeeze':
    case 'Reshape': {
      if (node.op === 'Reshape') {
        const sizes = b?.integers;
        return sizes !== undefined && sizes.every((size) => size > 0) && sizes.reduce((x, y) => x * y, 1) === countOf(a)
          ? constant(withShape(a, sizes))
          : undefined;
      }
      if (countOf(a) === 1) return constant(withShape(a, node.op === 'Unsqueeze' ? [1] : []));
      const at = axesOf(node, args) ?? [];
      if (node.op === 'Unsqueeze') return at.every((axis) => axis === 0) ? constant(withShape(a, [1, ...a.shape])) : undefined;
      return at.every((axis) => a.shape[axis] === 1)
        ? constant(
            withShape(
              a,
              a.shape.filter((_, i) => !at.includes(i)),
            ),
          )
        : undefined;
    }
    case 'Sqrt':
      return countOf(a) === 1 ? constant(floatConstant(a.name, a.shape, [Math.sqrt(floatsOf(a)[0]!)])) : undefined;
    case 'Concat': {
      const parts = args.map((_, i) => constantAt(args, i)?.integers);
      return parts.every((part) => part !== undefined)
        ? constant(
            integerConstant(
              a.name,
              [parts.flat().length],
              parts.flat().map((n) => n ?? 0),
            ),
          )
        : undefined;
    }
    case 'ConstantOfShape': {
      const value = node.attributes.get('value');
      return [{ kind: 'integers', fill: typeof value === 'object' && 'floats' in value ? (floatsOf(value)[0] ?? 0) : 0 }];
    }
    case 'Range':
      return [positions(args)];
    default: {
      const result = b && folded(node.op, a, b);
      return result && constant(result);
    }
  }
}

/** Sizes and positions. */
export function onIntegers(node: OnnxNode, args: Args): Value | undefined {
  const [a] = args;
  const sizesAt = (value: Value | undefined): readonly (number | undefined)[] | undefined =>
    value?.kind === 'constant' ? value.constant.integers : value?.kind === 'integers' ? value.sizes : undefined;
  switch (node.op) {
    case 'Gather': {
      const index = constantAt(args, 1);
      const sizes = sizesAt(a);
      return { kind: 'integers', sizes: (index?.integers ?? []).map((at) => sizes?.at(at)) };
    }
    case 'Unsqueeze':
    case 'Squeeze':
      return a;
    case 'Concat':
      return { kind: 'integers', sizes: args.flatMap((value) => sizesAt(value) ?? [undefined]) };
    case 'Slice':
      return sliced(args, sizesAt(a));
    case 'ConstantOfShape': {
      const value = node.attributes.get('value');
      return { kind: 'integers', fill: typeof value === 'object' && 'floats' in value ? (floatsOf(value)[0] ?? 0) : 0 };
    }
    case 'Range':
      return positions(args);
    case 'Expand':
      return a?.kind === 'constant' ? { kind: 'integers', ...(scalarOf(a.constant) !== undefined && { fill: scalarOf(a.constant)! }) } : a;
    case 'Mul':
    case 'Div':
    case 'Add':
    case 'Sub':
    case 'Equal':
    case 'Where':
      return { kind: 'integers', sizes: [undefined] };
    default:
      return undefined;
  }
}

/** Range(start, limit, step): positions where it begins at 0 and has every number. */
function positions(args: Args): Value {
  const [start, step] = [0, 2].map((i) => constantAt(args, i));
  return { kind: 'integers', rising: start !== undefined && step !== undefined && scalarOf(start) === 0 && scalarOf(step) === 1 };
}

/** Slice(data, starts, ends, axes, steps) of sizes or of a list of positions; undefined where it is not one piece without gaps. */
function sliced(args: Args, sizes: readonly (number | undefined)[] | undefined): Value | undefined {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => constantAt(args, i)?.integers);
  if (args[4] !== undefined && steps?.every((step) => step === 1) !== true) return undefined;
  if (args[3] !== undefined && axes === undefined) return undefined;
  const list = constantAt(args, 0);
  const along = axes ?? starts?.map((_, i) => i) ?? [];
  const last = (list?.shape.length ?? 1) - 1;
  const ofLast = along.some((axis) => axis === -1 || axis === last);
  // The first places of a list of positions are positions.
  if (list?.integers !== undefined)
    return {
      kind: 'integers',
      rising: ofLast && list.integers.length === list.shape[last] && rises(list.integers) && starts?.every((start) => start === 0) === true,
    };
  if (!ofLast && along.length > 0) return undefined;
  return { kind: 'integers', ...(sizes && starts?.length === 1 && ends?.length === 1 && { sizes: sizes.slice(starts[0], ends[0]) }) };
}

function rises(integers: readonly number[]): boolean {
  return integers.every((value, i) => value === i);
}
