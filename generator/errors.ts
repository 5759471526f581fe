/** What a user can mend: shown as one line a problem, without a stack trace; exit code 2. */
export class UserError extends Error {
  readonly exitCode = 2;
  constructor(readonly problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.name = 'UserError';
  }
}

/** Throw one UserError that lists every problem, or return when there is none. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(problems);
}

/** A file that could not be written although nothing is wrong with its path, as on a full disk; exit code 1. */
export class WriteError extends Error {
  readonly exitCode = 1;
  constructor(message: string) {
    super(message);
    this.name = 'WriteError';
  }
}
