/** Sentences of the Brown corpus as they are printed, for embeddings. */
import { brownFolder, joinWord, readSentences } from '../brown.js';
import type { SplitName } from '../dataset.js';

import { splitOf } from '../split.js';

const fewestCharacters = 20;
/** Longest sentence that is taken; longer ones could exceed the 128 tokens that the model reads. */
const mostCharacters = 240;

/** Sentences of a split in the order of the corpus, none twice. */
export function printedSentences(split: SplitName): string[] {
  const sentences = new Set<string>();
  for (const { words } of readSentences(brownFolder())) {
    const text = words.reduce(joinWord, '');
    if (text.length >= fewestCharacters && text.length <= mostCharacters && splitOf(text) === split) sentences.add(text);
  }
  return [...sentences];
}
