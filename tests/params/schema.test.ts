import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fields, type Field } from '../../generator/params/fields.js';
import { makeParams } from '../../generator/params/params.js';
import { presets } from '../../generator/params/presets.js';
import { paramsSchema } from '../../generator/params/schema.js';
import { fieldProblems } from '../../generator/params/params.js';
import { makeRandom } from '../support/unit-bench.js';

const schema = z.fromJSONSchema(paramsSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (value: unknown): boolean => schema.safeParse(value).success;
const groups: readonly (readonly [string, Readonly<Record<string, Field>>])[] = Object.entries(fields);

describe('the JSON Schema', () => {
  it('describes every field with its default', () => {
    const { properties } = paramsSchema() as {
      properties: Record<string, { properties: Record<string, { description: string; default: unknown }> }>;
    };
    for (const [group, members] of groups) {
      for (const [name, field] of Object.entries(members)) {
        expect(properties[group]?.properties[name]).toMatchObject({
          description: expect.stringContaining(field.doc) as string,
          default: field.initial,
        });
      }
    }
  });

  it.each(Object.entries(presets))('accepts the preset %s', (_, input) => {
    expect(accepts({ $schema: './trexgen.schema.json', ...input })).toBe(true);
    expect(accepts(makeParams(input))).toBe(true);
  });

  it('accepts exactly what the check of single fields accepts', () => {
    const seed = 20261124;
    const random = makeRandom(seed);
    const pick = <T>(values: readonly T[]): T => values[random.below(values.length)]!;
    const candidates = (field: Field): readonly unknown[] =>
      'choices' in field
        ? [...field.choices, 'tape', 3, null]
        : [
            field.min,
            field.max,
            field.min - 1,
            field.max + 1,
            field.min + 0.5,
            2 ** random.below(12),
            random.below(field.max),
            String(field.min),
            true,
          ];
    let accepted = 0;
    for (let round = 0; round < 3000; round++) {
      const [group, members] = pick(groups);
      const name = pick(Object.keys(members));
      const value = pick(candidates(members[name]!));
      const input =
        random.below(20) === 0
          ? { [group]: { [`${name}s`]: value } }
          : random.below(20) === 0
            ? { prefix: pick(['trex', '9x', 'Trex', 'a_1', '', 'a'.repeat(32)]) }
            : { [group]: { [name]: value } };
      const good = fieldProblems(input).length === 0;
      accepted += good ? 1 : 0;
      expect({ seed, input, accepted: accepts(input) }).toEqual({ seed, input, accepted: good });
    }
    expect(accepted).toBeGreaterThan(500);
    expect(accepted).toBeLessThan(2500);
  });
});
