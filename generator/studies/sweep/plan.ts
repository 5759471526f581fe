/** What a sweep is asked to do: a sweep file and options, checked as a whole before anything runs. */
import { dirname, resolve } from 'node:path';
import { refuse, UserError } from '../../util/errors.js';
import { loadParams, readConfig } from '../../params/load.js';
import { nearestFirst, unknownProblems } from '../../params/nearest.js';
import { simulators, type Simulator } from '../../sim/build.js';
import { targetNames } from '../../synth/targets.js';
import { makeAxes, parseSetting, type Axis } from './axes.js';
import { parseConstraint, type Constraint } from './constraints.js';
import { axisKeys } from './fields.js';
import { fidelities, type Fidelity, type Measuring } from './key.js';
import { objectiveNames, type ObjectiveName } from './objectives.js';
import { keysOfConfig, openKeysBut } from './open-keys.js';
import { budgetOf, oneOf, readSearch, type SearchName } from './search/request.js';
import type { Search, Space } from './space.js';

/** Sweep as a file holds it; options of the command line win. */
export interface SweepFile {
  readonly preset?: string;
  /** Path from the sweep file. */
  readonly config?: string;
  readonly space?: Readonly<Record<string, unknown>>;
  readonly constraints?: readonly unknown[];
  readonly search?: SearchName;
  readonly samples?: number;
  /** Points at the last level, or hours as in "2h". */
  readonly budget?: string | number;
  readonly population?: number;
  readonly surrogate?: 'analytic' | 'none';
  /** Cost of a design, as a formula over parameters and objectives. */
  readonly minimise?: string;
  /** Percent that an objective may be worse than the best. */
  readonly within?: Readonly<Record<string, number>>;
  readonly seed?: number;
  readonly objectives?: readonly string[];
  readonly fidelity?: string;
  readonly promote?: number;
  readonly inputs?: number;
  readonly accuracyInputs?: number;
  readonly simulator?: string;
  readonly target?: string;
}

export interface SweepPlan {
  readonly space: Space;
  readonly search: Search;
  readonly objectives: readonly ObjectiveName[];
  /** Levels from analytic to the last one. */
  readonly levels: readonly Fidelity[];
  /** Points that go one level up. */
  readonly promote: number;
  readonly measuring: Measuring;
  readonly simulator: Simulator;
  /** All that was asked for, as a sweep file that holds it. */
  readonly request: SweepFile;
}

export interface SweepOptions extends Omit<SweepFile, 'space'> {
  readonly set?: readonly string[];
}

/** What counts where nobody says anything. */
export const planDefaults = {
  search: 'grid',
  samples: 256,
  seed: 1,
  population: 8,
  surrogate: 'analytic',
  objectives: ['accuracy', 'ema', 'cycles', 'area'],
  fidelity: 'analytic',
  promote: 8,
  inputs: 4,
  accuracyInputs: 200,
  simulator: 'verilator',
  target: 'asic',
} as const;

const mostListed = 1000;

type Kind = 'text' | 'budget' | 'object' | 'list' | 'names' | readonly [least: number, most: number];

const kinds = {
  preset: 'text',
  config: 'text',
  space: 'object',
  constraints: 'list',
  search: 'text',
  objectives: 'names',
  fidelity: 'text',
  simulator: 'text',
  target: 'text',
  budget: 'budget',
  population: [4, 10_000],
  surrogate: 'text',
  minimise: 'text',
  within: 'object',
  samples: [1, 1_000_000],
  seed: [0, 2 ** 31 - 1],
  promote: [1, 1_000_000],
  inputs: [1, 10_000],
  accuracyInputs: [1, 100_000],
} as const satisfies Record<keyof SweepFile, Kind>;

const keys = Object.keys(kinds);

