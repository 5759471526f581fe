import { fields, type Field, type Params } from './fields.js';

function rangeOf(field: Field): string {
  if ('choices' in field) return field.choices.join(', ');
  return `${field.powerOfTwo ? 'powers of two, ' : ''}${field.min} to ${field.max} ${field.unit}`;
}

/** One field as lines: what it means, its range and default, its value. */
function fieldLines(name: string, field: Field, value: unknown): string[] {
  return [
    `    // ${field.doc} [${rangeOf(field)}; default ${field.initial}]`,
    `    ${name}: ${typeof value === 'string' ? `'${value}'` : String(value)},`,
  ];
}

/** A configuration file in TypeScript with every field, its meaning, range and default beside it. */
export function configTypeScript(params: Params): string {
  const groups = Object.entries<Readonly<Record<string, Field>>>(fields).map(([group, members]) => {
    const values: Readonly<Record<string, unknown>> = params[group as keyof typeof fields];
    return [`  ${group}: {`, ...Object.entries(members).flatMap(([name, field]) => fieldLines(name, field, values[name])), '  },'];
  });
  return `${[
    "import type { ParamsInput } from 'trexgen';",
    '',
    '// Hardware of one accelerator: trexgen generate --config <this file> --out rtl',
    '// What is left out has its default. Rules between fields are checked when the file is read.',
    'const config: ParamsInput = {',
    '  // first part of every module name, so that two configurations live in one chip',
    `  prefix: '${params.prefix}',`,
    ...groups.flat(),
    '};',
    '',
    'export default config;',
  ].join('\n')}\n`;
}

/** The same in JSON, with the schema that tells an editor meanings, ranges and defaults. */
export function configJson(params: Params, schemaFile: string): string {
  return `${JSON.stringify({ $schema: schemaFile, ...params }, null, 2)}\n`;
}
