/** Embeddings of an imported model: tables, positions, token types, and tokens that stand before the patches. */
import { endTensors } from '../model/graph.js';
import type { StoredTensor } from '../model/safetensors.js';
import type { Sentence } from './sentence.js';
import type { SourceConfig } from './source-config.js';
import type { SourceTensors } from './source-tensors.js';
import { once, reshaped, rowsFrom, tableWithTypes, withAdded } from './tensors.js';

export interface Embeddings {
  readonly vocabulary: number;
  readonly featureCount: number;
  readonly maxLength: number;
  /** Tensors under our names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly host: readonly string[];
  readonly problems: readonly string[];
}

export function planEmbeddings(config: SourceConfig, { longest }: Sentence, source: SourceTensors): Embeddings {
  return config.family.input === 'ids' ? wordEmbeddings(config, longest, source) : patchEmbeddings(config, source);
}

function wordEmbeddings(config: SourceConfig, longest: Sentence['longest'], source: SourceTensors): Embeddings {
  const { family, sizes, vocab_size, max_position_embeddings, type_vocab_size, pad_token_id } = config;
  const width = sizes.hidden_size;
  const problems: string[] = [];
  // A table of another size than config.json says is refused as misshapen.
  const table = source.take(family.embedding, [vocab_size ?? -1, width], endTensors.embedding);
  const all = source.take(family.positions, [max_position_embeddings ?? -1, width], endTensors.positions);
  const skipped = family.firstPosition === 0 ? 0 : (pad_token_id ?? family.firstPosition - 1) + 1;
  const rows = all?.shape[0] ?? skipped + 1;
  if (rows <= skipped)
    problems.push(`max_position_embeddings = ${rows}: must exceed pad_token_id + 1 = ${skipped}, the place of the first token`);
  const places = Math.max(1, rows - skipped);
  const maxLength = Math.min(places, longest?.tokens ?? places);
  const positions = all && rows > skipped ? rowsFrom(all, skipped, maxLength) : undefined;
  const vocabulary = table?.shape[0] ?? vocab_size ?? 1;
  const tensors = new Map<string, StoredTensor>();
  const host = ['embeddings: rows of the table and of positions are added, and rounded to 8 bits'];
  if (skipped > 0) host.push(`positions: row ${skipped} of the source is that of the first token`);
  if (longest !== undefined && maxLength < places)
    host.push(
      `length: at most ${maxLength} tokens (max_seq_length of ${longest.name}), of ${places} positions; the source cuts longer texts, here they are refused`,
    );
  const put = (name: string, tensor: StoredTensor | undefined): void => void (tensor && tensors.set(name, tensor));
  const typed = family.tokenTypes !== undefined && (source.has(family.tokenTypes) || type_vocab_size !== 0);
  const types = typed
    ? source.take(family.tokenTypes!, [type_vocab_size ?? -1, width], `${endTensors.positions}, ${endTensors.embedding}`)
    : undefined;
  const typeRows = types?.shape[0] ?? 0;
  const severalTypes = typeRows > 1;
  const typeValues = types && once(types);
  put(endTensors.embedding, table && typeValues && severalTypes ? tableWithTypes(table, typeRows, typeValues) : table);
  put(
    endTensors.positions,
    positions &&
      (typeValues === undefined
        ? positions
        : withAdded(positions, () => Float64Array.from({ length: positions.shape[0]! * width }, (_, at) => typeValues()[at % width]!))),
  );
  if (severalTypes)
    host.push(
      `token types: type t of a token is row ${vocabulary} + t of the table beside its own, as in {"ids": [[17, ${vocabulary}], [4, ${vocabulary + 1}]]}; without it a token has type 0`,
    );
  return { vocabulary: vocabulary + (severalTypes ? typeRows : 0), featureCount: 0, maxLength, tensors, host, problems };
}

/** Tokens before the patches are rows of zero features: their vectors stand in the positions. */
function patchEmbeddings(config: SourceConfig, source: SourceTensors): Embeddings {
  const { family, sizes, image_size: image = 224, patch_size: patch = 16, num_channels: channels = 3 } = config;
  const width = sizes.hidden_size;
  const extra = family.extraTokens;
  const across = Math.floor(image / patch);
  const maxLength = across ** 2 + extra.length;
  const featureCount = channels * patch ** 2;
  const problems = image % patch === 0 ? [] : [`image_size = ${image}: must be a multiple of patch_size = ${patch}`];
  const weight = source.take(`${family.embedding}.weight`, [width, channels, patch, patch], endTensors.embedding);
  const bias = source.take(`${family.embedding}.bias`, [width], endTensors.embeddingBias);
  const positions = source.take(family.positions, [1, maxLength, width], endTensors.positions);
  const tokens = extra.map((name) => source.take(name, [1, 1, width], endTensors.positions));
  const tensors = new Map<string, StoredTensor>();
  if (weight !== undefined) tensors.set(endTensors.embedding, reshaped(weight, [width, featureCount]));
  if (bias !== undefined) tensors.set(endTensors.embeddingBias, bias);
  if (positions !== undefined && bias !== undefined && tokens.every((token) => token !== undefined)) {
    const biasValues = once(bias);
    const added = (): Float64Array =>
      Float64Array.from(tokens.flatMap((token) => [...once(token)()].map((value, f) => value - biasValues()[f]!)));
    tensors.set(endTensors.positions, withAdded(reshaped(positions, [maxLength, width]), added));
  }
  return {
    vocabulary: 0,
    featureCount,
    maxLength,
    tensors,
    host: [
      `patches: ${image} x ${image} pixels, normalised, are cut into ${across} x ${across} patches row by row, each as [${channels}, ${patch}, ${patch}] features`,
      `rows before the patches: ${extra.length} of zeros, for ${extra.map((name) => name.split('.').at(-1)).join(' and ')}`,
    ],
    problems,
  };
}
