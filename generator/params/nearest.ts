import { editDistance } from '../util/edit-distance.js';

/** No known word is longer, and the time of a comparison grows with both. */
const mostCharacters = 64;

/** Known words, the most similar to a mistyped one first; one that contains the other counts as most similar. */
export function nearestFirst(word: string, known: readonly string[]): string[] {
  const mistyped = word.slice(0, mostCharacters).toLowerCase();
  const distance = (name: string): number => {
    const candidate = name.toLowerCase();
    return candidate.includes(mistyped) || mistyped.includes(candidate) ? 0 : editDistance(mistyped, candidate);
  };
  return known
    .map((name) => ({ name, far: distance(name) }))
    .sort((a, b) => a.far - b.far)
    .map(({ name }) => name);
}

const mostShown = 20;

/** A problem for each of some words that are unknown; many of them are counted. */
export function unknownProblems(words: readonly string[], problemOf: (word: string) => string): string[] {
  return [
    ...words.slice(0, mostShown).map(problemOf),
    ...(words.length > mostShown ? [`${words.length - mostShown} more keys are unknown`] : []),
  ];
}
