/** Rows of tables: words, positions, token types. */
import { constantAt, tokens, type Args } from './onnx-args.js';
import { integerConstant, scalarOf } from './onnx-constants.js';
import type { OnnxConstant, OnnxNode } from './onnx-file.js';
import { plainLayout, type Expression, type Value } from './onnx-values.js';

/** A table, indexed by ids of an input, by positions, or by constants. */
export function gathered(node: OnnxNode, table: OnnxConstant, index: Value | undefined): Value | undefined {
  const axis = Number(node.attributes.get('axis') ?? 0);
  if (table.floats === undefined || table.shape.length !== 2) {
    const at = index?.kind === 'constant' ? scalarOf(index.constant) : undefined;
    const { integers, shape } = table;
    const found = at === undefined ? undefined : integers?.at(at);
    return found === undefined || shape.length !== 1 || index?.kind !== 'constant'
      ? undefined
      : { kind: 'constant', constant: integerConstant(table.name, index.constant.shape, [found]) };
  }
  const width = table.shape[1]!;
  const layout = plainLayout(width, [{ of: 'batch' }, { of: 'tokens' }]);
  if (axis !== 0) return undefined;
  if (index?.kind === 'ids') return tokens({ kind: 'embedding', table, input: index.input, node, width }, layout);
  if (index?.kind === 'constant' && index.constant.integers !== undefined)
    return tokens({ kind: 'rows', table, rows: index.constant.integers, node, width }, layout);
  if (index?.kind !== 'integers') return undefined;
  if (index.fill !== undefined) return tokens({ kind: 'rows', table, rows: [index.fill], node, width }, layout);
  return index.rising === true ? tokens({ kind: 'rows', table, rows: undefined, node, width }, layout) : undefined;
}

/** com.microsoft.EmbedLayerNormalization: ids, types, three tables, gamma, beta. */
export function embedded(node: OnnxNode, args: Args): readonly (Value | undefined)[] {
  const [ids, types] = args;
  const [words, positions, kinds, gamma, beta] = [2, 3, 4, 5, 6].map((i) => constantAt(args, i));
  if (ids?.kind !== 'ids' || words === undefined || positions === undefined || gamma === undefined || beta === undefined) return [];
  const width = words.shape.at(-1)!;
  const sum = (a: Expression, b: Expression): Expression => ({ kind: 'add', a, b, node, width });
  let x: Expression = sum(
    { kind: 'embedding', table: words, input: ids.input, node, width },
    { kind: 'rows', table: positions, rows: undefined, node, width },
  );
  if (types !== undefined) {
    // Types that are given name rows of their table, whatever they are: ids of an input, or constants.
    const rows = kinds && gathered(node, kinds, types);
    if (rows?.kind !== 'tokens') return [];
    x = sum(x, rows.is);
  }
  const epsilon = Number(node.attributes.get('epsilon') ?? 1e-12);
  const layout = plainLayout(width, [{ of: 'batch' }, { of: 'tokens' }]);
  return [tokens({ kind: 'norm', x, gamma, beta, epsilon, node, width }, layout), { kind: 'mask' }, tokens(x, layout)];
}
