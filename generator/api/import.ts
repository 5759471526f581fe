import { importModel, verifierOf } from '../import/import-model.js';
import type { ImportOptions, ImportReport } from '../import/imported.js';
import { encoderOfImport, requireOwnFolder, saveImport } from '../import/save.js';
import { taskNameProblems } from '../import/task-name.js';
import { refuse } from '../util/errors.js';
import { inOutFolder } from './out.js';

export interface ImportCheckpointOptions extends ImportOptions {
  /** A Hugging Face folder, an ONNX file, or a graph model of TensorFlow.js. */
  readonly source: string;
  /** Folder of the checkpoint, for `compress`. */
  readonly out: string;
  /** ONNX file whose outputs are compared; true for the source itself, or `model.onnx` in a Hugging Face folder. */
  readonly verify?: string | true | undefined;
}

/**
 * Takes a pretrained encoder from its files, docs/import.md; `onReport` is called before anything is refused. With `verify` the
 * report says whether the source computes the same; where it does not, nothing is written.
 *
 * Errors   UserError for files that cannot be read and for all that is not supported; WriteError for a file that cannot be written
 */
export async function importCheckpoint({ source, out, verify, ...options }: ImportCheckpointOptions): Promise<ImportReport> {
  refuse(taskNameProblems(options.task, source));
  requireOwnFolder(out);
  const verifier = verify === undefined ? undefined : verifierOf(source, verify, options);
  return inOutFolder(out, 'import', async () => {
    const imported = await importModel(source, options);
    encoderOfImport(imported);
    const verification = await verifier?.(imported);
    if (verification?.equal !== false) saveImport(out, imported);
    return { ...imported.report, ...(verification && { verify: verification }) };
  });
}
