/** Modules of the user, which are run: whoever gives one trusts it as a program. */
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { UserError } from '../util/errors.js';
import { nameOf, type FileSource } from './bytes.js';
import { readText } from './text.js';

/** No cache in the user's node_modules, and a changed file is read anew. */
const makeJiti = () => createJiti(import.meta.url, { fsCache: false, moduleCache: false, interopDefault: false });

/** First line of what a parser or a module says. */
function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]?.trim() ?? '';
}

interface ModuleSource extends FileSource {
  /** What it must export, as in `the configuration`. */
  readonly wanted: string;
}

const advised = ({ wanted }: ModuleSource): string => `it must be a module that exports ${wanted} as default`;

function unloadable(source: ModuleSource, error: unknown): UserError {
  return new UserError([`${nameOf(source)}: cannot be loaded (${reason(error)}); ${advised(source)}`]);
}

function defaultOf(source: ModuleSource, module: unknown): unknown {
  if (typeof module !== 'object' || module === null || !('default' in module))
    throw new UserError([`${nameOf(source)}: has no default export; ${advised(source)}`]);
  return module.default;
}

/** The default export of a module. */
export async function readModule(source: ModuleSource): Promise<unknown> {
  readText(source);
  let module: unknown;
  try {
    module = await makeJiti().import(resolve(source.path));
  } catch (error) {
    throw unloadable(source, error);
  }
  return defaultOf(source, module);
}

/** The same of a module that waits for nothing at its top level. */
export function readModuleNow(source: ModuleSource): unknown {
  readText(source);
  let module: unknown;
  try {
    module = makeJiti()(resolve(source.path));
  } catch (error) {
    throw unloadable(source, error);
  }
  return defaultOf(source, module);
}
