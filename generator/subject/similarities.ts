/** How alike the inputs of a run are, where the host makes a vector of the outputs of each. */
import { takesOneRow } from '../model/host-steps.js';
import { storeOf } from '../operations/store/fields.js';
import { hostOf, valuesOf } from './predictions.js';
import { cosine } from '../util/cosine.js';
import { formatTable } from '../util/table.js';
import type { Subject } from './subject.js';

export interface Similarities {
  readonly titles: readonly string[];
  /** Cosines. Shapes: [inputs][inputs]. */
  readonly matrix: readonly (readonly number[])[];
}

/** Cosines of all pairs of outputs; undefined where outputs mean no vector. Shapes: outputs int8[inputs][outputs]. */
export function similaritiesOf(
  subject: Pick<Subject, 'dataset' | 'encoder' | 'examples' | 'image'>,
  outputs: readonly ArrayLike<number>[],
): Similarities | undefined {
  const { dataset, examples } = subject;
  const host = hostOf(subject);
  const oneRow = (output: ArrayLike<number>): boolean => output.length === storeOf(subject.image.model).outer;
  if (dataset === undefined || examples === undefined || host === undefined || host.classes > 0) return undefined;
  if (!takesOneRow(host) && !outputs.every(oneRow)) return undefined;
  const vectors = outputs.map((output) => valuesOf(subject, output)!);
  return {
    titles: examples.map((example) => dataset.title?.(example) ?? dataset.describe(example)),
    matrix: vectors.map((a) => vectors.map((b) => cosine(a, b))),
  };
}

/** Columns that a terminal has room for. */
const mostColumns = 8;
const mostRows = 20;
const mostCharacters = 60;

export function shortTitle(title: string, most = mostCharacters): string {
  const characters = [...title];
  return characters.length <= most ? title : `${characters.slice(0, most - 3).join('')}...`;
}

export function similarityLines({ titles, matrix }: Similarities): string[] {
  const columns = Math.min(mostColumns, titles.length);
  const rows = titles.slice(0, mostRows);
  return [
    formatTable(
      ['cosine of', ...Array.from({ length: columns }, (_, i) => String(i))],
      rows.map((title, i) => [`${i}: ${shortTitle(title)}`, ...matrix[i]!.slice(0, columns).map((value) => value.toFixed(2))]),
    ),
    ...(titles.length > columns ? [`${titles.length} inputs; --json prints all cosines`] : []),
  ];
}