function kindProblem(key: string, kind: Kind, value: unknown): string | undefined {
  const shown = `${key} = ${JSON.stringify(value)}`;
  if (kind === 'text') return typeof value === 'string' ? undefined : `${shown}: must be a text`;
  if (kind === 'budget')
    return budgetOf(value) === undefined ? `${shown}: must be a number of points up to a million, or hours as in 2h` : undefined;
  if (kind === 'object')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : `${shown}: must be an object of ${key === 'within' ? 'objectives such as "ema" with percents' : 'keys such as "array.columns" with their values'}`;
  if (kind === 'list' && Array.isArray(value) && value.length > mostListed)
    return `${key}: has ${value.length} entries; give at most ${mostListed}`;
  if (kind === 'list') return Array.isArray(value) ? undefined : `${shown}: must be a list`;
  if (kind === 'names')
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? undefined : `${shown}: must be a list of names`;
  const [least, most] = kind;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `${shown}: must be an integer in ${least} .. ${most}`;
}

/** Keys and kinds of a sweep file. */
function checkSweepFile(given: Readonly<Record<string, unknown>>): SweepFile {
  const unknown = Object.keys(given).filter((key) => !Object.hasOwn(kinds, key));
  refuse([
    ...Object.keys(given)
      .filter((key) => Object.hasOwn(kinds, key))
      .flatMap((key) => kindProblem(key, kinds[key as keyof SweepFile], given[key]) ?? []),
    // A parameter may stand outside of the space.
    ...unknownProblems(unknown, (key) =>
      axisKeys.includes(key)
        ? `${key}: is a key of space; move it there`
        : `${key}: unknown key; known keys are ${nearestFirst(key, keys).join(', ')}`,
    ),
  ]);
  return given as SweepFile;
}

/** Problems of all parts together, so that nobody mends them one by one. */
function collect<T>(problems: string[], make: () => T, otherwise: T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
    return otherwise;
  }
}

/** Keys that --set gives more than once: the last would win in silence. */
function repeatedProblems(settings: readonly string[]): string[] {
  const given = settings.filter((one) => one.includes('=')).map((one) => one.slice(0, one.indexOf('=')).trim());
  const repeated = new Set(given.filter((key, i) => given.indexOf(key) !== i));
  return [...repeated].map((key) => `--set ${key}: is given twice; give all its values at once, as in --set array.columns=4,8`);
}

/** First level that reads what an option says. */
const readFrom = {
  promote: 'golden',
  accuracyInputs: 'golden',
  surrogate: 'golden',
  simulator: 'rtl',
  target: 'synthesis',
} as const satisfies Partial<Record<keyof SweepFile, Fidelity>>;

/** Options that the last level or the search has no use for. Keys of a file may stay, so that `--fidelity` can lower its level. */
function unreadProblems(options: SweepOptions, { search, surrogate }: Pick<SweepFile, 'search' | 'surrogate'>, last: Fidelity): string[] {
  const below = Object.entries(readFrom).flatMap(([key, first]) => {
    const value = options[key as keyof typeof readFrom];
    const levels = fidelities.slice(fidelities.indexOf(first));
    return value === undefined || levels.includes(last)
      ? []
      : [`${key} = ${value}: has no effect at fidelity ${last}; leave it out, or give --fidelity ${levels.join(' or ')}`];
  });
  // These take every point to the last level.
  const whole = search === 'cheapest' || (search === 'nsga2' && surrogate === 'none');
  return options.promote === undefined || last === 'analytic' || !whole
    ? below
    : [
        ...below,
        `promote = ${options.promote}: has no effect with ${search === 'cheapest' ? 'search = cheapest' : 'surrogate = none'}; leave it out`,
      ];
}

