/** Runs of yosys in the folder of a synthesis. */
import { join } from 'node:path';
import { readOutput } from '../tools/output.js';
import { runTool } from '../tools/run-tool.js';
import type { Params } from '../params/fields.js';
import { topModule } from '../rtl/design.js';
import type { RtlFile } from '../rtl/render.js';
import { UserError } from '../util/errors.js';
import { writeScratch } from '../util/write-file.js';
import { withoutPrefix, type SynthReport } from './cell-counts.js';
import { parseStat, type ModuleCells } from './stat.js';
import type { SynthRequest } from './synthesize.js';

/** A request with its module and its sources, which are in the folder. */
export interface Work extends Omit<SynthRequest, 'target'> {
  readonly top: string;
  readonly files: readonly string[];
}

/**
 * The module of a unit by its name without the prefix; that of the chip when none is named.
 *
 * Errors   UserError for a unit that does not exist
 */
export function moduleOf(params: Params, unit: string | undefined, sources: readonly RtlFile[]): string {
  const top = unit === undefined ? topModule(params) : `${params.prefix}_${unit}`;
  if (sources.some(({ name }) => name === `${top}.v`)) return top;
  const known = sources.map(({ name }) => withoutPrefix(name.replace(/\.v$/, ''), params.prefix));
  throw new UserError([`unit = ${unit || 'nothing'}: is not in this design; its units are ${known.join(', ')}`]);
}

/** What a synthesis found, without what is known before. */
export type Found = Omit<SynthReport, 'top' | 'configHash' | 'tool' | 'version'>;

export const longestRun = 2 * 3600_000;

export async function yosys({ folder, onStep }: Work, name: string, script: string): Promise<void> {
  onStep?.(`yosys, ${name}`);
  writeScratch(join(folder, `${name}.ys`), script);
  await runTool({ command: 'yosys', arguments: ['-q', `${name}.ys`], folder, logFile: join(folder, `${name}.log`), timeoutMs: longestRun });
}

export function readStat({ folder }: Work, name: string): ModuleCells[] {
  return parseStat(readOutput('yosys', join(folder, `${name}.stat`)));
}
