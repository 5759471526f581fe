/**
 * Conditions on points: expressions such as `array.columns * array.slices <= 64 && accuracy >= 90`, or objects such as
 * `{ "accuracy": { ">=": 90 } }`. Names are axis keys, quantities derived from them, and objectives.
 */
import jsep from 'jsep';
import type { Derived } from '../../params/derived.js';
import { axisKeys, unknownKey, type Value } from './fields.js';
import { objectiveNames } from './objectives.js';

export type Names = Readonly<Record<string, Value | undefined>>;

export interface Constraint {
  /** Text as it was given. */
  readonly text: string;
  /** Needs an objective, so it is known only when the point is measured. */
  readonly measured: boolean;
  readonly names: readonly string[];
  /** A name without a value makes it false. */
  readonly holds: (names: Names) => boolean;
}

export const derivedNames = ['lanes', 'windowTokens', 'sliceTokens', 'multipliers'] as const satisfies readonly (keyof Derived)[];
const knownNames = [...axisKeys, ...derivedNames, ...objectiveNames];

type Operand = (names: Names) => Value | boolean | undefined;
type Combine = (a: Value, b: Value) => Value | boolean;

const combinations: Readonly<Record<string, Combine>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '+': (a, b) => Number(a) + Number(b),
  '-': (a, b) => Number(a) - Number(b),
  '*': (a, b) => Number(a) * Number(b),
  '/': (a, b) => Number(a) / Number(b),
  '%': (a, b) => Number(a) % Number(b),
};
const comparisons = ['<', '<=', '>', '>=', '==', '!='];

/** Thrown within this file alone: becomes a problem with the constraint's text. */
class Misread extends Error {}

function nameOf(node: jsep.Expression): string {
  if (node.type === 'Identifier') return (node as jsep.Identifier).name;
  const { object, property, computed } = node as jsep.MemberExpression;
  if (node.type !== 'MemberExpression' || computed) throw new Misread('only names, numbers, texts and operators are understood');
  return `${nameOf(object)}.${nameOf(property)}`;
}

/** An operand and every name in it. */
function compile(node: jsep.Expression, names: Set<string>): { readonly value: Operand; readonly truth: boolean } {
  switch (node.type) {
    case 'Literal': {
      const { value } = node as jsep.Literal;
      if (typeof value !== 'number' && typeof value !== 'string') throw new Misread(`${String(value)} is neither a number nor a text`);
      return { value: () => value, truth: false };
    }
    case 'Identifier':
    case 'MemberExpression': {
      const name = nameOf(node);
      if (!knownNames.includes(name)) throw new Misread(`${name}: ${unknownKey(name, knownNames)}`);
      names.add(name);
      return { value: (values) => values[name], truth: false };
    }
    case 'UnaryExpression': {
      const { operator, argument } = node as jsep.UnaryExpression;
      const inner = compile(argument, names);
      if (operator === '-' && !inner.truth) return { value: (values) => -Number(inner.value(values)), truth: false };
      if (operator === '!' && inner.truth) return { value: (values) => inner.value(values) !== true, truth: true };
      throw new Misread(`operator ${operator} does not fit there`);
    }
    case 'BinaryExpression':
      return binary(node as jsep.BinaryExpression, names);
    default:
      throw new Misread('only names, numbers, texts and operators are understood');
  }
}

function binary(
  { operator, left, right }: jsep.BinaryExpression,
  names: Set<string>,
): { readonly value: Operand; readonly truth: boolean } {
  const [a, b] = [compile(left, names), compile(right, names)];
  if (operator === '&&' || operator === '||') {
    if (!a.truth || !b.truth) throw new Misread(`both sides of ${operator} must be comparisons`);
    return {
      truth: true,
      value: operator === '&&' ? (v) => a.value(v) === true && b.value(v) === true : (v) => a.value(v) === true || b.value(v) === true,
    };
  }
  const combine = Object.hasOwn(combinations, operator) ? combinations[operator] : undefined;
  if (combine === undefined) throw new Misread(`operator ${operator} is unknown; use ${Object.keys(combinations).join(' ')} && || !`);
  if (a.truth || b.truth) throw new Misread(`a comparison cannot stand beside ${operator}; join comparisons with &&`);
  const value: Operand = (values) => {
    const [x, y] = [a.value(values), b.value(values)];
    return x === undefined || y === undefined || typeof x === 'boolean' || typeof y === 'boolean' ? undefined : combine(x, y);
  };
  return { value, truth: comparisons.includes(operator) };
}

