/**
 * Tensor names of other families, mapped to those of docs/checkpoint.md: PyTorch's TransformerEncoder and the BERT family of
 * Hugging Face. The first pattern that matches renames; what matches none keeps its name. And what a name of ours says.
 */
import { modelConfigSchema } from './config.js';
import { blockNorms, blockPath, ends, endTensors, layerNames, type BlockNorm, type LayerName } from './graph.js';
import { dtypeBytes, stored, type StoredTensor } from './safetensors.js';
import { floatDtypes, tensorOf, valuesOf } from './tensor-values.js';

const widest = modelConfigSchema.shape.width.maxValue!;
const suffix = '(weight|bias)';
const block = blockPath('$1');

const renames: readonly (readonly [RegExp, string])[] = [
  // torch.nn.TransformerEncoder(norm_first = pre-norm), by itself or inside a module
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.self_attn\\.out_proj\\.${suffix}$`), `${block}.out.$2`],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.linear1\\.${suffix}$`), `${block}.hiddenIn.$2`],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.linear2\\.${suffix}$`), `${block}.hiddenOut.$2`],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.norm1\\.${suffix}$`), `${block}.attentionNorm.$2`],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.norm2\\.${suffix}$`), `${block}.hiddenNorm.$2`],
  // BertForTokenClassification (post-norm)
  [/^(?:bert\.)?embeddings\.word_embeddings\.weight$/, endTensors.embedding],
  [/^(?:bert\.)?embeddings\.position_embeddings\.weight$/, endTensors.positions],
  [new RegExp(`^(?:bert\\.)?embeddings\\.LayerNorm\\.${suffix}$`), `${ends.embeddingNorm}.$1`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.self\\.(query|key|value)\\.${suffix}$`), `${block}.$2.$3`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.output\\.dense\\.${suffix}$`), `${block}.out.$2`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.output\\.LayerNorm\\.${suffix}$`), `${block}.attentionNorm.$2`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.intermediate\\.dense\\.${suffix}$`), `${block}.hiddenIn.$2`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.output\\.dense\\.${suffix}$`), `${block}.hiddenOut.$2`],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.output\\.LayerNorm\\.${suffix}$`), `${block}.hiddenNorm.$2`],
  [new RegExp(`^classifier\\.${suffix}$`), `${ends.head}.$1`],
];

/** A buffer that some versions of the library store: 0, 1, 2 .. */
const positionIds = /^(?:bert\.)?embeddings\.position_ids$/;
const tokenTypes = /^(?:bert\.)?embeddings\.token_type_embeddings\.weight$/;
const packedProjection = /^(?:.*\.)?layers\.(\d+)\.self_attn\.in_proj_(weight|bias)$/;

function ownName(name: string): string {
  for (const [pattern, to] of renames) if (pattern.test(name)) return name.replace(pattern, to);
  return name;
}

/**
 * The tensors under the names of docs/checkpoint.md. PyTorch's packed Q, K, V become three; BERT's first token type, which every
 * token of a single text has, is added to the positions. `problems` lists clashes and what cannot be understood.
 */
export function withOwnNames(tensors: ReadonlyMap<string, StoredTensor>): {
  readonly tensors: Map<string, StoredTensor>;
  readonly problems: readonly string[];
} {
  const out = new Map<string, StoredTensor>();
  const problems: string[] = [];
  const put = (to: string, from: string, tensor: StoredTensor): void => {
    if (out.has(to)) problems.push(`${from}: the file has ${to} already; remove one`);
    out.set(to, tensor);
  };
  let types: { readonly name: string; readonly tensor: StoredTensor } | undefined;
  for (const [name, tensor] of tensors) {
    const packed = packedProjection.exec(name);
    if (tokenTypes.test(name)) {
      if (types !== undefined) problems.push(`${name}: the file has ${types.name} already; remove one`);
      types = { name, tensor };
    } else if (positionIds.test(name)) for (const problem of positionIdsProblem(name, tensor)) problems.push(problem);
    else if (packed === null || tensor.shape[0]! % 3 !== 0) put(ownName(name), name, tensor);
    else thirds(tensor).forEach((part, i) => put(`${blockPath(packed[1]!)}.${['query', 'key', 'value'][i]}.${packed[2]}`, name, part));
  }
  if (types === undefined) return { tensors: out, problems };
  const { name, tensor } = types;
  const positions = out.get(endTensors.positions);
  const wrong = typesProblems(name, tensor, positions);
  problems.push(...wrong);
  // Positions of a wrong shape or kind stay as they are: their reader refuses them.
  if (wrong.length === 0 && positions?.shape.length === 2 && floatDtypes.includes(positions.dtype))
    out.set(endTensors.positions, withFirstRow(positions, tensor));
  return { tensors: out, problems };
}

/** Reads the first type only, however many there are. */
function firstRow({ dtype, read }: StoredTensor, width: number): Float64Array {
  return valuesOf({ dtype, shape: [1, width], read });
}

/** What keeps token types from being added to the positions. */
function typesProblems(name: string, tensor: StoredTensor, positions: StoredTensor | undefined): string[] {
  const { dtype, shape } = tensor;
  if (!floatDtypes.includes(dtype)) return [`${name}.dtype = ${dtype}: must be one of ${floatDtypes.join(', ')}`];
  const width = positions?.shape.length === 2 ? positions.shape[1] : shape[1];
  if (shape.length !== 2 || shape[0]! < 1 || shape[1] !== width) {
    return [`${name}.shape = [${shape.join(', ')}]: must be [types, ${width ?? 'width'}], as wide as the positions`];
  }
  // Wider ones are refused for their width.
  const first = width! > widest ? new Float64Array() : firstRow(tensor, width!);
  const bad = first.findIndex((value) => !Number.isFinite(value));
  return bad < 0 ? [] : [`${name}[0, ${bad}] = ${first[bad]}: must be a finite number`];
}

/** A list of positions is not needed when it is 0, 1, 2 ..; any other would put positions in another order. */
export function positionIdsProblem(name: string, { dtype, shape, read }: StoredTensor): string[] {
  if (dtype !== 'I64' || (shape.length === 2 ? shape[0] !== 1 : shape.length !== 1))
    return [`${name}: is ${dtype} [${shape.join(', ')}]: must be I64 [1, positions]; remove it, positions are in order`];
  const count = shape.at(-1)!;
  const piece = 4096;
  for (let from = 0; from < count; from += piece) {
    const bytes = read(8 * from, 8 * Math.min(from + piece, count));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; at += 8) {
      const position = view.getBigInt64(at, true);
      const i = from + at / 8;
      if (position !== BigInt(i)) return [`${name}[${i}] = ${position}: must be ${i}; only positions in order are supported`];
    }
  }
  return [];
}

/** Every row of `to` plus the first row of `from`. */
function withFirstRow(to: StoredTensor, from: StoredTensor): StoredTensor {
  const width = to.shape[1]!;
  let sum: StoredTensor | undefined;
  const added = (): StoredTensor => {
    const first = firstRow(from, width);
    return stored(
      tensorOf(
        'F64',
        to.shape,
        valuesOf(to).map((value, at) => value + first[at % width]!),
      ),
    );
  };
  // Not before shapes have been checked, and then once.
  return { dtype: 'F64', shape: to.shape, read: (begin, end) => (sum ??= added()).read(begin, end) };
}

function thirds({ dtype, shape: [rows = 0, ...rest], read }: StoredTensor): StoredTensor[] {
  const third = rows / 3;
  const size = third * rest.reduce((product, n) => product * n, 1) * dtypeBytes[dtype];
  return [0, 1, 2].map((i) => ({ dtype, shape: [third, ...rest], read: (begin, end) => read(i * size + begin, i * size + end) }));
}

/** Tensor of a block's layer or norm. */
export interface BlockTensor {
  readonly block: number;
  readonly part: LayerName | BlockNorm;
  readonly kind: 'weight' | 'bias';
}

const blockTensor = new RegExp(
  `^${blockPath('(\\d+)').replaceAll('.', '\\.')}\\.(${[...layerNames, ...blockNorms].join('|')})\\.(weight|bias)$`,
);

/** Part of a block that a tensor's name says; undefined for tensors outside the blocks. */
export function parseBlockTensor(tensor: string): BlockTensor | undefined {
  const [, block, part, kind] = blockTensor.exec(tensor) ?? [];
  return block === undefined ? undefined : { block: Number(block), part: part as BlockTensor['part'], kind: kind as BlockTensor['kind'] };
}
