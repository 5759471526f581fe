import type { Image } from '../program/image.js';
import { baselineBytes, baselineLayers } from '../program/traffic.js';
import { loadOf, storeOf } from './memory-map.js';

/** Bytes of the uncompressed model for the same inputs, docs/stream.md. */
export function baselineOf(image: Image, lengths: readonly number[]): number {
  const [load, store] = [loadOf(image), storeOf(image)];
  return baselineBytes(baselineLayers(image.model.operations), lengths.map((tokens) => ({
    bytesIn: tokens * load.outer, bytesOut: (store.firstRow ? 1 : tokens) * store.outer,
  })));
}
