/** What a build depends on besides its sources: the versions of simulator and compiler, and the processor that the code is for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../tools/run-tool.js';

export interface VerilatorToolchain {
  readonly identity: string;
  /** Folder of Verilator's own headers and sources. */
  readonly include: string;
}

type Ask = (command: string, ...argv: readonly string[]) => Promise<string>;

async function asking<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trexgen-'));
  let asked = 0;
  try {
    return await use(
      async (command, ...argv) => (await runTool({ command, arguments: argv, folder, logFile: join(folder, `${asked++}.log`) })).output,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Finds once per PATH: other programs may stand in another one. */
function oncePerPath<T>(find: () => Promise<T>): () => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return () => {
    const path = process.env['PATH'] ?? '';
    const found = known.get(path) ?? find();
    known.set(path, found);
    found.catch(() => known.delete(path));
    return found;
  };
}

export const verilatorToolchain = oncePerPath<VerilatorToolchain>(() =>
  asking(async (ask) => {
    const [version, root, compiler] = await Promise.all([
      ask('verilator', '--version'),
      ask('verilator', '--getenv', 'VERILATOR_ROOT'),
      // Prints its version and the options that -march=native stands for on this processor; compiles nothing.
      ask('g++', '-###', '-march=native', '-E', '-x', 'c++', '/dev/null'),
    ]);
    return { identity: JSON.stringify([arch(), version, root, compiler]), include: join(root.trim(), 'include') };
  }),
);

/** Icarus compiles to code of its own for vvp, which is the same on every machine of an architecture. */
export const icarusToolchain = oncePerPath(() =>
  asking(async (ask) => {
    const output = await ask('iverilog', '-V');
    // Other lines may hold names of temporary files.
    return { identity: JSON.stringify([arch(), /^Icarus Verilog .*$/m.exec(output)?.[0] ?? output]) };
  }),
);
