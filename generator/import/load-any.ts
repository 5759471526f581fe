import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../input/json.js';
import { loadCheckpoint, type Checkpoint } from '../model/checkpoint.js';
import { importFolder } from './read-folder.js';
import { encoderOfImport } from './save.js';
import { folderAdvice, isSourceConfig } from './source-config.js';

/** A checkpoint of ours, or a folder in Hugging Face's layout. */
export function loadAnyCheckpoint(folder: string): Checkpoint {
  const path = join(folder, 'config.json');
  const foreign =
    existsSync(join(folder, 'modules.json')) || (existsSync(path) && isSourceConfig(readJson({ path, advice: folderAdvice })));
  if (!foreign) return loadCheckpoint(folder);
  return { encoder: encoderOfImport(importFolder(folder)), ranges: undefined, meta: {} };
}
