import { join } from 'node:path';
import { peerFolder } from '../util/peers.js';
import { align, fitAligner, type Pair } from './aligner.js';
import type { Dataset, Example } from './dataset.js';
import { loadFrom } from './package.js';
import { splitOf } from './split.js';

const letters = "abcdefghijklmnopqrstuvwxyz'";
const maxLength = 22;
/** Classes: silence, 39 phonemes, and the most used pairs. */
const keptLabels = 53;

/**
 * Grapheme-to-phoneme on CMUdict: a token is a letter, its label the 0-2 phonemes that it speaks, without stress.
 * Words of letters and apostrophes with 2 .. 22 of them and one main pronunciation; the split is by word. The aligner
 * and its set of labels come from the training split; words that it cannot align are left out (docs/tasks.md).
 */
export function loadG2p(): Dataset {
  const folder = peerFolder('cmu-pronouncing-dictionary', 'task g2p');
  const { dictionary } = loadFrom<{ dictionary: Record<string, string> }>(join(folder, 'index.js'));
  const phonemeNames = new Map<string, number>();
  const words = Object.entries(dictionary)
    .filter(([word]) => word.length >= 2 && word.length <= maxLength && [...word].every((letter) => letters.includes(letter)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = words.map(([word, spoken]) => {
    const phonemes = Uint8Array.from(spoken.split('#')[0]!.trim().replace(/[0-9]/g, '').split(' '), (name) => {
      const number = phonemeNames.get(name) ?? phonemeNames.size;
      phonemeNames.set(name, number);
      return number;
    });
    const pair: Pair = { letters: Uint8Array.from(word, (letter) => letters.indexOf(letter)), phonemes };
    return { split: splitOf(word), pair };
  });
  const phonemes = [...phonemeNames.keys()];
  const aligner = fitAligner(
    entries.filter(({ split }) => split === 'train').map(({ pair }) => pair),
    letters.length,
    phonemes.length,
    keptLabels,
  );

  const classes = new Map<number, number>();
  const splits: Record<'train' | 'validation' | 'test', Example[]> = { train: [], validation: [], test: [] };
  // The training split comes first, so that it alone names the classes.
  for (const name of ['train', 'validation', 'test'] as const) {
    for (const { split, pair } of entries) {
      if (split !== name) continue;
      const labels = align(aligner, pair);
      if (labels === undefined) continue;
      if (name === 'train') for (const label of labels) if (!classes.has(label)) classes.set(label, classes.size);
      if (!labels.every((label) => classes.has(label))) continue;
      splits[name].push({ length: labels.length, ids: Int32Array.from(pair.letters), labels: labels.map((label) => classes.get(label)!) });
    }
  }
  const labelNames = [...classes.keys()].map((label) => nameOf(label, phonemes));
  return {
    task: 'g2p',
    metric: 'accuracy',
    display: 'text',
    spelling: { separator: ' ', blank: classes.get(0)!, merge: false },
    idsPerToken: 1,
    vocabulary: letters.length,
    featureCount: 0,
    maxLength,
    labelNames,
    head: 'token',
    licence: 'ISC (cmu-pronouncing-dictionary)',
    splits,
    describe: ({ ids, labels }) =>
      `${[...(ids ?? [])].map((id) => letters[id]).join('')} -> ${[...labels]
        .map((label) => labelNames[label])
        .filter((name) => name !== '-')
        .join(' ')}`,
  };
}

function nameOf(label: number, phonemes: readonly string[]): string {
  if (label === 0) return '-';
  if (label <= phonemes.length) return phonemes[label - 1]!;
  const pair = label - 1 - phonemes.length;
  return `${phonemes[Math.floor(pair / phonemes.length)]} ${phonemes[pair % phonemes.length]}`;
}
