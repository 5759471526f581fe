import { problemLine } from './printable.js';

const mostProblems = 100;

/** What a user can mend: shown as one line a problem, without a stack trace; exit code 2. */
export class UserError extends Error {
  readonly exitCode = 2;
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: ErrorOptions) {
    // Names and values in them come from files: neither their characters nor their number may harm the terminal.
    const shown = problems.slice(0, mostProblems).map(problemLine);
    if (problems.length > mostProblems) shown.push(`and ${problems.length - mostProblems} more problems`);
    super(shown.join('\n'), options);
    this.name = 'UserError';
    this.problems = shown;
  }
}

/** Throw one UserError that lists every problem, or return when there is none. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(problems);
}

/** Problems of the UserError that something ends in; none where it returns. */
export function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems;
  }
}

/** An external program that failed, crashed or ran out of time: exit code 1, unlike the user's own errors. */
export class ToolError extends Error {
  readonly exitCode: number = 1;
  constructor(message: string) {
    super(message);
    this.name = 'ToolError';
  }
}

/** A file that could not be written although nothing is wrong with its path, as on a full disk; exit code 1. */
export class WriteError extends Error {
  readonly exitCode = 1;
  constructor(message: string) {
    super(message);
    this.name = 'WriteError';
  }
}

/** Ended by the user; what is done so far is kept, and the same command continues. */
export class Interrupted extends Error {
  readonly exitCode = 130;
}
