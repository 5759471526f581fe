/** Differences of two configurations, field by field. */
import { derive } from '../../params/derived.js';
import { fields, type Field, type Params } from '../../params/fields.js';
import { memories, memoryBits } from '../../params/sizes.js';

export interface Change {
  readonly name: string;
  readonly unit: string;
  readonly a: string | number;
  readonly b: string | number;
}

const groups: Readonly<Record<string, Readonly<Record<string, Field>>>> = fields;

function valueOf(params: Params, group: string, name: string): string | number {
  return (params as unknown as Readonly<Record<string, Readonly<Record<string, string | number>>>>)[group]![name]!;
}

/** Parameters with different values, in the order of the field table. */
export function changedParams(a: Params, b: Params): Change[] {
  const changes = Object.entries(groups).flatMap(([group, members]) =>
    Object.entries(members).map(([name, field]): Change => ({
      name: `${group}.${name}`,
      unit: 'unit' in field ? field.unit : '',
      a: valueOf(a, group, name),
      b: valueOf(b, group, name),
    })),
  );
  return [{ name: 'prefix', unit: '', a: a.prefix, b: b.prefix }, ...changes].filter((change) => change.a !== change.b);
}

/** What follows from the parameters, equal or not. */
export function sizes(a: Params, b: Params): Change[] {
  const [of, to] = [derive(a), derive(b)];
  const bits = (params: Params): number => memories(params).reduce((sum, memory) => sum + memoryBits(memory), 0);
  const row = (name: string, unit: string, x: number, y: number): Change => ({ name, unit, a: x, b: y });
  return [
    row('window', 'tokens', of.windowTokens, to.windowTokens),
    row('lanes', 'lanes', of.lanes, to.lanes),
    row('array multipliers', 'multipliers', of.multipliers, to.multipliers),
    row('accumulators', 'bits', of.accBits, to.accBits),
    row('memories', 'bits', bits(a), bits(b)),
  ];
}
