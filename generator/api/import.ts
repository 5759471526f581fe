import { importModel, onnxOf } from '../import/import-model.js';
import type { ImportOptions, ImportReport } from '../import/imported.js';
import { encoderOfImport, requireOwnFolder, saveImport } from '../import/save.js';
import { verifyOnnx } from '../import/verify.js';
import { inOutFolder } from './out.js';

export interface ImportCheckpointOptions extends ImportOptions {
  /** A Hugging Face folder, or an ONNX file. */
  readonly source: string;
  /** Folder of the checkpoint, for `compress`. */
  readonly out: string;
  /** ONNX file whose outputs are compared; true for the source itself, or `model.onnx` in the folder. */
  readonly verify?: string | true | undefined;
}

/**
 * Takes a pretrained encoder from its files, docs/import.md; `onReport` is called before anything is refused. With `verify` the
 * report says whether the source computes the same; where it does not, nothing is written.
 *
 * Errors   UserError for files that cannot be read and for all that is not supported; WriteError for a file that cannot be written
 */
export async function importCheckpoint({ source, out, verify, ...options }: ImportCheckpointOptions): Promise<ImportReport> {
  requireOwnFolder(out);
  const onnx = verify === undefined ? undefined : onnxOf(source, verify);
  return inOutFolder(out, 'import', async () => {
    const imported = await importModel(source, options);
    encoderOfImport(imported);
    const verification = onnx === undefined ? undefined : await verifyOnnx(onnx, imported);
    if (verification?.equal !== false) saveImport(out, imported);
    return { ...imported.report, ...(verification && { verify: verification }) };
  });
}
