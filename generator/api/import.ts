import { join } from 'node:path';
import type { ImportOptions, ImportReport } from '../import/imported.js';
import { importFolder } from '../import/read-folder.js';
import { requireOwnFolder, saveImport } from '../import/save.js';
import { UserError } from '../util/errors.js';
import { withOutFiles } from './out.js';

export interface ImportCheckpointOptions extends ImportOptions {
  /** Folder of the source. */
  readonly source: string;
  /** Folder of the checkpoint, for `compress`. */
  readonly out: string;
}

/**
 * Takes a pretrained encoder from its files, docs/import.md; `onReport` is called before anything is refused.
 *
 * Errors   UserError for files that cannot be read and for all that is not supported; WriteError for a file that cannot be written
 */
export async function importCheckpoint({ source, out, ...options }: ImportCheckpointOptions): Promise<ImportReport> {
  requireOwnFolder(out);
  return withOutFiles([join(out, 'config.json'), join(out, 'model.safetensors')], 'import', () => {
    const imported = importFolder(source, options);
    if (imported.report.unsupported.length > 0) throw new UserError(imported.report.unsupported);
    saveImport(out, imported);
    return imported.report;
  });
}
