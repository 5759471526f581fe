import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { localparams } from './verilog-codes.js';
import { widthLocalparams, widthParameters } from '../contract/widths.js';

/** What a template may use; nested objects and arrays of the same. */
export type Context = { readonly [key: string]: ContextValue };
export type ContextValue = string | number | boolean | readonly ContextValue[] | Context;

/** The templates folder, beside generator/ in the source tree and beside dist/ in the package. */
export function templatesFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const root = here.includes(`${join('dist', 'generator')}`) ? join(here, '..', '..', '..') : join(here, '..', '..');
  return join(root, 'templates');
}

/**
 * Handlebars refuses undefined names in strict mode, except inside {{#if}} and {{#each}}: those are replaced by
 * helpers that demand a boolean and an array, so a misspelt name never passes silently. {{localparams 'TO' 'X H'}} declares
 * the codes of a table that a unit uses, {{widths 'FEATURE'}} the parameter FEATURE_BITS (last=true: no other follows) and
 * {{localWidths 'FEATURE'}} the same as a localparam.
 */
function makeEngine(): typeof Handlebars {
  const engine = Handlebars.create();
  engine.registerHelper('if', function (this: unknown, condition: unknown, options: Handlebars.HelperOptions) {
    if (typeof condition !== 'boolean') throw new Error(`{{#if}} needs a boolean, got ${typeof condition}`);
    return condition ? options.fn(this) : options.inverse(this);
  });
  engine.registerHelper('each', function (this: unknown, list: unknown, options: Handlebars.HelperOptions) {
    if (!Array.isArray(list)) throw new Error(`{{#each}} needs an array, got ${typeof list}`);
    return list
      .map((item: unknown, index) => options.fn(item, { data: { index, first: index === 0, last: index === list.length - 1 } }))
      .join('');
  });
  engine.registerHelper('localparams', (prefix: unknown, names: unknown) => localparams(String(prefix), String(names)));
  engine.registerHelper('widths', (names: unknown, { hash }: Handlebars.HelperOptions) =>
    widthParameters(String(names), hash['last'] === true ? '' : ','),
  );
  engine.registerHelper('localWidths', (names: unknown) => widthLocalparams(String(names)));
  return engine;
}

/**
 * Render templates/<file>.hbs with a context; every name that the template uses must be in the context.
 * Ends in exactly one newline; the same input gives the same bytes.
 */
export function renderText(file: string, context: Context): string {
  const engine = makeEngine();
  const text = readFileSync(join(templatesFolder(), `${file}.hbs`), 'utf8');
  const render = engine.compile<Context>(text, {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: { if: true, each: true, localparams: true, widths: true, localWidths: true },
  });
  return `${render(context).trimEnd()}\n`;
}

/** The Verilog of a unit, from templates/<unit>.v.hbs. */
export function renderTemplate(unit: string, context: Context): string {
  return renderText(`${unit}.v`, context);
}

/** One Verilog file of the design. */
export interface RtlFile {
  readonly name: string;
  readonly text: string;
}

/** A unit of the hardware: its name in templates/ and testbench/, and what fills its holes. */
export interface Unit {
  readonly name: string;
  context(): Context;
}

/** The file <prefix>_<unit>.v; the template names its module `{{prefix}}_<unit>`. */
export function renderUnit(prefix: string, unit: Unit): RtlFile {
  return { name: `${prefix}_${unit.name}.v`, text: renderTemplate(unit.name, { prefix, ...unit.context() }) };
}
