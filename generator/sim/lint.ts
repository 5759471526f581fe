import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../tools/run-tool.js';
import { writeScratch } from '../util/write-file.js';
import type { SourceFile } from './build.js';

/** What three tools say about a design: an empty list is a clean one. Of the module `closed` Yosys sees the ports alone. */
export async function lintAll(sources: readonly SourceFile[], top: string, closed?: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-lint-'));
  try {
    return await lintIn(folder, sources, top, closed);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function lintIn(folder: string, sources: readonly SourceFile[], top: string, closed: string | undefined): Promise<string[]> {
  for (const { name, text } of sources) writeScratch(join(folder, name), text);
  const names = sources.map(({ name }) => name);
  // With its parameters its name has others before it.
  const blackBoxes = closed === undefined ? '' : `blackbox *${closed}; `;
  const runs = [
    { command: 'verilator', arguments: ['--lint-only', '-Wall', '--top-module', top, ...names] },
    { command: 'iverilog', arguments: ['-g2005', '-Wall', '-o', '/dev/null', '-s', top, ...names] },
    {
      command: 'yosys',
      arguments: ['-q', '-p', `read_verilog ${names.join(' ')}; hierarchy -check -top ${top}; ${blackBoxes}proc; check -assert`],
    },
  ];
  const messages: string[] = [];
  for (const run of runs) {
    const { exitCode, output } = await runTool({
      ...run,
      folder,
      logFile: join(folder, `${run.command}.log`),
      accepted: [...Array(128).keys()],
    });
    const text = output.trim();
    if (text !== '' || exitCode !== 0) messages.push(`${run.command} (exit code ${exitCode}): ${text}`);
  }
  return messages;
}
