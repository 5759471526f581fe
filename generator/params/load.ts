import { extname } from 'node:path';
import { refuse, UserError } from '../util/errors.js';
import { plainDataProblem, readJson } from '../input/json.js';
import { readModule } from '../input/module.js';
import { fields, type Field, type Params } from './fields.js';
import { nearestFirst } from './nearest.js';
import { fieldProblems, makeParams } from './params.js';
import { presets, type PresetName } from './presets.js';

/** Sources of parameters; later ones win: preset, then file, then set. */
export interface ParamsSource {
  readonly preset?: string;
  /** A .ts or .json file that holds any subset of the parameters. */
  readonly config?: string;
  /** Assignments such as `array.columns=16`. */
  readonly set?: readonly string[];
}

type Loose = Record<string, unknown>;

function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Groups are merged field by field; all else is replaced. */
function merge(base: Readonly<Loose>, over: Readonly<Loose>): Loose {
  const below = new Map(Object.entries(base));
  const merged = Object.entries(over).map(([key, value]): [string, unknown] => {
    const old = below.get(key);
    return [key, isRecord(old) && isRecord(value) ? { ...old, ...value } : value];
  });
  return Object.fromEntries([...below, ...merged]);
}

/** The object that a file of the user holds, not checked yet; `option` names it in problems, `keys` are what it may hold. */
export async function readConfig(
  path: string,
  option = 'config',
  keys: readonly string[] = [...Object.keys(fields), 'prefix'],
): Promise<Loose> {
  const kind = extname(path);
  if (kind !== '.ts' && kind !== '.json') {
    throw new UserError([`${option} = ${path}: must be a .ts or .json file`]);
  }
  const advice = `give the path of a .ts or .json file${option === 'config' ? ', or write one with trexgen init' : ''}`;
  const value =
    kind === '.json'
      ? readJson({ path, option, advice })
      : await readModule({ path, option, advice, wanted: `the ${option === 'config' ? 'configuration' : option}` });
  const problem = plainDataProblem(value);
  if (problem !== undefined) throw new UserError([`${option} = ${path}: ${problem}; it must hold plain data, as JSON does`]);
  if (!isRecord(value)) {
    throw new UserError([`${option} = ${path}: holds ${JSON.stringify(value) ?? typeof value}; must be an object with ${keys.join(', ')}`]);
  }
  // Editors find the schema by this key.
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '$schema'));
}

/** Numbers of number fields; what is not a number stays text, so that the check shows it as it was typed. */
function valueOf(path: readonly string[], text: string): unknown {
  const groups: Readonly<Record<string, Readonly<Record<string, Field>>>> = fields;
  const [group = '', name = ''] = path;
  const field = Object.hasOwn(groups, group) ? groups[group]?.[name] : undefined;
  if (field === undefined || 'choices' in field || text.trim() === '') return text;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** Assignments as an object, with a problem for each that is none. */
function parseAssignments(assignments: readonly string[]): { input: Loose; problems: string[] } {
  const problems: string[] = [];
  let input: Loose = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const path = (at < 0 ? assignment : assignment.slice(0, at)).trim().split('.');
    const [first = '', second] = path;
    if (at < 0 || first === '' || second === '' || path.length > 2) {
      problems.push(`--set ${assignment}: must be group.field=value, as in array.columns=16`);
      continue;
    }
    const value = valueOf(path, assignment.slice(at + 1));
    input = merge(input, { [first]: second === undefined ? value : { [second]: value } });
  }
  return { input, problems };
}

/**
 * Parameters from a preset, a file and assignments, checked as a whole.
 *
 * Errors   UserError with all problems at once
 */
export async function loadParams({ preset, config, set = [] }: ParamsSource): Promise<Params> {
  const problems: string[] = [];
  if (preset !== undefined && !Object.hasOwn(presets, preset)) {
    problems.push(`preset = ${JSON.stringify(preset)}: must be one of ${nearestFirst(preset, Object.keys(presets)).join(', ')}`);
  }
  const base: Loose = problems.length > 0 || preset === undefined ? {} : { ...presets[preset as PresetName] };
  const assignments = parseAssignments(set);
  problems.push(...assignments.problems);
  let file: Loose = {};
  try {
    file = config === undefined ? {} : await readConfig(config);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.problems);
  }
  const input = merge(merge(base, file), assignments.input);
  // Rules between fields would speak of defaults that the missing part may replace.
  if (problems.length > 0) refuse([...problems, ...fieldProblems(input)]);
  return makeParams(input);
}
