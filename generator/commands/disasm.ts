import type { Command } from 'commander';
import { disassemble, formatLines, loadImage } from '../index.js';
import { print } from './print.js';

export function addDisasm(program: Command): void {
  program
    .command('disasm')
    .description('print the program of an image, one instruction a line, with shapes and bytes')
    .argument('<image>', 'a *.tximg file')
    .option('--json', 'print JSON')
    .action(async (path: string, { json = false }: { json?: boolean }) => {
      const image = loadImage(path);
      const lines = disassemble(image);
      print(`${json ? JSON.stringify({ manifest: image.manifest, instructions: lines }, null, 2) : formatLines(lines)}\n`);
    });
}
