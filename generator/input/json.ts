/** JSON of unknown origin, as data that every later step can walk: its depth is bounded before anything is built. */
import type { z } from 'zod';
import { UserError } from '../util/errors.js';
import { nameOf, type FileSource } from './bytes.js';
import { printable } from '../util/printable.js';
import { keysAt, nodeOf, ruleAt, type Node } from './schema-rules.js';
import { readStrictText } from './text.js';

/** Depth far beyond any file of ours, and far below the stack of a recursive check. */
export const mostDepth = 64;

const mostJsonBytes = 16 * 2 ** 20;

/** Why a text is not JSON that can be used; a fragment of a problem. */
export class JsonError extends Error {
  constructor(
    /** Text without what the parser says about the place: for readers of files that no person writes. */
    readonly brief: string,
    detail = '',
  ) {
    super(`${brief}${detail}`);
  }
}

/** Deepest nesting of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) quoted = !quoted;
    else if (quoted) at += code === 0x5c ? 1 : 0;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/** Place of the closing quote of the string that begins at a place. */
function stringEnd(text: string, begin: number): number {
  let at = begin + 1;
  for (; text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return at;
}

/**
 * The first key that an object holds twice, with the keys that lead to it; undefined when there is none. JSON.parse keeps
 * the last one without a word, so that two programs may read two values from one file.
 *
 * The text is valid JSON.
 */
function repeatedKey(text: string): string | undefined {
  const colon = /\s*:/y;
  const open: { readonly keys: Set<string>; last?: string }[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') open.push({ keys: new Set() });
    else if (character === '}' || character === ']') open.pop();
    if (character !== '"') continue;
    const begin = at;
    at = stringEnd(text, begin);
    colon.lastIndex = at + 1;
    if (!colon.test(text)) continue;
    const object = open.at(-1)!;
    object.last = JSON.parse(text.slice(begin, at + 1)) as string;
    if (object.keys.has(object.last)) return open.flatMap(({ last }) => last ?? []).join('.');
    object.keys.add(object.last);
  }
  return undefined;
}

/** Errors: JsonError. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > mostDepth) throw new JsonError(`is nested deeper than ${mostDepth} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new JsonError('is not valid JSON', ` (${printable(error.message)})`);
  }
  const key = repeatedKey(text);
  if (key !== undefined) throw new JsonError(`has the key ${printable(key)} twice`);
  return value;
}

/** The value in a JSON file. */
export function readJson(source: FileSource): unknown {
  const text = readStrictText({ mostBytes: mostJsonBytes, ...source });
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UserError([`${nameOf(source)}: ${error.message}; fix it`]);
  }
}

/** What is wrong at one place of a value. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  /** What stands there; undefined when nothing does. */
  readonly found: unknown;
  /** What must stand there; a fragment of a problem. */
  readonly message: string;
}

export type Checked<T> =
  { readonly data: T; readonly issues?: undefined } | { readonly data?: undefined; readonly issues: readonly Issue[] };

/** A value against a schema, with everything that is wrong with it: in the schema's own words where it has some, else with what it demands. */
export function checkAgainst<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  try {
    const parsed = schema.safeParse(value, { error: () => unsaid });
    if (parsed.success) return { data: parsed.data };
    const root = nodeOf(schema);
    return { issues: parsed.error.issues.flatMap((issue) => issuesOf(root, issue, value)) };
  } catch (error) {
    // The library gathers issues on the stack, which hundred thousands of them exceed.
    if (!(error instanceof RangeError)) throw error;
    return { issues: [{ path: [], found: value, message: 'has too many mistakes to list them' }] };
  }
}

/** Stands for a message that the schema does not have. */
const unsaid = '';

/** One for each unknown key, so that each has its line. */
function issuesOf(root: Node, issue: z.core.$ZodIssue, value: unknown): Issue[] {
  const at = (path: readonly PropertyKey[]): unknown =>
    path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(root, path);
    const message = `is not a known field; known are ${known.join(', ')}`;
    return issue.keys.map((key) => ({ path: [...path, key], found: at([...path, key]), message }));
  }
  const own =
    issue.code === 'invalid_key' ? issue.issues.map(({ message }) => `its name ${message || 'is not legal'}`).join(', ') : issue.message;
  return [{ path, found: at(path), message: own === unsaid ? ruleAt(root, path) : own }];
}

/** One line for each field that has issues: `field = value: what it must be`, or that it is missing. */
export function issueLines(issues: readonly Issue[], nameOf: (at: string) => string = (at) => at): string[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const at = issue.path.join('.');
    if (!first.has(at)) first.set(at, issue);
  }
  return [...first].map(([at, { found, message }]) => {
    const name = printable(nameOf(at)) || 'file';
    if (found === undefined) return `${name}: is missing; ${message}`;
    const shown = printable(JSON.stringify(found) ?? String(found));
    return `${name} = ${shown.length > mostShown ? `${shown.slice(0, mostShown)}..` : shown}: ${message}`;
  });
}

/**
 * A value as its schema has it.
 *
 * Errors   UserError with a line for each field, behind `where`, the name of the file
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, where: string, nameOf?: (at: string) => string): T {
  const { data, issues } = checkAgainst(schema, value);
  if (issues !== undefined) throw new UserError(issueLines(issues, nameOf).map((line) => `${where}: ${line}`));
  return data;
}

/** Characters of a wrong value that are shown. */
const mostShown = 60;

/** What keeps a value from being data that JSON could hold; undefined when nothing does. */
export function plainDataProblem(value: unknown, at = '', depth = 0): string | undefined {
  const where = at === '' ? 'it' : at;
  if (depth > mostDepth) return `${at.slice(0, 100)} is nested deeper than ${mostDepth} levels`;
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${where} is ${value}, not a finite number`;
  if (typeof value !== 'object') return `${where} is a ${typeof value}, not data`;
  for (const [key, inner] of Object.entries(value)) {
    const problem = plainDataProblem(inner, at === '' ? key : `${at}.${key}`, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
