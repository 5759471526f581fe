/**
 * Tensor names of other families, mapped to those of docs/checkpoint.md: PyTorch's TransformerEncoder and the BERT family of
 * Hugging Face. The first pattern that matches renames; what matches none keeps its name.
 */
import { dtypeBytes, type Tensor } from './safetensors.js';
import { floatDtypes, tensorOf, valuesOf } from './tensor-values.js';

const suffix = '(weight|bias)';

const renames: readonly (readonly [RegExp, string])[] = [
  // torch.nn.TransformerEncoder(norm_first = pre-norm), by itself or inside a module
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.self_attn\\.out_proj\\.${suffix}$`), 'layers.$1.out.$2'],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.linear1\\.${suffix}$`), 'layers.$1.hiddenIn.$2'],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.linear2\\.${suffix}$`), 'layers.$1.hiddenOut.$2'],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.norm1\\.${suffix}$`), 'layers.$1.attentionNorm.$2'],
  [new RegExp(`^(?:.*\\.)?layers\\.(\\d+)\\.norm2\\.${suffix}$`), 'layers.$1.hiddenNorm.$2'],
  // BertForTokenClassification (post-norm)
  [/^(?:bert\.)?embeddings\.word_embeddings\.weight$/, 'embedding.weight'],
  [/^(?:bert\.)?embeddings\.position_embeddings\.weight$/, 'positions.weight'],
  [new RegExp(`^(?:bert\\.)?embeddings\\.LayerNorm\\.${suffix}$`), 'embeddingNorm.$1'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.self\\.(query|key|value)\\.${suffix}$`), 'layers.$1.$2.$3'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.output\\.dense\\.${suffix}$`), 'layers.$1.out.$2'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.attention\\.output\\.LayerNorm\\.${suffix}$`), 'layers.$1.attentionNorm.$2'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.intermediate\\.dense\\.${suffix}$`), 'layers.$1.hiddenIn.$2'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.output\\.dense\\.${suffix}$`), 'layers.$1.hiddenOut.$2'],
  [new RegExp(`^(?:bert\\.)?encoder\\.layer\\.(\\d+)\\.output\\.LayerNorm\\.${suffix}$`), 'layers.$1.hiddenNorm.$2'],
  [new RegExp(`^classifier\\.${suffix}$`), 'head.$1'],
];

/** A buffer that some versions of the library store: 0, 1, 2 .. */
const positionIds = /^(?:bert\.)?embeddings\.position_ids$/;
const tokenTypes = /^(?:bert\.)?embeddings\.token_type_embeddings\.weight$/;
const packedProjection = /^(?:.*\.)?layers\.(\d+)\.self_attn\.in_proj_(weight|bias)$/;

export function ownName(name: string): string {
  for (const [pattern, to] of renames) if (pattern.test(name)) return name.replace(pattern, to);
  return name;
}

/**
 * The tensors under the names of docs/checkpoint.md. PyTorch's packed Q, K, V become three; BERT's first token type, which every
 * token of a single text has, is added to the positions. `twice` lists clashes.
 */
export function withOwnNames(tensors: ReadonlyMap<string, Tensor>): { readonly tensors: Map<string, Tensor>; readonly twice: readonly string[] } {
  const out = new Map<string, Tensor>();
  const twice: string[] = [];
  const put = (to: string, from: string, tensor: Tensor): void => {
    if (out.has(to)) twice.push(`${from}: the file has ${to} already; remove one`);
    out.set(to, tensor);
  };
  let types: Tensor | undefined;
  for (const [name, tensor] of tensors) {
    const packed = packedProjection.exec(name);
    if (tokenTypes.test(name)) types = tensor;
    else if (positionIds.test(name)) continue;
    else if (packed === null || tensor.shape[0]! % 3 !== 0) put(ownName(name), name, tensor);
    else thirds(tensor).forEach((part, i) => put(`layers.${packed[1]}.${['query', 'key', 'value'][i]}.${packed[2]}`, name, part));
  }
  const positions = out.get('positions.weight');
  if (types !== undefined && positions !== undefined) out.set('positions.weight', withFirstRow(positions, types));
  return { tensors: out, twice };
}

/** Every row of `to` plus the first row of `from`; unchanged where shapes or kinds do not allow it, which its reader refuses. */
function withFirstRow(to: Tensor, from: Tensor): Tensor {
  const width = to.shape[1];
  if (to.shape.length !== 2 || from.shape[1] !== width || !floatDtypes.includes(to.dtype) || !floatDtypes.includes(from.dtype)) return to;
  const first = valuesOf(from);
  return tensorOf('F64', to.shape, valuesOf(to).map((value, at) => value + first[at % width!]!));
}

function thirds({ dtype, shape: [rows = 0, ...rest], bytes }: Tensor): Tensor[] {
  const third = rows / 3;
  const size = third * rest.reduce((product, n) => product * n, 1) * dtypeBytes[dtype];
  return [0, 1, 2].map((i) => ({ dtype, shape: [third, ...rest], bytes: bytes.subarray(i * size, (i + 1) * size) }));
}
