import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** Makes a useful tool that is missing fail the tests that need it. */
const required = (process.env['TREXGEN_REQUIRE_TOOLS'] ?? '') !== '';

/** A command on the path, or a file or folder by its whole name. */
export function isInstalled(command: string): boolean {
  if (command.startsWith('/')) return existsSync(command);
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A test of useful tools: skipped with its reason where one is missing, unless tools are required. */
export function testNeeding(commands: readonly string[], title: string, run: () => Promise<void> | void, timeoutMs?: number): void {
  const missing = commands.filter((command) => !isInstalled(command));
  if (missing.length === 0) test(title, run, timeoutMs);
  else if (required)
    test(title, () => {
      throw new Error(`not installed: ${missing.join(', ')}`);
    });
  else test.skip(`${title} (not installed: ${missing.join(', ')})`, run);
}
