/** Files that external programs leave: whatever is wrong with them is the program's fault, not the user's. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { printableLine } from '../util/printable.js';
import { ToolError } from '../util/errors.js';

/**
 * The same path, when the file is there.
 *
 * Errors   ToolError when the program has not written it
 */
export function requireOutput(tool: string, path: string): string {
  if (!existsSync(path))
    throw new ToolError(
      `${tool} ended well, yet has not written ${basename(path)} in ${dirname(path)}; see its log there, and whether trexgen doctor finds the right program`,
    );
  return path;
}

export function readOutput(tool: string, path: string): string {
  return readFileSync(requireOutput(tool, path), 'utf8');
}

/** What is wrong with what a program has printed or written, with the piece that shows it. */
export function unreadable(tool: string, what: string, shown = ''): ToolError {
  return new ToolError(
    `${tool}: ${what}${shown === '' ? '' : `: ${printableLine(shown)}`}; see whether trexgen doctor finds the right program`,
  );
}
