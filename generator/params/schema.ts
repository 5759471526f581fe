import { fields, type Field } from './fields.js';
import { prefixPattern } from './params.js';

type Json = { readonly [key: string]: unknown };

function powersOfTwo(min: number, max: number): number[] {
  const first = 2 ** Math.ceil(Math.log2(min));
  return first > max ? [] : [first, ...powersOfTwo(first + 1, max)];
}

function fieldSchema(field: Field): Json {
  if ('choices' in field) return { description: field.doc, enum: field.choices, default: field.initial };
  const { unit, doc, min, max, initial, powerOfTwo } = field;
  const description = `${doc} (${unit})`;
  return powerOfTwo
    ? { description, enum: powersOfTwo(min, max), default: initial }
    : { description, type: 'integer', minimum: min, maximum: max, default: initial };
}

/** JSON Schema of a configuration file, for editors; made from generator/params/fields.ts. */
export function paramsSchema(): Json {
  const groups = Object.entries<Readonly<Record<string, Field>>>(fields).map(
    ([group, members]) =>
      [
        group,
        {
          type: 'object',
          additionalProperties: false,
          properties: Object.fromEntries(Object.entries(members).map(([name, field]) => [name, fieldSchema(field)])),
        },
      ] as const,
  );
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'trexgen configuration',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      prefix: { description: 'first part of every module name', type: 'string', pattern: prefixPattern.source, default: 'trex' },
      ...Object.fromEntries(groups),
    },
  };
}
