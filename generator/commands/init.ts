import { access } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../util/errors.js';
import { loadParams, type ParamsSource } from '../params/load.js';
import { paramsSchema } from '../params/schema.js';
import { configJson, configTypeScript } from '../params/template.js';
import { replaceFile } from '../util/write-file.js';
import { addParamsOptions } from './options.js';
import { withOutFiles } from './out.js';
import { print } from './print.js';

interface InitOptions extends ParamsSource {
  readonly out?: string;
  readonly jsonConfig?: boolean;
  readonly force?: boolean;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The files to write: the configuration, and for JSON the schema beside it. */
function filesFor(out: string, json: boolean, params: Awaited<ReturnType<typeof loadParams>>): Map<string, string> {
  if (!json) return new Map([[out, configTypeScript(params)]]);
  const schema = join(dirname(out), `${basename(out, '.json')}.schema.json`);
  return new Map([
    [out, configJson(params, `./${relative(dirname(out), schema)}`)],
    [schema, `${JSON.stringify(paramsSchema(), null, 2)}\n`],
  ]);
}

export function addInit(program: Command): void {
  addParamsOptions(program.command('init'))
    .description('write a configuration file with every parameter, its meaning, range and default')
    .option('--out <file>', 'the file to write (default: trexgen.config.ts)')
    .option('--json-config', 'write JSON, with its schema beside it')
    .option('--force', 'overwrite what is there')
    .action(async ({ out: given, jsonConfig = false, force = false, ...source }: InitOptions) => {
      const json = jsonConfig || given?.endsWith('.json') === true;
      const out = given ?? `trexgen.config.${json ? 'json' : 'ts'}`;
      const kind = json ? '.json' : '.ts';
      if (extname(out) !== kind) throw new UserError([`out = ${out}: must end in ${kind}`]);
      const files = filesFor(out, json, await loadParams(source));
      const taken = [];
      for (const path of files.keys())
        if (!force && (await exists(path))) taken.push(`out = ${path}: is there already; give another name, or --force to overwrite it`);
      if (taken.length > 0) throw new UserError(taken);
      await withOutFiles([...files.keys()], 'init', () => {
        for (const [path, text] of files) replaceFile(path, text);
      });
      print(`${[...files.keys()].join('\n')}\n`);
    });
}
