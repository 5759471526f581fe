/**
 * A trace of requests: one a line, its length in tokens and its time of arrival in microseconds, with a comma between.
 * A first line of names, empty lines and lines that begin with # are left out; the order does not matter.
 */
import { readFileSync } from 'node:fs';
import { refuse, UserError } from '../errors.js';

export interface TracedRequest {
  readonly tokens: number;
  /** Microseconds. */
  readonly arrival: number;
}

const mostProblems = 20;

function parseLine(line: string, where: string, windowTokens: number): TracedRequest | string {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length !== 2) return `${where} has ${fields.length} fields: must be length,arrival`;
  const [length = '', arrival = ''] = fields;
  const tokens = Number(length);
  if (!/^\d+$/.test(length) || tokens < 1) return `${where} length = ${length}: must be a whole number of tokens from 1`;
  if (tokens > windowTokens) return `${where} length = ${length} tokens: the window holds ${windowTokens}; leave it out or raise array.passes, array.lanesPerSlice or array.slices`;
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(arrival)) return `${where} arrival = ${arrival}: must be a number of microseconds from 0`;
  return { tokens, arrival: Number(arrival) };
}

/** Requests in the order of their arrival; all bad lines are named at once. */
export function parseTrace(text: string, path: string, windowTokens: number): TracedRequest[] {
  const requests: TracedRequest[] = [];
  const problems: string[] = [];
  let first = true;
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const names = first && /^[a-z]/i.test(line);
    first = false;
    if (names) return;
    const parsed = parseLine(line, `${path}:${i + 1}:`, windowTokens);
    if (typeof parsed === 'string') problems.push(parsed);
    else requests.push(parsed);
  });
  if (problems.length > mostProblems) problems.splice(mostProblems, problems.length, `${path}: ${problems.length - mostProblems} more lines are wrong`);
  if (problems.length === 0 && requests.length === 0) problems.push(`${path}: has no requests; give lines of length,arrival`);
  refuse(problems);
  return requests.sort((a, b) => a.arrival - b.arrival);
}

export function readTrace(path: string, windowTokens: number): TracedRequest[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UserError([`trace = ${path}: cannot be read (${code}); give a file with lines of length,arrival`]);
  }
  return parseTrace(text, path, windowTokens);
}
