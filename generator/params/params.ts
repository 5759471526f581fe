import { refuse } from '../util/errors.js';
import { fields, type Field, type Params } from './fields.js';
import { nearestFirst, unknownProblems } from './nearest.js';

const groups: Readonly<Record<string, Readonly<Record<string, Field>>>> = fields;
/** First part of every module name. */
export const prefixPattern = /^[a-z][a-z0-9_]{0,30}$/;

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && Number.isInteger(Math.log2(n));
}

/** What is wrong with one value of one field, or undefined. */
function problemOf(path: string, field: Field, value: unknown): string | undefined {
  if ('choices' in field) {
    return field.choices.includes(value as string)
      ? undefined
      : `${path} = ${JSON.stringify(value)}: must be one of ${field.choices.join(', ')}`;
  }
  const range = `${field.powerOfTwo ? 'a power of two from' : 'an integer from'} ${field.min} to ${field.max}`;
  const good =
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= field.min &&
    value <= field.max &&
    (!field.powerOfTwo || isPowerOfTwo(value));
  return good ? undefined : `${path} = ${JSON.stringify(value)} ${field.unit}: must be ${range}`;
}

/** Full paths of the fields of that name: what a key that was given without its group may have meant. */
function inGroups(name: string): string[] {
  return Object.entries(groups).flatMap(([group, members]) => (Object.hasOwn(members, name) ? [`${group}.${name}`] : []));
}

/** Rules between fields; called only when each field is in its own range. */
function crossProblems(p: Params): string[] {
  const problems: string[] = [];
  const { columns, slices, lanesPerSlice, passes } = p.array;
  const tokens = slices * lanesPerSlice * passes;
  if (tokens > 1024) {
    problems.push(
      `array.passes = ${passes}: the window of ${slices} x ${lanesPerSlice} x ${passes} = ${tokens} tokens exceeds 1024; lower passes, slices or lanesPerSlice`,
    );
  }
  const { pairedColumns } = p.array;
  if (pairedColumns > columns) {
    problems.push(`array.pairedColumns = ${pairedColumns} columns: must be an integer from 0 to array.columns = ${columns}`);
  }
  if (pairedColumns > 0 && lanesPerSlice % 2 !== 0) {
    problems.push(
      `array.pairedColumns = ${pairedColumns} columns: must be 0 where array.lanesPerSlice = ${lanesPerSlice} is odd, since pairs are lanes of one slice, which share a weight; choose 2 or more lanes`,
    );
  }
  const { lanes } = p.vector;
  if (lanes !== 0 && (slices * lanesPerSlice) % lanes !== 0) {
    problems.push(
      `vector.lanes = ${lanes} lanes: must divide the ${slices} x ${lanesPerSlice} = ${slices * lanesPerSlice} lanes of array.slices x array.lanesPerSlice, which take turns; 0 makes a datapath for each`,
    );
  }
  if (p.envelope.rank % columns !== 0) {
    problems.push(
      `envelope.rank = ${p.envelope.rank} ranks: must be a multiple of array.columns = ${columns}, since a bank holds every ${columns}th rank`,
    );
  }
  if (p.registerFile.directions === 1 && p.registerFile.kind === 'grid') {
    problems.push(
      'registerFile.kind = "grid": a grid of flip-flops has two directions; choose async or sync, or registerFile.directions = 2',
    );
  }
  if (p.registerFile.directions === 2 && p.registerFile.turn !== 'ahead') {
    problems.push(
      `registerFile.turn = "${p.registerFile.turn}": nothing is turned with registerFile.directions = 2; leave it out, or choose 1`,
    );
  }
  if (p.port.burstBeats * p.port.busBytes > 4096) {
    problems.push(
      `port.burstBeats = ${p.port.burstBeats} beats: ${p.port.burstBeats} x ${p.port.busBytes} bytes is over the 4096-byte boundary of AXI4; lower burstBeats or busBytes`,
    );
  }
  if (p.port.prefetchBeats < p.port.burstBeats) {
    problems.push(
      `port.prefetchBeats = ${p.port.prefetchBeats} beats: must hold at least one burst of port.burstBeats = ${p.port.burstBeats}`,
    );
  }
  if (p.batcher.segments < slices) {
    problems.push(
      `batcher.segments = ${p.batcher.segments} requests: must be at least array.slices = ${slices}, since every slice may hold a request of its own`,
    );
  }
  return problems;
}

/** Freeze an object and all within it. */
function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}

/** Values with their defaults, and what is wrong with each of them alone. */
function complete(input: unknown): { readonly values: Readonly<Record<string, unknown>>; readonly problems: readonly string[] } {
  const given = record(input);
  if (given === undefined)
    return {
      values: {},
      problems: [`config = ${JSON.stringify(input)}: must be an object with ${Object.keys(groups).join(', ')}, prefix`],
    };
  const problems: string[] = [];
  const known = [...Object.keys(groups), 'prefix'];
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  for (const problem of unknownProblems(
    unknown,
    (key) => `${key}: unknown key; known keys are ${[...inGroups(key), ...nearestFirst(key, known)].join(', ')}`,
  ))
    problems.push(problem);
  const result: Record<string, unknown> = { prefix: given['prefix'] ?? 'trex' };
  if (typeof result['prefix'] !== 'string' || !prefixPattern.test(result['prefix'])) {
    problems.push(`prefix = ${JSON.stringify(result['prefix'])}: must match ${prefixPattern.source}`);
  }
  for (const [group, members] of Object.entries(groups)) {
    const values = given[group] === undefined ? {} : record(given[group]);
    if (values === undefined) {
      problems.push(`${group} = ${JSON.stringify(given[group])}: must be an object with ${Object.keys(members).join(', ')}`);
      continue;
    }
    const others = Object.keys(values).filter((key) => !Object.hasOwn(members, key));
    for (const problem of unknownProblems(
      others,
      (key) => `${group}.${key}: unknown key; known keys are ${nearestFirst(key, Object.keys(members)).join(', ')}`,
    ))
      problems.push(problem);
    const filled: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(members)) {
      filled[name] = values[name] === undefined ? field.initial : values[name];
      const problem = problemOf(`${group}.${name}`, field, filled[name]);
      if (problem !== undefined) problems.push(problem);
    }
    result[group] = filled;
  }
  return { values: result, problems };
}

/** What is wrong with values one by one, whatever the ones that are left out turn out to be. */
export function fieldProblems(input: unknown): readonly string[] {
  return complete(input).problems;
}

/**
 * Complete parameters with their defaults, check every field and every rule between fields.
 *
 * Errors   UserError with all problems at once; unknown keys list the known ones
 */
export function makeParams(input: unknown = {}): Params {
  const { values, problems } = complete(input);
  refuse(problems);
  const params = values as unknown as Params;
  refuse(crossProblems(params));
  return deepFreeze(params);
}
