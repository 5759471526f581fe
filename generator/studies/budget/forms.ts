/** Forms that the layers of a shared matrix may take, and encoders put together from layers of several forms. */
import { layersOf, mapLayers, type Encoder } from '../../model/encoder.js';
import type { Form } from '../../compress/factorize-encoder.js';
import type { Group } from '../../compress/groups.js';
import type { SparseShape } from '../../compress/support.js';

const counts = [4, 6, 8, 12, 16, 24, 32, 48];
const widths = [0.5, 1, 2];

/** Dense, and factors that take less than that. */
export function candidatesOf(
  { inner, outer }: Group,
  { banks, mostRank }: Pick<SparseShape, 'banks'> & { readonly mostRank: number },
): Form[] {
  const most = mostRank - (mostRank % banks);
  const ranks = new Set(widths.map((share) => Math.min(most, Math.max(banks, banks * Math.round((share * inner) / banks)))));
  const bytes = (rank: number, k: number): number => (inner * rank) / 2 + (outer * k * (6 + Math.ceil(Math.log2(rank / banks)))) / 8;
  const factors = [...ranks].flatMap((rank) =>
    counts.filter((k) => 2 * k <= rank && bytes(rank, k) < inner * outer).map((k) => ({ rank, k })),
  );
  return ['dense', ...factors];
}

export function formName(form: Form): string {
  return form === 'dense' ? 'int8' : `r ${form.rank}, k ${form.k}`;
}

/** The layers of each group from the encoder that stands at its number, where that group alone may be factorized. */
export function merged(dense: Encoder, groups: readonly Group[], singles: readonly Encoder[]): Encoder {
  const shared = singles.flatMap((single) => single.shared);
  const offsets = singles.map((_, g) => singles.slice(0, g).reduce((sum, single) => sum + single.shared.length, 0));
  const layers = singles.map((single) => {
    const byPath = new Map<string, ReturnType<typeof layersOf>[number]>();
    mapLayers(single, (layer, { path }) => {
      byPath.set(path, layer);
      return layer;
    });
    return byPath;
  });
  const changed = mapLayers(dense, (layer, { path }) => {
    const g = groups.findIndex(({ paths }) => paths.has(path));
    const own = layers[g]?.get(path) ?? layer;
    return own.kind === 'dense' ? own : { ...own, matrix: own.matrix + offsets[g]! };
  });
  return { ...changed, shared };
}
