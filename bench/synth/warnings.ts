/** What yosys says while it elaborates and maps a design as far as its memories and multipliers. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources } from '../../generator/output/flows/yosys.js';
import type { Params } from '../../generator/params/fields.js';
import { designSources, topModule } from '../../generator/rtl/design.js';
import { runTool } from '../../generator/tools/run-tool.js';
import { ToolError } from '../../generator/util/errors.js';

export interface Found {
  /** Warnings and errors. */
  readonly warnings: readonly string[];
  readonly seconds: number;
}

function scriptOf(params: Params): string {
  const top = topModule(params);
  return [
    readSources(designSources(params).map(({ name }) => name)),
    `hierarchy -check -top ${top}`,
    'proc',
    'opt',
    'memory -nomap',
    // A table that has moved into a memory with its register leaves bits of the register that nobody reads.
    'opt',
    'check -assert',
    // Only what its passes say: between them wires are left over.
    `synth_xilinx -family xc7 -noiopad -top ${top} -run begin:map_ffram`,
    '',
  ].join('\n');
}

/** Key of everything that decides the result, but the version of yosys. */
export function keyOf(params: Params): string {
  return createHash('sha256')
    .update(JSON.stringify([scriptOf(params), designSources(params)]))
    .digest('hex')
    .slice(0, 16);
}

/** Runs yosys with -q, which prints warnings and errors only, and none may be: those of its own libraries come later in a synthesis. */
export async function findWarnings(params: Params): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-warnings-'));
  for (const { name, text } of designSources(params)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'check.ys'), scriptOf(params));
  const started = performance.now();
  const { exitCode, output } = await runTool({
    command: 'yosys',
    arguments: ['-q', 'check.ys'],
    folder,
    logFile: join(folder, 'check.log'),
    timeoutMs: 3600_000,
    accepted: [...Array(128).keys()],
  });
  const warnings = output.split('\n').filter((line) => line.trim() !== '');
  if (exitCode !== 0 && warnings.length === 0)
    throw new ToolError(`yosys ended with exit code ${exitCode} and said nothing\n  folder:  ${folder}`);
  rmSync(folder, { recursive: true });
  return { warnings, seconds: Math.round((performance.now() - started) / 1000) };
}
