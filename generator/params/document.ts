import { fields, type Field, type Params } from './fields.js';
import { makeParams } from './params.js';
import { presets } from './presets.js';

function rangeOf(field: Field): string {
  if ('choices' in field) return field.choices.map((choice) => `\`${choice}\``).join(', ');
  return `${field.min} .. ${field.max} ${field.unit}${field.powerOfTwo ? ', power of two' : ''}`;
}

function valueOf(params: Params, group: string, name: string): string {
  const values: Readonly<Record<string, unknown>> = params[group as keyof typeof fields];
  return String(values[name]);
}

/** docs/parameters.md: every field with its range, default and presets; made from generator/params/fields.ts. */
export function parametersDocument(): string {
  const names = Object.keys(presets) as (keyof typeof presets)[];
  const values = names.map((name) => makeParams(presets[name]));
  const rows = Object.entries<Readonly<Record<string, Field>>>(fields).flatMap(([group, members]) =>
    Object.entries(members).map(
      ([name, field]) =>
        `| \`${group}.${name}\` | ${field.doc} | ${rangeOf(field)} | ${field.initial} | ${values.map((params) => valueOf(params, group, name)).join(' | ')} |`,
    ),
  );
  return `${[
    '# Parameters',
    '',
    'Made from `generator/params/fields.ts` by `npm run sample`; do not edit. A configuration file or `--set` gives any of them;',
    'what is left out has its default. `prefix` (default `trex`) begins every module name. Rules between fields are checked',
    'together, and all problems are reported at once.',
    '',
    'A `.ts` file is code that runs with all the rights of whoever starts the command, and must export plain data: take one from others only as you',
    'would take a program. A `.json` file is data.',
    '',
    `| field | meaning | range | default | ${names.map((name) => `\`${name}\``).join(' | ')} |`,
    `|---|---|---|---|${names.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n')}\n`;
}
