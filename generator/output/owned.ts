/** What in a generated folder is whose: a file is ours while its hash is the one that a manifest of ours states. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../util/errors.js';
import { readJson } from '../input/json.js';
import { makeParams } from '../params/params.js';
import { manifestName, renderDesign, type Design } from './design-manifest.js';

/** Written once, then the user's: what a memory macro is put into. */
export function macroFile(prefix: string): string {
  return `${prefix}_ram_macro.v`;
}

const macroPattern = /^[a-z][a-z0-9_]*_ram_macro\.v$/;

const manifestSchema = z.object({
  generator: z.literal('trexgen'),
  params: z.unknown(),
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
});
export type FoundManifest = z.infer<typeof manifestSchema>;

/** Manifest of a folder, undefined unless it is one of ours; what it says is a claim, not to be trusted with names. */
export function readManifest(folder: string): FoundManifest | undefined {
  try {
    const path = join(folder, manifestName);
    return lstatSync(path).isFile() ? manifestSchema.parse(readJson({ path, advice: 'generate again' })) : undefined;
  } catch {
    return undefined;
  }
}

/** Names that generate itself writes for the configuration of a manifest; none for one that this version does not know. */
export function ownNames({ params }: FoundManifest): string[] {
  try {
    return renderDesign(makeParams(params)).files.map(({ name }) => name);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

export interface Folder {
  /** A folder of an earlier generate; else it is new, empty, or of others. */
  readonly ours: boolean;
  /** Everything that lies there but our own drafts and locks. */
  readonly names: readonly string[];
  /** Files in the way of the new design: not as any manifest states them. */
  readonly changed: readonly string[];
  /** Names in the way of the new design that are no files. */
  readonly folders: readonly string[];
  /** Files of the old design alone, unchanged. */
  readonly stale: readonly string[];
  /** File that is exactly as in the new design. */
  readonly equal: ReadonlySet<string>;
  /** The macro's file when it is there, whoever wrote it. */
  readonly macro: string | undefined;
}

/** Looks at a folder; `more` are manifests of runs that were killed in it. */
export function examineFolder(folder: string, design: Design, more: readonly FoundManifest[]): Folder {
  const old = readManifest(folder);
  const manifests = old === undefined ? [...more] : [old, ...more];
  const known = new Map<string, Set<string>>();
  for (const { name, sha256 } of manifests.flatMap(({ files }) => files)) known.set(name, (known.get(name) ?? new Set()).add(sha256));
  const fresh = new Map(design.files.map(({ name, text }) => [name, hashOf(text)]));
  const names = readdirSync(folder)
    .filter((name) => !/^\.trexgen-\d+-/.test(name))
    .sort();
  const macro = names.find((name) => name === macroFile(design.manifest.params.prefix) && fresh.has(name));
  const changed: string[] = [];
  const folders: string[] = [];
  const unchanged: string[] = [];
  const equal = new Set<string>();
  for (const name of names) {
    if (name === manifestName && old !== undefined) continue;
    const wanted = fresh.get(name);
    if (wanted === undefined && !known.has(name)) continue;
    const found = lstatSync(join(folder, name));
    const hash = found.isFile() ? hashOf(readFileSync(join(folder, name))) : undefined;
    if (hash !== undefined && hash === wanted) equal.add(name);
    else if (name === macro) continue;
    else if (wanted === undefined) {
      if (hash !== undefined && known.get(name)?.has(hash) === true) unchanged.push(name);
    } else if (found.isDirectory()) folders.push(name);
    else if (hash === undefined || known.get(name)?.has(hash) !== true) changed.push(name);
  }
  const own = new Set(unchanged.length === 0 ? [] : manifests.flatMap(ownNames).filter((name) => !macroPattern.test(name)));
  return { ours: manifests.length > 0, names, changed, folders, stale: unchanged.filter((name) => own.has(name)), equal, macro };
}
