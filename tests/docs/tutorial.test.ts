import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const tutorial = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8');

interface Step {
  readonly commands: string;
  /** What the page shows of the output: runs of whole lines, between them `...`. */
  readonly shown: readonly string[];
}

const steps: readonly Step[] = [...tutorial.matchAll(/^```sh\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?/gms)].map(
  ([, commands = '', output = '']) => ({ commands, shown: output.split(/^\.\.\.\n/m).filter((part) => part !== '') }),
);

/** npx as it is in a clone, without npm's own start. */
const npx = `npx() {
  case "$1" in
    trexgen) shift; node "$ROOT/dist/generator/cli.js" "$@" ;;
    trexgen-verilator) shift; node "$ROOT/dist/generator/tools/verilator-wrapper.js" "$@" ;;
    *) echo "npx $1: is not a program of trexgen" >&2; return 1 ;;
  esac
}
`;

it('every command of the tutorial runs, and prints what the page shows', async () => {
  expect(steps.map(({ shown }) => shown.length)).toEqual([1, 2, 3, 1, 0]);
  await temporaryFolder(async (folder) => {
    symlinkSync(join(root, 'examples'), join(folder, 'examples'));
    mkdirSync(join(folder, 'build'));
    for (const { commands, shown } of steps) {
      const { stdout } = await execa('bash', ['-euc', npx + commands], { cwd: folder, env: { ROOT: root } });
      let from = 0;
      for (const part of shown) {
        const at = `${stdout}\n`.indexOf(part, from);
        expect(at, `the tutorial shows\n${part}after\n${commands}which printed\n${stdout}`).toBeGreaterThanOrEqual(0);
        from = at + part.length;
      }
    }
  });
}, 300_000);
