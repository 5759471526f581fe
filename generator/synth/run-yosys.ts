/** Runs of yosys in the folder of a synthesis. */
import { join } from 'node:path';
import { readOutput } from '../tools/output.js';
import { runTool } from '../tools/run-tool.js';
import { writeScratch } from '../util/write-file.js';
import type { SynthReport } from './cell-counts.js';
import { parseStat, type ModuleCells } from './stat.js';
import type { SynthRequest } from './synthesize.js';

/** A request with its module and its sources, which are in the folder. */
export interface Work extends SynthRequest {
  readonly top: string;
  readonly files: readonly string[];
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
