import { resolve } from 'node:path';
import { defaultPolicy, type Policy } from '../contract/codes.js';
import type { RunOutcome } from '../report/run-text.js';
import { RunDump } from '../subject/dump-run.js';
import { openSubject, type SubjectSource } from '../subject/open.js';
import { runInputs } from '../subject/run-inputs.js';
import { lockFolder } from '../util/lock.js';
import { paramsOf, type HardwareOptions } from './hardware.js';

export interface RunOptions extends HardwareOptions, SubjectSource {
  /** How inputs share a window; tokens when not given. */
  readonly policy?: Policy;
  /** Folder for the bytes of every input and every word that an instruction stores. */
  readonly dump?: string;
  readonly onProgress?: (progress: { readonly inputs: number; readonly of: number }) => void;
}

/**
 * Runs a model on inputs through the golden model, without any simulator: outputs, predictions, bytes at the port. Bytes that do
 * not agree make `booksAgree` false.
 *
 * Errors   UserError as openSubject; WriteError for a file that cannot be written
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { policy = defaultPolicy, onProgress } = options;
  const subject = openSubject(options, await paramsOf(options));
  const dump = options.dump === undefined ? undefined : resolve(options.dump);
  const release = options.dump === undefined ? undefined : lockFolder(options.dump, 'run', 'dump');
  try {
    const files = dump === undefined ? undefined : new RunDump(dump, subject);
    const result = runInputs(subject, {
      policy,
      ...(files !== undefined && { trace: files.trace }),
      finished: (input) => {
        files?.writeInput(input);
        onProgress?.({ inputs: input + 1, of: subject.requests.length });
      },
    });
    files?.finish();
    return { ...result, subject, policy, dump };
  } finally {
    release?.();
  }
}
