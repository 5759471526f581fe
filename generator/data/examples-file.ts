/** Inputs of a model of one's own: one JSON object a line, docs/checkpoint.md "Inputs of your own". */
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { checkAgainst, issueLines, JsonError, parseJson } from '../input/json.js';
import { readStrictText } from '../input/text.js';
import type { ModelConfig } from '../model/config.js';
import type { Encoder } from '../model/encoder.js';
import { takesOneRow } from '../model/host-steps.js';
import type { Example } from './dataset.js';

const idsRule = 'must be a row of the table, an integer of at least 0, or a list of such rows';

const lineSchema = z.strictObject({
  /** A number a token, or a list of numbers a token. */
  ids: z
    .array(z.union([z.int().min(0, idsRule), z.array(z.int().min(0, idsRule)).min(1, idsRule)], { error: idsRule }), {
      error: 'must be a list, an entry a token',
    })
    .optional(),
  /** Becomes ids by the model's tokenizer. */
  text: z.string().min(1).optional(),
  /** A list of features a token. */
  features: z.array(z.array(z.number())).optional(),
  /** One a token or one an input, as the model's head; below 0 is not scored. */
  labels: z.array(z.int()).optional(),
  /** The text that the outputs should spell. */
  answer: z.string().optional(),
});

/** Text to ids, with the special tokens of its model. */
export type EncodeText = (text: string) => readonly number[];

/** All problems of all lines at once, at most as many as a screen shows. */
const shownProblems = 20;

export function readExamples(path: string, shape: LineShape, encode?: EncodeText): Example[] {
  return readJsonLines(path, (value, report) => exampleOf(value, shape, report, encode));
}

/**
 * Reads a file with one JSON value per line; empty lines are skipped.
 *
 * Errors   UserError with the line number of every problem that `parse` reports, or when there is no value at all
 */
export function readJsonLines<T>(
  path: string,
  parse: (value: unknown, report: (problem: string) => void, line: number) => T | undefined,
): T[] {
  const text = readStrictText({ path, option: 'inputs', advice: 'give a file with one JSON object per line' });
  const problems: string[] = [];
  const values = text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const report = (problem: string): void => void problems.push(`${path}:${i + 1}: ${problem}`);
    let value: unknown;
    try {
      value = parseJson(line);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      report(error.message);
      return [];
    }
    const parsed = parse(value, report, i + 1);
    return parsed === undefined ? [] : [parsed];
  });
  if (problems.length === 0 && values.length === 0) problems.push(`inputs = ${path}: has no inputs; give at least one`);
  if (problems.length > shownProblems) problems.splice(shownProblems, Infinity, `and ${problems.length - shownProblems} more problems`);
  if (problems.length > 0) throw new UserError(problems);
  return values;
}

/** A line as its schema has it; undefined after its problems were reported. */
export function checkedLine<T>(schema: z.ZodType<T>, value: unknown, report: (problem: string) => void): T | undefined {
  const { data, issues } = checkAgainst(schema, value);
  for (const line of issueLines(issues ?? [], (at) => at || 'line')) report(line);
  return data;
}

/** What of a model its inputs must fit; no classes: labels may not be given. */
export interface LineShape extends Pick<ModelConfig, 'input' | 'vocabulary' | 'featureCount' | 'maxLength' | 'classes' | 'head'> {
  /** Tokens of every input, where the model takes no other number. */
  readonly tokens?: number | undefined;
}

/** Shape of the inputs and labels of a model, with what the host computes behind it. */
export function lineShape({ config, host }: Pick<Encoder, 'config' | 'host'>): LineShape {
  if (host === undefined) return config;
  const { classes, tokens } = host;
  return { ...config, classes, tokens, head: takesOneRow(host) ? 'sequence' : config.head };
}

/** One line's example; undefined after a problem was reported. */
export function exampleOf(value: unknown, config: LineShape, report: (problem: string) => void, encode?: EncodeText): Example | undefined {
  const data = checkedLine(lineSchema, value, report);
  if (data === undefined) return undefined;
  const wanted = config.input === 'ids' ? 'ids' : 'features';
  const { text } = data;
  const [one, ...others] = (['text', 'ids', 'features'] as const).filter((name) => data[name] !== undefined);
  if (others.length > 0) return void report(`${one}: stands beside ${others.join(' and ')}; give one of them`);
  if (text !== undefined && wanted === 'features') return void report('text: the model takes features');
  if (text !== undefined && encode === undefined)
    return void report("text: needs the model's tokenizer, tokenizer.json in the folder of its checkpoint; give it, or ids");
  const rows = text === undefined ? data[wanted] : encode!(text);
  if (rows === undefined) return void report(`has no ${wanted}, which every input of this model needs`);
  const { length } = rows;
  if (length < 1 || length > config.maxLength) return void report(`length = ${length} tokens: must be 1 .. ${config.maxLength}`);
  if (config.tokens !== undefined && length !== config.tokens)
    return void report(`length = ${length} tokens: must be ${config.tokens}, the rows of every input of this model`);
  const labelCount = config.head === 'sequence' ? 1 : length;
  const given = data.labels ?? Array.from({ length: labelCount }, () => -1);
  if (given.length !== labelCount) return void report(`labels: has ${given.length}, must have ${labelCount}`);
  if (config.classes === 0 && data.labels !== undefined)
    return void report('labels: outputs are features here, no classes; leave them out, or name classes in the task');
  const unknown = given.find((label) => label >= config.classes);
  if (config.classes > 0 && unknown !== undefined) return void report(`labels = ${unknown}: must be below ${config.classes} classes`);
  // Any number below 0 means the same, and not all of them fit into 32 bits.
  const labels = Int32Array.from(given, (label) => Math.max(label, -1));
  const perToken = rows.map((row) => (Array.isArray(row) ? row : [row]));
  const size = wanted === 'ids' ? perToken[0]!.length : config.featureCount;
  const other = perToken.findIndex((row) => row.length !== size);
  if (other >= 0)
    return void report(
      wanted === 'features'
        ? `features.${other}: has ${perToken[other]!.length} numbers: every token must have ${size}`
        : `ids.${other}: names ${perToken[other]!.length} rows of the table, ids.0 ${size}: all tokens name as many; where one has a type, give every one its type`,
    );
  const flat = perToken.flat();
  const large = wanted === 'features' ? flat.find((value) => !Number.isFinite(Math.fround(value))) : undefined;
  if (large !== undefined) return void report(`features: ${large} is beyond the numbers of 32 bits`);
  const answer = data.answer === undefined ? {} : { answer: data.answer };
  if (wanted === 'features') return { length, features: Float32Array.from(flat), labels, ...answer };
  const beyond = flat.find((id) => id >= config.vocabulary);
  if (beyond !== undefined) return void report(`ids = ${beyond}: must be below vocabulary = ${config.vocabulary}`);
  return { length, ids: Int32Array.from(flat), labels, ...answer };
}
