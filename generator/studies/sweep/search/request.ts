/** How points are searched, as a sweep file and options say it. */
import { nearestFirst } from '../../../params/nearest.js';
import { parseFormula } from '../constraints.js';
import type { Fidelity } from '../key.js';
import { objectiveNames } from '../objectives.js';
import type { Budget, Search } from '../space.js';

export const searches = ['grid', 'random', 'lhs', 'nsga2', 'cheapest'] as const;
export type SearchName = (typeof searches)[number];

export function oneOf<T extends string>(what: string, value: string, known: readonly T[], problems: string[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) problems.push(`${what} = ${value}: must be one of ${nearestFirst(value, known).join(', ')}`);
  return found ?? known[0]!;
}

/** `200` points or `1.5h`. */
export function budgetOf(value: unknown): Budget | undefined {
  const [, number = '', hours] = /^(\d+(?:\.\d+)?)(h?)$/.exec(String(value)) ?? [];
  const amount = Number(number);
  if (number === '' || amount <= 0 || amount > 1_000_000) return undefined;
  if (hours === 'h') return { hours: amount };
  return Number.isInteger(amount) ? { points: amount } : undefined;
}

interface SearchRequest {
  readonly search: string;
  readonly samples: number;
  readonly seed: number;
  readonly budget?: string | number;
  readonly population: number;
  readonly surrogate: string;
  readonly minimise?: string;
  readonly within?: Readonly<Record<string, number>>;
}

const mostPercent = 1000;

/** What a search for the cheapest needs, and no other may have. */
function goalProblems(kind: SearchName, { minimise, within }: SearchRequest): string[] {
  if (kind !== 'cheapest')
    return [
      ...(minimise === undefined ? [] : [`minimise = ${minimise}: belongs to --search cheapest; give that too`]),
      ...(within === undefined ? [] : [`within = ${JSON.stringify(within)}: belongs to --search cheapest; give that too`]),
    ];
  const problems: string[] = [];
  if (minimise === undefined) problems.push('search = cheapest: needs minimise, as in --minimise "area + memoryBits / 4"');
  else parseFormula(minimise, problems);
  const bounds = Object.entries(within ?? {});
  if (bounds.length === 0) problems.push('search = cheapest: needs within, as in --within ema=20');
  for (const [name, percent] of bounds) {
    oneOf('within', name, objectiveNames, problems);
    if (!(typeof percent === 'number' && percent >= 0 && percent <= mostPercent))
      problems.push(`within ${name} = ${JSON.stringify(percent)} %: must be a number in 0 .. ${mostPercent}`);
  }
  return problems;
}

/** What only NSGA-II has; a default is not in `given`. */
function breedingProblems(kind: SearchName, given: Partial<SearchRequest>): string[] {
  if (kind === 'nsga2') return [];
  return (['population', 'surrogate'] as const).flatMap((name) =>
    given[name] === undefined ? [] : [`${name} = ${given[name]}: belongs to --search nsga2; give that too`],
  );
}

/** What is wrong is added to the problems, and the search is then of no use. */
export function readSearch(request: SearchRequest, given: Partial<SearchRequest>, last: Fidelity, problems: string[]): Search {
  const { samples, seed, budget, population, minimise = '', within = {} } = request;
  const kind = oneOf('search', request.search, searches, problems);
  const model = oneOf('surrogate', request.surrogate, ['analytic', 'none'], problems);
  const limit = budget === undefined ? undefined : budgetOf(budget);
  if (budget !== undefined && limit === undefined)
    problems.push(`budget = ${budget}: must be a number of points up to a million, or hours as in 2h`);
  if (kind === 'grid' && limit !== undefined)
    problems.push(`budget = ${budget}: a grid measures all points; give --search nsga2, lhs, random or cheapest with it`);
  problems.push(...goalProblems(kind, request), ...breedingProblems(kind, given));
  if (kind === 'grid') return { kind };
  if (kind === 'random' && limit === undefined) return { kind, samples, seed };
  const most = limit ?? { points: samples };
  if (kind === 'cheapest') return { kind, budget: most, minimise, within };
  return { kind, seed, budget: most, population, surrogate: kind === 'nsga2' && last !== 'analytic' && model === 'analytic' };
}
