/** Sizes and the model that a user has left open: each point gets what its columns, its model and its other parameters need. */
import { modelsOfBanks } from '../../data/places.js';
import type { Params } from '../../params/fields.js';
import { fitsColumns } from '../../program/image.js';
import { neededEnvelope } from '../../program/needs.js';
import type { PackedModel } from '../../program/operation.js';
import { valueAt, type Point } from './space.js';
import { isTask } from './subject.js';

/** Memories and buffers, which change no answer; what a point is searched for, such as its array, is never derived. */
export const sizeKeys = [
  'envelope.width',
  'envelope.hidden',
  'envelope.rank',
  'envelope.codeWords',
  'envelope.matrices',
  'envelope.instructions',
  'port.prefetchBeats',
  'batcher.segments',
] as const;
type SizeKey = (typeof sizeKeys)[number];

/** Keys that a point may have otherwise than its sweep says, where nobody has fixed them. */
export const openKeys = [...sizeKeys, 'run.model'] as const;
export type OpenKey = (typeof openKeys)[number];

/** Keys that are neither fixed by a configuration file nor set, swept or bounded by a constraint. */
export function openKeysBut(fixed: Iterable<string>): OpenKey[] {
  const named = new Set(fixed);
  return openKeys.filter((key) => !named.has(key));
}

/** Keys of the parameters that a configuration file holds, whatever is in it. */
export function keysOfConfig(config: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(config).flatMap(([group, values]) =>
    typeof values === 'object' && values !== null ? Object.keys(values).map((name) => `${group}.${name}`) : [],
  );
}

type Needs = Readonly<Record<SizeKey, number>>;

/** Envelopes by columns: a grid asks for the same again and again. */
const envelopes = new WeakMap<PackedModel, Map<number, Params['envelope']>>();

function envelopeOf(model: PackedModel, columns: number): Params['envelope'] {
  const known = envelopes.get(model) ?? new Map<number, Params['envelope']>();
  const envelope = known.get(columns) ?? neededEnvelope(model, columns);
  envelopes.set(model, known.set(columns, envelope));
  return envelope;
}

function needsOf(model: PackedModel, { array: { columns, slices }, port: { burstBeats } }: Params): Needs {
  const { width, hidden, rank, codeWords, matrices, instructions } = envelopeOf(model, columns);
  return {
    'envelope.width': width,
    'envelope.hidden': hidden,
    'envelope.rank': rank,
    'envelope.codeWords': codeWords,
    'envelope.matrices': matrices,
    'envelope.instructions': instructions,
    'port.prefetchBeats': burstBeats,
    'batcher.segments': slices,
  };
}

/** Raises open sizes to what the point needs, and lowers none; the same point when it has enough of everything. */
export function withOpenSizes(point: Point, open: readonly OpenKey[], model: PackedModel): Point {
  const { params } = point;
  const needs = needsOf(model, params);
  const raised = sizeKeys.filter((key) => open.includes(key) && needs[key] > Number(valueAt(point, key)));
  if (raised.length === 0) return point;
  const changed: Record<string, unknown> = { ...params };
  for (const key of raised) {
    const [group = '', name = ''] = key.split('.');
    changed[group] = { ...(changed[group] as object), [name]: needs[key] };
  }
  return { ...point, params: changed as unknown as Params };
}

/** Model of a point; undefined when it cannot be loaded. */
type ModelAt = (point: Point) => PackedModel | undefined;

/**
 * Takes the task's model for other banks where that of the point does not run on its columns. Where none does it takes the one for
 * the most banks, so that the reason names all columns that some model of the task runs with.
 */
function withOpenModel(point: Point, open: readonly OpenKey[], modelAt: ModelAt): Point {
  if (!open.includes('run.model') || !isTask(point.run.task)) return point;
  const usual = modelAt(point);
  const { columns } = point.params.array;
  if (usual === undefined || fitsColumns(usual, columns)) return point;
  const all = modelsOfBanks(point.run.task).flatMap((name) => {
    const one = { ...point, run: { ...point.run, model: name } };
    const model = modelAt(one);
    return model === undefined ? [] : [{ one, model }];
  });
  const runs = all.find(({ model }) => fitsColumns(model, columns));
  if (runs !== undefined) return runs.one;
  return all.reduce((most, next) => (next.model.banks > most.model.banks ? next : most), { one: point, model: usual }).one;
}

/** Settles what is open: first the model, then the sizes that it needs. A point whose model cannot be loaded stays as it is. */
export function settled(point: Point, open: readonly OpenKey[], modelAt: ModelAt): Point {
  if (open.length === 0) return point;
  const chosen = withOpenModel(point, open, modelAt);
  const model = modelAt(chosen);
  return model === undefined ? point : withOpenSizes(chosen, open, model);
}