/** `{ "accuracy": { ">=": 90, "<": 99 } }` as an expression. */
function expressionOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Misread('must be an expression or an object such as { "accuracy": { ">=": 90 } }');
  const parts = Object.entries(given).flatMap(([name, bounds]: [string, unknown]) => {
    if (typeof bounds !== 'object' || bounds === null || Array.isArray(bounds)) return [`${name} == ${JSON.stringify(bounds)}`];
    return Object.entries(bounds).map(([operator, bound]: [string, unknown]) => {
      if (!comparisons.includes(operator)) throw new Misread(`${JSON.stringify(operator)} is no comparison; use ${comparisons.join(' ')}`);
      return `${name} ${operator} ${JSON.stringify(bound)}`;
    });
  });
  if (parts.length === 0) throw new Misread('compares nothing');
  return parts.join(' && ');
}

/** Value of a formula such as `area + memoryBits / 4` for a point; undefined where a name has none, or is a text. */
export type Formula = (names: Names) => number | undefined;

/** A formula over the same names, or a problem is added. */
export function parseFormula(given: string, problems: string[]): Formula | undefined {
  return parse(`minimise ${given}`, problems, 'area + memoryBits / 4', () => {
    if (given.length > mostCharacters) throw new Misread(`has more than ${mostCharacters} characters`);
    const names = new Set<string>();
    const { value, truth } = compile(jsep(given), names);
    if (truth) throw new Misread('must be a number, as in area + memoryBits / 4, and no comparison');
    if (names.size === 0) throw new Misread('names no parameter and no objective');
    const formula: Formula = (values) => {
      const found = value(values);
      return typeof found === 'number' ? found : undefined;
    };
    // One number for all names could hit a root by chance; three do so only where the formula has no value at all.
    const probes = [1.37, 41.9, 5003.3].map((first) => formula(Object.fromEntries([...names].map((name, i) => [name, first + 0.713 * i]))));
    if (!probes.some(Number.isFinite)) throw new Misread('must be a finite number; divide by nothing that is always 0');
    return formula;
  });
}

/** Brackets are read by recursion. */
const mostCharacters = 1000;

/** Errors of the parser in our words, which say what is missing and where. */
function reworded(message: string): string {
  const [, what = message, place] = /^(.*?)(?: at character (\d+))?$/.exec(message) ?? [];
  const plain = what
    .replace(/^Expected expression (after|before) (.+)$/, 'a value is missing $1 $2')
    .replace(/^Unclosed quote after (.+)$/, 'the quote of $1 is not closed')
    .replace(/^Unclosed (.+)$/, '$1 is not closed')
    .replace(/^Unexpected (.+)$/, '$1 does not belong there');
  return place === undefined ? plain : `${plain} (after ${place} characters)`;
}

/** What is misread becomes a problem with its text. */
function parse<T>(shown: string, problems: string[], example: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // Errors of the parser know their place in the text.
    if (!(error instanceof Error) || !(error instanceof Misread || 'index' in error)) throw error;
    const { message } = error;
    const what = error instanceof Misread ? message : `${reworded(message)}; write it as in ${example}`;
    problems.push(`${shown}: ${what}`);
    return undefined;
  }
}

/** A constraint, or a problem is added. */
export function parseConstraint(given: unknown, problems: string[]): Constraint | undefined {
  return parse(`constraint ${typeof given === 'string' ? given : JSON.stringify(given)}`, problems, 'array.columns <= 16', () => {
    const text = expressionOf(given);
    if (text.length > mostCharacters) throw new Misread(`has more than ${mostCharacters} characters; split it`);
    const names = new Set<string>();
    const { value, truth } = compile(jsep(text), names);
    if (!truth) throw new Misread('must be a comparison, as in array.columns <= 16');
    if (names.size === 0) throw new Misread('names no parameter and no objective');
    return { text, measured: objectiveNames.some((name) => names.has(name)), names: [...names], holds: (values) => value(values) === true };
  });
}
