/** What a sweep may vary beside the hardware: the conditions of a run, described once. */
import { existsSync, readdirSync } from 'node:fs';
import { defaultPolicy, policies } from '../../contract/codes.js';
import { taskNames } from '../../data/built-in.js';
import { defaultTask, isTaskPath, taskOf } from '../../data/load.js';
import { fields as hardwareFields, type Field } from '../../params/fields.js';
import { nearestFirst } from '../../params/nearest.js';
import { hasModel, modelsFolder } from '../../data/places.js';
import { UserError } from '../../util/errors.js';
import { workloadChoices } from '../../subject/workload/shapes.js';

export type Value = string | number;

function committedModels(): string[] {
  const found = taskNames.flatMap((task) => {
    const folder = modelsFolder(task);
    return existsSync(folder) ? readdirSync(folder).filter((name) => hasModel(folder, name)) : [];
  });
  // Published shapes have these two without any checkpoint.
  return [...new Set(['compressed', ...[...found, 'dense'].sort()])];
}

/** Keys `run.*`. Points that differ in them alone share one design. */
export const runFields = {
  task: {
    choices: [...taskNames, ...workloadChoices],
    initial: defaultTask,
    doc: 'a task with its trained model and real inputs, also by the path of its description, or a published shape with random weights',
  },
  model: { choices: committedModels(), initial: 'compressed', doc: 'checkpoint of the task in models/; not for published shapes' },
  policy: { choices: policies, initial: defaultPolicy, doc: 'how inputs share a window' },
  latency: { unit: 'cycles', min: 1, max: 10_000, initial: 20, doc: 'from a request of memory to its answer' },
  bytesPerCycle: {
    unit: 'bytes',
    min: 1,
    max: 64,
    initial: 64,
    doc: 'what memory can give a cycle; never more than the port takes, and a beat takes whole cycles',
  },
} as const satisfies Readonly<Record<string, Field>>;

export interface RunPoint {
  readonly task: string;
  readonly model: string;
  readonly policy: (typeof policies)[number];
  readonly latency: number;
  readonly bytesPerCycle: number;
}

const groups: Readonly<Record<string, Readonly<Record<string, Field>>>> = { ...hardwareFields, run: runFields };

/** Every key that can be an axis. */
export const axisKeys: readonly string[] = Object.entries(groups).flatMap(([group, members]) =>
  Object.keys(members).map((name) => `${group}.${name}`),
);

export function fieldOf(key: string): Field | undefined {
  const [group = '', name = '', more] = key.split('.');
  if (more !== undefined || !Object.hasOwn(groups, group) || !Object.hasOwn(groups[group]!, name)) return undefined;
  return groups[group]![name];
}

/** The same as a problem of an unknown key; what has the same last part comes first. */
export function unknownKey(key: string, known: readonly string[] = axisKeys): string {
  const last = key.split('.').at(-1)!;
  const same = known.filter((one) => one.split('.').at(-1) === last);
  const near = [...new Set([...same, ...nearestFirst(key, known)])];
  return `unknown key; nearest known ones are ${near.slice(0, 3).join(', ')}`;
}

/** What is wrong with a task given by its path. */
function descriptionProblem(path: string): string | undefined {
  try {
    taskOf(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `run.task: ${error.problems.join('; ')}`;
  }
}

/** What is wrong with a value of a key, or undefined. */
export function valueProblem(key: string, value: unknown): string | undefined {
  const field = fieldOf(key)!;
  if (key === 'run.task' && typeof value === 'string' && isTaskPath(value)) return descriptionProblem(value);
  if ('choices' in field)
    return field.choices.includes(value as string)
      ? undefined
      : `${key} = ${JSON.stringify(value)}: must be one of ${nearestFirst(String(value), field.choices).join(', ')}`;
  const good =
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= field.min &&
    value <= field.max &&
    (field.powerOfTwo !== true || Number.isInteger(Math.log2(value)));
  return good
    ? undefined
    : `${key} = ${JSON.stringify(value)} ${field.unit}: must be ${field.powerOfTwo ? 'a power of two' : 'an integer'} from ${field.min} to ${field.max}`;
}
