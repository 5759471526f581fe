/** Programs of this package that a function waits for: what ends the child is what the parent throws. */
import { spawnSync } from 'node:child_process';
import { ToolError, UserError, WriteError } from './errors.js';

/** Node ends with 1 for whatever is thrown, so a failed write has a number of its own between child and parent. */
const childExitCodes = { user: 2, write: 74 } as const;

/** Runs the work of a program: what a user can mend, or a full disk, goes to stderr without a stack trace and into its exit code. */
export async function reportingErrors(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError || error instanceof WriteError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof UserError ? childExitCodes.user : childExitCodes.write;
  }
}

/** How a child is named in errors. */
export interface ChildWords {
  /** Subject of a sentence, as "the process that imports a model". */
  readonly subject: string;
  /** What it was to do, as "a model could not be imported". */
  readonly failed: string;
}

/**
 * Runs Node with these arguments, and waits.
 *
 * Errors   UserError and WriteError of the child; ToolError when a signal has ended it; Error for all else
 */
export function runChild(argv: readonly string[], input: unknown, { subject, failed }: ChildWords): void {
  const { status, signal, stderr, error } = spawnSync(process.execPath, argv, { input: JSON.stringify(input), encoding: 'utf8' });
  if (signal !== null) throw new ToolError(`${subject} was ended by ${signal}; run the command again`);
  if (status === childExitCodes.user) throw new UserError(stderr.trimEnd().split('\n'));
  if (status === childExitCodes.write) throw new WriteError(stderr.trimEnd());
  if (status !== 0) throw new Error(`${failed}: ${error?.message ?? stderr}`);
}
