/**
 * A trace of requests: one a line, its length in tokens and its time of arrival in microseconds, with a comma between.
 * A first line of names, empty lines and lines that begin with # are left out; the order does not matter.
 */
import { refuse } from '../../util/errors.js';
import { readText } from '../../input/text.js';

export interface TracedRequest {
  readonly tokens: number;
  /** Microseconds. */
  readonly arrival: number;
}

export interface TraceLimits {
  readonly windowTokens: number;
  /** Positions of the model, where it is known: no request may be longer. */
  readonly positions?: number | undefined;
}

/** 27 hours: at any clock, cycles up to then are exact in a double, with room for fractions. */
const latestArrival = 1e11;

const mostProblems = 20;

function parseLine(line: string, where: string, { windowTokens, positions = Infinity }: TraceLimits): TracedRequest | string {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length !== 2) return `${where} has ${fields.length} fields: must be length,arrival`;
  const [length = '', arrival = ''] = fields;
  const tokens = Number(length);
  if (!/^\d+$/.test(length) || tokens < 1) return `${where} length = ${length}: must be an integer of at least 1`;
  if (tokens > windowTokens)
    return `${where} length = ${length} tokens: the window holds ${windowTokens}; leave it out or raise array.passes, array.lanesPerSlice or array.slices`;
  if (tokens > positions)
    return `${where} length = ${length} tokens: the model has ${positions} positions; leave it out or give a model with more`;
  const microseconds = Number(arrival);
  if (!/^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(arrival) || microseconds > latestArrival) {
    return `${where} arrival = ${arrival} microseconds: must be a number from 0 to ${latestArrival}; count from the first request`;
  }
  return { tokens, arrival: microseconds };
}

/** Requests in the order of their arrival; all bad lines are named at once. */
export function parseTrace(text: string, path: string, limits: TraceLimits): TracedRequest[] {
  const requests: TracedRequest[] = [];
  const problems: string[] = [];
  let first = true;
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const names = first && /^[a-z]/i.test(line);
    first = false;
    if (names) return;
    const parsed = parseLine(line, `${path}:${i + 1}:`, limits);
    if (typeof parsed === 'string') problems.push(parsed);
    else requests.push(parsed);
  });
  if (problems.length > mostProblems)
    problems.splice(mostProblems, problems.length, `${path}: ${problems.length - mostProblems} more lines are wrong`);
  if (problems.length === 0 && requests.length === 0) problems.push(`${path}: has no requests; give lines of length,arrival`);
  refuse(problems);
  return requests.sort((a, b) => a.arrival - b.arrival);
}

export function readTrace(path: string, limits: TraceLimits): TracedRequest[] {
  return parseTrace(readText({ path, option: 'trace', advice: 'give a file with lines of length,arrival' }), path, limits);
}
