/** Every PE-cycle of the windows by its one cause: of each kind of instruction, and of each layer of the model. */
import { derive } from '../../params/derived.js';
import type { Part } from '../../analytic/walk.js';
import type { Params } from '../../params/fields.js';
import type { InstructionProfile } from '../../sim/profile-file.js';
import { isAttend } from '../../operations/attend/fields.js';
import { endName } from '../../operations/end/fields.js';
import { isLinear, type Operation } from '../../operations/fields.js';
import { isNorm } from '../../operations/norm/fields.js';
import { isProject } from '../../operations/project/fields.js';
import { textOf } from '../../operations/text.js';

export const profileCauses = [
  'work',
  'masked keys',
  'padding lanes',
  'padding columns',
  'weight stream',
  'drain',
  'vector',
  'rows',
  'fetch',
] as const;
export type ProfileCause = (typeof profileCauses)[number];
export type Causes = Readonly<Record<ProfileCause, number>>;

export interface Group {
  readonly label: string;
  /** PE-cycles. */
  readonly causes: Causes;
}

/** What an instruction is for, as a person calls it. */
function instructionLabel(operation: Operation | undefined): string {
  if (operation === undefined) return endName;
  return textOf(operation.op).label?.(operation) ?? operation.op;
}

/**
 * A layer begins with what makes its queries, with the norm and the projection before it; the last one ends with its last
 * addition to the residual stream and the norm that writes it back.
 */
export function layerLabels(operations: readonly Operation[]): string[] {
  const starts: number[] = [];
  let end = -1;
  operations.forEach((operation, i) => {
    if (!isLinear(operation)) return;
    if (operation.destination === 'Radd') end = i;
    if (operation.destination !== 'Q') return;
    let start = isProject(operations[i - 1]) ? i - 1 : i;
    const before = operations[start - 1];
    if (isNorm(before) && before.writeBackShift === undefined) start--;
    starts.push(start);
  });
  const behind = operations[end + 1];
  if (isNorm(behind) && behind.writeBackShift !== undefined) end++;
  return operations.map((_, i) => {
    const layer = starts.filter((start) => start <= i).length;
    return layer === 0 ? 'before the layers' : i > end ? 'behind the layers' : `layer ${layer}`;
  });
}

/** What an instruction did for a token of its own request: attention meets keys of others too, which the profile counts. */
function usefulOf(operation: Operation | undefined, window: readonly Part[], work: number): number {
  if (operation === undefined || !isAttend(operation)) return work;
  return operation.inner * (operation.uniform ? 1 : 2) * window.reduce((sum, { length }) => sum + length * length, 0);
}

function causesOf(
  { issue, lanes, work, weightStream, drain, vector, activations, dependency }: InstructionProfile,
  useful: number,
  all: number,
  columns: number,
): Causes {
  return {
    work: useful,
    'masked keys': work - useful,
    'padding lanes': issue * all - lanes * columns,
    'padding columns': lanes * columns - work,
    'weight stream': weightStream * all,
    drain: drain * all,
    vector: vector * all,
    rows: activations * all,
    fetch: dependency * all,
  };
}

/** What was measured of a program, window by window. */
export interface Profiled {
  readonly profile: readonly InstructionProfile[];
  readonly operations: readonly Operation[];
  readonly windows: readonly (readonly Part[])[];
}

function grouped({ profile, operations, windows }: Profiled, params: Params, labelOf: (pc: number) => string): Group[] {
  const { lanes } = derive(params);
  const { columns } = params.array;
  const sums = new Map<string, Record<ProfileCause, number>>();
  for (const line of profile) {
    const label = labelOf(line.pc);
    const sum = sums.get(label) ?? (Object.fromEntries(profileCauses.map((cause) => [cause, 0])) as Record<ProfileCause, number>);
    const causes = causesOf(line, usefulOf(operations[line.pc], windows[line.window] ?? [], line.work), lanes * columns, columns);
    for (const cause of profileCauses) sum[cause] += causes[cause];
    sums.set(label, sum);
  }
  return [...sums].map(([label, causes]) => ({ label, causes }));
}

export function byInstruction(profiled: Profiled, params: Params): Group[] {
  return grouped(profiled, params, (pc) => instructionLabel(profiled.operations[pc]));
}

export function byLayer(profiled: Profiled, params: Params): Group[] {
  const labels = layerLabels(profiled.operations);
  return grouped(profiled, params, (pc) => labels[pc] ?? 'behind the layers');
}

export function sumOf({ causes }: Group): number {
  return profileCauses.reduce((sum, cause) => sum + causes[cause], 0);
}
