import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RtlFile } from '../../generator/rtl/render.js';
import { runTool } from '../../generator/tools/run-tool.js';

export interface YosysCell {
  readonly name: string;
  readonly type: string;
  /** Binary numbers or text. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Numbers are nets, text is a constant. */
  readonly connections: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Word-level cells of a design with its hierarchy dissolved; names are paths of instances. */
export async function flatCells(files: readonly RtlFile[], top: string): Promise<YosysCell[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trexgen-yosys-'));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const script = `read_verilog ${files.map(({ name }) => name).join(' ')}; hierarchy -check -top ${top}; proc -norom; flatten; memory_collect; write_json cells.json`;
  await runTool({ command: 'yosys', arguments: ['-q', '-p', script], folder, logFile: join(folder, 'yosys.log') });
  const { modules } = JSON.parse(readFileSync(join(folder, 'cells.json'), 'utf8')) as {
    modules: Record<string, { cells: Record<string, Omit<YosysCell, 'name'>> }>;
  };
  rmSync(folder, { recursive: true });
  return Object.entries(modules[top]?.cells ?? {}).map(([name, cell]) => ({ ...cell, name }));
}
