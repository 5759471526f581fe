import { access } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Params } from '../params/fields.js';
import { paramsSchema } from '../params/schema.js';
import { configJson, configTypeScript } from '../params/template.js';
import { UserError } from '../util/errors.js';
import { replaceFile } from '../util/write-file.js';
import { paramsOf, type HardwareOptions } from './hardware.js';
import { withOutFiles } from './out.js';

export interface InitOptions extends HardwareOptions {
  /** trexgen.config.ts when not given. */
  readonly out?: string;
  /** Write JSON, with its schema beside it. */
  readonly jsonConfig?: boolean;
  /** Overwrite what is there. */
  readonly force?: boolean;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The files to write: the configuration, and for JSON the schema beside it. */
function filesFor(out: string, json: boolean, params: Params): Map<string, string> {
  if (!json) return new Map([[out, configTypeScript(params)]]);
  const schema = join(dirname(out), `${basename(out, '.json')}.schema.json`);
  return new Map([
    [out, configJson(params, `./${relative(dirname(out), schema)}`)],
    [schema, `${JSON.stringify(paramsSchema(), null, 2)}\n`],
  ]);
}

/**
 * Writes a configuration file with every parameter, its meaning, range and default; the paths of what was written.
 *
 * Errors   UserError for bad parameters and for a file that is there already; WriteError for one that cannot be written
 */
export async function init(options: InitOptions): Promise<readonly string[]> {
  const { out: given, jsonConfig = false, force = false } = options;
  const json = jsonConfig || given?.endsWith('.json') === true;
  const out = given ?? `trexgen.config.${json ? 'json' : 'ts'}`;
  const kind = json ? '.json' : '.ts';
  if (extname(out) !== kind) throw new UserError([`out = ${out}: must end in ${kind}`]);
  const files = filesFor(out, json, await paramsOf(options));
  const taken = [];
  for (const path of files.keys())
    if (!force && (await exists(path))) taken.push(`out = ${path}: is there already; give another name, or --force to overwrite it`);
  if (taken.length > 0) throw new UserError(taken);
  await withOutFiles([...files.keys()], 'init', () => {
    for (const [path, text] of files) replaceFile(path, text);
  });
  return [...files.keys()];
}
