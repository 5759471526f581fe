/** Classes of tokens as a text. */
import type { Dataset } from './dataset.js';

/** Labels below 0 and blanks stand for nothing. */
export function textOf(classes: readonly number[], { labelNames, spelling }: Pick<Dataset, 'labelNames' | 'spelling'>): string {
  const { separator, blank, merge } = spelling;
  return classes
    .filter((label, t) => label >= 0 && label !== blank && !(merge && label === classes[t - 1]))
    .map((label) => labelNames[label] ?? `#${label}`)
    .join(separator);
}
