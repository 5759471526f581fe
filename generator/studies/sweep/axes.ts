/** Axes of a design space: lists and ranges of values of one key each. */
import { refuse } from '../../util/errors.js';
import { unknownProblems } from '../../params/nearest.js';
import { fieldOf, unknownKey, valueProblem, type Value } from './fields.js';

export interface Axis {
  readonly key: string;
  readonly values: readonly Value[];
}

const mostValues = 10_000;

/** `4..16` in the steps that the field allows, `4..16:4` in steps of 4; undefined when the text is no range. */
function range(key: string, text: string, problems: string[]): Value[] | undefined {
  const match = /^(-?\d+)\.\.(-?\d+)(?::(-?\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2])];
  const step = match[3] === undefined ? undefined : Number(match[3]);
  const field = fieldOf(key)!;
  const problem =
    'choices' in field
      ? `is no value of a field without numbers; give a list of ${field.choices.join(', ')}`
      : from > to
        ? `the range begins above its end; write ${to}..${from}`
        : step !== undefined && step < 1
          ? 'the step of a range must be an integer of at least 1'
          : (to - from) / (step ?? 1) > mostValues
            ? `the range has more than ${mostValues} values; give a larger step`
            : undefined;
  if (problem !== undefined) {
    problems.push(`${key} = ${text}: ${problem}`);
    return [];
  }
  if (step === undefined && 'powerOfTwo' in field && field.powerOfTwo === true) {
    const powers = Array.from({ length: 21 }, (_, log) => 2 ** log).filter((value) => value >= from && value <= to);
    if (powers.length === 0) problems.push(`${key} = ${text}: the range holds no power of two`);
    return powers;
  }
  return Array.from({ length: Math.floor((to - from) / (step ?? 1)) + 1 }, (_, i) => from + i * (step ?? 1));
}

/** A number where the field has numbers. */
function scalar(key: string, text: string): Value {
  const field = fieldOf(key)!;
  return 'choices' in field || text.trim() === '' || Number.isNaN(Number(text)) ? text.trim() : Number(text);
}

/** Stops at the first that goes beyond the most that an axis holds. */
function* eachValue(key: string, given: unknown, problems: string[]): Generator<Value> {
  if (Array.isArray(given)) for (const one of given as readonly unknown[]) yield* eachValue(key, one, problems);
  else if (typeof given === 'string') for (const part of given.split(',')) yield* range(key, part, problems) ?? [scalar(key, part)];
  else if (typeof given === 'number') yield given;
  else problems.push(`${key} = ${JSON.stringify(given)}: must be a value, a list of values or a range such as "4..16:4"`);
}

function valuesOf(key: string, given: unknown, problems: string[]): Value[] {
  const values: Value[] = [];
  for (const value of eachValue(key, given, problems)) {
    if (values.length === mostValues) {
      problems.push(`${key}: has more than ${mostValues} values; give fewer`);
      return [];
    }
    values.push(value);
  }
  return values;
}

/** One axis for each key, checked value by value; what varies only the run comes last, so that neighbours share a design. */
export function makeAxes(space: Readonly<Record<string, unknown>>): Axis[] {
  const problems: string[] = [];
  const unknown = Object.keys(space).filter((key) => fieldOf(key) === undefined);
  for (const problem of unknownProblems(unknown, (key) => `${key}: ${unknownKey(key)}`)) problems.push(problem);
  const axes = Object.entries(space)
    .filter(([key]) => fieldOf(key) !== undefined)
    .map(([key, given]): Axis => {
      const before = problems.length;
      const values = valuesOf(key, given, problems);
      if (values.length === 0 && problems.length === before) problems.push(`${key}: has no values; give at least one or leave the key out`);
      problems.push(...values.flatMap((value) => valueProblem(key, value) ?? []));
      const seen = new Set<Value>();
      const twice = new Set(values.filter((value) => seen.has(value) || !seen.add(value)));
      if (twice.size > 0) problems.push(`${key} = ${[...twice].join(', ')}: is given twice`);
      return { key, values };
    });
  refuse(problems);
  const ofRun = ({ key }: Axis): boolean => key.startsWith('run.');
  return [...axes.filter((axis) => !ofRun(axis)), ...axes.filter(ofRun)];
}

/** `key=4,8,16` as an entry of a space. */
export function parseSetting(text: string): readonly [key: string, values: string] {
  const at = text.indexOf('=');
  refuse(at < 1 ? [`--set ${text}: must be key=value, key=4,8,16 or key=4..16:4`] : []);
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

export function spaceSize(axes: readonly Axis[]): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}
