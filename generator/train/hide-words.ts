/** Known words made unknown now and then, so that the row of unknown words learns and the other ids of a token carry weight. */
import type { Random } from '../util/random.js';
import type { Dataset, Example } from '../data/dataset.js';

/**
 * A word that the training split has n times gives its row to the row of rare words with probability alpha / (alpha + n).
 *
 * Source   Kiperwasser and Goldberg, TACL 4 (2016), sec. 4: alpha = 0.25 there
 */
export function hideWords(data: Dataset, alpha = 1): (example: Example, random: Random) => Example {
  const { idsPerToken, rareRow } = data;
  if (rareRow === undefined) throw new Error(`${data.task} has no row of rare words`);
  const counts = new Float64Array(data.vocabulary);
  for (const { ids, length } of data.splits.train) for (let t = 0; t < length; t++) counts[ids![t * idsPerToken]!]! += 1;
  return (example, random) => {
    const ids = Int32Array.from(example.ids!);
    for (let first = 0; first < ids.length; first += idsPerToken) {
      if (random() * (alpha + counts[ids[first]!]!) < alpha) ids[first] = rareRow;
    }
    return { ...example, ids };
  };
}
