import { UserError } from '../../generator/util/errors.js';

/** The problems of the UserError that something ends in; none when it succeeds. Any other error is not caught. */
export async function problemsOf(run: () => unknown): Promise<readonly string[]> {
  try {
    await run();
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
  return [];
}
