import { CommanderError } from 'commander';
import { Interrupted, ToolError, UserError, WriteError } from '../index.js';

/** What a command ends with, besides 0. */
export const exitCodes = {
  /** The result is bad: a tool failed, or outputs differ. */
  failed: 1,
  /** What the user gave is wrong, or a tool is missing: arguments, configuration, files, set-up. */
  usage: 2,
  /** Ctrl-C. */
  interrupted: 130,
  /** A fault of this program. */
  fault: 70,
} as const;

export interface Report {
  readonly exitCode: number;
  /** Text for stderr; empty when all has been said. */
  readonly text: string;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** Exit code and text of what ended a command; a stack trace only for faults, on request. */
export function reportError(error: unknown, debug: boolean): Report {
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : exitCodes.usage, text: '' };
  if (error instanceof UserError) return { exitCode: exitCodes.usage, text: error.problems.join('\n') };
  if (error instanceof ToolError || error instanceof WriteError || error instanceof Interrupted)
    return { exitCode: error.exitCode, text: error.message };
  if (isSystemError(error)) {
    return {
      exitCode: exitCodes.usage,
      text: `${error.path ?? error.syscall}: ${error.syscall} failed (${error.code}); check the path, its permissions and the space left`,
    };
  }
  const stack = debug && error instanceof Error ? error.stack : undefined;
  return {
    exitCode: exitCodes.fault,
    text: [
      stack ?? `unexpected error: ${error instanceof Error ? error.message : String(error)}`,
      `This is a fault of trexgen, not of your input. ${debug ? 'Report it with the lines above.' : 'Run it again with TREXGEN_DEBUG=1 to see where, and report it.'}`,
    ].join('\n'),
  };
}
