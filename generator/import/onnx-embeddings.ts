/** What makes the first residual of an ONNX encoder: tables, positions, token types, or projected features. */
import { endTensors, ends } from '../model/graph.js';
import type { StoredTensor } from '../model/safetensors.js';
import { valuesOf } from '../model/tensor-values.js';
import { countOf, floatsOf, rowsOf } from './onnx-constants.js';
import { NotUnderstood } from './onnx-encoder.js';
import { linearTensors } from './onnx-weights.js';
import type { Expression } from './onnx-values.js';
import { computed, once, tableWithTypes } from './tensors.js';

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

export interface FoundEmbeddings {
  readonly input: 'ids' | 'patches' | 'features';
  readonly vocabulary: number;
  readonly featureCount: number;
  readonly maxLength: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly mapped: readonly (readonly [string, string])[];
  readonly host: readonly string[];
  readonly unsupported: readonly string[];
}

/** What a source says of the length of its inputs. */
export interface Lengths {
  readonly tokens: number | undefined;
}

/** Length of inputs where the source has neither positions nor a length. */
export const usualLength = 512;
const mostTypes = 16;

export function findEmbeddings(terms: readonly Expression[], width: number, lengths: Lengths): FoundEmbeddings {
  const rows = terms.filter((term) => term.kind === 'rows');
  const every = terms.filter((term) => term.kind === 'embedding').sort((a, b) => b.table.shape[0]! - a.table.shape[0]!);
  const tables = every.filter((term, i) => every.findIndex((other) => sameRows(term, other)) === i);
  // A source may add the rows of a table more than once.
  const times = every.filter((term) => sameRows(term, every[0]!)).length;
  const projections = terms.filter((term) => term.kind === 'linear' || term.kind === 'features');
  const other = terms.find(({ kind }) => !['rows', 'embedding', 'linear', 'features'].includes(kind));
  if (other !== undefined) throw new NotUnderstood(other.node, 'is no part of an embedding');
  const positions = positionsOf(rows, width, lengths);
  if (projections.length === 0) {
    const again = every.find((term) => !sameRows(term, every[0]!) && every.filter((other) => sameRows(term, other)).length > 1);
    if (again !== undefined) throw new NotUnderstood(again.node, 'adds rows of token types more than once');
    return ofTables(tables, times, width, positions);
  }
  const [projection, more] = [...projections, ...tables];
  if (projection === undefined || more !== undefined) throw new NotUnderstood(more?.node, 'is added to features that are there already');
  return ofFeatures(projection as Of<'linear'> | Of<'features'>, positions);
}

function sameRows(a: Of<'embedding'>, b: Of<'embedding'>): boolean {
  return a.table === b.table && a.input === b.input;
}

interface Positions {
  readonly length: number;
  readonly tensor: StoredTensor;
  readonly mapped: FoundEmbeddings['mapped'];
  readonly host: readonly string[];
}

function positionsOf(rows: readonly Of<'rows'>[], width: number, { tokens }: Lengths): Positions {
  const mapped = rows.map(({ table }): [string, string] => [table.name, endTensors.positions]);
  const chosen = rows.map(({ table, rows: list }) => ({ table, list, count: list?.length ?? countOf(table) / width }));
  const lengths = chosen.map(({ count }) => count).filter((count) => count > 1);
  const length = lengths.length > 0 ? Math.min(...lengths) : (tokens ?? usualLength);
  const tensor = computed([length, width], () => {
    const sum = new Float64Array(length * width);
    for (const { table, list, count } of chosen) {
      const values = list === undefined ? floatsOf(table) : rowsOf(table, list);
      sum.forEach((value, at) => (sum[at] = value + values[count === 1 ? at % width : at]!));
    }
    return sum;
  });
  const host = lengths.length > 0 ? [] : [`positions: the source has none; ${length} rows of zeros`];
  for (const { table, list } of chosen) {
    const out = list?.find((row) => row < 0 || row >= table.shape[0]!);
    if (out !== undefined)
      throw new NotUnderstood(rows.find((row) => row.table === table)!.node, `reads row ${out} of a table of ${table.shape[0]}`);
  }
  return { length, tensor, mapped, host };
}

function ofTables(
  tables: readonly Of<'embedding'>[],
  times: number,
  width: number,
  { length, tensor, mapped, host }: Positions,
): FoundEmbeddings {
  const [words, types, more] = tables;
  if (words === undefined || more !== undefined || (types !== undefined && types.table.shape[0]! > mostTypes))
    throw new NotUnderstood((more ?? types ?? words)?.node, 'is not one table of words and one of a few token types');
  const vocabulary = words.table.shape[0]!;
  const stored = words.table.floats!;
  const table = times === 1 ? stored : computed(stored.shape, () => valuesOf(stored).map((value) => times * value));
  const out = {
    input: 'ids' as const,
    featureCount: 0,
    maxLength: length,
    host: ['embeddings: rows of the table and of positions are added, and rounded to 8 bits', ...host],
    unsupported: [],
  };
  if (types === undefined) {
    const tensors = new Map([
      [endTensors.embedding, table],
      [endTensors.positions, tensor],
    ]);
    return { ...out, vocabulary, tensors, mapped: [[words.table.name, endTensors.embedding], ...mapped] };
  }
  const count = types.table.shape[0]!;
  const values = once(types.table.floats!);
  const sum = once(tensor);
  const tensors = new Map([
    [endTensors.embedding, tableWithTypes(table, count, values)],
    [endTensors.positions, computed([length, width], () => sum().map((value, at) => value + values()[at % width]!))],
  ]);
  return {
    ...out,
    vocabulary: vocabulary + count,
    tensors,
    mapped: [[words.table.name, endTensors.embedding], ...mapped, [types.table.name, `${endTensors.positions}, ${endTensors.embedding}`]],
    host: [
      ...out.host,
      `token types: type t of a token is row ${vocabulary} + t of the table beside its own, as in {"ids": [[17, ${vocabulary}], [4, ${vocabulary + 1}]]}; without it a token has type 0`,
    ],
  };
}

/** Features that are projected, or that are the residual themselves. */
function ofFeatures(projection: Of<'linear'> | Of<'features'>, { length, tensor, mapped, host }: Positions): FoundEmbeddings {
  const out = {
    input: 'patches' as const,
    vocabulary: 0,
    maxLength: length,
    host: ['features: rounded to 8 bits', ...host],
    unsupported: [],
  };
  if (projection.kind === 'features') {
    return { ...out, input: 'features', featureCount: projection.width, tensors: new Map([[endTensors.positions, tensor]]), mapped };
  }
  if (projection.x.kind !== 'features')
    throw new NotUnderstood(projection.x.node, 'stands before the first layer, where features are expected');
  const { weight, bias, names } = linearTensors(projection, ends.embedding);
  const tensors = new Map([
    [endTensors.embedding, weight],
    [endTensors.embeddingBias, bias],
    [endTensors.positions, tensor],
  ]);
  return { ...out, featureCount: projection.x.width, tensors, mapped: [...names, ...mapped] };
}
