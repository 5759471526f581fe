import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { vi } from 'vitest';
import { sourceArguments } from '../../generator/util/own-program.js';
import { runCli } from '../../generator/commands/program.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line run inside the test's own process: quick. */
export async function trexgen(...argv: readonly string[]): Promise<CommandResult> {
  const text = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      text[name] += String(chunk);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = await runCli(argv);
    return { exitCode: code === 0 ? Number(process.exitCode ?? 0) : code, ...text };
  } finally {
    process.exitCode = before;
    spies.forEach((spy) => spy.mockRestore());
  }
}

/** A program of generator/ run as a process of its own, from its TypeScript. */
export async function runProgram(
  file: string,
  argv: readonly string[],
  { env = {}, cwd = root }: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<CommandResult> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [...sourceArguments(join(root, 'generator', file)), ...argv], {
    reject: false,
    env,
    cwd,
    stripFinalNewline: false,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
