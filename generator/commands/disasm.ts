import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { disassemble, formatLines } from '../program/disassemble.js';
import { readImage } from '../program/image.js';

export function addDisasm(program: Command): void {
  program
    .command('disasm')
    .description('print the program of an image, one instruction a line, with shapes and bytes')
    .argument('<image>', 'a *.tximg file')
    .option('--json', 'print JSON')
    .action(async (path: string, { json = false }: { json?: boolean }) => {
      const image = readImage(await readBytes(path));
      const lines = disassemble(image);
      process.stdout.write(`${json ? JSON.stringify({ manifest: image.manifest, instructions: lines }, null, 2) : formatLines(lines)}\n`);
    });
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UserError([`image = ${path}: cannot be read (${code}); give the path of a *.tximg file`]);
  }
}