/** A sweep file beside options. Samples and budget say the same, so that either on the command line wins over either in the file. */
function besideOptions(file: SweepFile, options: SweepOptions, problems: string[]): SweepFile {
  const isGiven = ({ samples, budget }: SweepFile | SweepOptions): boolean => samples !== undefined || budget !== undefined;
  const { samples, budget } = isGiven(options) ? options : file;
  if (samples !== undefined && budget !== undefined)
    problems.push(`samples = ${samples}, budget = ${budget}: both say how many points are measured; leave one out`);
  const grid = (options.search ?? file.search ?? planDefaults.search) === 'grid';
  // A grid that the command line asks for wins over the samples of a file, as every option does.
  const outvoted = grid && options.search !== undefined && options.samples === undefined;
  if (grid && samples !== undefined && !outvoted)
    problems.push(`samples = ${samples}: a grid measures all points; give --search random with it`);
  const dropped = [...(isGiven(options) ? ['samples', 'budget'] : []), ...(outvoted ? ['samples'] : [])];
  return Object.fromEntries(Object.entries(file).filter(([key]) => !dropped.includes(key)));
}

function namesIn(one: Axis | Constraint): readonly string[] {
  return 'key' in one ? [one.key] : one.names;
}

/**
 * @param given  path of a sweep file, or what stands in one; paths in the latter are from the current folder
 *
 * Errors   UserError with all problems at once
 */
export async function planSweep(given: string | SweepFile | undefined, asked: SweepOptions): Promise<SweepPlan> {
  const read = typeof given === 'string' ? await readConfig(given, 'sweep', keys) : { ...given };
  const options = Object.fromEntries(
    Object.entries(asked).filter(([key, value]) => value !== undefined && (key === 'set' || keys.includes(key))),
  ) as SweepOptions;
  const problems = repeatedProblems(options.set ?? []);
  const file = besideOptions(checkSweepFile(read), options, problems);
  const folder = typeof given === 'string' ? dirname(given) : '.';
  const config = options.config ?? (file.config === undefined ? undefined : resolve(folder, file.config));
  const base = await loadParams({
    ...(config !== undefined && { config }),
    ...((options.preset ?? file.preset) !== undefined && { preset: (options.preset ?? file.preset)! }),
  });
  const fixed = config === undefined ? [] : keysOfConfig(await readConfig(config));
  const wanted = { ...planDefaults, ...file, ...options };
  const { seed, objectives, fidelity, promote, inputs, accuracyInputs, simulator, target } = wanted;
  const settings = collect(problems, () => Object.fromEntries((options.set ?? []).map(parseSetting)), {});
  const axes = collect(problems, () => makeAxes({ ...file.space, ...settings }), []);
  if (axes.length === 0 && problems.length === 0)
    problems.push('space: has no key; give parameters with their values in a sweep file or with --set array.columns=4,8,16');
  const constraints = [...(file.constraints ?? []), ...(options.constraints ?? [])].flatMap((one): Constraint[] => {
    const constraint = parseConstraint(one, problems);
    return constraint === undefined ? [] : [constraint];
  });
  const last = oneOf('fidelity', fidelity, fidelities, problems);
  problems.push(...unreadProblems(options, wanted, last));
  const search = readSearch(wanted, { ...file, ...options }, last, problems);
  const names = objectives.map((name) => oneOf('objectives', name, objectiveNames, problems));
  if (names.length === 0) problems.push(`objectives: has none; give some of ${objectiveNames.join(', ')}`);
  const checked = oneOf('simulator', simulator, simulators, problems);
  const family = oneOf('target', target, targetNames, problems);
  refuse(problems);
  return {
    request: {
      ...file,
      ...Object.fromEntries(Object.entries(options).filter(([key]) => key !== 'set')),
      ...(config !== undefined && { config: resolve(config) }),
      space: { ...file.space, ...settings },
      constraints: constraints.map(({ text }) => text),
    },
    space: { base, axes, constraints, open: openKeysBut([...fixed, ...[...axes, ...constraints].flatMap(namesIn)]) },
    search,
    objectives: [...new Set(names)],
    levels: fidelities.slice(0, fidelities.indexOf(last) + 1),
    promote,
    simulator: checked,
    measuring: { inputs, accuracyInputs, seed, target: family },
  };
}
