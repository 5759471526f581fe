/** Lines of text for reading: pieces of the sentences of the Brown corpus, with a font and a look of their own, by a seed. */
import { randomFrom, type Random } from '../../util/random.js';
import { brownFolder, joinWord, readSentences } from '../brown.js';
import type { SplitName } from '../dataset.js';

import { splitOf } from '../split.js';

export interface TextLine {
  readonly text: string;
  readonly look: Look;
}

/** How a line is drawn; lengths in pixels of a picture that is 48 high. */
export interface Look {
  /** Name of a file of dejavu-fonts-ttf without its ending. */
  readonly font: string;
  readonly size: number;
  readonly spacing: number;
  readonly skewDegrees: number;
  /** Left margin and baseline. */
  readonly left: number;
  readonly baseline: number;
  /** Grey levels, 0 .. 255. */
  readonly ink: number;
  readonly paper: number;
  /** Largest change of a pixel's grey level, and the seed of these changes. */
  readonly noise: number;
  readonly noiseSeed: number;
}

/** Fonts with and without serifs, slanted, bold, narrow, and of one width. */
const fonts = [
  'DejaVuSans',
  'DejaVuSans-Oblique',
  'DejaVuSans-Bold',
  'DejaVuSansCondensed',
  'DejaVuSansCondensed-Bold',
  'DejaVuSerif',
  'DejaVuSerif-Italic',
  'DejaVuSerifCondensed',
  'DejaVuSansMono',
] as const;

const fewestCharacters = 5;
const mostCharacters = 32;

/**
 * The first `count` lines of a split; another seed cuts the sentences elsewhere and draws them otherwise.
 *
 * Splits   by the text of a line, as of all tasks; no text is in two of them, and none twice in one
 */
export function textLines(split: SplitName, count: number, seed = 1): TextLine[] {
  const random = randomFrom(seed);
  const seen = new Set<string>();
  const lines: TextLine[] = [];
  for (const { words } of readSentences(brownFolder())) {
    const text = pieceOf(words, random);
    const look = lookOf(random);
    if (text === undefined || seen.has(text) || splitOf(text) !== split) continue;
    seen.add(text);
    lines.push({ text, look });
    if (lines.length === count) break;
  }
  return lines;
}

/** Some words of a sentence that stand side by side; they begin with a word. */
function pieceOf(words: readonly string[], random: Random): string | undefined {
  const first = Math.floor(random() * words.length);
  const most = fewestCharacters + Math.floor(random() * (mostCharacters - fewestCharacters + 1));
  let text = '';
  for (const word of words.slice(first)) {
    const longer = joinWord(text, word);
    if (longer.length > most) break;
    text = longer;
  }
  return text.length < fewestCharacters || !/^[A-Za-z0-9$"][ -~]*$/.test(text) ? undefined : text;
}

function lookOf(random: Random): Look {
  const between = (low: number, high: number): number => low + random() * (high - low);
  return {
    font: fonts[Math.floor(random() * fonts.length)]!,
    size: between(26, 34),
    spacing: between(-0.5, 1.5),
    skewDegrees: between(-6, 6),
    left: between(4, 12),
    baseline: between(32, 36),
    ink: Math.floor(between(0, 80)),
    paper: Math.floor(between(180, 256)),
    noise: between(0, 24),
    noiseSeed: Math.floor(random() * 2 ** 31),
  };
}
