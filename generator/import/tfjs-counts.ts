/** What follows from ids and shapes alone: masks, places, positions, sizes. */
import { computed } from './tensors.js';
import { floatsOf, withShape } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import { usualLength } from './onnx-embeddings.js';
import type { Limits } from './tfjs-lower.js';
import { features, integersOf, numberOf, type Kind, type Meaning } from './tfjs-values.js';

type Rule = (node: OnnxNode, args: readonly Meaning[], limits: Limits) => Meaning | undefined;

const mask: Meaning = { kind: 'mask' };
/** What is added to scores that count no more. */
const most = -1e4;

const is = (value: Meaning | undefined, ...kinds: readonly Meaning['kind'][]): boolean => value !== undefined && kinds.includes(value.kind);

const sizesOf = (value: Meaning | undefined): readonly (number | undefined)[] => {
  if (value?.kind === 'sizes') return value.sizes;
  return integersOf(value) ?? [undefined];
};

/** The first value again, where it is one of some kinds. */
const same =
  (...kinds: readonly Meaning['kind'][]): Rule =>
  (_, [a]) =>
    is(a, ...kinds) ? a : undefined;

const rules: Readonly<Record<string, Rule>> = {
  Cast: same('ids', 'mask', 'places', 'position', 'count', 'sizes'),
  Reshape: same('ids', 'mask', 'places'),
  ExpandDims: same('ids', 'mask', 'position', 'count'),
  LogicalNot: same('mask'),
  // Entries of the inputs that are kept.
  GatherV2: (node, [a, b, axis]) => {
    if (is(a, 'ids', 'places')) return is(b, 'mask', 'places') ? a : undefined;
    if (a?.kind === 'constant' && b?.kind === 'ids') return embedding(node, a.constant, b.input, axis);
    return is(a, 'sizes') ? { kind: 'sizes', sizes: (integersOf(b) ?? []).map(() => undefined) } : undefined;
  },
  SparseToDense: (_, [places, , ids]) => (is(places, 'places') && is(ids, 'ids') ? ids : undefined),
  // Ids below are of tokens that are not there.
  Greater: (_, [a, b]) => (is(a, 'ids') && (numberOf(b) ?? 0) < 0 ? mask : undefined),
  Where: (_, [a]) => (is(a, 'mask') ? { kind: 'places' } : undefined),
  StridedSlice: (_, [a, begin]) => {
    if (is(a, 'places')) return String(integersOf(begin)) === '0,1' ? { kind: 'position' } : undefined;
    return is(a, 'sizes') ? { kind: 'sizes', sizes: [undefined] } : undefined;
  },
  Less: (_, [a, b], limits) => {
    const limit = numberOf(b);
    if (is(a, 'position') && limit !== undefined) {
      limits.tokens = Math.min(limit, limits.tokens ?? limit);
      return mask;
    }
    return is(a, 'sizes') && is(b, 'count') ? mask : undefined;
  },
  Sum: (_, [a]) => (is(a, 'mask') ? { kind: 'count' } : undefined),
  Max: (_, [a]) => (is(a, 'places') ? { kind: 'sizes', sizes: [undefined] } : undefined),
  Maximum: (_, [a, b]) => {
    const [value, bound] = a?.kind === 'constant' ? [b, a] : [a, b];
    if (!is(value, 'count', 'sizes')) return undefined;
    return value?.kind === 'sizes' || (numberOf(bound) ?? 2) <= 1 ? value : undefined;
  },
  Mul: (_, [a, b]) => {
    const [value, factor] = a?.kind === 'constant' ? [b, a] : [a, b];
    if (is(value, 'mask')) return (numberOf(factor) ?? 0) <= most ? mask : undefined;
    if (!is(value, 'position') || factor?.kind !== 'constant' || factor.constant.floats === undefined) return undefined;
    return { kind: 'angles', frequencies: factor.constant };
  },
  Sin: (_, [a]) => (a?.kind === 'angles' ? { kind: 'wave', of: 'sin', frequencies: a.frequencies } : undefined),
  Cos: (_, [a]) => (a?.kind === 'angles' ? { kind: 'wave', of: 'cos', frequencies: a.frequencies } : undefined),
  Pack: (_, args) => ({ kind: 'sizes', sizes: args.flatMap(sizesOf) }),
  ConcatV2: (node, args, limits) => {
    const parts = args.slice(0, -1);
    if (parts.every((part) => part.kind === 'wave')) return waves(node, parts, limits);
    return parts.every((part) => is(part, 'sizes', 'constant')) ? { kind: 'sizes', sizes: parts.flatMap(sizesOf) } : undefined;
  },
};

/** Integers that follow from sizes, which nothing here needs. */
const ofSizes = ['Add', 'AddV2', 'Sub', 'Prod', 'Range', 'Slice', 'Mul', 'Squeeze', 'ExpandDims'];

export function onCounts(node: OnnxNode, args: readonly Meaning[], limits: Limits): readonly (Meaning | undefined)[] | undefined {
  const found = Object.hasOwn(rules, node.op) ? rules[node.op]!(node, args, limits) : undefined;
  if (found !== undefined) return [found];
  const integers = args.every((value) => value.kind === 'sizes' || (value.kind === 'constant' && value.constant.floats === undefined));
  return integers && ofSizes.includes(node.op) ? [{ kind: 'sizes', sizes: [undefined] }] : undefined;
}

function embedding(node: OnnxNode, table: OnnxConstant, input: string, axis: Meaning | undefined): Meaning | undefined {
  const [, width] = table.shape;
  if (table.floats === undefined || table.shape.length !== 2 || width === undefined || numberOf(axis) !== 0) return undefined;
  return features({ kind: 'embedding', table, input, node, width });
}

/** Rows of sines and cosines, as the table that they are. */
function waves(node: OnnxNode, parts: readonly Kind<'wave'>[], { tokens = usualLength }: Limits): Meaning {
  const columns = parts.flatMap(({ of, frequencies }) =>
    Array.from(floatsOf(frequencies), (frequency): readonly [(angle: number) => number, number] => [Math[of], frequency]),
  );
  const width = columns.length;
  const { name } = parts[0]!.frequencies;
  const floats = computed([tokens, width], () =>
    Float64Array.from({ length: tokens * width }, (_, at) => {
      const [wave, frequency] = columns[at % width]!;
      // The angle is a product of 32-bit floats.
      return wave(Math.fround(Math.floor(at / width) * frequency));
    }),
  );
  const table = withShape({ name, shape: [], floats, integers: undefined }, [tokens, width]);
  return features({ kind: 'rows', table, rows: undefined, node, width });
}
